import { Kernels } from "@kuishi/signal";
import { kernelModule } from "@kuishi/signal/node";
import { expect, test } from "vitest";
import { Engine } from "./engine.ts";
import type { Insert, Plan, Strip } from "./plan.ts";

const inserts: Insert[] = [
  { kind: "eq", bands: [{ type: "peak", hertz: 900, gainDb: 6 }] },
  { kind: "phaser", lowHz: 200, highHz: 3000, rateHz: 0.7, feedback: 0.5, mix: 0.5 },
  { kind: "gate", thresholdDb: -40, floorDb: -80, attackMs: 1, holdMs: 20, releaseMs: 60 },
];
const strip = (id: string, more: Partial<Strip> = {}): Strip => ({
  id,
  source: { kind: "clips", pieces: [] },
  events: [],
  inserts,
  gainDb: 0,
  pan: 0,
  sends: {},
  ...more,
});
const plan: Plan = { frames: 1e9, seed: 1, strips: [strip("a")], buses: [], master: { gainDb: 0, ceilingDbtp: -1 } };

test("a million edits find room: ceilings, inserts in another order, tracks that come and go, envelopes", { timeout: 120_000 }, () => {
  const engine = Engine.of(new Kernels(kernelModule()), plan, new Map());
  // ten a round: two of the master, six inserts made, a track that comes and one that goes
  for (let k = 0; k < 100_000; k++) {
    const turned = [inserts[k % 3]!, inserts[(k + 1) % 3]!, inserts[(k + 2) % 3]!];
    const automation =
      k % 5 === 0
        ? [
            {
              path: ["pan"],
              envelope: [
                [0, -1],
                [k, 1],
              ] as const,
            },
          ]
        : [];
    expect(
      engine.set({
        master: { gainDb: k % 7, ceilingDbtp: -1 - (k % 9) },
        strips: [strip("a", { inserts: turned, automation })],
        add: [strip(`t${k}`)],
        remove: k > 3 ? [`t${k - 4}`] : [],
      }),
    ).toBe(true);
    if (k % 1000 === 0) engine.render();
  }
  expect(engine.stems.length).toBe(5);
  engine.render();
  expect(engine.mix.leftView.every((v) => Math.abs(v) < 1e-15)).toBe(true);
});

test("an edit without room is told, leaves what plays as it was, and what is taken away makes room again", () => {
  const long = new Float32Array(6_000_000).fill(0.1);
  const clips = new Map([["long", [long, long]]]);
  const source: Strip["source"] = {
    kind: "sampler",
    zones: [
      {
        clip: "long",
        rate: 48_000,
        rootCents: 6000,
        fromCents: 0,
        toCents: 12_000,
        fromVelocity: 0,
        toVelocity: 2,
        loop: null,
        gainDb: 0,
        attackSec: 0.01,
        decaySec: 1,
        sustain: 1,
        releaseSec: 0.1,
      },
    ],
  };
  const engine = Engine.of(new Kernels(kernelModule()), plan, clips);
  engine.set({ add: [strip("one", { source, inserts: [] })] });
  expect(() => engine.set({ add: [strip("two", { source, inserts: [] })] })).toThrow(RangeError);
  expect(engine.stems.map((stem) => stem.id)).toEqual(["a", "one"]);
  for (let k = 0; k < 20; k++) {
    engine.set({ remove: ["one"] });
    engine.set({ add: [strip("one", { source, inserts: [] })] });
  }
  engine.render();
  expect(engine.stems.map((stem) => stem.id)).toEqual(["a", "one"]);
});
