import { type Cents, rounded, TICKS_PER_QUARTER, type Ticks } from "@kuishi/base";
import { barTicks, pulses } from "./meter.ts";
import type { Transcript, WrittenBar, WrittenChord } from "./transcript.ts";

const STEPS: readonly [string, number][] = [
  ["C", 0],
  ["C", 1],
  ["D", 0],
  ["E", -1],
  ["E", 0],
  ["F", 0],
  ["F", 1],
  ["G", 0],
  ["A", -1],
  ["A", 0],
  ["B", -1],
  ["B", 0],
];
const TYPES: readonly [Ticks, string][] = [
  [3840, "whole"],
  [1920, "half"],
  [960, "quarter"],
  [480, "eighth"],
  [240, "16th"],
  [120, "32nd"],
  [60, "64th"],
];

export const escaped = (text: string): string => text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);

/** A pitch with its cents in `alter`. */
export function pitchXml(cents: Cents): string {
  const semitone = Math.round(cents / 100);
  const [step, alter] = STEPS[((semitone % 12) + 12) % 12] as [string, number];
  const exact = rounded(alter + (cents - semitone * 100) / 100, 2);
  return `<pitch><step>${step}</step>${exact === 0 ? "" : `<alter>${exact}</alter>`}<octave>${Math.floor(semitone / 12) - 1}</octave></pitch>`;
}

/** A length as note values that tie together: the longest that fit, dotted where that is one. */
export function valuesOf(length: Ticks): { ticks: Ticks; type: string; dots: number }[] {
  const out: { ticks: Ticks; type: string; dots: number }[] = [];
  let left = length;
  while (left > 0) {
    const found = TYPES.flatMap(([ticks, type]) => [
      { ticks: ticks * 1.5, type, dots: 1 },
      { ticks, type, dots: 0 },
    ]).find((value) => value.ticks <= left && Number.isInteger(value.ticks));
    if (!found) break; // shorter than a 64th: swallowed by rounding
    out.push(found);
    left -= found.ticks;
  }
  return out;
}

function chord(written: WrittenChord): string {
  const parts = valuesOf(written.length);
  return parts
    .map((part, i) =>
      written.notes
        .filter((note) => note.cents !== null)
        .map((note, k) => {
          const ties = `${i > 0 ? '<tie type="stop"/>' : ""}${i + 1 < parts.length ? '<tie type="start"/>' : ""}`;
          const tied = `${i > 0 ? '<tied type="stop"/>' : ""}${i + 1 < parts.length ? '<tied type="start"/>' : ""}`;
          const technical =
            i > 0
              ? ""
              : `<technical>${k === 0 && written.direction ? `<${written.direction === "down" ? "down-bow" : "up-bow"}/>` : ""}${note.string === null ? "" : `<string>${2 - note.string}</string>`}${note.fret === null ? "" : `<fret>${Math.floor(note.fret)}</fret>`}</technical>`;
          return `<note>${k > 0 ? "<chord/>" : ""}${pitchXml(note.cents as number)}<duration>${part.ticks}</duration>${ties}<voice>1</voice><type>${part.type}</type>${"<dot/>".repeat(part.dots)}<notations>${tied}${technical}</notations></note>`;
        })
        .join(""),
    )
    .join("\n");
}

const rest = (length: Ticks): string =>
  valuesOf(length)
    .map((value) => `<note><rest/><duration>${value.ticks}</duration><voice>1</voice><type>${value.type}</type>${"<dot/>".repeat(value.dots)}</note>`)
    .join("");

function measure(bar: WrittenBar, before: WrittenBar | undefined, bpm: number, first: boolean): string {
  const changed = !before || before.meter.groups.join() !== bar.meter.groups.join() || before.meter.unit !== bar.meter.unit;
  const attributes =
    first || changed
      ? `<attributes>${first ? `<divisions>${TICKS_PER_QUARTER}</divisions>` : ""}<time><beats>${bar.meter.groups.length > 1 && new Set(bar.meter.groups).size > 1 ? bar.meter.groups.join("+") : pulses(bar.meter)}</beats><beat-type>${bar.meter.unit}</beat-type></time>${first ? "<clef><sign>G</sign><line>2</line><clef-octave-change>-1</clef-octave-change></clef>" : ""}</attributes>`
      : "";
  const tempo = `<sound tempo="${rounded(bpm, 2)}"/>`;
  const lead = bar.chords[0] ? (bar.chords[0].start > 0 ? rest(bar.chords[0].start) : "") : rest(barTicks(bar.meter));
  return `<measure number="${bar.number}">${attributes}${tempo}\n${lead}${bar.chords.map(chord).join("\n")}\n</measure>`;
}

/** A MusicXML 4.0 score of a transcript; pitches keep their cents in `alter`, strokes, strings and frets stand as technical marks. */
export function writeMusicXml(transcript: Transcript, title: string, instrument: string): string {
  const measures = transcript.bars.map((bar, i) => {
    const length = barTicks(bar.meter);
    const seconds = transcript.tempo.seconds(bar.start + length) - transcript.tempo.seconds(bar.start);
    return measure(bar, transcript.bars[i - 1], ((length / TICKS_PER_QUARTER) * 60) / seconds, i === 0);
  });
  return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE score-partwise PUBLIC "-//Recordare//DTD MusicXML 4.0 Partwise//EN" "http://www.musicxml.org/dtds/partwise.dtd">
<score-partwise version="4.0"><work><work-title>${escaped(title)}</work-title></work>
<part-list><score-part id="P1"><part-name>${escaped(instrument)}</part-name></score-part></part-list>
<part id="P1">
${measures.join("\n")}
</part></score-partwise>
`;
}
