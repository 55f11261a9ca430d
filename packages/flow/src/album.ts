import { BLOCK, breathe, clamp, type Decibels, type Lufs, median, type Progress, rounded } from "@kuishi/base";
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

/** Loudness of finished sound. */
export async function loudnessOf(host: Host, channels: readonly Float32Array[], progress: Progress): Promise<Lufs> {
  const meter = new LoudnessMeter(new Kernels(host.kernels), false);
  meter.push(channels[0] ?? new Float32Array(0), channels[1] ?? channels[0] ?? new Float32Array(0));
  await breathe(progress);
  return meter.read().integrated;
}
/** Where each piece of an album should stand: it keeps half of what it is louder or softer than the others, at most 2 LU. */
export function albumLevels(own: readonly Lufs[], target: Lufs): Lufs[] {
  const middle = median(own.filter(Number.isFinite));
  return own.map((now) => target + clamp(KEPT * (now - middle), -MOST_LU, MOST_LU));
}

/** Finished sound at another level. */
export interface Levelled {
  readonly channels: readonly Float32Array[];
  readonly loudness: Loudness;
  readonly gainDb: Decibels;
}
/** Brings finished sound from the loudness it has to that it should have, never above -1 dBTP. */
export async function broughtTo(host: Host, channels: readonly Float32Array[], now: Lufs, wanted: Lufs, progress: Progress): Promise<Levelled> {
  let gainDb = Number.isFinite(now) ? wanted - now : 0;
  for (let round = 0; ; round++) {
    const out = [0, 1].map(() => new Float32Array(channels[0]?.length ?? 0)) as [Float32Array, Float32Array];
    const meter = new LoudnessMeter(new Kernels(host.kernels), true);
    let at = 0;
    await runLimiter(host.kernels, channels, { gainDb, ceilingDbtp: CEILING_DBTP }, (left, right) => {
      meter.push(left, right);
      out[0].set(left, at);
      out[1].set(right, at);
      at += left.length;
    });
    const loudness = meter.read();
    await breathe(progress);
    if (round === 3 || !Number.isFinite(loudness.integrated) || Math.abs(loudness.integrated - wanted) < 0.15) return { channels: out, loudness, gainDb };
    gainDb += (wanted - loudness.integrated) * 1.1;
  }
}

/** Brings finished pieces to one album's level (`albumLevels`). Writes `NN_name.wav` (24 bit) and `album.json`. */
export async function makeAlbum(host: Host, tracks: readonly Track[], target: Lufs, outputs: Outputs, progress: Progress): Promise<void> {
  const own: Lufs[] = [];
  for (const { channels } of tracks) own.push(await loudnessOf(host, channels, progress));
  const wanted = albumLevels(own, target);
  const rows: object[] = [];
  for (const [i, track] of tracks.entries()) {
    const { channels, loudness, gainDb } = await broughtTo(host, track.channels, own[i]!, wanted[i]!, progress);
    const name = `${String(i + 1).padStart(2, "0")}_${track.name.replace(/[^\p{L}\p{N}._-]/gu, "_")}.wav`;
    await writeWav(outputs, name, channels);
    rows.push({ name, from: rounded(own[i]!, 2), lufs: rounded(loudness.integrated, 2), dbtp: rounded(loudness.truePeak, 2), gainDb: rounded(gainDb, 2) });
    progress.report("master", (i + 1) / tracks.length);
  }
  await put(outputs, "album.json", `${JSON.stringify({ kuishi: "album/1", target, tracks: rows }, null, 1)}\n`);
}
async function writeWav(outputs: Outputs, name: string, channels: readonly Float32Array[]): Promise<void> {
  const frames = channels[0]!.length;
  const sink = await WavSink.create(outputs, name, "pcm24", frames);
  for (let at = 0; at < frames; at += BLOCK) {
    const [left, right] = channels.map((channel) => channel.subarray(at, at + BLOCK)) as [Float32Array, Float32Array];
    if (sink.push(left, right)) await sink.drain();
  }
  await sink.close();
}
