import type { Complaint, Frames } from "@kuishi/base";
import type { Plan } from "@kuishi/engine";

/** Blocks that are handed over at a time: a third of a second. */
export const CHUNK_BLOCKS = 128;

/** What a thread is told that renders strips. */
export type ToThread =
  | {
      readonly type: "start";
      readonly kernels: WebAssembly.Module;
      readonly plan: Pick<Plan, "strips" | "seed">;
      readonly clips: readonly (readonly [string, readonly Float32Array[]])[];
      /** Stretches to render, one after the other, from frame to frame. */
      readonly spans: readonly Span[];
      /** So many chunks may wait to be taken. */
      readonly ahead: number;
    }
  /** A chunk was taken: there is room for another, in its memory. */
  | { readonly type: "taken"; readonly sound: Float32Array<ArrayBuffer> };

/** What it tells. */
export type FromThread =
  /** The next chunk: so many blocks of each strip, one strip behind the other, and which of them sound. */
  | { readonly type: "chunk"; readonly blocks: number; readonly sound: Float32Array<ArrayBuffer>; readonly sounds: readonly boolean[] }
  | { readonly type: "failed"; readonly wrong: Pick<Complaint, "kind" | "code" | "params"> };

export type Span = readonly [from: Frames, to: Frames];

/** One thread, whatever the host makes it of. */
export interface Thread {
  post(message: ToThread, transfer: ArrayBuffer[]): void;
  /** To be told what it says, and of what ended it. */
  listen(told: (message: FromThread) => void, failed: (error: unknown) => void): void;
  close(): void;
}
/** Threads beside the one that mixes. */
export interface Threads {
  readonly count: number;
  start(): Thread;
}
