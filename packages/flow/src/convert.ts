import { BLOCK, type Progress } from "@kuishi/base";
import { Engine, MASTER_LATENCY } from "@kuishi/engine";
import { type AudioFormat, type ByteSource, type CodecLoader, encodeAudio, loadRecording, memorySource } from "@kuishi/media";
import { Kernels, LoudnessMeter } from "@kuishi/signal";

/** True peak no written file may pass, dBTP. */
const CEILING = -1;

/** Both channels through the true-peak limiter. @param ceilingDbtp what it holds. */
function limited(module: WebAssembly.Module, channels: readonly Float32Array[], ceilingDbtp: number): Float32Array[] {
  const kernels = new Kernels(module);
  const engine = new Engine(kernels, { frames: 0, seed: 0, strips: [], buses: [], master: { gainDb: 0, ceilingDbtp } }, new Map());
  const at = [kernels.floats(BLOCK), kernels.floats(BLOCK)] as const;
  const views = at.map((address) => kernels.view(address, BLOCK));
  const frames = channels[0]?.length ?? 0;
  const out = channels.map(() => new Float32Array(frames));
  for (let from = 0; from < frames + MASTER_LATENCY; from += BLOCK) {
    views.forEach((view, side) => {
      const channel = channels[side] ?? (channels[0] as Float32Array);
      for (let i = 0; i < BLOCK; i++) view[i] = channel[from + i] ?? 0;
    });
    engine.master(at[0], at[1]);
    out.forEach((channel, side) => {
      const view = views[side] as Float32Array;
      for (let i = 0; i < BLOCK; i++) {
        const to = from + i - MASTER_LATENCY;
        if (to >= 0 && to < frames) channel[to] = view[i] as number;
      }
    });
  }
  return out;
}

function truePeak(module: WebAssembly.Module, channels: readonly Float32Array[]): number {
  const meter = new LoudnessMeter(new Kernels(module), true);
  const left = channels[0] as Float32Array;
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
    channels = limited(module, recording.channels, ceiling);
    bytes = await encodeAudio(format, channels, load);
  }
  return bytes;
}
