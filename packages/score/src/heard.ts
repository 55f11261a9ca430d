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

/** One sounded note. Its four confidences are probabilities. */
export const HeardNote = z.object({
  /** Unique within the hearing; strokes refer to it. */
  id: z.string(),
  /** Where it begins, seconds. */
  onset: seconds,
  /** Where it no longer sounds, seconds; never before the onset. */
  offset: seconds,
  /** null for taps. */
  cents: cents.nullable(),
  /** Pitch over time, [seconds, cents]. */
  curve: z.array(z.tuple([z.number(), z.number()])).optional(),
  /** 0 is the lowest-pitched string; null for a line without strings. */
  string: z.int().min(0).max(63).nullable(),
  /** Frets from the nut; a half lies on a quarter-tone fret between two. */
  fret: z.number().multipleOf(0.5).min(0).max(127).nullable(),
  /** How it was made to sound. `sustained` notes are a line's: sung, bowed or blown. */
  articulation: z.enum(["plucked", "pullOff", "hammerOn", "slide", "tap", "sustained"]),
  /** Probabilities that onset, pitch, string and fret are right, 0..1. */
  confidence: z.object({ onset: sure, pitch: sure, string: sure, fret: sure }),
});
/** One sounded note. */
export type HeardNote = z.infer<typeof HeardNote>;

/** One movement of the right hand, or of the left alone. */
export const HeardStroke = z.object({
  /** When the string was left, seconds. */
  at: seconds,
  /** Down goes from the lowest string; null where it cannot be told. */
  direction: z.enum(["down", "up"]).nullable(),
  /** Notes it sounds; none for a tap. */
  noteIds: z.array(z.string()),
  /** How hard, against the recording's strong strokes, 0..1. */
  accent: sure,
  /** Probability that it was a stroke of this direction, 0..1. */
  confidence: sure,
});
/** One movement of the right hand, or of the left alone. */
export type HeardStroke = z.infer<typeof HeardStroke>;

/** The meter from a bar on (`fromBar` counts from 1; `groups` in pulses of 1/`unit`), or a passage without one. */
export const HeardMeter = z.union([
  z.object({ fromBar: z.int().min(1), groups: z.array(group).min(1).max(32), unit, confidence: sure }),
  z.object({ fromSec: seconds, toSec: seconds, free: z.literal(true) }),
]);
/** The meter from a bar on, or a passage without one. */
export type HeardMeter = z.infer<typeof HeardMeter>;

/** A section of the form. */
export const HeardSection = z.object({
  /** Where it begins, seconds. */
  fromSec: seconds,
  /** Where it ends, seconds. */
  toSec: seconds,
  /** A register of a tökpe küi (`bas`, `orta`, `kishi`, `ulken`), `refrain`, or a letter: like letters, like music. */
  label: z.string(),
  /** Label of the section it brings back. */
  repeatOf: z.string().optional(),
  /** Register of the neck it lies in, where one can be told. */
  zone: z.string().optional(),
  /** Probability that it is a section of its own, 0..1. */
  confidence: sure,
});
/** A section of the form. */
export type HeardSection = z.infer<typeof HeardSection>;

/** One string, or course, as it sounds on this recording. */
export const HeardString = z.object({
  /** Absolute cents of the open string. */
  openCents: cents,
  /** Absolute cents by fret, the nut first; null for a fret that never sounded. */
  fretCents: z.array(cents.nullable()).max(128),
  /** How sure each of those is, in their order, 0..1. */
  fretConfidence: z.array(sure),
  /** How sure the open string is, 0..1. */
  confidence: sure,
});
/** One string, or course, as it sounds on this recording. */
export type HeardString = z.infer<typeof HeardString>;

/** A hearing. Seconds count from the start of the file, pitches are absolute cents, confidences probabilities 0..1. */
export const Heard = z.object({
  /** Name and version of this format. */
  kuishi: z.literal("listen/1"),
  /** Length of what was heard, seconds. */
  durationSec: seconds,
  /** How long hearing it took, seconds; 0 for a written tune. */
  elapsedSec: seconds,
  /** What was listened for, as `kuishi instruments` names it. */
  instrument: z.string(),
  /** Its strings, lowest first; none for a line. */
  tuning: z.object({ strings: z.array(HeardString) }),
  /** In order of their onsets. */
  notes: z.array(HeardNote),
  /** In order of time. */
  strokes: z.array(HeardStroke),
  /** First pulses of the groups, seconds, each with its confidence. */
  beats: z.array(z.object({ at: seconds, confidence: sure })),
  /** First beats of the bars, seconds, rising. */
  downbeats: z.array(seconds).refine((list) => list.every((at, i) => i === 0 || at > list[i - 1]!), "downbeats must rise"),
  /** Groups a minute over the whole tune; null where no pulse holds. */
  tempoBpm: z.number().positive().max(10_000).nullable(),
  /** Meters in order; the first at bar 1 or a free passage. */
  meter: z.array(HeardMeter),
  /** Where the tune rests and what steps it has. */
  mode: z.object({
    /** Absolute cents of the tonic, in the octave it was heard in. */
    tonicCents: cents,
    /** The nearest pattern known by name, or `unknown`. */
    name: z.string(),
    /** Steps above the tonic as measured, cents within an octave, rising. */
    degreesCents: z.array(z.number().min(0).max(1200)).max(128) /** How sure each degree is, in their order. */,
    degreeConfidence: z.array(sure).max(128).optional(),
    confidence: sure,
  }),
  /** Sections in order, without gaps. */
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
  /** What the listener should know, as codes of `words`, with the passage concerned. */
  warnings: z.array(z.object({ code: z.string(), fromSec: z.number().optional(), toSec: z.number().optional() })),
  /** Corrections this hearing was made with. */
  locks: Locks.optional(),
});
/** A hearing, as `listen --json` writes it and `--analysis` reads it. */
export type Heard = z.infer<typeof Heard>;

/** The JSON Schema of `listen/1`, generated from the types above. */
export const heardSchema = (): object => z.toJSONSchema(Heard, { io: "input" });
