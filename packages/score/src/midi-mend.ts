import { Complaint } from "@kuishi/base";
import { soundEvents } from "./midi-check.ts";

/** Where four letters stand, from a place on; the end where they do not. */
function find(bytes: Uint8Array, name: string, from: number): number {
  for (let at = from; at + 4 <= bytes.length; at++) if ([...name].every((char, k) => bytes[at + k] === char.charCodeAt(0))) return at;
  return bytes.length;
}
/** Bytes before the header that may be another format's wrapping. */
const MOST_WRAPPING = 4096;
const MOST_TRACKS = 4096;
const END_OF_TRACK = [0, 0xff, 0x2f, 0];
const HEADER = 14;

/**
 * What can be read of a damaged Standard MIDI File, as a sound one: of each track the events before the first that is none. A track whose length
 * cannot be true ends where the next begins.
 * @param tell is told of each damaged track, and at which byte. @throws Complaint where no track is left.
 */
export function mendedMidi(file: Uint8Array, tell: (complaint: Complaint) => void): Uint8Array {
  const start = find(file.subarray(0, MOST_WRAPPING), "MThd", 0);
  const bytes = file.subarray(start);
  if (bytes.length < HEADER) throw new Complaint("unreadable", "midi.broken");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const tracks: Uint8Array[] = [];
  for (let at = find(bytes, "MTrk", 8); at + 8 <= bytes.length && tracks.length < MOST_TRACKS; ) {
    const from = at + 8;
    const said = from + view.getUint32(at + 4);
    const end = said <= bytes.length ? said : find(bytes, "MTrk", from);
    const sound = soundEvents(bytes, from, end);
    // a length that is wrong cuts events short, or swallows the next track
    if (sound.to < end || said > bytes.length) tell(new Complaint("unreadable", "midi.damaged", { track: tracks.length + 1, byte: start + sound.to }));
    tracks.push(bytes.subarray(from, sound.to));
    at = find(bytes, "MTrk", sound.to < end ? sound.to : end);
  }
  if (tracks.length === 0) throw new Complaint("unreadable", "midi.broken");
  const out = new Uint8Array(tracks.reduce((sum, track) => sum + 8 + track.length + END_OF_TRACK.length, HEADER));
  out.set(bytes.subarray(0, HEADER));
  const written = new DataView(out.buffer);
  written.setUint32(4, 6);
  written.setUint16(10, tracks.length);
  if (written.getUint16(8) > 2) written.setUint16(8, 1);
  let at = HEADER;
  for (const track of tracks) {
    written.setUint32(at, 0x4d54726b);
    written.setUint32(at + 4, track.length + END_OF_TRACK.length);
    out.set(track, at + 8);
    out.set(END_OF_TRACK, at + 8 + track.length);
    at += 8 + track.length + END_OF_TRACK.length;
  }
  return out;
}
