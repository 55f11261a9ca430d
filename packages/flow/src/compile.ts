import { clamp, type Decibels, type Frames, SAMPLE_RATE } from "@kuishi/base";
import type { Arrangement, Mix, Part, Style } from "@kuishi/blend";
import type { Bus, Curve, Insert, Plan, PlanEvent, Source, Strip } from "@kuishi/engine";
import type { Band } from "@kuishi/signal";

/** Name under which a plan finds the recording. */
export const RECORDING = "recording";
/** Sound that rings on after the recording has ended, seconds. */
export const TAIL_SEC = 3;

/** Fader of each strip in dB, found by measuring (see `balance.ts`). */
export type Faders = Readonly<Record<string, Decibels>>;

const frame = (seconds: number): Frames => Math.max(0, Math.round(seconds * SAMPLE_RATE));

function events(part: Part): PlanEvent[] {
  return part.events
    .map((event) => ({ frame: frame(event.at), length: frame(event.length), cents: event.cents, velocity: event.velocity, voice: event.voice }))
    .sort((a, b) => a.frame - b.frame);
}

function source(part: Part, style: Style): Source {
  switch (part.kind) {
    case "drums":
      return { kind: "drums", kit: style.kit };
    case "bass":
      return { kind: "synth", patch: style.bass.patch };
    case "pad":
      return { kind: "synth", patch: style.pad.patch };
    case "arp":
      return { kind: "synth", patch: style.arp?.patch ?? style.pad.patch };
    case "dombra":
      return { kind: "plucked", model: "dombra-western", open: [], nail: style.dombra?.nail ?? 0.4 };
  }
}

/** How the style mixes a part. @throws RangeError when it does not say. */
export function mixOf(part: Part, style: Style): Mix {
  const mix =
    part.kind === "drums"
      ? style.drums[part.id]?.mix
      : part.kind === "arp"
        ? style.arp?.mix
        : part.kind === "dombra"
          ? style.dombra?.mix
          : style[part.kind].mix;
  if (!mix) throw new RangeError(`style ${style.name} has no mix for ${part.id}`);
  return mix;
}

function inserts(mix: Mix, duckable: boolean): Insert[] {
  const bands: Band[] = [];
  if (mix.highPassHz > 0) bands.push({ type: "highPass", hertz: mix.highPassHz });
  if (mix.lowPassHz < 20_000) bands.push({ type: "lowPass", hertz: mix.lowPassHz });
  const list: Insert[] = bands.length > 0 ? [{ kind: "eq", bands }] : [];
  if (duckable && mix.duckDb > 0) {
    list.push({ kind: "compressor", thresholdDb: -34, ratio: 1 + mix.duckDb / 5, attackMs: 2, releaseMs: 140, makeupDb: 0, key: "kick" });
  }
  return list;
}

/** The energy of the arrangement as a gentle fader ride, so that loudness follows it. */
function ride(arrangement: Arrangement, depth: Decibels): Curve {
  const points: [Frames, Decibels][] = [];
  arrangement.sections.forEach((section, i) => {
    const db = depth * (section.energy - 1);
    const before = arrangement.sections[i - 1];
    if (before) points.push([frame(section.from) - 2400, depth * (before.energy - 1)]);
    points.push([frame(section.from), db]);
  });
  return points.filter(([at], i) => i === 0 || at > (points[i - 1] as [number, number])[0]);
}

/**
 * The arrangement and the recording as a plan the engine can run.
 * @param frames length of the recording; @param faders strips not named stand at 0 dB; @param masterDb gain into the limiter.
 */
export function compilePlan(arrangement: Arrangement, style: Style, frames: Frames, faders: Faders, masterDb: Decibels): Plan {
  const recording: Strip = {
    id: RECORDING,
    source: { kind: "clip", clip: RECORDING, at: 0, fadeIn: 240, fadeOut: Math.min(9600, frames >> 2) },
    events: [],
    inserts: [
      // rumble and boom go, the nail's brightness comes forward a little
      {
        kind: "eq",
        bands: [
          { type: "highPass", hertz: 75 },
          { type: "peak", hertz: 2600, gainDb: 1.5, q: 0.8 },
          { type: "highShelf", hertz: 9000, gainDb: 1 },
        ],
      },
      { kind: "compressor", thresholdDb: -24 - (faders[RECORDING] ?? 0), ratio: 1.8, attackMs: 12, releaseMs: 160, makeupDb: 0 },
    ],
    gainDb: faders[RECORDING] ?? 0,
    pan: 0,
    sends: { reverb: style.recording.reverbDb, delay: style.recording.delayDb },
    // the player breathes with the arrangement, but gently: the recording's own dynamics are the player's
    curve: ride(arrangement, 2.5),
  };
  const hasKick = arrangement.parts.some((part) => part.id === "kick");
  const parts = arrangement.parts.map((part): Strip => {
    const mix = mixOf(part, style);
    const strip: Strip = {
      id: part.id,
      source: source(part, style),
      events: events(part),
      inserts: inserts(mix, hasKick && part.id !== "kick"),
      gainDb: faders[part.id] ?? 0,
      pan: mix.pan,
      sends: { ...(mix.reverbDb > -60 ? { reverb: mix.reverbDb } : {}), ...(mix.delayDb > -60 ? { delay: mix.delayDb } : {}) },
    };
    return { ...strip, curve: ride(arrangement, part.kind === "drums" ? 5 : 4) };
  });
  const buses: Bus[] = [
    { id: "reverb", effect: { kind: "reverb", ...style.reverb }, gainDb: 0 },
    {
      id: "delay",
      effect: {
        kind: "delay",
        times: (arrangement.pulses.length > 0 ? arrangement.pulses : [[0, 0.3] as const]).map(([at, length], i) => [
          i === 0 ? 0 : frame(at),
          clamp(frame(length * style.delay.pulses), 480, 60_000),
        ]),
        feedback: style.delay.feedback,
        damping: style.delay.damping,
      },
      gainDb: 0,
    },
  ];
  return {
    frames: frames + TAIL_SEC * SAMPLE_RATE,
    seed: arrangement.seed,
    strips: [recording, ...parts],
    buses,
    master: { gainDb: masterDb, ceilingDbtp: -1.25 },
  };
}
