import { clamp } from "@kuishi/base";
import type { Band } from "@kuishi/signal";
import { kits } from "./drumkit.ts";
import type { Bus, Compression, Insert, Master, SampleZone, Source, Strip, SynthPatch } from "./plan.ts";
import { plucked } from "./plucked/index.ts";

/**
 * Every value of the engine that a person may set, as data: the studio draws its panels from these
 * tables, projects are checked against them, and a test goes through them one by one. A field that a
 * type has and its table has not does not compile.
 */
export interface Range {
  readonly unit: "dB" | "Hz" | "ms" | "s" | "cents" | "octaves" | "part" | "ratio" | "count";
  readonly low: number;
  readonly high: number;
  /** What a new device has. */
  readonly usual: number;
  /** Steps of equal ratio rather than of equal size. */
  readonly log?: boolean;
}
type NumbersOf<T> = { [K in keyof T]-?: NonNullable<T[K]> extends number ? K : never }[keyof T];
type Table<T> = { readonly [K in NumbersOf<T>]-?: Range };
type Of<T, K> = Extract<T, { kind: K }>;

const range = (unit: Range["unit"], low: number, high: number, usual: number, log = false): Range => ({ unit, low, high, usual, ...(log ? { log } : {}) });
const part = (usual: number): Range => range("part", 0, 1, usual);
const hertz = (usual: number, low = 20, high = 20_000): Range => range("Hz", low, high, usual, true);
const level = (low: number, high: number, usual: number): Range => range("dB", low, high, usual);
const ms = (low: number, high: number, usual: number): Range => range("ms", low, high, usual, true);
const seconds = (usual: number, high = 10): Range => range("s", 0.001, high, usual, true);

const compression: Table<Compression> = {
  thresholdDb: level(-60, 0, -24),
  ratio: range("ratio", 1, 20, 2, true),
  attackMs: ms(0.1, 200, 10),
  releaseMs: ms(5, 2000, 160),
  makeupDb: level(0, 24, 0),
};
const band: Table<Band> = { hertz: hertz(1000), gainDb: level(-24, 24, 0), q: range("ratio", 0.1, 12, 0.7, true) };
const inserts: { readonly [K in Insert["kind"]]: Table<Of<Insert, K>> } = {
  eq: {},
  compressor: compression,
  multiband: {},
  saturation: { driveDb: level(0, 36, 6), mix: part(1), even: part(0.3) },
  gate: { thresholdDb: level(-80, 0, -50), floorDb: level(-80, 0, -30), attackMs: ms(0.1, 50, 1), holdMs: ms(1, 500, 40), releaseMs: ms(5, 2000, 120) },
  phaser: {
    lowHz: hertz(300, 40, 4000),
    highHz: hertz(2400, 100, 12_000),
    rateHz: range("Hz", 0.01, 8, 0.3, true),
    feedback: range("part", -0.9, 0.9, 0.3),
    mix: part(0.5),
  },
};
const effects: { readonly [K in Bus["effect"]["kind"]]: Table<Of<Bus["effect"], K>> } = {
  reverb: { decaySec: range("s", 0.2, 12, 1.8, true), preDelayMs: range("ms", 0, 150, 20), damping: part(0.4) },
  chorus: { rateHz: range("Hz", 0.02, 8, 0.5, true), depthMs: range("ms", 0, 10, 3), delayMs: range("ms", 1, 40, 14) },
  convolution: {},
  delay: { feedback: range("part", 0, 0.95, 0.4), damping: part(0.4) },
};
const patch: Table<SynthPatch> = {
  voices: range("count", 1, 16, 6),
  detuneCents: range("cents", 0, 100, 8),
  shape: part(0.3),
  sub: part(0.2),
  breath: part(0),
  attackSec: seconds(0.01),
  decaySec: seconds(0.4),
  sustain: part(0.7),
  releaseSec: seconds(0.2),
  cutoffHz: hertz(1800),
  keyTrack: part(0.4),
  sweepOctaves: range("octaves", -8, 8, 0.5),
  sweepSec: seconds(0.2),
  resonance: part(0.1),
  lfoHz: range("Hz", 0, 20, 0),
  lfoOctaves: range("octaves", 0, 6, 0),
  vibratoCents: range("cents", 0, 200, 0),
};
type Oscillator = NonNullable<SynthPatch["oscillator"]>;
const oscillators: { readonly [K in Oscillator["kind"]]: Table<Of<Oscillator, K>> } = {
  fm: { ratio: range("ratio", 0.1, 20, 2, true), index: range("ratio", 0, 20, 2), indexSec: seconds(0.5) },
  wavetable: { place: part(0.3), move: part(0.2) },
};
/** What is set of all zones together; their pitches, loops and rates are the sound's own. */
const zone: Pick<Table<SampleZone>, "gainDb" | "attackSec" | "decaySec" | "sustain" | "releaseSec"> = {
  gainDb: level(-40, 12, 0),
  attackSec: seconds(0.002),
  decaySec: seconds(0.3),
  sustain: part(0.5),
  releaseSec: seconds(0.1),
};
const nail: Range = part(0.5);
/** Fader, place and master of the mixer; sends have the range of `send`. */
export const stripTable: Table<Strip> = { gainDb: level(-60, 12, 0), pan: range("part", -1, 1, 0) };
export const masterTable: Table<Master> = { gainDb: level(-24, 24, 0), ceilingDbtp: level(-12, -0.1, -1.6) };
export const send: Range = level(-60, 6, -12);
export const busTable: Table<Bus> = { gainDb: level(-60, 12, 0) };

