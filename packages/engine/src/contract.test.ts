import { centsToHertz, seeded } from "@kuishi/base";
import { Kernels } from "@kuishi/signal";
import { kernelModule } from "@kuishi/signal/node";
import { allMakes } from "@kuishi/tuning";
import { describe, expect, test } from "vitest";
import { sourceOf } from "./devices.ts";
import { Engine } from "./engine.ts";
import { makeSourceProcessor } from "./models.ts";
import { noteOf } from "./note.ts";
import type { Bus, Clips, Insert, Plan, PlanEvent, Source, SynthPatch } from "./plan.ts";

const patch: SynthPatch = {
  voices: 6,
  detuneCents: 9,
  shape: 0.4,
  sub: 0.3,
  breath: 0.02,
  attackSec: 0.01,
  decaySec: 0.2,
  sustain: 0.6,
  releaseSec: 0.05,
  cutoffHz: 1200,
  keyTrack: 0.3,
  sweepOctaves: 1,
  sweepSec: 0.1,
  resonance: 0.3,
  lfoHz: 2,
  lfoOctaves: 0.3,
};
const sources: Readonly<Record<string, Source>> = {
  ...Object.fromEntries(allMakes().map((known) => [known.make.name, sourceOf(known)])),
  synth: { kind: "synth", patch },
  fm: { kind: "synth", patch: { ...patch, oscillator: { kind: "fm", ratio: 2, index: 3, indexSec: 0.3 } } },
  wavetable: { kind: "synth", patch: { ...patch, oscillator: { kind: "wavetable", table: "vowels", place: 0.4, move: 0.3 } } },
  drums: { kind: "drums", kit: "house" },
  sampler: {
    kind: "sampler",
    zones: [
      {
        clip: "tone",
        rate: 44_100,
        rootCents: 6000,
        fromCents: -1200,
        toCents: 15_500,
        fromVelocity: 0,
        toVelocity: 2,
        loop: [1000, 9000],
        gainDb: -6,
        attackSec: 0.002,
        decaySec: 0.5,
        sustain: 0.5,
        releaseSec: 0.02,
      },
    ],
  },
};
const band = { thresholdDb: -30, ratio: 3, attackMs: 5, releaseMs: 80, makeupDb: 3 };
const inserts: Readonly<Record<string, Insert>> = {
  eq: { kind: "eq", bands: [{ type: "peak", hertz: 900, gainDb: 6 }] },
  compressor: { kind: "compressor", ...band },
  multiband: { kind: "multiband", splitHz: [200, 3000], bands: [band, band, band] },
  saturation: { kind: "saturation", driveDb: 18, mix: 1, even: 0.4 },
  gate: { kind: "gate", thresholdDb: -40, floorDb: -80, attackMs: 1, holdMs: 20, releaseMs: 60 },
  phaser: { kind: "phaser", lowHz: 200, highHz: 3000, rateHz: 0.7, feedback: 0.5, mix: 0.5 },
};
const buses: Readonly<Record<string, Bus["effect"]>> = {
  reverb: { kind: "reverb", decaySec: 1.2, preDelayMs: 10, damping: 0.3 },
  chorus: { kind: "chorus", rateHz: 0.5, depthMs: 3, delayMs: 14 },
  convolution: { kind: "convolution", clip: "room" },
  delay: { kind: "delay", times: [[0, 9000]], feedback: 0.5, damping: 0.3 },
};
const random = seeded(3, "room");
const noise = (count: number, gain: number): Float32Array => Float32Array.from({ length: count }, () => gain * random.between(-1, 1));
const clips: Clips = new Map([
  ["room", [noise(5000, 0.05), noise(5000, 0.05)]],
  ["loud", [noise(24_000, 100), noise(24_000, 100)]],
  ["plain", [noise(24_000, 0.5), noise(24_000, 0.5)]],
  ["nothing", [new Float32Array(24_000)]],
  // middle C at 44.1 kHz
  ["tone", [Float32Array.from({ length: 12_000 }, (_, i) => 0.5 * Math.sin((2 * Math.PI * 261.6256 * i) / 44_100))]],
]);

