import { clamp, joinedBytes, TICKS_PER_QUARTER } from "@kuishi/base";
import type { Fraction } from "./fraction.ts";
import type { Heard } from "./heard.ts";
import { TempoMap } from "./meter.ts";
import { BEND_RANGE, big, chunk, type MidiTime, type MidiTrack, meta, type Timed } from "./midi.ts";
import { type PlayedOut, playOut, type TimedNote, type TimedPart } from "./playing/play-out.ts";
import type { Item, Score, TimeSignature } from "./score.ts";
import type { Transcription } from "./transcription/transcribe.ts";

const TICKS_PER_WHOLE = 4 * TICKS_PER_QUARTER;
const DRUM_CHANNEL = 9;
/** Steps of a channel's bend; a note further than this beside its key is bent. */
const BEND_STEPS = 8192;
const STILL_CENTS = 0.5;

/**
 * A score as a Standard MIDI File of format 1, repeats and jumps played out, notes as they are written: tempo, time and key signatures, markers and words;
 * a track for each part with its own program, percussion on channel 10, every cent (parts that have others than their keys play on channels of their own).
 * @throws Complaint `notEnough` for a score without notes.
 */
export function writeScoreMidi(score: Score): Uint8Array {
  const played = playOut(score, { asWritten: true });
  const tick = (seconds: number): number => Math.max(0, Math.round(played.time.wholesAt(seconds) * TICKS_PER_WHOLE));
  const parts = played.parts.filter((part) => part.notes.length > 0);
  const channels = channelsOf(parts, tick);
  const chunks = [
    chunk(score.title || score.movement || "", conductor(score, played)),
    ...parts.map((part) => chunk(part.name, partEvents(part, channels, tick))),
  ];
  const header = [0x4d, 0x54, 0x68, 0x64, ...big(6, 4), ...big(1, 2), ...big(chunks.length, 2), ...big(TICKS_PER_QUARTER, 2)];
  return joinedBytes([Uint8Array.from(header), ...chunks.map((part) => Uint8Array.from(part))]);
}

const text = (type: number, words: string): number[] => meta(type, [...new TextEncoder().encode(words)]);

function conductor(score: Score, { time, bars }: PlayedOut): Timed[] {
  const events: Timed[] = time.changes.map(({ at, perWhole }) => ({
    tick: Math.round(at * TICKS_PER_WHOLE),
    order: 0,
    bytes: meta(0x51, big(clamp(Math.round(perWhole * 250_000), 1, 16_777_215), 3)),
  }));
  for (const one of score.rights) events.push({ tick: 0, order: 0, bytes: text(2, one.name) });
  let before = "";
  bars.forEach(({ bar }, k) => {
    const start = time.starts[k]!;
    const [count, unit] = signatureOf(bars[k]!.time, score.bars[bar]!.length);
    if (`${count}/${unit}` !== before) {
      const bytes = meta(0x58, [clamp(count, 1, 255), 31 - Math.clz32(unit), 24, 8]);
      events.push({ tick: Math.round(start * TICKS_PER_WHOLE), order: 1, bytes });
    }
    before = `${count}/${unit}`;
    for (const item of score.parts[0]?.bars[bar]?.items ?? []) events.push(...signEvents(item, start));
  });
  return events;
}
/** Key signatures and markers. */
function signEvents(item: Item, start: number): Timed[] {
  const at = Math.round((start + item.at[0] / item.at[1]) * TICKS_PER_WHOLE);
  if (item.kind === "key" && item.fifths !== undefined && Math.abs(item.fifths) <= 7)
    return [{ tick: at, order: 1, bytes: meta(0x59, [item.fifths & 0xff, item.mode === "minor" || item.mode === "aeolian" ? 1 : 0]) }];
  if (item.kind !== "direction") return [];
  return item.marks.flatMap((mark): Timed[] => (mark.name === "rehearsal" ? [{ tick: at, order: 1, bytes: text(6, mark.value ?? "") }] : []));
}
/** What a bar lasts, in its signature's unit or a shorter one that tells it. */
function signatureOf(time: PlayedOut["bars"][number]["time"], length: Fraction): [count: number, unit: number] {
  const unit = Math.max(1, ...(time?.meters ?? []).map((meter) => meter.unit));
  const over = [unit, 4, 8, 16, 32, 64].find((each) => each >= unit && (length[0] * each) % length[1] === 0) ?? 64;
  return [Math.round((length[0] * over) / length[1]), over];
}

/** The bars of a hearing for a MIDI file, each at the tempo in which it was played. */
export function midiTimeOf({ score, starts }: Transcription): MidiTime {
  let start = 0;
  let told: TimeSignature | undefined;
  const bars = score.bars.map((bar) => {
    told = bar.time?.[0] ?? told;
    const [count, unit] = signatureOf(told, bar.length);
    const own = { start, length: (TICKS_PER_WHOLE * bar.length[0]) / bar.length[1], count, unit };
    start += own.length;
    return own;
  });
  const edges = [...bars.map((bar) => bar.start), start];
  return { bars, tempo: new TempoMap(edges.map((ticks, b) => ({ ticks, seconds: starts[b]! }))) };
}

