import { clamp } from "@kuishi/base";
import { wholes } from "../fraction.ts";
import type { Chord, Mark, Note, Part, Score } from "../score.ts";

/** Velocities of dynamics, 0..1, in even steps. */
const LEVELS: Readonly<Record<string, number>> = {
  pppppp: 0.04,
  ppppp: 0.06,
  pppp: 0.08,
  ppp: 0.13,
  pp: 0.26,
  p: 0.39,
  mp: 0.5,
  mf: 0.63,
  f: 0.76,
  ff: 0.88,
  fff: 0.96,
  ffff: 0.98,
  fffff: 1,
  ffffff: 1,
  fp: 0.39,
  sfp: 0.39,
  pf: 0.76,
  n: 0.02,
};
const DEFAULT_LEVEL = 0.63;
/** What a hairpin adds where nothing tells its end. */
const HAIRPIN = 0.13;
/** Accents of one note. */
const ACCENTS: Readonly<Record<string, number>> = {
  accent: 0.12,
  "strong-accent": 0.2,
  stress: 0.06,
  unstress: -0.08,
  "soft-accent": 0.06,
  sf: 0.15,
  sfz: 0.18,
  sffz: 0.22,
  fz: 0.15,
  rf: 0.12,
  rfz: 0.15,
};

interface Level {
  readonly at: number;
  readonly level: number;
}

/** How loud a part is where, in whole notes of the written score. */
export class PartLoudness {
  readonly #levels: Level[] = [];
  readonly #ramps: { readonly from: number; readonly to: number; readonly start: number; readonly end: number }[] = [];

  constructor(score: Score, part: Part) {
    const hairpins: { from: number; to: number; sign: number }[] = [];
    let begun: { from: number; sign: number } | undefined;
    let start = 0;
    part.bars.forEach(({ items }, b) => {
      for (const item of items) {
        const at = start + wholes(item.at);
        if (item.kind === "sound" && item.signs.dynamics !== undefined) this.#levels.push({ at, level: fromPercent(item.signs.dynamics) });
        const marks = item.kind === "direction" ? item.marks : item.kind === "chord" ? item.notes.flatMap((note) => note.marks ?? []) : [];
        for (const mark of marks) {
          const level = mark.kind === "dynamic" ? LEVELS[mark.name] : undefined;
          if (level !== undefined) this.#levels.push({ at, level });
          if (mark.name !== "wedge") continue;
          if (mark.phase === "stop" && begun) hairpins.push({ ...begun, to: at });
          begun = mark.phase === "stop" ? undefined : mark.phase === "continue" ? begun : { from: at, sign: mark.phase === "diminuendo" ? -1 : 1 };
        }
        if (item.kind === "direction" && item.sound?.dynamics !== undefined) this.#levels.push({ at, level: fromPercent(item.sound.dynamics) });
      }
      start += wholes(score.bars[b]!.length);
    });
    this.#levels.sort((a, b) => a.at - b.at);
    for (const { from, to, sign } of hairpins) {
      const before = this.#plain(from);
      // a level told where the hairpin ends is where it leads
      const told = this.#levels.find((one) => one.at >= to - 1e-9 && one.at <= to + 0.25 && (one.level - before) * sign > 0);
      this.#ramps.push({ from, to, start: before, end: told?.level ?? clamp(before + sign * HAIRPIN, 0.05, 1) });
    }
  }
  #plain(at: number): number {
    return this.#levels.findLast((one) => one.at <= at + 1e-9)?.level ?? DEFAULT_LEVEL;
  }
  at(at: number): number {
    const ramp = this.#ramps.findLast((one) => one.from <= at + 1e-9);
    if (!ramp) return this.#plain(at);
    if (at <= ramp.to) return ramp.start + ((ramp.end - ramp.start) * (at - ramp.from)) / Math.max(1e-9, ramp.to - ramp.from);
    // it stays there until something else is told
    return this.#levels.some((one) => one.at > ramp.from && one.at <= at + 1e-9) ? this.#plain(at) : ramp.end;
  }
}
/** MusicXML counts in percent of a velocity of 90. */
const fromPercent = (percent: number): number => clamp((percent * 0.9) / 127, 0.02, 1);

/** Velocity of a note over the level of its place. */
export function velocityOf(note: Note, chord: Chord, level: number): number {
  const own = Number(note.look?.["dynamics"] ?? Number.NaN);
  if (own >= 0) return fromPercent(own);
  const marks: readonly Mark[] = [...(note.marks ?? []), ...(note === chord.notes[0] ? [] : (chord.notes[0]!.marks ?? []))];
  return clamp(
    marks.reduce((sum, mark) => sum + (ACCENTS[mark.name] ?? 0), level),
    0.02,
    1,
  );
}
