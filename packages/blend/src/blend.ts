import { Complaint, type Seconds } from "@kuishi/base";
import type { Heard } from "@kuishi/score";
import type { Choices, Styles } from "./choices.ts";
import { type Edges, energyWithEdges, groundedEdges, withEdges } from "./edges.ts";
import { makeGrid } from "./grid.ts";
import { type Harmony, harmonise, type Intervals, intervalsOf, tuneIntervals } from "./harmony.ts";
import { type ArrangeContext, melodyOf, type Part, partRandom, type Reason } from "./parts/context.ts";
import { partsOf } from "./parts/index.ts";
import { DOMBRA_TIMBRE, type Timbre } from "./roughness.ts";
import { type ArrangedSection, arrangeSections, energyCurve } from "./sections.ts";
import { partTemplatesOf, type Style } from "./style.ts";

/** A blend: what is added to the recording, and why. */
export interface Arrangement {
  readonly choices: Choices;
  readonly sections: readonly ArrangedSection[];
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
  const orchestration = orchestrationOf(sections, styles, choices, grid.free, idIn);
  const context: ArrangeContext = {
    heard,
    grid,
    sections,
    energy,
    harmony,
    timbre,
    melody: melodyOf(heard),
    choices,
    orchestration,
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
  return { choices, sections, edges, energy, harmony, parts, pulses, intervals: { tune: tuneIntervals(heard), blend: soundingIntervals(harmony) }, reasons };
}

function styleNamed(styles: Styles, name: string): Style {
  const style = styles.get(name);
  if (!style) throw new Complaint("usage", "style.unknown", { name, known: [...styles.keys()].join(", ") });
  return style;
}

/** Chance that a part rests in a section that follows one of much the same energy. */
const [REST_CHANCE, SAME_ENERGY] = [0.4, 0.12];

/**
 * Who plays in which section: all whom the energy calls. Where a section follows another of much the same energy, each part but kick
 * and bass may rest, by its own dice alone, so that taking one away changes no other.
 */
function orchestrationOf(
  sections: readonly ArrangedSection[],
  styles: Styles,
  choices: Choices,
  free: boolean,
  idIn: (style: Style) => (id: string) => string,
): Set<string>[] {
  return sections.map((section, i) => {
    const style = styleNamed(styles, section.style);
    const id = idIn(style);
    const before = sections[i - 1];
    const alike = before !== undefined && before.style === section.style && Math.abs(before.energy - section.energy) < SAME_ENERGY && section.role !== "climax";
    const called = [
      ...Object.entries(style.drums).map(([name, drum]) => ({ id: id(name), fixed: name === "kick", from: drum.fromEnergy, to: 1 })),
      ...partTemplatesOf(style, free).map((voice) => ({ id: id(voice.id), fixed: voice.role === "bass", from: voice.fromEnergy, to: voice.toEnergy })),
    ].filter((one) => section.energy >= one.from && section.energy <= one.to && !choices.without.includes(one.id));
    const rests = (one: string): boolean =>
      alike && i % 2 === 1 && partRandom({ choices, sections }, { id: one }, section.from, `rest ${i}`).chance(REST_CHANCE);
    return new Set(called.filter((one) => one.fixed || !rests(one.id)).map((one) => one.id));
  });
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
