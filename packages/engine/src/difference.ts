import { hasSameShape } from "./devices.ts";
import type { PlanSet } from "./engine.ts";
import type { Plan, Strip } from "./plan.ts";
import type { StripSet } from "./strip.ts";

const same = (a: unknown, b: unknown): boolean => a === b || JSON.stringify(a) === JSON.stringify(b);
/** What may be set of a strip while it sounds; its source only where that is another. */
function settings({ id, gainDb, pan, sends, inserts, mute, envelope, automation, source }: Strip, before: Strip): StripSet {
  return {
    id,
    gainDb,
    pan,
    sends,
    inserts,
    ...(mute === undefined ? {} : { mute }),
    ...(envelope === undefined ? {} : { envelope }),
    ...(automation === undefined ? {} : { automation }),
    ...(same(source, before.source) ? {} : { source }),
  };
}
/** Whether one source can become the other while it sounds. */
const isSettable = (from: Strip["source"], to: Strip["source"]): boolean =>
  from === to || (from.kind === "clips" && to.kind === "clips") || (from.kind === to.kind && hasSameShape(from, to));

/** What must be set to make one plan the other while it sounds; undefined where another engine is needed. */
export function differenceOf(from: Plan, to: Plan): PlanSet | undefined {
  if (from.seed !== to.seed || (from.lead ?? 0) !== (to.lead ?? 0) || from.buses.length !== to.buses.length) return undefined;
  const before = new Map(from.strips.map((strip) => [strip.id, strip]));
  const after = new Set(to.strips.map((strip) => strip.id));
  const add = to.strips.filter((strip) => !before.has(strip.id));
  // tracks of clips come and go at once; an instrument takes its time to be made
  if (add.some((strip) => strip.source.kind !== "clips")) return undefined;
  const strips: StripSet[] = [];
  for (const next of to.strips) {
    const own = before.get(next.id);
    if (!own || own === next) continue;
    if (!same(own.events, next.events) || !isSettable(own.source, next.source)) return undefined;
    const set = settings(next, own);
    if (!same(settings(own, own), set)) strips.push(set);
  }
  for (const [k, bus] of to.buses.entries()) if (bus.id !== from.buses[k]?.id || bus.effect.kind !== from.buses[k]?.effect.kind) return undefined;
  return {
    ...(from.frames === to.frames ? {} : { frames: to.frames }),
    add,
    remove: from.strips.flatMap((strip) => (after.has(strip.id) ? [] : [strip.id])),
    strips,
    buses: to.buses.filter((bus, k) => !same(bus, from.buses[k])),
    ...(same(from.master, to.master) ? {} : { master: to.master }),
  };
}
/** Whether there is anything to set. */
export const isSomething = (to: PlanSet): boolean => Object.values(to).some((value) => (Array.isArray(value) ? value.length > 0 : value !== undefined));

/** Names of the clips that a plan plays. */
export const clipsOf = (plan: Plan): string[] => [
  ...plan.strips.flatMap(({ source }) =>
    source.kind === "clips" ? source.pieces.map((piece) => piece.clip) : source.kind === "sampler" ? source.zones.map((zone) => zone.clip) : [],
  ),
  ...plan.buses.flatMap(({ effect }) => (effect.kind === "convolution" ? [effect.clip] : [])),
];
