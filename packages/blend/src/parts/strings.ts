import type { Cents } from "@kuishi/base";
import { nearestDegree, type Scale } from "@kuishi/tuning";
import { harmonyAt, scaleOf } from "../harmony.ts";
import type { Voice } from "../style.ts";
import { neckOf, type Shape, shapeFor } from "./fingering.ts";
import { type BlendEvent, dice, energyAt, type Ground, plays, type Seat, singing } from "./ground.ts";
import { hitsOf } from "./hits.ts";
import { BALABAN, within } from "./playable.ts";

/** Open strings for a plucked part of this tune. */
export function openStrings(ground: Ground, voice: Voice): readonly Cents[] | undefined {
  if (voice.instrument.kind !== "plucked") return undefined;
  return neckOf(voice.instrument.model, ground.heard.mode.tonicCents, recorded(ground)).open;
}
const recorded = (ground: Ground): Cents[] => ground.heard.tuning.strings.map((string) => string.openCents);

/** Where on the neck shapes are looked for first, frets. */
const LOW = 2;

/** Strummed strings: shapes a hand reaches; down low string first, up high string first, string after string within what is one stroke. */
export function strum(ground: Ground, seat: Seat, voice: Voice): BlendEvent[] {
  if (voice.instrument.kind !== "plucked") return [];
  const neck = neckOf(voice.instrument.model, ground.heard.mode.tonicCents, recorded(ground));
  const events: BlendEvent[] = [];
  const shapes = new Map<string, Shape | null>();
  // down and up in turn, anew in each bar: what is thrown anew elsewhere does not turn the hand here
  let [bar, turn] = [-1, 0];
  hitsOf(ground, seat, voice.rules).forEach((hit) => {
    turn = hit.bar.index === bar ? turn + 1 : 0;
    bar = hit.bar.index;
    const h = harmonyAt(ground.harmony, hit.at);
    const key = `${h.root} ${h.kind}`;
    let shape = shapes.get(key);
    if (shape === undefined) shapes.set(key, (shape = shapeFor(neck, h.root, h.tones, LOW)));
    if (!shape) return;
    const random = dice(ground, seat, hit.at, `spread ${bar} ${turn}`);
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

/** Where a doubling lies against the tune: parallels come from the dombra's own hand (musicology 3.1: fourths 27 %, unisons 16 %, fifths 13 %). */
const PARALLELS: readonly (readonly [string, Cents])[] = [
  ["octave", -1200],
  ["quart", -498],
  ["octave", 1200],
  ["quint", 702],
];

/** The tune itself on another instrument, an octave, a fourth or a fifth away, on degrees of its own scale. */
export function double(ground: Ground, seat: Seat, voice: Voice): BlendEvent[] {
  const { heard, melody } = ground;
  const scale = scaleOf(heard);
  const wind = voice.instrument.kind === "balaban";
  const neck = voice.instrument.kind === "plucked" ? neckOf(voice.instrument.model, heard.mode.tonicCents, recorded(ground)) : undefined;
  const range: [Cents, Cents] = wind
    ? [BALABAN.low, BALABAN.high]
    : neck
      ? [Math.max(neck.open[0] as number, voice.low - 600), (neck.open.at(-1) as number) + Math.min(14, neck.frets) * 100]
      : [voice.low, voice.low + 2400];
  const events: BlendEvent[] = [];
  let section = -1;
  let parallel = PARALLELS[0] as readonly [string, Cents];
  let breath = -1e9;
  melody.forEach((note, i) => {
    if (!plays(ground, seat, note.at) || singing(ground, note.at)) return;
    const index = ground.sections.findLastIndex((one) => one.from <= note.at + 0.02);
    if (index !== section) {
      section = index;
      parallel = dice(ground, seat, note.at, `parallel ${index}`).pick(energyAt(ground, note.at) > 0.75 ? PARALLELS : PARALLELS.slice(0, 2));
    }
    const next = melody[i + 1]?.at ?? note.to;
    // breath and slow fingers leave out what is too short, unless it is stressed
    if (wind && next - note.at < 0.14 && note.accent < 0.6) return;
    const cents = snapped(within(note.cents + parallel[1], range[0], range[1]), scale, heard.mode.tonicCents, range);
    const last = events.at(-1);
    if (wind) {
      if (last && note.at - breath > BALABAN.breathSec - 1.5 && note.at - (last.at + last.length) < 0.3) {
        events[events.length - 1] = { ...last, length: Math.max(0.08, Math.min(last.length, note.at - last.at - 0.25)) };
        breath = note.at;
      }
      if (!last || note.at - (last.at + last.length) > 0.15) breath = note.at;
    }
    const length = wind ? Math.min(1.4, next - note.at) : Math.min(1.2, Math.max(0.12, next - note.at));
    if (last && wind && last.at + last.length > note.at) events[events.length - 1] = { ...last, length: note.at - last.at };
    const string = neck ? stringFor(neck.open, cents) : 0;
    events.push({
      at: note.at,
      length,
      cents,
      velocity: Math.min(1, 0.4 + 0.4 * note.accent),
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
