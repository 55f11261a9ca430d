import type { Progress } from "@kuishi/base";
import { type AudioFormat, type AudioTags, type ByteSource, type CodecLoader, encodeAudio, loadRecording, memorySource } from "@kuishi/media";
import { Kernels, LoudnessMeter } from "@kuishi/signal";
import { runLimiter } from "./limiter.ts";

/** True peak no written file may pass, dBTP. */
const CEILING = -1;

/** All channels through the limiter, as new sound. @param ceilingDbtp what it holds. */
async function heldUnder(module: WebAssembly.Module, channels: readonly Float32Array[], ceilingDbtp: number): Promise<Float32Array[]> {
  const out = channels.map((channel) => new Float32Array(channel.length));
  let at = 0;
  await runLimiter(module, channels, { gainDb: 0, ceilingDbtp }, (left, right) => {
    out.forEach((channel, side) => {
      channel.set(side === 0 ? left : right, at);
    });
    at += left.length;
  });
  return out;
}

function truePeak(module: WebAssembly.Module, channels: readonly Float32Array[]): number {
  const meter = new LoudnessMeter(new Kernels(module), true);
  const left = channels[0]!;
  meter.push(left, channels[1] ?? left);
  return meter.read().truePeak;
}

/**
 * Encodes sound. A lossy file is decoded again and measured; where its peak passes -1 dBTP the sound is limited lower and encoded anew.
 */
export async function encodeUnderCeiling(
  module: WebAssembly.Module,
  sound: readonly Float32Array[],
  format: AudioFormat,
  load: CodecLoader,
  progress: Progress,
  tags?: AudioTags,
): Promise<Uint8Array<ArrayBuffer>> {
  let bytes = await encodeAudio(format, sound, load, "pcm24", tags);
  let ceiling = CEILING;
  for (let round = 0; (format === "mp3" || format === "opus") && round < 5; round++) {
    const decoded = await loadRecording(new Kernels(module), memorySource(bytes), {}, progress);
    const peak = truePeak(module, decoded.channels);
    if (!(peak > CEILING)) break;
    ceiling -= peak - CEILING + 0.1;
    bytes = await encodeAudio(format, await heldUnder(module, sound, ceiling), load, "pcm24", tags);
  }
  return bytes;
}

/** Writes sound in another format, no lossy one above -1 dBTP. */
export async function convertAudio(
  module: WebAssembly.Module,
  source: ByteSource,
  format: AudioFormat,
  load: CodecLoader,
  progress: Progress,
): Promise<Uint8Array<ArrayBuffer>> {
  const { channels } = await loadRecording(new Kernels(module), source, {}, progress);
  return await encodeUnderCeiling(module, channels, format, load, progress);
}
