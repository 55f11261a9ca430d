import { type Cents, Complaint, MOST_BARS, MOST_NOTES, MOST_PARTS, MOST_SECONDS, type Seconds } from "@kuishi/base";
import { type MidiEvent, parseMidi } from "midi-file";
import { scoreText } from "./encoding.ts";
import { checkMidi } from "./midi-check.ts";
import { mendedMidi } from "./midi-mend.ts";
import { tooMuch } from "./score-check.ts";

/** A note as a MIDI file has it, in real time; its pitch may move. */
export interface PlayedNote {
  readonly at: Seconds;
  readonly length: Seconds;
  readonly cents: Cents;
  /** 0..1 */
  readonly velocity: number;
  /** [seconds from the start, cents beside `cents`]; empty where it stands still. */
  readonly bend: readonly (readonly [Seconds, Cents])[];
  /** From where to where the file counts it, in quarters from its beginning. */
  readonly counted?: readonly [from: number, to: number];
}
/** The notes of one track and channel (or of all member channels of an MPE zone) with one sound. */
export interface PlayedTrack {
  readonly name: string;
  /** General MIDI program, 0-127. */
  readonly program: number;
  readonly drums: boolean;
  /** Controllers 7 (times 11), 10, 91 and 93 as they stand at the first note: 0..1, pan -1..1. */
  readonly volume: number;
  readonly pan: number;
  readonly reverb: number;
  readonly chorus: number;
  readonly notes: readonly PlayedNote[];
  /** Of the file, from 0, and its channel. */
  readonly track?: number;
  readonly channel?: number;
}
/** What a file says beside its notes, at so many quarters from its beginning. */
export interface PlayedSign {
  readonly at: number;
  readonly track: number;
  readonly kind: "tempo" | "key" | "marker" | "words" | "rights" | "name" | "title" | "text";
  readonly text: string;
  /** Quarters a minute; sharps. */
  readonly value: number;
}
export interface PlayedScore {
  readonly tracks: readonly PlayedTrack[];
  readonly seconds: Seconds;
  /** Bars by the file's time signatures, 4/4 where it has none. */
  readonly bars: readonly { readonly at: Seconds; readonly beats: number; readonly unit: number; readonly quarters?: number }[];
  readonly signs?: readonly PlayedSign[];
}

const HOLD = 64;
const KEYS = 128;
/** Length of a note that ends where it begins, seconds: some programs write ornaments so. */
const SHORTEST = 0.01;

interface Channel {
  program: number;
  volume: number;
  expression: number;
  pan: number;
  reverb: number;
  chorus: number;
  /** Registered parameter being set, and the bend range it may set. */
  rpn: number;
  range: number;
  bend: Cents;
  held: boolean;
  /** By track and key: two tracks may play on one channel, and neither ends the other's notes. */
  readonly open: Map<number, Open>;
  /** Notes let go under the pedal. */
  readonly waiting: Open[];
}
interface Open {
  /** Of the result, where its note belongs. */
  readonly track: string;
  readonly at: Seconds;
  readonly cents: Cents;
  readonly velocity: number;
  readonly bend: [Seconds, Cents][];
  readonly start: Cents;
  /** Quarters from the file's beginning. */
  readonly from: number;
}

/**
 * Reads a Standard MIDI File: tempo changes, pedals, bends (with their registered range, and as MPE), and MIDI Tuning Standard
 * messages (single notes, octaves of one and two bytes, bulk dumps), so that a tuned file sounds as it was tuned.
 * @param tell is told what of a damaged file cannot be read, and is left out; without it such a file is refused.
 * @throws Complaint `unreadable`.
 */
