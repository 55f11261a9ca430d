import { type Cents, clamp, median } from "@kuishi/base";
import { classDistance, fold } from "@kuishi/tuning";
import { FLAM_SEC, strokeNear } from "../grid.ts";
import { harmonyAt, inOctave } from "../harmony.ts";
import { playedBy } from "../played.ts";
import type { PartTemplate } from "../style.ts";
import { type ArrangeContext, type BlendEvent, energyAt, isPlaying, type PartSlot, partRandom, stretchAt, touch } from "./context.ts";
import { compass, within } from "./playable.ts";

/** The tanpura's first string above the low Sa: Pa where the mode has a stable fifth, else Ma, else the mode's seventh (docs/sources.md#tanpura). */
function firstString(degrees: readonly Cents[]): { readonly cents: Cents; readonly name: "pa" | "ma" | "ni" } {
  const own = (target: Cents, reach: Cents): Cents | undefined => degrees.find((degree) => Math.abs(degree - target) < reach);
  const [pa, ma, ni] = [own(702, 32), own(498, 32), own(1088, 110)];
  if (pa !== undefined) return { cents: pa, name: "pa" };
  if (ma !== undefined) return { cents: ma, name: "ma" };
  return { cents: ni ?? 1200, name: "ni" };
}

/** A tanpura's cycle, string after string, as many bars long as last 3.5 to 6 seconds; on the player's groups where there is a beat. */
export function drone(context: ArrangeContext, slot: PartSlot, voice: PartTemplate): BlendEvent[] {
  const { grid, heard } = context;
  const sa = inOctave(heard.mode.tonicCents, voice.low);
  const first = firstString(heard.mode.degreesCents);
  const strings = [sa - 1200 + first.cents, sa, sa + 2, sa - 1200];
  const bar = grid.free ? 4.4 : median(grid.bars.map((one) => one.to - one.from));
  const bars = grid.free ? 1 : Math.max(1, Math.round(4.6 / bar));
  const starts = grid.free
    ? Array.from({ length: Math.ceil((grid.end - grid.start) / bar) }, (_, k) => clear(context, grid.start + k * bar))
    : grid.bars.filter((one) => one.index % bars === 0).map((one) => one.from);
  return starts.flatMap((from, k) => {
    const to = starts[k + 1] ?? from + bar * bars;
    const groups = grid.bars.filter((one) => one.from >= from - 0.01 && one.from < to - 0.01).flatMap((one) => one.groups.map((group) => group.from));
    return [0, 0.24, 0.44, 0.64].flatMap((part, string): BlendEvent[] => {
      const wanted = from + part * (to - from);
      // with a beat, each string on the group nearest to its place, if that leaves them in order
      const near = groups.reduce((a, b) => (Math.abs(b - wanted) < Math.abs(a - wanted) ? b : a), groups[0] ?? wanted);
      const at = clear(context, Math.abs(near - wanted) < 0.1 * (to - from) ? near : wanted);
      if (!isPlaying(context, slot, at)) return [];
      const velocity = clamp((0.5 + 0.25 * energyAt(context, from)) * touch(context, slot, at, string), 0, 1);
      return [{ at, length: to - from, cents: strings[string]!, velocity, voice: string, reason: { code: `why.drone.${first.name}` } }];
    });
  });
}
/** Off a stroke that it would miss by a flam: onto it. */
const clear = ({ grid }: ArrangeContext, at: number): number => strokeNear(grid.strokes, at, FLAM_SEC)?.at ?? at;

/** The dem: a second player's one tone, the pedal of each section, breathed round in a circle; each section takes it up anew. */
export function dem(context: ArrangeContext, slot: PartSlot, voice: PartTemplate): BlendEvent[] {
  const events: BlendEvent[] = [];
  let section = -1;
  const known = playedBy(voice.instrument);
  const [low, high] = known ? compass(known) : [voice.low, voice.low + 1200];
  for (const h of context.harmony) {
    if (!isPlaying(context, slot, h.from)) continue;
    const index = stretchAt(context, h.from);
    const same = index === section;
    section = index;
    const cents = within(inOctave(h.pedal, voice.low), low, high);
    const last = events.at(-1);
    const length = h.to - h.from;
    if (same && last && classDistance(last.cents, cents) < 1 && Math.abs(last.at + last.length - h.from) < 0.1)
      events[events.length - 1] = { ...last, length: h.to - last.at };
    else {
      if (last && last.at + last.length > h.from) events[events.length - 1] = { ...last, length: h.from - last.at };
      const velocity = (0.35 + 0.25 * energyAt(context, h.from)) * touch(context, slot, h.from);
      events.push({ at: h.from, length, cents, velocity, voice: 0, reason: { code: "why.dem" } });
    }
  }
  return events;
}

/** How much a whim of the dice weighs against agreement, step and motion. */
const WHIM = 0.25;
/** How long a player holds the last tone, seconds. */
const LAST_TONE = 2.4;
/**
 * A slow line against the tune: a note a bar, two where there is energy, on tones that agree with the ground and are not the tune's own,
 * by steps, against the tune's motion, with a breath at the end of every phrase and of every section.
 */
