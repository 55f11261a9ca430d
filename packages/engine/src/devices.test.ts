import { Kernels } from "@kuishi/signal";
import { kernelModule } from "@kuishi/signal/node";
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  type Device,
  defaultInsert,
  Engine,
  everyDevice,
  fieldsOf,
  insertKinds,
  type Plan,
  type Strip,
  sanitizeEffect,
  sanitizeInsert,
  sanitizeSource,
  withField,
} from "./index.ts";

test("every field of every device takes each of its values, and nothing else", () => {
  for (const device of everyDevice()) {
    for (const field of fieldsOf(device, ["kick"])) {
      const read = (one: Device): unknown => fieldsOf(one, ["kick"]).find((other) => other.path.join() === field.path.join())?.value;
      if ("range" in field) {
        for (const value of [field.range.low, field.range.initial, field.range.high]) expect(read(withField(device, field.path, value))).toBe(value);
        expect(read(withField(device, field.path, 1e12))).toBe(field.range.high);
        expect(read(withField(device, field.path, Number.NaN))).toBe(field.range.initial);
      } else if ("flag" in field) expect(read(withField(device, field.path, !field.value))).toBe(!field.value);
      else for (const option of field.options) expect(read(withField(device, field.path, option))).toBe(option);
    }
    // what was set comes back through a project's JSON as it was
    const set = fieldsOf(device).reduce(
      (one, field) => ("range" in field ? withField(one, field.path, (field.range.low + field.range.high) / 2) : one),
      device,
    );
    const json = JSON.parse(JSON.stringify(set));
    const back = insertKinds.some((kind) => kind === set.kind)
      ? sanitizeInsert(json)
      : (sanitizeEffect(json) ?? sanitizeSource(json, device as Strip["source"]));
    expect(back && fieldsOf(back)).toEqual(fieldsOf(set));
  }
});

test("whatever a project says of a device, what runs is sound", () => {
  const junk = fc.oneof(fc.double(), fc.string(), fc.boolean(), fc.constant(null), fc.array(fc.double(), { maxLength: 4 }));
  const fields = ["thresholdDb", "ratio", "attackMs", "bands", "hertz", "splitHz", "mix", "driveDb", "key", "decaySec", "feedback", "patch", "zones", "kind"];
  fc.assert(
    fc.property(fc.constantFrom(...insertKinds, "reverb", "delay", "chorus", "none"), fc.dictionary(fc.constantFrom(...fields), junk), (kind, rest) => {
      const raw = { ...rest, kind };
      const device = sanitizeInsert(raw) ?? sanitizeEffect(raw);
      if (kind === "none") expect(device).toBeUndefined();
      for (const field of device ? fieldsOf(device) : [])
        if ("range" in field) {
          expect(Number.isFinite(field.value)).toBe(true);
          expect(field.value).toBeGreaterThanOrEqual(field.range.low);
          expect(field.value).toBeLessThanOrEqual(field.range.high);
        }
    }),
    { numRuns: 300 },
  );
});

const tone = Float32Array.from({ length: 60_000 }, (_, i) => 0.3 * Math.sin(i / 9));
const plan: Plan = {
  frames: 48_000,
  seed: 1,
  strips: [
    {
      id: "a",
      source: { kind: "clips", pieces: [{ clip: "tone", at: 0, from: 0, length: 48_000, fadeIn: 0, fadeOut: 0, gainDb: 0 }] },
      events: [],
      inserts: insertKinds.map(defaultInsert),
      gainDb: -3,
      pan: 0.2,
      sends: { room: -12 },
    },
    {
      id: "b",
      source: { kind: "plucked", model: "dombra-western", open: [], nail: 0.5 },
      events: [{ frame: 300, length: 9000, cents: 5500, velocity: 0.8, voice: 1 }],
      inserts: [],
      gainDb: 0,
      pan: 0,
      sends: {},
    },
  ],
  buses: [{ id: "room", effect: { kind: "reverb", decaySec: 1, preDelayMs: 10, damping: 0.4 }, gainDb: 0 }],
  master: { gainDb: 3, ceilingDbtp: -1.6 },
};
const clips = new Map([["tone", [tone]]]);
const make = (): Engine => Engine.of(new Kernels(kernelModule()), plan, clips);
function run(engine: Engine, blocks: number, at: (block: number) => void = () => {}): Float32Array {
  const out = new Float32Array(blocks * 128);
  for (let k = 0; k < blocks; k++) {
    at(k);
    engine.render();
    out.set(engine.mix.leftView, k * 128);
  }
  return out;
}
const alike = (a: Float32Array, b: Float32Array): boolean => a.every((x, i) => x === b[i]);

test("an engine made in steps is the engine made at once, and setting what is set changes no sample", () => {
  const building = Engine.building(new Kernels(kernelModule()), plan, clips);
  let steps = 0;
  let step = building.next();
  for (; !step.done; step = building.next()) steps++;
  expect(steps).toBe(2);
  const plain = run(make(), 100);
  expect(alike(run(step.value, 100), plain)).toBe(true);
  const engine = make();
  const same = run(engine, 100, (block) => {
    if (block === 40)
      expect(
        engine.set({
          strips: plan.strips.map(({ events: _, source, ...rest }) => ({ ...rest, ...(source.kind === "clips" ? { pieces: source.pieces } : {}) })),
          buses: plan.buses,
          master: plan.master,
        }),
      ).toBe(true);
  });
  expect(alike(same, plain)).toBe(true);
});
test("what is set while it sounds is what a plan with it gives, once faders have moved", () => {
  const [first, second] = plan.strips as [Strip, Strip];
  const other: Plan = {
    ...plan,
    strips: [
      { ...first, gainDb: -20, pan: -0.5, inserts: [], sends: {} },
      { ...second, mute: true },
    ],
  };
  const engine = make();
  const set = run(engine, 300, (block) => {
    if (block === 1)
      engine.set({
        strips: other.strips.map(({ id, gainDb, pan, sends, inserts, mute }) => ({ id, gainDb, pan, sends, inserts, ...(mute ? { mute } : {}) })),
      });
  });
  const wanted = run(Engine.of(new Kernels(kernelModule()), other, clips), 300);
  // the room still rings with what was sent before; after two seconds nothing of it is left but rounding
  for (let i = 290 * 128; i < 300 * 128; i++) expect(Math.abs(set[i]! - wanted[i]!)).toBeLessThan(0.02);
  expect(engine.stems[1]?.peak).toBe(0);
  // a track that comes, and goes
  engine.set({ add: [{ ...first, id: "c" }], frames: 96_000 });
  expect(engine.stems.map((stem) => stem.id)).toEqual(["a", "b", "c", "room"]);
  expect(engine.plan.frames).toBe(96_000);
  engine.set({ remove: ["c"] });
  expect(engine.stems.map((stem) => stem.id)).toEqual(["a", "b", "room"]);
  expect(engine.set({ strips: [{ id: "nobody", gainDb: 0, pan: 0, sends: {}, inserts: [] }] })).toBe(false);
});
