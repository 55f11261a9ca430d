import { type Cents, clamp } from "@kuishi/base";
import { type Harmony, harmonyAt, inOctave, voiced } from "../harmony.ts";
import type { PartTemplate } from "../style.ts";
import { type ArrangeContext, type BlendEvent, energyAt, isPlaying, isSinging, type PartSlot, partRandom, type Reason, stretchAt, touch } from "./context.ts";
import { hitsOf } from "./hits.ts";

const rootReason = (h: Harmony): Reason => ({ code: h.degree === 0 ? "why.bass.tonic" : "why.bass.degree", params: { degree: h.degree + 1 } });

/** The bass: the root of the bar on the style's places, in the tune's own cents. */
export function bass(context: ArrangeContext, slot: PartSlot, voice: PartTemplate): BlendEvent[] {
  const { grid, harmony } = context;
  if (grid.free)
    return harmony
      .filter((h) => isPlaying(context, slot, h.from))
      .map((h) => ({ at: h.from, length: h.to - h.from, cents: inOctave(h.pedal, voice.low), velocity: 0.5, voice: 0, reason: rootReason(h) }));
  const hits = hitsOf(context, slot, voice.rules);
  return hits.map((hit, i) => {
    const h = harmonyAt(harmony, hit.at);
    const next = hits[i + 1]?.at ?? hit.at + 0.4;
    const onBar = Math.abs(hit.at - hit.bar.from) < 0.05;
    const random = partRandom(context, slot, hit.at, `upper ${hit.bar.index} ${Math.round((hit.at - hit.bar.from) * 20)}`);
    // between the beats the bass may touch the fifth or fourth that the harmony stands on
    const open = h.tones.find((tone) => Math.abs(tone - 600) < 135);
    const upper = !onBar && open !== undefined && random.chance(0.15 + 0.15 * energyAt(context, hit.at));
    const cents = inOctave(upper ? h.root + open : h.root, voice.low);
    return {
      at: hit.at,
      length: clamp((next - hit.at) * 0.88, 0.08, 1.6),
      cents,
      velocity: hit.velocity,
      voice: 0,
      reason: upper ? { code: open > 600 ? "why.bass.quint" : "why.bass.quart" } : rootReason(h),
    };
  });
}

/** The pad: the sonority, from somewhere in its octave in each section, voice by voice close to where it was; with much energy its octave above. */
export function pad(context: ArrangeContext, slot: PartSlot, voice: PartTemplate): BlendEvent[] {
  const events: BlendEvent[] = [];
  let before: Cents[] = [];
  let section = -1;
  for (const h of context.harmony) {
    const index = stretchAt(context, h.from);
    if (index !== section) before = [voice.low + 1200 * partRandom(context, slot, h.from, `hand ${index}`).next()];
    section = index;
    if (!isPlaying(context, slot, h.from)) continue;
    const energy = energyAt(context, (h.from + h.to) / 2);
    const tones = voiced(h, voice.low, before, context.timbre);
    before = tones;
    const velocity = (0.4 + 0.4 * energy) * touch(context, slot, h.from);
    const high = energy > 0.8 && !isSinging(context, h.from) ? [tones.at(-1)! + 1200].filter((cents) => cents < 7600) : [];
    for (const cents of [...tones, ...high])
      events.push({
        at: h.from,
        length: h.to - h.from + 0.05,
        cents,
        velocity,
        voice: 0,
        reason: { code: `why.sonority.${h.kind}`, params: { degree: h.degree + 1 } },
      });
  }
  return events;
}

const SHAPES: readonly (readonly number[])[] = [
  [0, 1, 2, 1],
  [0, 2, 1, 2],
  [2, 1, 0, 1],
  [0, 1, 2, 3],
  [3, 2, 1, 0],
];

/** The arpeggio: tones of the sonority, one to each hit, its figure begun anew in each bar. */
export function arp(context: ArrangeContext, slot: PartSlot, voice: PartTemplate): BlendEvent[] {
  let [bar, step] = [-1, 0];
  let section = -1;
  let shape = SHAPES[0]!;
  return hitsOf(context, slot, voice.rules)
    .filter((hit) => !isSinging(context, hit.at))
    .map((hit): BlendEvent => {
      const index = stretchAt(context, hit.at);
      if (index !== section) {
        section = index;
        shape = partRandom(context, slot, hit.at, `shape ${index}`).pick(SHAPES);
      }
      if (hit.bar.index !== bar) step = 0;
      bar = hit.bar.index;
      const h = harmonyAt(context.harmony, hit.at);
      const root = inOctave(h.root, voice.low);
      const above = h.tones.filter((tone) => tone > 0 && tone < 1200);
      const tones = [root, root + (above[0] ?? 1200), root + (above[1] ?? 1200), root + 1200 + (above[0] ?? 0)];
      const cents = tones[shape[step++ % shape.length]!]!;
      return { at: hit.at, length: 0.24, cents, velocity: hit.velocity, voice: 0, reason: { code: "why.arp" } };
    });
}
