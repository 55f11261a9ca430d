import { BLOCK, breathe, type Progress, SAMPLE_RATE, type Seconds } from "@kuishi/base";
import { type Plan, type PlanEvent, type Source, sourceOf, strumEvents } from "@kuishi/engine";
import type { Recording } from "@kuishi/media";
import type { Heard } from "@kuishi/score";
import { type Instrument, makeFor } from "@kuishi/tuning";
import type { Host } from "./hear.ts";
import { OfflineEngine } from "./threads/offline.ts";

/** Rings so long where nothing else is struck on its string, seconds, at most. */
const RINGS = 2.2;
const frame = (at: Seconds): number => Math.round(at * SAMPLE_RATE);

/** What an instrument of ours does to play a hearing: strokes over its strings, or one note after the other. */
export function eventsHeard(heard: Heard, seed: number): PlanEvent[] {
  const byId = new Map(heard.notes.map((note) => [note.id, note]));
  const events: PlanEvent[] =
    heard.strokes.length > 0
      ? heard.strokes.flatMap((stroke, i) => {
          const struck = stroke.noteIds.flatMap((id) => byId.get(id) ?? []).filter((note) => note.cents !== null);
          if (struck.length === 0) return [];
          return strumEvents(
            {
              frame: frame(stroke.at),
              length: frame(RINGS),
              notes: struck.map((note) => ({ string: note.string ?? 0, cents: note.cents! })),
              direction: stroke.direction ?? (i % 2 === 0 ? "down" : "up"),
              velocity: 0.35 + 0.6 * stroke.accent,
              spreadMs: 7,
            },
            seed,
          );
        })
      : heard.notes.flatMap((note): PlanEvent[] =>
          note.cents === null ? [] : [{ frame: frame(note.onset), length: frame(note.offset - note.onset), cents: note.cents, velocity: 0.7, voice: "" }],
        );
  return events.sort((a, b) => a.frame - b.frame);
}

/** Sound of a hearing's notes on one of our instruments, at 48 kHz. */
export function playHeard(host: Host, heard: Heard, instrument: Instrument, seconds: Seconds, seed: number, progress: Progress): Promise<Recording> {
  const known = makeFor(instrument);
  if (!known) throw new RangeError(`nothing plays ${instrument.name}`);
  const open = heard.tuning.strings.map((string) => string.openCents);
  const source = { ...sourceOf(known), ...(open.length > 0 ? { open } : {}) } as Source;
  const plan: Plan = {
    frames: frame(seconds),
    seed,
    strips: [{ id: "tune", source, events: eventsHeard(heard, seed), inserts: [], gainDb: -6, pan: 0, sends: { room: -16 } }],
    buses: [{ id: "room", effect: { kind: "reverb", decaySec: 0.5, preDelayMs: 8, damping: 0.6 }, gainDb: 0 }],
    master: { gainDb: 0, ceilingDbtp: -1 },
  };
  return soundOf(host, plan, progress);
}

/** No sample of a played score lies above. */
const HIGHEST = 0.9;

/** A plan played as a recording, before its master. */
export async function soundOf(host: Host, plan: Plan, progress: Progress): Promise<Recording> {
  const { frames } = plan;
  const channels = [new Float32Array(frames), new Float32Array(frames)] as const;
  const run = new OfflineEngine(host, plan, new Map(), [[0, frames]], progress);
  let peak = 0;
  try {
    run.next();
    const { premaster } = run.engine;
    for (let at = 0; at < frames; at += BLOCK) {
      const wait = run.ready();
      if (wait) await wait;
      run.engine.render(false);
      const count = Math.min(BLOCK, frames - at);
      [premaster.leftView, premaster.rightView].forEach((view, side) => {
        channels[side as 0 | 1].set(view.subarray(0, count), at);
        for (let i = 0; i < count; i++) peak = Math.max(peak, Math.abs(view[i]!));
      });
      if (at % (BLOCK * 2000) === 0) {
        progress.report("decode", at / frames);
        await breathe(progress);
      }
    }
  } finally {
    run.close();
  }
  if (peak > HIGHEST) for (const channel of channels) for (let i = 0; i < frames; i++) channel[i] = (channel[i]! * HIGHEST) / peak;
  return {
    channels,
    sampleRate: SAMPLE_RATE,
    source: { container: "score", sampleRate: SAMPLE_RATE, channels: 2 },
    fromSec: 0,
    toSec: null,
    warnings: [],
  };
}
