import { type Cents, clamp, median, rounded } from "@kuishi/base";
import type { HeardString } from "@kuishi/score";
import type { Decoded, Struck } from "./decode.ts";

/** A decoded pitch with the place on the neck it was most likely played at. */
export interface Placed extends Struck {
  readonly string: number;
  readonly fret: number;
  /** How surely this string, 0..1. */
  readonly stringSure: number;
}
/** A stroke whose pitches have strings. */
export interface PlacedStroke {
  readonly decoded: Decoded;
  readonly pitches: readonly Placed[];
}

/** Open strings, from what was heard alone. */
export interface OpenStrings {
  readonly low: Cents;
  readonly high: Cents;
  readonly sure: number;
}

/**
 * The low open string is the lowest pitch used repeatedly; the high one, 300-800 cents above, is the
 * pitch that leaves every pair one note playable on it, that is itself frequent, and that makes a
 * fourth or a fifth where nothing else decides.
 */
export function findOpenStrings(strokes: readonly Decoded[]): OpenStrings {
  const counts = new Map<Cents, number>();
  for (const stroke of strokes) for (const pitch of stroke.pitches) counts.set(pitch.cents, (counts.get(pitch.cents) ?? 0) + pitch.struck);
  const ordered = [...counts].sort((a, b) => a[0] - b[0]);
  const total = ordered.reduce((sum, [, count]) => sum + count, 0);
  const low = (ordered.find(([, count]) => count >= Math.max(2, total * 0.012)) ?? ordered[0])?.[0] ?? 5000;
  const candidates = [low + 498, low + 702, ...ordered.map(([cents]) => cents).filter((cents) => cents - low >= 290 && cents - low <= 810)];
  const pairs = strokes.filter((stroke) => stroke.pitches.length === 2);
  let best = { high: low + 498, score: -Infinity };
  const scores: number[] = [];
  for (const high of candidates) {
    const broken = pairs.filter((pair) => Math.max(...pair.pitches.map((pitch) => pitch.cents)) < high - 40).length;
    const used = ordered.filter(([cents]) => Math.abs(cents - high) < 35).reduce((sum, [, count]) => sum + count, 0);
    const usual = Math.max(0, 1 - Math.abs(high - low - 498) / 40) * 0.06 + Math.max(0, 1 - Math.abs(high - low - 702) / 40) * 0.03;
    const score = (used / Math.max(1, total)) * 0.6 + usual - (3 * broken) / Math.max(1, pairs.length);
    scores.push(score);
    if (score > best.score) best = { high, score };
  }
  scores.sort((a, b) => b - a);
  return { low, high: best.high, sure: clamp(0.4 + ((scores[0] ?? 0) - (scores[1] ?? 0)) * 3, 0.3, 0.95) };
}

interface Option {
  readonly strings: readonly number[];
  readonly hand: number;
  readonly cost: number;
}

/** Gives each pitch a string and a fret: the way that moves the hand least (Viterbi). */
export function placeOnStrings(strokes: readonly Decoded[], open: OpenStrings, frets: number): PlacedStroke[] {
  const opens = [open.low, open.high];
  const fretOf = (cents: Cents, string: number): number => Math.max(0, Math.round((cents - (opens[string] as number)) / 100));
  const fits = (cents: Cents, string: number): boolean => cents >= (opens[string] as number) - 60 && fretOf(cents, string) <= frets + 1;
  const options = strokes.map((stroke): Option[] => {
    const ways =
      stroke.pitches.length === 1
        ? [[1], [0]]
        : [
            [0, 1],
            [1, 0],
          ];
    const list = ways.map((strings): Option => {
      const places = strings.map((string, i) => ({ string, cents: (stroke.pitches[i] as Struck).cents }));
      const stopped = places.map((place) => fretOf(place.cents, place.string)).filter((fret) => fret > 0);
      const hand = stopped.length === 0 ? -1 : stopped.reduce((a, b) => a + b, 0) / stopped.length;
      const span = stopped.length === 2 ? Math.abs((stopped[0] as number) - (stopped[1] as number)) : 0;
      let cost = Math.max(0, span - 5) * 0.6 + (strings[0] === 0 && strings.length === 1 ? 0.5 : 0) + (strings[0] === 1 && strings.length === 2 ? 1.2 : 0);
      for (const place of places) if (!fits(place.cents, place.string)) cost += 8;
      return { strings, hand, cost };
    });
    return list;
  });
  let costs = (options[0] ?? []).map((option) => option.cost);
  const back: number[][] = [];
  for (let i = 1; i < options.length; i++) {
    const from = options[i - 1] as Option[];
    const links: number[] = [];
    costs = (options[i] as Option[]).map((option, j) => {
      let best = Infinity;
      from.forEach((before, k) => {
        const move = option.hand < 0 || before.hand < 0 ? 0 : Math.abs(option.hand - before.hand) * 0.12;
        const value = (costs[k] as number) + move;
        if (value < best) {
          best = value;
          links[j] = k;
        }
      });
      return best + option.cost;
    });
    back.push(links);
  }
  let at = costs.indexOf(Math.min(...costs));
  const placed: PlacedStroke[] = [];
  for (let i = strokes.length - 1; i >= 0; i--) {
    const stroke = strokes[i] as Decoded;
    const list = options[i] as Option[];
    const chosen = list[at] as Option;
    const other = list[1 - at];
    const stringSure = clamp(0.55 + ((other?.cost ?? 4) - chosen.cost) * 0.1, 0.3, 0.95) * open.sure;
    placed[i] = {
      decoded: stroke,
      pitches: stroke.pitches.map((pitch, k) => ({
        ...pitch,
        string: chosen.strings[k] as number,
        fret: Math.min(frets, fretOf(pitch.cents, chosen.strings[k] as number)),
        stringSure,
      })),
    };
    if (i > 0) at = (back[i - 1] as number[])[at] as number;
  }
  return placed;
}

/** Where each fret of each string was heard to sound. */
export function fretTable(strokes: readonly PlacedStroke[], open: OpenStrings, frets: number): HeardString[] {
  return [open.low, open.high].map((openCents, string) => {
    const heard: Cents[][] = Array.from({ length: frets + 1 }, () => []);
    for (const stroke of strokes) for (const pitch of stroke.pitches) if (pitch.string === string && pitch.struck >= 0.5) heard[pitch.fret]?.push(pitch.cents);
    const fretCents = heard.map((list) => (list.length === 0 ? null : rounded(median(list), 1)));
    return {
      openCents: fretCents[0] ?? rounded(openCents, 1),
      fretCents,
      fretConfidence: heard.map((list) => rounded(list.length === 0 ? 0 : (list.length / (list.length + 3)) * open.sure, 3)),
      confidence: rounded(open.sure, 3),
    };
  });
}
