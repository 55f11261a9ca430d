import { type Cents, median } from "@kuishi/base";
import { classDistance, fold, type NamedChord, nearestQuality, readChordName, rootName, type Scale, soundedChord } from "@kuishi/tuning";
import { affinity } from "./harmony.ts";
import { roughness, type Timbre } from "./roughness.ts";

/** A chord that a place of a song could have, why, and what it costs. */
export interface ChordOffer {
  readonly name: string;
  /** What sounds, absolute cents. */
  readonly cents: readonly Cents[];
  /** What speaks for it, the strongest first: codes of sentences, with what stands in them. */
  readonly reasons: readonly ChordReason[];
  /** Roughness of it with the tune's timbre, beside the middle one of the offers: 1 is as rough. */
  readonly roughness: number;
  /** Tones that the scale does not have. */
  readonly outside: number;
}
export interface ChordReason {
  readonly code: "home" | "melody" | "shared" | "leap" | "scale" | "borrowed";
  /** How much of it: seconds of the melody it carries (0..1), or tones that stay. */
  readonly amount: number;
}
/** What chords are offered by. */
export interface OfferTask {
  readonly scale: Scale;
  readonly tonic: Cents;
  readonly timbre: Timbre;
  /** Name of the chord before. */
  readonly before?: string;
  /** What is sung or played there: cents, and for how long. */
  readonly melody?: readonly (readonly [Cents, number])[];
}
/** Where offers are voiced: around the middle of the keyboard. */
const LOW: Cents = 4800;

/**
 * Chords for a place of a song, the best first: triads and fifths on the scale's own degrees, and the major fifth degree,
 * which songs borrow; weighed by the melody they carry, the way from the chord before, rest and roughness.
 *
 * @example
 * const aeolian = { name: "aeolian", degrees: [0, 200, 300, 500, 700, 800, 1000], period: 1200 };
 * offeredChords({ scale: aeolian, tonic: 5700, timbre: [1, 0.7, 0.4] })[0].name; // => "Am"
 */
export function offeredChords(task: OfferTask): ChordOffer[] {
  const before = task.before === undefined ? undefined : readChordName(task.before);
  const weighed = namesOver(task.scale, task.tonic).flatMap((name) => {
    const chord = readChordName(name);
    return chord && name !== task.before ? [weighedOffer(task, name, chord, before)] : [];
  });
  const middle = median(weighed.map((one) => one.roughness));
  return weighed
    .map((one) => ({ ...one, roughness: middle > 0 ? one.roughness / middle : 1 }))
    .map((one) => ({ ...one, worth: one.worth - 0.2 * (one.roughness - 1) - 0.35 * one.outside }))
    .sort((a, b) => b.worth - a.worth)
    .map(({ worth: _, ...offer }) => offer);
}
/** Names of chords on each degree. */
function namesOver({ degrees }: Scale, tonic: Cents): string[] {
  const names = degrees.flatMap((degree) => {
    const own = (target: Cents, reach: Cents): Cents | undefined => {
      const near = degrees.map((other) => fold(other, degree)).filter((interval) => Math.abs(interval - target) < reach);
      return near.sort((a, b) => Math.abs(a - target) - Math.abs(b - target))[0];
    };
    const [third, fifth, tritone, seventh] = [own(350, 110), own(700, 40), own(600, 40), own(1000, 60)];
    const root = rootName(tonic + degree);
    const triad = third !== undefined && (fifth ?? tritone) !== undefined ? nearestQuality([0, third, (fifth ?? tritone)!]) : undefined;
    return [
      ...(triad !== undefined ? [root + triad] : []),
      ...(fifth !== undefined ? [`${root}5`] : []),
      ...(triad !== undefined && fifth !== undefined && seventh !== undefined ? [root + nearestQuality([0, third!, fifth, seventh])!] : []),
    ];
  });
  return [...new Set([...names, rootName(tonic + 700)])];
}
function weighedOffer(task: OfferTask, name: string, chord: NamedChord, before: NamedChord | undefined): ChordOffer & { readonly worth: number } {
  const { scale, tonic } = task;
  const { cents, outside } = soundedChord(chord, scale, tonic, LOW);
  const root = cents[0]!;
  // three tones before two or four; a root that stays is no step
  const plain = (chord.tones.length === 3 ? 0.3 : 0) - (before && classDistance(before.root, chord.root) < 40 ? 0.4 : 0);
  const reasons: (ChordReason & { readonly worth: number })[] = [];
  const give = (code: ChordReason["code"], amount: number, worth: number): void => void reasons.push({ code, amount, worth });
  if (classDistance(root, tonic) < 40) give("home", 1, before ? 0.25 : 0.5);
  const carried = carriedBy(root, cents, task.melody ?? []);
  if (carried !== undefined) give("melody", carried, 1.5 * carried);
  if (before) {
    const old = soundedChord(before, scale, tonic, LOW).cents;
    const shared = cents.filter((tone) => old.some((other) => classDistance(tone, other) < 40)).length;
    if (shared > 0) give("shared", shared, 0.1 * Math.min(2, shared));
    const step = fold(root, old[0]!);
    if (Math.abs(step - 500) < 45 || Math.abs(step - 700) < 45) give("leap", 1, 0.2);
  }
  if (outside === 0) give("scale", chord.tones.length, 0.1);
  else give("borrowed", outside, classDistance(root, tonic + 700) < 40 ? 0.25 : 0);
  const worth = plain + reasons.reduce((sum, reason) => sum + reason.worth, 0);
  const told = reasons.sort((a, b) => b.worth - a.worth).map(({ code, amount }) => ({ code, amount }));
  return { name, cents, reasons: told, roughness: roughness(cents, task.timbre), outside, worth };
}
/** How well a chord carries a melody, 0 to 1; undefined where there is none. */
function carriedBy(root: Cents, tones: readonly Cents[], melody: NonNullable<OfferTask["melody"]>): number | undefined {
  const all = melody.reduce((sum, [, weight]) => sum + weight, 0);
  if (all <= 0) return undefined;
  const sum = melody.reduce((total, [cents, weight]) => {
    const within = tones.some((tone) => classDistance(tone, cents) < 45);
    return total + weight * (within ? 1 : Math.max(0, affinity(fold(cents + 30, root) - 30)));
  }, 0);
  return sum / all;
}
