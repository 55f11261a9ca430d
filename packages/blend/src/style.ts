import { Complaint } from "@kuishi/base";
import { z } from "zod";

const level = z.number().min(0).max(1);

/**
 * Where in a bar something happens, in terms any meter has. `bar`: its first pulse. `group`: the first
 * pulse of each group. `back`: the first pulse of every second group (of the last one in a bar of
 * one or three). `off`: the pulse in the middle of each group (the last pulse of a group of three).
 * `pulse`: every pulse. `half`: half-way between pulses. `end`: the last pulse of the bar.
 */
export const Place = z.enum(["bar", "group", "back", "off", "pulse", "half", "end"]);
export type Place = z.infer<typeof Place>;

const Rule = z.strictObject({
  place: Place,
  velocity: level,
  /** Chance that a hit of this rule sounds. */
  chance: level.default(1),
  /** Energy from which on the rule speaks. */
  fromEnergy: level.default(0),
  /** Only on the player's own strokes: the right hand decides. */
  onStrokes: z.boolean().default(false),
});
export type Rule = z.infer<typeof Rule>;

const Patch = z.strictObject({
  voices: z.int().min(1).max(16),
  detuneCents: z.number(),
  shape: level,
  sub: level,
  breath: level,
  attackSec: z.number(),
  decaySec: z.number(),
  sustain: level,
  releaseSec: z.number(),
  cutoffHz: z.number(),
  keyTrack: level,
  sweepOctaves: z.number(),
  sweepSec: z.number(),
  resonance: level,
  lfoHz: z.number(),
  lfoOctaves: z.number(),
});

const Mix = z.strictObject({
  /** Loudness against the recording, LU, where the part plays. */
  balance: z.number().max(0),
  pan: z.number().min(-1).max(1).default(0),
  reverbDb: z.number().default(-60),
  delayDb: z.number().default(-60),
  highPassHz: z.number().default(0),
  lowPassHz: z.number().default(20_000),
  /** How deep the kick presses this part, dB (0 = not). */
  duckDb: z.number().min(0).default(0),
});
export type Mix = z.infer<typeof Mix>;

const Drum = z.strictObject({ rules: z.array(Rule), mix: Mix });
const Tonal = z.strictObject({ patch: Patch, mix: Mix, rules: z.array(Rule).default([]), fromEnergy: level.default(0), octaveCents: z.number() });

/** A style: how the beat, the harmony and the mix treat any tune. Data; `docs/styles.md` explains each field. */
export const Style = z.strictObject({
  name: z.string().regex(/^[a-z0-9-]+$/),
  title: z.strictObject({ kk: z.string(), ru: z.string(), en: z.string() }),
  /** Tempo at which its beat feels at home, beats a minute; the tune's own tempo is halved or doubled towards it. */
  bpm: z.tuple([z.number(), z.number()]),
  /** Delay of what falls half-way between pulses, percent (50 = straight); the player's own timing wins. */
  swing: z.number().min(50).max(75),
  kit: z.string(),
  drums: z.record(z.string(), Drum),
  bass: Tonal,
  pad: Tonal,
  arp: Tonal.optional(),
  dombra: z.strictObject({ mix: Mix, rules: z.array(Rule), fromEnergy: level, nail: level }).optional(),
  recording: z.strictObject({ reverbDb: z.number(), delayDb: z.number() }),
  reverb: z.strictObject({ decaySec: z.number(), preDelayMs: z.number(), damping: level }),
  /** Echo after this many pulses. */
  delay: z.strictObject({ pulses: z.number(), feedback: level, damping: level }),
});
export type Style = z.infer<typeof Style>;

/** Checks a style file. @throws Complaint with the place of the first fault. */
export function readStyle(data: unknown): Style {
  const result = Style.safeParse(data);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw new Complaint("unreadable", "style.invalid", { at: issue?.path.join(".") ?? "", text: issue?.message ?? "" });
}
