import { type Cents, type Random, sin } from "@kuishi/base";
import type { Lute, LuteString } from "./lute.ts";
import type { Touch } from "./render.ts";

/** A composed tune and everything that is true of it. */
export interface Tune {
  readonly touches: readonly Touch[];
  readonly seconds: number;
  readonly beats: readonly number[];
  readonly bars: readonly { readonly at: number; readonly groups: readonly number[] }[];
  readonly tonicCents: Cents;
  readonly mode: string;
  readonly strokes: readonly { readonly at: number; readonly direction: "down" | "up" }[];
}
/** What a tune is composed to. */
export interface TuneWish {
  /** Bars in turn, each a list of groups in pulses; repeated until the tune ends. */
  readonly bars: readonly (readonly number[])[];
  readonly mode: { readonly name: string; readonly degrees: readonly Cents[] };
  readonly seconds: number;
  /** Seconds of one pulse. */
  readonly pulse: number;
  /** How far the tempo wanders, as a part of it. */
  readonly rubato: number;
}

/** Fret, possibly between two, at which a string sounds a pitch; undefined when it has none. */
function fretFor(string: LuteString, cents: Cents): number | undefined {
  for (let k = 0; k + 1 < string.frets.length; k++) {
    const [a, b] = [string.frets[k]!, string.frets[k + 1]!];
    if (cents >= a - 1 && cents < b) return Math.max(0, k + (cents - a) / (b - a));
  }
  return undefined;
}

/**
 * Composes a tune of phrases in a mode: each phrase walks by steps, rests on the tonic or its fifth, and
 * the last ends on the tonic; the low string drones open. Every kind
 * of bar has its own stroke pattern; its first stroke is the hardest and its groups begin harder than the rest.
 */
export function composeTune(random: Random, lute: Lute, wish: TuneWish): Tune {
  const [low, high] = lute.strings as [LuteString, LuteString];
  // the tonic need not be an open string
  const tonic = random.pick([low.frets[0], low.frets[0], high.frets[0], low.frets[2], low.frets[5], low.frets[7]])!;
  const scale: Cents[] = [];
  for (let octave = -1; octave < 3; octave++) {
    for (const degree of wish.mode.degrees) {
      const cents = tonic + octave * 1200 + degree;
      if (cents >= high.frets[0]! - 1 && cents < high.frets.at(-4)!) scale.push(cents);
    }
  }
  const isTonic = (cents: Cents): boolean => (((cents - tonic) % 1200) + 1200) % 1200 < 1;
  const homes = scale.map((cents, i) => ({ cents, i })).filter(({ cents }) => isTonic(cents));
  const home = (homes[0] ?? { i: 0 }).i;
  const patterns = new Map<string, boolean[]>();
  const touches: Touch[] = [];
  const beats: number[] = [];
  const bars: { at: number; groups: readonly number[] }[] = [];
  const strokes: { at: number; direction: "down" | "up" }[] = [];
  const phase = random.between(0, 6);
  const direct = random.between(0.004, 0.012);
  let at = 0.4;
  let index = home;
  let pulses = 0;
  for (let bar = 0; at < wish.seconds - 1.5 || bar % 4 !== 0; bar++) {
    const groups = wish.bars[bar % wish.bars.length]!;
    const name = groups.join("+");
    // which half-pulses are struck: groups always, pulses mostly, between them seldom; the same in every such bar
    if (!patterns.has(name))
      patterns.set(
        name,
        groups.flatMap((group) => Array.from({ length: group * 2 }, (_, k) => k === 0 || (k % 2 === 0 ? random.chance(0.8) : random.chance(0.3)))),
      );
    const pattern = patterns.get(name)!;
    bars.push({ at, groups });
    const starts = new Set<number>();
    let sum = 0;
    for (const group of groups) {
      starts.add(sum * 2);
      sum += group;
    }
    const cadence = bar % 4 === 3;
    pattern.forEach((struck, k) => {
      const begins = starts.has(k);
      if (begins) beats.push(at);
      if (struck || (random.chance(0.06) && k % 2 === 0)) {
        if (k % 2 === 0 || random.chance(0.4)) {
          if (cadence && k >= pattern.length / 2) index += Math.sign(home - index) * Math.min(2, Math.abs(home - index));
          else {
            index += random.pick([-2, -1, -1, 0, 1, 1, 2]);
            if (index < 0) index = 1;
            if (index >= Math.min(scale.length, home + 9)) index -= 3;
          }
        }
        if (cadence && k >= pattern.length - 2) index = home;
        const velocity = (k === 0 ? 0.95 : begins ? 0.78 : k % 2 === 0 ? 0.58 : 0.5) * random.between(0.88, 1.08);
        const direction: "down" | "up" = begins || k % 4 === 0 ? "down" : "up";
        const fret = fretFor(high, scale[index]!);
        const t = at + random.gauss() * 0.005;
        const hits: Touch[] = [];
        if (begins || random.chance(0.55)) hits.push({ at: t, string: 0, fret: 0, velocity: velocity * 0.8, kind: "plucked" });
        if (fret !== undefined) hits.push({ at: t, string: 1, fret, velocity, kind: "plucked" });
        if (direction === "up") hits.reverse();
        touches.push(...hits.map((touch, i) => ({ ...touch, at: t + i * direct })));
        if (hits.length > 0) strokes.push({ at: t, direction });
      }
      pulses += 0.5;
      const tempo = 1 + wish.rubato * sin(phase + pulses / 14);
      at += (wish.pulse / 2) * tempo;
    });
  }
  const last = touches.at(-1)!;
  const end = Math.max(at, last.at + 0.1);
  touches.push(
    { at: end, string: 0, fret: 0, velocity: 0.8, kind: "plucked" },
    { at: end + direct, string: 1, fret: fretFor(high, scale[home]!) ?? 0, velocity: 0.9, kind: "plucked" },
  );
  bars.push({ at: end, groups: wish.bars[0]! });
  beats.push(end);
  strokes.push({ at: end, direction: "down" });
  return { touches, seconds: end + 2.2, beats, bars: bars.slice(0, -1), tonicCents: tonic, mode: wish.mode.name, strokes };
}