interface Rendered {
  readonly left: Float32Array;
  readonly right: Float32Array;
}
function render(source: Source, events: readonly PlanEvent[], frames: number, more: { inserts?: readonly Insert[]; effect?: Bus["effect"] } = {}): Rendered {
  const plan: Plan = {
    frames,
    seed: 5,
    buses: more.effect ? [{ id: "bus", effect: more.effect, gainDb: 0 }] : [],
    master: { gainDb: 0, ceilingDbtp: -1 },
    strips: [{ id: "x", source, events, inserts: more.inserts ?? [], gainDb: 0, pan: 0, sends: more.effect ? { bus: 0 } : {} }],
  };
  const engine = Engine.of(new Kernels(kernelModule()), plan, clips);
  const left = new Float32Array(frames);
  const right = new Float32Array(frames);
  for (let at = 0; at < frames; at += 128) {
    engine.render(false);
    const from = more.effect ? engine.stems[1] : engine.stems[0];
    left.set(from?.leftView ?? [], at);
    right.set(from?.rightView ?? [], at);
  }
  return { left, right };
}
const clip = (name: string): Source => ({
  kind: "clips",
  pieces: [{ clip: name, at: 0, from: 0, length: 1e9, fadeIn: 0, fadeOut: 0, gainDb: 0 }],
});
const peak = (x: Float32Array): number => x.reduce((top, v) => (Math.abs(v) > top ? Math.abs(v) : top), 0);
const allFinite = (x: Float32Array): boolean => x.every((v) => Number.isFinite(v));
const note = (frame: number, cents: number, velocity: number, voice: string | number): PlanEvent => ({ frame, length: 6000, cents, velocity, voice });
const voiceOf = (name: string): string | number => (name === "drums" ? "kick" : 0);

describe.each(Object.entries(sources))("%s", (name, source) => {
  const voice = voiceOf(name);
  test("is silent until it is played, and its pitch and force are what it is asked for", () => {
    expect(peak(render(source, [], 12_800).left)).toBe(0);
    const soft = render(source, [note(0, 6000, 0.3, voice)], 12_800).left;
    const hard = render(source, [note(0, 6000, 0.95, voice)], 12_800).left;
    expect(peak(soft)).toBeGreaterThan(1e-4);
    expect(peak(hard)).toBeGreaterThan(1.3 * peak(soft));
    expect(peak(hard)).toBeLessThan(2.5);
  });
  test("stands hostile notes: none is NaN, none blows up, and a good note after them sounds", () => {
    const bad = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -1e9, 1e9, 0, 15_400];
    const events = bad.flatMap((cents, i) => bad.map((velocity, k) => note(i * 300 + k * 40, cents, velocity, k % 2 ? voice : bad[k]!)));
    const out = render(source, [...events, { ...note(20_000, 6000, 0.8, voice), length: Number.NaN }, note(24_000, 6000, 0.8, voice)], 38_400).left;
    expect(allFinite(out)).toBe(true);
    expect(peak(out)).toBeLessThan(20);
    expect(peak(out.subarray(24_000))).toBeGreaterThan(1e-4);
  });
  test("stands hostile touches and bends", () => {
    const bad = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -1e9, 1e9];
    const events = bad.flatMap((by, i) => [
      { ...note(i * 900, 6000, 0.8, voice), touch: by },
      {
        ...note(i * 900 + 300, 6000, 0.8, voice),
        bend: [
          [0, 0],
          [by, 200],
          [400, by],
        ] as const,
      },
      { ...note(i * 900 + 600, 6000, 0.8, voice), bend: [] },
    ]);
    const out = render(source, [...events, note(9000, 6000, 0.8, voice)], 19_200).left;
    expect(allFinite(out)).toBe(true);
    expect(peak(out)).toBeLessThan(20);
    expect(peak(out.subarray(9100))).toBeGreaterThan(1e-4);
  });
  test("stands ten thousand notes at once", () => {
    const out = render(
      source,
      Array.from({ length: 10_000 }, (_, i) => note(100, 4000 + (i % 40) * 100, 0.9, name === "drums" ? "hat" : i % 6)),
      6400,
    ).left;
    expect(allFinite(out)).toBe(true);
    expect(peak(out)).toBeLessThan(20);
  });
  test("is silenced by a jump, and plays again", () => {
    const plan: Plan = {
      frames: 96_000,
      seed: 5,
      buses: [],
      master: { gainDb: 0, ceilingDbtp: -1 },
      strips: [{ id: "x", source, events: [note(0, 6000, 0.8, voice), note(48_000, 6000, 0.8, voice)], inserts: [], gainDb: 0, pan: 0, sends: {} }],
    };
    const engine = Engine.of(new Kernels(kernelModule()), plan, clips);
    for (let k = 0; k < 20; k++) engine.render(false);
    engine.seek(24_064);
    for (let k = 0; k < 90; k++) engine.render(false);
    const calm = peak(engine.premaster.leftView);
    let after = 0;
    for (let k = 0; k < 200; k++) {
      engine.render(false);
      after = Math.max(after, peak(engine.premaster.leftView));
    }
    expect(calm).toBeLessThan(0.02);
    expect(after).toBeGreaterThan(1e-3);
    // a note that was cut off in full sound leaves nothing broken behind
    expect([...engine.premaster.leftView].every(Number.isFinite)).toBe(true);
  });
});

