import { z } from "zod";

/** What a take was beside a master (`practice/1`). Seconds of either recording, cents, milliseconds; readers ignore unknown fields. */
const seconds = z.number().min(0).max(1e6);

/** What is said of one note. `unsure` is an answer: the sound did not let it be told. */
export const Verdict = z.enum(["right", "early", "late", "wrongPitch", "wrongString", "missed", "extra", "unsure"]);
/** What is said of one note. */
export type Verdict = z.infer<typeof Verdict>;

/** One of the master's notes and what became of it, or a note of the take alone. */
export const Pair = z.object({
  /** Ids within their hearings; null on the side that has none. */
  master: z.string().nullable(),
  take: z.string().nullable(),
  masterOnset: seconds.nullable(),
  takeOnset: seconds.nullable(),
  verdict: Verdict,
  /** How late it came, the slow tempo curves of both removed, milliseconds. */
  offsetMs: z.number().nullable(),
  /** How much too high it sounded for the take's own tuning and frets. */
  centsOff: z.number().nullable(),
  /** How much harder it was struck than by the master, each against the strokes around it, dB. */
  accentDb: z.number().nullable(),
  direction: z.enum(["same", "other"]).nullable(),
});
/** One of the master's notes and what became of it, or a note of the take alone. */
export type Pair = z.infer<typeof Pair>;

/** Where something lies in both recordings. */
export const Place = z.object({ takeFromSec: seconds, takeToSec: seconds, masterFromSec: seconds, masterToSec: seconds });
/** Where something lies in both recordings. */
export type Place = z.infer<typeof Place>;

/** One of the three things worth working at; `code` names a sentence of `words` (`practice.CODE`), `params` fill it in. */
export const Thing = Place.extend({ code: z.string(), params: z.record(z.string(), z.union([z.number(), z.string()])) });
/** One of the three things worth working at. */
export type Thing = z.infer<typeof Thing>;

const Warning = z.object({ code: z.string(), fromSec: z.number().optional(), toSec: z.number().optional() });

/** What a take was beside a master. */
export const Practice = z.object({
  kuishi: z.literal("practice/1"),
  instrument: z.string(),
  masterSec: seconds,
  takeSec: seconds,
  /** Passage by passage, the master's notes in their order, then what was played besides. */
  pairs: z.array(Pair),
  /** What was played of the master, in the order of the take. */
  passages: z.array(Place),
  /** How far the take's strokes lie from the master's: what comes again at each place of the tune, and what does not. */
  spread: z.object({ steadyMs: z.number().min(0), noiseMs: z.number().min(0) }),
  /** At most three, the worst first. */
  three: z.array(Thing).max(3),
  /** 0..100: the share of notes that were right among those that could be told; null unless asked for. */
  score: z.number().min(0).max(100).nullable(),
  warnings: z.array(Warning),
});
/** What a take was beside a master. */
export type Practice = z.infer<typeof Practice>;

/** What a tuner reads (`tuner/1`). */
export const Tuned = z.object({
  kuishi: z.literal("tuner/1"),
  /** Lowest first. */
  strings: z.array(
    z.object({
      /** Absolute cents of the sounding first partial. */
      cents: z.number(),
      confidence: z.number().min(0).max(1),
      /** Partials it was told from. */
      partials: z.int().min(0),
      /** B of f_n = n f0 sqrt(1 + B n^2). */
      inharmonicity: z.number().min(0),
    }),
  ),
  frets: z
    .array(z.object({ string: z.int().min(0), fret: z.number().min(0), cents: z.number(), offCents: z.number(), moveMm: z.number().nullable() }))
    .optional(),
});
/** What a tuner reads. */
export type Tuned = z.infer<typeof Tuned>;

/** Where a player was in a master (`follow/1`), each row told from what had sounded up to its time. */
export const Followed = z.object({
  kuishi: z.literal("follow/1"),
  /** Every 50 ms: seconds of the take, seconds of the master (null while the player is not found), how sure that is. */
  at: z.array(z.tuple([seconds, seconds.nullable(), z.number().min(0).max(1)])),
});
/** Where a player was in a master (`follow/1`). */
export type Followed = z.infer<typeof Followed>;

/** The JSON Schemas of this package's contracts, generated from the types above, by the name of the contract. */
export const practiceSchemas = (): Readonly<Record<"practice-1" | "tuner-1" | "follow-1", object>> => ({
  "practice-1": z.toJSONSchema(Practice, { io: "input" }),
  "tuner-1": z.toJSONSchema(Tuned, { io: "input" }),
  "follow-1": z.toJSONSchema(Followed, { io: "input" }),
});