/** The notes of a hearing for a MIDI file, when and as hard as they were played. */
export function midiTrackOf({ instrument, notes, strokes }: Heard): MidiTrack {
  const accents = new Map(strokes.flatMap((stroke) => stroke.noteIds.map((id) => [id, stroke.accent] as const)));
  return {
    name: instrument,
    drums: false,
    notes: notes.flatMap(({ id, onset, offset, cents }) =>
      cents === null ? [] : [{ at: onset, length: offset - onset, cents, velocity: 0.4 + 0.6 * (accents.get(id) ?? 0.5) }],
    ),
  };
}

/** Whether a note lies on its key and stays there. */
const isStill = (note: TimedNote): boolean => note.bend.length === 0 && Math.abs(note.cents - Math.round(note.cents / 100) * 100) < STILL_CENTS;
const isDrum = (part: TimedPart, note: TimedNote): boolean => note.drum !== undefined || part.instruments[0]?.channel === DRUM_CHANNEL;

/** A channel for each note: one a part, as long as there are any; notes beside their keys, and those that double one, get one each while they sound. */
function channelsOf(parts: readonly TimedPart[], tick: (seconds: number) => number): ReadonlyMap<TimedNote, number> {
  const channels = new Map<TimedNote, number>();
  const free = Array.from({ length: 16 }, (_, k) => k).filter((k) => k !== DRUM_CHANNEL);
  const moving: TimedNote[] = [];
  const pitched = parts.map((part) => part.notes.filter((note) => !isDrum(part, note)));
  // parts on their keys first, while enough is left for the others
  const still = pitched.filter((notes) => notes.length > 0 && notes.every(isStill));
  const others = pitched.length - still.length;
  for (const notes of pitched) {
    if (still.includes(notes) && free.length > (others > 0 ? 4 : 0)) {
      const channel = free.shift()!;
      const ends = new Map<number, number>();
      for (const note of notes) {
        // a key that sounds already cannot be struck again on its channel without ending
        const doubled = (ends.get(note.cents) ?? -1) > tick(note.at);
        if (doubled) moving.push(note);
        else channels.set(note, channel);
        if (!doubled) ends.set(note.cents, tick(note.at + note.length));
      }
    } else moving.push(...notes);
  }
  const pool = free.length > 0 ? free : Array.from({ length: 15 }, (_, k) => (k < DRUM_CHANNEL ? k : k + 1));
  const busy = new Map(pool.map((channel) => [channel, -1]));
  /** When a key of a channel is free again. */
  const ends = new Map<number, number>();
  for (const note of moving.sort((a, b) => a.at - b.at)) {
    const keyOn = (channel: number): number => channel * 128 + clamp(Math.round(note.cents / 100), 0, 127);
    const open = pool.filter((channel) => (ends.get(keyOn(channel)) ?? -1) <= tick(note.at));
    const channel = (open.length > 0 ? open : pool).reduce((least, one) => (busy.get(one)! < busy.get(least)! ? one : least));
    const end = tick(note.at + note.length);
    busy.set(channel, Math.max(busy.get(channel)!, end));
    ends.set(keyOn(channel), Math.max(ends.get(keyOn(channel)) ?? -1, end));
    channels.set(note, channel);
  }
  return channels;
}

function partEvents(part: TimedPart, channels: ReadonlyMap<TimedNote, number>, tick: (seconds: number) => number): Timed[] {
  const events: Timed[] = [];
  const told = part.instruments[0];
  const used = new Set(part.notes.filter((note) => !isDrum(part, note)).map((note) => channels.get(note)!));
  const bent = new Set(part.notes.filter((note) => !isDrum(part, note) && !isStill(note)).map((note) => channels.get(note)!));
  for (const channel of used) {
    if (told?.program !== undefined) events.push({ tick: 0, order: 0, bytes: [0xc0 | channel, clamp(told.program, 0, 127)] });
    for (const [controller, value] of [
      [7, told?.volume],
      [10, told?.pan === undefined ? undefined : (told.pan + 1) / 2],
    ] as const)
      if (value !== undefined) events.push({ tick: 0, order: 0, bytes: [0xb0 | channel, controller, clamp(Math.round(value * 127), 0, 127)] });
    // registered parameter 0: how far a bend goes
    for (const [controller, value] of bent.has(channel) ? RANGE : []) events.push({ tick: 0, order: 0, bytes: [0xb0 | channel, controller, value] });
  }
  for (const note of part.notes) {
    const drum = isDrum(part, note);
    const channel = drum ? DRUM_CHANNEL : channels.get(note)!;
    const key = clamp(Math.round(note.cents / 100), 0, 127);
    const from = tick(note.at);
    const to = Math.max(from + 1, tick(note.at + note.length));
    if (bent.has(channel) && !drum)
      for (const [at, by] of note.bend.length > 0 ? note.bend : [[0, 0] as const]) {
        const value = clamp(Math.round(((note.cents + by - key * 100) / 100 / BEND_RANGE) * BEND_STEPS), -BEND_STEPS, BEND_STEPS - 1) + BEND_STEPS;
        events.push({ tick: tick(note.at + at), order: 1, bytes: [0xe0 | channel, value & 0x7f, value >> 7] });
      }
    if (note.words) events.push({ tick: from, order: 1, bytes: text(5, note.words) });
    events.push({ tick: from, order: 2, bytes: [0x90 | channel, key, clamp(Math.round(note.velocity * 127), 1, 127)] });
    events.push({ tick: to, order: -1, bytes: [0x80 | channel, key, 0] });
  }
  return events;
}
const RANGE = [
  [101, 0],
  [100, 0],
  [6, BEND_RANGE],
  [38, 0],
] as const;
