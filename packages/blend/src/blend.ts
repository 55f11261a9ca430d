import { Complaint, type Seconds } from "@kuishi/base";
import type { Heard } from "@kuishi/score";
import { type Choices, curveAt, type Styles } from "./choices.ts";
import { type Edges, energyWithEdges, groundedEdges, withEdges } from "./edges.ts";
import { type Grid, makeGrid } from "./grid.ts";
import { type Harmony, harmonise, type Intervals, intervalsOf, tuneIntervals } from "./harmony.ts";
import { type ArrangeContext, melodyOf, type Part, partRandom, type Reason } from "./parts/context.ts";
import { partsOf } from "./parts/index.ts";
import { type Phrase, phrasesOf, slackOf } from "./phrases.ts";
import { DOMBRA_TIMBRE, type Timbre } from "./roughness.ts";
import { type ArrangedSection, arrangeSections, energyCurve } from "./sections.ts";
import { partTemplatesOf, type Rule, type Style } from "./style.ts";

/** A blend: what is added to the recording, and why. */
export interface Arrangement {
  readonly choices: Choices;
  readonly sections: readonly ArrangedSection[];
  /** Who plays when: sections in phrases of eight bars at most. */
  readonly phrases: readonly Phrase[];
  /** What lies before and after the tune. */
  readonly edges: Edges;
  /** Energy over time: [seconds, 0..1]. */
  readonly energy: readonly (readonly [Seconds, number])[];
  readonly harmony: readonly Harmony[];
  readonly parts: readonly Part[];
  /** Pulse length in seconds over time, for the echo: [from, length]. */
  readonly pulses: readonly (readonly [Seconds, Seconds])[];
  /** How often tones that sound together are unisons, thirds, fourths, fifths: in the tune, and in what was added. */
  readonly intervals: { readonly tune: Intervals; readonly blend: Intervals };
  readonly reasons: readonly Reason[];
}

/** What a blend may be told beside the hearing and the choices. */
export interface ArrangeOptions {
  /** Partials of the recording's own sound. */
  readonly timbre?: Timbre;
  /** When somebody sings. */
  readonly sung?: readonly (readonly [Seconds, Seconds])[];
}

/** How many groups the beat takes as one, so that it walks at the style's pace. */
export function groupsTogether(heard: Heard, style: Style): number {
  const bpm = heard.tempoBpm ?? 100;
  return bpm > style.bpm[1] * 1.35 ? 2 : 1;
}

/**
 * Blends. Pure: the same hearing, styles and choices give the same arrangement on every host.
 * @throws Complaint `notEnough` when nothing was heard, `usage` for a style nobody knows.
 */
