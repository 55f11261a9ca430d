import { clamp, type Seconds } from "@kuishi/base";
import { FLAM_SEC, type GridBar, type PulseGroup, strokeNear, strokesIn } from "../grid.ts";
import { sectionAt } from "../sections.ts";
import type { Place, Rule } from "../style.ts";
import { type ArrangeContext, energyAt, isPlaying, type PartSlot, partRandom, type Reason, touch } from "./context.ts";

/** A hit: on the player's stroke where one is near; otherwise on the grid. */
export interface Hit {
  readonly at: Seconds;
  readonly velocity: number;
  readonly reason: Reason;
  readonly bar: GridBar;
}

/** Nothing of one part follows closer than this. */
const MIN_HIT_GAP_SEC = 0.04;
/** Two attacks this close are one. */
const TOGETHER = 0.02;

/** Times in a bar a rule speaks of; with the swing of what lies between pulses. */
function places(place: Place, bar: GridBar, swing: number): Seconds[] {
  const { groups } = bar;
  const half = (group: PulseGroup, k: number): Seconds => {
    const pulse = group.pulses[k]!;
    return group.halves[k] ?? pulse + ((group.pulses[k + 1] ?? group.to) - pulse) * (swing / 100);
  };
  switch (place) {
    case "bar":
      return [bar.from];
    case "group":
      return groups.map((group) => group.from);
    case "inner":
      return groups.slice(1).map((group) => group.from);
    case "back":
      return bar.backs.flatMap((k) => groups[k]?.from ?? []);
    case "off":
      return groups.map((group) => group.pulses[group.pulses.length === 3 ? 2 : group.pulses.length >> 1]!).filter((at, k) => at > groups[k]!.from);
    case "pulse":
      return groups.flatMap((group) => [...group.pulses]);
    case "end": {
      const last = groups.at(-1);
      return last && last.pulses.length > 1 ? [last.pulses.at(-1)!] : [];
    }
    case "half":
      return groups.flatMap((group) => group.pulses.map((_, k) => half(group, k)));
    case "pickup": {
      const last = groups.at(-1);
      return last ? [half(last, last.pulses.length - 1)] : [];
    }
  }
}

/** How long half a pulse lasts at a time in a bar. */
function halfPulse(bar: GridBar, at: Seconds): Seconds {
  const group = bar.groups.findLast((one) => one.from <= at + 0.01) ?? bar.groups[0];
  return group ? (group.to - group.from) / group.pulses.length / 2 : 0.1;
}

/** All hits of a set of rules where the part plays. */
export function hitsOf(context: ArrangeContext, slot: PartSlot, rules: readonly Rule[]): Hit[] {
  const { grid, sections } = context;
  if (grid.free) return freeHits(context, slot, rules);
  const out: Hit[] = [];
  const slack = context.slack.get(slot.id) ?? 0;
  const held = dropsOut(slot);
  for (const bar of grid.bars) {
    if (!isPlaying(context, slot, bar.from) || (held && context.drops.has(bar.from))) continue;
    const random = partRandom(context, slot, bar.from, bar.index);
    const energy = energyAt(context, (bar.from + bar.to) / 2);
    const first = grid.bars.find((other) => other.index >= 0 && other.from >= sectionAt(sections, bar.from).from - 0.02)?.index ?? 0;
    for (const rule of rules) {
      // the last chord is one stroke
      if (bar.from === context.edges.last && rule.place !== "bar" && rule.place !== "group" && rule.place !== "pulse") continue;
      if ((bar.index - first) % rule.every !== 0) continue;
      for (const nominal of places(rule.place, bar, slot.style.swing)) {
        const sounds = random.chance(rule.chance);
        if (!sounds || energy + slack < rule.fromEnergy || energy - slack > rule.toEnergy) continue;
        const stroke = strokeNear(grid.strokes, nominal, FLAM_SEC);
        if (rule.hand === "with" && !stroke) continue;
        if (rule.hand === "gap" && stroke) continue;
        if (rule.hand === "accent" && (stroke?.accent ?? 0) < barAccent(context, bar)) continue;
        // the right hand's accents are the beat's
        const accent = stroke ? 0.72 + 0.4 * stroke.accent : 0.88;
        const velocity = clamp(rule.velocity * accent * (0.72 + 0.28 * energy), 0.05, 1);
        const at = stroke?.at ?? nominal;
        const code = stroke ? (rule.hand === "accent" ? "why.hit.accent" : "why.hit.stroke") : rule.hand === "gap" ? "why.hit.gap" : "why.hit.grid";
        const reason: Reason = { code, params: { part: slot.name, place: rule.place, bar: bar.index + 1 } };
        out.push({ at, velocity, bar, reason });
        if (rule.roll > 1) {
          const step = halfPulse(bar, nominal) / rule.roll;
          for (let k = 1; k < rule.roll; k++) {
            const next = at + k * step;
            const near = strokeNear(grid.strokes, next, FLAM_SEC);
            // a roll passes over what would be a flam
            if (near && Math.abs(near.at - next) > TOGETHER) continue;
            out.push({
              at: near?.at ?? next,
              velocity: clamp(velocity * (0.6 + (0.3 * k) / rule.roll), 0.05, 1),
              bar,
              reason: { code: "why.hit.roll", params: { part: slot.name } },
            });
          }
        }
      }
    }
  }
  return touched(context, slot, thinHits(out));
}

