import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { goldenFlac, readGolden, soundDistance } from "@kuishi/lab";
import { Kernels } from "@kuishi/signal";
import { kernelModule } from "@kuishi/signal/node";
import { expect, test } from "vitest";
import { kits } from "./drumkit.ts";
import { Engine } from "./engine.ts";
import type { Bus, Insert, Plan, PlanEvent, Source } from "./plan.ts";
import { type PluckedModel, plucked } from "./plucked/index.ts";
import { tanpuraCycle } from "./tanpura.ts";

/**
 * Every instrument and effect, half a second each: to the last bit by its sum, and as a FLAC that tells how far a changed one has moved.
 * When a sound is changed on purpose: `npm run golden`, listen to what changed, and commit the new sums and files with the reason.
 */
const file = join(import.meta.dirname, "golden.json");
const folder = join(import.meta.dirname, "golden");
const flacOf = (name: string): string => join(folder, `${name.replaceAll(" ", "-")}.flac`);
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

interface Played {
  readonly sum: string;
  /** Both sides as one. */
  readonly sound: Float32Array;
}
function play(source: Source, events: PlanEvent[], inserts: Insert[] = [], buses: Bus[] = []): Played {
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
        envelope: [
          [0, -6],
          [12_000, 0],
        ],
      },
    ],
  };
  const engine = Engine.of(new Kernels(kernelModule()), plan, new Map());
  const hash = createHash("sha256");
  const sound = new Float32Array(plan.frames);
  for (let at = 0; at < plan.frames; at += 128) {
    engine.render();
    for (let i = 0; i < 128; i++) sound[at + i] = 0.5 * (engine.mix.leftView[i]! + engine.mix.rightView[i]!);
    for (const view of [engine.mix.leftView, engine.mix.rightView]) hash.update(new Uint8Array(view.buffer, view.byteOffset, view.byteLength));
  }
  return { sum: hash.digest("hex"), sound };
}

