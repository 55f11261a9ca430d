import type { Choices, Reference, Style } from "@kuishi/blend";
import type { Plan } from "@kuishi/engine";
import type { Alignment, ArrangementReport, BlendReport, Version } from "@kuishi/flow";
import type { LiveEvent } from "@kuishi/listen";
import type { AudioFormat } from "@kuishi/media";
import type { Practice } from "@kuishi/practice";
import type { LineFix, RawRecord } from "@kuishi/project";
import type { Heard, Locks, Score } from "@kuishi/score";
import type { Ranking, Release } from "@kuishi/stage";
import type { Language } from "@kuishi/words";
import type { Reading } from "./deadline.ts";

export type AudioChannels = readonly Float32Array[];
/** Sounds by the names under which a plan asks for them. */
export type NamedAudio = readonly (readonly [string, AudioChannels])[];
export interface NamedFile {
  readonly name: string;
  readonly blob: Blob;
}

/** What the page asks of the worker that hears, blends and writes. */
export type WorkAsk =
  /** Opens a recording or a score. With `heard`, what is known of it is taken instead of hearing anew. */
  | {
      readonly do: "hear";
      readonly file: Blob;
      readonly name: string;
      /** Of a score: who plays the tune; without it, what the score names. */
      readonly instrument?: string;
      /** Ids of the parts of a score that sound; all where none is told. */
      readonly parts?: readonly string[];
      readonly passage?: { readonly fromSec: number; readonly toSec: number | null };
      readonly heard?: Heard;
      readonly locks: Locks;
      readonly lines: readonly LineFix[];
    }
  /** The recording alone, brought to a loudness: what a blend is compared with. */
  | { readonly do: "alone"; readonly sound: AudioChannels; readonly loudness: number | null }
  | { readonly do: "correct"; readonly locks: Locks; readonly lines: readonly LineFix[] }
  /** `ahead`: nobody waits for it, and one core is left to what plays. */
  | ({ readonly do: "blend"; readonly ahead?: true; readonly voice?: { readonly file: Blob; readonly name: string; readonly correct: number } } & BlendAsk)
  /** Renders and writes everything of a blend that was made, with what the project says of tracks and mixer. */
  | ({
      readonly do: "export";
      /** What `blend` answered; null where that was lost, and it is made again. */
      readonly frozen: Blob | null;
      readonly clips: NamedAudio;
      readonly voice: { readonly name: string; readonly correct: number } | null;
      readonly records: readonly RawRecord[];
      readonly meta: RawRecord;
      readonly files: readonly NamedFile[];
      readonly language: Language;
      /** Other versions of it, each as a file of its own. */
      readonly versions: readonly Version[];
    } & BlendAsk)
  /** Measures a record that the mix is to be like. */
  | { readonly do: "reference"; readonly file: Blob; readonly name: string }
  /** Decodes the sounds that clips want, stretched where they are. */
  | {
      readonly do: "sounds";
      readonly wanted: readonly { readonly name: string; readonly rate: number; readonly cents: number; readonly file: Blob | null }[];
    }
  /** Sound slowed at its own pitch. */
  | { readonly do: "slow"; readonly sound: AudioChannels; readonly rate: number }
  /** How late a take lies behind what was played to it: two files of one clock. */
  | { readonly do: "align"; readonly taken: Blob; readonly played: Blob }
  /** What a take is beside the tune that is open. */
  | { readonly do: "compare"; readonly take: Blob }
  | { readonly do: "encode"; readonly file: Blob; readonly format: AudioFormat }
  | {
      readonly do: "bundle";
      readonly records: readonly RawRecord[];
      readonly meta: RawRecord;
      readonly heard: Heard | null;
      readonly files: readonly NamedFile[];
    }
  | { readonly do: "unbundle"; readonly file: Blob }
  /** Between the other formats: scales, scores, chord sheets. */
  | { readonly do: "convert"; readonly file: Blob; readonly name: string; readonly to: string }
  /** Pages, sound and feeds of a release, as one zip. */
  | {
      readonly do: "publish";
      readonly release: Release;
      readonly sounds: readonly Blob[];
      /** A picture; null: one is drawn. */
      readonly cover: Blob | null;
      readonly language: Language;
      readonly loudness: number;
    }
  /** What the ballots of a contest give. */
  | { readonly do: "contest"; readonly data: unknown }
  | { readonly do: "cancel" };

export interface BlendAsk {
  readonly choices: Choices;
  readonly ownStyles: readonly Style[];
  readonly loudness: number | null;
}

