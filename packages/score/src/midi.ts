import { type Cents, clamp, joinedBytes, type Seconds, TICKS_PER_QUARTER, type Ticks } from "@kuishi/base";
import type { TempoMap } from "./meter.ts";

/** A note for a MIDI file, in real time. */
export interface MidiNote {
  readonly at: Seconds;
  readonly length: Seconds;
  readonly cents: Cents;
  /** 0..1 */
  readonly velocity: number;
}
/** A track: pitched notes get a channel each as they need one, so that each keeps its cents (MPE, bend range 48). */
export interface MidiTrack {
  readonly name: string;
  readonly drums: boolean;
  readonly notes: readonly MidiNote[];
}

/** Bars for a MIDI file, and the map between its ticks and seconds. */
export interface MidiTime {
  readonly bars: readonly { readonly start: Ticks; readonly length: Ticks; readonly count: number; readonly unit: number }[];
  readonly tempo: TempoMap;
}
/** Semitones of a whole bend. */
export const BEND_RANGE = 48;

/** An event's bytes at a tick; of events at one tick, the lower order comes first. */
export interface Timed {
  readonly tick: number;
  readonly order: number;
  readonly bytes: readonly number[];
}

/** A variable-length quantity: seven bits a byte, the last without the high bit. */
function quantity(value: number): number[] {
  const bytes = [value & 0x7f];
  for (let rest = value >>> 7; rest > 0; rest >>>= 7) bytes.unshift((rest & 0x7f) | 0x80);
  return bytes;
}
export const meta = (type: number, data: readonly number[]): number[] => [0xff, type, ...quantity(data.length), ...data];
export const big = (value: number, count: number): number[] => Array.from({ length: count }, (_, i) => (value >>> (8 * (count - 1 - i))) & 0xff);

/** One MTrk chunk. */
export function chunk(name: string, events: Timed[]): number[] {
  events.sort((a, b) => a.tick - b.tick || a.order - b.order);
  const data: number[] = [0, ...meta(3, [...new TextEncoder().encode(name)])];
  let last = 0;
  for (const { tick, bytes } of events) {
    data.push(...quantity(tick - last), ...bytes);
    last = tick;
  }
  data.push(0, ...meta(0x2f, []));
  const out = [0x4d, 0x54, 0x72, 0x6b, ...big(data.length, 4)];
  for (const byte of data) out.push(byte);
  return out;
}

/**
 * A Standard MIDI File, format 1, whose tempo track follows the played bars exactly to a microsecond a quarter. Written
 * here because the library tried copied the whole file for every event: 300 MB for twenty minutes.
 */
export function writeMidiFile(time: MidiTime, tracks: readonly MidiTrack[]): Uint8Array {
  // Bars begin at their own tick; silence before the first bar is one quarter at a tempo of its own.
  const first = time.tempo.seconds(0);
  const lead = first > 0.001 ? TICKS_PER_QUARTER : 0;
  const tick = (at: Seconds): number => Math.max(0, Math.round(at < first && lead > 0 ? (at / first) * lead : lead + time.tempo.ticks(at)));
  const tempo = (microseconds: number): number[] => meta(0x51, big(clamp(Math.round(microseconds), 1, 16777215), 3));
  const conductor: Timed[] = [];
  if (lead > 0) conductor.push({ tick: 0, order: 0, bytes: tempo(first * 1e6) });
  time.bars.forEach((bar, i) => {
    const seconds = time.tempo.seconds(bar.start + bar.length) - time.tempo.seconds(bar.start);
    conductor.push({ tick: lead + bar.start, order: 1, bytes: tempo((seconds * 1e6 * TICKS_PER_QUARTER) / bar.length) });
    const before = time.bars[i - 1];
    if (before?.unit !== bar.unit || before.count !== bar.count) {
      // the denominator is written as its power of two
      conductor.push({ tick: lead + bar.start, order: 0, bytes: meta(0x58, [clamp(bar.count, 1, 255), 31 - Math.clz32(bar.unit), 24, 8]) });
    }
  });
  const chunks = [chunk("tempo", conductor)];
  // channels are the file's, not the track's: notes of all tracks that sound together get one each, as far as they go
  const busy = new Float64Array(16).fill(-1);
  const channels = new Map<MidiNote, number>();
  for (const note of tracks.flatMap((track) => (track.drums ? [] : track.notes)).sort((a, b) => a.at - b.at)) {
    let channel = 1;
    for (let k = 1; k < 16; k++) if (k !== 9 && busy[k]! < busy[channel]!) channel = k;
    busy[channel] = Math.max(busy[channel]!, tick(note.at + note.length));
    channels.set(note, channel);
  }
  for (const track of tracks) {
    const events: Timed[] = [];
    if (!track.drums) {
      for (let channel = 1; channel < 16; channel++) {
        if (channel === 9) continue;
        for (const [controller, value] of [
          [101, 0],
          [100, 0],
          [6, BEND_RANGE],
          [38, 0],
        ] as const)
          events.push({ tick: 0, order: 0, bytes: [0xb0 | channel, controller, value] });
      }
    }
    for (const note of track.notes) {
      const from = tick(note.at);
      const to = Math.max(from + 1, tick(note.at + note.length));
      const channel = channels.get(note) ?? 9;
      const key = clamp(Math.round(note.cents / 100), 0, 127);
      if (!track.drums) {
        const bend = clamp(Math.round(((note.cents - key * 100) / 100 / BEND_RANGE) * 8192), -8192, 8191) + 8192;
        events.push({ tick: from, order: 1, bytes: [0xe0 | channel, bend & 0x7f, bend >> 7] });
      }
      events.push({ tick: from, order: 2, bytes: [0x90 | channel, key, clamp(Math.round(note.velocity * 127), 1, 127)] });
      events.push({ tick: to, order: -1, bytes: [0x80 | channel, key, 0] });
    }
    chunks.push(chunk(track.name, events));
  }
  const header = [0x4d, 0x54, 0x68, 0x64, ...big(6, 4), ...big(1, 2), ...big(chunks.length, 2), ...big(TICKS_PER_QUARTER, 2)];
  return joinedBytes([Uint8Array.from(header), ...chunks.map((part) => Uint8Array.from(part))]);
}
