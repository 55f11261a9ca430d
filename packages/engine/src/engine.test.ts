import { centsToHertz, SAMPLE_RATE, toDb } from "@kuishi/base";
import { Kernels } from "@kuishi/signal";
import { kernelModule } from "@kuishi/signal/node";
import { describe, expect, test } from "vitest";
import { drumsOf, kits } from "./drumkit.ts";
import { Engine } from "./engine.ts";
import type { Bus, Plan, PlanEvent, Source, Strip, SynthPatch } from "./plan.ts";

const patch: SynthPatch = {
  voices: 6,
  detuneCents: 0,
  shape: 0.5,
  sub: 0.3,
  breath: 0,
  attackSec: 0.005,
  decaySec: 0.3,
  sustain: 0.6,
  releaseSec: 0.1,
  cutoffHz: 1500,
  keyTrack: 0.3,
  sweepOctaves: 1,
  sweepSec: 0.1,
  resonance: 0.2,
  lfoHz: 0.3,
  lfoOctaves: 0,
};
const note = (frame: number, cents: number, voice: string | number = 0, velocity = 0.8, length = 30_000): PlanEvent => ({
  frame,
  cents,
  voice,
  velocity,
  length,
});
const strip = (id: string, source: Source, events: PlanEvent[], more: Partial<Strip> = {}): Strip => ({
  id,
  source,
  events,
  inserts: [],
  gainDb: 0,
  pan: 0,
  sends: {},
  ...more,
});
const plan = (strips: Strip[], frames = 48_000, buses: Bus[] = []): Plan => ({
  frames,
  seed: 1,
  strips,
  buses,
  master: { gainDb: 0, ceilingDbtp: -1.2 },
});
const DOMBRA: Source = { kind: "plucked", model: "dombra-western", open: [], nail: 0.5 };
const REVERB: Bus = { id: "reverb", effect: { kind: "reverb", decaySec: 1.2, preDelayMs: 10, damping: 0.3 }, gainDb: 0 };
const DELAY: Bus = { id: "delay", effect: { kind: "delay", times: [[0, 9000]], feedback: 0.4, damping: 0.3 }, gainDb: -3 };

interface Rendered {
  readonly premaster: Float32Array;
  readonly mix: Float32Array;
  readonly stems: Map<string, Float32Array>;
}
function render(p: Plan, before?: (engine: Engine, frame: number) => void): Rendered {
  const engine = Engine.of(new Kernels(kernelModule()), p, new Map([["recording", [Float32Array.from({ length: 20_000 }, (_, i) => (i % 100) / 200 - 0.25)]]]));
  const frames = Math.floor(p.frames / 128) * 128;
  const out: Rendered = {
    premaster: new Float32Array(frames),
    mix: new Float32Array(frames),
    stems: new Map(engine.stems.map((stem) => [stem.id, new Float32Array(frames)])),
  };
  for (let at = 0; at < frames; at += 128) {
    before?.(engine, at);
    engine.render();
    out.premaster.set(engine.premaster.leftView, at);
    out.mix.set(engine.mix.leftView, at);
    for (const stem of engine.stems) out.stems.get(stem.id)?.set(stem.leftView, at);
  }
  return out;
}
/** Pitch by the greatest autocorrelation within a semitone and a half of `near`. */
function pitchOf(x: Float32Array, near: number): number {
  const r = (lag: number): number => {
    let sum = 0;
    for (let i = 4800; i < 18_000; i++) sum += x[i]! * x[i + lag]!;
    return sum;
  };
  let best = Math.floor((SAMPLE_RATE / near) * 0.93);
  for (let lag = best; lag <= (SAMPLE_RATE / near) * 1.07; lag++) if (r(lag) > r(best)) best = lag;
  const [a, b, c] = [r(best - 1), r(best), r(best + 1)];
  return SAMPLE_RATE / (best + (0.5 * (a - c)) / (a - 2 * b + c));
}

describe("the dombra sounds the cents it is asked for, within 3, on every fret and between frets", () => {
  for (const cents of [5000, 5055, 5500, 5650, 6000, 6417, 6800, 7400]) {
    test(`${cents}`, () => {
      const x = render(plan([strip("d", DOMBRA, [note(0, cents, cents < 5500 ? 0 : 1)])])).premaster;
      expect(Math.abs(1200 * Math.log2(pitchOf(x, centsToHertz(cents)) / centsToHertz(cents)))).toBeLessThan(3);
    });
  }
});
test("bass and pad voices are in tune, within 3 cents", () => {
  for (const cents of [3100, 4350, 5721, 6900]) {
    const x = render(plan([strip("s", { kind: "synth", patch: { ...patch, sub: 0 } }, [note(0, cents)])])).premaster;
    expect(Math.abs(1200 * Math.log2(pitchOf(x, centsToHertz(cents)) / centsToHertz(cents)))).toBeLessThan(3);
  }
});
test("a real string loses its high partials first, and rings on", () => {
  const x = render(plan([strip("d", DOMBRA, [note(0, 5500, 1)])])).premaster;
  const level = (from: number): number => toDb(Math.sqrt(x.subarray(from, from + 4800).reduce((sum, v) => sum + v * v, 0) / 4800));
  expect(level(2400) - level(24_000)).toBeGreaterThan(4);
  expect(level(2400) - level(24_000)).toBeLessThan(20);
});
test("a harder stroke is louder and brighter", () => {
  const bright = (velocity: number): { loud: number; ratio: number } => {
    const x = render(plan([strip("d", DOMBRA, [note(0, 5700, 1, velocity)])], 9600)).premaster;
    let [energy, slope] = [0, 0];
    for (let i = 1; i < x.length; i++) {
      energy += x[i]! * x[i]!;
      slope += (x[i]! - x[i - 1]!) * (x[i]! - x[i - 1]!);
    }
    return { loud: energy, ratio: slope / energy };
  };
  expect(bright(1).loud).toBeGreaterThan(bright(0.4).loud * 2);
  expect(bright(1).ratio).toBeGreaterThan(bright(0.4).ratio);
});

