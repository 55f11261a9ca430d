import type { Cents } from "@kuishi/base";
import { classDistance, degreeCents, fold, type Scale } from "./tuning.ts";

/** A chord as its name tells it. A name is a Western one; what sounds may stand elsewhere (`soundedChord`). */
export interface NamedChord {
  /** Above C, in equal semitones: 0 to 1100. */
  readonly root: Cents;
  /** Tones above the root, the root first. */
  readonly tones: readonly Cents[];
  /** A lowest tone that is another than the root, above C. */
  readonly bass: Cents | null;
}

/** What follows the root in a chord's name, the shortest of its names first; names that mean the same stand together. Source: docs/sources.md#chord-names. */
const QUALITIES: readonly (readonly [names: string, tones: readonly Cents[]])[] = [
  [" maj M", [0, 400, 700]],
  ["m min mi -", [0, 300, 700]],
  ["5", [0, 700]],
  ["sus4 sus", [0, 500, 700]],
  ["sus2", [0, 200, 700]],
  ["dim ° o", [0, 300, 600]],
  ["aug +", [0, 400, 800]],
  ["7", [0, 400, 700, 1000]],
  ["m7 min7 mi7 -7", [0, 300, 700, 1000]],
  ["maj7 M7 ma7 Δ Δ7", [0, 400, 700, 1100]],
  ["6", [0, 400, 700, 900]],
  ["m6 min6 -6", [0, 300, 700, 900]],
  ["7sus4 7sus", [0, 500, 700, 1000]],
  ["m7b5 ø ø7 min7b5", [0, 300, 600, 1000]],
  ["dim7 °7 o7", [0, 300, 600, 900]],
  ["mmaj7 mM7 minmaj7", [0, 300, 700, 1100]],
  ["7#5 aug7 +7", [0, 400, 800, 1000]],
  ["7b5", [0, 400, 600, 1000]],
  ["add9 add2 2", [0, 400, 700, 1400]],
  ["madd9 madd2", [0, 300, 700, 1400]],
  ["69 6/9", [0, 400, 700, 900, 1400]],
  ["9", [0, 400, 700, 1000, 1400]],
  ["m9 min9 -9", [0, 300, 700, 1000, 1400]],
  ["maj9 M9", [0, 400, 700, 1100, 1400]],
  ["7b9", [0, 400, 700, 1000, 1300]],
  ["7#9", [0, 400, 700, 1000, 1500]],
  ["11", [0, 400, 700, 1000, 1400, 1700]],
  ["m11", [0, 300, 700, 1000, 1400, 1700]],
  ["13", [0, 400, 700, 1000, 1400, 2100]],
];
const TONES = new Map(QUALITIES.flatMap(([names, tones]) => names.split(" ").map((name) => [name, tones] as const)));
const LETTERS: Readonly<Record<string, Cents>> = { C: 0, D: 200, E: 400, F: 500, G: 700, A: 900, B: 1100, H: 1100 };
const ROOT = /^([A-H])([#♯b♭]{0,2})/;

/** A root at the beginning of a text. */
function rootIn(text: string): { readonly cents: Cents; readonly written: string } | undefined {
  const [written, letter = "", signs = ""] = ROOT.exec(text) ?? [];
  if (written === undefined) return undefined;
  const moved = [...signs].reduce((sum, sign) => sum + ("#♯".includes(sign) ? 100 : -100), 0);
  return { cents: fold(LETTERS[letter]! + moved, 0), written };
}
/** A name cut into root, what follows it, and the bass. */
function cutName(name: string) {
  const root = rootIn(name);
  if (!root) return undefined;
  const rest = name.slice(root.written.length);
  const slash = rest.lastIndexOf("/");
  const bass = slash < 0 ? undefined : rootIn(rest.slice(slash + 1));
  // C6/9 has no bass
  const whole = bass && bass.written === rest.slice(slash + 1);
  return { root, quality: whole ? rest.slice(0, slash) : rest, bass: whole ? bass : undefined };
}

/**
 * Reads a chord's name; undefined for what is none, or one we do not know.
 * @example
 * readChordName("F#m7"); // => { root: 600, tones: [0, 300, 700, 1000], bass: null }
 * readChordName("Coda"); // => undefined
 */
export function readChordName(name: string): NamedChord | undefined {
  const cut = cutName(name.trim());
  const tones = cut && TONES.get(cut.quality.replace(/[()]/g, ""));
  return cut && tones ? { root: cut.root.cents, tones, bass: cut.bass?.cents ?? null } : undefined;
}

/** Roots as they are written most; with sharps or flats alone where a name has them already. */
const COMMON = ["C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B"];
const SHARP = ["C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B"];
const FLAT = ["C", "Db", "D", "Eb", "E", "F", "Gb", "G", "Ab", "A", "Bb", "B"];
const spelled = (cents: Cents, like: string): string => {
  const names = /[#♯]/.test(like) ? SHARP : /[b♭]/.test(like) ? FLAT : COMMON;
  return names[Math.round(fold(cents, 0) / 100) % 12]!;
};
/**
 * A chord's name so many equal semitones higher; what is no chord stays.
 * @example
 * transposedChord("Am/G", 2); // => "Bm/A"
 * transposedChord("N.C.", 2); // => "N.C."
 */
export function transposedChord(name: string, semitones: number): string {
  const cut = cutName(name);
  if (!cut || semitones % 12 === 0 || !readChordName(name)) return name;
  const { root, quality, bass } = cut;
  const moved = (one: { readonly cents: Cents; readonly written: string }): string => spelled(one.cents + 100 * semitones, one.written);
  return moved(root) + quality + (bass ? `/${moved(bass)}` : "");
}

/** Nearer than this a tone of a name is a degree of the scale. */
const NEAR_CENTS: Cents = 60;
/** Index of the degree that a pitch class is, counted from the tonic; null where the scale has none there. */
function degreeOf(cents: Cents, scale: Scale, tonic: Cents): number | null {
  let best: number | null = null;
  scale.degrees.forEach((degree, i) => {
    const distance = classDistance(cents, tonic + degree);
    if (distance < NEAR_CENTS && (best === null || distance < classDistance(cents, tonic + scale.degrees[best]!))) best = i;
  });
  return best;
}
/**
 * A chord's name so many steps of a scale higher: each tone goes on to the degree that lies so far above it, so that a
 * minor chord may become a major one. Tones outside the scale go with the root.
 * @example
 * const aeolian = { name: "aeolian", degrees: [0, 200, 300, 500, 700, 800, 1000], period: 1200 };
 * steppedChord("Am", 2, aeolian, 900); // => "C"
 */
export function steppedChord(name: string, steps: number, scale: Scale, tonic: Cents): string {
  const cut = cutName(name);
  const chord = readChordName(name);
  if (!cut || !chord || steps % scale.degrees.length === 0) return name;
  const moveOf = (cents: Cents): Cents | null => {
    const degree = degreeOf(cents, scale, tonic);
    return degree === null ? null : degreeCents(scale, tonic, degree + steps) - degreeCents(scale, tonic, degree);
  };
  const near = [...scale.degrees.keys()].reduce((best, i) =>
    classDistance(chord.root, tonic + scale.degrees[i]!) < classDistance(chord.root, tonic + scale.degrees[best]!) ? i : best,
  );
  const by = moveOf(chord.root) ?? degreeCents(scale, tonic, near + steps) - degreeCents(scale, tonic, near);
  const tones = chord.tones.map((tone) => tone + (moveOf(chord.root + tone) ?? by) - by);
  const quality = nearestQuality(tones) ?? cut.quality;
  const bass = chord.bass === null ? "" : `/${spelled(chord.bass + (moveOf(chord.bass) ?? by), cut.bass!.written)}`;
  return spelled(chord.root + by, cut.root.written) + (sameTones(tones, chord.tones) ? cut.quality : quality) + bass;
}
const sameTones = (a: readonly Cents[], b: readonly Cents[]): boolean => a.every((tone, i) => Math.abs(tone - b[i]!) < 50);
/** The name of what stands nearest to these tones, of as many of them. */
export function nearestQuality(tones: readonly Cents[]): string | undefined {
  let best: { readonly name: string; readonly away: number } | undefined;
  for (const [names, own] of QUALITIES) {
    if (own.length !== tones.length) continue;
    const away = own.reduce((sum, tone, i) => sum + Math.abs(tone - tones[i]!), 0);
    if (!best || away < best.away) best = { name: names.split(" ")[0]!, away };
  }
  return best?.name;
}
/** The name of a root that stands at these cents, to the nearest equal semitone. */
export const rootName = (cents: Cents): string => spelled(cents, "");

/** What sounds for a name: absolute cents, lowest first, each tone where the scale has it; and how many it does not have. */
export interface SoundedChord {
  readonly cents: readonly Cents[];
  readonly outside: number;
}
/**
 * A chord as it sounds in a scale, its root in the octave above `low`.
 * @example
 * const neutral = { name: "neutral third", degrees: [0, 200, 350, 500, 700, 900, 1000], period: 1200 };
 * soundedChord({ root: 0, tones: [0, 400, 700], bass: null }, neutral, 6000, 4800).cents; // => [4800, 5150, 5500]
 */
export function soundedChord(chord: NamedChord, scale: Scale, tonic: Cents, low: Cents): SoundedChord {
  let outside = 0;
  const placed = (cents: Cents): Cents => {
    const degree = degreeOf(cents, scale, tonic);
    if (degree === null) {
      outside++;
      return cents;
    }
    // the same octave, moved by less than half a step
    const off = fold(tonic + scale.degrees[degree]! - cents + 600, 0) - 600;
    return cents + off;
  };
  const root = placed(low + fold(chord.root, low));
  // the others from where the root stands: a tune may lie off equal steps as a whole
  const cents = [root, ...chord.tones.slice(1).map((tone) => placed(root + tone))];
  if (chord.bass !== null) {
    const below = root - 1200 + fold(chord.bass, root);
    cents.unshift(placed(below === root - 1200 ? root : below));
  }
  return { cents: [...new Set(cents)].sort((a, b) => a - b), outside };
}