export function readMidiFile(bytes: Uint8Array, tell?: (complaint: Complaint) => void): PlayedScore {
  const file = parsed(bytes, tell);
  const { ticksPerBeat, ticksPerFrame, framesPerSecond } = file.header;
  const timed: { tick: number; track: number; order: number; event: MidiEvent }[] = [];
  const names: string[] = [];
  file.tracks.forEach((events, track) => {
    let tick = 0;
    events.forEach((event, order) => {
      tick += Number.isFinite(event.deltaTime) ? event.deltaTime : 0;
      if (event.type === "trackName" && !names[track]) names[track] = textOf(event.text);
      timed.push({ tick, track, order, event });
    });
  });
  timed.sort((a, b) => a.tick - b.tick || a.track - b.track || a.order - b.order);
  const channels = Array.from(
    { length: 16 },
    (): Channel => ({
      program: 0,
      volume: 100 / 127,
      expression: 1,
      pan: 0,
      reverb: 40 / 127,
      chorus: 0,
      rpn: -1,
      range: 2,
      bend: 0,
      held: false,
      open: new Map(),
      waiting: [],
    }),
  );
  const tuning = Float64Array.from({ length: 128 }, (_, key) => key * 100);
  const found = new Map<string, { track: Omit<PlayedTrack, "notes">; notes: PlayedNote[] }>();
  /** Channels of an MPE zone: its members sound as one track. */
  const members = new Set<number>();

  let at = 0;
  let lastTick = 0;
  const bars: { at: Seconds; beats: number; unit: number; quarters: number }[] = [];
  const signs: PlayedSign[] = [];
  /** Quarters from the beginning; a file that counts frames is told at 120 of them a minute. */
  const quarters = (): number => (ticksPerBeat ? lastTick / ticksPerBeat : at * 2);
  let [beats, unit, nextBar] = [4, 4, 0];
  /** Writes down the bars that begin before a tick. */
  const count = (tick: number): void => {
    const length = ticksPerBeat ? (ticksPerBeat * 4 * beats) / unit : 0;
    while (length > 0 && nextBar < tick && bars.length < MOST_BARS) {
      bars.push({ at: at + (nextBar - lastTick) * secondsPerTick, beats, unit, quarters: nextBar / ticksPerBeat! });
      nextBar += length;
    }
  };
  let secondsPerTick = ticksPerBeat ? 0.5 / ticksPerBeat : 1 / ((framesPerSecond || 25) * (ticksPerFrame || 40));
  const end = (open: Open): void => {
    const moves = open.bend.length > 1 || (open.bend[0]?.[1] ?? 0) !== 0;
    const entry = found.get(open.track);
    if (!entry) return;
    if (++sounded > MOST_NOTES) throw tooMuch();
    entry.notes.push({
      at: open.at,
      length: at > open.at ? at - open.at : SHORTEST,
      cents: open.cents,
      velocity: open.velocity,
      bend: moves ? open.bend : [],
      counted: [open.from, quarters()],
    });
  };
  let sounded = 0;
  /** @param own of track and key; a key that only another track holds down is that track's. */
  const letGo = (channel: Channel, own: number, anyone: boolean): void => {
    const held = channel.open.has(own) || !anyone ? own : [...channel.open.keys()].find((other) => other % KEYS === own % KEYS);
    const open = held === undefined ? undefined : channel.open.get(held);
    if (held === undefined || !open) return;
    channel.open.delete(held);
    if (channel.held) channel.waiting.push(open);
    else end(open);
  };
  for (const { tick, track, event } of timed) {
    const now = at + (tick - lastTick) * secondsPerTick;
    if (now > MOST_SECONDS) {
      // what only closes the file may lie anywhere
      if (event.type === "noteOn") throw tooMuch();
      continue;
    }
    count(tick);
    at = now;
    lastTick = tick;
    if (event.type === "timeSignature" && event.numerator > 0 && event.denominator > 0) [beats, unit, nextBar] = [event.numerator, event.denominator, tick];
    if (event.type === "setTempo" && ticksPerBeat) secondsPerTick = Math.max(1, event.microsecondsPerBeat) / 1e6 / ticksPerBeat;
    const told = signOf(event);
    if (told && signs.length < MOST_NOTES) signs.push({ at: quarters(), track, text: "", value: 0, ...told });
    if (event.type === "sysEx") retune(tuning, event.data);
    if (!("channel" in event)) continue;
    const channel = channels[event.channel];
    if (!channel) continue;
    switch (event.type) {
      case "programChange":
        channel.program = event.programNumber;
        break;
      case "pitchBend": {
        channel.bend = (event.value / 8192) * channel.range * 100;
        for (const open of channel.open.values()) if (open.bend.length < 4096) open.bend.push([at - open.at, channel.bend - open.start]);
        break;
      }
      case "controller":
        control(channel, event.controllerType, event.value / 127, members, event.channel);
        if (event.controllerType === HOLD && event.value < 64) for (const open of channel.waiting.splice(0)) end(open);
        if (event.controllerType === 120 || event.controllerType === 123) for (const own of [...channel.open.keys()]) letGo(channel, own, false);
        break;
      case "noteOff":
        letGo(channel, track * KEYS + event.noteNumber, true);
        break;
      case "noteOn": {
        // a byte the file does not have, or one that no key has
        if (!(event.noteNumber < KEYS && event.velocity < KEYS)) break;
        const own = track * KEYS + event.noteNumber;
        letGo(channel, own, event.velocity === 0);
        if (event.velocity === 0) break;
        const drums = event.channel === 9;
        const key = members.has(event.channel) ? `${track}/zone/${channel.program}` : `${track}/${event.channel}/${channel.program}`;
        if (!found.has(key)) {
          if (found.size >= MOST_PARTS) throw tooMuch();
          const { program, volume, expression, pan, reverb, chorus } = channel;
          found.set(key, {
            track: { name: names[track] ?? "", track, channel: event.channel, program, drums, volume: volume * expression, pan, reverb, chorus },
            notes: [],
          });
        }
        const cents = drums ? event.noteNumber * 100 : tuning[event.noteNumber]! + channel.bend;
        channel.open.set(own, { track: key, at, cents, velocity: event.velocity / 127, bend: [[0, 0]], start: channel.bend, from: quarters() });
        break;
      }
    }
  }
  for (const channel of channels) {
    channel.held = false;
    for (const open of channel.waiting.splice(0)) end(open);
    for (const own of [...channel.open.keys()]) letGo(channel, own, false);
  }
  const tracks = [...found.values()]
    .filter(({ notes }) => notes.length > 0)
    .map(({ track, notes }) => ({ ...track, notes: notes.sort((a, b) => a.at - b.at) }));
  if (tracks.length === 0) throw new Complaint("notEnough", "midi.empty");
  return { tracks, seconds: at, signs: withKaraoke(signs), bars: bars.filter((bar, i) => !(bars[i + 1] && bars[i + 1]!.at - bar.at < 1e-4)) };
}

