import { breathe, type Cents, type Complaint, clamp, type Progress, SAMPLE_RATE, toDb } from "@kuishi/base";
import { type Bus, type Plan, type PlanEvent, plainPatch, type Source, type Strip, type SynthPatch, sourceOf } from "@kuishi/engine";
import { drumOfKey, type PlayedScore, type PlayedTrack } from "@kuishi/score";
import type { Loudness } from "@kuishi/signal";
import { type Instrument, instrumentCalled, makeFor, makeForProgram, makeNamed } from "@kuishi/tuning";
import { CEILING_DBTP, TAIL_SEC } from "./compile.ts";
import type { Host } from "./hear.ts";
import { type Outputs, put } from "./outputs.ts";
import { partsNamed, performed } from "./performance.ts";
import { master, renderMix, renderStems } from "./render.ts";

const synth = (patch: Partial<SynthPatch>): Source => ({ kind: "synth", patch: { ...plainPatch, attackSec: 0.006, releaseSec: 0.05, ...patch } });
/** The source of a make that is known by name. */
const make = (name: string): Source => sourceOf(makeNamed(name)!);

/** What of ours plays the sixteen families of General MIDI, where no instrument's record claims the program. */
const FAMILIES: readonly Source[] = [
  synth({ voices: 8, shape: 0.25, decaySec: 1.1, sustain: 0.1, releaseSec: 0.08, cutoffHz: 1300, sweepOctaves: 1.6, sweepSec: 0.25 }), // keys
  synth({ voices: 8, shape: 0.9, decaySec: 0.9, sustain: 0, releaseSec: 0.25, cutoffHz: 2600, sweepOctaves: 1, sweepSec: 0.1 }), // bells
  synth({ voices: 8, shape: 0.5, sub: 0.6, sustain: 1, cutoffHz: 2200, sweepOctaves: 0 }), // organs
  make("guitar-nylon"),
  synth({ voices: 2, shape: 0.3, sub: 0.6, decaySec: 0.5, sustain: 0.4, cutoffHz: 500, sweepOctaves: 1.5, sweepSec: 0.12 }), // basses
  synth({ voices: 8, detuneCents: 8, attackSec: 0.09, sustain: 0.9, releaseSec: 0.1, cutoffHz: 1600, sweepOctaves: 0 }), // strings
  synth({ voices: 8, detuneCents: 12, attackSec: 0.14, sustain: 0.9, releaseSec: 0.13, cutoffHz: 1200, sweepOctaves: 0 }), // ensembles
  synth({ voices: 6, detuneCents: 4, attackSec: 0.04, sustain: 0.8, cutoffHz: 1100, sweepOctaves: 1, sweepSec: 0.15 }), // brass
  make("balaban"),
  synth({ voices: 3, shape: 1, breath: 0.03, attackSec: 0.05, sustain: 0.9, cutoffHz: 900, keyTrack: 1, sweepOctaves: 0 }), // pipes
  synth({ voices: 4, detuneCents: 6, shape: 0.3, sustain: 0.8, cutoffHz: 2600, resonance: 0.3 }), // leads
  synth({ voices: 8, detuneCents: 14, attackSec: 0.3, sustain: 0.9, releaseSec: 0.25, cutoffHz: 900, sweepOctaves: 0.5, sweepSec: 0.8 }), // pads
  synth({ voices: 6, detuneCents: 20, attackSec: 0.2, sustain: 0.7, releaseSec: 0.3, cutoffHz: 1400, lfoHz: 0.4, lfoOctaves: 0.6 }), // effects
  make("dombra-western"),
  synth({ voices: 4, shape: 1, decaySec: 0.15, sustain: 0, cutoffHz: 1500 }), // percussive
  synth({ voices: 4, breath: 0.8, decaySec: 0.3, sustain: 0.2, cutoffHz: 3000 }),
];
const KALIMBA = 108;
const kalimba = synth({ voices: 6, shape: 1, decaySec: 0.5, sustain: 0, cutoffHz: 2400, sweepOctaves: 1.2, sweepSec: 0.06 });

/** A track, and the instrument of ours that the score means for it. */
type Sounding = PlayedTrack & { readonly instrument?: Instrument };

