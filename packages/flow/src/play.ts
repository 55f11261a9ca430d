import { breathe, type Cents, clamp, type Progress, SAMPLE_RATE, toDb } from "@kuishi/base";
import type { Bus, Plan, PlanEvent, PluckedModel, Source, Strip, SynthPatch } from "@kuishi/engine";
import { type PlayedScore, type PlayedTrack, readMidiFile, type Sheet } from "@kuishi/score";
import type { Loudness } from "@kuishi/signal";
import { CEILING_DBTP, TAIL_SEC } from "./compile.ts";
import type { Host } from "./hear.ts";
import { type Outputs, put } from "./outputs.ts";
import { master, renderMix, renderStems } from "./render.ts";
import { readSheet } from "./scores.ts";

const synth = (patch: Partial<SynthPatch>): Source => ({
  kind: "synth",
  patch: {
    voices: 6,
    detuneCents: 0,
    shape: 0,
    sub: 0,
    breath: 0,
    attackSec: 0.006,
    decaySec: 0.4,
    sustain: 0.7,
    releaseSec: 0.05,
    cutoffHz: 1800,
    keyTrack: 0.4,
    sweepOctaves: 0.5,
    sweepSec: 0.2,
    resonance: 0.1,
    lfoHz: 0,
    lfoOctaves: 0,
    ...patch,
  },
});
const string = (model: PluckedModel, nail = 0.5): Source => ({ kind: "plucked", model, open: [], nail });

/** What of ours plays the sixteen families of General MIDI, program by program where it matters. */
const FAMILIES: readonly Source[] = [
  synth({ voices: 8, shape: 0.25, decaySec: 1.1, sustain: 0.1, releaseSec: 0.08, cutoffHz: 1300, sweepOctaves: 1.6, sweepSec: 0.25 }), // keys
  synth({ voices: 8, shape: 0.9, decaySec: 0.9, sustain: 0, releaseSec: 0.25, cutoffHz: 2600, sweepOctaves: 1, sweepSec: 0.1 }), // bells
  synth({ voices: 8, shape: 0.5, sub: 0.6, sustain: 1, cutoffHz: 2200, sweepOctaves: 0 }), // organs
  string("guitar-nylon"),
  synth({ voices: 2, shape: 0.3, sub: 0.6, decaySec: 0.5, sustain: 0.4, cutoffHz: 500, sweepOctaves: 1.5, sweepSec: 0.12 }), // basses
  synth({ voices: 8, detuneCents: 8, attackSec: 0.09, sustain: 0.9, releaseSec: 0.1, cutoffHz: 1600, sweepOctaves: 0 }), // strings
  synth({ voices: 8, detuneCents: 12, attackSec: 0.14, sustain: 0.9, releaseSec: 0.13, cutoffHz: 1200, sweepOctaves: 0 }), // ensembles
  synth({ voices: 6, detuneCents: 4, attackSec: 0.04, sustain: 0.8, cutoffHz: 1100, sweepOctaves: 1, sweepSec: 0.15 }), // brass
  { kind: "balaban", steady: false },
  synth({ voices: 3, shape: 1, breath: 0.03, attackSec: 0.05, sustain: 0.9, cutoffHz: 900, keyTrack: 1, sweepOctaves: 0 }), // pipes
  synth({ voices: 4, detuneCents: 6, shape: 0.3, sustain: 0.8, cutoffHz: 2600, resonance: 0.3 }), // leads
  synth({ voices: 8, detuneCents: 14, attackSec: 0.3, sustain: 0.9, releaseSec: 0.25, cutoffHz: 900, sweepOctaves: 0.5, sweepSec: 0.8 }), // pads
  synth({ voices: 6, detuneCents: 20, attackSec: 0.2, sustain: 0.7, releaseSec: 0.3, cutoffHz: 1400, lfoHz: 0.4, lfoOctaves: 0.6 }), // effects
  string("dombra-western"),
  synth({ voices: 4, shape: 1, decaySec: 0.15, sustain: 0, cutoffHz: 1500 }), // percussive
  synth({ voices: 4, breath: 0.8, decaySec: 0.3, sustain: 0.2, cutoffHz: 3000 }),
];
const PROGRAMS: ReadonlyMap<number, Source> = new Map([
  [25, string("guitar-steel")],
  [26, string("guitar-steel", 0.4)],
  [27, string("guitar-steel", 0.4)],
  [28, string("guitar-steel", 0.3)],
  [46, string("guitar-nylon", 0.3)], // a harp
  [104, { kind: "tanpura" } satisfies Source],
  [105, string("tar")], // banjo: a skin
  [106, string("dombra-western")], // shamisen
  [107, string("guitar-nylon", 0.8)], // koto
  [108, synth({ voices: 6, shape: 1, decaySec: 0.5, sustain: 0, cutoffHz: 2400, sweepOctaves: 1.2, sweepSec: 0.06 })], // kalimba
]);
/** Names of tracks by which our own exports are known again. */
const NAMES: readonly (readonly [RegExp, Source])[] = [
  [/домбыра|домбра|dombra|dombyra/i, string("dombra-western")],
  [/\btar\b|тар/i, string("tar")],
  [/balaban|duduk|балабан|дудук/i, { kind: "balaban", steady: false }],
  [/tanpura|tambura|танпура/i, { kind: "tanpura" }],
];

