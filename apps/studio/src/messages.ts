import type { Plan } from "@kuishi/engine";
import type { BlendReport } from "@kuishi/flow";
import type { Heard } from "@kuishi/score";
import type { Language } from "@kuishi/words";

/** What the page asks of its worker. */
export type Ask =
  | { readonly type: "hear"; readonly file: Blob; readonly name: string }
  | { readonly type: "blend"; readonly style: string; readonly seed: number; readonly language: Language }
  | { readonly type: "cancel" };

/** What the worker tells the page. */
export type Tell =
  | { readonly type: "progress"; readonly stage: string; readonly done: number }
  | { readonly type: "heard"; readonly heard: Heard; readonly channels: readonly Float32Array[] }
  | { readonly type: "blended"; readonly plan: Plan; readonly report: BlendReport; readonly files: readonly { readonly name: string; readonly blob: Blob }[] }
  | { readonly type: "failed"; readonly code: string; readonly params: Readonly<Record<string, string | number>>; readonly cancelled: boolean };
