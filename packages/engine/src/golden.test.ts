import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Kernels } from "@kuishi/signal";
import { kernelModule } from "@kuishi/signal/node";
import { expect, test } from "vitest";
import { kits } from "./drumkit.ts";
import { Engine } from "./engine.ts";
import type { Bus, Insert, Plan, PlanEvent, Source } from "./plan.ts";
import { type PluckedModel, plucked } from "./plucked/index.ts";
import { tanpuraCycle } from "./tanpura.ts";

/**
 * Every instrument and effect, half a second each, to the last bit. When a sound is changed on purpose:
 * KUISHI_ACCEPT=1 npm test, listen to what changed, and commit the new sums with the reason.
 */
const file = join(import.meta.dirname, "golden.json");
const event = (frame: number, cents: number, voice: string | number): PlanEvent => ({ frame, length: 12_000, cents, velocity: 0.8, voice });
const patch = {
  voices: 4,
  detuneCents: 9,
  shape: 0.4,
  sub: 0.4,
  breath: 0.02,
  attackSec: 0.01,
  decaySec: 0.2,
  sustain: 0.6,
  releaseSec: 0.2,
  cutoffHz: 900,
  keyTrack: 0.3,
  sweepOctaves: 1,
  sweepSec: 0.1,
  resonance: 0.3,
  lfoHz: 2,
  lfoOctaves: 0.3,
};
const dombra: Source = { kind: "plucked", model: "dombra-arqa", open: [], nail: 0.5 };
const pluck = [event(0, 5000, 0), event(300, 5520, 1), event(9000, 5735, 1)];
const drums = ["kick", "snare", "clap", "hat", "openHat", "rim", "shaker", "frame"].map((drum, i) => event(i * 2500, 0, drum));

function sum(source: Source, events: PlanEvent[], inserts: Insert[] = [], buses: Bus[] = []): string {
  const plan: Plan = {
    frames: 24_064,
    seed: 7,
    buses,
    master: { gainDb: 12, ceilingDbtp: -1.25 },
    strips: [
      {
        id: "x",
        source,
        events,
        inserts,
        gainDb: -2,
        pan: 0.2,
        sends: Object.fromEntries(buses.map((bus) => [bus.id, -3])),
        curve: [
          [0, -6],
          [12_000, 0],
        ],
      },
    ],
  };
  const engine = Engine.of(new Kernels(kernelModule()), plan, new Map());
  const hash = createHash("sha256");
  for (let at = 0; at < plan.frames; at += 128) {
    engine.render();
    for (const view of [engine.mix.leftView, engine.mix.rightView]) hash.update(new Uint8Array(view.buffer, view.byteOffset, view.byteLength));
  }
  return hash.digest("hex");
}

const press = { thresholdDb: -30, ratio: 3, attackMs: 5, releaseMs: 80, makeupDb: 3 };
const sums: Record<string, string> = {
  ...Object.fromEntries(Object.keys(plucked).map((model) => [model, sum({ ...dombra, model: model as PluckedModel }, pluck)])),
  "left hand": sum(dombra, [
    event(0, 5500, 1),
    { ...event(4000, 5700, 1), articulation: "hammerOn" },
    { ...event(8000, 5600, 1), articulation: "slide" },
    { ...event(12_000, 5500, 1), articulation: "pullOff" },
    { ...event(16_000, 5000, 0), articulation: "muted" },
    { ...event(19_000, 5000, 0), articulation: "tap" },
  ]),
  balaban: sum({ kind: "balaban", steady: false }, [
    event(0, 5700, 0),
    {
      ...event(12_000, 6000, 0),
      bend: [
        [0, 0],
        [4000, 60],
      ],
    },
  ]),
  fm: sum({ kind: "synth", patch: { ...patch, oscillator: { kind: "fm", ratio: 2, index: 3, indexSec: 0.3 } } }, pluck),
  wavetable: sum({ kind: "synth", patch: { ...patch, oscillator: { kind: "wavetable", table: "vowels", place: 0.4, move: 0.3 } } }, pluck),
  saturation: sum(dombra, pluck, [{ kind: "saturation", driveDb: 18, mix: 1, even: 0.4 }]),
  gate: sum(dombra, pluck, [{ kind: "gate", thresholdDb: -30, floorDb: -80, attackMs: 1, holdMs: 20, releaseMs: 60 }]),
  phaser: sum(dombra, pluck, [{ kind: "phaser", lowHz: 200, highHz: 3000, rateHz: 0.7, feedback: 0.5, mix: 0.5 }]),
  multiband: sum(dombra, pluck, [{ kind: "multiband", splitHz: [200, 3000], bands: [press, press, press] }]),
  chorus: sum(dombra, pluck, [], [{ id: "chorus", effect: { kind: "chorus", rateHz: 0.5, depthMs: 3, delayMs: 14 }, gainDb: 0 }]),
  tanpura: sum({ kind: "tanpura" }, tanpuraCycle(0, 24_000, 5500, 702, 0.8, 7)),
  synth: sum({ kind: "synth", patch }, pluck),
  ...Object.fromEntries(kits.map((kit) => [`kit ${kit}`, sum({ kind: "drums", kit }, drums)])),
  eq: sum(dombra, pluck, [
    {
      kind: "eq",
      bands: [
        { type: "highPass", hertz: 120 },
        { type: "peak", hertz: 900, gainDb: 4 },
        { type: "highShelf", hertz: 5000, gainDb: -3 },
      ],
    },
  ]),
  compressor: sum(dombra, pluck, [{ kind: "compressor", thresholdDb: -30, ratio: 4, attackMs: 5, releaseMs: 80, makeupDb: 6 }]),
  reverb: sum(dombra, pluck, [], [{ id: "reverb", effect: { kind: "reverb", decaySec: 1.5, preDelayMs: 15, damping: 0.4 }, gainDb: 0 }]),
  delay: sum(
    dombra,
    pluck,
    [],
    [
      {
        id: "delay",
        effect: {
          kind: "delay",
          times: [
            [0, 5000],
            [10_000, 7000],
          ],
          feedback: 0.5,
          damping: 0.3,
        },
        gainDb: 0,
      },
    ],
  ),
};

if (process.env["KUISHI_ACCEPT"] || !existsSync(file)) writeFileSync(file, `${JSON.stringify(sums, null, 2)}\n`);

test.each(Object.entries(sums))("%s sounds as it did, to the bit", (name, now) => {
  expect(now).toBe(JSON.parse(readFileSync(file, "utf8"))[name]);
});
