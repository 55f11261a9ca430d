import { type Cents, rounded, type Seconds, TICKS_PER_QUARTER, type Ticks } from "@kuishi/base";
import { strToU8, zipSync } from "fflate";
import { barTicks, type Meter, pulses, pulseTicks, TempoMap, type TempoPoint } from "./meter.ts";
import { writeMidiFile } from "./midi.ts";
import { escaped, pitchXml, valuesOf } from "./musicxml.ts";
import type { Sheet, SheetBar, SheetNote } from "./sheet.ts";
import type { Transcript } from "./transcript.ts";

/** Notes are written to the nearest eighth of a pulse. */
const FINE = 8;

interface Bar extends Meter {
  readonly from: Seconds;
  readonly to: Seconds;
  readonly start: Ticks;
  readonly length: Ticks;
}
/** What sounds between two moments at which something begins or ends; ties lead in and out of it. */
interface Slice {
  readonly length: Ticks;
  readonly notes: readonly { readonly cents: Cents; readonly tiedIn: boolean; readonly tiedOut: boolean }[];
}
interface Part {
  readonly name: string;
  readonly bars: readonly (readonly Slice[])[];
}

/** Bars with their ticks; a tune that tells none is written in bars of two seconds. */
function barsOf(sheet: Sheet): Bar[] {
  const told: readonly SheetBar[] =
    sheet.bars.length > 0
      ? sheet.bars
      : Array.from({ length: Math.max(1, Math.ceil(sheet.seconds / 2)) }, (_, i) => ({ at: i * 2, groups: [2, 2, 2, 2], unit: 8 }));
  let start = 0;
  // the last bar ends where its meter does, at the tempo of the one before
  const [before, end] = [told.at(-2), told.at(-1) as SheetBar];
  const last = before ? ((end.at - before.at) * barTicks(end)) / barTicks(before) : Math.max(0.1, sheet.seconds - end.at);
  return told.flatMap((bar, i): Bar[] => {
    const to = told[i + 1]?.at ?? bar.at + last;
    if (to <= bar.at || (bar.at >= sheet.seconds && i > 0)) return [];
    const length = barTicks(bar);
    const own = { groups: bar.groups, unit: bar.unit, from: bar.at, to, start, length };
    start += length;
    return [own];
  });
}
function ticksAt(bars: readonly Bar[], seconds: Seconds): Ticks {
  const bar = bars.findLast((one) => one.from <= seconds + 1e-6) ?? (bars[0] as Bar);
  const step = pulseTicks(bar) / FINE;
  return bar.start + Math.max(0, Math.round((((seconds - bar.from) / (bar.to - bar.from)) * bar.length) / step) * step);
}

function partsOf(sheet: Sheet, bars: readonly Bar[]): Part[] {
  const end = (bars.at(-1)?.start ?? 0) + (bars.at(-1)?.length ?? 0);
  return [...new Set(sheet.notes.map((note) => note.part))].map((name): Part => {
    const notes = sheet.notes
      .filter((note) => note.part === name)
      .map((note: SheetNote) => {
        const from = Math.min(end - 60, ticksAt(bars, note.at));
        return { cents: note.cents, from, to: Math.min(end, Math.max(from + 60, ticksAt(bars, note.at + note.length))) };
      });
    const edges = [...new Set([...notes.flatMap((note) => [note.from, note.to]), ...bars.flatMap((bar) => [bar.start, bar.start + bar.length])])].sort(
      (a, b) => a - b,
    );
    let first = 0;
    const sorted = notes.sort((a, b) => a.from - b.from);
    const written = bars.map((bar): Slice[] => {
      const inside = edges.filter((edge) => edge >= bar.start && edge <= bar.start + bar.length);
      return inside.slice(0, -1).map((from, i): Slice => {
        const to = inside[i + 1] as Ticks;
        while (first < sorted.length && (sorted[first] as { to: number }).to <= from && (sorted[first] as { from: number }).from <= from) first++;
        const active = sorted.slice(first).filter((note) => note.from <= from && note.to > from);
        const pitches = [...new Map(active.map((note) => [note.cents, note])).values()].sort((a, b) => a.cents - b.cents);
        return { length: to - from, notes: pitches.map((note) => ({ cents: note.cents, tiedIn: note.from < from, tiedOut: note.to > to })) };
      });
    });
    return { name, bars: written };
  });
}

