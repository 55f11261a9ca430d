import { along, type Cents, clamp, type Decibels, type Frames, type Lufs, SAMPLE_RATE } from "@kuishi/base";
import type { Arrangement, Part, Style } from "@kuishi/blend";
import type { Bus, Clips, Envelope, Insert, Plan, PlanEvent, SampleZone, Source, Strip } from "@kuishi/engine";
import type { Band } from "@kuishi/signal";
import { plainTone, type Tone } from "./tone.ts";

/** Name under which a plan finds the recording, and the singer. */
export const RECORDING = "recording";
export const VOICE = "voice";
/** What makes a narrow recording wide: two sides of a slow, shallow chorus, which a sum of both nearly cancels. */
export const WIDTH = "width";
const WIDENER = { kind: "chorus", rateHz: 0.12, depthMs: 1.4, delayMs: 11 } as const;
/**
 * What the limiter holds, dBTP, so that no meter reads more than -1: of sound near half the sampling rate (a driven guitar) our twelve taps, which
 * BS.1770 allows, see up to 0.4 dB less than longer ones do.
 */
export const CEILING_DBTP = -1.6;
/** Sound that rings on after all has ended, seconds. */
export const TAIL_SEC = 3;
/** The last of it dies away: over so many seconds, to so little. */
const [FADE_SEC, FADED_DB] = [3.5, -100];
/** Frames of the record before the recording's first. */
export const leadOf = ({ edges }: Pick<Arrangement, "edges">): Frames => frame(edges.lead);

/** Faders found by measuring (see `balance.ts`): strips not named stand at 0 dB. */
export interface Faders {
  readonly gainDb: Readonly<Record<string, Decibels>>;
  /** Rides that follow the energy: of what was recorded, and of what was added. */
  readonly recorded: Envelope;
  readonly added: Envelope;
  /** What brings the mix to its tone and width. */
  readonly tone: Tone;
}

const frame = (seconds: number): Frames => Math.max(0, Math.round(seconds * SAMPLE_RATE));

/** A sampler tells its zones by pitch: each slice has one of its own, so wide, and is played in the middle of it. */
const ZONE_CENTS = 100;
const zoneOf = (slice: number): Cents => ZONE_CENTS * slice;

function events(part: Part, lead: Frames): PlanEvent[] {
  return part.events
    .map((event) => ({
      frame: Math.max(0, lead + Math.round(event.at * SAMPLE_RATE)),
      length: frame(event.length),
      cents: event.slice === undefined ? event.cents : zoneOf(event.slice),
      velocity: event.velocity,
      voice: event.voice,
    }))
    .sort((a, b) => a.frame - b.frame);
}

const sliceName = (part: Part, k: number): string => `${part.id}:${k}`;

/** The recording's pieces that parts play, cut from it without copying. */
export function slicesOf(arrangement: Arrangement, recording: readonly Float32Array[]): Clips {
  return new Map(
    arrangement.parts.flatMap((part) =>
      (part.slices ?? []).map(
        (slice, k) =>
          [sliceName(part, k), recording.map((channel) => channel.subarray(frame(slice.from), Math.max(frame(slice.from) + 8, frame(slice.to))))] as const,
      ),
    ),
  );
}

function source(part: Part): Source {
  switch (part.source.kind) {
    case "recording": {
      const slow = part.role === "texture";
      const zones = (part.slices ?? []).map(
        (_, k): SampleZone => ({
          clip: sliceName(part, k),
          rate: SAMPLE_RATE,
          // a texture is played an octave below its root: half as fast
          rootCents: zoneOf(k) + (slow ? 1200 : 0),
          fromCents: zoneOf(k) - ZONE_CENTS / 2,
          toCents: zoneOf(k) + ZONE_CENTS / 2,
          fromVelocity: 0,
          toVelocity: 1.5,
          loop: null,
          gainDb: 0,
          attackSec: slow ? 0.9 : 0.002,
          decaySec: slow ? 4 : 0.3,
          sustain: slow ? 0.7 : 0.5,
          releaseSec: slow ? 1.4 : 0.06,
        }),
      );
      return { kind: "sampler", zones };
    }
    default:
      return { ...part.source, ...(part.open ? { open: part.open } : {}) } as Source;
  }
}

/** What answers to the player's own sound: tones that could cover it. */
const YIELDING: ReadonlySet<Part["role"]> = new Set(["pad", "arp", "strum", "counter", "double", "texture", "drone", "dem"]);

