import { type PartTemplate, partTemplatesOf } from "../style.ts";
import type { ArrangeContext, BlendEvent, Part, PartSlot, Slice } from "./context.ts";
import { counter, dem, drone } from "./drones.ts";
import { drumPart } from "./drums.ts";
import { chops, textures } from "./slices.ts";
import { double, openStrings, strum } from "./strings.ts";
import { arp, bass, pad } from "./synths.ts";

type Maker = (context: ArrangeContext, slot: PartSlot, voice: PartTemplate) => { readonly slices?: Slice[]; readonly events: BlendEvent[] };
const just =
  (make: (context: ArrangeContext, slot: PartSlot, voice: PartTemplate) => BlendEvent[]): Maker =>
  (context, slot, voice) => ({ events: make(context, slot, voice) });

const MAKERS: Readonly<Record<PartTemplate["role"], Maker>> = {
  bass: just(bass),
  pad: just(pad),
  arp: just(arp),
  strum: just(strum),
  drone: just(drone),
  dem: just(dem),
  counter: just(counter),
  double: just(double),
  chop: chops,
  texture: textures,
};

const KICK = "kick";
/** The kick first, since others are pressed by it; the rest by name, whatever the order of a file. */
const drumsInOrder = (style: PartSlot["style"]): string[] =>
  Object.keys(style.drums).sort((a, b) => Number(b === KICK) - Number(a === KICK) || (a < b ? -1 : 1));

/** Every part of a style for a tune; `idOf` names them. */
export function partsOf(context: ArrangeContext, style: PartSlot["style"], idOf: (id: string) => string): Part[] {
  const drums = context.grid.free ? [] : drumsInOrder(style).map((drum) => drumPart(context, { id: idOf(drum), name: drum, style }, drum));
  // after the last chord nothing begins; a strum of it takes its time
  const lastAttack = (context.edges.last ?? Number.POSITIVE_INFINITY) + 0.08;
  const voices = partTemplatesOf(style, context.grid.free).map((voice): Part => {
    const slot: PartSlot = { id: idOf(voice.id), name: voice.id, style };
    const { slices, events } = MAKERS[voice.role](context, slot, voice);
    const open = openStrings(context, voice);
    return {
      id: slot.id,
      name: slot.name,
      style: style.name,
      role: voice.role,
      source: voice.instrument,
      ...(open ? { open } : {}),
      ...(slices ? { slices } : {}),
      mix: voice.mix,
      reason: { code: `why.role.${voice.role}`, params: { part: voice.id } },
      events: events.filter((event) => event.at < context.grid.end && event.at <= lastAttack && event.velocity > 0).sort((a, b) => a.at - b.at),
    };
  });
  const parts = [...drums, ...voices].filter((part) => part.events.length > 0);
  const kick = parts.find((part) => part.role === "drums" && part.name === KICK)?.id;
  return parts.map((part) => (kick === undefined || part.id === kick ? part : { ...part, key: kick }));
}
