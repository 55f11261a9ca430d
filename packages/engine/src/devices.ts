import { clamp } from "@kuishi/base";
import { type Band, bandTypes } from "@kuishi/signal";
import { allMakes, type KnownMake, makeOf, type Range, type Setting } from "@kuishi/tuning";
import type { DialField } from "./dials.ts";
import { kits } from "./drumkit.ts";
import type { Bus, Compression, Insert, Master, SampleZone, Source, Strip, SynthPatch } from "./plan.ts";

export type { Range } from "@kuishi/tuning";

/**
 * Every value of the engine that a person may set, as data: the studio draws its panels from these
 * tables, projects are checked against them, and a test goes through them one by one. A field that a
 * type has and its table has not does not compile.
 */
type NumbersOf<T> = { [K in keyof T]-?: NonNullable<T[K]> extends number ? K : never }[keyof T];
type Table<T> = { readonly [K in NumbersOf<T>]-?: Range };
type Of<T, K> = Extract<T, { kind: K }>;

const range = (unit: Range["unit"], low: number, high: number, initial: number, log = false): Range => ({ unit, low, high, initial, ...(log ? { log } : {}) });
const part = (initial: number): Range => range("part", 0, 1, initial);
const hertz = (initial: number, low = 20, high = 20_000): Range => range("Hz", low, high, initial, true);
const level = (low: number, high: number, initial: number): Range => range("dB", low, high, initial);
const ms = (low: number, high: number, initial: number): Range => range("ms", low, high, initial, true);
const seconds = (initial: number, high = 10): Range => range("s", 0.001, high, initial, true);

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
/** Fader, place and master of the mixer; sends have the range of `send`. */
export const stripTable: Table<Strip> = { gainDb: level(-60, 12, 0), pan: range("part", -1, 1, 0) };
export const masterTable: Table<Master> = { gainDb: level(-24, 24, 0), ceilingDbtp: level(-12, -0.1, -1.6) };
export const send: Range = level(-60, 6, -12);
export const busTable: Table<Bus> = { gainDb: level(-60, 12, 0) };

export const insertKinds = Object.keys(inserts) as readonly Insert["kind"][];
export const effectKinds = Object.keys(effects) as readonly Bus["effect"]["kind"][];

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
    return { path: [...path, name], range, value: typeof own === "number" ? own : range.initial };
  });

/** Every value of a device, in order. @param keys strips that can be the key of a side-chain. */
export function fieldsOf(device: Device, keys: readonly string[] = []): Field[] {
  switch (device.kind) {
    case "eq":
      return device.bands.flatMap((one, k): Field[] => [
        { path: ["bands", k, "type"], options: bandTypes, value: one.type },
        ...numbers(band, one, ["bands", k]).filter((field) => one.type === "peak" || one.type.endsWith("Shelf") || field.path.at(-1) !== "gainDb"),
      ]);
    case "compressor":
      return [...numbers(inserts.compressor, device), { path: ["key"], options: ["", ...keys], value: device.key ?? "" }];
    case "multiband":
      return [
        ...[0, 1].map((k): Field => ({ path: ["splitHz", k], range: hertz(k === 0 ? 220 : 4000), value: device.splitHz[k]! })),
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
    case "drums":
      return [{ path: ["kit"], options: kits, value: device.kit }];
    case "sampler":
      return device.zones[0] ? numbers(zone, device.zones[0], ["zones"]) : [];
    case "clips":
      return [];
    default:
      return settingsOf(device);
  }
}
/** Values of an instrument: which of the makes that share its model it is, and what its record says may be set. */
function settingsOf(source: { readonly kind: string; readonly model?: string }): Field[] {
  const known = makeOf(source);
  if (!known) return [];
  const models = allMakes().flatMap(({ make }) => (make.source.kind === source.kind && make.source.model !== undefined ? [make.source.model] : []));
  const { settings } = known.instrument;
  const value = (name: string): unknown => (source as Loose)[name] ?? known.make.source[name];
  return [
    ...(models.length > 0 ? [{ path: ["model"], options: models, value: source.model ?? "" }] : []),
    ...Object.entries(settings).map(([name, setting]: [string, Setting]): Field => {
      const own = value(name);
      if ("flag" in setting) return { path: [name], flag: true, value: typeof own === "boolean" ? own : setting.flag };
      return { path: [name], range: setting.range, value: typeof own === "number" ? own : setting.range.initial };
    }),
  ];
}

/** The numbers of a device in the order in which its kernel reads them: all of them may move while it sounds. */
export function dialsOf(device: Device): DialField[] {
  // a band has all three of its numbers, whichever of them its type listens to
  const fields = device.kind === "eq" ? device.bands.flatMap((one, k) => numbers(band, { q: Math.SQRT1_2, ...one }, ["bands", k])) : fieldsOf(device);
  return fields.flatMap((field) =>
    "range" in field ? [{ path: field.path, value: field.value, isLog: field.range.log === true, low: field.range.low, high: field.range.high }] : [],
  );
}

/** Whether two devices differ in nothing but numbers that may move while they sound. */
export function hasSameShape(a: Device, b: Device): boolean {
  const shape = (device: Device): string => {
    const plain = fieldsOf(device).reduce(
      (one, field) => ("range" in field && field.range.unit !== "count" ? withField(one, field.path, field.range.initial) : one),
      device,
    );
    return JSON.stringify(plain);
  };
  return shape(a) === shape(b);
}

/**
 * A device with one value set; a number is held in its range. A sampler's value is set for all its zones.
 * @example
 * withField(defaultInsert("saturation"), ["driveDb"], 99).driveDb; // => 36
 */
export function withField<T extends Device>(device: T, path: Field["path"], value: number | string | boolean): T {
  const field = fieldsOf(device).find((other) => other.path.join() === path.join());
  if (!field) return device;
  const sound =
    "range" in field ? clamp(typeof value === "number" && Number.isFinite(value) ? value : field.range.initial, field.range.low, field.range.high) : value;
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
    const key = path[k]!;
    if (Array.isArray(at)) return at.map((one: unknown, i) => (i === key ? put(one, k + 1) : one));
    return { ...(at as Loose), [key]: put((at as Loose)[key], k + 1) };
  };
  return put(device, 0) as T;
}

