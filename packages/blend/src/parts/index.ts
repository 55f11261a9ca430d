import { type Voice, voicesOf } from "../style.ts";
import { counter, dem, drone } from "./drones.ts";
import { drumPart } from "./drums.ts";
import type { BlendEvent, Ground, Part, Seat, Slice } from "./ground.ts";
import { chops, textures } from "./pieces.ts";
import { double, openStrings, strum } from "./strings.ts";
import { arp, bass, pad } from "./synths.ts";

type Maker = (ground: Ground, seat: Seat, voice: Voice) => { readonly slices?: Slice[]; readonly events: BlendEvent[] };
const just =
  (make: (ground: Ground, seat: Seat, voice: Voice) => BlendEvent[]): Maker =>
  (ground, seat, voice) => ({ events: make(ground, seat, voice) });

const MAKERS: Readonly<Record<Voice["role"], Maker>> = {
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

/** The kick first, since others are pressed by it; the rest by name, whatever the order of a file. */
const drumsInOrder = (style: Seat["style"]): string[] =>
  Object.keys(style.drums).sort((a, b) => Number(b === "kick") - Number(a === "kick") || (a < b ? -1 : 1));

/** Every part of a style for a tune; `idOf` names them. */
export function partsOf(ground: Ground, style: Seat["style"], idOf: (id: string) => string): Part[] {
  const drums = ground.grid.free ? [] : drumsInOrder(style).map((drum) => drumPart(ground, { id: idOf(drum), style }, drum));
  const voices = voicesOf(style, ground.grid.free).map((voice): Part => {
    const seat: Seat = { id: idOf(voice.id), style };
    const { slices, events } = MAKERS[voice.role](ground, seat, voice);
    const open = openStrings(ground, voice);
    return {
      id: seat.id,
      role: voice.role,
      source: voice.instrument,
      ...(open ? { open } : {}),
      ...(slices ? { slices } : {}),
      mix: voice.mix,
      reason: { code: `why.role.${voice.role}`, params: { part: voice.id } },
      events: events.filter((event) => event.at < ground.grid.end && event.velocity > 0).sort((a, b) => a.at - b.at),
    };
  });
  return [...drums, ...voices].filter((part) => part.events.length > 0);
}
