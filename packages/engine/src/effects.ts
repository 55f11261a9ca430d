import { BLOCK, clamp, exp, fromDb, PI, pow, SAMPLE_RATE } from "@kuishi/base";
import { type Address, type Band, biquadOf, type Kernels } from "@kuishi/signal";
import type { Bus, Clips, Compression, Insert } from "./plan.ts";

/** Works on a stereo pair in place. */
type StereoProcess = (left: Address, right: Address, frame: number, count: number) => void;
/** An effect that runs, and that may be set otherwise while it does. */
export interface Running<T> {
  readonly process: StereoProcess;
  /** @returns false where that would make it another effect: then it must be made anew. */
  set(to: T): boolean;
}

/** One-pole coefficient that reaches 63 % in so many milliseconds, for steps of `frames`. */
const smoothing = (ms: number, frames = 1): number => 1 - exp(-frames / Math.max(1, (ms / 1000) * SAMPLE_RATE));
const radians = (hertz: number): number => (2 * PI * clamp(hertz, 5, 0.45 * SAMPLE_RATE)) / SAMPLE_RATE;

type Of<T, K> = Extract<T, { kind: K }>;

/** Makes an insert. @param keyOf buffers of another strip, for side-chains. */
export function makeInsert(kernels: Kernels, insert: Insert, keyOf: (id: string) => readonly [Address, Address]): Running<Insert> {
  const running = <K extends Insert["kind"]>(kind: K, process: StereoProcess, set: (to: Of<Insert, K>) => boolean): Running<Insert> => ({
    process,
    set: (to) => to.kind === kind && set(to as Of<Insert, K>),
  });
  const { call } = kernels;
  switch (insert.kind) {
    case "eq": {
      const sides = [0, 1].map(() => call.eqMake(insert.bands.length));
      const set = (bands: readonly Band[]): boolean => {
        if (bands.length !== insert.bands.length) return false;
        for (const side of sides) {
          bands.forEach((band, k) => {
            const c = biquadOf(band, SAMPLE_RATE);
            call.eqSet(side, k, c.b0, c.b1, c.b2, c.a1, c.a2);
          });
        }
        return true;
      };
      set(insert.bands);
      return running(
        "eq",
        (left, right, _frame, count) => call.eqPair(sides[0] as Address, sides[1] as Address, left, right, count),
        (to) => set(to.bands),
      );
    }
    case "compressor": {
      const at = call.compMake(...pressing(insert));
      let key = insert.key === undefined ? undefined : keyOf(insert.key);
      return running(
        "compressor",
        (left, right, _frame, count) => call.compProcess(at, left, right, key ? key[0] : left, key ? key[1] : right, count),
        (to) => {
          key = to.key === undefined ? undefined : keyOf(to.key);
          call.compSet(at, ...pressing(to));
          return true;
        },
      );
    }
    case "multiband":
      return multiband(kernels, insert);
    case "saturation": {
      const settings = (to: Of<Insert, "saturation">) => {
        const drive = fromDb(clamp(to.driveDb, -24, 48));
        return [drive, 1 / drive, clamp(to.mix, 0, 1), 0.6 * clamp(to.even, 0, 1)] as const;
      };
      const at = call.saturatorMake(...settings(insert));
      return running(
        "saturation",
        (left, right, _frame, count) => call.saturatorProcess(at, left, right, count),
        (to) => {
          call.saturatorSet(at, ...settings(to));
          return true;
        },
      );
    }
    case "gate": {
      const settings = (to: Of<Insert, "gate">) =>
        [
          fromDb(to.thresholdDb),
          fromDb(Math.min(0, to.floorDb)),
          smoothing(to.attackMs),
          smoothing(to.releaseMs),
          Math.round((to.holdMs / 1000) * SAMPLE_RATE),
        ] as const;
      const at = call.gateMake(...settings(insert));
      return running(
        "gate",
        (left, right, _frame, count) => call.gateProcess(at, left, right, count),
        (to) => {
          call.gateSet(at, ...settings(to));
          return true;
        },
      );
    }
    case "phaser": {
      const settings = (to: Of<Insert, "phaser">) =>
        [radians(to.lowHz), radians(to.highHz), to.rateHz / SAMPLE_RATE, to.feedback, clamp(to.mix, 0, 1)] as const;
      const at = call.phaserMake(...settings(insert));
      return running(
        "phaser",
        (left, right, _frame, count) => call.phaserProcess(at, left, right, count),
        (to) => {
          call.phaserSet(at, ...settings(to));
          return true;
        },
      );
    }
  }
}

