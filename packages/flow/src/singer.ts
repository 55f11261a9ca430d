import { log10, type Progress, SAMPLE_RATE } from "@kuishi/base";
import { type ByteSource, loadRecording, type Recording } from "@kuishi/media";
import type { Heard } from "@kuishi/score";
import { Kernels, LoudnessMeter } from "@kuishi/signal";
import type { Host } from "./hear.ts";

/** A singer's recording, and when she sings: seconds. */
export interface Singer {
  readonly channels: readonly Float32Array[];
  readonly sung: readonly (readonly [number, number])[];
}

/** Finds when somebody sings: within 24 LU of the loud parts, rests under 0.6 s bridged. */
export function singerOf(module: WebAssembly.Module, channels: readonly Float32Array[], _correct: number, _heard: Heard): Singer {
  const left = channels[0] ?? new Float32Array(0);
  const right = channels[1] ?? left;
  const meter = new LoudnessMeter(new Kernels(module), false);
  for (let at = 0; at < left.length; at += SAMPLE_RATE) meter.push(left.subarray(at, at + SAMPLE_RATE), right.subarray(at, at + SAMPLE_RATE));
  const levels = [...meter.energies].map((energy) => 10 * log10(Math.max(energy, 1e-12)));
  const loud = [...levels].sort((a, b) => a - b)[Math.floor(levels.length * 0.95)] ?? -120;
  const sung: [number, number][] = [];
  levels.forEach((level, i) => {
    if (level < loud - 24 || level < -70) return;
    const last = sung.at(-1);
    if (last && i / 10 - last[1] < 0.6) last[1] = (i + 1) / 10;
    else sung.push([i / 10, (i + 1) / 10]);
  });
  return { channels, sung: sung.filter(([from, to]) => to - from >= 0.3) };
}

/** Opens a singer's file: what was sung from the start of the tune on. @throws Complaint. */
export async function loadVoice(host: Host, source: ByteSource, progress: Progress): Promise<Recording> {
  return await loadRecording(new Kernels(host.kernels), source, {}, progress);
}