const defaultsOf = <T>(table: Readonly<Record<string, Range>>): T =>
  Object.fromEntries(Object.entries(table).map(([name, { initial }]) => [name, initial])) as T;
const oscillatorOf = (kind: Oscillator["kind"]): Oscillator =>
  kind === "fm"
    ? { kind, ...defaultsOf<Omit<Of<Oscillator, "fm">, "kind">>(oscillators.fm) }
    : { kind, table: "vowels", ...defaultsOf<{ place: number; move: number }>(oscillators.wavetable) };
const neutralCompression = (): Compression => ({ ...defaultsOf<Compression>(compression), ratio: 1 });

/** A synthesiser as it is new: every value of its table at its start. */
const defaultPatch: SynthPatch = defaultsOf<SynthPatch>(patch);
/** One plain saw, for sounds that are made from the ground up. */
export const plainPatch: SynthPatch = { ...defaultPatch, detuneCents: 0, shape: 0, sub: 0 };
/** A band as an equaliser gets it new. */
export const defaultBand: Band = { type: "peak", ...defaultsOf<Omit<Band, "type">>(band) };

/** An insert as it is put in new: heard, but gently. */
export function defaultInsert(kind: Insert["kind"]): Insert {
  if (kind === "eq") return { kind, bands: [{ type: "highPass", hertz: 70, q: 0.7 }, defaultBand, { type: "highShelf", hertz: 8000, gainDb: 0, q: 0.7 }] };
  if (kind === "multiband") return { kind, splitHz: [220, 4000], bands: [neutralCompression(), neutralCompression(), neutralCompression()] };
  return { kind, ...defaultsOf<object>(inserts[kind]) } as Insert;
}
/** An effect as a new bus has it; a delay needs times, which are the tune's, a convolution the clip of a room. */
export function defaultEffect(kind: Bus["effect"]["kind"], clip = ""): Bus["effect"] {
  if (kind === "delay") return { kind, times: [[0, 14_400]], ...defaultsOf<{ feedback: number; damping: number }>(effects.delay) };
  if (kind === "convolution") return { kind, clip };
  return { kind, ...defaultsOf<object>(effects[kind]) } as Bus["effect"];
}

/** A device from outside with every value held in its range; undefined for what is none. @param keys strips there are. */
function sanitized<T extends Device>(raw: Loose, base: T): T {
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
const MAX_BANDS = 16;
/**
 * An insert from outside, made sound; undefined where there is no such kind.
 * @example
 * sanitizeInsert({ kind: "gate", thresholdDb: -999 }).thresholdDb; // => -80
 * sanitizeInsert({ kind: "toaster" }); // => undefined
 */
export function sanitizeInsert(raw: Loose): Insert | undefined {
  const kind = insertKinds.find((one) => one === raw["kind"]);
  if (!kind) return undefined;
  if (kind !== "eq") return sanitized(raw, defaultInsert(kind));
  const bands = Array.isArray(raw["bands"]) ? raw["bands"].slice(0, MAX_BANDS) : [];
  return sanitized(raw, { kind, bands: bands.map(() => defaultBand) });
}
/** An effect from outside, made sound. @param own what the bus has without it: delay times, a room's clip. */
export function sanitizeEffect(raw: Loose, own?: Bus["effect"]): Bus["effect"] | undefined {
  const kind = effectKinds.find((one) => one === raw["kind"]);
  if (!kind) return undefined;
  return sanitized(raw, own?.kind === kind ? own : defaultEffect(kind, typeof raw["clip"] === "string" ? raw["clip"] : ""));
}
/** A source with the values that someone set, as far as it is still of that kind. */
export const sanitizeSource = (raw: Loose, own: Source): Source => (raw["kind"] === own.kind ? sanitized(raw, own) : own);

/**
 * An instrument from outside, made sound; undefined for what plays no notes of its own.
 * @example
 * sourceFrom({ kind: "drums", kit: "house" }).kind; // => "drums"
 * sourceFrom({ kind: "toaster" }); // => undefined
 */
export function sourceFrom(raw: Loose): Source | undefined {
  const alike = everyDevice().find((device) => device.kind === raw["kind"] && (device as Loose)["model"] === raw["model"]) as Source | undefined;
  return alike && sanitized(raw, alike);
}

/** The source of an instrument's make, set as it usually is. */
export const sourceOf = ({ make }: KnownMake): Source => make.source as unknown as Source;

/** Every device there is, as it is new: for whoever must go through all values. */
export function everyDevice(): readonly Device[] {
  return [
    ...insertKinds.map(defaultInsert),
    ...effectKinds.map((kind) => defaultEffect(kind)),
    ...allMakes().map(sourceOf),
    { kind: "drums", kit: kits[0]! },
    ...([undefined, "fm", "wavetable"] as const).map(
      (kind): Source => ({
        kind: "synth",
        patch: { ...defaultPatch, ...(kind ? { oscillator: oscillatorOf(kind) } : {}) },
      }),
    ),
  ];
}
