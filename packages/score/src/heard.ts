import { z } from "zod";
import { Locks } from "./locks.ts";

/**
 * What was heard: the contract `listen/1`. Seconds from the start of the file, absolute cents,
 * string 0 = lowest-pitched. Readers ignore unknown fields.
 */
const seconds = z.number().min(0).max(1e6);
const cents = z.number().min(-12_000).max(24_000);
const group = z.int().min(1).max(32);
const unit = z.literal([1, 2, 4, 8, 16, 32, 64]);
const sure = z.number().min(0).max(1);

export const HeardNote = z.object({
  id: z.string(),
  onset: seconds,
  offset: seconds,
  /** null for taps. */
  cents: cents.nullable(),
  /** Pitch over time, [seconds, cents]. */
  curve: z.array(z.tuple([z.number(), z.number()])).optional(),
  string: z.int().min(0).max(63).nullable(),
  /** Frets from the nut; a half lies on a quarter-tone fret between two. */
  fret: z.number().multipleOf(0.5).min(0).max(127).nullable(),
  articulation: z.enum(["plucked", "pullOff", "hammerOn", "slide", "tap", "sustained"]),
  confidence: z.object({ onset: sure, pitch: sure, string: sure, fret: sure }),
});
export type HeardNote = z.infer<typeof HeardNote>;

export const HeardStroke = z.object({
  at: seconds,
  direction: z.enum(["down", "up"]).nullable(),
  noteIds: z.array(z.string()),
  accent: sure,
  confidence: sure,
});
export type HeardStroke = z.infer<typeof HeardStroke>;

export const HeardMeter = z.union([
  z.object({ fromBar: z.int().min(1), groups: z.array(group).min(1).max(32), unit, confidence: sure }),
  z.object({ fromSec: seconds, toSec: seconds, free: z.literal(true) }),
]);
export type HeardMeter = z.infer<typeof HeardMeter>;

export const HeardSection = z.object({
  fromSec: seconds,
  toSec: seconds,
  label: z.string(),
  repeatOf: z.string().optional(),
  zone: z.string().optional(),
  confidence: sure,
});
export type HeardSection = z.infer<typeof HeardSection>;

export const HeardString = z.object({
  openCents: cents,
  fretCents: z.array(cents.nullable()).max(128),
  fretConfidence: z.array(sure),
  confidence: sure,
});
export type HeardString = z.infer<typeof HeardString>;

export const Heard = z.object({
  kuishi: z.literal("listen/1"),
  durationSec: seconds,
  elapsedSec: seconds,
  instrument: z.string(),
  tuning: z.object({ strings: z.array(HeardString) }),
  notes: z.array(HeardNote),
  strokes: z.array(HeardStroke),
  beats: z.array(z.object({ at: seconds, confidence: sure })),
  downbeats: z.array(seconds),
  tempoBpm: z.number().positive().max(10_000).nullable(),
  meter: z.array(HeardMeter),
  mode: z.object({
    tonicCents: cents,
    name: z.string(),
    degreesCents: z.array(z.number().min(0).max(1200)).max(128) /** How sure each degree is, in their order. */,
    degreeConfidence: z.array(sure).max(128).optional(),
    confidence: sure,
  }),
  form: z.array(HeardSection),
  /** What kind of piece it is; absent where it cannot be told. */
  kind: z.object({ name: z.enum(["tokpe", "shertpe", "song"]), confidence: sure }).optional(),
  /** The player's own rhythm for each kind of bar: where in it (0..1) strokes fall, how far they stray, how often, how hard, which way. */
  rhythm: z
    .array(
      z.object({
        groups: z.array(group).min(1).max(32),
        bars: z.int().min(1),
        slots: z.array(
          z.object({ at: z.number().min(0).max(1), spread: z.number().min(0), share: sure, accent: sure, direction: z.enum(["down", "up"]).nullable() }),
        ),
      }),
    )
    .optional(),
  /** Tempo bar by bar, in pulses of its groups. */
  tempo: z.array(z.object({ at: seconds, pulsesPerMinute: z.number().positive() })).optional(),
  /** Chords of instruments that play them, each lasting until the next. */
  chords: z.array(z.object({ at: seconds, rootCents: cents, quality: z.string(), confidence: sure })).optional(),
  warnings: z.array(z.object({ code: z.string(), fromSec: z.number().optional(), toSec: z.number().optional() })),
  /** Corrections this hearing was made with. */
  locks: Locks.optional(),
});
/** A hearing, as `listen --json` writes it and `--analysis` reads it. */
export type Heard = z.infer<typeof Heard>;

/** The JSON Schema of `listen/1`, generated from the types above. */
export const heardSchema = (): object => z.toJSONSchema(Heard, { io: "input" });
