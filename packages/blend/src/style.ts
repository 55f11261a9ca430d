import { Complaint } from "@kuishi/base";
import { z } from "zod";

const level = z.number().min(0).max(1);
const seconds = z.number().min(0.001).max(20);
const send = z.number().min(-60).max(6);
const text = z.strictObject({ kk: z.string(), ru: z.string(), en: z.string() });

/**
 * Where in a bar something happens, in terms any meter has. `bar`: its first pulse. `group`: the first
 * pulse of each group. `inner`: of each group but the first. `back`: of every second group; of three or five groups the one
 * the player's right hand stresses most. `off`: the pulse in the middle of each group (the last pulse of a group of three).
 * `pulse`: every pulse. `half`: half-way between pulses, where the player himself puts it. `end`: the last pulse of the bar.
 * `pickup`: half a pulse before the bar's end.
 */
export const Place = z.enum(["bar", "group", "inner", "back", "off", "pulse", "half", "end", "pickup"]);
export type Place = z.infer<typeof Place>;

const Rule = z.strictObject({
  place: Place,
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
export type Rule = z.infer<typeof Rule>;

/** A synthesiser's sound, within what its kernel takes. */
const Patch = z.strictObject({
  voices: z.int().min(1).max(16),
  detuneCents: z.number().min(0).max(100),
  shape: level,
  sub: level,
  breath: level,
  attackSec: seconds,
  decaySec: seconds,
  sustain: level,
  releaseSec: seconds,
  cutoffHz: z.number().min(20).max(20_000),
  keyTrack: level,
  sweepOctaves: z.number().min(-8).max(8),
  sweepSec: seconds,
  resonance: level,
  lfoHz: z.number().min(0).max(40),
  lfoOctaves: z.number().min(0).max(6),
  oscillator: z
    .union([
      z.strictObject({ kind: z.literal("fm"), ratio: z.number().min(0.1).max(20), index: z.number().min(0).max(20), indexSec: seconds }),
      z.strictObject({ kind: z.literal("wavetable"), table: z.enum(["vowels", "organ", "glass"]), place: level, move: level }),
    ])
    .optional(),
  vibratoCents: z.number().min(0).max(200).optional(),
});

/** What plays a part. */
const Instrument = z.union([
  z.strictObject({ kind: z.literal("synth"), patch: Patch }),
  z.strictObject({
    kind: z.literal("plucked"),
    model: z.enum(["dombra-western", "dombra-arqa", "tar", "tar-persian", "guitar-nylon", "guitar-steel"]),
    nail: level,
  }),
  z.strictObject({ kind: z.literal("balaban"), steady: z.boolean() }),
  z.strictObject({ kind: z.literal("tanpura") }),
  /** Pieces of the recording itself. */
  z.strictObject({ kind: z.literal("recording") }),
]);

const Mix = z.strictObject({
  /** Loudness against the recording, LU, where the part plays. */
  balance: z.number().min(-40).max(0),
  pan: z.number().min(-1).max(1).default(0),
  reverbDb: send.default(-60),
  delayDb: send.default(-60),
  highPassHz: z.number().min(0).max(8000).default(0),
  lowPassHz: z.number().min(100).max(20_000).default(20_000),
  /** How deep the kick presses this part, dB (0 = not). */
  duckDb: z.number().min(0).max(24).default(0),
  /** Warmth, dB into a soft curve (0 = none). */
  driveDb: z.number().min(0).max(24).default(0),
});
export type Mix = z.infer<typeof Mix>;

/**
 * What a part does. `bass`: roots. `pad`: the sonority, held. `arp`: its tones one by one. `strum`: its tones on strings. `drone`: tonic and
 * fourth or fifth of a tanpura's cycle. `dem`: one tone held, as a second balaban does. `counter`: a slow line against the tune. `double`: the
 * tune itself, an octave, a fourth or a fifth away. `chop`: pieces of the recording, struck. `texture`: the recording, slow and far.
 */
export const Role = z.enum(["bass", "pad", "arp", "strum", "drone", "dem", "counter", "double", "chop", "texture"]);
export type Role = z.infer<typeof Role>;

const Voice = z.strictObject({
  id: z.string().regex(/^[a-z][a-zA-Z0-9]*$/),
  role: Role,
  instrument: Instrument,
  /** Absolute cents from which its register goes up. */
  low: z.number().min(1200).max(9600),
  rules: z.array(Rule).default([]),
  fromEnergy: level.default(0),
  toEnergy: level.default(1),
  mix: Mix,
});
export type Voice = z.infer<typeof Voice>;

const Drum = z.strictObject({ rules: z.array(Rule), fromEnergy: level.default(0), mix: Mix });

/** How rich the harmony may be: the drone alone, open fourths and fifths, the mode's own thirds too, or triads and sevenths at a cost. */
export const Colour = z.enum(["drone", "open", "modal", "western"]);
export type Colour = z.infer<typeof Colour>;

/** A style: how the beat, the harmony and the mix treat any tune. Data; `docs/styles.md` explains each field. */
export const Style = z.strictObject({
  name: z.string().regex(/^[a-z0-9-]+$/),
  title: text,
  about: text,
  /** Tempo at which its beat feels at home, beats a minute; the tune's own tempo is halved towards it. */
  bpm: z.tuple([z.number().min(20).max(400), z.number().min(20).max(400)]),
  /** Where what falls half-way between pulses lies, percent (50 = straight); the player's own timing wins. */
  swing: z.number().min(50).max(75),
  /** Attacks of all that is added, per second outside intro and outro (what begins within 20 ms is one): no part goes beyond most of it. */
  density: z.tuple([z.number().min(0).max(100), z.number().min(0.1).max(100)]),
  /** What is struck at a section's end: the player's own last strokes, or a roll. */
  fill: z.strictObject({ drum: z.string(), kind: z.enum(["strokes", "roll"]) }),
  harmony: z.strictObject({
    colour: Colour,
    /** Tension 0..1 at no energy and at full energy. */
    tension: z.tuple([level, level]),
  }),
  kit: z.enum(["house", "808", "synth", "lofi", "acoustic", "hand", "orchestra"]),
  drums: z.record(z.string(), Drum),
  voices: z.array(Voice),
  recording: z.strictObject({ reverbDb: send, delayDb: send }),
  reverb: z.strictObject({ decaySec: z.number().min(0.1).max(12), preDelayMs: z.number().min(0).max(200), damping: level }),
  /** Echo after this many pulses. */
  delay: z.strictObject({ pulses: z.number().min(0.05).max(16), feedback: z.number().min(0).max(0.9), damping: level }),
  /** The master's tone: lows and highs in dB, and how firmly it is held together (compression ratio). */
  master: z.strictObject({ lowDb: z.number().min(-12).max(12), highDb: z.number().min(-12).max(12), glue: z.number().min(1).max(4) }),
  /** From silence to climax the mix grows by so many LU. */
  crescendo: z.number().min(4).max(16).default(9),
});
export type Style = z.infer<typeof Style>;

const still = { pan: 0, reverbDb: -6, delayDb: -60, highPassHz: 110, lowPassHz: 20_000, duckDb: 0, driveDb: 0 };
/** What carries free rhythm, where a style has none of its own: a drone, and the recording's own texture. */
const CARRIERS: readonly Voice[] = [
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
export const voicesOf = (style: Style, free: boolean): readonly Voice[] =>
  free
    ? [...style.voices, ...CARRIERS.filter((carrier) => !style.voices.some((voice) => voice.role === carrier.role || voice.id === carrier.id))]
    : style.voices;

/** Checks a style file. @throws Complaint with the place of the first fault. */
export function readStyle(data: unknown): Style {
  const result = Style.safeParse(data);
  if (!result.success) {
    const issue = result.error.issues[0];
    throw new Complaint("unreadable", "style.invalid", { at: issue?.path.join(".") ?? "", text: issue?.message ?? "" });
  }
  const style = result.data;
  const names = [...Object.keys(style.drums), ...style.voices.map((voice) => voice.id)];
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw new Complaint("unreadable", "style.invalid", { at: `voices.${twice}`, text: "id twice" });
  return style;
}

/** The JSON Schema of a style file. */
export const styleSchema = (): object => z.toJSONSchema(Style, { io: "input" });