export const insertKinds = Object.keys(inserts) as readonly Insert["kind"][];
export const effectKinds = Object.keys(effects) as readonly Bus["effect"]["kind"][];
const BANDS: readonly Band["type"][] = ["highPass", "lowShelf", "peak", "highShelf", "lowPass"];

/** One value of a device: where it stands in it, and what it may be. */
export type Field = { readonly path: readonly (string | number)[] } & (
  | { readonly range: Range; readonly value: number }
  | { readonly options: readonly string[]; readonly value: string }
  | { readonly flag: true; readonly value: boolean }
);
export type Device = Insert | Bus["effect"] | Source;

type Loose = Readonly<Record<string, unknown>>;
const numbers = (table: Readonly<Record<string, Range>>, of: object, path: readonly (string | number)[] = []): Field[] =>
  Object.entries(table).map(([name, range]) => {
    const own = (of as Loose)[name];
    return { path: [...path, name], range, value: typeof own === "number" ? own : range.usual };
  });

/** Every value of a device, in order. @param keys strips that can be the key of a side-chain. */
export function fieldsOf(device: Device, keys: readonly string[] = []): Field[] {
  switch (device.kind) {
    case "eq":
      return device.bands.flatMap((one, k): Field[] => [
        { path: ["bands", k, "type"], options: BANDS, value: one.type },
        ...numbers(band, one, ["bands", k]).filter((field) => one.type === "peak" || one.type.endsWith("Shelf") || field.path.at(-1) !== "gainDb"),
      ]);
    case "compressor":
      return [...numbers(inserts.compressor, device), { path: ["key"], options: ["", ...keys], value: device.key ?? "" }];
    case "multiband":
      return [
        ...[0, 1].map((k): Field => ({ path: ["splitHz", k], range: hertz(k === 0 ? 220 : 4000), value: device.splitHz[k] as number })),
        ...device.bands.flatMap((one, k) => numbers(compression, one, ["bands", k])),
      ];
    case "saturation":
    case "gate":
    case "phaser":
      return numbers(inserts[device.kind], device);
    case "reverb":
    case "chorus":
    case "convolution":
    case "delay":
      return numbers(effects[device.kind], device);
    case "synth": {
      const { oscillator } = device.patch;
      return [
        ...numbers(patch, device.patch, ["patch"]),
        { path: ["patch", "oscillator", "kind"], options: ["", ...Object.keys(oscillators)], value: oscillator?.kind ?? "" },
        ...(oscillator ? numbers(oscillators[oscillator.kind], oscillator, ["patch", "oscillator"]) : []),
        ...(oscillator?.kind === "wavetable"
          ? [{ path: ["patch", "oscillator", "table"], options: ["vowels", "organ", "glass"], value: oscillator.table } as const]
          : []),
      ];
    }
    case "plucked":
      return [
        { path: ["model"], options: Object.keys(plucked), value: device.model },
        { path: ["nail"], range: nail, value: device.nail },
      ];
    case "balaban":
      return [{ path: ["steady"], flag: true, value: device.steady }];
    case "drums":
      return [{ path: ["kit"], options: kits, value: device.kit }];
    case "sampler":
      return device.zones[0] ? numbers(zone, device.zones[0], ["zones"]) : [];
    case "clips":
    case "tanpura":
      return [];
  }
}

/** A device with one value set; a number is held in its range. A sampler's value is set for all its zones. */
export function withField<T extends Device>(device: T, path: Field["path"], value: number | string | boolean): T {
  const field = fieldsOf(device).find((other) => other.path.join() === path.join());
  if (!field) return device;
  const sound =
    "range" in field ? clamp(typeof value === "number" && Number.isFinite(value) ? value : field.range.usual, field.range.low, field.range.high) : value;
  if (device.kind === "sampler") return { ...device, zones: device.zones.map((one) => ({ ...one, [path.at(-1) as string]: sound })) };
  if (path.join() === "key") {
    const { key: _, ...rest } = device as Of<Insert, "compressor">;
    return (value === "" ? rest : { ...rest, key: value }) as T;
  }
  if (path.join() === "patch,oscillator,kind") {
    const { oscillator: _, ...rest } = (device as Of<Source, "synth">).patch;
    return { ...device, patch: value === "" ? rest : { ...rest, oscillator: oscillatorOf(value as Oscillator["kind"]) } };
  }
  const put = (at: unknown, k: number): unknown => {
    if (k === path.length) return sound;
    const key = path[k] as string | number;
    if (Array.isArray(at)) return at.map((one: unknown, i) => (i === key ? put(one, k + 1) : one));
    return { ...(at as Loose), [key]: put((at as Loose)[key], k + 1) };
  };
  return put(device, 0) as T;
}

