import { Complaint, checked } from "@kuishi/base";
import type { MelodicRole } from "@kuishi/tuning";
import { z } from "zod";
import { describePlayed, Played, playedBy } from "./played.ts";

const level = z.number().min(0).max(1);
const seconds = z.number().min(0.001).max(20);
const send = z.number().min(-60).max(6);
const region = z.number().min(-6).max(6);
/** In as many languages as somebody wrote it, by their codes (BCP 47): one is enough. */
const text = z
  .record(z.string().regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/), z.string())
  .refine((texts) => Object.keys(texts).length > 0, { error: "a text in one language at least" });

/**
 * Where in a bar something happens, in terms any meter has. `bar`: its first pulse. `group`: the first
 * pulse of each group. `inner`: of each group but the first. `back`: of every second group; of three or five groups the one
 * the player's right hand stresses most. `off`: the pulse in the middle of each group (the last pulse of a group of three).
 * `pulse`: every pulse. `half`: half-way between pulses, where the player himself puts it. `end`: the last pulse of the bar.
 * `pickup`: half a pulse before the bar's end.
 */
export const Place = z.enum(["bar", "group", "inner", "back", "off", "pulse", "half", "end", "pickup"]);
/** Where in a bar something happens. */
export type Place = z.infer<typeof Place>;

const Rule = z.strictObject({
  /** Where in the bar. */
  place: Place,
  /** How hard, 0..1, before accents of the player. */
  velocity: level,
  /** Chance that a hit of this rule sounds. */
  chance: level.default(1),
  /** Energies between which the rule speaks. */
  fromEnergy: level.default(0),
  toEnergy: level.default(1),
  /** The player's right hand decides: only `with` its strokes, only on its `accent`s, only in its `gap`s. */
  hand: z.enum(["free", "with", "accent", "gap"]).default("free"),
  /** Every so many bars (1 = each), counted from the section's start. */
  every: z.int().min(1).max(16).default(1),
  /** Struck so many times within half a pulse. */
  roll: z.int().min(1).max(6).default(1),
});
/** When and how hard a part or drum sounds. */
export type Rule = z.infer<typeof Rule>;

/** A synthesiser's sound, within what its kernel takes. */
const Patch = z.strictObject({
  /** Notes that may sound at once. */
  voices: z.int().min(1).max(16),
  /** How far the two oscillators beside the main one are off, cents. */
  detuneCents: z.number().min(0).max(100),
  /** 0 saw .. 1 square. */
  shape: level,
  /** Share of a sine an octave below, 0..1. */
  sub: level,
  /** Share of noise, 0..1. */
  breath: level,
  /** Seconds to full level. */
  attackSec: seconds,
  /** Seconds to the sustained level. */
  decaySec: seconds,
  /** Level held, 0..1. */
  sustain: level,
  /** Seconds to silence after the note is let go. */
  releaseSec: seconds,
  /** The low-pass filter's corner, Hz. */
  cutoffHz: z.number().min(20).max(20_000),
  /** How far the corner follows the pitch, 0..1. */
  keyTrack: level,
  /** How far the corner starts above itself, octaves. */
  sweepOctaves: z.number().min(-8).max(8),
  /** Seconds in which it comes down. */
  sweepSec: seconds,
  /** 0 none .. 1 nearly ringing. */
  resonance: level,
  /** Rate of the slow oscillator, Hz. */
  lfoHz: z.number().min(0).max(40),
  /** How far it moves the corner, octaves. */
  lfoOctaves: z.number().min(0).max(6),
  /** Another source than saw and square: frequency modulation, or a table that is scanned. */
  oscillator: z
    .union([
      z.strictObject({ kind: z.literal("fm"), ratio: z.number().min(0.1).max(20), index: z.number().min(0).max(20), indexSec: seconds }),
      z.strictObject({ kind: z.literal("wavetable"), table: z.enum(["vowels", "organ", "glass"]), place: level, move: level }),
    ])
    .optional(),
  /** How far the slow oscillator moves the pitch, cents. */
  vibratoCents: z.number().min(0).max(200).optional(),
});

/** What plays a part. Instruments are those of `tuning`, each set as its record says; what a style leaves out is as its make has it. */
const Instrument = z.union([
  z.strictObject({ kind: z.literal("synth"), patch: Patch }),
  /** Pieces of the recording itself. */
  z.strictObject({ kind: z.literal("recording") }),
  Played,
]);

