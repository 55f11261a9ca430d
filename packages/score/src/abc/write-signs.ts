import { type Fraction, fraction, fractionText, times } from "../fraction.ts";
import { quartersOf } from "../playing/tempo.ts";
import type { Barline, Clef, Direction, KeySignature, Mark, SoundItem, SymbolChord, TimeSignature } from "../score.ts";
import { CHORD_NAME, CLEFS, DECORATIONS, MODES, MOMENTS, QUALITIES } from "./signs.ts";
import { abcEscaped } from "./text.ts";

/** A text between quotes, which it does not hold. */
export const quoted = (text: string): string => abcEscaped(text.replace(/"/g, "'"));

/** A length beside the unit: "", "3/2", "/2". */
export function lengthText(length: Fraction): string {
  if (length[0] === length[1]) return "";
  return length[0] === 1 ? `/${length[1] === 2 ? "" : length[1]}` : fractionText(length);
}
/** Cents beside a letter: `^`, `_/`, `^37/100`. */
export function accidentalText(cents: number): string {
  const told = Math.round(Math.abs(cents));
  const sign = cents < 0 ? "_" : "^";
  if (told === 0) return "=";
  if (told === 100 || told === 200) return sign.repeat(told / 100);
  const [top, bottom] = fraction(told, 100);
  return `${sign}${top === 1 && bottom === 2 ? "" : top}/${bottom === 2 && top === 1 ? "" : bottom}`;
}
export const letterText = (step: string, octave: number): string => (octave >= 5 ? step.toLowerCase() + "'".repeat(octave - 5) : step + ",".repeat(4 - octave));

export function meterText({ meters, symbol }: TimeSignature): string {
  if (meters.length === 0) return "none";
  if (symbol === "common" && meters.length === 1) return "C";
  if (symbol === "cut" && meters.length === 1) return "C|";
  const unit = Math.max(...meters.map((meter) => meter.unit));
  const over =
    meters.length === 1
      ? (meters[0]!.told ?? meters[0]!.groups.join("+"))
      : meters.flatMap((meter) => meter.groups.map((group) => (group * unit) / meter.unit)).join("+");
  return over.includes("+") ? `(${over})/${unit}` : `${over}/${unit}`;
}

const TONICS = ["Fb", "Cb", "Gb", "Db", "Ab", "Eb", "Bb", "F", "C", "G", "D", "A", "E", "B", "F#", "C#", "G#", "D#", "A#"];
export function keyText({ fifths, mode, steps }: KeySignature): string {
  if (steps) return `C exp ${steps.map(({ step, alter }) => accidentalText(alter) + step.toLowerCase()).join(" ")}`.trim();
  if (mode === undefined && !fifths) return "none";
  // the major key has no name
  const [name, , by] = MODES.find(([, one]) => one === mode && one !== "major") ?? ["", "major", 0];
  return `${TONICS[8 + (fifths ?? 0) - by] ?? "C"}${name}`;
}
export function clefText({ sign, line, octaves }: Pick<Clef, "sign" | "line" | "octaves">): string {
  const known = (usual: number | undefined): string | undefined => Object.entries(CLEFS).find(([, [own, at]]) => own === sign && at === usual)?.[0];
  // those that stand on no line come first
  const name = known(undefined) ?? known(line) ?? `${sign === "F" ? "bass" : "treble"}${line ?? ""}`;
  return `clef=${name}${octaves === 1 ? "+8" : octaves === -1 ? "-8" : ""}`;
}

/** Tempo as `Q:` tells it; undefined where a direction tells none. */
export function tempoText(item: Direction | SoundItem): string | undefined {
  const marks = item.kind === "direction" ? item.marks : [];
  const metronome = marks.find((mark) => mark.name === "metronome" && mark.beats?.[0] && /^\s*\d+(\.\d+)?\s*$/.test(mark.value ?? ""));
  const words = marks.flatMap((mark) => (mark.name === "words" && metronome ? [`"${quoted(mark.value ?? "")}" `] : [])).join("");
  if (metronome) {
    const beat = Math.round(quartersOf(metronome.beats![0]!) * 64);
    return `${words}${fractionText(fraction(beat, 256))}=${metronome.value!.trim()}`;
  }
  const tempo = item.kind === "direction" ? item.sound?.tempo : item.signs.tempo;
  return tempo === undefined ? undefined : `1/4=${Math.round(Math.min(4000, Math.max(4, tempo)) * 1e4) / 1e4}`;
}

const signKey = ({ kind, name, phase, value }: Mark): string => [kind, name, phase ?? "", value ?? ""].join("|");
const named = (signs: Readonly<Record<string, Mark>>): ReadonlyMap<string, string> =>
  new Map(
    Object.entries(signs)
      .flatMap(([name, mark]) => (name === "" ? [] : [[signKey(mark), name] as const]))
      .reverse(),
  );
const DECORATION_NAMES = named(DECORATIONS);
const MOMENT_NAMES = named(MOMENTS);
/** What ABC writes of a mark at a note; undefined where it has no sign for it. */
export function decorationText(mark: Mark): string | undefined {
  const { place: _place, number, ...bare } = mark;
  const name =
    DECORATION_NAMES.get(signKey(bare)) ??
    MOMENT_NAMES.get(signKey(bare)) ??
    // phases that say no more than the name does
    DECORATION_NAMES.get(signKey({ ...bare, phase: "" })) ??
    (mark.name === "other-notation" && mark.value && !/[!\s]/.test(mark.value) ? mark.value : undefined);
  return name === undefined || (number !== undefined && Number(number) > 6) ? undefined : `!${name}!`;
}
/** Words, dynamics, hairpins and letters of a moment, and the names of what cannot be written. */
export function directionText(item: Direction): { readonly text: string; readonly lost: readonly string[] } {
  const metronome = tempoText(item);
  const lost: string[] = [];
  const text = item.marks.map((mark) => {
    if (mark.name === "metronome") return "";
    const { place: _place, number: _number, joined: _joined, ...bare } = mark;
    const moment = MOMENT_NAMES.get(signKey(bare));
    if (moment) return `!${moment}!`;
    if (mark.name === "rehearsal") return `[P:${abcEscaped(mark.value ?? "").replace(/\]/g, ")")}]`;
    if (mark.name === "words")
      return metronome && item.marks.some((one) => one.name === "metronome") ? "" : `"${item.place === "below" ? "_" : "^"}${quoted(mark.value ?? "")}"`;
    lost.push(mark.name);
    return "";
  });
  return { text: text.join(""), lost };
}

const PRINTED: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    ["", "m", "7", "maj7", "m7", "dim", "dim7", "m7b5", "aug", "aug7", "6", "m6", "9", "maj9", "m9", "11", "13", "sus4", "sus2", "5"].map((text) => [
      QUALITIES.find(([pattern]) => pattern.test(text))![1],
      text,
    ]),
  ),
};
export function symbolText(chords: readonly SymbolChord[]): string {
  const tone = (of: SymbolChord["root"]): string => (of ? of.step + (of.alter === 100 ? "#" : of.alter === -100 ? "b" : "") : "");
  const text = chords
    .map(({ root, text: printed, quality, bass }) => `${tone(root)}${printed ?? PRINTED[quality] ?? ""}${bass ? `/${tone(bass)}` : ""}`)
    .join(" ");
  return `"${CHORD_NAME.test(text) ? "" : "^"}${quoted(text)}"`;
}

/** The bar line between two bars, with the ending that begins behind it. */
export function barlineText(right: Barline | undefined, left: Barline | undefined): string {
  const times = right?.repeat?.direction === "backward" ? Math.min(8, Math.max(1, (right.repeat.times ?? 2) - 1)) : 0;
  const forward = left?.repeat?.direction === "forward";
  // a file may call an ending anything; ABC has numbers for it
  const numbers = left?.ending?.phase === "start" ? (left.ending.numbers.match(/\d{1,2}/g) ?? []).join(",") : "";
  const ending = numbers && `[${numbers}`;
  const STYLES: Readonly<Record<string, string>> = { "light-light": "||", "light-heavy": "|]", "heavy-light": "[|" };
  const line =
    times > 0 && forward
      ? "::"
      : times > 0
        ? `${":".repeat(times)}|`
        : forward
          ? `${right?.style === "light-light" ? "|| " : ""}|:`
          : (STYLES[right?.style ?? left?.style ?? ""] ?? "|");
  return line + ending;
}
/** A written length of a tuplet's note. */
export const inTuplet = (length: Fraction, actual: number, normal: number): Fraction => times(length, [actual, normal]);
