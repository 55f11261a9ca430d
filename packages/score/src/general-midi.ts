/** General MIDI's key for each drum that a kit may have: what is written. */
export const DRUM_KEYS: Readonly<Record<string, number>> = {
  kick: 36,
  snare: 38,
  clap: 39,
  hat: 42,
  openHat: 46,
  rim: 37,
  shaker: 70,
  frame: 64,
  tek: 63,
  ride: 51,
  timpani: 47,
  drum: 35,
  triangle: 81,
};
/** The drum of a plain kit that stands in for each key: what is read. Several keys share a drum. */
// biome-ignore format: a table
const DRUMS: Readonly<Record<number, string>> = {
  35: "kick", 36: "kick", 37: "rim", 38: "snare", 39: "clap", 40: "snare", 41: "frame", 42: "hat", 43: "frame", 44: "hat", 45: "frame", 46: "openHat", 47: "frame", 48: "frame",
  49: "openHat", 50: "frame", 51: "hat", 52: "openHat", 53: "hat", 54: "shaker", 55: "openHat", 56: "rim", 57: "openHat", 59: "hat", 60: "frame", 61: "frame", 62: "frame",
  63: "frame", 64: "frame", 65: "frame", 66: "frame", 69: "shaker", 70: "shaker", 75: "rim", 76: "rim", 77: "rim", 80: "hat", 81: "openHat", 82: "shaker",
};
/**
 * The drum that plays a General MIDI percussion key; a frame drum where there is none.
 * @example
 * drumOfKey(36); // => "kick"
 * drumOfKey(DRUM_KEYS.clap); // => "clap"
 */
export const drumOfKey = (key: number): string => DRUMS[key] ?? "frame";
