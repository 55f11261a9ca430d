import { clamp, median, type Seconds } from "@kuishi/base";
import type { Heard } from "@kuishi/score";
import { type Choices, curveAt } from "./choices.ts";
import type { Grid, GridBar, GridStroke } from "./grid.ts";
import type { Harmony } from "./harmony.ts";
import type { Edge, Style } from "./style.ts";

/** A stretch of the record outside the tune: energies from its beginning to its end. */
export interface EdgeSpan {
  readonly from: Seconds;
  readonly to: Seconds;
  readonly energy: readonly [number, number];
}
/** What a record has before the tune and after it, in the tune's own time: the head begins before 0. */
export interface Edges {
  readonly head: EdgeSpan | undefined;
  readonly tail: EdgeSpan | undefined;
  /** When the last chord is struck, and when it has died away. */
  readonly last: Seconds | undefined;
  readonly end: Seconds;
  /** So long before the recording the record begins. */
  readonly lead: Seconds;
}

/** How long a bar of an edge may be, and one of a tune that has no bars. */
const [LEAST_BAR, MOST_BAR, FREE_BAR] = [0.4, 6, 1.6];
/** No edge lasts longer. */
const MOST_EDGE = 45;
/** How long the last chord rings. */
const RING_SEC = 5;
/** A stroke nearer to the recording's own is left to the recording. */
const MIN_STROKE_GAP_SEC = 0.12;

const shifted = (bar: GridBar, index: number, from: Seconds, factor: number): GridBar => {
  const at = (time: Seconds): Seconds => from + (time - bar.from) * factor;
  return {
    index,
    from,
    to: at(bar.to),
    backs: bar.backs,
    groups: bar.groups.map((group) => ({
      from: at(group.from),
      to: at(group.to),
      pulses: group.pulses.map(at),
      halves: group.halves.map((half) => (half === null ? null : at(half))),
    })),
  };
};
/** The recording begins on a whole block of the engine and a tenth of a second, at which meters look. */
const wholeFifths = (seconds: Seconds): Seconds => Math.max(0, Math.ceil(seconds * 5) / 5);
/** A style's bars are of about this length, and more of shorter ones; a person means what is said. Of a short tune no more than a quarter. */
const MEANT_BAR = 1.6;
const MOST_SHARE = 0.25;
function countOf({ bars, exact }: AskedEdge, length: Seconds, tune: Seconds): number {
  const most = Math.floor(MOST_EDGE / length);
  if (exact || bars === 0) return Math.min(bars, most);
  const wanted = bars * Math.max(1, Math.round(MEANT_BAR / length));
  return Math.min(wanted, most, Math.max(2, Math.floor((MOST_SHARE * tune) / length)));
}

/** The grid with bars before and after the tune: its own first and last ones played again, by its own hand, and the last chord. */
export function withEdges(grid: Grid, heard: Heard, style: Style, choices: Choices): { readonly grid: Grid; readonly edges: Edges } {
  const { head, tail } = edgesAsked(style, choices);
  const onsets = heard.notes.map((note) => note.onset);
  const [firstNote, lastNote] = [Math.min(...onsets), Math.max(...onsets)];
  const sound = grid.bars.filter((bar) => bar.to - bar.from >= LEAST_BAR && bar.to - bar.from <= MOST_BAR && bar.groups.length > 0);
  const [first, last] = [sound[0], sound.at(-1)];
  if (!first || !last) return freeEdges(grid, head, tail, firstNote, lastNote);
  const length = median(sound.slice(0, 4).map((bar) => bar.to - bar.from));
  // a pickup sounds over the head's last bar; a longer free beginning comes after it
  const anchor = first.from - firstNote < length ? first.from : firstNote;
  const own = length / (first.to - first.from);
  const count = countOf(head, length, lastNote - firstNote);
  const before = Array.from({ length: count }, (_, k) => shifted(first, k - count, anchor - (count - k) * length, own));
  const after: GridBar[] = [];
  let at = last.to > lastNote - 0.05 ? last.to : lastNote + length / 2;
  const close = median(sound.slice(-4).map((bar) => bar.to - bar.from));
  const rest = countOf(tail, close, lastNote - firstNote);
  const start = at;
  for (let k = 0; k < rest; k++) {
    const factor = (close / (last.to - last.from)) * (1 + tail.slowing * ((k + 1) / rest) * ((k + 1) / rest));
    after.push(shifted(last, grid.bars.length + k, at, factor));
    at = after.at(-1)!.to;
  }
  const ends: GridBar[] =
    tail.bars > 0
      ? [{ index: grid.bars.length + rest, from: at, to: at + RING_SEC, backs: [], groups: [{ from: at, to: at + RING_SEC, pulses: [at], halves: [null] }] }]
      : [];
  const copies = [
    ...before.flatMap((bar) => handOf(grid, first, bar).filter((stroke) => stroke.at < Math.min(anchor, firstNote) - MIN_STROKE_GAP_SEC)),
    ...grid.strokes,
    ...after.flatMap((bar) => handOf(grid, last, bar).filter((stroke) => stroke.at > (grid.strokes.at(-1)?.at ?? 0) + MIN_STROKE_GAP_SEC)),
  ];
  const lead = count > 0 ? wholeFifths(count * length - anchor) : 0;
  const end = ends.length > 0 ? at + RING_SEC : grid.end;
  return {
    grid: { ...grid, bars: [...before, ...grid.bars, ...after, ...ends], strokes: copies, start: -lead, end: Math.max(end, grid.end) },
    edges: {
      head: count > 0 ? { from: anchor - count * length, to: anchor, energy: head.energy } : undefined,
      tail: ends.length > 0 ? { from: start, to: at, energy: tail.energy } : undefined,
      last: ends.length > 0 ? at : undefined,
      end,
      lead,
    },
  };
}

