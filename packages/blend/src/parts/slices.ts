import { classDistance } from "@kuishi/tuning";
import { harmonyAt } from "../harmony.ts";
import type { PartTemplate } from "../style.ts";
import { type ArrangeContext, type BlendEvent, energyAt, isPlaying, type PartSlot, partRandom, type Slice, stretchAt, touch } from "./context.ts";
import { hitsOf } from "./hits.ts";

const MAX_SLICES = 24;

/** Chops: strokes of the recording itself, cut out and struck again where their tone agrees with the ground. */
export function chops(context: ArrangeContext, slot: PartSlot, voice: PartTemplate): { slices: Slice[]; events: BlendEvent[] } {
  const { melody } = context;
  const strong = [...melody]
    .filter((note) => note.to - note.at > 0.08)
    .sort((a, b) => b.accent - a.accent || a.at - b.at)
    .slice(0, MAX_SLICES)
    .sort((a, b) => a.at - b.at);
  if (strong.length < 4) return { slices: [], events: [] };
  const slices = strong.map((note) => ({ from: Math.max(0, note.at - 0.004), to: note.at + Math.min(0.45, Math.max(0.16, note.to - note.at)) }));
  const events = hitsOf(context, slot, voice.rules).map((hit): BlendEvent => {
    const h = harmonyAt(context.harmony, hit.at);
    const fitting = strong.flatMap((note, k) => (h.tones.some((tone) => classDistance(note.cents, h.root + tone) < 40) ? [k] : []));
    const random = partRandom(context, slot, hit.at, `chop ${hit.bar.index % 4} ${Math.round((hit.at - hit.bar.from) * 10)}`);
    const k = random.pick(fitting.length > 0 ? fitting : strong.map((_, i) => i));
    return {
      at: hit.at,
      length: 0.3,
      cents: 0,
      slice: k,
      velocity: hit.velocity,
      voice: 0,
      reason: { code: "why.chop", params: { at: Math.round((strong[k]?.at ?? 0) * 10) / 10 } },
    };
  });
  return { slices, events };
}

/** Textures: stretches of the recording an octave lower and half as fast, far behind. */
export function textures(context: ArrangeContext, slot: PartSlot): { slices: Slice[]; events: BlendEvent[] } {
  const { heard, harmony } = context;
  const end = heard.durationSec;
  const tonic = heard.mode.tonicCents;
  // where the tonic rests longest
  const rests = heard.notes
    .filter((note) => note.cents !== null && classDistance(note.cents, tonic) < 40 && note.onset + 2.4 < end)
    .sort((a, b) => b.offset - b.onset - (a.offset - a.onset) || a.onset - b.onset)
    .filter((note, i, all) => all.findIndex((other) => Math.abs(other.onset - note.onset) < 2.4) === i)
    .slice(0, 5);
  if (rests.length === 0) return { slices: [], events: [] };
  const slices = rests.map((note) => ({ from: Math.max(0, note.onset - 0.02), to: Math.min(end, note.onset + 2.4) }));
  const events: BlendEvent[] = [];
  let free = -1;
  let section = -2;
  for (const h of harmony) {
    const index = stretchAt(context, h.from);
    // each section begins anew
    if (index !== section) [free, section] = [-1, index];
    if (!isPlaying(context, slot, h.from) || h.from < free) continue;
    const k = partRandom(context, slot, h.from, `texture ${Math.round(h.from)}`).int(0, slices.length - 1);
    const velocity = (0.4 + 0.4 * energyAt(context, h.from)) * touch(context, slot, h.from);
    events.push({ at: h.from, length: 4.4, cents: 0, slice: k, velocity, voice: 0, reason: { code: "why.texture" } });
    free = h.from + 4;
  }
  return { slices, events };
}
