import { BLOCK, clamp, exp, fromDb, PI, pow, SAMPLE_RATE } from "@kuishi/base";
import { type Address, biquadOf, type Kernels } from "@kuishi/signal";
import type { Bus, Clips, Compression, Insert } from "./plan.ts";

/** Works on a stereo pair in place. */
export type StereoProcess = (left: Address, right: Address, frame: number, count: number) => void;

/** One-pole coefficient that reaches 63 % in so many milliseconds, for steps of `frames`. */
const smoothing = (ms: number, frames = 1): number => 1 - exp(-frames / Math.max(1, (ms / 1000) * SAMPLE_RATE));
const radians = (hertz: number): number => (2 * PI * clamp(hertz, 5, 0.45 * SAMPLE_RATE)) / SAMPLE_RATE;

/** Makes an insert. @param keyOf buffers of another strip, for side-chains. */
export function makeInsert(kernels: Kernels, insert: Insert, keyOf: (id: string) => readonly [Address, Address]): StereoProcess {
  const { call } = kernels;
  switch (insert.kind) {
    case "eq": {
      const sides = [0, 1].map(() => call.eqMake(insert.bands.length));
      for (const side of sides) {
        insert.bands.forEach((band, k) => {
          const c = biquadOf(band, SAMPLE_RATE);
          call.eqSet(side, k, c.b0, c.b1, c.b2, c.a1, c.a2);
        });
      }
      return (left, right, _frame, count) => call.eqPair(sides[0] as Address, sides[1] as Address, left, right, count);
    }
    case "compressor": {
      const at = compressor(kernels, insert);
      const key = insert.key === undefined ? undefined : keyOf(insert.key);
      return (left, right, _frame, count) => call.compProcess(at, left, right, key ? key[0] : left, key ? key[1] : right, count);
    }
    case "multiband":
      return multiband(kernels, insert.splitHz, insert.bands);
    case "saturation": {
      const drive = fromDb(clamp(insert.driveDb, -24, 48));
      const at = call.saturatorMake(drive, 1 / drive, clamp(insert.mix, 0, 1), 0.6 * clamp(insert.even, 0, 1));
      return (left, right, _frame, count) => call.saturatorProcess(at, left, right, count);
    }
    case "gate": {
      const at = call.gateMake(
        fromDb(insert.thresholdDb),
        fromDb(Math.min(0, insert.floorDb)),
        smoothing(insert.attackMs),
        smoothing(insert.releaseMs),
        Math.round((insert.holdMs / 1000) * SAMPLE_RATE),
      );
      return (left, right, _frame, count) => call.gateProcess(at, left, right, count);
    }
    case "phaser": {
      const at = call.phaserMake(radians(insert.lowHz), radians(insert.highHz), insert.rateHz / SAMPLE_RATE, insert.feedback, clamp(insert.mix, 0, 1));
      return (left, right, _frame, count) => call.phaserProcess(at, left, right, count);
    }
  }
}

function compressor({ call }: Kernels, { thresholdDb, ratio, attackMs, releaseMs, makeupDb }: Compression): Address {
  // coefficients per step of the kernel, which is 4 frames
  return call.compMake(fromDb(thresholdDb), 1 - 1 / Math.max(1, ratio), smoothing(attackMs, 4), smoothing(releaseMs, 4), fromDb(makeupDb));
}

function multiband(kernels: Kernels, [low, high]: readonly [number, number], bands: readonly Compression[]): StereoProcess {
  const { call } = kernels;
  const split = call.crossoverMake(radians(Math.min(low, high)), radians(Math.max(low, high)));
  const align = call.crossoverMake(radians(Math.min(low, high)), radians(Math.max(low, high)));
  const presses = bands.map((band) => compressor(kernels, band));
  // per band a left and a right buffer
  const buffers = bands.map(() => [kernels.floats(BLOCK), kernels.floats(BLOCK)] as const);
  const [lows, mids, highs] = buffers as [readonly [Address, Address], readonly [Address, Address], readonly [Address, Address]];
  return (left, right, _frame, count) => {
    for (const [side, io] of [left, right].entries()) {
      call.crossoverProcess(split, side, io, lows[side] as Address, mids[side] as Address, highs[side] as Address, count);
      call.crossoverAlign(align, side, lows[side] as Address, count);
    }
    buffers.forEach(([l, r], k) => call.compProcess(presses[k] as Address, l, r, l, r, count));
    for (const [side, io] of [left, right].entries()) {
      call.clear(io, count * 4);
      for (const pair of buffers) call.mixRamp(io, pair[side] as Address, count, 1, 1);
    }
  };
}

/** Mutually prime line lengths between 28 and 65 ms. */
const LINES = [1361, 1553, 1777, 1993, 2239, 2521, 2803, 3119];
/** A response is taken so long at most. */
const ROOM_SECONDS = 10;

/** Makes the effect of a bus. */
export function makeBus(kernels: Kernels, bus: Bus, clips: Clips): StereoProcess {
  const { call } = kernels;
  const effect = bus.effect;
  switch (effect.kind) {
    case "reverb": {
      const at = call.reverbMake(4096, 8192, Math.round((effect.preDelayMs / 1000) * SAMPLE_RATE), 1 - effect.damping);
      LINES.forEach((length, k) => call.reverbLine(at, k, length, pow(10, (-3 * length) / SAMPLE_RATE / effect.decaySec)));
      return (left, right, _frame, count) => call.reverbProcess(at, left, right, count);
    }
    case "chorus": {
      const frames = (ms: number): number => (clamp(ms, 0.1, 60) / 1000) * SAMPLE_RATE;
      const at = call.chorusMake(frames(effect.delayMs), frames(effect.depthMs), clamp(effect.rateHz, 0, 20) / SAMPLE_RATE);
      return (left, right, _frame, count) => call.chorusProcess(at, left, right, count);
    }
    case "convolution":
      return convolution(kernels, clips.get(effect.clip) ?? []);
    case "delay": {
      const at = call.echoMake(65536, effect.feedback, 1 - effect.damping);
      let next = 0;
      return (left, right, frame, count) => {
        while (next < effect.times.length && (effect.times[next] as readonly [number, number])[0] <= frame) {
          call.echoTime(at, (effect.times[next] as readonly [number, number])[1]);
          next++;
        }
        call.echoProcess(at, left, right, count);
      };
    }
  }
}

/** Each side with its own side of the response; blocks of 128 only, as buses have. */
function convolution(kernels: Kernels, response: readonly Float32Array[]): StereoProcess {
  const { call } = kernels;
  const sides = [response[0], response[1] ?? response[0]].map((channel) => {
    const frames = Math.min(channel?.length ?? 0, ROOM_SECONDS * SAMPLE_RATE);
    const parts = Math.ceil(frames / BLOCK);
    const at = call.convolverMake(Math.max(1, parts));
    const block = kernels.floats(BLOCK);
    const view = kernels.view(block, BLOCK);
    for (let p = 0; p < parts; p++) {
      for (let i = 0; i < BLOCK; i++) view[i] = channel?.[p * BLOCK + i] ?? 0;
      call.convolverLoad(at, p, block);
    }
    return at;
  });
  return (left, right) => {
    call.convolverProcess(sides[0] as Address, left);
    call.convolverProcess(sides[1] as Address, right);
  };
}
