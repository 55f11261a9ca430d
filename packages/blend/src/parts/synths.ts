import { type Cents, clamp } from "@kuishi/base";
import { type Harmony, harmonyAt, inOctave, voiced } from "../harmony.ts";
import type { Voice } from "../style.ts";
import { type BlendEvent, dice, energyAt, type Ground, plays, type Reason, type Seat, singing } from "./ground.ts";
import { hitsOf } from "./hits.ts";

const rootReason = (h: Harmony): Reason => ({ code: h.degree === 0 ? "why.bass.tonic" : "why.bass.degree", params: { degree: h.degree + 1 } });

/** The bass: the root of the bar on the style's places, in the tune's own cents. */
export function bass(ground: Ground, seat: Seat, voice: Voice): BlendEvent[] {
  const { grid, harmony } = ground;
  if (grid.free)
    return harmony
      .filter((h) => plays(ground, seat, h.from))
      .map((h) => ({ at: h.from, length: h.to - h.from, cents: inOctave(h.pedal, voice.low), velocity: 0.5, voice: 0, reason: rootReason(h) }));
  const hits = hitsOf(ground, seat, voice.rules);
  return hits.map((hit, i) => {
    const h = harmonyAt(harmony, hit.at);
    const next = hits[i + 1]?.at ?? hit.at + 0.4;
    const onBar = Math.abs(hit.at - hit.bar.from) < 0.05;
    const random = dice(ground, seat, hit.at, `upper ${hit.bar.index} ${Math.round((hit.at - hit.bar.from) * 20)}`);
    // between the beats the bass may touch the fifth or fourth that the harmony stands on
    const open = h.tones.find((tone) => Math.abs(tone - 600) < 135);
    const upper = !onBar && open !== undefined && random.chance(0.15 + 0.15 * energyAt(ground, hit.at));
    const cents = inOctave(upper ? h.root + open : h.root, voice.low);
    return {
      at: hit.at,
      length: clamp((next - hit.at) * 0.88, 0.08, 1.6),
      cents,
      velocity: hit.velocity,
      voice: 0,
      reason: upper ? { code: (open as number) > 600 ? "why.bass.quint" : "why.bass.quart" } : rootReason(h),
    };
  });
}

/** The pad: the sonority, voice by voice close to where it was; with much energy its octave above. */
export function pad(ground: Ground, seat: Seat, voice: Voice): BlendEvent[] {
  const events: BlendEvent[] = [];
  let before: Cents[] = [];
  for (const h of ground.harmony) {
    if (!plays(ground, seat, h.from)) continue;
    const energy = energyAt(ground, (h.from + h.to) / 2);
    const tones = voiced(h, voice.low, before, ground.timbre);
    before = tones;
    const high = energy > 0.8 && !singing(ground, h.from) ? [(tones.at(-1) as number) + 1200].filter((cents) => cents < 7600) : [];
    for (const cents of [...tones, ...high])
      events.push({
        at: h.from,
        length: h.to - h.from + 0.05,
        cents,
        velocity: 0.4 + 0.4 * energy,
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

/** The arpeggio: tones of the sonority, one to each hit. */
export function arp(ground: Ground, seat: Seat, voice: Voice): BlendEvent[] {
  let step = 0;
  let section = -1;
  let shape = SHAPES[0] as readonly number[];
  return hitsOf(ground, seat, voice.rules)
    .filter((hit) => !singing(ground, hit.at))
    .map((hit): BlendEvent => {
      const index = ground.sections.findLastIndex((one) => one.from <= hit.at + 0.02);
      if (index !== section) {
        section = index;
        shape = dice(ground, seat, hit.at, `shape ${index}`).pick(SHAPES);
      }
      if (Math.abs(hit.at - hit.bar.from) < 0.05) step = 0;
      const h = harmonyAt(ground.harmony, hit.at);
      const root = inOctave(h.root, voice.low);
      const above = h.tones.filter((tone) => tone > 0 && tone < 1200);
      const tones = [root, root + (above[0] ?? 1200), root + (above[1] ?? 1200), root + 1200 + (above[0] ?? 0)];
      const cents = tones[shape[step++ % shape.length] as number] as Cents;
      return { at: hit.at, length: 0.24, cents, velocity: hit.velocity, voice: 0, reason: { code: "why.arp" } };
    });
}