export function blend(heard: Heard, styles: Styles, choices: Choices, options: ArrangeOptions = {}): Arrangement {
  if (heard.notes.length === 0) throw new Complaint("notEnough", "listen.few", { count: 0 });
  const style = styleNamed(styles, choices.style);
  const merge = groupsTogether(heard, style);
  const own = makeGrid(heard, merge);
  const { grid, edges } = withEdges(own, heard, style, choices);
  const timbre = options.timbre ?? DOMBRA_TIMBRE;
  // the last section gives way to what is played after the tune
  const until = edges.tail?.from ?? Number.POSITIVE_INFINITY;
  const sections = arrangeSections(heard, own, choices).map((section, i, all) =>
    i === all.length - 1 && until > section.from + 0.5 ? { ...section, to: Math.min(section.to, until) } : section,
  );
  const within = energyCurve(heard, sections, choices);
  const energy = energyWithEdges(within, edges);
  const walked = harmonise({
    heard,
    grid: own,
    sections,
    energy: within,
    timbre,
    colourOf: (section) => {
      const own = styleNamed(styles, section.style).harmony;
      return { colour: choices.colour ?? own.colour, tension: own.tension };
    },
  });
  const harmony = groundedEdges(walked, edges, grid, heard.mode.tonicCents);
  const used = [...new Set([style.name, ...sections.map((section) => section.style)])].map((name) => styleNamed(styles, name));
  const idIn = (other: Style) => (id: string) => (other === style ? id : `${id}-${other.name}`);
  const slack = slackFor(used, idIn, own, within, choices);
  const phrases = castOf(sections, own, styles, choices, slack, idIn);
  const context: ArrangeContext = {
    heard,
    grid,
    sections,
    energy,
    harmony,
    timbre,
    melody: melodyOf(heard),
    choices,
    phrases,
    slack,
    drops: turningBars(sections, own),
    edges,
    called: calledFrom(style, choices, grid.free),
    sung: options.sung ?? [],
  };
  const parts = used.flatMap((other) => thinned(partsOf(context, other, idIn(other)), other, context));
  const pulses = grid.bars.map((bar): [Seconds, Seconds] => {
    const group = bar.groups[0];
    return [bar.from, group ? (group.to - group.from) / group.pulses.length : 0.3];
  });
  const outside = harmony.reduce((sum, h) => sum + h.outside, 0);
  const tones = harmony.reduce((sum, h) => sum + h.tones.length, 0);
  const kind = heard.kind?.name;
  const reasons: Reason[] = [
    { code: "why.tonic", params: { cents: heard.mode.tonicCents, mode: heard.mode.name } },
    grid.free ? { code: "why.free" } : { code: "why.beat", params: { bpm: Math.round(heard.tempoBpm ?? 0), bars: grid.bars.length } },
    ...(merge > 1 ? [{ code: "why.halftime" }] : []),
    ...(choices.energy.length > 0 ? [{ code: "why.arc.drawn" }] : kind ? [{ code: `why.arc.${kind}` }] : []),
    ...(outside > 0 ? [{ code: "why.western", params: { percent: Math.round((100 * outside) / tones), rough: costOf(harmony) } }] : []),
  ];
  return {
    choices,
    sections,
    phrases,
    edges,
    energy,
    harmony,
    parts,
    pulses,
    intervals: { tune: tuneIntervals(heard), blend: soundingIntervals(harmony) },
    reasons,
  };
}

function styleNamed(styles: Styles, name: string): Style {
  const style = styles.get(name);
  if (!style) throw new Complaint("usage", "style.unknown", { name, known: [...styles.keys()].join(", ") });
  return style;
}

/** Of so many phrases a part rests in one; in quiet sections nobody does, and each phrase calls as one of more energy would. */
const [REST_EVERY, QUIET, ENTRANCE] = [4, 0.3, 0.08];

/** Between which energies a part of a style is heard: its own bounds, and those of its rules. */
function boundsOf(style: Style, free: boolean): { readonly id: string; readonly fixed: boolean; readonly from: number; readonly to: number }[] {
  const within = (fromEnergy: number, toEnergy: number, rules: readonly Rule[]) => ({
    from: Math.max(fromEnergy, ...(rules.length > 0 ? [Math.min(...rules.map((rule) => rule.fromEnergy))] : [])),
    to: Math.min(toEnergy, ...(rules.length > 0 ? [Math.max(...rules.map((rule) => rule.toEnergy))] : [])),
  });
  return [
    ...Object.entries(style.drums).map(([id, drum]) => ({ id, fixed: id === "kick", ...within(drum.fromEnergy, 1, drum.rules) })),
    ...partTemplatesOf(style, free).map((voice) => ({ id: voice.id, fixed: voice.role === "bass", ...within(voice.fromEnergy, voice.toEnergy, voice.rules) })),
  ];
}

/** How far each part of the styles that are used may stand outside its energies; a curve that was drawn is taken at its word. */
function slackFor(
  used: readonly Style[],
  idIn: (style: Style) => (id: string) => string,
  grid: Grid,
  energy: Arrangement["energy"],
  choices: Choices,
): ReadonlyMap<string, number> {
  const bars = grid.bars.map((bar) => curveAt(energy, (bar.from + bar.to) / 2));
  return new Map(
    used.flatMap((style) =>
      boundsOf(style, grid.free).map(({ id, from, to }) => [idIn(style)(id), choices.energy.length > 0 ? 0 : slackOf(from, to, bars)] as const),
    ),
  );
}

/**
 * Who plays in which phrase: all whom the energy calls, and of those each but kick and bass rests now and then, by its own dice alone, so
 * that taking one away changes no other. Where the climax ends all are there.
 */
