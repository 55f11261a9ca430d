import { strToU8 } from "fflate";
import { parseMidi } from "midi-file";
import { expect, test } from "vitest";
import { readAbc } from "./abc/read.ts";
import { readMidiFile } from "./midi-in.ts";
import { writeScoreMidi } from "./midi-score.ts";
import { readMusicXml } from "./musicxml/read.ts";
import { playOut } from "./playing/play-out.ts";

const abc = (music: string): ReturnType<typeof readAbc> => readAbc(`X:1\nT:Waltz\nM:3/4\nL:1/4\nQ:1/4=100\nK:G\n${music}\n`);

test("a waltz with a pickup keeps its one tempo, its meter, key, marker and words", () => {
  const { tracks } = parseMidi(writeScoreMidi(abc("P:B\nD|GAB|c3|]\nw:қа-ра та-у сөз")));
  const [conductor, part] = tracks as [(typeof tracks)[number], (typeof tracks)[number]];
  const of = (type: string): unknown[] => conductor.filter((event) => event.type === type);
  expect(of("setTempo")).toMatchObject([{ microsecondsPerBeat: 600_000 }]);
  expect(of("timeSignature")).toMatchObject([
    { numerator: 1, denominator: 4 },
    { numerator: 3, denominator: 4 },
  ]);
  expect(of("keySignature")).toMatchObject([{ key: 1, scale: 0 }]);
  expect(of("marker")).toHaveLength(1);
  expect(part.filter((event) => event.type === "lyrics")).toHaveLength(5);
});
test("every note at its time and cents, repeats played, whoever plays it", () => {
  const score = abc("V:1\n|:^/F2 _3/2E|[GBd]3:|\nV:2\n|:G,3|D,3:|");
  const wanted = playOut(score, { asWritten: true }).parts.flatMap((part) => part.notes);
  const found = readMidiFile(writeScoreMidi(score)).tracks.flatMap((track) => track.notes);
  const line = (notes: readonly { at: number; length: number; cents: number }[]): string[] =>
    notes.map((note) => `${note.at.toFixed(2)} ${note.length.toFixed(2)} ${Math.round(note.cents / 2)}`).sort();
  expect(line(found)).toEqual(line(wanted));
  expect(found).toHaveLength(14);
});
test("parts keep their programs and stay apart though they share a name; percussion is on channel 10", () => {
  const part = (id: string, inside: string): string => `<part id="${id}"><measure><note>${inside}<duration>1</duration></note></measure></part>`;
  const listed = (id: string, program: number): string =>
    `<score-part id="${id}"><part-name>Guitar</part-name><score-instrument id="I${id}"><instrument-name>x</instrument-name></score-instrument><midi-instrument id="I${id}"><midi-program>${program}</midi-program></midi-instrument></score-part>`;
  const pitch = "<pitch><step>C</step><octave>4</octave></pitch>";
  const xml = `<score-partwise><part-list>${listed("A", 25)}${listed("B", 26)}${listed("C", 1)}</part-list>${part("A", pitch)}${part("B", pitch)}${part("C", "<unpitched><display-step>F</display-step><display-octave>4</display-octave></unpitched>")}</score-partwise>`;
  const { tracks } = readMidiFile(writeScoreMidi(readMusicXml(strToU8(xml))));
  expect(tracks.map((track) => [track.name, track.drums ? "drums" : track.program, track.notes.length])).toEqual([
    ["Guitar", 24, 1],
    ["Guitar", 25, 1],
    ["Guitar", "drums", 1],
  ]);
});
test("two voices on one key are two notes", () => {
  const found = readMidiFile(writeScoreMidi(abc("[G]3 & G B G|"))).tracks.flatMap((track) => track.notes);
  expect(found.map((note) => [note.cents, Math.round(note.length * 100)]).sort()).toEqual([
    [6700, 180],
    [6700, 60],
    [6700, 60],
    [7100, 60],
  ]);
});
