import type { BlendEvent, Ground, Part, Seat } from "./ground.ts";
import { apart, fillHits, type Hit, hitsOf } from "./hits.ts";

/** One drum, so that each is a stem. */
export function drumPart(ground: Ground, seat: Seat, drum: string): Part {
  const { rules, mix } = seat.style.drums[drum] as Seat["style"]["drums"][string];
  const fills: Hit[] = seat.style.fill.drum === drum ? fillHits(ground, seat) : [];
  // where it fills, the fill is all it plays
  const filled = new Set(fills.map((hit) => hit.bar));
  const from = (hit: Hit): number => hit.bar.groups.at(-1)?.from ?? hit.bar.from;
  const events = apart([...hitsOf(ground, seat, rules).filter((hit) => !filled.has(hit.bar) || hit.at < from(hit) - 0.02), ...fills]).map(
    (hit): BlendEvent => ({ at: hit.at, length: 0.1, cents: 0, velocity: hit.velocity, voice: drum, reason: hit.reason }),
  );
  return { id: seat.id, role: "drums", source: { kind: "drums", kit: seat.style.kit }, mix, reason: { code: "why.drums", params: { part: seat.id } }, events };
}
