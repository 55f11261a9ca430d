import { type Cents, clamp, type Seconds, TICKS_PER_QUARTER } from "@kuishi/base";
import { type MidiEvent, writeMidi } from "midi-file";
import { barTicks, pulses } from "./meter.ts";
import type { Transcript } from "./transcript.ts";

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

const BEND_RANGE = 48;

/** A Standard MIDI File, format 1, whose tempo track follows the played bars exactly to a microsecond a quarter. */
export function writeMidiFile(transcript: Transcript, tracks: readonly MidiTrack[]): Uint8Array {
  type Timed = { tick: number; order: number; event: MidiEvent };
  const finish = (name: string, list: Timed[]): MidiEvent[] => {
    list.sort((a, b) => a.tick - b.tick || a.order - b.order);
    let last = 0;
    const events: MidiEvent[] = [{ deltaTime: 0, meta: true, type: "trackName", text: name }];
    for (const { tick, event } of list) {
      events.push({ ...event, deltaTime: tick - last });
      last = tick;
    }
    events.push({ deltaTime: 0, meta: true, type: "endOfTrack" });
    return events;
  };
  // Bars begin at their own tick; silence before the first bar is one more bar's worth of ticks at its own tempo.
  const first = transcript.tempo.seconds(0);
  const lead = first > 0.001 ? TICKS_PER_QUARTER : 0;
  const tick = (at: Seconds): number => Math.max(0, Math.round(at < first && lead > 0 ? (at / first) * lead : lead + transcript.tempo.ticks(at)));
  const conductor: Timed[] = [];
  if (lead > 0) conductor.push({ tick: 0, order: 0, event: { deltaTime: 0, meta: true, type: "setTempo", microsecondsPerBeat: Math.round(first * 1e6) } });
  transcript.bars.forEach((bar, i) => {
    const length = barTicks(bar.meter);
    const seconds = transcript.tempo.seconds(bar.start + length) - transcript.tempo.seconds(bar.start);
    conductor.push({
      tick: lead + bar.start,
      order: 1,
      event: { deltaTime: 0, meta: true, type: "setTempo", microsecondsPerBeat: clamp(Math.round((seconds * 1e6 * TICKS_PER_QUARTER) / length), 1, 16777215) },
    });
    if (i === 0 || bar.meter !== transcript.bars[i - 1]?.meter)
      conductor.push({
        tick: lead + bar.start,
        order: 0,
        event: { deltaTime: 0, meta: true, type: "timeSignature", numerator: pulses(bar.meter), denominator: bar.meter.unit, metronome: 24, thirtyseconds: 8 },
      });
  });
  const body = tracks.map((track) => {
    const list: Timed[] = [];
    const busy = new Float64Array(16).fill(-1);
    if (!track.drums) {
      for (let channel = 1; channel < 16; channel++) {
        if (channel === 9) continue;
        const control = (controllerType: number, value: number): void =>
          void list.push({ tick: 0, order: 0, event: { deltaTime: 0, type: "controller", channel, controllerType, value } });
        control(101, 0);
        control(100, 0);
        control(6, BEND_RANGE);
        control(38, 0);
      }
    }
    for (const note of track.notes) {
      const from = tick(note.at);
      const to = Math.max(from + 1, tick(note.at + note.length));
      let channel = 9;
      let key = Math.round(note.cents / 100);
      if (!track.drums) {
        channel = 1;
        for (let k = 1; k < 16; k++) if (k !== 9 && (busy[k] as number) < (busy[channel] as number)) channel = k;
        busy[channel] = to;
        key = clamp(key, 0, 127);
        const bend = clamp(Math.round(((note.cents - key * 100) / 100 / BEND_RANGE) * 8192), -8192, 8191);
        list.push({ tick: from, order: 1, event: { deltaTime: 0, type: "pitchBend", channel, value: bend } });
      }
      const velocity = clamp(Math.round(note.velocity * 127), 1, 127);
      list.push({ tick: from, order: 2, event: { deltaTime: 0, type: "noteOn", channel, noteNumber: clamp(key, 0, 127), velocity } });
      list.push({ tick: to, order: -1, event: { deltaTime: 0, type: "noteOff", channel, noteNumber: clamp(key, 0, 127), velocity: 0 } });
    }
    return finish(track.name, list);
  });
  return Uint8Array.from(
    writeMidi({ header: { format: 1, numTracks: tracks.length + 1, ticksPerBeat: TICKS_PER_QUARTER }, tracks: [finish("tempo", conductor), ...body] }),
  );
}
