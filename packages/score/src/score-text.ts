import { compare, type Fraction, fractionText, plus, ZERO } from "./fraction.ts";
import type { Barline, Chord, Item, Lyric, Mark, Note, Part, Pitch, Score, SymbolChord, TimeSignature } from "./score.ts";

/**
 * A score as lines a person can read, for tests: a line for each bar of each part. `D4+A4:1/4` is a chord of a quarter, `r:1/8` a rest, `E-50`
 * a letter 50 cents low; marks stand in braces, syllables in quotes, and `@1/2` before what does not stand where the line has come to.
 * @example
 * scoreAsText({ creators: [], rights: [], groups: [], bars: [], parts: [], title: "Adai" }); // => "Adai"
 */
export function scoreAsText(score: Score): string {
  const head = [
    score.title,
    score.movement,
    ...score.creators.map((one) => `${one.role ?? "by"}: ${one.name}`),
    ...score.rights.map((one) => `(c) ${one.name}`),
  ];
  const named = head.filter((one) => one).join(", ");
  return [...(named ? [named] : []), ...score.parts.flatMap((part) => [`${part.id} ${part.name}`.trim(), ...barLines(score, part)])].join("\n");
}
function barLines(score: Score, part: Part): string[] {
  return part.bars.map(({ items, own }, b) => {
    const bar = score.bars[b]!;
    const signs = own ?? bar;
    const lines = signs.barlines ?? [];
    const at = (place: Barline["place"]): string[] => lines.filter((line) => line.place === place).map(barlineText);
    const time = (signs.time ?? []).map(timeText);
    return [
      ` ${signs.number}${signs.uncounted ? "*" : ""} (${fractionText(bar.length)})`,
      ...time,
      ...at("left"),
      ...itemTexts(items),
      ...at("middle"),
      ...at("right"),
    ].join(" ");
  });
}
const timeText = (time: TimeSignature): string =>
  time.meters.length === 0 ? "free" : time.meters.map((meter) => `${meter.told ?? meter.groups.join("+")}/${meter.unit}`).join(" + ");
function barlineText({ style, repeat, ending, marks }: Barline): string {
  const repeated = repeat ? (repeat.direction === "forward" ? "|:" : `:|${repeat.times ? `x${repeat.times}` : ""}`) : "";
  return [repeated || (style ? `|${style}` : ""), ending ? `[${ending.numbers} ${ending.phase}]` : "", ...(marks ?? []).map(markText)]
    .filter((one) => one)
    .join("");
}
function itemTexts(items: readonly Item[]): string[] {
  let here: Fraction = ZERO;
  return items.map((item) => {
    const moved = compare(item.at, here) === 0 ? "" : `@${fractionText(item.at)} `;
    here = item.kind === "chord" ? plus(item.at, item.length) : item.at;
    return moved + itemText(item);
  });
}
function itemText(item: Item): string {
  switch (item.kind) {
    case "chord":
      return chordText(item);
    case "key":
      return `key ${item.fifths ?? (item.steps ?? []).map((one) => one.step + cents(one.alter)).join("")}${item.mode ? ` ${item.mode}` : ""}`;
    case "clef":
      return `clef ${item.sign}${item.line ?? ""}${item.octaves ? `^${item.octaves}` : ""}`;
    case "transpose":
      return `sounds ${item.cents + 1200 * (item.octaves ?? 0)}`;
    case "staff":
      return item.staves === undefined
        ? `lines ${item.lines ?? ""}${item.strings ? ` ${item.strings.map(pitchText).join(" ")}` : ""}`
        : `staves ${item.staves}`;
    case "harmony":
      return `"${item.chords.map(symbolText).join(" ")}"`;
    case "direction":
      return `<${item.marks.map(markText).join(" ")}${item.sound?.tempo ? ` ♩=${item.sound.tempo}` : ""}>`;
    case "sound":
      return `<♩=${item.signs.tempo ?? "?"}>`;
    case "midi":
      return `midi[${item.bytes.map((byte) => byte.toString(16)).join(" ")}]`;
    case "other":
      return `<${item.node.name}>`;
  }
}
function chordText(chord: Chord): string {
  const voice = chord.voice && chord.voice !== "1" ? `v${chord.voice}:` : "";
  const grace = chord.grace ? (chord.grace.slash ? "/" : "~") : "";
  const tuplet = chord.tuplet ? `(${chord.tuplet.actual}:${chord.tuplet.normal})` : "";
  const words = (chord.lyrics ?? []).map(lyricText).join("");
  return `${voice}${grace}${chord.notes.map(noteText).join("+")}${chord.grace ? "" : `:${fractionText(chord.length)}`}${tuplet}${words}`;
}
function noteText({ sound, ties, marks }: Note): string {
  const pitch = sound.kind === "pitch" ? pitchText(sound) : sound.kind === "rest" ? "r" : `x${sound.step ?? ""}${sound.octave ?? ""}`;
  const tied = `${ties?.includes("stop") ? "_" : ""}${ties?.includes("start") ? "-" : ""}`;
  return `${pitch}${tied}${marks ? `{${marks.map(markText).join(" ")}}` : ""}`;
}
const cents = (alter: number): string => (alter === 100 ? "#" : alter === -100 ? "b" : alter === 0 ? "" : alter > 0 ? `+${alter}` : String(alter));
const pitchText = ({ step, alter, octave }: Pitch): string => `${step}${cents(alter)}${Math.abs(alter) === 100 || alter === 0 ? "" : "/"}${octave}`;
const lyricText = ({ syllables, extend }: Lyric): string =>
  `"${syllables.map((one) => `${one.elision ?? ""}${one.text}${one.part === "begin" || one.part === "middle" ? "-" : ""}`).join("")}${extend === undefined ? "" : "_"}"`;
const markText = (mark: Mark): string => `${mark.name}${mark.value ? `=${mark.value.trim()}` : ""}${mark.phase ? `:${mark.phase}` : ""}`;
function symbolText({ root, quality, text, bass }: SymbolChord): string {
  const tone = (of: SymbolChord["root"]): string => (of ? `${of.step}${cents(of.alter)}` : "");
  return `${tone(root)}${text ?? ` ${quality}`}${bass ? `/${tone(bass)}` : ""}`;
}