const Mix = z.strictObject({
  /** Loudness against the recording, LU, where the part plays. */
  balance: z.number().min(-40).max(0),
  /** -1 left .. 1 right. */
  pan: z.number().min(-1).max(1).default(0),
  /** Send to the room, dB; -60 none. */
  reverbDb: send.default(-60),
  /** Send to the echo, dB; -60 none. */
  delayDb: send.default(-60),
  /** What lies below is taken out, Hz; 0 nothing. */
  highPassHz: z.number().min(0).max(8000).default(0),
  /** What lies above is taken out, Hz; 20,000 nothing. */
  lowPassHz: z.number().min(100).max(20_000).default(20_000),
  /** How deep the kick presses this part, dB (0 = not). */
  duckDb: z.number().min(0).max(24).default(0),
  /** Warmth, dB into a soft curve (0 = none). */
  driveDb: z.number().min(0).max(24).default(0),
});
/** How a part stands in the mix. */
export type Mix = z.infer<typeof Mix>;

/**
 * What a part does. `bass`: roots. `pad`: the sonority, held. `arp`: its tones one by one. `strum`: its tones on strings. `drone`: tonic and
 * fourth or fifth of a tanpura's cycle. `dem`: one tone held, as a second balaban does. `counter`: a slow line against the tune. `double`: the
 * tune itself, an octave, a fourth or a fifth away. `chop`: pieces of the recording, struck. `texture`: the recording, slow and far.
 */
export const Role = z.enum(["bass", "pad", "arp", "strum", "drone", "dem", "counter", "double", "chop", "texture"]);
/** What a part does. */
export type Role = z.infer<typeof Role>;

/** What a style asks of a player. */
const PartTemplate = z.strictObject({
  /** Name within the style; a blend's part is called so too. */
  id: z.string().regex(/^[a-z][a-zA-Z0-9]*$/),
  /** What it does. */
  role: Role,
  /** What plays it. */
  instrument: Instrument,
  /** Absolute cents from which its register goes up. */
  low: z.number().min(1200).max(9600),
  /** When it sounds; none where the role itself tells. */
  rules: z.array(Rule).default([]),
  /** Least energy of a section in which it plays, 0..1. */
  fromEnergy: level.default(0),
  /** Greatest such energy. */
  toEnergy: level.default(1),
  /** How it stands in the mix. */
  mix: Mix,
});
/** What a style asks of a player. */
export type PartTemplate = z.infer<typeof PartTemplate>;

const Drum = z.strictObject({ rules: z.array(Rule), fromEnergy: level.default(0), mix: Mix });

/** How rich the harmony may be: the drone alone, open fourths and fifths, the mode's own thirds too, or triads and sevenths at a cost. */
export const Colour = z.enum(["drone", "open", "modal", "western"]);
/** How rich the harmony may be. */
export type Colour = z.infer<typeof Colour>;

const edge = (bars: number, energy: readonly [number, number]) =>
  z
    .strictObject({
      /** Bars of it, the tune's own first or last one played on; 0 none. */
      bars: z.int().min(0).max(32).default(bars),
      /** Energy from its beginning to its end: it calls the parts as in any section. */
      energy: z.tuple([level, level]).default([...energy]),
      /** By how much its last bar is longer than its first: 0 keeps time. */
      slowing: z.number().min(0).max(1).default(0),
    })
    .prefault({});
