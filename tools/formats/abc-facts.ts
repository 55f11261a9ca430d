import { abcBook, type Chord, type Item, readAbc, readMusicXml, type SymbolChord, writeMusicXml } from "@kuishi/score";
import abcjs from "abcjs";

// What abcjs, the engraver most pages of ABC are drawn with, reads of a tune, beside what stands in our MusicXML of it: written notes and lengths,
// bars, chord symbols and words, voice by voice.

interface AbcElement {
  readonly el_type: string;
  readonly duration?: number;
  readonly rest?: { readonly type: string };
  readonly pitches?: readonly { readonly pitch: number }[];
  readonly chord?: readonly { readonly name: string; readonly position?: string }[];
  readonly lyric?: readonly { readonly syllable: string }[];
}
interface AbcTune {
  readonly lines: readonly { readonly staff?: readonly { readonly voices?: readonly (readonly AbcElement[])[] }[] }[];
}
/** A voice as lines: one for each note or chord, `|` where a bar ends. */
interface Facts {
  readonly notes: readonly string[];
  readonly bars: number;
  readonly chords: readonly string[];
  readonly words: readonly string[];
}
const length = (value: number): string => String(Math.round(value * 1e4) / 1e4);
const CHORD = /^\(?[A-G][#b\u266f\u266d]?/;

function theirs(text: string): Facts[] | undefined {
  const { log } = console;
  let tune: AbcTune | undefined;
  try {
    console.log = () => {};
    tune = (abcjs as unknown as { parseOnly(text: string): AbcTune[] }).parseOnly(text)[0];
  } catch {
    return undefined;
  } finally {
    console.log = log;
  }
  const voices = new Map<string, AbcElement[]>();
  for (const line of tune?.lines ?? [])
    line.staff?.forEach((staff, s) => {
      staff.voices?.forEach((voice, v) => {
        const key = `${s} ${v}`;
        voices.set(key, [...(voices.get(key) ?? []), ...voice]);
      });
    });
  return [...voices.values()].map((elements) => {
    const notes: string[] = [];
    let [bars, inside] = [0, false];
    for (const one of elements) {
      if (one.el_type === "bar") {
        if (inside) bars++;
        inside = false;
      }
      if (one.el_type !== "note" || one.rest?.type === "spacer") continue;
      inside ||= one.pitches !== undefined;
      if (one.pitches)
        notes.push(
          `${one.pitches
            .map(({ pitch }) => pitch)
            .sort((a, b) => a - b)
            .join("+")}:${length(one.duration ?? 0)}`,
        );
    }
    return {
      notes,
      bars: bars + (inside ? 1 : 0),
      chords: elements.flatMap((one) =>
        (one.chord ?? [])
          .filter(({ position }) => position === "default")
          // it joins those of one note, and leaves changes of typeface in them
          .flatMap(({ name }) => name.replace(/\$\d/g, "").split(/\n|\\n/))
          .filter((name) => CHORD.test(name))
          .map((name) =>
            name
              .replace(/\u266f/g, "#")
              .replace(/\u266d/g, "b")
              .replace(/^\((.*)\)$/, "$1"),
          ),
      ),
      words: elements.flatMap((one) => (one.lyric ?? []).map(({ syllable }) => syllable.replace(/\$\d/g, "").trim()).filter((text) => text !== "")),
    };
  });
}

const SIGN: Readonly<Record<string, string>> = { "100": "#", "-100": "b" };
const STEPS = "CDEFGAB";
function ours(text: string): Facts[] {
  const score = readMusicXml(new TextEncoder().encode(writeMusicXml(readAbc(text))));
  return score.parts.flatMap((part) => {
    const items = part.bars.flatMap((bar) => bar.items);
    // overlaid voices are voices of their own there
    const layers = [...new Set(items.flatMap((item) => (item.kind === "chord" ? [item.voice] : [])))];
    return layers.map((layer, k): Facts => {
      const chords = items.filter((item) => item.kind === "chord" && item.voice === layer) as Chord[];
      const sounds = (item: Item): boolean => item.kind === "chord" && item.voice === layer && !item.grace && item.notes[0]!.sound.kind === "pitch";
      return {
        notes: chords.filter(sounds).map((chord) => {
          const pitches = chord.notes.map(({ sound }) => (sound.kind === "pitch" ? STEPS.indexOf(sound.step) + (sound.octave - 4) * 7 : 0));
          const { tuplet } = chord;
          return `${pitches.sort((a, b) => a - b).join("+")}:${length((chord.length[0] / chord.length[1]) * (tuplet ? tuplet.actual / tuplet.normal : 1))}`;
        }),
        bars: part.bars.filter((bar) => bar.items.some(sounds)).length,
        chords: items.flatMap((item) => (item.kind === "harmony" && k === 0 ? item.chords.map(symbolText) : [])),
        words: chords.flatMap((chord) => (chord.lyrics ?? []).flatMap((lyric) => lyric.syllables.map((one) => one.text.trim()).filter((one) => one !== ""))),
      };
    });
  });
}
const symbolText = ({ root, text, bass }: SymbolChord): string =>
  `${root?.step}${SIGN[String(root?.alter)] ?? ""}${text ?? ""}${bass ? `/${bass.step}${SIGN[String(bass.alter)] ?? ""}` : ""}`;

/** Where our MusicXML of a file's first tune differs from what abcjs reads; undefined where there it finds no notes. */
export function abcDifferences(text: string): readonly string[] | undefined {
  const tune = abcBook(text)[0]?.text ?? "";
  const wanted = theirs(tune);
  if (!wanted?.some((voice) => voice.notes.length > 0)) return undefined;
  const found = ours(tune);
  const out: string[] = [];
  // voices that share a staff may stand in another order there
  const sorted = (list: readonly Facts[]): string =>
    JSON.stringify(
      list
        .map((voice) => voice.notes.join(" "))
        .filter((notes) => notes !== "")
        .sort(),
    );
  const flat = (list: readonly Facts[], of: "chords" | "words"): string =>
    list
      .flatMap((voice) => voice[of])
      .sort()
      .join(" ");
  if (sorted(found) !== sorted(wanted)) out.push(`notes: ${sorted(found).slice(0, 300)}`, `abcjs: ${sorted(wanted).slice(0, 300)}`);
  const most = (list: readonly Facts[]): number => Math.max(...list.map((voice) => voice.bars));
  if (most(found) !== most(wanted)) out.push(`bars: ${most(found)}, abcjs ${most(wanted)}`);
  for (const kind of ["chords", "words"] as const)
    if (flat(found, kind) !== flat(wanted, kind)) out.push(`${kind}: ${flat(found, kind).slice(0, 150)} | abcjs: ${flat(wanted, kind).slice(0, 150)}`);
  return out;
}
