import type { Random } from "@kuishi/base";
import { centsAt, type Lute } from "./lute.ts";
import type { Knock, Touch } from "./render.ts";

/** One hand movement over one or both strings, or of the left hand alone. */
export interface PracticeStroke {
  readonly at: number;
  /** +1 low string first, -1 high string first; 0 for the left hand. */
  readonly direction: number;
  readonly touches: readonly Touch[];
}
/** Strokes without musical sense that cover what hands do; the truth to learn the ear's network from. */
export interface PracticeTake {
  readonly strokes: readonly PracticeStroke[];
  readonly touches: readonly Touch[];
  readonly knocks: readonly Knock[];
}

type Style = "single" | "drone" | "strum" | "parallel" | "mixed" | "tremolo";

/** Draws practice for a lute: stretches of changing style, rate and hand. */
export function drawPractice(random: Random, lute: Lute, seconds: number): PracticeTake {
  const strokes = lute.strings.length > 2 ? drawMany(random, lute, seconds) : drawTwo(random, lute, seconds);
  return { strokes, touches: strokes.flatMap((stroke) => stroke.touches), knocks: drawKnocks(random, strokes, seconds) };
}

/** Lines, arpeggios and strummed chords over three strings or more. */
function drawMany(random: Random, lute: Lute, seconds: number): PracticeStroke[] {
  const strokes: PracticeStroke[] = [];
  const count = lute.strings.length;
  let at = random.between(0.15, 0.5);
  let direction = 1;
  while (at < seconds - 0.4) {
    const style = random.pick(["line", "arpeggio", "chord"]);
    const end = Math.min(seconds - 0.3, at + random.between(2, 5));
    const rate = random.between(1.5, style === "line" ? 9 : 6);
    const place = random.int(0, 7);
    const chord = Array.from({ length: count }, () => (random.chance(0.35) ? 0 : place + random.int(0, 3)));
    let string = random.int(0, count - 1);
    let fret = random.int(0, 12);
    for (; at < end; at += Math.max(0.066, (random.pick([1, 1, 1, 2, 0.5]) / rate) * random.between(0.95, 1.05))) {
      const loud = random.between(0.45, 1);
      const spread = random.between(0.002, 0.012);
      let hits: [number, number][];
      if (style === "chord") {
        const from = random.int(0, count - 2);
        hits = chord.map((f, s) => [s, f] as [number, number]).slice(from, from + random.int(2, count));
        if (direction < 0) hits.reverse();
      } else if (style === "arpeggio") {
        string = random.chance(0.2) ? random.int(0, count - 1) : (string + 1) % count;
        hits = [[string, chord[string]!]];
        if (random.chance(0.2)) hits.unshift([0, chord[0]!]);
        if (hits[0]?.[0] === hits[1]?.[0]) hits.pop();
      } else {
        fret = Math.max(0, Math.min(17, fret + random.pick([-3, -2, -1, 0, 1, 2, 3])));
        if (random.chance(0.15)) string = Math.max(0, Math.min(count - 1, string + random.pick([-1, 1])));
        hits = [[string, fret]];
      }
      strokes.push({
        at,
        direction: hits.length > 1 ? direction : 0,
        touches: hits.map(([s, f], i): Touch => ({ at: at + i * spread, string: s, fret: f, velocity: loud * random.between(0.6, 1), kind: "plucked" })),
      });
      direction = random.chance(0.8) ? -direction : 1;
    }
  }
  return strokes;
}