/** Text as its bytes have it: a character for each. */
const textOf = (bytes: string): string => scoreText(Uint8Array.from(bytes, (char) => char.charCodeAt(0))).replaceAll("\0", "");
function signOf(event: MidiEvent): (Pick<PlayedSign, "kind"> & Partial<PlayedSign>) | undefined {
  switch (event.type) {
    case "setTempo":
      return { kind: "tempo", value: 60e6 / Math.max(1, event.microsecondsPerBeat) };
    case "keySignature":
      return { kind: "key", value: event.key, text: event.scale === 1 ? "minor" : "major" };
    case "marker":
      return { kind: "marker", text: textOf(event.text) };
    case "text":
      return { kind: "text", text: textOf(event.text) };
    case "lyrics":
      return { kind: "words", text: textOf(event.text) };
    case "copyrightNotice":
      return { kind: "rights", text: textOf(event.text) };
    case "trackName":
      return { kind: "name", text: textOf(event.text) };
    default:
      return undefined;
  }
}

/** Texts of karaoke files (.kar), which begin lines and verses with `/` and `\`: words; `@T` is the title. Those that tell words as such have none. */
function withKaraoke(signs: readonly PlayedSign[]): readonly PlayedSign[] {
  const texts = signs.filter((sign) => sign.kind === "text");
  const others = signs.filter((sign) => sign.kind !== "text");
  const tracks = new Set(texts.filter(({ text }) => /^[/\\]./.test(text)).map(({ track }) => track));
  if (tracks.size === 0 || others.some((sign) => sign.kind === "words")) return others;
  const title = texts.find(({ text }) => /^@T./.test(text));
  return [
    ...others,
    ...(title ? [{ ...title, kind: "title" as const, text: title.text.slice(2).trim() }] : []),
    ...texts.filter(({ track, text }) => tracks.has(track) && !text.startsWith("@")).map((sign) => ({ ...sign, kind: "words" as const })),
  ];
}