/** A sentence for the user, by its code. */
export interface Told {
  readonly code: string;
  readonly params: Readonly<Record<string, string | number>>;
}
/** What it answers, by what was asked. */
export interface WorkAnswers {
  hear: {
    readonly heard: Heard;
    readonly channels: AudioChannels;
    readonly fromSec: number;
    readonly toSec: number | null;
    /** Of a score, as it was written; and what of a damaged one could not be read. */
    readonly score: Score | null;
    readonly told: readonly Told[];
  };
  alone: Plan;
  correct: Heard;
  blend: {
    readonly plan: Plan;
    readonly report: ArrangementReport;
    /** All but the recording, unless it was straightened, transposed or cleaned. */
    readonly clips: NamedAudio;
    /** What `export` wants to write the very same. */
    readonly frozen: Blob;
  };
  export: { readonly report: BlendReport; readonly files: readonly NamedFile[] };
  reference: Reference;
  sounds: NamedAudio;
  slow: AudioChannels;
  align: Alignment;
  compare: { readonly practice: Practice; readonly channels: AudioChannels };
  encode: Blob;
  bundle: Blob;
  unbundle: { readonly records: readonly RawRecord[]; readonly meta?: RawRecord; readonly heard: Heard | null; readonly files: readonly NamedFile[] };
  /** `told`: what could not be read of the file, or written. */
  convert: { readonly file: Blob; readonly told: readonly Told[] };
  publish: { readonly zip: Blob; readonly cover: Blob };
  /** `claim`: whether the file says a result, and whether it holds; `fault`: where it does not. */
  contest: Ranking & { readonly claim: "none" | "holds" | "differs"; readonly fault?: Told };
  cancel: null;
}
/** What it tells meanwhile. */
export type WorkTold =
  | { readonly told: "progress"; readonly stage: string; readonly done: number }
  /** A file is about to be read; what was read has become something else. */
  | ({ readonly told: "reading" } & Reading)
  | { readonly told: "read" };

/** A project in the browser's own file system. */
export interface StoredProject {
  readonly id: string;
  readonly title: string;
  /** Milliseconds since 1970 of the last change, and of the last bundle that was saved elsewhere. */
  readonly changed: number;
  readonly saved: number | null;
}
/** What the page asks of the worker that keeps projects. */
export type StoreAsk =
  | { readonly do: "list" }
  /** `kept` false: in memory only, where the browser gives no storage. `write` false: to read along. */
  | { readonly do: "open"; readonly project: string; readonly kept: boolean; readonly write: boolean }
  /** Lets go of the journal, so that another page can write it. */
  | { readonly do: "close" }
  | { readonly do: "append"; readonly updates: readonly Uint8Array[] }
  | { readonly do: "compact"; readonly state: Uint8Array }
  | { readonly do: "card"; readonly card: Omit<StoredProject, "id"> }
  /** `made`: what can be made anew, and is never taken from a bundle. */
  | { readonly do: "put"; readonly entry: string; readonly blob: Blob; readonly made?: true }
  | { readonly do: "get"; readonly entry: string; readonly made?: true }
  /** Finds the content's address of a file that is whole; from then on it is found there too. */
  | { readonly do: "address"; readonly entry: string; readonly name: string }
  | { readonly do: "drop"; readonly entry: string; readonly made?: true }
  | { readonly do: "remove"; readonly project: string }
  | { readonly do: "record"; readonly entry: string; readonly port: MessagePort; readonly channels: number }
  | { readonly do: "mend"; readonly entry: string };
/** What it answers, by what was asked. */
export interface StoreAnswers {
  list: readonly StoredProject[];
  /** What the journal tells, oldest first. */
  open: readonly Uint8Array[];
  close: null;
  /** Whether a snapshot would be worth while. */
  append: boolean;
  compact: null;
  card: null;
  put: null;
  get: Blob | null;
  /** null where there is no such file. */
  address: string | null;
  drop: null;
  remove: null;
  record: null;
  /** Frames the take came to. */
  mend: number;
}
export type StoreTold =
  | { readonly told: "recorded"; readonly entry: string; readonly frames: number }
  | { readonly told: "broken"; readonly entry: string; readonly frames: number; readonly code: string };

/** What the page asks of the live ear. */
export type LiveAsk = { readonly type: "start"; readonly instrument: string; readonly port: MessagePort; readonly rate: number } | { readonly type: "stop" };

/** What the live ear tells; `startSec` is the context's time of the first sample. */
export type LiveTell =
  | { readonly type: "told"; readonly told: readonly LiveEvent[]; readonly startSec: number; readonly heardSec: number; readonly level: number }
  | { readonly type: "take"; readonly file: Blob | null };
