import { Kernels } from "@kuishi/signal";
import { kernelModule } from "@kuishi/signal/node";
import { describe, expect, test } from "vitest";
import { Engine } from "./engine.ts";
import type { Automation, Bus, Clips, Envelope, Insert, Plan, Strip } from "./plan.ts";

const FRAMES = 24_064;
const ones = new Float32Array(FRAMES).fill(0.5);
const sine = Float32Array.from({ length: FRAMES }, (_, i) => 0.5 * Math.sin((2 * Math.PI * 1000 * i) / 48_000));
const clips: Clips = new Map([
  ["ones", [ones, ones]],
  ["sine", [sine, sine]],
]);
const strip = (more: Partial<Strip> = {}, clip = "ones"): Strip => ({
  id: "x",
  source: { kind: "clips", pieces: [{ clip, at: 0, from: 0, length: FRAMES, fadeIn: 0, fadeOut: 0, gainDb: 0 }] },
  events: [],
  inserts: [],
  gainDb: 0,
  pan: 0,
  sends: {},
  ...more,
});
const plan = (strips: readonly Strip[], buses: readonly Bus[] = [], master: Partial<Plan["master"]> = {}): Plan => ({
  frames: FRAMES,
  seed: 1,
  strips,
  buses,
  master: { gainDb: 0, ceilingDbtp: -0.1, ...master },
});
interface Out {
  readonly left: Float32Array;
  readonly right: Float32Array;
}
function render(of: Plan, stem = 0, before?: (engine: Engine, frame: number) => void): Out {
  const engine = Engine.of(new Kernels(kernelModule()), of, clips);
  const [left, right] = [new Float32Array(FRAMES), new Float32Array(FRAMES)];
  for (let at = 0; at < FRAMES; at += 128) {
    before?.(engine, at);
    engine.render(false);
    left.set(engine.stems[stem]!.leftView, at);
    right.set(engine.stems[stem]!.rightView, at);
  }
  return { left, right };
}
const on = (path: Automation["path"], envelope: Envelope): Automation => ({ path, envelope });
const db = (ratio: number): number => 20 * Math.log10(ratio);

describe("a fader on an envelope", () => {
  const envelope: Envelope = [
    [1000, 0],
    [1537, -12],
    [5003, -3],
    [5003, -30],
    [9999, 0],
  ];
  const at = (frame: number): number => {
    if (frame <= 1000) return 0;
    if (frame < 1537) return (-12 * (frame - 1000)) / 537;
    if (frame < 5003) return -12 + (9 * (frame - 1537)) / 3466;
    return Math.min(0, -30 + (30 * (frame - 5003)) / 4996);
  };
  test("is what it says at every point, on its very frame, and close to it between", () => {
    const { left } = render(plan([strip({ automation: [on(["gainDb"], envelope)] })]));
    for (const frame of [0, 999, 1000, 1537, 5002, 5003, 9999, 20_000]) expect(db(left[frame]! / 0.5), `${frame}`).toBeCloseTo(at(frame), 2);
    for (let frame = 0; frame < FRAMES; frame += 7) expect(Math.abs(db(left[frame]! / 0.5) - at(frame)), `${frame}`).toBeLessThan(0.02);
  });
  test("is the same after a jump to any place", () => {
    const of = plan([strip({ automation: [on(["gainDb"], envelope)] })]);
    const whole = render(of).left;
    const jumped = render(of, 0, (engine, frame) => {
      if (frame === 0) engine.seek(9984);
      if (frame === 1280) engine.seek(1280);
    }).left;
    expect(jumped.subarray(0, 1280)).toEqual(whole.subarray(9984, 9984 + 1280));
    expect(jumped.subarray(1280)).toEqual(whole.subarray(1280));
  });
  test("rides on top of where it stands, mutes and comes back", () => {
    const { left } = render(plan([strip({ gainDb: -6, envelope })]));
    expect(db(left[1537]! / 0.5)).toBeCloseTo(-18, 2);
  });
});
test("pan and sends move to the frame", () => {
  const automation = [
    on(
      ["pan"],
      [
        [3000, -1],
        [3300, 1],
      ],
    ),
    on(
      ["sends", "bus"],
      [
        [7001, -200],
        [7001, 0],
      ],
    ),
  ];
  const buses: Bus[] = [{ id: "bus", effect: { kind: "delay", times: [[0, 1]], feedback: 0, damping: 0 }, gainDb: 0 }];
  const of = plan([strip({ automation })], buses);
  const { left, right } = render(of);
  expect(right[2999]).toBeCloseTo(0, 6);
  // where a block ends it is on the very law: constant power
  const angle = ((-1 + (2 * 200) / 300 + 1) * Math.PI) / 4;
  expect(left[3200]! / right[3200]!).toBeCloseTo(1 / Math.tan(angle), 3);
  expect(left[3300]).toBeCloseTo(0, 6);
  const bus = render(of, 1).left;
  expect(bus.findIndex((v) => v > 1e-6)).toBe(7002);
});