export function counter(context: ArrangeContext, slot: PartSlot, voice: PartTemplate): BlendEvent[] {
  const { grid, heard, harmony, melody, sung } = context;
  const tonic = heard.mode.tonicCents;
  const known = playedBy(voice.instrument);
  const held = known?.instrument.sustains;
  const [lowest, highest] = known ? compass(known) : [voice.low, voice.low + 1500];
  const [low, high] = [Math.max(lowest, voice.low), Math.min(highest, voice.low + 1500)];
  const pool = heard.mode.degreesCents.flatMap((degree) => {
    const cents = inOctave(tonic + degree, low);
    return [cents, cents + 1200].filter((one) => one <= high);
  });
  if (pool.length === 0) return [];
  const close = context.edges.last ?? Number.POSITIVE_INFINITY;
  const all = grid.free ? harmony.map((h) => ({ from: h.from, to: h.to })) : grid.bars.flatMap((bar) => slots(bar, energyAt(context, bar.from)));
  // the last chord rings longer than a breath
  const places = all.map(({ from, to }) => ({ from, to: from < close - 0.02 ? to : Math.min(to, from + LAST_TONE) }));
  const events: BlendEvent[] = [];
  let last: Cents | undefined;
  let lastTop: Cents | undefined;
  let breath = -1e9;
  let section = -1;
  for (const [k, { from, to }] of places.entries()) {
    const index = stretchAt(context, from);
    // each section begins anew, whatever was played or left out before it
    if (index !== section) [last, lastTop, breath, section] = [undefined, undefined, from, index];
    if (!isPlaying(context, slot, from) || sung.some(([a, b]) => from > a - 0.2 && from < b)) {
      last = undefined;
      continue;
    }
    const h = harmonyAt(harmony, from);
    const tops = melody.filter((note) => note.at >= from - 0.02 && note.at < to).map((note) => note.cents);
    const top = tops.length > 0 ? tops.reduce((a, b) => a + b, 0) / tops.length : undefined;
    const quoted = quotes(context, from);
    const rising = top !== undefined && lastTop !== undefined ? Math.sign(top - lastTop) : 0;
    const cost = (cents: Cents): number => {
      const over = fold(cents, h.root);
      const agrees = h.tones.some((tone) => classDistance(cents, h.root + tone) < 20) ? 0 : over > 240 && over < 460 ? 0.5 : 1.4;
      const step = last === undefined ? Math.abs(cents - (low + high) / 2) / 900 : Math.abs(cents - last) / 350 + (cents === last ? 0.7 : 0);
      const same = tops.filter((one) => classDistance(one, cents) < 40).length / Math.max(1, tops.length);
      const contrary = last === undefined || rising === 0 ? 0 : Math.sign(cents - last) === rising ? 0.35 : 0;
      const answer = quoted === undefined || classDistance(cents, quoted) < 40 ? 0 : UNQUOTED;
      return agrees + step + same + contrary + answer;
    };
    const random = partRandom(context, slot, from, `counter ${Math.round(from * 20)}`);
    const weighed = pool.map((one) => ({ one, cost: cost(one) + WHIM * random.next() }));
    const cents = weighed.reduce((a, b) => (b.cost < a.cost ? b : a)).one;
    const before = events.at(-1);
    const continues = before !== undefined && from - (before.at + before.length) < 0.15;
    if (!continues) breath = from;
    // a phrase ends before the breath does: its last note is shortened
    const next = places[k + 1];
    const ends = next !== undefined && stretchAt(context, next.from) !== index;
    const tired = held !== undefined && (ends || (held.breath !== null && to - breath > held.breath - 2.5));
    const length = Math.max(0.15, to - from - (tired ? Math.max(0.35, 0.3 * (to - from)) : 0));
    if (before && before.at + before.length > from) events[events.length - 1] = { ...before, length: from - before.at };
    if (tired) breath = to;
    events.push({
      at: clear(context, from),
      length,
      cents,
      velocity: (0.4 + 0.35 * energyAt(context, from)) * touch(context, slot, from),
      voice: 0,
      reason: {
        code: quoted !== undefined && classDistance(cents, quoted) < 40 ? "why.counter.quote" : rising === 0 ? "why.counter" : "why.counter.contrary",
      },
    });
    last = cents;
    lastTop = top;
  }
  return events.map((event, i) => {
    const next = events[i + 1];
    return next && event.at + event.length > next.at ? { ...event, length: Math.max(0.05, next.at - event.at) } : event;
  });
}

/** How much a tone that does not quote weighs in a phrase that answers. */
const UNQUOTED = 0.9;
/** What the tune stressed a phrase ago, at the same place: every second phrase answers with it, and where a section has but one, every second section. */
function quotes({ phrases, grid, melody }: ArrangeContext, at: number): Cents | undefined {
  const k = phrases.findLastIndex((phrase) => phrase.from <= at + 0.02);
  const [own, before] = [phrases[k], phrases[k - 1]];
  if (!own || !before || k % 2 === 0) return undefined;
  const barOf = (from: number): number => grid.bars.findLastIndex((bar) => bar.from <= from + 0.02);
  const there = grid.bars[barOf(before.from) + barOf(at) - barOf(own.from)];
  if (!there) return undefined;
  const notes = melody.filter((note) => note.at >= there.from - 0.03 && note.at < there.to - 0.03);
  return notes.length > 0 ? notes.reduce((a, b) => (b.accent > a.accent ? b : a)).cents : undefined;
}

/** The stretches a slow line moves in: a bar, or its halves at groups where there is energy. */
function slots(bar: ArrangeContext["grid"]["bars"][number], energy: number): { from: number; to: number }[] {
  const middle = bar.groups[bar.groups.length >> 1]?.from;
  if (energy < 0.6 || middle === undefined || bar.groups.length < 2 || bar.to - bar.from < 1.2) return [{ from: bar.from, to: bar.to }];
  return [
    { from: bar.from, to: middle },
    { from: middle, to: bar.to },
  ];
}
