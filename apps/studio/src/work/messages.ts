import type { Choices, Style } from "@kuishi/blend";
import type { Plan } from "@kuishi/engine";
import type { Alignment, ArrangementReport, BlendReport } from "@kuishi/flow";
import type { LiveTold } from "@kuishi/listen";
import type { AudioFormat } from "@kuishi/media";
import type { LineFix, ProjectRecord } from "@kuishi/project";
import type { Heard, Locks } from "@kuishi/score";
import type { Language } from "@kuishi/words";

export type Sound = readonly Float32Array[];
/** Sounds by the names under which a plan asks for them. */
export type NamedSounds = readonly (readonly [string, Sound])[];
export interface NamedFile {
  readonly name: string;
  readonly blob: Blob;
}

/** What the page asks of the worker that hears, blends and writes. */
export type WorkAsk =
  /** Opens a recording or a written tune. With `heard`, what is known of it is taken instead of hearing anew. */
  | {
      readonly do: "hear";
      readonly file: Blob;
      readonly name: string;
      readonly instrument: string;
      readonly passage?: { readonly fromSec: number; readonly toSec: number | null };
      readonly heard?: Heard;
      readonly locks: Locks;
      readonly lines: readonly LineFix[];
    }
  | { readonly do: "correct"; readonly locks: Locks; readonly lines: readonly LineFix[] }
  | ({ readonly do: "blend" } & BlendAsk)
  /** Renders and writes everything, with what the project says of tracks and mixer. */
  | ({ readonly do: "export"; readonly records: readonly ProjectRecord[]; readonly files: readonly NamedFile[]; readonly language: Language } & BlendAsk)
  /** Decodes the sounds that clips want, stretched where they are. */
  | {
      readonly do: "sounds";
      readonly wanted: readonly { readonly name: string; readonly rate: number; readonly cents: number; readonly file: Blob | null }[];
    }
  /** A passage of what is played, slowed at its own pitch. */
  | { readonly do: "slow"; readonly from: number; readonly to: number; readonly rate: number }
  /** How late a take lies behind what was played to it: two files of one clock. */
  | { readonly do: "align"; readonly taken: Blob; readonly played: Blob }
  | { readonly do: "encode"; readonly file: Blob; readonly format: AudioFormat }
  | { readonly do: "bundle"; readonly records: readonly ProjectRecord[]; readonly heard: Heard | null; readonly files: readonly NamedFile[] }
  | { readonly do: "unbundle"; readonly file: Blob }
  /** Between the other formats: scales, scores, chord sheets. */
  | { readonly do: "convert"; readonly file: Blob; readonly name: string; readonly to: string }
  | { readonly do: "cancel" };

export interface BlendAsk {
  readonly choices: Choices;
  readonly ownStyles: readonly Style[];
  readonly voice?: { readonly file: Blob; readonly name: string; readonly correct: number };
  readonly loudness: number | null;
}

/** What it answers, by what was asked. */
export interface WorkAnswers {
  hear: { readonly heard: Heard; readonly channels: Sound; readonly fromSec: number; readonly toSec: number | null };
  correct: Heard;
  blend: {
    readonly plan: Plan;
    readonly report: ArrangementReport /** All but the recording, unless it was straightened, transposed or cleaned. */;
    readonly clips: NamedSounds;
  };
  export: { readonly report: BlendReport; readonly files: readonly NamedFile[] };
  sounds: NamedSounds;
  slow: Sound;
  align: Alignment;
  encode: Blob;
  bundle: Blob;
  unbundle: { readonly records: readonly ProjectRecord[]; readonly heard: Heard | null; readonly files: readonly NamedFile[] };
  convert: Blob;
  cancel: null;
}
/** What it tells meanwhile. */
export interface WorkTold {
  readonly told: "progress";
  readonly stage: string;
  readonly done: number;
}

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
  /** `kept` false: in memory only, where the browser gives no storage. */
  | { readonly do: "open"; readonly project: string; readonly kept: boolean }
  | { readonly do: "append"; readonly update: Uint8Array }
  | { readonly do: "compact"; readonly state: Uint8Array }
  | { readonly do: "card"; readonly card: Omit<StoredProject, "id"> }
  | { readonly do: "put"; readonly entry: string; readonly blob: Blob }
  | { readonly do: "get"; readonly entry: string }
  | { readonly do: "drop"; readonly entry: string }
  | { readonly do: "remove"; readonly project: string }
  | { readonly do: "record"; readonly entry: string; readonly port: MessagePort; readonly channels: number }
  | { readonly do: "mend"; readonly entry: string };
export type StoreTold =
  | { readonly told: "recorded"; readonly entry: string; readonly frames: number }
  | { readonly told: "broken"; readonly entry: string; readonly frames: number; readonly code: string };

/** What the page asks of the live ear. */
export type LiveAsk = { readonly type: "start"; readonly instrument: string; readonly port: MessagePort; readonly rate: number } | { readonly type: "stop" };

/** What the live ear tells; `startSec` is the context's time of the first sample. */
export type LiveTell =
  | { readonly type: "told"; readonly told: readonly LiveTold[]; readonly startSec: number; readonly heardSec: number; readonly level: number }
  | { readonly type: "take"; readonly file: Blob | null };