const press = { thresholdDb: -30, ratio: 3, attackMs: 5, releaseMs: 80, makeupDb: 3 };
const played: Record<string, Played> = {
  ...Object.fromEntries(Object.keys(plucked).map((model) => [model, play({ ...dombra, model: model as PluckedModel }, pluck)])),
  "left hand": play(dombra, [
    event(0, 5500, 1),
    { ...event(4000, 5700, 1), articulation: "hammerOn" },
    { ...event(8000, 5600, 1), articulation: "slide" },
    { ...event(12_000, 5500, 1), articulation: "pullOff" },
    { ...event(16_000, 5000, 0), articulation: "muted" },
    { ...event(19_000, 5000, 0), articulation: "tap" },
  ]),
  balaban: play({ kind: "balaban", steady: false }, [
    event(0, 5700, 0),
    {
      ...event(12_000, 6000, 0),
      bend: [
        [0, 0],
        [4000, 60],
      ],
    },
  ]),
  qobyz: play({ kind: "qobyz", drone: 0.5, harmonics: true }, [
    event(0, 5700, ""),
    event(9000, 6050, ""),
    { ...event(14_000, 8100, ""), articulation: "harmonic" },
  ]),
  sybyzgy: play({ kind: "sybyzgy", hum: 0.4, humCents: 5000 }, [event(0, 7400, ""), event(11_000, 7900, ""), event(16_000, 8600, "")]),
  fm: play({ kind: "synth", patch: { ...patch, oscillator: { kind: "fm", ratio: 2, index: 3, indexSec: 0.3 } } }, pluck),
  wavetable: play({ kind: "synth", patch: { ...patch, oscillator: { kind: "wavetable", table: "vowels", place: 0.4, move: 0.3 } } }, pluck),
  saturation: play(dombra, pluck, [{ kind: "saturation", driveDb: 18, mix: 1, even: 0.4 }]),
  gate: play(dombra, pluck, [{ kind: "gate", thresholdDb: -30, floorDb: -80, attackMs: 1, holdMs: 20, releaseMs: 60 }]),
  phaser: play(dombra, pluck, [{ kind: "phaser", lowHz: 200, highHz: 3000, rateHz: 0.7, feedback: 0.5, mix: 0.5 }]),
  multiband: play(dombra, pluck, [{ kind: "multiband", splitHz: [200, 3000], bands: [press, press, press] }]),
  chorus: play(dombra, pluck, [], [{ id: "chorus", effect: { kind: "chorus", rateHz: 0.5, depthMs: 3, delayMs: 14 }, gainDb: 0 }]),
  tanpura: play({ kind: "tanpura" }, tanpuraCycle(0, 24_000, 5500, 702, 0.8, 7)),
  synth: play({ kind: "synth", patch }, pluck),
  ...Object.fromEntries(kits.map((kit) => [`kit ${kit}`, play({ kind: "drums", kit }, drums)])),
  eq: play(dombra, pluck, [
    {
      kind: "eq",
      bands: [
        { type: "highPass", hertz: 120 },
        { type: "peak", hertz: 900, gainDb: 4 },
        { type: "highShelf", hertz: 5000, gainDb: -3 },
      ],
    },
  ]),
  compressor: play(dombra, pluck, [{ kind: "compressor", thresholdDb: -30, ratio: 4, attackMs: 5, releaseMs: 80, makeupDb: 6 }]),
  reverb: play(dombra, pluck, [], [{ id: "reverb", effect: { kind: "reverb", decaySec: 1.5, preDelayMs: 15, damping: 0.4 }, gainDb: 0 }]),
  delay: play(
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

if (process.env["KUISHI_ACCEPT"]) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  for (const [name, { sound }] of Object.entries(played)) writeFileSync(flacOf(name), await goldenFlac(sound));
  writeFileSync(file, `${JSON.stringify(Object.fromEntries(Object.entries(played).map(([name, { sum }]) => [name, sum])), null, 2)}\n`);
}
const kernels = new Kernels(kernelModule());
const golden = (name: string): Promise<Float32Array> => readGolden(kernels, readFileSync(flacOf(name)));
const sums: Readonly<Record<string, string>> = JSON.parse(readFileSync(file, "utf8"));

/** A FLAC holds 16 bits: this far it may be from the sound it was made of. */
const ROUNDING_DB = 0.5;

test.each(Object.entries(played))("%s sounds as it did, to the bit", async (name, { sum, sound }) => {
  const { rmsDb, worstDb, worstHertz, worstSec } = soundDistance(await golden(name), sound);
  const far = `${name}: ${rmsDb.toFixed(2)} dB from what it was; most ${worstDb.toFixed(1)} dB at ${worstHertz.toFixed(0)} Hz after ${worstSec.toFixed(2)} s`;
  expect(sum, far).toBe(sums[name]);
  expect(rmsDb, `${far}. Its FLAC is not of the sum beside it`).toBeLessThan(ROUNDING_DB);
});
test("nothing golden is of a sound that is no more", () => {
  expect(Object.keys(sums).sort()).toEqual(Object.keys(played).sort());
  expect(readdirSync(folder).sort()).toEqual(
    Object.keys(played)
      .map((name) => flacOf(name).slice(folder.length + 1))
      .sort(),
  );
});
test("the distance is that of the levels", () => {
  const { sound } = played["reverb"]!;
  expect(soundDistance(sound, sound).rmsDb).toBe(0);
  expect(
    soundDistance(
      sound,
      sound.map((value) => value * 2),
    ).rmsDb,
  ).toBeCloseTo(6.02, 0);
  // a hum at 70 dB under the sound is heard by nobody, one at 20 dB under is told with its pitch
  const hum = (gain: number): Float32Array => sound.map((value, i) => value + gain * Math.sin((2 * Math.PI * 8000 * i) / 48_000));
  expect(soundDistance(sound, hum(1e-5)).rmsDb).toBeLessThan(0.5);
  expect(soundDistance(sound, hum(0.03)).worstHertz).toBeCloseTo(7600, -3);
});