test("events happen on their very frame", () => {
  for (const frame of [128, 129, 1000, 1023, 5555]) {
    for (const [source, voice] of [
      [DOMBRA, 1],
      [{ kind: "drums", kit: "house" }, "kick"],
      [{ kind: "synth", patch }, 0],
    ] as const) {
      const x = render(plan([strip("x", source, [note(frame, 5500, voice)])], 8192)).premaster;
      const first = x.findIndex((v) => v !== 0);
      expect(first).toBeGreaterThanOrEqual(frame);
      expect(first).toBeLessThanOrEqual(frame + 2);
    }
  }
});
test("every drum of every kit sounds, ends, and stays finite", () => {
  for (const kit of kits) {
    for (const drum of drumsOf(kit)) {
      const x = render(plan([strip("x", { kind: "drums", kit }, [note(0, 0, drum, 1)])], 336_000)).premaster;
      expect(x.every(Number.isFinite)).toBe(true);
      expect(x.subarray(0, 4800).some((v) => Math.abs(v) > 0.1)).toBe(true);
      expect(x.subarray(320_000).every((v) => Math.abs(v) < 1e-4)).toBe(true);
    }
  }
});

const full = (): Plan =>
  plan(
    [
      strip("recording", { kind: "clips", pieces: [{ clip: "recording", at: 1000, from: 0, length: 20_000, fadeIn: 100, fadeOut: 500, gainDb: 0 }] }, [], {
        sends: { reverb: -10, delay: -14 },
      }),
      strip("kick", { kind: "drums", kit: "house" }, [note(0, 0, "kick", 1), note(24_000, 0, "kick", 0.8)]),
      strip("bass", { kind: "synth", patch }, [note(100, 3100), note(20_000, 3600)], {
        inserts: [
          { kind: "eq", bands: [{ type: "lowPass", hertz: 2000 }] },
          { kind: "compressor", thresholdDb: -30, ratio: 3, attackMs: 2, releaseMs: 100, makeupDb: 0, key: "kick" },
        ],
        pan: -0.3,
        envelope: [
          [0, -6],
          [20_000, 0],
        ],
      }),
      strip("dombra", DOMBRA, [note(333, 5000, 0), note(700, 5500, 1), note(12_345, 5702, 1)], { gainDb: 3, sends: { reverb: -8 } }),
    ],
    48_000,
    [REVERB, DELAY],
  );

test("the stems sum to the premaster below -110 dBFS", () => {
  const { premaster, stems } = render(full());
  let worst = 0;
  for (let i = 0; i < premaster.length; i++) {
    let sum = 0;
    for (const stem of stems.values()) sum += stem[i]!;
    worst = Math.max(worst, Math.abs(sum - premaster[i]!));
  }
  expect(toDb(worst)).toBeLessThan(-110);
});
test("the same plan gives the same bytes", () => {
  expect(render(full()).mix).toEqual(render(full()).mix);
});
/** The kick of the plan, set otherwise at a frame. */
function kickSet(to: Partial<Strip>, at = 0): Float32Array {
  const own = full().strips[1]!;
  return render(full(), (engine, frame) => void (frame === at && engine.set({ strips: [{ ...own, ...to }] }))).stems.get("kick")!;
}
test("mute and gain act within 11 ms and without a step, and come back", () => {
  const plain = render(full()).stems.get("kick")!;
  expect(
    kickSet({ mute: true })
      .subarray(512)
      .every((v) => v === 0),
  ).toBe(true);
  expect(kickSet({ gainDb: -6.0206 })[3000]).toBeCloseTo(plain[3000]! / 2, 4);
  const own = full().strips[1]!;
  const back = render(full(), (engine, frame) => {
    if (frame === 0) engine.set({ strips: [{ ...own, mute: true }] });
    if (frame === 2048) engine.set({ strips: [own] });
  }).stems.get("kick")!;
  expect(back.subarray(2560, 20_000)).toEqual(plain.subarray(2560, 20_000));
  // a fader that falls to nothing in the middle of a sound makes no click: what it takes away grows in a straight line
  const down = kickSet({ mute: true }, 1280);
  for (let k = 1280; k < 1792; k += 64) expect(down[k]! / plain[k]!).toBeCloseTo(1 - (k - 1280) / 512, 3);
});
test("after a jump the events from there on sound, none from before", () => {
  const x = render(full(), (engine, frame) => frame === 0 && engine.seek(23_936)).stems.get("kick")!;
  expect(x.subarray(0, 64).every((v) => v === 0)).toBe(true);
  expect(x.subarray(64, 2000).some((v) => Math.abs(v) > 0.1)).toBe(true);
});
test("rendering allocates next to nothing", () => {
  const engine = Engine.of(new Kernels(kernelModule()), { ...full(), frames: 1e9 }, new Map());
  for (let i = 0; i < 4000; i++) engine.render();
  const collect = (globalThis as { gc?: () => void }).gc;
  collect?.();
  const before = process.memoryUsage().heapUsed;
  for (let i = 0; i < 4000; i++) engine.render();
  expect((process.memoryUsage().heapUsed - before) / 4000).toBeLessThan(2048);
});
test("a side-chain key that comes too late is named", () => {
  const late = strip("a", { kind: "synth", patch }, [], {
    inserts: [{ kind: "compressor", thresholdDb: -20, ratio: 2, attackMs: 1, releaseMs: 50, makeupDb: 0, key: "z" }],
  });
  expect(() => render(plan([late]))).toThrow(/z/);
});
