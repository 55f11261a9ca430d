import { BLOCK, breathe, clamp, type Decibels, type Lufs, log10, type Progress, SAMPLE_RATE } from "@kuishi/base";
import { type Clips, Engine, MASTER_LATENCY, type Plan } from "@kuishi/engine";
import { integrated, Kernels, type Loudness, LoudnessMeter, Spectrum } from "@kuishi/signal";
import { RECORDING, VOICE } from "./compile.ts";
import type { Host } from "./hear.ts";
import { type Outputs, WavSink } from "./outputs.ts";
import { OfflineEngine } from "./threads/offline.ts";

/** File name of each stem, in the order of the plan. */
export const stemNames = (plan: Plan): string[] =>
  [...plan.strips, ...plan.buses].map((item, i) => `stems/${String(i + 1).padStart(2, "0")}_${item.id.replace(/[^a-zA-Z0-9-]/g, "")}.wav`);

/** Loudness of what was written, and of each stem. */
export interface RenderReport {
  readonly premaster: Loudness;
  readonly stems: Readonly<Record<string, { readonly integrated: Lufs; readonly energies: readonly number[] }>>;
  /** Mean level of what was recorded and of what was added in each octave, dB. */
  readonly octaves: readonly { readonly hertz: number; readonly recorded: Decibels; readonly added: Decibels }[];
}

const OCTAVES = [63, 125, 250, 500, 1000, 2000, 4000, 8000] as const;
const METER_FRAMES = 4096;
/** Every so many blocks a spectrum is taken: about two a second. */
const EVERY = 180;

/** Octave levels of two sums of stems, from spectra taken now and then. */
class OctaveMeter {
  readonly #spectrum: Spectrum;
  readonly #kernels: Kernels;
  readonly #at: number;
  readonly #rings = [new Float32Array(METER_FRAMES), new Float32Array(METER_FRAMES)] as const;
  readonly #sums = [new Float64Array(OCTAVES.length), new Float64Array(OCTAVES.length)] as const;
  #blocks = 0;