/** Greatest step of a sound beyond the greatest of another. */
const steps = (x: Float32Array): number => x.reduce((top, v, i) => (i > 0 ? Math.max(top, Math.abs(v - x[i - 1]!)) : top), 0);
describe("a device whose values move makes no step", () => {
  const band = (hertz: number): Insert => ({ kind: "eq", bands: [{ type: "peak", hertz, gainDb: 12, q: 2 }] });
  const cases: readonly (readonly [string, Insert, Automation["path"], Envelope, readonly Insert[]])[] = [
    [
      "a swept filter",
      band(200),
      ["inserts", 0, "bands", 0, "hertz"],
      [
        [2000, 200],
        [14_000, 8000],
      ],
      [band(1000), band(8000)],
    ],
    [
      "a threshold",
      { kind: "compressor", thresholdDb: 0, ratio: 4, attackMs: 5, releaseMs: 50, makeupDb: 0 },
      ["inserts", 0, "thresholdDb"],
      [
        [2000, 0],
        [9000, -40],
      ],
      [{ kind: "compressor", thresholdDb: -40, ratio: 4, attackMs: 5, releaseMs: 50, makeupDb: 0 }],
    ],
    [
      "a drive",
      { kind: "saturation", driveDb: 0, mix: 1, even: 0 },
      ["inserts", 0, "driveDb"],
      [
        [2000, 0],
        [9000, 30],
      ],
      [{ kind: "saturation", driveDb: 30, mix: 1, even: 0 }],
    ],
    [
      "a phaser's mix",
      { kind: "phaser", lowHz: 300, highHz: 3000, rateHz: 0.5, feedback: 0.5, mix: 0 },
      ["inserts", 0, "mix"],
      [
        [2000, 0],
        [9000, 1],
      ],
      [
        { kind: "phaser", lowHz: 300, highHz: 3000, rateHz: 0.5, feedback: 0.5, mix: 1 },
        { kind: "phaser", lowHz: 300, highHz: 3000, rateHz: 0.5, feedback: 0.5, mix: 0.5 },
      ],
    ],
  ];
  test.each(cases)("%s", (_name, insert, path, envelope, others) => {
    const moved = render(plan([strip({ inserts: [insert], automation: [on(path, envelope)] }, "sine")])).left;
    const still = render(plan([strip({ inserts: [insert] }, "sine")])).left;
    expect(moved.subarray(0, 1900)).toEqual(still.subarray(0, 1900));
    expect(moved.subarray(12_000)).not.toEqual(still.subarray(12_000));
    // neither the sound nor its second difference, which is what a click is, steps further than where the values stand still
    const bend = (x: Float32Array): Float32Array => Float32Array.from(x.subarray(1900, 20_000), (v, i) => v - 2 * x[i + 1901]! + x[i + 1902]!);
    const stills = [insert, ...others].map((one) => render(plan([strip({ inserts: [one] }, "sine")])).left);
    expect(steps(moved)).toBeLessThan(1.1 * Math.max(...stills.map(steps)));
    expect(steps(bend(moved))).toBeLessThan(1.5 * Math.max(...stills.map((x) => steps(bend(x)))));
  });
  test("set by hand it gets there within 11 ms, and stays", () => {
    const of = plan([strip({ inserts: [band(200)] }, "sine")]);
    const set = render(of, 0, (engine, frame) => void (frame === 2048 && engine.set({ strips: [strip({ inserts: [band(1000)] }, "sine")] }))).left;
    const there = render(plan([strip({ inserts: [band(1000)] }, "sine")])).left;
    for (let i = 4000; i < FRAMES; i += 11) expect(set[i]).toBeCloseTo(there[i]!, 3);
    expect(steps(set)).toBeLessThan(1.2 * steps(there));
  });
});
test("a synthesiser's cutoff moves while a note is held", () => {
  const patch = {
    voices: 4,
    detuneCents: 0,
    shape: 0,
    sub: 0,
    breath: 0,
    attackSec: 0.005,
    decaySec: 0.1,
    sustain: 1,
    releaseSec: 0.1,
    cutoffHz: 200,
    keyTrack: 0,
    sweepOctaves: 0,
    sweepSec: 0.1,
    resonance: 0.1,
    lfoHz: 0,
    lfoOctaves: 0,
  };
  const events = [{ frame: 0, length: FRAMES, cents: 4500, velocity: 0.8, voice: 0 }];
  const source = { kind: "synth", patch } as const;
  const { left } = render(
    plan([
      strip({
        source,
        events,
        automation: [
          on(
            ["source", "patch", "cutoffHz"],
            [
              [0, 200],
              [20_000, 8000],
            ],
          ),
        ],
      }),
    ]),
  );
  // energy of what changes from frame to frame: high partials
  const edge = (x: Float32Array): number => x.reduce((sum, v, i) => (i > 0 ? sum + (v - x[i - 1]!) ** 2 : sum), 0);
  expect(edge(left.subarray(18_000, 20_000))).toBeGreaterThan(10 * edge(left.subarray(2000, 4000)));
  const other = render(plan([strip({ source, events })]), 0, (engine, frame) => {
    if (frame === 0)
      engine.set({
        strips: [
          {
            ...strip({
              events,
              automation: [
                on(
                  ["source", "patch", "cutoffHz"],
                  [
                    [0, 200],
                    [20_000, 8000],
                  ],
                ),
              ],
            }),
            source,
          },
        ],
      });
  }).left;
  expect(other).toEqual(left);
});
test("the master and a bus move too", () => {
  const buses: Bus[] = [
    {
      id: "bus",
      effect: { kind: "delay", times: [[0, 1]], feedback: 0, damping: 0 },
      gainDb: 0,
      automation: [
        on(
          ["gainDb"],
          [
            [5000, 0],
            [5000, -20],
          ],
        ),
      ],
    },
  ];
  const bus = render(plan([strip({ sends: { bus: 0 } })], buses), 1).left;
  expect(db(bus[5000]! / bus[4999]!)).toBeCloseTo(-20, 2);
  const engine = Engine.of(
    new Kernels(kernelModule()),
    plan([strip()], [], {
      automation: [
        on(
          ["gainDb"],
          [
            [5000, 0],
            [5000, -20],
          ],
        ),
      ],
    }),
    clips,
  );
  const out = new Float32Array(FRAMES);
  for (let at = 0; at < FRAMES; at += 128) {
    engine.render();
    out.set(engine.mix.leftView, at);
  }
  expect(db(out[5107]! / out[5106]!)).toBeCloseTo(-20, 2);
});
test("envelopes that are no envelopes do no harm", () => {
  const bad: Envelope[] = [
    [
      [Number.NaN, 0],
      [0, Number.NaN],
    ],
    [
      [1e99, 1e99],
      [-5, -1e99],
    ],
    [],
    [[10, Number.POSITIVE_INFINITY]],
  ];
  for (const envelope of bad) {
    const { left } = render(plan([strip({ automation: [on(["gainDb"], envelope), on(["nothing"], envelope), on(["inserts", 7, "mix"], envelope)] })]));
    expect(left.every((v) => Number.isFinite(v) && Math.abs(v) <= 100)).toBe(true);
  }
});