/** GM percussion keys as drums of a kit. */
const DRUMS: Readonly<Record<number, string>> = {
  35: "kick", 36: "kick", 37: "rim", 38: "snare", 39: "clap", 40: "snare", 41: "frame", 42: "hat", 43: "frame", 44: "hat", 45: "frame", 46: "openHat", 47: "frame", 48: "frame",
  49: "openHat", 50: "frame", 51: "hat", 52: "openHat", 53: "hat", 54: "shaker", 55: "openHat", 56: "rim", 57: "openHat", 59: "hat", 60: "frame", 61: "frame", 62: "frame",
  63: "frame", 64: "frame", 65: "frame", 66: "frame", 69: "shaker", 70: "shaker", 75: "rim", 76: "rim", 77: "rim", 82: "shaker",
}; // biome-ignore format: a table

function sourceOf(track: PlayedTrack): Source {
  if (track.drums) return { kind: "drums", kit: "house" };
  const named = NAMES.find(([name]) => name.test(track.name));
  if (named) return named[1];
  return PROGRAMS.get(track.program) ?? (FAMILIES[track.program >> 3] as Source);
}

const frames = (seconds: number): number => Math.max(0, Math.round(seconds * SAMPLE_RATE));

function eventsOf(track: PlayedTrack, source: Source): PlanEvent[] {
  return track.notes.flatMap((note): PlanEvent[] => {
    const drum = DRUMS[Math.round(note.cents / 100)] ?? "frame";
    const cents: Cents = clamp(note.cents, 0, 14_000);
    const event: PlanEvent = {
      frame: frames(note.at),
      length: Math.max(1, frames(note.length)),
      cents,
      velocity: note.velocity,
      voice: track.drums ? drum : source.kind === "tanpura" ? Math.round(cents / 500) % 4 : "",
    };
    return [note.bend.length > 0 ? { ...event, bend: note.bend.map(([at, by]) => [frames(at), by] as const) } : event];
  });
}

/** A played score as a plan: a strip for each track, one reverberation, one chorus. */
export function planOfScore(score: PlayedScore, seed: number): Plan {
  const strips = score.tracks.map((track, i): Strip => {
    const source = sourceOf(track);
    const name = track.name.replace(/[^a-zA-Z0-9-]/g, "");
    return {
      id: `${track.drums ? "drums" : name || source.kind}-${i + 1}`,
      source,
      events: eventsOf(track, source),
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

/** A written tune as tracks: a part that names no instrument of ours is given to the dombra. */
function played(sheet: Sheet): PlayedScore {
  const parts = [...new Set(sheet.notes.map((note) => note.part))];
  return {
    tracks: parts.map((name, i) => ({
      name,
      program: DOMBRA_PROGRAM,
      drums: false,
      volume: 0.8,
      pan: parts.length > 1 ? (i / (parts.length - 1) - 0.5) * 0.8 : 0,
      reverb: 0.3,
      chorus: 0,
      notes: sheet.notes.filter((note) => note.part === name).map(({ at, length, cents, velocity }) => ({ at, length, cents, velocity, bend: [] })),
    })),
    seconds: sheet.seconds,
    bars: [],
  };
}
const DOMBRA_PROGRAM = 106;

/**
 * Plays a score (MIDI, MusicXML, ABC, by its name) with our instruments: `mix.wav`, with `stems` also `premaster.wav` and each strip.
 * @throws Complaint `unreadable` or `notEnough`.
 */
export async function playScore(
  host: Host,
  name: string,
  bytes: Uint8Array,
  request: { readonly stems: boolean; readonly seed: number },
  outputs: Outputs,
  progress: Progress,
): Promise<void> {
  const midi = bytes[0] === 0x4d && bytes[1] === 0x54;
  const plan = planOfScore(midi ? readMidiFile(bytes) : played(await readSheet(name, bytes)), request.seed);
  await breathe(progress);
  const loudness = request.stems ? await withStems(host, plan, outputs, progress) : await renderMix(host.kernels, plan, new Map(), outputs, progress);
  const strips = plan.strips.map(({ id, source, events }) => ({ id, source: source.kind, notes: events.length }));
  await put(
    outputs,
    "report.json",
    `${JSON.stringify({ kuishi: "play/1", strips, loudness: loudness.integrated, ceiling: plan.master.ceilingDbtp }, null, 2)}\n`,
  );
}
async function withStems(host: Host, plan: Plan, outputs: Outputs, progress: Progress): Promise<Loudness> {
  const { premaster } = await renderStems(host.kernels, plan, new Map(), outputs, progress);
  return (await master(host.kernels, plan, premaster, null, outputs, progress)).loudness;
}
