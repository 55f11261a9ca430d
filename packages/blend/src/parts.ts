import type { Cents, Random, Seconds } from "@kuishi/base";
import { clamp, seeded } from "@kuishi/base";
import { FLAM_SEC, type Grid, type GridBar, type Group, strokeNear } from "./grid.ts";
import { type Harmony, harmonyAt, inOctave } from "./harmony.ts";
import { type ArrangedSection, sectionAt } from "./sections.ts";
import type { Place, Rule, Style } from "./style.ts";

/** Why something is there: a code whose sentence lives in `words`, and what to fill in. */
export interface Reason {
  readonly code: string;
  readonly params?: Readonly<Record<string, string | number>>;
}
/** A generated event, in the tune's real time and cents. */
export interface BlendEvent {
  readonly at: Seconds;
  readonly length: Seconds;
  readonly cents: Cents;
  readonly velocity: number;
  /** Drum name, or string number. */
  readonly voice: string | number;
  readonly reason: Reason;
}
/** One generated part. */
export interface Part {
  readonly id: string;
  readonly kind: "drums" | "bass" | "pad" | "arp" | "dombra";
  readonly reason: Reason;
  readonly events: readonly BlendEvent[];
}

/** What every part is made from. */
export interface Ground {
  readonly grid: Grid;
  readonly sections: readonly ArrangedSection[];
  readonly harmony: readonly Harmony[];
  readonly style: Style;
  readonly seed: number;
}

/** Times in a bar a rule speaks of; with the swing of what lies between pulses. */
function places(place: Place, bar: GridBar, swing: number): Seconds[] {
  const { groups } = bar;
  switch (place) {
    case "bar":
      return [bar.from];
    case "group":
      return groups.map((group) => group.from);
    case "back":
      return groups.filter((_, k) => (groups.length % 2 === 0 ? k % 2 === 1 : k === groups.length - 1 && groups.length > 1)).map((group) => group.from);
    case "off":
      return groups
        .map((group) => group.pulses[group.pulses.length === 3 ? 2 : group.pulses.length >> 1] as number)
        .filter((at, k) => at > (groups[k] as Group).from);
    case "pulse":
      return groups.flatMap((group) => [...group.pulses]);
    case "end": {
      const last = groups.at(-1);
      return last && last.pulses.length > 1 ? [last.pulses.at(-1) as number] : [];
    }
    case "half":
      return groups.flatMap((group) => group.pulses.map((pulse, k) => pulse + ((group.pulses[k + 1] ?? group.to) - pulse) * (swing / 100)));
  }
}

/** A hit on the player's stroke where one is near; otherwise on the grid. */
interface Hit {
  readonly at: Seconds;
  readonly velocity: number;
  readonly reason: Reason;
  readonly bar: GridBar;
}

/** All hits of a set of rules; none closer than 40 ms to another. */
function hits(ground: Ground, rules: readonly Rule[], random: Random, name: string): Hit[] {
  const { grid, sections, style } = ground;
  const out: Hit[] = [];
  for (const bar of grid.bars) {
    for (const rule of rules) {
      for (const nominal of places(rule.place, bar, style.swing)) {
        const section = sectionAt(sections, nominal);
        const sounds = random.chance(rule.chance);
        if (!sounds || section.energy < rule.fromEnergy) continue;
        const stroke = strokeNear(grid.strokes, nominal, FLAM_SEC);
        if (rule.onStrokes && !stroke) continue;
        const accent = stroke ? 0.75 + 0.35 * stroke.accent : 0.9;
        out.push({
          at: stroke?.at ?? nominal,
          velocity: clamp(rule.velocity * accent * (0.75 + 0.25 * section.energy), 0.05, 1),
          bar,
          reason: { code: stroke ? "why.hit.stroke" : "why.hit.grid", params: { part: name, place: rule.place, bar: bar.index + 1 } },
        });
      }
    }
  }
  out.sort((a, b) => a.at - b.at || b.velocity - a.velocity);
  return out.filter((hit, i) => i === 0 || hit.at - (out[i - 1] as Hit).at > 0.04);
}

/** The drums, a part for each family, so that each is a stem. */
export function drumParts(ground: Ground): Part[] {
  if (ground.grid.free) return [];
  return Object.entries(ground.style.drums).map(([drum, { rules }]): Part => {
    const list = hits(ground, rules, seeded(ground.seed, `drum ${drum}`), drum);
    const fills = drum === "snare" || drum === "clap" ? fillHits(ground, seeded(ground.seed, `fill ${drum}`)) : [];
    const events = [...list, ...fills]
      .sort((a, b) => a.at - b.at)
      .map((hit): BlendEvent => ({ at: hit.at, length: 0.1, cents: 0, velocity: hit.velocity, voice: drum, reason: hit.reason }));
    return { id: drum, kind: "drums", reason: { code: "why.drums", params: { part: drum } }, events };
  });
}

/** Before a section that is livelier, the last group of the bar is filled on the player's own strokes. */
function fillHits(ground: Ground, random: Random): Hit[] {
  const { grid, sections } = ground;
  return sections.flatMap((section, i) => {
    const next = sections[i + 1];
    if (!next || next.energy < section.energy + 0.08 || section.energy < 0.35) return [];
    const bar = grid.bars.findLast((candidate) => candidate.to <= next.from + 0.05);
    const group = bar?.groups.at(-1);
    if (!bar || !group) return [];
    return grid.strokes
      .filter((stroke) => stroke.at > group.from + 0.05 && stroke.at < group.to - 0.03)
      .map((stroke): Hit => ({ at: stroke.at, velocity: 0.35 + 0.3 * random.next(), bar, reason: { code: "why.fill", params: { section: next.label } } }));
  });
}