/** What the file says, its size looked at first. @throws Complaint. */
function parsed(bytes: Uint8Array, tell: ((complaint: Complaint) => void) | undefined): ReturnType<typeof parseMidi> {
  try {
    const cut = checkMidi(bytes);
    if (!cut || !tell) return parseMidi(bytes);
  } catch {
    if (!tell) throw new Complaint("unreadable", "midi.broken");
  }
  const mended = mendedMidi(bytes, tell);
  try {
    checkMidi(mended);
    return parseMidi(mended);
  } catch {
    throw new Complaint("unreadable", "midi.broken");
  }
}

function control(channel: Channel, type: number, value: number, members: Set<number>, index: number): void {
  if (type === 7) channel.volume = value;
  else if (type === 11) channel.expression = value;
  else if (type === 10) channel.pan = value * 2 - 1;
  else if (type === 91) channel.reverb = value;
  else if (type === 93) channel.chorus = value;
  else if (type === HOLD) channel.held = value >= 0.5;
  else if (type === 101) channel.rpn = (Math.round(value * 127) << 7) | (channel.rpn & 127);
  else if (type === 100) channel.rpn = (channel.rpn & ~127) | Math.round(value * 127);
  else if (type === 6 && channel.rpn === 0) channel.range = Math.round(value * 127);
  else if (type === 6 && channel.rpn === 6) {
    // MPE configuration: the lower zone's master is channel 1, the upper's channel 16
    const count = Math.round(value * 127);
    for (let k = 1; k <= count; k++) members.add(index === 0 ? k : index === 15 ? 15 - k : index);
  }
}

/** A frequency of the MIDI Tuning Standard: semitone and 14 bits of it; 7F 7F 7F is "no change". */
function frequency(data: ArrayLike<number>, from: number): Cents | null {
  const [a, b, c] = [data[from] ?? 127, data[from + 1] ?? 127, data[from + 2] ?? 127];
  return a === 127 && b === 127 && c === 127 ? null : a * 100 + (((b << 7) | c) * 100) / 16384;
}

/** Applies a tuning message (universal system exclusive 08) to the 128 keys. Others leave them alone. */
export function retune(tuning: Float64Array, message: ArrayLike<number>): void {
  // with or without the leading F0
  const data = message[0] === 0xf0 ? Array.from(message).slice(1) : Array.from(message);
  if ((data[0] !== 0x7e && data[0] !== 0x7f) || data[2] !== 0x08) return;
  const kind = data[3];
  const set = (key: number, cents: Cents | null): void => {
    if (cents !== null && key < 128) tuning[key] = cents;
  };
  if (kind === 0x01) {
    for (let key = 0; key < 128 && 21 + 3 * key + 2 < data.length; key++) set(key, frequency(data, 21 + 3 * key));
  } else if (kind === 0x02 || kind === 0x07) {
    const from = kind === 0x07 ? 7 : 6;
    const count = data[from - 1] ?? 0;
    for (let i = 0; i < count && from + 4 * i + 3 < data.length; i++) set(data[from + 4 * i]!, frequency(data, from + 4 * i + 1));
  } else if (kind === 0x08 || kind === 0x09) {
    // an octave: 12 values about each semitone
    for (let key = 0; key < 128; key++) {
      const at = 7 + (key % 12) * (kind === 0x08 ? 1 : 2);
      if (at >= data.length) break;
      const cents = kind === 0x08 ? data[at]! - 64 : (((data[at]! << 7) | (data[at + 1] ?? 0)) - 8192) / 81.92;
      tuning[key] = key * 100 + cents;
    }
  }
}

/** A real-time single note tuning change for up to 127 keys: what another synthesiser needs to sound like us. */
export function tuningMessage(keys: readonly (readonly [key: number, cents: Cents])[], program = 0): Uint8Array {
  const body = keys.slice(0, 127).flatMap(([key, cents]) => {
    const units = Math.max(0, Math.min(127 * 16384 + 16382, Math.round((cents / 100) * 16384)));
    return [key & 127, units >> 14, (units >> 7) & 127, units & 127];
  });
  return Uint8Array.from([0xf0, 0x7f, 0x7f, 0x08, 0x02, program & 127, Math.min(127, keys.length), ...body, 0xf7]);
}
