import { classDistance } from "@kuishi/tuning";
import { harmonyAt } from "../harmony.ts";
import type { Voice } from "../style.ts";
import { type BlendEvent, dice, energyAt, type Ground, plays, type Seat, type Slice } from "./ground.ts";
import { hitsOf } from "./hits.ts";

const MOST = 24;

/** Chops: strokes of the recording itself, cut out and struck again where their tone agrees with the ground. */
export function chops(ground: Ground, seat: Seat, voice: Voice): { slices: Slice[]; events: BlendEvent[] } {
  const { melody } = ground;
  const strong = [...melody]
    .filter((note) => note.to - note.at > 0.08)
    .sort((a, b) => b.accent - a.accent || a.at - b.at)
    .slice(0, MOST)
    .sort((a, b) => a.at - b.at);
  if (strong.length < 4) return { slices: [], events: [] };
  const slices = strong.map((note) => ({ from: Math.max(0, note.at - 0.004), to: note.at + Math.min(0.45, Math.max(0.16, note.to - note.at)) }));
  const events = hitsOf(ground, seat, voice.rules).map((hit): BlendEvent => {
    const h = harmonyAt(ground.harmony, hit.at);
    const fitting = strong.flatMap((note, k) => (h.tones.some((tone) => classDistance(note.cents, h.root + tone) < 40) ? [k] : []));
    const random = dice(ground, seat, hit.at, `chop ${hit.bar.index % 4} ${Math.round((hit.at - hit.bar.from) * 10)}`);
    const k = random.pick(fitting.length > 0 ? fitting : strong.map((_, i) => i));
    return {
      at: hit.at,
      length: 0.3,
      cents: 100 * k,
      velocity: hit.velocity,
      voice: 0,
      reason: { code: "why.chop", params: { at: Math.round((strong[k]?.at ?? 0) * 10) / 10 } },
    };
  });
  return { slices, events };
}

/** Textures: stretches of the recording an octave lower and half as fast, far behind. */
export function textures(ground: Ground, seat: Seat): { slices: Slice[]; events: BlendEvent[] } {
  const { heard, harmony } = ground;
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
  for (const h of harmony) {
    if (!plays(ground, seat, h.from) || h.from < free) continue;
    const k = dice(ground, seat, h.from, `texture ${Math.round(h.from)}`).int(0, slices.length - 1);
    events.push({ at: h.from, length: 4.4, cents: 2000 * k + 300, velocity: 0.4 + 0.4 * energyAt(ground, h.from), voice: 0, reason: { code: "why.texture" } });
    free = h.from + 4;
  }
  return { slices, events };
}
