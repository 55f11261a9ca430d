import { exp, fromDb, pow, SAMPLE_RATE } from "@kuishi/base";
import { type Address, biquadOf, type Kernels } from "@kuishi/signal";
import type { Bus, Insert } from "./plan.ts";

/** Works on a stereo pair in place. */
export type StereoProcess = (left: Address, right: Address, frame: number, count: number) => void;

/** Makes an insert. @param keyOf buffers of another strip, for side-chains. */
export function makeInsert(kernels: Kernels, insert: Insert, keyOf: (id: string) => readonly [Address, Address]): StereoProcess {
  const { call } = kernels;
  if (insert.kind === "eq") {
    const sides = [0, 1].map(() => call.eqMake(insert.bands.length));
    for (const side of sides) {
      insert.bands.forEach((band, k) => {
        const c = biquadOf(band, SAMPLE_RATE);
        call.eqSet(side, k, c.b0, c.b1, c.b2, c.a1, c.a2);
      });
    }
    return (left, right, _frame, count) => {
      call.eqProcess(sides[0] as Address, left, count);
      call.eqProcess(sides[1] as Address, right, count);
    };
  }
  // coefficients per step of the kernel, which is 4 frames
  const step = (ms: number): number => 1 - exp(-4 / ((ms / 1000) * SAMPLE_RATE));
  const at = call.compMake(fromDb(insert.thresholdDb), 1 - 1 / insert.ratio, step(insert.attackMs), step(insert.releaseMs), fromDb(insert.makeupDb));
  const key = insert.key === undefined ? undefined : keyOf(insert.key);
  return (left, right, _frame, count) => call.compProcess(at, left, right, key ? key[0] : left, key ? key[1] : right, count);
}

/** Mutually prime line lengths between 28 and 65 ms. */
const LINES = [1361, 1553, 1777, 1993, 2239, 2521, 2803, 3119];

/** Makes the effect of a bus. */
export function makeBus(kernels: Kernels, bus: Bus): StereoProcess {
  const { call } = kernels;
  const effect = bus.effect;
  if (effect.kind === "reverb") {
    const at = call.reverbMake(4096, 8192, Math.round((effect.preDelayMs / 1000) * SAMPLE_RATE), 1 - effect.damping);
    LINES.forEach((length, k) => call.reverbLine(at, k, length, pow(10, (-3 * length) / SAMPLE_RATE / effect.decaySec)));
    return (left, right, _frame, count) => call.reverbProcess(at, left, right, count);
  }
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