/** What a source makes of events, asked for in pieces of such lengths, one after another; none crosses the end of a block. */
function inPieces(source: Source, events: readonly PlanEvent[], frames: number, pieces: readonly number[]): Float32Array {
  const kernels = new Kernels(kernelModule());
  const player = makeSourceProcessor(kernels, source, clips, 5);
  const [left, right] = [kernels.floats(128), kernels.floats(128)];
  const out = new Float32Array(frames);
  const notes = events.map((event) => noteOf(event)!);
  const edges = new Set(events.flatMap((event) => [event.frame, event.frame + event.length]));
  for (let at = 0, k = 0; at < frames; k++) {
    for (const note of notes) if (note.frame + note.length === at) player.stop(note);
    for (const note of notes) if (note.frame === at) player.start(note);
    let end = Math.min(at + pieces[k % pieces.length]!, 128 * (Math.floor(at / 128) + 1));
    for (let frame = at + 1; frame < end; frame++) if (edges.has(frame)) end = frame;
    kernels.call.clear(left, 512);
    kernels.call.clear(right, 512);
    player.process(left, right, at, end - at);
    out.set(kernels.view(left, end - at), at);
    at = end;
  }
  return out;
}
describe("where the blocks are cut makes no difference that can be heard", () => {
  const bend = [
    [0, 0],
    [3000, 150],
    [9000, -220],
  ] as const;
  const cases = Object.entries(sources).flatMap(([name, source]) => [false, true].map((bent) => [name, bent ? "bent" : "unbent", source, bent] as const));
  test.each(cases)("%s, %s", (name, _how, source, bent) => {
    const voice = voiceOf(name);
    const one = (frame: number, cents: number, length: number, velocity = 0.8): PlanEvent => ({
      ...note(frame, cents, velocity, voice),
      length,
      ...(bent ? { bend } : {}),
    });
    const more: PlanEvent[] =
      source.kind === "plucked"
        ? [
            { ...one(16_011, 5900, 1500), articulation: "slide" },
            { ...one(18_017, 5800, 1500), articulation: "hammerOn" },
          ]
        : [];
    const events = [one(37, 5700, 9001), one(5003, 6012, 4000, 0.4), one(9500, 5713, 300), ...more];
    const whole = inPieces(source, events, 59_904, [128]);
    expect(peak(whole)).toBeGreaterThan(1e-2);
    for (const pieces of [[64], [17], [1], [13, 128, 3]]) {
      const cut = inPieces(source, events, 59_904, pieces);
      let worst = 0;
      for (let i = 0; i < whole.length; i++) worst = Math.max(worst, Math.abs(whole[i]! - cut[i]!));
      expect(20 * Math.log10(worst / peak(whole) + 1e-12), `pieces of ${pieces}, dB under the peak`).toBeLessThan(-100);
    }
  });
});

describe.each(Object.entries(inserts))("%s", (_name, insert) => {
  test("gives silence for silence, and stands a hundredfold overload", () => {
    expect(peak(render(clip("nothing"), [], 12_800, { inserts: [insert] }).left)).toBeLessThan(1e-9);
    const out = render(clip("loud"), [], 24_064, { inserts: [insert] });
    expect(allFinite(out.left) && allFinite(out.right)).toBe(true);
    expect(peak(out.left)).toBeLessThan(1000);
  });
});
describe.each(Object.entries(buses))("%s", (_name, effect) => {
  test("gives silence for silence, stands a hundredfold overload, and dies away", () => {
    expect(peak(render(clip("nothing"), [], 12_800, { effect }).left)).toBeLessThan(1e-9);
    const out = render(clip("loud"), [], 480_000, { effect });
    expect(allFinite(out.left) && allFinite(out.right)).toBe(true);
    expect(peak(out.left)).toBeGreaterThan(0.1);
    expect(peak(out.left.subarray(-4800))).toBeLessThan(peak(out.left) * 1e-3);
  });
});

const power = (x: Float32Array, hertz: number): number => {
  let [re, im] = [0, 0];
  for (let i = 0; i < x.length; i++) {
    re += x[i]! * Math.cos((2 * Math.PI * hertz * i) / 48_000);
    im += x[i]! * Math.sin((2 * Math.PI * hertz * i) / 48_000);
  }
  return re * re + im * im;
};
const sine = (hertz: number, gain: number): Clips =>
  new Map([["sine", [Float32Array.from({ length: 48_000 }, (_, i) => gain * Math.sin((2 * Math.PI * hertz * i) / 48_000))]]]);
