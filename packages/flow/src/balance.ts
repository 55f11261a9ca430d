import { BLOCK, breathe, type Frames, fromDb, type Progress, SAMPLE_RATE } from "@kuishi/base";
import type { Arrangement, Style } from "@kuishi/blend";
import { type Clips, Engine, type Plan } from "@kuishi/engine";
import { integrated, Kernels, LoudnessMeter } from "@kuishi/signal";
import { compilePlan, type Faders, mixOf, RECORDING } from "./compile.ts";

/** Loudness the recording is brought to before the mix, LUFS. */
const RECORDING_LUFS = -18;
/** Where all that accompanies it should lie against it outside the intro, LU. */
const ACCOMPANIMENT_LU = -2.8;

/** Energies of each strip and return, per 100 ms. */
async function measure(module: WebAssembly.Module, plan: Plan, clips: Clips, progress: Progress, stage: string): Promise<Map<string, number[]>> {
  const engine = new Engine(new Kernels(module), plan, clips);
  const kernels = new Kernels(module);
  const meters = engine.stems.map((stem) => ({ stem, meter: new LoudnessMeter(kernels, false) }));
  for (let at = 0; at < plan.frames; at += BLOCK) {
    engine.render(false);
    for (const { stem, meter } of meters) meter.push(stem.leftView, stem.rightView);
    if (at % (BLOCK * 1500) === 0) {
      progress.report(stage, at / plan.frames);
      await breathe(progress);
    }
  }
  return new Map(meters.map(({ stem, meter }) => [stem.id, [...meter.energies]]));
}

/**
 * Faders by measuring: the plan is rendered once with open faders, each strip then stands where the style
 * wants it against the recording, and the whole accompaniment is brought to its place.
 */
export async function balance(
  module: WebAssembly.Module,
  arrangement: Arrangement,
  style: Style,
  frames: Frames,
  clips: Clips,
  progress: Progress,
): Promise<Faders> {
  const recordingLevel = recordingFader(module, clips);
  const start: Record<string, number> = { [RECORDING]: recordingLevel };
  for (const part of arrangement.parts) start[part.id] = part.kind === "drums" ? -18 : -12;
  const energies = await measure(module, compilePlan(arrangement, style, frames, start, 0), clips, progress, "balance");
  const recording = integrated(energies.get(RECORDING) ?? []);
  const wanted: Record<string, number> = {};
  for (const part of arrangement.parts) {
    const mix = mixOf(part, style);
    const now = integrated(energies.get(part.id) ?? []);
    wanted[part.id] = Number.isFinite(now) ? recording + mix.balance - now : -60;
  }
  // Energies of unlike sounds add: the sum of all parts can be foretold without rendering it.
  const intro = arrangement.sections[0]?.role === "intro" ? Math.ceil((arrangement.sections[0].to ?? 0) * 10) : 0;
  const sum = (): number => {
    const total: number[] = [];
    for (const part of arrangement.parts) {
      const ratio = fromDb(wanted[part.id] as number);
      (energies.get(part.id) ?? []).forEach((energy, i) => {
        if (i >= intro) total[i - intro] = (total[i - intro] ?? 0) + energy * ratio * ratio;
      });
    }
    return integrated(total);
  };
  const heardAfterIntro = integrated((energies.get(RECORDING) ?? []).slice(intro));
  const trim = arrangement.parts.length > 0 ? heardAfterIntro + ACCOMPANIMENT_LU - sum() : 0;
  const faders: Record<string, number> = { [RECORDING]: recordingLevel };
  for (const part of arrangement.parts) faders[part.id] = (start[part.id] as number) + (wanted[part.id] as number) + (Number.isFinite(trim) ? trim : 0);
  return faders;
}

/** Gain that brings the raw recording to its loudness; at most 40 dB, so that noise is not music. */
function recordingFader(module: WebAssembly.Module, clips: Clips): number {
  const channels = clips.get(RECORDING) ?? [];
  const left = channels[0] ?? new Float32Array(0);
  const right = channels[1] ?? left;
  const meter = new LoudnessMeter(new Kernels(module), false);
  for (let at = 0; at < left.length; at += SAMPLE_RATE) meter.push(left.subarray(at, at + SAMPLE_RATE), right.subarray(at, at + SAMPLE_RATE));
  const now = meter.read().integrated;
  return Number.isFinite(now) ? Math.min(40, RECORDING_LUFS - now) : 0;
}