function castOf(
  sections: readonly ArrangedSection[],
  grid: Grid,
  styles: Styles,
  choices: Choices,
  slack: ReadonlyMap<string, number>,
  idIn: (style: Style) => (id: string) => string,
): Phrase[] {
  return phrasesOf(sections, grid).map((phrase, k): Phrase => {
    const section = sections[phrase.section]!;
    const style = styleNamed(styles, section.style);
    // where nobody rests somebody comes
    const energy = section.energy + (section.energy < QUIET ? ENTRANCE * phrase.place : 0);
    const full = section.energy < QUIET || (section.role === "climax" && phrase.place === phrase.count - 1);
    const rests = (id: string): boolean => {
      const first = partRandom({ choices, sections }, { id }, section.from, "rest").int(0, REST_EVERY - 1);
      return (k + first) % REST_EVERY === 0;
    };
    const parts = boundsOf(style, grid.free).flatMap(({ id: name, fixed, from, to }) => {
      const id = idIn(style)(name);
      const wide = slack.get(id) ?? 0;
      const called = energy >= from - wide - 1e-9 && section.energy <= to + wide + 1e-9 && !choices.without.includes(id);
      return called && (fixed || full || !rests(id)) ? [id] : [];
    });
    return { ...phrase, parts };
  });
}

/** By so much more energy a section turns the tune, and so many bars there must be before it. */
const [TURN, BARS_BEFORE] = [0.18, 4];
/** The last bar before the climax and before what rises much; never inside one saga, which stays whole. */
function turningBars(sections: readonly ArrangedSection[], { bars }: Grid): Set<Seconds> {
  const out = new Set<Seconds>();
  for (const [k, section] of sections.entries()) {
    const next = sections[k + 1];
    if (!next || next.label === section.label || (next.role !== "climax" && next.energy < section.energy + TURN)) continue;
    const own = bars.filter((bar) => bar.from >= section.from - 0.02 && bar.from < section.to - 0.02);
    if (own.length >= BARS_BEFORE) out.add(own.at(-1)!.from);
  }
  return out;
}

/** From which energy on the parts of a style are called before and after the tune. */
const calledFrom = (style: Style, choices: Choices, free: boolean): ReadonlyMap<string, number> =>
  new Map(
    [
      ...Object.entries(style.drums).map(([id, drum]) => [id, drum.fromEnergy] as const),
      ...partTemplatesOf(style, free).map((voice) => [voice.id, voice.fromEnergy] as const),
    ].filter(([id]) => !choices.without.includes(id)),
  );

/** Of the attacks a style may have in a second, the most that one busy part may take. */
const SHARE = 0.8;

/** No more attacks than the style declares: of each busy part the weakest hits go, whatever the others do. */
function thinned(parts: readonly Part[], style: Style, context: ArrangeContext): Part[] {
  const own = context.sections.filter((section) => section.style === style.name && section.role !== "intro" && section.role !== "outro");
  return parts.map((part) => {
    if (part.role !== "drums" && part.role !== "arp" && part.role !== "chop") return part;
    // section by section: another throw for one takes nothing from the others
    const gone = new Set(
      own.flatMap(({ from, to }) => {
        const here = part.events.filter((event) => event.at >= from - 0.02 && event.at < to - 0.02 && event.reason.code !== "why.fill");
        const over = here.length - Math.ceil(style.density[1] * SHARE * (to - from));
        return over <= 0 ? [] : here.sort((a, b) => a.velocity - b.velocity || a.at - b.at).slice(0, over);
      }),
    );
    return gone.size === 0 ? part : { ...part, events: part.events.filter((event) => !gone.has(event)) };
  });
}

function soundingIntervals(harmony: readonly Harmony[]): Intervals {
  return intervalsOf(harmony.flatMap((h) => h.tones.flatMap((a, i) => h.tones.slice(i + 1).map((b): [number, number, number] => [a, b, h.to - h.from]))));
}

/** How much rougher than open fifths and fourths a harmony is, in percent. */
function costOf(harmony: readonly Harmony[]): number {
  const mean = (list: readonly Harmony[]): number => list.reduce((sum, h) => sum + h.roughness, 0) / Math.max(1, list.length);
  const rich = harmony.filter((h) => h.kind === "triad" || h.kind === "seventh");
  const open = harmony.filter((h) => h.kind === "quint" || h.kind === "quart" || h.kind === "unison");
  const base = open.length > 0 ? mean(open) : 0.6;
  return Math.round(100 * (mean(rich) / Math.max(0.05, base) - 1));
}