function through(given: Clips, more: Parameters<typeof render>[3]): Float32Array {
  const plan: Plan = {
    frames: 48_000,
    seed: 5,
    buses: more?.effect ? [{ id: "bus", effect: more.effect, gainDb: 0 }] : [],
    master: { gainDb: 0, ceilingDbtp: -1 },
    strips: [{ id: "x", source: clip("sine"), events: [], inserts: more?.inserts ?? [], gainDb: 0, pan: 0, sends: more?.effect ? { bus: 0 } : {} }],
  };
  const engine = Engine.of(new Kernels(kernelModule()), plan, new Map([...clips, ...given]));
  const out = new Float32Array(48_000);
  for (let at = 0; at < 48_000; at += 128) {
    engine.render(false);
    out.set(engine.stems[more?.effect ? 1 : 0]?.leftView ?? [], at);
  }
  return out;
}
test("three bands that are not pressed add up flat, at every frequency within 0.1 dB", () => {
  const open = { ...band, thresholdDb: 40, makeupDb: 0 };
  for (const hertz of [50, 200, 700, 3000, 9000]) {
    const given = sine(hertz, 0.3);
    const out = through(given, { inserts: [{ kind: "multiband", splitHz: [200, 3000], bands: [open, open, open] }] });
    const dry = through(given, {});
    expect(Math.abs(10 * Math.log10(power(out.subarray(9600), hertz) / power(dry.subarray(9600), hertz)))).toBeLessThan(0.1);
  }
});
test("saturation makes odd harmonics, leaning it even ones, and little that is neither", () => {
  const given = sine(1000, 0.5);
  const level = (even: number, hertz: number): number =>
    10 * Math.log10(power(through(given, { inserts: [{ kind: "saturation", driveDb: 12, mix: 1, even }] }), hertz) + 1e-12);
  expect(level(0, 3000)).toBeGreaterThan(level(0, 1000) - 30);
  expect(level(0, 2000)).toBeLessThan(level(0, 3000) - 40);
  expect(level(0.6, 2000)).toBeGreaterThan(level(0, 2000) + 40);
  // a fold of the 23rd harmonic would lie at 2 kHz above nothing: aliases stay 60 dB down
  expect(level(0, 21_000 - 500)).toBeLessThan(level(0, 1000) - 60);
});
test("a gate shuts what is under its threshold and leaves what is over it", () => {
  const gate = inserts["gate"]!;
  expect(peak(through(sine(400, 0.002), { inserts: [gate] }).subarray(9600))).toBeLessThan(1e-6);
  expect(peak(through(sine(400, 0.2), { inserts: [gate] }).subarray(9600))).toBeGreaterThan(0.19);
});
test("convolution is the sum it says it is", () => {
  const response = clips.get("room")?.[0] as Float32Array;
  const given: Clips = new Map([["sine", [noise(48_000, 0.3)]]]);
  const out = through(given, { effect: { kind: "convolution", clip: "room" } });
  const x = given.get("sine")?.[0] as Float32Array;
  for (const at of [0, 127, 128, 4000, 20_001]) {
    let sum = 0;
    for (let k = 0; k < response.length && k <= at; k++) sum += response[k]! * x[at - k]!;
    expect(out[at]).toBeCloseTo(sum, 4);
  }
});
test("a held note is bent while it sounds, and let go", () => {
  for (const name of ["dombra-western", "balaban", "qobyz", "sybyzgy", "synth", "sampler"]) {
    const plan: Plan = {
      frames: 1e9,
      seed: 5,
      buses: [],
      master: { gainDb: 0, ceilingDbtp: -1 },
      strips: [{ id: "x", source: sources[name]!, events: [], inserts: [], gainDb: 0, pan: 0, sends: {} }],
    };
    const engine = Engine.of(new Kernels(kernelModule()), plan, clips);
    const held = engine.press("x", { ...note(0, 6000, 0.8, 1), length: 1e12, bend: [[0, 0]] })!;
    const take = (blocks: number): Float32Array => {
      const out = new Float32Array(blocks * 128);
      for (let k = 0; k < blocks; k++) {
        engine.render(false);
        out.set(engine.premaster.leftView, k * 128);
      }
      return out;
    };
    take(100);
    held.bend![1] = 200;
    take(60);
    const bent = take(150);
    const at = (cents: number): number => power(bent, centsToHertz(cents));
    expect(at(6200), name).toBeGreaterThan(5 * at(6000));
    engine.lift("x", held);
    take(400);
    expect(peak(take(4)), name).toBeLessThan(0.01);
  }
});
