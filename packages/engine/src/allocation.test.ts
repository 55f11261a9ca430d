import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";

/**
 * Bytes that V8 puts on its heap for each of 10,000 blocks: in a process of its own, whose new space is so large that nothing is collected
 * meanwhile, after blocks in which the code is made fast. V8 goes on making code for a while, and until it has, wraps numbers: so one quiet
 * stretch of 10,000 in twelve is asked for, which what allocates by itself never gives. What the measuring itself takes is 0.06 a block.
 */
const script = `
import v8 from "node:v8";
const { Capture, Engine, everyDevice, Recorder, sourceOf, Transport } = await import(${JSON.stringify(new URL("index.ts", import.meta.url).href)});
const { Kernels } = await import(${JSON.stringify(new URL("../../signal/src/index.ts", import.meta.url).href)});
const { kernelModule } = await import(${JSON.stringify(new URL("../../signal/src/node.ts", import.meta.url).href)});
const { allMakes } = await import(${JSON.stringify(new URL("../../tuning/src/index.ts", import.meta.url).href)});
const BLOCKS = 10000;
const WARM = 8000;
const STRETCHES = 12;
const EVERY = 512;
const module = kernelModule();
const devices = everyDevice();
const clip = Float32Array.from({ length: 48000 }, (_, i) => Math.sin(i / 9));
const clips = new Map([["clip", [clip, clip]]]);
const zone = { clip: "clip", rate: 44100, rootCents: 6000, fromCents: 0, toCents: 12000, fromVelocity: 0, toVelocity: 2, loop: [100, 40000], gainDb: 0, attackSec: 0.01, decaySec: 1, sustain: 1, releaseSec: 0.1 };
const [synth, fm, wavetable] = devices.filter(({ kind }) => kind === "synth");
const pieces = Array.from({ length: 2000 }, (_, k) => ({ clip: "clip", at: k * 4801, from: 0, length: 4000, fadeIn: 300, fadeOut: 300, gainDb: 0 }));
const sources = { ...Object.fromEntries(allMakes().map((known) => [known.make.name, sourceOf(known)])), synth, fm, wavetable, drums: { kind: "drums", kit: "house" }, sampler: { kind: "sampler", zones: [zone] }, clips: { kind: "clips", pieces } };
const drums = ["kick", "snare", "hat", "openHat"];
const how = ["slide", "hammerOn", "pullOff", "muted", "harmonic", "tap"];
// 94 notes a second, one over the other, of 120 pitches, every third one bent; a tanpura's strings are tuned once
const busy = (source) => Array.from({ length: Math.ceil(128 * (WARM + STRETCHES * BLOCKS) / EVERY) }, (_, k) => ({
  frame: k * EVERY + (k % 7), length: 734 + 700 * (k % 5), velocity: 0.5 + (k % 5) / 10,
  cents: source.kind === "tanpura" ? 4300 + 700 * (k % 2) : 5000 + (k % 40) * 50 + (k % 3) / 7,
  voice: source.kind === "drums" ? drums[k % 4] : k % 2,
  ...(k % 5 === 1 ? { articulation: how[((k - 1) / 5) % 6] } : {}),
  ...(k % 3 ? {} : { bend: [[0, 0], [300, 80.5], [1000, -20.25]] }),
}));
const held = (source) => [{ frame: 0, length: 1e9, cents: 5700.5, velocity: 0.7, voice: source.kind === "drums" ? "kick" : 0 }];
const strip = (id, source, events, more) => ({ id, source, events, inserts: [], gainDb: -6, pan: 0, sends: {}, ...more });
const plan = (strips, more) => ({ frames: 1e9, seed: 1, buses: [], master: { gainDb: 0, ceilingDbtp: -1 }, strips, ...more });
const engine = (strips, more) => Engine.of(new Kernels(module), plan(strips, more), clips);
const isInsert = ({ kind }) => ["eq", "compressor", "multiband", "saturation", "gate", "phaser"].includes(kind);
const isBus = ({ kind }) => ["reverb", "chorus", "delay", "convolution"].includes(kind);
const inserts = devices.filter(isInsert);
const buses = devices.filter(isBus).map((effect) => ({ id: effect.kind, effect: effect.kind === "convolution" ? { ...effect, clip: "clip" } : effect, gainDb: 0 }));
const sends = Object.fromEntries(buses.map(({ id }) => [id, -12]));
const ride = (from, to) => [[0, from], [2e6, to], [9e6, from]];
const moving = [{ path: ["gainDb"], envelope: ride(-12, 0) }, { path: ["pan"], envelope: ride(-1, 1) }, { path: ["sends", "reverb"], envelope: ride(-30, -6) }, { path: ["inserts", 1, "thresholdDb"], envelope: ride(-40, -10) }, { path: ["inserts", 0, "bands", 1, "hertz"], envelope: ride(300, 3000) }];
const mixer = (automation) => engine(
  [strip("key", sources.clips, [], {}), strip("x", sources.clips, [], { inserts: [...inserts, { ...inserts.find(({ kind }) => kind === "compressor"), key: "key" }], sends, automation: automation ? moving : [] })],
  { buses: buses.map((bus) => (automation && bus.id === "reverb" ? { ...bus, automation: [{ path: ["effect", "damping"], envelope: ride(0.1, 0.9) }] } : bus)), master: { inserts, gainDb: 0, ceilingDbtp: -1, automation: automation ? [{ path: ["ceilingDbtp"], envelope: ride(-6, -1) }] : [] } },
);
const counts = {};
const transport = () => {
  const own = new Transport(module, { plan: plan([strip("x", sources.drums, busy(sources.drums))]), clips: [...clips], running: true }, (message) => { counts[message.type] = (counts[message.type] ?? 0) + 1; });
  own.obey({ type: "side", plan: plan([strip("y", sources.clips, [])]) });
  own.obey({ type: "loop", loop: { from: 0, to: 128 * 375 * 4 } });
  const out = new Float32Array(128);
  let context = 0;
  return () => { own.process(out, out, context); context += 128; };
};
const input = [clip.subarray(0, 128), clip.subarray(128, 256)];
const count = (what) => { counts[what] = (counts[what] ?? 0) + 1; };
const recorder = (takes) => {
  const own = new Recorder({ channels: 2 }, (report) => count(report.type));
  if (takes) own.begin(() => count("taken"), () => count("played"));
  let frame = 0;
  return () => { own.process(input, input, frame); frame += 128; };
};
const capture = () => {
  const own = new Capture();
  const sink = () => count("captured");
  return () => own.process(input, sink);
};
const bytes = (render) => {
  gc();
  for (let k = 0; k < WARM; k++) render();
  let least = Infinity;
  for (let w = 0; w < STRETCHES && least >= 1; w++) {
    const before = v8.getHeapStatistics().used_heap_size;
    for (let k = 0; k < BLOCKS; k++) render();
    least = Math.min(least, (v8.getHeapStatistics().used_heap_size - before) / BLOCKS);
  }
  return least;
};
const scenes = {
  ...Object.fromEntries(Object.entries(sources).flatMap(([name, source]) => [[name + ", held", () => { const own = engine([strip("x", source, held(source))]); return () => own.render(); }], [name + ", busy", () => { const own = engine([strip("x", source, busy(source))]); return () => own.render(); }]])),
  "mixer, at rest": () => { const own = mixer(false); return () => own.render(); },
  "mixer, moving": () => { const own = mixer(true); return () => own.render(); },
  transport,
  "recorder, at rest": () => recorder(false),
  "recorder, taking": () => recorder(true),
  capture,
};
const found = Object.fromEntries(Object.entries(scenes).map(([name, make]) => [name, bytes(make())]));
console.log(JSON.stringify({ found, counts }));
`;
test("no source, insert, send, dial, transport or recorder puts a byte a block on the heap, held or busy", { timeout: 600_000 }, () => {
  const flags = ["--expose-gc", "--max-semi-space-size=256", "--min-semi-space-size=256", "--input-type=module", "-e", script];
  const { found, counts } = JSON.parse(execFileSync(process.execPath, flags, { encoding: "utf8" })) as Record<string, Record<string, number>>;
  const { transport, ...rest } = found!;
  expect(Object.entries(rest).filter(([, bytes]) => !(bytes < 1))).toEqual([]);
  // what it tells, 23 reports a second and where it stands each time it goes round, is 16 a block (250 a report); rendering in it is as above
  expect(transport).toBeLessThan(32);
  expect(Object.keys(found!).length).toBeGreaterThan(30);
  // the transport was really telling: reports, and where it stands each time it goes round
  expect(counts!["report"]).toBeGreaterThan(500);
  expect(counts!["anchor"]).toBeGreaterThan(10);
  // and so were those that record: 20 and 5 ms at once
  expect(counts!["taken"]).toBeGreaterThan(2000);
  expect(counts!["played"]).toBe(counts!["taken"]);
  expect(counts!["captured"]).toBeGreaterThan(8000);
  expect(counts!["level"]).toBeGreaterThan(1000);
});