type AskedEdge = Edge & { readonly exact: boolean };
/** What is asked for: by the person, else by the style. */
function edgesAsked(style: Style, { head, tail, energy: drawn }: Choices): { readonly head: AskedEdge; readonly tail: AskedEdge } {
  // a drawn energy is never gone beyond
  const most = drawn.length > 0 ? Math.max(...drawn.map(([, value]) => value)) : 1;
  const asked = (own: Edge, bars: number | undefined): AskedEdge => ({
    ...own,
    bars: bars ?? own.bars,
    exact: bars !== undefined,
    energy: [Math.min(most, own.energy[0]), Math.min(most, own.energy[1])],
  });
  return { head: asked(style.head, head), tail: asked(style.tail, tail) };
}

/** The strokes of a bar, in another that is its copy. */
function handOf(grid: Grid, from: GridBar, to: GridBar): GridStroke[] {
  const factor = (to.to - to.from) / (from.to - from.from);
  return grid.strokes
    .filter((stroke) => stroke.at >= from.from - 0.03 && stroke.at < from.to - 0.03)
    .map(({ at, accent }) => ({ at: to.from + (at - from.from) * factor, accent }));
}

/** Without bars there is ground before and after: a few seconds, and as long as it takes to ring. */
function freeEdges(grid: Grid, head: Edge, tail: Edge, firstNote: Seconds, lastNote: Seconds): { readonly grid: Grid; readonly edges: Edges } {
  const before = head.bars > 0 ? clamp(head.bars * FREE_BAR, 4, 12) : 0;
  const lead = wholeFifths(before - firstNote);
  const after = tail.bars > 0 ? clamp(tail.bars * FREE_BAR, 3, 8) : 0;
  const start = lastNote + 1;
  const end = after > 0 ? start + after + RING_SEC : grid.end;
  return {
    grid: { ...grid, start: -lead, end: Math.max(end, grid.end) },
    edges: {
      head: before > 0 ? { from: firstNote - before, to: firstNote, energy: head.energy } : undefined,
      tail: after > 0 ? { from: start, to: start + after, energy: tail.energy } : undefined,
      last: after > 0 ? start + after : undefined,
      end,
      lead,
    },
  };
}

/** Stretches of ground before and after the tune's own. */
const GROUND_SEC = 4;
/** The harmony with the tonic's own ground at both edges: as open as the tune's openest. */
export function groundedEdges(harmony: readonly Harmony[], { head, tail, end }: Edges, grid: Grid, tonic: number): Harmony[] {
  const home = harmony.filter((h) => h.degree === 0 && h.outside === 0);
  const open = (home.length > 0 ? home : harmony).reduce((a, b) => (b.roughness < a.roughness && b.kind !== "unison" ? b : a));
  const ground = (from: Seconds, to: Seconds): Harmony => ({
    ...open,
    from,
    to,
    ...(home.length > 0 ? {} : { root: tonic, degree: 0, kind: "unison", tones: [0, 1200] }),
    pedal: tonic,
  });
  const spansOf = (from: Seconds, to: Seconds): Harmony[] => {
    const lines = grid.bars.map((bar) => bar.from).filter((at) => at > from + 0.1 && at < to - 0.1);
    const cuts = [from];
    for (const at of lines.length > 0 ? lines : Array.from({ length: Math.floor((to - from) / GROUND_SEC) }, (_, k) => from + (k + 1) * GROUND_SEC))
      if (at - cuts.at(-1)! >= GROUND_SEC - 0.5 && to - at > 1) cuts.push(at);
    return cuts.map((at, k) => ground(at, cuts[k + 1] ?? to));
  };
  const [from, to] = [head?.to ?? -Infinity, tail?.from ?? Infinity];
  const middle = harmony.filter((h) => h.to > from + 0.05 && h.from < to - 0.05).map((h) => ({ ...h, from: Math.max(h.from, from), to: Math.min(h.to, to) }));
  return [...(head ? spansOf(head.from, head.to) : []), ...middle, ...(tail ? [...spansOf(tail.from, tail.to), ground(tail.to, end)] : [])];
}

/** The energy with its rise before the tune and its fall after it. */
export function energyWithEdges(energy: readonly (readonly [Seconds, number])[], { head, tail, last, end }: Edges): [Seconds, number][] {
  const [from, to] = [head?.to ?? -Infinity, tail?.from ?? Infinity];
  const middle = energy.filter(([at]) => at > from && at < to).map(([at, value]): [Seconds, number] => [at, value]);
  return [
    ...(head
      ? ([
          [head.from, head.energy[0]],
          [head.to - 0.1, head.energy[1]],
        ] as [Seconds, number][])
      : []),
    ...(head ? [[head.to, curveAt(energy, head.to)] as [Seconds, number]] : []),
    ...middle,
    ...(tail && last !== undefined
      ? ([
          [tail.from - 0.05, curveAt(energy, tail.from - 0.05)],
          [tail.from, tail.energy[0]],
          [last, tail.energy[1]],
          [end, 0],
        ] as [Seconds, number][])
      : []),
  ];
}