function inserts(part: Part, sung: boolean): Insert[] {
  const { mix } = part;
  const bands: Band[] = [];
  if (mix.highPassHz > 0) bands.push({ type: "highPass", hertz: mix.highPassHz });
  if (mix.lowPassHz < 20_000) bands.push({ type: "lowPass", hertz: mix.lowPassHz });
  // room for the strings' speech
  if (part.role === "pad" || part.role === "arp") bands.push({ type: "peak", hertz: 2400, gainDb: -2, q: 0.7 });
  const list: Insert[] = bands.length > 0 ? [{ kind: "eq", bands }] : [];
  if (mix.driveDb > 0) list.push({ kind: "saturation", driveDb: mix.driveDb, mix: 1, even: 0.3 });
  if (part.key !== undefined && mix.duckDb > 0)
    list.push({ kind: "compressor", thresholdDb: -34, ratio: 1 + mix.duckDb / 5, attackMs: 2, releaseMs: 140, makeupDb: 0, key: part.key });
  if (YIELDING.has(part.role)) {
    list.push({ kind: "compressor", thresholdDb: -30, ratio: 1.25, attackMs: 3, releaseMs: 120, makeupDb: 0, key: RECORDING });
    if (sung) list.push({ kind: "compressor", thresholdDb: -32, ratio: 1.5, attackMs: 8, releaseMs: 220, makeupDb: 0, key: VOICE });
  }
  return list;
}

/** A band that is left alone. */
const STILL = { thresholdDb: 0, ratio: 1, attackMs: 10, releaseMs: 100, makeupDb: 0 };
/** How the recording is treated beside the fader. */
function recordingInserts(gainDb: Decibels, sung: boolean): Insert[] {
  return [
    // rumble and boom go, the nail's brightness comes forward a little
    {
      kind: "eq",
      bands: [
        { type: "highPass", hertz: 75 },
        { type: "peak", hertz: 2600, gainDb: 1.5, q: 0.8 },
        { type: "highShelf", hertz: 9000, gainDb: 1 },
      ],
    },
    // a near microphone's swell where the body resonates goes when it comes
    { kind: "multiband", splitHz: [170, 400], bands: [STILL, { thresholdDb: -38 - gainDb, ratio: 2.4, attackMs: 15, releaseMs: 180, makeupDb: 0 }, STILL] },
    { kind: "compressor", thresholdDb: -24 - gainDb, ratio: 1.8, attackMs: 12, releaseMs: 160, makeupDb: 0 },
    ...(sung ? [{ kind: "compressor", thresholdDb: -30, ratio: 1.3, attackMs: 10, releaseMs: 200, makeupDb: 0, key: VOICE } as const] : []),
  ];
}

/** The singer: rumble out, sibilants held (the top band alone), levelled, a little air. */
function voiceInserts(gainDb: Decibels): Insert[] {
  return [
    {
      kind: "eq",
      bands: [
        { type: "highPass", hertz: 90 },
        { type: "peak", hertz: 280, gainDb: -1.5, q: 0.9 },
        { type: "highShelf", hertz: 10_000, gainDb: 1.5 },
      ],
    },
    { kind: "multiband", splitHz: [220, 5200], bands: [STILL, STILL, { thresholdDb: -34 - gainDb, ratio: 4, attackMs: 1, releaseMs: 60, makeupDb: 0 }] },
    { kind: "compressor", thresholdDb: -24 - gainDb, ratio: 2.6, attackMs: 8, releaseMs: 140, makeupDb: 0 },
  ];
}

/** A recording from its beginning to its end. */
const whole = (name: string, frames: Frames, lead: Frames): Source => ({
  kind: "clips",
  pieces: [{ clip: name, at: lead, from: 0, length: frames, fadeIn: 240, fadeOut: Math.min(9600, frames >> 2), gainDb: 0 }],
});