const usually = <T>(table: Readonly<Record<string, Range>>): T => Object.fromEntries(Object.entries(table).map(([name, { usual }]) => [name, usual])) as T;
const oscillatorOf = (kind: Oscillator["kind"]): Oscillator =>
  kind === "fm"
    ? { kind, ...usually<Omit<Of<Oscillator, "fm">, "kind">>(oscillators.fm) }
    : { kind, table: "vowels", ...usually<{ place: number; move: number }>(oscillators.wavetable) };
const still = (): Compression => ({ ...usually<Compression>(compression), ratio: 1 });

/** A band as an equaliser gets it new. */
export const usualBand: Band = { type: "peak", ...usually<Omit<Band, "type">>(band) };

/** An insert as it is put in new: heard, but gently. */
export function usualInsert(kind: Insert["kind"]): Insert {
  if (kind === "eq") return { kind, bands: [{ type: "highPass", hertz: 70, q: 0.7 }, usualBand, { type: "highShelf", hertz: 8000, gainDb: 0, q: 0.7 }] };
  if (kind === "multiband") return { kind, splitHz: [220, 4000], bands: [still(), still(), still()] };
  return { kind, ...usually<object>(inserts[kind]) } as Insert;
}
/** An effect as a new bus has it; a delay needs times, which are the tune's, a convolution the clip of a room. */
export function usualEffect(kind: Bus["effect"]["kind"], clip = ""): Bus["effect"] {
  if (kind === "delay") return { kind, times: [[0, 14_400]], ...usually<{ feedback: number; damping: number }>(effects.delay) };
  if (kind === "convolution") return { kind, clip };
  return { kind, ...usually<object>(effects[kind]) } as Bus["effect"];
}

/** A device from outside with every value held in its range; undefined for what is none. @param keys strips there are. */
function sound<T extends Device>(raw: Loose, base: T): T {
  let device = base;
  // what a sampler's zones have in common is told by the first
  const zones = Array.isArray(raw["zones"]) ? { ...raw, zones: raw["zones"][0] } : raw;
  const at = (path: Field["path"]): unknown => path.reduce<unknown>((one, key) => (one as Loose | undefined | null)?.[key], zones);
  // what is chosen comes first, and what is chosen by it then: it decides which values there are
  for (const number of [false, false, true]) {
    for (const field of fieldsOf(device)) {
      const value = at(field.path);
      if ("range" in field !== number || value === undefined) continue;
      if ("range" in field ? typeof value !== "number" : "flag" in field ? typeof value !== "boolean" : typeof value !== "string") continue;
      if ("options" in field && field.path.join() !== "key" && !field.options.includes(value as string)) continue;
      device = withField(device, field.path, value as number | string | boolean);
    }
  }
  return device;
}
/** Most bands an equaliser has. */
const MOST_BANDS = 16;
/** An insert from outside, made sound; undefined where there is no such kind. */
export function soundInsert(raw: Loose): Insert | undefined {
  const kind = insertKinds.find((one) => one === raw["kind"]);
  if (!kind) return undefined;
  if (kind !== "eq") return sound(raw, usualInsert(kind));
  const bands = Array.isArray(raw["bands"]) ? raw["bands"].slice(0, MOST_BANDS) : [];
  return sound(raw, { kind, bands: bands.map(() => usualBand) });
}
/** An effect from outside, made sound. @param own what the bus has without it: delay times, a room's clip. */
export function soundEffect(raw: Loose, own?: Bus["effect"]): Bus["effect"] | undefined {
  const kind = effectKinds.find((one) => one === raw["kind"]);
  if (!kind) return undefined;
  return sound(raw, own?.kind === kind ? own : usualEffect(kind, typeof raw["clip"] === "string" ? raw["clip"] : ""));
}
/** A source with the values that someone set, as far as it is still of that kind. */
export const soundSource = (raw: Loose, own: Source): Source => (raw["kind"] === own.kind ? sound(raw, own) : own);

/** Every device there is, as it is new: for whoever must go through all values. */
export function everyDevice(): readonly Device[] {
  return [
    ...insertKinds.map(usualInsert),
    ...effectKinds.map((kind) => usualEffect(kind)),
    { kind: "plucked", model: "dombra-western", open: [], nail: nail.usual },
    { kind: "balaban", steady: false },
    { kind: "tanpura" },
    { kind: "drums", kit: kits[0] as string },
    ...([undefined, "fm", "wavetable"] as const).map(
      (kind): Source => ({
        kind: "synth",
        patch: { ...usually<SynthPatch>(patch), ...(kind ? { oscillator: oscillatorOf(kind) } : {}) },
      }),
    ),
  ];
}
