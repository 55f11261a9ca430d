import { readStyle, styleSchema, styles } from "@kuishi/blend";
import { Engine, everyDevice, fieldsOf, type Note, registerModel, type SourceProcessor, sourceOf } from "@kuishi/engine";
import { planOfScore } from "@kuishi/flow";
import { Kernels } from "@kuishi/signal";
import { kernelModule } from "@kuishi/signal/node";
import { type Instrument, instrumentCalled, makeNamed, registerInstrument } from "@kuishi/tuning";
import { expect, test } from "vitest";
import { playInstruments } from "../apps/studio/src/audio/playable.ts";

// an instrument nobody has: a stone that is rubbed, in this file alone
declare module "../packages/engine/src/plan.ts" {
  interface Sources {
    singingStone: { readonly wet: number };
  }
}
const stone: Instrument = {
  name: "singing-stone",
  family: "bowed",
  answersTo: ["stone", "тас"],
  heard: null,
  tunings: [],
  frets: 12,
  lowest: 5000,
  highest: 7400,
  played: "line",
  strokes: [],
  polyphony: 1,
  sustains: { breath: null, quickest: 0.2 },
  roles: ["dem"],
  settings: { wet: { range: { unit: "part", low: 0, high: 1, initial: 0.4 } } },
  makes: [{ name: "singing-stone", source: { kind: "singingStone", wet: 0.4 }, programs: { 121: { wet: 0.9 } } }],
};
class Stone implements SourceProcessor {
  readonly holds = true;
  readonly #kernels: Kernels;
  #sounds = 0;
  constructor(kernels: Kernels) {
    this.#kernels = kernels;
  }
  start(event: Note): void {
    this.#sounds = event.velocity;
  }
  stop(): void {
    this.#sounds = 0;
  }
  process(left: number, right: number, _frame: number, count: number): void {
    for (const at of [left, right]) this.#kernels.view(at, count).fill(this.#sounds);
  }
  silence(): void {
    this.#sounds = 0;
  }
}
registerInstrument(stone);
registerModel("singingStone", (kernels) => new Stone(kernels));

const track = {
  name: "",
  program: 0,
  drums: false,
  volume: 0.8,
  pan: 0,
  reverb: 0,
  chorus: 0,
  notes: [{ at: 0, length: 1, cents: 6000, velocity: 0.5, bend: [] }],
};
const sourceFor = (own: Partial<typeof track>) => planOfScore({ tracks: [{ ...track, ...own }], seconds: 1 }, 1).strips[0]!.source;

test("an instrument that a record and a model add is known everywhere", () => {
  // the play room
  expect(playInstruments()["singing-stone"]).toMatchObject({ source: { kind: "singingStone", wet: 0.4 }, open: [5000], frets: 12, played: "line" });
  // scores: by name in any case, and by program
  expect(sourceFor({ name: "Stone II" })).toMatchObject({ kind: "singingStone", wet: 0.4 });
  expect(sourceFor({ name: "ТАС" })).toMatchObject({ kind: "singingStone" });
  expect(sourceFor({ program: 121 })).toMatchObject({ kind: "singingStone", wet: 0.9 });
  // the mixer's panels
  const device = everyDevice().find((one) => one.kind === "singingStone");
  expect(device && fieldsOf(device)).toMatchObject([{ path: ["wet"], value: 0.4 }]);
  // styles: read with what was left out, refused with what it has not, in their schema
  const style = structuredClone(styles.get("downtempo")) as unknown as { voices: Record<string, unknown>[] };
  const dem = style.voices.find((voice) => voice["role"] === "dem")!;
  dem["instrument"] = { kind: "singingStone" };
  expect(readStyle(style).voices.find((voice) => voice.role === "dem")?.instrument).toEqual({ kind: "singingStone", wet: 0.4 });
  for (const broken of [{ kind: "singingStone", wet: 3 }, { kind: "singingStone", dry: 1 }, { kind: "humming-stone" }]) {
    dem["instrument"] = broken;
    expect(() => readStyle(style)).toThrow();
  }
  expect(JSON.stringify(styleSchema())).toContain('"singingStone"');
  // the engine
  const engine = Engine.of(new Kernels(kernelModule()), planOfScore({ tracks: [{ ...track, name: "stone" }], seconds: 1 }, 1), new Map());
  engine.render();
  expect(engine.stems[0]!.leftView[64]).toBeGreaterThan(0.01);
  // a jump into its note begins it there: it holds
  engine.seek(12_800);
  engine.render();
  expect(engine.stems[0]!.leftView[64]).toBeGreaterThan(0.01);
  expect(() => registerInstrument(stone)).toThrow(RangeError);
  expect(() => registerModel("singingStone", (kernels) => new Stone(kernels))).toThrow(RangeError);
});

test("a role that an instrument cannot play is refused, and told where", () => {
  const style = structuredClone(styles.get("downtempo")) as unknown as { voices: Record<string, unknown>[] };
  style.voices.find((voice) => voice["id"] === "dem")!["role"] = "strum";
  expect(() => readStyle(style)).toThrowError(expect.objectContaining({ params: expect.objectContaining({ at: "voices.dem.role" }) }));
});

test("scores find their instrument by what people call it", () => {
  const called = (name: string): string | undefined => instrumentCalled(name)?.name;
  expect(["Домбыра", "dombra 2", "домбра (Dombra)", "Dombyra"].map(called)).toEqual(["dombra", "dombra", "dombra", "dombra"]);
  expect(["Қылқобыз", "Қобыз", "кыл-кобыз", "Qyl-qobyz", "kobyz", "Prima-qobyz"].map(called)).toEqual(Array(6).fill("qobyz"));
  expect(["Сыбызғы", "сыбызгы", "Sybyzgy", "sybyzghy"].map(called)).toEqual(Array(4).fill("sybyzgy"));
  expect(["Тар", "tar", "Гитара", "Acoustic Guitar", "Дудук", "Тамбура"].map(called)).toEqual(["tar", "tar", "guitar", "guitar", "balaban", "tanpura"]);
  expect(["Piano", "Target practice", "Гитарный", "", "Kapelle"].map(called)).toEqual([undefined, undefined, "guitar", undefined, undefined]);
  expect(sourceFor({ program: 110 })).toMatchObject({ kind: "qobyz" });
  expect(sourceFor({ program: 77 })).toMatchObject({ kind: "sybyzgy" });
  expect(sourceOf(makeNamed("guitar-steel")!)).toMatchObject({ kind: "plucked", model: "guitar-steel" });
});
