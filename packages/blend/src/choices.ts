import { along, type Seconds } from "@kuishi/base";
import { z } from "zod";
import { Colour, type Style } from "./style.ts";

const seed = z.int().min(0).max(4294967295);
const level = z.number().min(0).max(1);

/** What a user has settled for one section; what is absent follows from the rest. */
const SectionChoice = z.strictObject({
  /** Name of a style for this section. */
  style: z.string().optional(),
  /** Energy of this section, 0..1. */
  energy: level.optional(),
  /** Another throw of the dice for this section alone. */
  seed: seed.optional(),
});

/** A finished record that the mix is to be like: measured once, so that no sound of it need travel. */
const Reference = z.strictObject({
  /** Its file's name. */
  name: z.string().max(300),
  /** Density of power in the third octaves from 50 Hz to 12.7 kHz, dB about their mean. */
  tone: z.array(z.number().min(-90).max(60)).length(25),
  /** Side against middle, .5-6 kHz, dB. */
  widthDb: z.number().min(-40).max(0),
  /** True peak over integrated loudness, dB. */
  peakToLoudness: z.number().min(6).max(20),
});
/** A finished record that the mix is to be like. */
export type Reference = z.infer<typeof Reference>;

/**
 * Everything about a blend that a person can choose. Each part draws its chance from the seed, its own name and its section, so that
 * one choice changes only what depends on it; whatever is told here is thereby locked.
 */
export const Choices = z.strictObject({
  /** Name of the style. */
  style: z.string(),
  /** The dice of the whole song, 0..2^32 - 1. */
  seed,
  /** Other dice for single parts. */
  seeds: z.record(z.string(), seed).default({}),
  /** Parts that are off. */
  without: z.array(z.string()).default([]),
  /** By number of the section, from 0. */
  sections: z.record(z.string().regex(/^\d+$/), SectionChoice).default({}),
  /** The energy drawn by hand: [seconds, 0..1], in order; empty where it is derived from the tune. */
  energy: z
    .array(z.tuple([z.number().min(0), level]))
    .max(2000)
    .default([]),
  /** Instead of the style's. */
  colour: Colour.optional(),
  /** Whether the machine follows the player or the player is straightened to it. */
  follow: z.enum(["performance", "grid"]).default("performance"),
  /** Bars before the recording enters, and after it has ended; without them the style's own. */
  head: z.int().min(0).max(32).optional(),
  tail: z.int().min(0).max(32).optional(),
  /** A record to match in tone, width and density, within bounds; without it the style's own. */
  reference: Reference.optional(),
  /** Whether steady hiss is taken out of the recording. */
  clean: z.boolean().default(true),
  /** The whole blend, recording and all, so many cents higher. */
  transpose: z.number().min(-1200).max(1200).default(0),
});
/** Everything about a blend that a person can choose. */
export type Choices = z.infer<typeof Choices>;

/**
 * Nothing chosen but style and seed.
 * @example
 * choicesOf("techno", 7).follow; // => "performance"
 */
export const choicesOf = (style: string, seedOf: number): Choices => Choices.parse({ style, seed: seedOf });

/** Styles that are known by name: those that come with Kuishi and the user's own. */
export type Styles = ReadonlyMap<string, Style>;

/** A drawn or derived energy at a time; the middle where there is none. */
export const curveAt = (points: readonly (readonly [Seconds, number])[], at: Seconds): number => along(points, at, 0.5);