const bpmOf = (bar: Bar): number => ((bar.length / TICKS_PER_QUARTER) * 60) / (bar.to - bar.from);
const meterText = (bar: Meter): string => (bar.groups.length > 1 && new Set(bar.groups).size > 1 ? bar.groups.join("+") : String(pulses(bar)));
const changed = (bar: Meter, before: Meter | undefined): boolean => !before || before.unit !== bar.unit || before.groups.join() !== bar.groups.join();

/** A written tune as MusicXML 4.0: each part in one voice, cents in `alter`. */
export function sheetToMusicXml(sheet: Sheet): string {
  const bars = barsOf(sheet);
  const parts = partsOf(sheet, bars);
  const slice = ({ length, notes }: Slice): string => {
    const values = valuesOf(length);
    return values
      .map((value, i) => {
        const duration = `<duration>${value.ticks}</duration>`;
        const shape = `<voice>1</voice><type>${value.type}</type>${"<dot/>".repeat(value.dots)}`;
        if (notes.length === 0) return `<note><rest/>${duration}${shape}</note>`;
        return notes
          .map((note, k) => {
            const [into, out] = [i > 0 || note.tiedIn, i + 1 < values.length || note.tiedOut];
            const ties = `${into ? '<tie type="stop"/>' : ""}${out ? '<tie type="start"/>' : ""}`;
            const tied = into || out ? `<notations>${into ? '<tied type="stop"/>' : ""}${out ? '<tied type="start"/>' : ""}</notations>` : "";
            return `<note>${k > 0 ? "<chord/>" : ""}${pitchXml(note.cents)}${duration}${ties}${shape}${tied}</note>`;
          })
          .join("");
      })
      .join("");
  };
  const measure = (part: Part, bar: Bar, i: number): string => {
    const time = `<time><beats>${meterText(bar)}</beats><beat-type>${bar.unit}</beat-type></time>`;
    const attributes =
      i === 0
        ? `<attributes><divisions>${TICKS_PER_QUARTER}</divisions>${time}</attributes>`
        : changed(bar, bars[i - 1])
          ? `<attributes>${time}</attributes>`
          : "";
    return `<measure number="${i + 1}">${attributes}<sound tempo="${rounded(bpmOf(bar), 3)}"/>${(part.bars[i] ?? []).map(slice).join("\n")}</measure>`;
  };
  return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE score-partwise PUBLIC "-//Recordare//DTD MusicXML 4.0 Partwise//EN" "http://www.musicxml.org/dtds/partwise.dtd">
<score-partwise version="4.0"><work><work-title>${escaped(sheet.title)}</work-title></work><identification><creator type="composer">${escaped(sheet.composer)}</creator></identification>
<part-list>${parts.map((part, k) => `<score-part id="P${k + 1}"><part-name>${escaped(part.name)}</part-name></score-part>`).join("")}</part-list>
${parts.map((part, k) => `<part id="P${k + 1}">\n${bars.map((bar, i) => measure(part, bar, i)).join("\n")}\n</part>`).join("\n")}
</score-partwise>
`;
}

/** Compressed MusicXML: the score in a zip with its container, as `.mxl` has it. */
export function writeMxl(xml: string): Uint8Array<ArrayBuffer> {
  const container =
    '<?xml version="1.0" encoding="UTF-8"?>\n<container><rootfiles><rootfile full-path="score.musicxml" media-type="application/vnd.recordare.musicxml+xml"/></rootfiles></container>\n';
  return zipSync({ "META-INF/container.xml": strToU8(container), "score.musicxml": strToU8(xml) }, { mtime: new Date(1980, 0, 1) });
}

/** A written tune as a MIDI file that keeps its cents (MPE) and its tempo. */
export function sheetToMidi(sheet: Sheet): Uint8Array {
  const bars = barsOf(sheet);
  const points: TempoPoint[] = bars.map((bar) => ({ ticks: bar.start, seconds: bar.from }));
  const last = bars.at(-1) as Bar;
  points.push({ ticks: last.start + last.length, seconds: last.to });
  const transcript: Transcript = { bars: bars.map((bar, i) => ({ number: i + 1, start: bar.start, meter: bar, chords: [] })), tempo: new TempoMap(points) };
  const names = [...new Set(sheet.notes.map((note) => note.part))];
  return writeMidiFile(
    transcript,
    names.map((name) => ({ name, drums: false, notes: sheet.notes.filter((note) => note.part === name) })),
  );
}

const LETTERS = ["C", "^C", "D", "_E", "E", "F", "^F", "G", "_A", "A", "_B", "B"] as const;
/** A pitch in ABC 2.1: letter, octave, accidental always told; quarter tones as the standard has them. */
function abcPitch(cents: Cents): string {
  const quarter = Math.round(cents / 50);
  const semitone = Math.floor(quarter / 2);
  const name = LETTERS[((semitone % 12) + 12) % 12] as string;
  const letter = name.at(-1) as string;
  const half = quarter % 2 !== 0;
  // three quarter tones above a letter are one below the next
  if (half && name[0] === "^") return abcLetter("_/", letter === "C" ? "D" : "G", semitone);
  return abcLetter(name.length === 1 ? (half ? "^/" : "=") : half ? "_/" : (name[0] as string), letter, semitone);
}
function abcLetter(accidental: string, letter: string, semitone: number): string {
  const octave = Math.floor(semitone / 12) - 5;
  return `${accidental}${octave >= 1 ? letter.toLowerCase() + "'".repeat(octave - 1) : letter + ",".repeat(-octave)}`;
}
/** A length in sixteenths. */
function abcLength(ticks: Ticks): string {
  const unit = TICKS_PER_QUARTER / 4;
  let [top, bottom] = [ticks, unit];
  for (let d = 2; d <= bottom; ) {
    if (top % d === 0 && bottom % d === 0) {
      top /= d;
      bottom /= d;
    } else d++;
  }
  return bottom === 1 ? (top === 1 ? "" : String(top)) : `${top}/${bottom}`;
}
const plain = (text: string): string => text.replace(/[\r\n%]+/g, " ").trim();

/** Notes that begin or end apart from others of their part go into voices of their own: ties inside a chord are not read alike everywhere. */
function inVoices(notes: readonly SheetNote[]): SheetNote[] {
  const voices: { readonly part: string; readonly name: string; from: Seconds; to: Seconds }[] = [];
  return [...notes]
    .sort((a, b) => a.at - b.at || b.length - a.length)
    .map((note) => {
      const [from, to] = [note.at, note.at + note.length];
      const own = voices.filter((voice) => voice.part === note.part);
      let voice = own.find((one) => Math.abs(one.from - from) < 1e-6 && Math.abs(one.to - to) < 1e-6) ?? own.find((one) => one.to <= from + 1e-6);
      if (!voice) voices.push((voice = { part: note.part, name: own.length === 0 ? note.part : `${note.part} ${own.length + 1}`, from, to }));
      [voice.from, voice.to] = [from, to];
      return { ...note, part: voice.name };
    });
}

/** A written tune as ABC 2.1, a voice for each part, more where its notes overlap. */
export function sheetToAbc(sheet: Sheet): string {
  const bars = barsOf(sheet);
  const parts = partsOf({ ...sheet, notes: inVoices(sheet.notes) }, bars);
  const slice = ({ length, notes }: Slice): string => {
    const long = abcLength(length);
    // a rest of exactly a whole note is taken for a rest of the bar by some readers, however long that is
    if (notes.length === 0) return length === 4 * TICKS_PER_QUARTER ? `z${abcLength(length / 2)} z${abcLength(length / 2)}` : `z${long}`;
    const tie = notes.some((note) => note.tiedOut) ? "-" : "";
    // what a tie leads into has its accidental from it
    const pitches = notes.map((note) => (note.tiedIn ? abcPitch(note.cents).replace(/^[=^_/]+/, "") : abcPitch(note.cents)));
    return notes.length === 1 ? `${pitches[0]}${long}${tie}` : `[${pitches.join("")}]${long}${tie}`;
  };
  const tempo = (bar: Bar): string => `1/4=${rounded(bpmOf(bar), 2)}`;
  const meter = (bar: Bar): string => (meterText(bar).includes("+") ? `(${meterText(bar)})/${bar.unit}` : `${meterText(bar)}/${bar.unit}`);
  const first = bars[0] as Bar;
  const head = [
    "X:1",
    `T:${plain(sheet.title) || "Kuishi"}`,
    ...(sheet.composer ? [`C:${plain(sheet.composer)}`] : []),
    `M:${meter(first)}`,
    "L:1/16",
    `Q:${tempo(first)}`,
    "K:C",
  ];
  const voices = parts.flatMap((part, k) => [
    `V:${k + 1} name="${plain(part.name).replace(/"/g, "'")}"`,
    ...bars.map((bar, i) => {
      const before = bars[i - 1];
      const changes = `${before && changed(bar, before) ? `[M:${meter(bar)}]` : ""}${k === 0 && before && Math.abs(bpmOf(bar) / bpmOf(before) - 1) > 0.002 ? `[Q:${tempo(bar)}]` : ""}`;
      return `${changes}${(part.bars[i] ?? []).map(slice).join(" ")} |`;
    }),
  ]);
  return `${[...head, ...voices].join("\n")}\n`;
}