/** Who is silent in the bar before a turning point: the bass and all drums but the one that leads over it. */
const dropsOut = ({ name, style }: PartSlot): boolean =>
  style.drop && (style.drums[name] ? name !== style.fill.drum : style.voices.some((voice) => voice.id === name && voice.role === "bass"));

/** With a hand's own touch. */
const touched = (context: ArrangeContext, slot: PartSlot, hits: readonly Hit[]): Hit[] =>
  hits.map((hit) => ({ ...hit, velocity: clamp(hit.velocity * touch(context, slot, hit.at), 0.05, 1) }));

/** Without a beat there are only the player's strokes: the first over each harmony for what belongs to a bar, else the stressed ones, sparingly. */
function freeHits(context: ArrangeContext, slot: PartSlot, rules: readonly Rule[]): Hit[] {
  const hits = thinHits(
    context.harmony.flatMap((h, index) => {
      if (!isPlaying(context, slot, h.from)) return [];
      const bar: GridBar = { index, from: h.from, to: h.to, groups: [], backs: [] };
      const random = partRandom(context, slot, h.from, `free ${index}`);
      const energy = energyAt(context, (h.from + h.to) / 2);
      const strokes = strokesIn(context.grid.strokes, h.from - 0.02, h.to - 0.02);
      const accent = barAccent(context, bar);
      const stressed = strokes.filter((stroke) => stroke.accent >= accent);
      return rules
        .filter((rule) => energy >= rule.fromEnergy && energy <= rule.toEnergy && rule.hand !== "gap")
        .flatMap((rule) =>
          (rule.place === "bar" || rule.place === "group" ? strokes.slice(0, 1) : stressed.filter(() => random.chance(0.4 * rule.chance))).map(
            (stroke): Hit => ({
              at: stroke.at,
              velocity: clamp(rule.velocity * (0.6 + 0.4 * energy), 0.05, 1),
              bar,
              reason: { code: "why.hit.free", params: { part: slot.name } },
            }),
          ),
        );
    }),
  );
  return touched(context, slot, hits);
}

/** Sorted, none closer than 40 ms to the one before; the stronger of two stays. */
export function thinHits(hits: readonly Hit[]): Hit[] {
  const out: Hit[] = [];
  for (const hit of [...hits].sort((a, b) => a.at - b.at || b.velocity - a.velocity)) {
    const before = out.at(-1);
    if (!before || hit.at - before.at > MIN_HIT_GAP_SEC) out.push(hit);
    else if (hit.velocity > before.velocity + 0.05 && (out.at(-2)?.at ?? -1) < hit.at - MIN_HIT_GAP_SEC) out[out.length - 1] = hit;
  }
  return out;
}

/** The accent that the stronger half of a bar's strokes have. */
function barAccent(context: ArrangeContext, bar: GridBar): number {
  const accents = strokesIn(context.grid.strokes, bar.from - 0.03, bar.to - 0.03)
    .map((stroke) => stroke.accent)
    .sort((a, b) => b - a);
  return Math.max(0.3, accents[Math.max(0, (accents.length >> 1) - 1)] ?? 1);
}

/** A fill lasts about so long, and a group at least. */
const FILL_SEC = 1;
/** The last groups of a bar that a fill takes. */
export function fillGroups(bar: GridBar): readonly PulseGroup[] {
  const first = bar.groups.findLastIndex((group) => bar.to - group.from >= FILL_SEC);
  return bar.groups.slice(Math.max(0, first));
}

/** What leads into the next section: the player's own strokes of the last group, or a roll over its half pulses that grows. */
export function fillHits(context: ArrangeContext, slot: PartSlot): Hit[] {
  const { grid, sections, choices } = context;
  return sections.flatMap((section, i) => {
    const next = sections[i + 1];
    if (!next || section.style !== slot.style.name || section.energy < 0.2 || choices.without.includes(slot.id)) return [];
    const bar = grid.bars.findLast((candidate) => candidate.to <= next.from + 0.05);
    if (!bar || bar.groups.length === 0 || bar.from < section.from - 0.05) return [];
    const groups = fillGroups(bar);
    const [from, to] = [groups[0]!.from, bar.to];
    const random = partRandom(context, slot, bar.from, `fill ${i}`);
    const up = next.energy >= section.energy;
    const level = 0.45 + 0.4 * Math.max(section.energy, next.energy);
    const strokes = strokesIn(grid.strokes, from + 0.05, to - 0.03);
    const reason: Reason = { code: "why.fill", params: { section: next.label } };
    const grow = (at: Seconds): number => clamp(level * (up ? 0.6 + (0.5 * (at - from)) / (to - from) : 0.75) * random.between(0.92, 1.05), 0.05, 1);
    if (slot.style.fill.kind === "strokes" && strokes.length > 0)
      return strokes.map((stroke): Hit => ({ at: stroke.at, velocity: grow(stroke.at), bar, reason }));
    return groups.flatMap((group) =>
      group.pulses.flatMap((pulse, k): Hit[] =>
        [pulse, group.halves[k] ?? pulse + ((group.pulses[k + 1] ?? group.to) - pulse) / 2].map((nominal) => {
          const at = strokeNear(grid.strokes, nominal, FLAM_SEC)?.at ?? nominal;
          return { at, velocity: grow(at), bar, reason };
        }),
      ),
    );
  });
}