  constructor(kernels: Kernels) {
    this.#kernels = kernels;
    this.#spectrum = new Spectrum(kernels, METER_FRAMES, METER_FRAMES);
    this.#at = kernels.floats(METER_FRAMES);
  }
  /** A block of the whole, or of what was recorded of it. */
  add(what: "whole" | "recorded", left: Float32Array, right: Float32Array): void {
    const [own, rest] = this.#rings;
    const from = (this.#blocks * BLOCK) % METER_FRAMES;
    for (let i = 0; i < BLOCK; i++) {
      const sum = left[i]! + right[i]!;
      if (what === "recorded") {
        own[from + i] = own[from + i]! + sum;
        rest[from + i] = rest[from + i]! - sum;
      } else rest[from + i] = rest[from + i]! + sum;
    }
  }
  /** Ends a block of all stems. */
  next(): void {
    this.#blocks++;
    if (this.#blocks % EVERY === 0) {
      const split = (this.#blocks * BLOCK) % METER_FRAMES;
      this.#rings.forEach((ring, side) => {
        const view = this.#kernels.view(this.#at, METER_FRAMES);
        view.set(ring.subarray(split));
        view.set(ring.subarray(0, split), METER_FRAMES - split);
        const power = this.#spectrum.power(this.#at);
        OCTAVES.forEach((hertz, k) => {
          const sums = this.#sums[side as 0 | 1];
          const [a, b] = [(hertz * METER_FRAMES) / SAMPLE_RATE / Math.SQRT2, ((hertz * METER_FRAMES) / SAMPLE_RATE) * Math.SQRT2];
          for (let bin = Math.ceil(a); bin < b; bin++) sums[k] = sums[k]! + power[bin]!;
        });
      });
    }
    const from = (this.#blocks * BLOCK) % METER_FRAMES;
    for (const ring of this.#rings) ring.fill(0, from, from + BLOCK);
  }
  read(): RenderReport["octaves"] {
    const decibels = (sum: number): number => 10 * log10(Math.max(sum, 1e-9));
    return OCTAVES.map((hertz, k) => ({ hertz, recorded: decibels(this.#sums[0][k]!), added: decibels(this.#sums[1][k]!) }));
  }
}

/** Renders only the mix (24 bit), through the master chain as the plan has it; its limiter holds the true peak, which is not measured again. */
export async function renderMix(host: Host, plan: Plan, clips: Clips, outputs: Outputs, progress: Progress, name = "mix.wav"): Promise<Loudness> {
  const run = new OfflineEngine(host, plan, clips, [[0, plan.frames + MASTER_LATENCY]], progress);
  const { engine } = run;
  try {
    run.next();
    const meter = new LoudnessMeter(new Kernels(host.kernels), false);
    const sink = await WavSink.create(outputs, name, "pcm24", plan.frames);
    let skip = MASTER_LATENCY;
    let left = plan.frames;
    while (left > 0) {
      const wait = run.ready();
      if (wait) await wait;
      engine.render();
      const from = Math.min(BLOCK, skip);
      skip -= from;
      const to = Math.min(BLOCK, from + left);
      left -= to - from;
      if (to === from) continue;
      const { leftView, rightView } = engine.mix;
      const [l, r] = to - from === BLOCK ? [leftView, rightView] : [leftView.subarray(from, to), rightView.subarray(from, to)];
      meter.push(l, r);
      if (sink.push(l, r)) {
        await sink.drain();
        progress.report("render", 1 - left / plan.frames);
        await breathe(progress);
      }
    }
    await sink.close();
    return meter.read();
  } finally {
    run.close();
  }
}

/** Frames of silence after which a strip's meter has come to rest. */
const STILL = SAMPLE_RATE / 2;

/** Renders stems and their sum to 32-bit float files of equal length. */
export async function renderStems(host: Host, plan: Plan, clips: Clips, outputs: Outputs, progress: Progress): Promise<RenderReport> {
  const run = new OfflineEngine(host, plan, clips, [[0, plan.frames]], progress);
  try {
    return await writeStems(host, run, plan, outputs, progress);
  } finally {
    run.close();
  }
}
async function writeStems(host: Host, run: OfflineEngine, plan: Plan, outputs: Outputs, progress: Progress): Promise<RenderReport> {
  const { engine } = run;
  run.next();
  const meters = new Kernels(host.kernels);
  const names = stemNames(plan);
  const sinks = await Promise.all(names.map((name) => WavSink.create(outputs, name, "float32", plan.frames)));
  const sumSink = await WavSink.create(outputs, "premaster.wav", "float32", plan.frames);
  const stems = engine.stems.map((stem, i) => ({ stem, sink: sinks[i]!, meter: new LoudnessMeter(meters, false) }));
  const sumMeter = new LoudnessMeter(meters, false);
  const octaves = new OctaveMeter(meters);
  const recorded = new Set<string>([RECORDING, VOICE]);
  const strips = new Set(plan.strips.map((strip) => strip.id));
  const quiet = stems.map(() => 0);
  /** Writes and measures a block; true when full buffers wait. A function of its own: what awaits is never made fast. */
  const take = (): boolean => {
    const { leftView, rightView } = engine.premaster;
    let full = sumSink.push(leftView, rightView);
    sumMeter.push(leftView, rightView);
    octaves.add("whole", leftView, rightView);
    for (let k = 0; k < stems.length; k++) {
      const { stem, sink, meter } = stems[k]!;
      if (sink.push(stem.leftView, stem.rightView)) full = true;
      const still = strips.has(stem.id) && stem.peak === 0 ? quiet[k]! + BLOCK : 0;
      quiet[k] = still;
      if (still > STILL) meter.rest(BLOCK);
      else meter.push(stem.leftView, stem.rightView);
      if (recorded.has(stem.id)) octaves.add("recorded", stem.leftView, stem.rightView);
    }
    octaves.next();
    return full;
  };
  for (let at = 0; at < plan.frames; at += BLOCK) {
    const wait = run.ready();
    if (wait) await wait;
    engine.render(false);
    if (take()) {
      await sumSink.drain();
      for (const { sink } of stems) await sink.drain();
      progress.report("render", at / plan.frames);
      await breathe(progress);
    }
  }
  await sumSink.close();
  for (const { sink } of stems) await sink.close();
  return {
    premaster: sumMeter.read(),
    stems: Object.fromEntries(stems.map(({ stem, meter }) => [stem.id, { integrated: meter.read().integrated, energies: [...meter.energies] }])),
    octaves: octaves.read(),
  };
}

const HEADER = 56; // of the 32-bit float WAV that renderStems writes
const CHUNK_FRAMES = BLOCK * 256;

/** Both channels of some frames of the premaster, one after the other. */
async function premasterPairs(outputs: Outputs, from: number, to: number): Promise<Float32Array> {
  const bytes = await outputs.read("premaster.wav", HEADER + from * 8, HEADER + to * 8);
  return bytes.byteOffset % 4 === 0 ? new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2) : new Float32Array(bytes.slice().buffer);
}

/** Puts the sides of pairs apart, from a frame on, as far as there are any. */
function parted(pairs: Float32Array, from: number, left: Float32Array, right: Float32Array): void {
  const count = Math.min(left.length, (pairs.length >> 1) - from);
  for (let i = 0; i < count; i++) {
    left[i] = pairs[2 * (from + i)]!;
    right[i] = pairs[2 * (from + i) + 1]!;
  }
}

/** Frames of the premaster, read back chunk by chunk, with silence after its end to flush the limiter. */
async function* premasterChunks(outputs: Outputs, frames: number): AsyncGenerator<[Float32Array, Float32Array]> {
  const left = new Float32Array(CHUNK_FRAMES);
  const right = new Float32Array(CHUNK_FRAMES);
  for (let at = 0; at < frames + MASTER_LATENCY; at += CHUNK_FRAMES) {
    left.fill(0);
    right.fill(0);
    if (at < frames) {
      const pairs = await premasterPairs(outputs, at, Math.min(frames, at + CHUNK_FRAMES));
      parted(pairs, 0, left, right);
    }
    yield [left, right];
  }
}

/** Runs the master chain over the premaster; `take` gets what comes out, latency removed. */
async function runMaster(
  module: WebAssembly.Module,
  plan: Plan,
  outputs: Outputs,
  progress: Progress,
  take: (left: Float32Array, right: Float32Array) => Promise<void> | void,
): Promise<void> {
  const kernels = new Kernels(module);
  const engine = Engine.of(kernels, { ...plan, strips: [], buses: [] }, new Map());
  const l = kernels.floats(2 * BLOCK);
  const r = l + 4 * BLOCK;
  const [lv, rv] = [kernels.view(l, BLOCK), kernels.view(r, BLOCK)];
  let skip = MASTER_LATENCY;
  let left = plan.frames;
  let frame = 0;
  for await (const [inLeft, inRight] of premasterChunks(outputs, plan.frames)) {
    for (let at = 0; at < CHUNK_FRAMES && left > 0; at += BLOCK) {
      lv.set(inLeft.subarray(at, at + BLOCK));
      rv.set(inRight.subarray(at, at + BLOCK));
      engine.master(l, frame);
      frame += BLOCK;
      const from = Math.min(BLOCK, skip);
      skip -= from;
      const to = Math.min(BLOCK, from + left);
      if (to > from) await take(lv.subarray(from, to), rv.subarray(from, to));
      left -= Math.max(0, to - from);
    }
    progress.report("master", 1 - left / plan.frames);
    await breathe(progress);
  }
}

/** A master this near to its target, LU, is there. */
const TARGET_TOLERANCE_LU = 0.15;

/** Nothing shorter is looked at in parts. */
const LIVE_LOOKS = 10;

/**
 * About the gain at which a plan comes out so loud: a few stretches are played, each after a run-up in which notes and rooms begin to ring.
 * Within half a LU of what `master` finds.
 */
export async function liveGain(module: WebAssembly.Module, plan: Plan, clips: Clips, target: Lufs, progress: Progress): Promise<Decibels> {
  const energies: number[] = [];
  const after: number[] = [];
  const whole = plan.frames < LONG;
  const [run, look] = whole ? [0, plan.frames] : [1.5 * SAMPLE_RATE, LOOK_SEC * SAMPLE_RATE];
  const count = whole ? 1 : LIVE_LOOKS;
  const kernels = new Kernels(module);
  const engine = Engine.of(kernels, plan, clips);
  let gainDb = 0;
  for (let k = 0; k < count; k++) {
    engine.seek(Math.max(0, Math.floor(((plan.frames - look) * (k + 0.5)) / count) - run));
    const meter = new LoudnessMeter(new Kernels(module), false);
    for (let at = 0; at < run + look; at += BLOCK) {
      engine.render(false);
      if (at >= run) meter.push(engine.premaster.leftView, engine.premaster.rightView);
      if (at % (BLOCK * 1000) === 0) {
        progress.report("master", (k + at / (run + look)) / count);
        await breathe(progress);
      }
    }
    energies.push(...meter.energies);
  }
  const loud = integrated(energies);
  if (!Number.isFinite(loud)) return 0;
  // what the glue and the limiter take away is found by one second look at the loudest of it
  gainDb = target - loud;
  engine.set({ master: { ...plan.master, gainDb } });
  const loudest = energies.reduce((best, energy, i) => (energy > (energies[best] ?? 0) ? i : best), 0);
  const from = whole ? loudest * 4800 : Math.floor(((plan.frames - look) * (Math.floor(loudest / (LOOK_SEC * 10)) + 0.5)) / count);
  engine.seek(Math.max(0, from - SAMPLE_RATE));
  const [before, out] = [new LoudnessMeter(new Kernels(module), false), new LoudnessMeter(new Kernels(module), false)];
  for (let at = 0; at < 3 * SAMPLE_RATE; at += BLOCK) {
    engine.render();
    if (at < SAMPLE_RATE) continue;
    before.push(engine.premaster.leftView, engine.premaster.rightView);
    out.push(engine.mix.leftView, engine.mix.rightView);
  }
  after.push(integrated(before.energies) + gainDb - integrated(out.energies));
  const loss = after[0]!;
  return gainDb + (Number.isFinite(loss) ? Math.max(-2, Math.min(4, loss * 0.7)) : 0);
}

/** What the master came to. */
export interface MasterReport {
  readonly gainDb: Decibels;
  readonly loudness: Loudness;
}

/** From this length on it pays to look ahead. */
const LONG = 40 * SAMPLE_RATE;
const [LOOKS, LOOK_SEC, WARM_SEC] = [8, 3, 0.6];

/** About how much loudness the master chain will take away at a gain, dB: told from a few stretches of the premaster. */
async function lossOf(module: WebAssembly.Module, plan: Plan, gainDb: Decibels, outputs: Outputs): Promise<Decibels> {
  const before: number[] = [];
  const after: number[] = [];
  const length = (LOOK_SEC + WARM_SEC) * SAMPLE_RATE;
  for (let k = 0; k < LOOKS; k++) {
    const kernels = new Kernels(module);
    const engine = Engine.of(kernels, { ...plan, strips: [], buses: [], master: { ...plan.master, gainDb } }, new Map());
    const l = kernels.floats(2 * BLOCK);
    const r = l + 4 * BLOCK;
    const [lv, rv] = [kernels.view(l, BLOCK), kernels.view(r, BLOCK)];
    const [meterIn, meterOut] = [new LoudnessMeter(kernels, false), new LoudnessMeter(kernels, false)];
    const from = Math.floor(((plan.frames - length) * (k + 0.5)) / LOOKS);
    const pairs = await premasterPairs(outputs, from, from + length);
    for (let at = 0; at + BLOCK <= length; at += BLOCK) {
      parted(pairs, at, lv, rv);
      const warm = at < WARM_SEC * SAMPLE_RATE;
      if (!warm) meterIn.push(lv, rv);
      engine.master(l, from + at);
      if (!warm) meterOut.push(lv, rv);
    }
    before.push(...meterIn.energies);
    after.push(...meterOut.energies);
  }
  const loss = integrated(before) + gainDb - integrated(after);
  return Number.isFinite(loss) ? Math.max(-2, Math.min(6, loss)) : 0;
}

/** What a limiter gives back of a decibel, at the least, when the next step is chosen. */
const LEAST_SLOPE = 0.25;
/**
 * Masters the premaster into `mix.wav` (24 bit): the gain into the limiter is found so that the result
 * has the target loudness (null: only what the ceiling demands).
 */
export async function master(
  module: WebAssembly.Module,
  plan: Plan,
  premaster: Loudness,
  target: Lufs | null,
  outputs: Outputs,
  progress: Progress,
): Promise<MasterReport> {
  let gainDb = target === null || !Number.isFinite(premaster.integrated) ? 0 : target - premaster.integrated;
  if (target !== null && gainDb !== 0 && plan.frames > LONG) gainDb += await lossOf(module, plan, gainDb, outputs);
  let loudness = premaster;
  // the limiter gives back less than it is given: the first step goes a little further, later ones as far as the last one taught (secant method)
  let slope = 1 / 1.15;
  let before: { readonly gainDb: Decibels; readonly loudness: Lufs } | undefined;
  for (let round = 0; round < 5; round++) {
    const meter = new LoudnessMeter(new Kernels(module), true);
    const sink = await WavSink.create(outputs, "mix.wav", "pcm24", plan.frames);
    await runMaster(module, { ...plan, master: { ...plan.master, gainDb } }, outputs, progress, (left, right) => {
      meter.push(left, right);
      return sink.push(left, right) ? sink.drain() : undefined;
    });
    await sink.close();
    loudness = meter.read();
    if (target === null || !Number.isFinite(loudness.integrated) || Math.abs(loudness.integrated - target) < TARGET_TOLERANCE_LU) break;
    if (before && gainDb !== before.gainDb) slope = clamp((loudness.integrated - before.loudness) / (gainDb - before.gainDb), LEAST_SLOPE, 1);
    before = { gainDb, loudness: loudness.integrated };
    gainDb += (target - loudness.integrated) / slope;
  }
  return { gainDb, loudness };
}
