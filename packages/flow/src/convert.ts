import type { Progress } from "@kuishi/base";
import { type AudioFormat, type ByteSource, type CodecLoader, encodeAudio, loadRecording, memorySource } from "@kuishi/media";
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
 * Writes sound in another format. A lossy one is decoded again and measured; where its peak passes
 * -1 dBTP the sound is limited lower and encoded anew.
 */
export async function convertAudio(
  module: WebAssembly.Module,
  source: ByteSource,
  format: AudioFormat,
  load: CodecLoader,
  progress: Progress,
): Promise<Uint8Array<ArrayBuffer>> {
  const recording = await loadRecording(new Kernels(module), source, {}, progress);
  const lossy = format === "mp3" || format === "opus";
  let channels: readonly Float32Array[] = recording.channels;
  let bytes = await encodeAudio(format, channels, load);
  let ceiling = CEILING;
  for (let round = 0; lossy && round < 5; round++) {
    const decoded = await loadRecording(new Kernels(module), memorySource(bytes), {}, progress);
    const peak = truePeak(module, decoded.channels);
    if (!(peak > CEILING)) break;
    ceiling -= peak - CEILING + 0.1;
    channels = await heldUnder(module, recording.channels, ceiling);
    bytes = await encodeAudio(format, channels, load);
  }
  return bytes;
}