/** The arrangement and the recording as a plan the engine can run, every fader open. @param recordedFrames length of the recording; @param sung whether there is a singer's clip. */
export function compilePlan(arrangement: Arrangement, style: Style, recordedFrames: Frames, sung: boolean): Plan {
  const lead = leadOf(arrangement);
  const recorded = (id: string, sends: Strip["sends"]): Strip => ({
    id,
    source: whole(id, recordedFrames, lead),
    events: [],
    inserts: [],
    gainDb: 0,
    pan: 0,
    sends,
  });
  const { reverbDb, delayDb } = style.recording;
  const wide = { [WIDTH]: 0 };
  const frames = lead + Math.max(recordedFrames, frame(arrangement.edges.end)) + (arrangement.edges.tail ? 0 : TAIL_SEC * SAMPLE_RATE);
  const fade = arrangement.edges.tail ? fadeOf(frames) : undefined;
  const parts = arrangement.parts.map(
    (part): Strip => ({
      id: part.id,
      source: source(part),
      events: events(part, lead),
      inserts: inserts(part, sung),
      gainDb: 0,
      pan: part.mix.pan,
      sends: { ...(part.mix.reverbDb > -60 ? { reverb: part.mix.reverbDb } : {}), ...(part.mix.delayDb > -60 ? { delay: part.mix.delayDb } : {}) },
    }),
  );
  const buses: Bus[] = [
    { id: "reverb", effect: { kind: "reverb", ...style.reverb }, gainDb: 0 },
    {
      id: "delay",
      effect: {
        kind: "delay",
        times: (arrangement.pulses.length > 0 ? arrangement.pulses : [[0, 0.3] as const]).map(([at, length], i) => [
          i === 0 ? 0 : lead + frame(at),
          clamp(frame(length * style.delay.pulses), 480, 60_000),
        ]),
        feedback: style.delay.feedback,
        damping: style.delay.damping,
      },
      gainDb: 0,
    },
    { id: WIDTH, effect: WIDENER, gainDb: 0 },
  ];
  return {
    frames,
    lead,
    peakToLoudness: clamp(arrangement.choices.reference?.peakToLoudness ?? style.peakToLoudness, ...DENSITIES),
    seed: arrangement.choices.seed,
    strips: [
      ...(sung ? [recorded(VOICE, { reverb: reverbDb + 1, delay: delayDb + 2 })] : []),
      recorded(RECORDING, { reverb: reverbDb, delay: delayDb, ...wide }),
      ...parts,
    ].map((strip) => (fade ? { ...strip, envelope: fade } : strip)),
    buses: fade ? buses.map((bus) => ({ ...bus, automation: [{ path: ["gainDb"], envelope: fade }] })) : buses,
    master: {
      inserts: [
        { kind: "eq", bands: plainTone.bands },
        { kind: "compressor", thresholdDb: -15, ratio: style.master.glue, attackMs: 25, releaseMs: 220, makeupDb: 0 },
      ],
      gainDb: 0,
      ceilingDbtp: CEILING_DBTP,
    },
  };
}

/** How dense or open a record may be, dB of true peaks over loudness, whatever is matched. */
const DENSITIES = [7, 16] as const;
/** The end of a record: nothing is cut off. */
const fadeOf = (frames: Frames): Envelope => [
  [frames - Math.round(FADE_SEC * SAMPLE_RATE), 0],
  [frames - SAMPLE_RATE / 10, FADED_DB],
];
/** A ride that fades as well. */
function faded(ride: Envelope, fade: Envelope): Envelope {
  const from = fade[0]![0];
  const level = ride.length > 0 ? along(ride, from, 0) : 0;
  return [...ride.filter(([at]) => at < from), ...fade.map(([at, db]) => [at, level + db] as const)];
}

/** A plan whose peaks stand no higher over a loudness than records of its kind have them; null leaves them. */
export function pressedTo(plan: Plan, loudness: Lufs | null): Plan {
  const { peakToLoudness } = plan;
  if (loudness === null || peakToLoudness === undefined) return plan;
  return { ...plan, master: { ...plan.master, ceilingDbtp: Math.min(plan.master.ceilingDbtp, loudness + peakToLoudness) } };
}

/** A bus at another level, which still fades as it did. */
const louder = (bus: Bus, gainDb: Decibels): Bus => ({
  ...bus,
  gainDb,
  ...(bus.automation
    ? { automation: bus.automation.map((one) => ({ ...one, envelope: one.envelope.map(([at, db]) => [at, db + gainDb - bus.gainDb] as const) })) }
    : {}),
});

/** A compiled plan with its faders and rides; what was recorded is levelled as its fader asks. */
export function withFaders(plan: Plan, { gainDb, recorded, added, tone }: Faders): Plan {
  const { widenDb, bands } = tone;
  const sung = plan.strips.some(({ id }) => id === VOICE);
  const strips = plan.strips.map((strip): Strip => {
    const own = gainDb[strip.id] ?? 0;
    const levelled = strip.id === VOICE ? voiceInserts(own) : strip.id === RECORDING ? recordingInserts(own, sung) : undefined;
    const ride = levelled ? recorded : added;
    const envelope = strip.envelope ? faded(ride, strip.envelope) : ride;
    const { [WIDTH]: _, ...narrow } = strip.sends;
    const sends = widenDb === undefined ? narrow : strip.sends;
    return { ...strip, inserts: levelled ?? strip.inserts, gainDb: own, sends, ...(envelope.length > 0 ? { envelope } : {}) };
  });
  const buses = plan.buses.flatMap((bus) => (bus.id !== WIDTH ? [bus] : widenDb === undefined ? [] : [louder(bus, widenDb)]));
  const inserts = (plan.master.inserts ?? []).map((insert) => (insert.kind === "eq" ? { ...insert, bands } : insert));
  return { ...plan, strips, buses, master: { ...plan.master, inserts } };
}