/** The bass: the root of the bar on the style's places, in the tune's own cents. */
export function bassPart(ground: Ground): Part {
  const { style, grid, harmony } = ground;
  const random = seeded(ground.seed, "bass");
  const low = style.bass.octaveCents;
  const events: BlendEvent[] = [];
  const reasonOf = (h: Harmony): Reason => ({ code: h.degree === 0 ? "why.bass.tonic" : "why.bass.degree", params: { degree: h.degree + 1 } });
  if (grid.free) {
    for (const h of harmony) events.push({ at: h.from, length: h.to - h.from, cents: inOctave(h.root, low), velocity: 0.5, voice: 0, reason: reasonOf(h) });
  } else {
    const list = hits(ground, style.bass.rules, random, "bass").filter((hit) => sectionAt(ground.sections, hit.at).energy >= style.bass.fromEnergy);
    list.forEach((hit, i) => {
      const h = harmonyAt(harmony, hit.at);
      const next = list[i + 1]?.at ?? hit.at + 0.4;
      const onBar = Math.abs(hit.at - hit.bar.from) < 0.05;
      // Between the beats the bass may touch the fifth or fourth that the harmony stands on.
      const upper = !onBar && random.chance(0.18 + 0.15 * sectionAt(ground.sections, hit.at).energy);
      const cents = inOctave(upper ? h.root + h.above : h.root, low);
      events.push({
        at: hit.at,
        length: clamp((next - hit.at) * 0.85, 0.08, 1.2),
        cents,
        velocity: hit.velocity,
        voice: 0,
        reason: upper ? { code: `why.bass.${h.kind}` } : reasonOf(h),
      });
    });
  }
  return { id: "bass", kind: "bass", reason: { code: "why.bass" }, events };
}

/** The pad: root, open fifth or fourth, octave; in lively sections the degree the melody dwells on. */
export function padPart(ground: Ground): Part {
  const { style, harmony, sections } = ground;
  const low = style.pad.octaveCents;
  const events: BlendEvent[] = [];
  for (const h of harmony) {
    const section = sectionAt(sections, h.from);
    if (section.energy < style.pad.fromEnergy) continue;
    const root = inOctave(h.root, low);
    const voices = [root, root + h.above, ...(section.energy > 0.55 ? [root + 1200] : [])];
    for (const cents of voices) {
      events.push({
        at: h.from,
        length: h.to - h.from + 0.05,
        cents,
        velocity: 0.45 + 0.35 * section.energy,
        voice: 0,
        reason: { code: `why.pad.${h.kind}`, params: { degree: h.degree + 1 } },
      });
    }
  }
  return { id: "pad", kind: "pad", reason: { code: "why.pad" }, events };
}

/** The arpeggio: tones of the harmony, one to each of the player's strokes the rules allow. */
export function arpPart(ground: Ground): Part | null {
  const { style, harmony } = ground;
  if (!style.arp || ground.grid.free) return null;
  const low = style.arp.octaveCents;
  const random = seeded(ground.seed, "arp");
  const shape = random.pick([
    [0, 1, 2, 1],
    [0, 2, 1, 2],
    [2, 1, 0, 1],
    [0, 1, 2, 3],
  ]);
  let step = 0;
  const from = style.arp.fromEnergy;
  const events = hits(ground, style.arp.rules, random, "arp")
    .filter((hit) => sectionAt(ground.sections, hit.at).energy >= from)
    .map((hit): BlendEvent => {
      if (Math.abs(hit.at - hit.bar.from) < 0.05) step = 0;
      const h = harmonyAt(harmony, hit.at);
      const root = inOctave(h.root, low);
      const tones = [root, root + h.above, root + 1200, root + 1200 + h.above];
      const cents = tones[shape[step++ % shape.length] as number] as Cents;
      return { at: hit.at, length: 0.22, cents, velocity: hit.velocity, voice: 0, reason: { code: "why.arp" } };
    });
  return { id: "arp", kind: "arp", reason: { code: "why.arp" }, events };
}

/** A second dombra that holds the drone: both strings, low first on the down stroke, high first on the up stroke. */
export function dombraPart(ground: Ground): Part | null {
  const { style, harmony } = ground;
  if (!style.dombra || ground.grid.free) return null;
  const random = seeded(ground.seed, "dombra");
  const from = style.dombra.fromEnergy;
  const events: BlendEvent[] = [];
  hits(ground, style.dombra.rules, random, "dombra")
    .filter((hit) => sectionAt(ground.sections, hit.at).energy >= from)
    .forEach((hit, i) => {
      const h = harmonyAt(harmony, hit.at);
      const root = inOctave(h.root, 4880);
      const pair: [number, Cents][] = [
        [0, root],
        [1, root + (root + h.above < 5450 ? h.above + 1200 : h.above)],
      ];
      const down = i % 2 === 0;
      const spread = 0.006 + 0.008 * random.next(); // between the strings, 5-25 ms in facts; short, so that it is one stroke
      for (const [string, cents] of pair) {
        const second = (string === 1) === down;
        events.push({
          at: hit.at + (second ? spread : 0),
          length: 1.2,
          cents,
          velocity: hit.velocity * (second ? 0.85 : 1),
          voice: string,
          reason: { code: "why.dombra" },
        });
      }
    });
  events.sort((a, b) => a.at - b.at);
  return { id: "dombra", kind: "dombra", reason: { code: "why.dombra" }, events };
}
