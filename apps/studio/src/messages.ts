import type { Choices, Style } from "@kuishi/blend";
import type { Plan } from "@kuishi/engine";
import type { BlendReport } from "@kuishi/flow";
import type { LiveTold } from "@kuishi/listen";
import type { Heard, Locks } from "@kuishi/score";
import type { Language } from "@kuishi/words";

/** What the page asks of its worker. */
export type Ask =
  | { readonly type: "hear"; readonly file: Blob; readonly name: string; readonly instrument: string }
  | { readonly type: "correct"; readonly locks: Locks }
  | {
      readonly type: "blend";
      readonly choices: Choices;
      readonly ownStyles: readonly Style[];
      readonly language: Language;
      readonly voice?: { readonly file: Blob; readonly name: string; readonly correct: number };
    }
  | { readonly type: "cancel" };

/** What the worker tells the page. */
export type Tell =
  | { readonly type: "progress"; readonly stage: string; readonly done: number }
  | { readonly type: "heard"; readonly heard: Heard; readonly channels: readonly Float32Array[] }
  | { readonly type: "corrected"; readonly heard: Heard }
  | {
      readonly type: "blended";
      readonly choices: Choices;
      readonly plan: Plan;
      readonly report: BlendReport;
      /** All but the recording, which the page has, unless it was straightened or transposed. */
      readonly clips: readonly (readonly [string, readonly Float32Array[]])[];
      readonly files: readonly { readonly name: string; readonly blob: Blob }[];
    }
  | { readonly type: "failed"; readonly code: string; readonly params: Readonly<Record<string, string | number>>; readonly cancelled: boolean };

/** What the page asks of the live ear. */
export type LiveAsk = { readonly type: "start"; readonly instrument: string; readonly port: MessagePort; readonly rate: number } | { readonly type: "stop" };

/** What the live ear tells; `startSec` is the context's time of the first sample. */
export type LiveTell =
  | { readonly type: "told"; readonly told: readonly LiveTold[]; readonly startSec: number; readonly heardSec: number; readonly level: number }
  | { readonly type: "take"; readonly file: Blob | null };