/** A style: how the beat, the harmony and the mix treat any tune. Data; `docs/styles.md` explains each field. */
export const Style = z.strictObject({
  /** By which it is asked for: small letters, digits, hyphens. */
  name: z.string().regex(/^[a-z0-9-]+$/),
  /** Its name for readers. */
  title: text,
  /** What it sounds like, in a sentence. */
  about: text,
  /** Tempo at which its beat feels at home, beats a minute; the tune's own tempo is halved towards it. */
  bpm: z.tuple([z.number().min(20).max(400), z.number().min(20).max(400)]),
  /** Where what falls half-way between pulses lies, percent (50 = straight); the player's own timing wins. */
  swing: z.number().min(50).max(75),
  /** Attacks of all that is added, per second outside intro and outro (what begins within 20 ms is one): no part goes beyond most of it. */
  density: z.tuple([z.number().min(0).max(100), z.number().min(0.1).max(100)]),
  /** What is struck at a section's end: the player's own last strokes, or a roll. */
  fill: z.strictObject({ drum: z.string(), kind: z.enum(["strokes", "roll"]) }),
  /** Whether bass and drums leave the bar before the tune's turning points to the recording and the fill. */
  drop: z.boolean().default(false),
  /** What sounds together. */
  harmony: z.strictObject({
    colour: Colour,
    /** Tension 0..1 at no energy and at full energy. */
    tension: z.tuple([level, level]),
  }),
  /** Drum kit of the engine. */
  kit: z.enum(["house", "808", "synth", "lofi", "acoustic", "hand", "orchestra"]),
  /** Drums of the kit by name, and when they sound. */
  drums: z.record(z.string(), Drum),
  /** Parts beside the drums, in any order. */
  voices: z.array(PartTemplate),
  /** How much of the recording goes to room and echo, dB. */
  recording: z.strictObject({ reverbDb: send, delayDb: send }),
  /** What is played before the recording enters: groove, drone and texture of the tune's own bars, tonic and sound. */
  head: edge(4, [0.2, 0.5]),
  /** What is played after it, to the last chord. */
  tail: edge(2, [0.5, 0.3]),
  /** The room. */
  reverb: z.strictObject({ decaySec: z.number().min(0.1).max(12), preDelayMs: z.number().min(0).max(200), damping: level }),
  /** Echo after this many pulses. */
  delay: z.strictObject({ pulses: z.number().min(0.05).max(16), feedback: z.number().min(0).max(0.9), damping: level }),
  /** The master's tone, and how firmly it is held together (compression ratio). */
  master: z.strictObject({
    /** What the kind's records have more or less of than the mean record: sub, bass, low middle, middle, presence, air; dB. The mix is brought there. */
    tone: z.tuple([region, region, region, region, region, region]).default([0, 0, 0, 0, 0, 0]),
    /** On top of it: below 110 Hz and above 7.5 kHz, dB. */
    lowDb: z.number().min(-12).max(12).default(0),
    highDb: z.number().min(-12).max(12).default(0),
    glue: z.number().min(1).max(4),
  }),
  /** Side against middle of the mix, .5-6 kHz, dB: a narrow recording is widened so far. */
  widthDb: z.number().min(-16).max(-4).default(-9),
  /** True peaks over integrated loudness, dB, as records of the kind have them: the less, the denser. */
  peakToLoudness: z.number().min(6).max(20).default(12.5),
  /** From silence to climax the mix grows by so many LU. */
  crescendo: z.number().min(4).max(16).default(9),
});
/** What a style plays before the tune or after it. */
export type Edge = Style["head"];
/** A style: how the beat, the harmony and the mix treat any tune. */
export type Style = z.infer<typeof Style>;

const still = { pan: 0, reverbDb: -6, delayDb: -60, highPassHz: 110, lowPassHz: 20_000, duckDb: 0, driveDb: 0 };
/** What carries free rhythm, where a style has none of its own: a drone, and the recording's own texture. */
const CARRIERS: readonly PartTemplate[] = [
  { id: "tanpura", role: "drone", instrument: { kind: "tanpura" }, low: 5000, rules: [], fromEnergy: 0, toEnergy: 1, mix: { ...still, balance: -14 } },
  {
    id: "texture",
    role: "texture",
    instrument: { kind: "recording" },
    low: 5000,
    rules: [],
    fromEnergy: 0,
    toEnergy: 1,
    mix: { ...still, balance: -17, lowPassHz: 2000, pan: -0.2 },
  },
];
/** The voices of a style for a tune with a beat or without. */
export const partTemplatesOf = (style: Style, free: boolean): readonly PartTemplate[] =>
  free
    ? [...style.voices, ...CARRIERS.filter((carrier) => !style.voices.some((voice) => voice.role === carrier.role || voice.id === carrier.id))]
    : style.voices;

/** Checks a style file. @throws Complaint with the place of the first fault. */
export function readStyle(data: unknown): Style {
  const style = checked(Style, "style.invalid", data);
  const names = [...Object.keys(style.drums), ...style.voices.map((voice) => voice.id)];
  const misfit = style.voices.find((voice) => playedBy(voice.instrument)?.instrument.roles.includes(voice.role as MelodicRole) === false);
  if (misfit) throw new Complaint("unreadable", "style.invalid", { at: `voices.${misfit.id}.role`, text: misfit.role });
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw new Complaint("unreadable", "style.invalid", { at: `voices.${twice}`, problem: "twice" });
  return style;
}

/** The JSON Schema of a style file. */
export const styleSchema = (): object => z.toJSONSchema(Style, { io: "input", override: describePlayed });
