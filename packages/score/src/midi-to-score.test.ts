import fc from "fast-check";
import { expect, test } from "vitest";
import { readAbc } from "./abc/read.ts";
import { writeScoreMidi } from "./midi-score.ts";
import { readMidiScore } from "./midi-to-score.ts";
import { readMusicXml } from "./musicxml/read.ts";
import { writeMusicXml } from "./musicxml/write.ts";
import { playOut } from "./playing/play-out.ts";
import type { Score } from "./score.ts";
import { scoreAsText } from "./score-text.ts";

const abc = (music: string, head = "M:4/4\nL:1/8\nQ:1/4=120\n"): Score => readAbc(`X:1\nT:t\n${head}K:D\n${music}\n`);
const back = (score: Score): Score => readMidiScore(writeScoreMidi(score));
const sounding = (score: Score): string[] =>
  playOut(score, { asWritten: true })
    .parts.flatMap((part) =>
      part.notes.map((note) => `${part.name} ${note.at.toFixed(3)} ${note.cents.toFixed(0)} ${note.length.toFixed(3)} ${note.drum ?? ""}`),
    )
    .sort();

test("what was written is written again: lengths, tuplets, ties, chords, signature, tempo", () => {
  const lines = scoreAsText(back(abc("D2 (3EFG A4- | A2 [df]2 z2 ^G/A/B | (3d2e2f2 z4 |]"))).split("\n");
  expect(lines[0]).toBe("t");
  expect(lines.slice(2)).toEqual([
    " 1 (1) 4/4 <♩=120> key 2 major clef G2 D4:1/4 E4{tuplet:start}:1/12(3:2) F#4:1/12(3:2) G4{tuplet:stop}:1/12(3:2) A4-{tied:start}:1/2",
    " 2 (1) A4_{tied:stop}:1/4 F#5+D5:1/4 r:1/4 G#4:1/16 A4:1/16 B4:1/8",
    " 3 (1) D5{tuplet:start}:1/6(3:2) E5:1/6(3:2) F#5{tuplet:stop}:1/6(3:2) r:1/2",
  ]);
});
test("drums by their sounds, names, programs, words, voices, microtones", () => {
  const xml = `<score-partwise><part-list><score-part id="P1"><part-name>Kobyz</part-name><score-instrument id="I1"><instrument-name>x</instrument-name></score-instrument><midi-instrument id="I1"><midi-channel>1</midi-channel><midi-program>111</midi-program></midi-instrument></score-part>
<score-part id="P2"><part-name>Drums</part-name><score-instrument id="D1"><instrument-name>kick</instrument-name></score-instrument><midi-instrument id="D1"><midi-channel>10</midi-channel><midi-unpitched>37</midi-unpitched></midi-instrument></score-part></part-list>
<part id="P1"><measure number="1"><attributes><divisions>2</divisions><time><beats>3</beats><beat-type>4</beat-type></time></attributes><note><pitch><step>E</step><alter>-0.5</alter><octave>4</octave></pitch><duration>2</duration><voice>1</voice><lyric><syllabic>begin</syllabic><text>қа</text></lyric></note><note><pitch><step>F</step><octave>4</octave></pitch><duration>4</duration><voice>1</voice><lyric><syllabic>end</syllabic><text>ра</text></lyric></note><backup><duration>6</duration></backup><note><pitch><step>C</step><octave>4</octave></pitch><duration>6</duration><voice>2</voice></note></measure></part>
<part id="P2"><measure number="1"><note><unpitched/><duration>2</duration></note><note><unpitched/><duration>1</duration></note></measure></part></score-partwise>`;
  const score = readMusicXml(new TextEncoder().encode(xml));
  const read = back(score);
  expect(read.parts.map((part) => [part.name, part.instruments[0]?.program, part.instruments[0]?.key])).toEqual([
    ["Kobyz", 110, undefined],
    ["Drums", 0, 36],
  ]);
  expect(scoreAsText(read)).toContain('E-50/4:1/4"қа-" F4:1/2"ра"');
  expect(scoreAsText(read)).toContain("v2:C4:3/4");
  expect(sounding(read)).toEqual(sounding(score));
});
test("a pickup stays one", () => {
  const read = back(abc("A2 | d2 e2 f2 | g6 |", "M:3/4\nL:1/8\n"));
  expect(read.bars.map((bar) => [bar.number, bar.uncounted ?? false])).toEqual([
    ["0", true],
    ["1", false],
    ["2", false],
  ]);
  expect(read.bars[0]!.time?.[0]?.meters[0]?.groups).toEqual([1, 1, 1]);
  expect(read.bars[1]!.time).toBeUndefined();
});
test("any tune of several voices sounds as before, and so does its MusicXML; bars of the first voice are whole", () => {
  const length = fc.constantFrom("", "2", "3", "4", "/", "3/2");
  const one = fc.tuple(fc.constantFrom("A", "B,", "c", "d'", "[DA]", "[FAc]", "z", "^G", "_e"), length).map((pair) => pair.join(""));
  const triplet = fc.tuple(fc.constantFrom("A", "c", "d"), fc.constantFrom("", "2")).map(([note, long]) => `(3${note}${long}B${long}${note}${long}`);
  const bar = fc
    .array(fc.oneof({ weight: 4, arbitrary: one }, { weight: 1, arbitrary: triplet }), { minLength: 1, maxLength: 8 })
    .map((notes) => notes.join(" "));
  const voice = fc.array(bar, { minLength: 1, maxLength: 5 }).map((bars) => bars.join(" | "));
  fc.assert(
    fc.property(
      fc.array(voice, { minLength: 1, maxLength: 3 }),
      fc.constantFrom("M:4/4", "M:3/4", "M:6/8", "M:7/8", "M:(3+2+2)/8"),
      fc.constantFrom(90, 120, 176),
      (voices, meter, bpm) => {
        const score = abc(voices.map((music, v) => `[V:${v + 1} name="part ${v}"] A${music} |`).join("\n"), `${meter}\nL:1/8\nQ:1/4=${bpm}\n`);
        const read = back(score);
        const near = (list: readonly string[]): string[] => list.map((line) => line.replace(/\d+\.\d{3}/g, (at) => String(Math.round(Number(at) * 100))));
        expect(near(sounding(read))).toEqual(near(sounding(score)));
        expect(scoreAsText(readMusicXml(new TextEncoder().encode(writeMusicXml(read))))).toBe(scoreAsText(read));
      },
    ),
    { numRuns: 80 },
  );
});
test("a karaoke file sings, by its title; notes that are let go a little early are written whole", () => {
  const words = ["@TMary", "\\Ma", "ry ", "had ", "a ", "/lit", "tle ", "lamb, ", "lamb."];
  const meta = (kind: number, text: string): number[] => [0xff, kind, text.length, ...[...text].map((letter) => letter.charCodeAt(0))];
  const long = (value: number): number[] => [(value >> 7) | 0x80, value & 0x7f];
  const chunk = (events: number[]): number[] => {
    const all = [...events, 0, 0xff, 0x2f, 0];
    return [0x4d, 0x54, 0x72, 0x6b, 0, 0, all.length >> 8, all.length & 255, ...all];
  };
  const sung = words.flatMap((text, k) => [...(k < 2 ? [0] : long(480)), ...meta(1, text)]);
  const tune = Array.from({ length: 8 }, (_, k) => [...(k === 0 ? [0] : long(60)), 0x90, 60 + k, 90, ...long(420), 0x80, 60 + k, 0]).flat();
  const file = [0x4d, 0x54, 0x68, 0x64, 0, 0, 0, 6, 0, 1, 0, 3, 1, 0xe0, ...chunk([0, ...meta(3, "file")]), ...chunk(sung), ...chunk(tune)];
  const score = readMidiScore(Uint8Array.from(file));
  expect(score.title).toBe("Mary");
  const lines = scoreAsText(score).split("\n").slice(1).join(" ");
  expect(lines).toContain('C4:1/4"Ma-" C#4:1/4"ry" D4:1/4"had" D#4:1/4"a"');
  expect(lines).toContain('E4:1/4"lit-" F4:1/4"tle"');
  expect(lines).toContain('"lamb,"');
});
