import type { ArrangeContext, BlendEvent, Part, PartSlot } from "./context.ts";
import { fillGroups, fillHits, type Hit, hitsOf, thinHits } from "./hits.ts";

/** One drum, so that each is a stem. */
export function drumPart(context: ArrangeContext, slot: PartSlot, drum: string): Part {
  const { rules, mix } = slot.style.drums[drum]!;
  const fills: Hit[] = slot.style.fill.drum === drum ? fillHits(context, slot) : [];
  // where it fills, the fill is all it plays
  const filled = new Set(fills.map((hit) => hit.bar));
  const from = (hit: Hit): number => fillGroups(hit.bar)[0]?.from ?? hit.bar.from;
  const events = thinHits([...hitsOf(context, slot, rules).filter((hit) => !filled.has(hit.bar) || hit.at < from(hit) - 0.02), ...fills]).map(
    (hit): BlendEvent => ({ at: hit.at, length: 0.1, cents: 0, velocity: hit.velocity, voice: drum, reason: hit.reason }),
  );
  const { id, name, style } = slot;
  return {
    id,
    name,
    style: style.name,
    role: "drums",
    source: { kind: "drums", kit: style.kit },
    mix,
    reason: { code: "why.drums", params: { part: name } },
    events,
  };
}