function drawTwo(random: Random, lute: Lute, seconds: number): PracticeStroke[] {
  const strokes: PracticeStroke[] = [];
  const frets = random.int(9, 19);
  const scale = drawScale(random, frets);
  let at = random.between(0.15, 0.5);
  let direction = 1;
  const spreadTop = random.between(0.008, 0.03);
  while (at < seconds - 0.4) {
    const style: Style = random.pick(["single", "drone", "strum", "strum", "parallel", "mixed", "mixed", "tremolo"]);
    const end = Math.min(seconds - 0.3, at + random.between(2, 5));
    const rate =
      style === "tremolo"
        ? random.between(7, 13)
        : style === "strum"
          ? random.between(4, 12.5)
          : style === "single"
            ? random.between(1, 7)
            : random.between(1.5, 9);
    const left = random.chance(0.45) ? random.between(0.1, 0.5) : 0;
    const hold = random.pick([1, 1, 2, 2, 4]);
    const main = random.chance(0.75) ? 1 : 0;
    const lowMoves = random.chance(0.5);
    const interval = random.pick([0, 0, 2, -2, 4, -1, -5]);
    let index = random.int(0, scale.length - 1);
    let lowIndex = random.int(0, Math.min(6, scale.length - 1));
    let rest = 0;
    for (let k = 0; at < end; k++) {
      if (k % hold === 0) {
        index = step(random, index, scale.length);
        if (random.chance(0.5)) lowIndex = step(random, lowIndex, Math.min(8, scale.length));
      }
      const fret = scale[index]!;
      const other = lowMoves ? scale[lowIndex]! : 0;
      const loud = (k % 4 === 0 ? 1 : random.between(0.45, 0.9)) * random.between(0.8, 1);
      const hits: [number, number, number][] = [];
      const both = style === "strum" || style === "parallel" || (style === "drone" && random.chance(0.88)) || (style === "mixed" && random.chance(0.5));
      if (style === "tremolo" || style === "single") hits.push([random.chance(0.05) ? 1 - main : main, fret, loud]);
      else if (style === "parallel")
        hits.push([0, fret, loud * random.between(0.6, 1)], [1, Math.max(0, Math.min(frets, fret + interval)), loud * random.between(0.65, 1)]);
      else if (both) {
        hits.push([1 - main, other, loud * random.between(0.4, 1)], [main, fret, loud * random.between(0.65, 1)]);
        if (random.chance(0.1)) hits.pop();
      } else hits.push(random.chance(0.7) ? [main, fret, loud] : [1 - main, other, loud]);
      if (hits.length === 2 && random.chance(0.03)) hits[1]![1] = nearest(lute, hits[0]!, hits[1]![0], frets);
      const spread = random.between(0.002, spreadTop);
      const order = direction > 0 ? hits.sort((a, b) => a[0] - b[0]) : hits.sort((a, b) => b[0] - a[0]);
      const touches = order.map(([string, f, velocity], i): Touch => {
        const touch: Touch = { at: at + i * spread, string, fret: f, velocity: Math.max(0.08, velocity), kind: "plucked" };
        return random.chance(0.04) ? { ...touch, vibrato: [random.between(5, 25), random.between(4, 7)] } : touch;
      });
      strokes.push({ at, direction: touches.length === 2 ? direction : 0, touches });
      direction = random.chance(0.85) ? -direction : 1;
      const gap = (random.pick([1, 1, 1, 1, 2, 0.5, 3]) / rate) * (style === "strum" || style === "tremolo" ? 1 : random.between(0.9, 1.1));
      const step1 = Math.max(0.066, style === "strum" || style === "tremolo" ? (random.chance(0.06) ? 2 : 1) / rate + random.gauss() * 0.005 : gap);
      // the left hand speaks between strokes
      if (left > 0 && step1 > 0.15 && random.chance(left)) {
        const last = touches.at(-1)!;
        let when = at + spread + random.between(0.07, Math.min(0.3, step1 - 0.07));
        let from = last.fret;
        for (let n = random.pick([1, 1, 2]); n > 0 && when < at + step1 - 0.06; n--) {
          const to = Math.max(0, Math.min(frets, from + random.pick([-3, -2, -2, -1, 1, 2, 2, 3])));
          if (to === from) break;
          const kind = random.chance(0.25) && from > 0 && to > 0 ? "slide" : to > from ? "hammer" : "pull";
          strokes.push({
            at: when,
            direction: 0,
            touches: [{ at: when, string: last.string, fret: to, velocity: last.velocity * random.between(0.5, 1), kind }],
          });
          from = to;
          when += random.between(0.08, 0.16);
        }
      }
      at += step1;
      if (random.chance(0.015)) {
        // a damped rest
        const stop = at - step1 + Math.min(step1 * 0.7, 0.3);
        strokes.push({ at: stop, direction: 0, touches: [0, 1].map((string): Touch => ({ at: stop, string, fret: 0, velocity: 0, kind: "damp" })) });
        at += random.between(0.1, 0.6);
      }
      rest++;
    }
    if (rest === 0) at = end;
    if (random.chance(0.3)) at += random.between(0.2, 1);
  }
  return strokes;
}

/** Taps, squeaks and, on some takes, nail noise of every stroke. */
function drawKnocks(random: Random, strokes: readonly PracticeStroke[], seconds: number): Knock[] {
  const knocks: Knock[] = [];
  if (random.chance(0.5)) {
    const every = random.between(0.3, 3);
    for (let t = random.between(0.2, 1); t < seconds - 0.3; t += every * random.between(0.3, 1.7)) {
      knocks.push({ at: t, seconds: random.between(0.003, 0.025), level: random.between(0.03, 0.5), bright: random.pick([0.02, 0.05, 0.1, 0.3, 0.8]) });
    }
  }
  if (random.chance(0.35)) {
    const level = random.between(0.02, 0.2);
    for (const stroke of strokes) {
      if (stroke.touches[0]?.kind === "plucked")
        knocks.push({
          at: stroke.at + random.between(-0.002, 0.001),
          seconds: random.between(0.001, 0.005),
          level: level * random.between(0.3, 1),
          bright: random.between(0.3, 0.9),
        });
    }
  }
  return knocks;
}

function drawScale(random: Random, frets: number): number[] {
  const steps = random.pick([
    [2, 2, 1, 2, 2, 1, 2],
    [2, 1, 2, 2, 2, 1, 2],
    [1, 2, 2, 2, 1, 2, 2],
    [2, 1.5, 1.5, 2, 2, 1.5, 1.5],
    [1.5, 2, 1.5, 2, 1.5, 1.5, 2],
    [1, 1, 1, 1, 1, 1, 1],
    [2, 3, 2, 3, 2],
    [1, 3, 1, 2, 1, 3, 1],
  ]);
  const scale: number[] = [];
  let fret = random.int(0, 2);
  if (fret > 0) scale.push(0);
  for (let i = random.int(0, steps.length - 1); fret <= frets; i++) {
    scale.push(fret);
    fret += steps[i % steps.length]!;
  }
  return scale;
}

function step(random: Random, index: number, count: number): number {
  const next = index + random.pick([-3, -2, -1, -1, -1, 0, 1, 1, 1, 2, 4]);
  if (next < 0) return Math.min(1, count - 1);
  return next >= count ? Math.max(0, count - 2) : next > 9 && random.chance(0.4) ? next - 3 : next;
}

/** The fret of another string that sounds the same pitch. */
function nearest(lute: Lute, [string, fret]: readonly [number, number, number], on: number, frets: number): number {
  const cents = centsAt(lute.strings[string]!, fret);
  const there = lute.strings[on]!.frets;
  let best = 0;
  for (let f = 0; f <= frets; f++) if (Math.abs(there[f]! - cents) < Math.abs(there[best]! - cents)) best = f;
  return best;
}
