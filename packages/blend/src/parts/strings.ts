import type { Cents } from "@kuishi/base";
import { nearestDegree, type Scale } from "@kuishi/tuning";
import { harmonyAt, scaleOf } from "../harmony.ts";
import { playedBy } from "../played.ts";
import type { PartTemplate } from "../style.ts";
import { type ArrangeContext, type BlendEvent, energyAt, isPlaying, isSinging, type PartSlot, partRandom, stretchAt, touch } from "./context.ts";
import { neckOf, type Shape, shapeFor } from "./fingering.ts";
import { hitsOf } from "./hits.ts";
import { compass, isStopped, within } from "./playable.ts";

/** Open strings for a part of this tune on an instrument that has some to stop. */
export function openStrings(context: ArrangeContext, voice: PartTemplate): readonly Cents[] | undefined {
  const known = playedBy(voice.instrument);
  if (!known || !isStopped(known)) return undefined;
  return neckOf(known, context.heard.mode.tonicCents, recorded(context)).open;
}
const recorded = (context: ArrangeContext): Cents[] => context.heard.tuning.strings.map((string) => string.openCents);

/** Where on the neck shapes are looked for first, frets. */
const LOW = 2;

/** Strummed strings: shapes a hand reaches; down low string first, up high string first, string after string within what is one stroke. */
export function strum(context: ArrangeContext, slot: PartSlot, voice: PartTemplate): BlendEvent[] {
  const known = playedBy(voice.instrument);
  if (!known) return [];
  const neck = neckOf(known, context.heard.mode.tonicCents, recorded(context));
  const events: BlendEvent[] = [];
  const shapes = new Map<string, Shape | null>();
  // down and up in turn, anew in each bar: what is thrown anew elsewhere does not turn the hand here
  let [bar, turn] = [-1, 0];
  hitsOf(context, slot, voice.rules).forEach((hit) => {
    turn = hit.bar.index === bar ? turn + 1 : 0;
    bar = hit.bar.index;
    const h = harmonyAt(context.harmony, hit.at);
    const key = `${h.root} ${h.kind}`;
    let shape = shapes.get(key);
    if (shape === undefined) shapes.set(key, (shape = shapeFor(neck, h.root, h.tones, LOW)));
    if (!shape) return;
    const random = partRandom(context, slot, hit.at, `spread ${bar} ${turn}`);
    const down = turn % 2 === 0;
    // weaker strokes brush the upper strings only
    const strings = !down && hit.velocity < 0.55 && shape.length > 3 ? shape.slice(-3) : shape;
    const order = [...strings].sort((a, b) => (down ? a.string - b.string : b.string - a.string));
    const step = Math.min(0.006 + 0.006 * random.next(), 0.018 / Math.max(1, order.length - 1)); // the whole stroke is one attack
    order.forEach(({ string, cents }, k) => {
      events.push({
        at: hit.at + k * step,
        length: 1.4,
        cents,
        velocity: hit.velocity * (1 - 0.06 * k),
        voice: string,
        reason: { code: `why.strum.${h.kind === "unison" || h.kind === "quint" || h.kind === "quart" ? h.kind : "chord"}`, params: { degree: h.degree + 1 } },
      });
    });
  });
  return events.sort((a, b) => a.at - b.at);
}

/** Where a doubling lies against the tune: parallels come from the dombra's own hand (docs/sources.md#kui-form: fourths 27 %, unisons 16 %, fifths 13 %). */
const PARALLELS: readonly (readonly [string, Cents])[] = [
  ["octave", -1200],
  ["quart", -498],
  ["octave", 1200],
  ["quint", 702],
];

/** How long a breath takes. */
const BREATH_SEC = 0.25;
/** The tune itself on another instrument, an octave, a fourth or a fifth away, on degrees of its own scale. */
export function double(context: ArrangeContext, slot: PartSlot, voice: PartTemplate): BlendEvent[] {
  const { heard, melody } = context;
  const scale = scaleOf(heard);
  const known = playedBy(voice.instrument);
  const held = known?.instrument.sustains;
  const neck = known && !held ? neckOf(known, heard.mode.tonicCents, recorded(context)) : undefined;
  const range: readonly [Cents, Cents] =
    known && held
      ? compass(known, openStrings(context, voice))
      : neck
        ? [Math.max(neck.open[0]!, voice.low - 600), neck.open.at(-1)! + Math.min(14, neck.frets) * 100]
        : [voice.low, voice.low + 2400];
  const events: BlendEvent[] = [];
  let section = -1;
  let parallel = PARALLELS[0]!;
  let breath = -1e9;
  melody.forEach((note, i) => {
    if (!isPlaying(context, slot, note.at) || isSinging(context, note.at)) return;
    const index = stretchAt(context, note.at);
    const fresh = index !== section;
    if (fresh) {
      // whoever played before, and how long: here breath is new
      [section, breath] = [index, note.at];
      parallel = partRandom(context, slot, note.at, `parallel ${index}`).pick(energyAt(context, note.at) > 0.75 ? PARALLELS : PARALLELS.slice(0, 2));
    }
    const after = melody[i + 1];
    const next = after?.at ?? note.to;
    const ends = after !== undefined && stretchAt(context, after.at) !== index;
    // breath and slow fingers leave out what is too short, unless it is stressed
    if (held && next - note.at < held.quickest && note.accent < 0.6) return;
    // a section ends with a breath, so that the next begins alike whoever played before
    if (held?.breath && ends) {
      const before = events.at(-1);
      if (before) events[events.length - 1] = { ...before, length: Math.max(0.06, Math.min(before.length, next - BREATH_SEC - before.at)) };
      if (next - note.at < BREATH_SEC + 0.08) return;
    }
    const cents = snapped(within(note.cents + parallel[1], range[0], range[1]), scale, heard.mode.tonicCents, range);
    const last = fresh ? undefined : events.at(-1);
    if (held?.breath) {
      if (last && note.at - breath > held.breath - 1.5 && note.at - (last.at + last.length) < 0.3) {
        // out of breath: the note before ends early, or this one is left out
        if (note.at - last.at < 0.33) return;
        events[events.length - 1] = { ...last, length: Math.min(last.length, note.at - last.at - 0.25) };
        breath = note.at;
      }
      if (!last || note.at - (last.at + last.length) > 0.15) breath = note.at;
    }
    const length = held
      ? Math.min(1.4, next - note.at, ends ? Math.max(0.08, next - note.at - BREATH_SEC) : 1.4)
      : Math.min(1.2, Math.max(0.12, next - note.at));
    const sounding = events.at(-1);
    if (sounding && held && sounding.at + sounding.length > note.at) events[events.length - 1] = { ...sounding, length: note.at - sounding.at };
    const string = neck ? stringFor(neck.open, cents) : (known?.instrument.polyphony ?? 1) > 1 ? "" : 0;
    events.push({
      at: note.at,
      length,
      cents,
      velocity: Math.min(1, (0.4 + 0.4 * note.accent) * touch(context, slot, note.at)),
      voice: string,
      reason: { code: `why.double.${parallel[0]}` },
    });
  });
  return events;
}
/** The highest string that has the pitch. */
const stringFor = (open: readonly Cents[], cents: Cents): number =>
  Math.max(
    0,
    open.findLastIndex((nut) => nut <= cents + 30),
  );
function snapped(cents: Cents, scale: Scale, tonic: Cents, [low, high]: readonly [Cents, Cents]): Cents {
  const near = nearestDegree(scale, tonic, cents);
  return near < low - 1 ? near + 1200 : near > high + 1 ? near - 1200 : near;
}
