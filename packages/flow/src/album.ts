import { breathe, clamp, type Lufs, median, type Progress, rounded } from "@kuishi/base";
import { Kernels, type Loudness, LoudnessMeter } from "@kuishi/signal";
import { CEILING_DBTP } from "./compile.ts";
import type { Host } from "./hear.ts";
import { runLimiter } from "./limiter.ts";
import { type Outputs, put, WavSink } from "./outputs.ts";

/** A finished piece of an album. */
export interface Track {
  readonly name: string;
  readonly channels: readonly Float32Array[];
}
/** How far a piece may stand from the album's level, and how much of its own difference it keeps: a quiet piece stays the quieter one. */
const [MOST_LU, KEPT] = [2, 0.5];

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
    const now = own[i]!;
    const wanted = target + clamp(KEPT * (now - middle), -MOST_LU, MOST_LU);
    const name = `${String(i + 1).padStart(2, "0")}_${track.name.replace(/[^\p{L}\p{N}._-]/gu, "_")}.wav`;
    let gainDb = Number.isFinite(now) ? wanted - now : 0;
    let result: Loudness | undefined;
    for (let round = 0; round < 4; round++) {
      const sink = await WavSink.create(outputs, name, "pcm24", track.channels[0]?.length ?? 0);
      const meter = new LoudnessMeter(new Kernels(host.kernels), true);
      await runLimiter(host.kernels, track.channels, { gainDb, ceilingDbtp: CEILING_DBTP }, (left, right) => {
        meter.push(left, right);
        return sink.push(left, right) ? sink.drain() : undefined;
      });
      result = meter.read();
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
