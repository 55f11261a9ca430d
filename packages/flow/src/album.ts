import { BLOCK, breathe, clamp, type Decibels, type Lufs, median, type Progress, rounded } from "@kuishi/base";
import { Engine, MASTER_LATENCY } from "@kuishi/engine";
import { Kernels, type Loudness, LoudnessMeter } from "@kuishi/signal";
import { CEILING_DBTP } from "./compile.ts";
import type { Host } from "./hear.ts";
import { type Outputs, put, WavSink } from "./outputs.ts";

/** A finished piece of an album. */
export interface Track {
  readonly name: string;
  readonly channels: readonly Float32Array[];
}
/** How far a piece may stand from the album's level, and how much of its own difference it keeps: a quiet piece stays the quieter one. */
const [MOST_LU, KEPT] = [2, 0.5];

/** Runs a piece through gain and true-peak limiter. */
async function limited(
  module: WebAssembly.Module,
  { channels }: Track,
  gainDb: Decibels,
  take: (left: Float32Array, right: Float32Array) => Promise<void> | void,
): Promise<Loudness> {
  const kernels = new Kernels(module);
  const engine = new Engine(kernels, { frames: 0, seed: 0, strips: [], buses: [], master: { gainDb, ceilingDbtp: CEILING_DBTP } }, new Map());
  const meter = new LoudnessMeter(kernels, true);
  const [l, r] = [kernels.floats(BLOCK), kernels.floats(BLOCK)];
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
    engine.master(l, r);
    const from = Math.min(BLOCK, skip);
    skip -= from;
    const to = Math.min(BLOCK, from + todo);
    todo -= to - from;
    if (to === from) continue;
    const [a, b] = [lv.subarray(from, to), rv.subarray(from, to)];
    meter.push(a, b);
    await take(a, b);
  }
  return meter.read();
}

/**
 * Brings finished pieces to one album's level: each keeps half of what it is louder or softer than the others, at most 2 LU, and none
 * passes -1 dBTP. Writes `NN_name.wav` (24 bit) and `album.json`.
 */
export async function makeAlbum(host: Host, tracks: readonly Track[], target: Lufs, outputs: Outputs, progress: Progress): Promise<void> {
  const own: Lufs[] = [];
  for (const track of tracks) {
    const meter = new LoudnessMeter(new Kernels(host.kernels), false);
    meter.push(track.channels[0] ?? new Float32Array(0), track.channels[1] ?? track.channels[0] ?? new Float32Array(0));
    own.push(meter.read().integrated);
    await breathe(progress);
  }
  const middle = median(own.filter(Number.isFinite));
  const rows: object[] = [];
  for (const [i, track] of tracks.entries()) {
    const now = own[i] as Lufs;
    const wanted = target + clamp(KEPT * (now - middle), -MOST_LU, MOST_LU);
    const name = `${String(i + 1).padStart(2, "0")}_${track.name.replace(/[^\p{L}\p{N}._-]/gu, "_")}.wav`;
    let gainDb = Number.isFinite(now) ? wanted - now : 0;
    let result: Loudness | undefined;
    for (let round = 0; round < 4; round++) {
      const sink = await WavSink.create(outputs, name, "pcm24", track.channels[0]?.length ?? 0);
      result = await limited(host.kernels, track, gainDb, (left, right) => (sink.push(left, right) ? sink.drain() : undefined));
      await sink.close();
      await breathe(progress);
      if (!Number.isFinite(result.integrated) || Math.abs(result.integrated - wanted) < 0.15) break;
      gainDb += (wanted - result.integrated) * 1.1;
    }
    rows.push({ name, from: rounded(now, 2), lufs: rounded(result?.integrated ?? 0, 2), dbtp: rounded(result?.truePeak ?? 0, 2), gainDb: rounded(gainDb, 2) });
    progress.report("master", (i + 1) / tracks.length);
  }
  await put(outputs, "album.json", `${JSON.stringify({ kuishi: "album/1", target, tracks: rows }, null, 1)}\n`);
}