function sourceFor(track: Sounding): Source {
  if (track.drums) return { kind: "drums", kit: "house" };
  const named = instrumentCalled(track.name);
  const byProgram = makeForProgram(track.program);
  const meant = named ?? (byProgram ? undefined : track.instrument);
  const known = (meant && makeFor(meant)) ?? byProgram;
  if (known) return sourceOf(known);
  return track.program === KALIMBA ? kalimba : FAMILIES[track.program >> 3]!;
}

const frames = (seconds: number): number => Math.max(0, Math.round(seconds * SAMPLE_RATE));

function eventsOf(track: PlayedTrack): PlanEvent[] {
  return track.notes.flatMap((note): PlanEvent[] => {
    const drum = drumOfKey(Math.round(note.cents / 100));
    const cents: Cents = clamp(note.cents, 0, 14_000);
    const event: PlanEvent = {
      frame: frames(note.at),
      length: Math.max(1, frames(note.length)),
      cents,
      velocity: note.velocity,
      voice: track.drums ? drum : "",
    };
    return [note.bend.length > 0 ? { ...event, bend: note.bend.map(([at, by]) => [frames(at), by] as const) } : event];
  });
}

/** A played score as a plan: a strip for each track, one reverberation, one chorus. */
export function planOfScore(score: Pick<PlayedScore, "seconds"> & { readonly tracks: readonly Sounding[] }, seed: number): Plan {
  const strips = score.tracks.map((track, i): Strip => {
    const source = sourceFor(track);
    const name = track.name.replace(/[^a-zA-Z0-9-]/g, "");
    return {
      id: `${track.drums ? "drums" : name || source.kind}-${i + 1}`,
      source,
      events: eventsOf(track),
      inserts: [],
      gainDb: clamp(2 * toDb(Math.max(0.02, track.volume)), -60, 6) - 9,
      pan: clamp(track.pan, -1, 1),
      sends: {
        ...(track.reverb > 0.01 ? { reverb: 2 * toDb(track.reverb) - 6 } : {}),
        ...(track.chorus > 0.01 ? { chorus: 2 * toDb(track.chorus) - 6 } : {}),
      },
    };
  });
  const buses: Bus[] = [
    { id: "reverb", effect: { kind: "reverb", decaySec: 1.6, preDelayMs: 18, damping: 0.35 }, gainDb: 0 },
    { id: "chorus", effect: { kind: "chorus", rateHz: 0.45, depthMs: 3.5, delayMs: 14 }, gainDb: 0 },
  ];
  return { frames: frames(score.seconds + TAIL_SEC), seed, strips, buses, master: { gainDb: 0, ceilingDbtp: CEILING_DBTP } };
}

/**
 * Plays a score (MIDI, MusicXML, ABC, by its name) with our instruments: `mix.wav`, with `stems` also `premaster.wav` and each strip.
 * @throws Complaint `unreadable` or `notEnough`.
 */
export async function playScore(
  host: Host,
  name: string,
  bytes: Uint8Array,
  request: { readonly stems: boolean; readonly seed: number; readonly parts: readonly string[] },
  outputs: Outputs,
  progress: Progress,
  tell?: (complaint: Complaint) => void,
): Promise<void> {
  const { score, tracks, seconds } = performed(name, bytes, tell);
  const parts = request.parts.length > 0 ? new Set(partsNamed(score, request.parts)) : undefined;
  const plan = planOfScore({ tracks: tracks.filter((track) => !parts || parts.has(track.part)), seconds }, request.seed);
  await breathe(progress);
  const loudness = request.stems ? await withStems(host, plan, outputs, progress) : await renderMix(host, plan, new Map(), outputs, progress);
  const strips = plan.strips.map(({ id, source, events }) => ({ id, source: source.kind, notes: events.length }));
  await put(
    outputs,
    "report.json",
    `${JSON.stringify({ kuishi: "play/1", strips, loudness: loudness.integrated, ceiling: plan.master.ceilingDbtp }, null, 2)}\n`,
  );
}
async function withStems(host: Host, plan: Plan, outputs: Outputs, progress: Progress): Promise<Loudness> {
  const { premaster } = await renderStems(host, plan, new Map(), outputs, progress);
  return (await master(host.kernels, plan, premaster, null, outputs, progress)).loudness;
}
