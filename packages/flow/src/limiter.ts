import { BLOCK, type Decibels } from "@kuishi/base";
import { Engine, MASTER_LATENCY } from "@kuishi/engine";
import { Kernels } from "@kuishi/signal";

/** Runs finished sound through gain and true-peak limiter; `take` gets what comes out, block by block, latency removed. */
export async function runLimiter(
  module: WebAssembly.Module,
  channels: readonly Float32Array[],
  master: { readonly gainDb: Decibels; readonly ceilingDbtp: Decibels },
  take: (left: Float32Array, right: Float32Array) => Promise<void> | void,
): Promise<void> {
  const kernels = new Kernels(module);
  const engine = Engine.of(kernels, { frames: 0, seed: 0, strips: [], buses: [], master }, new Map());
  const l = kernels.floats(2 * BLOCK);
  const r = l + 4 * BLOCK;
  const [lv, rv] = [kernels.view(l, BLOCK), kernels.view(r, BLOCK)];
  const left = channels[0] ?? new Float32Array(0);
  const right = channels[1] ?? left;
  let skip = MASTER_LATENCY;
  let todo = left.length;
  for (let at = 0; todo > 0; at += BLOCK) {
    for (let i = 0; i < BLOCK; i++) {
      lv[i] = left[at + i] ?? 0;
      rv[i] = right[at + i] ?? 0;
    }
    engine.master(l, at);
    const from = Math.min(BLOCK, skip);
    skip -= from;
    const to = Math.min(BLOCK, from + todo);
    todo -= to - from;
    if (to > from) await take(lv.subarray(from, to), rv.subarray(from, to));
  }
}