/** A compressor as its kernel takes it: coefficients per step of the kernel, which is 4 frames. */
const pressing = ({ thresholdDb, ratio, attackMs, releaseMs, makeupDb }: Compression) =>
  [fromDb(thresholdDb), 1 - 1 / Math.max(1, ratio), smoothing(attackMs, 4), smoothing(releaseMs, 4), fromDb(makeupDb)] as const;

function multiband(kernels: Kernels, { splitHz, bands }: Of<Insert, "multiband">): Running<Insert> {
  const { call } = kernels;
  const edges = ([low, high]: readonly [number, number]) => [radians(Math.min(low, high)), radians(Math.max(low, high))] as const;
  const split = call.crossoverMake(...edges(splitHz));
  const align = call.crossoverMake(...edges(splitHz));
  const presses = bands.map((band) => call.compMake(...pressing(band)));
  // per band a left and a right buffer
  const buffers = bands.map(() => [kernels.floats(BLOCK), kernels.floats(BLOCK)] as const);
  const [lows, mids, highs] = buffers as [readonly [Address, Address], readonly [Address, Address], readonly [Address, Address]];
  const process: StereoProcess = (left, right, _frame, count) => {
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
  const set = (to: Insert): boolean => {
    if (to.kind !== "multiband") return false;
    for (const at of [split, align]) call.crossoverSet(at, ...edges(to.splitHz));
    to.bands.forEach((band, k) => {
      call.compSet(presses[k] as Address, ...pressing(band));
    });
    return true;
  };
  return { process, set };
}

/** Mutually prime line lengths between 28 and 65 ms. */
const LINES = [1361, 1553, 1777, 1993, 2239, 2521, 2803, 3119];
/** A response is taken so long at most. */
const ROOM_SECONDS = 10;

type Effect = Bus["effect"];

/** Makes the effect of a bus. */
export function makeBus(kernels: Kernels, bus: Bus, clips: Clips): Running<Effect> {
  const { call } = kernels;
  const effect = bus.effect;
  const running = <K extends Effect["kind"]>(kind: K, process: StereoProcess, set: (to: Of<Effect, K>) => boolean): Running<Effect> => ({
    process,
    set: (to) => to.kind === kind && set(to as Of<Effect, K>),
  });
  switch (effect.kind) {
    case "reverb": {
      const settings = (to: Of<Effect, "reverb">) => [Math.round((to.preDelayMs / 1000) * SAMPLE_RATE), 1 - to.damping] as const;
      const ring = (to: Of<Effect, "reverb">): void =>
        LINES.forEach((length, k) => call.reverbLine(at, k, length, pow(10, (-3 * length) / SAMPLE_RATE / to.decaySec)));
      const at = call.reverbMake(4096, 8192, ...settings(effect));
      ring(effect);
      return running(
        "reverb",
        (left, right, _frame, count) => call.reverbProcess(at, left, right, count),
        (to) => {
          call.reverbSet(at, ...settings(to));
          ring(to);
          return true;
        },
      );
    }
    case "chorus": {
      const frames = (ms: number): number => (clamp(ms, 0.1, 60) / 1000) * SAMPLE_RATE;
      const settings = (to: Of<Effect, "chorus">) => [frames(to.delayMs), frames(to.depthMs), clamp(to.rateHz, 0, 20) / SAMPLE_RATE] as const;
      const at = call.chorusMake(...settings(effect));
      return running(
        "chorus",
        (left, right, _frame, count) => call.chorusProcess(at, left, right, count),
        (to) => {
          call.chorusSet(at, ...settings(to));
          return true;
        },
      );
    }
    case "convolution":
      return running("convolution", convolution(kernels, clips.get(effect.clip) ?? []), (to) => to.clip === effect.clip);
    case "delay": {
      const at = call.echoMake(65536, effect.feedback, 1 - effect.damping);
      let { times } = effect;
      let next = 0;
      return running(
        "delay",
        (left, right, frame, count) => {
          if (next > 0 && (times[next - 1] as readonly [number, number])[0] > frame) next = 0;
          while (next < times.length && (times[next] as readonly [number, number])[0] <= frame) {
            call.echoTime(at, (times[next] as readonly [number, number])[1]);
            next++;
          }
          call.echoProcess(at, left, right, count);
        },
        (to) => {
          call.echoSet(at, to.feedback, 1 - to.damping);
          times = to.times;
          next = 0;
          return true;
        },
      );
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
