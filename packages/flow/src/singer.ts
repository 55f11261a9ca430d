import { type Cents, Complaint, clamp, log10, median, type Progress, SAMPLE_RATE, type Seconds, silent } from "@kuishi/base";
import { hear } from "@kuishi/listen";
import { type ByteSource, loadRecording, type Recording } from "@kuishi/media";
import type { Heard } from "@kuishi/score";
import { Kernels, LoudnessMeter } from "@kuishi/signal";
import { instruments, nearestDegree } from "@kuishi/tuning";
import type { Host } from "./hear.ts";
import { type StretchPoint, stretched } from "./stretch.ts";

/** Opens a singer's file: what was sung from the start of the tune on. @throws Complaint. */
export async function loadVoice(host: Host, source: ByteSource, progress: Progress): Promise<Recording> {
  return await loadRecording(new Kernels(host.kernels), source, {}, progress);
}

/** When somebody sings: within 24 LU of the loud parts, rests under 0.6 s bridged. */
export function sungIn(module: WebAssembly.Module, channels: readonly Float32Array[]): (readonly [Seconds, Seconds])[] {
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
  return sung.filter(([from, to]) => to - from >= 0.3);
}

/** What lies further from every degree was meant so. */
const FURTHEST: Cents = 80;

/**
 * Draws a voice to the tune's own cents: each sung note, as heard by our own ear, is moved as a whole towards its nearest degree, so that
 * vibrato and glides stay hers. @param part how far, 0..1.
 */
export async function tunedVoice(
  host: Host,
  channels: readonly Float32Array[],
  part: number,
  heard: Heard,
  seed: number,
  progress: Progress,
): Promise<readonly Float32Array[]> {
  if (part <= 0) return channels;
  const voice = instruments.get("voice");
  if (!voice) return channels;
  let sung: Heard;
  try {
    sung = await hear(new Kernels(host.kernels), channels, voice, silent, () => 0);
  } catch (error) {
    // nothing that can be tuned
    if (error instanceof Complaint && error.kind === "notEnough") return channels;
    throw error;
  }
  const scale = { name: heard.mode.name, degrees: heard.mode.degreesCents, period: 1200 };
  const points: StretchPoint[] = [{ at: 0, from: 0, rate: 1, cents: 0 }];
  for (const note of sung.notes) {
    if (note.cents === null) continue;
    const pitch = note.curve && note.curve.length > 2 ? median(note.curve.map(([, cents]) => cents)) : note.cents;
    const off = nearestDegree(scale, heard.mode.tonicCents, pitch) - pitch;
    const cents = Math.abs(off) > FURTHEST ? 0 : clamp(off * part, -FURTHEST, FURTHEST);
    const at = Math.max(0, note.onset - 0.02);
    if (at > points.at(-1)!.at) points.push({ at, from: at, rate: 1, cents });
  }
  return await stretched(channels, points, channels[0]?.length ?? 0, { formants: true, seed, stage: "voice" }, progress);
}
