import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readMusicXml } from "../musicxml/read.ts";
import { playOut } from "../playing/play-out.ts";
import type { Score } from "../score.ts";
import { scoreAsText } from "../score-text.ts";
import { heardFromText } from "../text.ts";
import { transcribe } from "../transcription/transcribe.ts";
import { readAbc } from "./read.ts";
import { writeAbc } from "./write.ts";

const again = (score: Score): string => scoreAsText(readAbc(writeAbc(score).text));

test("what ABC can hold comes back: words, chords, signs, graces, tuplets, ties, slurs, repeats, keys, clefs, microtones", () => {
  const text = `X:1
T:Елім-ай
C:халық
R:ән
M:(3+2+2)/8
L:1/8
Q:"Баяу" 1/8=200
V:1 name="Дауыс" snm="Д."
V:2 name="Домбыра" clef=bass
K:Ddor
V:1
A2 |: "Dm"!mf!D2 {/c}E (FG) A2 & x2 F5 | "^мұң"^/A2 _G (3FED z2 :|[1 (5:4:5A/G/F/E/D/ z2 A3- :|[2 [M:4/4][K:Gm]"C7"[Ac]8- | [Ac]4 !fermata!B,4 |]
w:Е-лім- ай, е-лім ай_ *
V:2
D2 | D7 | !trill!D,7 | D4 D3 | D8 | !upbow!D8 |]
`;
  const score = readAbc(text);
  expect(again(score)).toBe(scoreAsText(score));
  const { text: once, lost } = writeAbc(score);
  expect([...lost]).toEqual([]);
  expect(once).toContain("K:Ddor");
  expect(once).toContain("R:ән");
  // the second time the same bytes
  expect(writeAbc(readAbc(once)).text).toBe(once);
});
test("what it cannot hold is counted by its name", () => {
  const { text, lost } = writeAbc(transcribe(heardFromText("3+2/8 pulse=0.2 | d0 d2 d3+u0 d5 . | d7 d5 d3 d2 d0"), { title: "A\nB" }).score);
  expect(text).toContain("T:A B");
  expect(text).toContain("M:(3+2)/8");
  expect(lost.get("string")).toBe(10);
  expect(lost.get("fret")).toBe(10);
  expect(playOut(readAbc(text)).parts[0]!.notes.length).toBe(10);
});
test("an ending that is called no number is written without one", () => {
  const score = readAbc("X:1\nK:C\nC|[1 D:|[2 E|]\n");
  const named = {
    ...score,
    bars: score.bars.map((bar) => ({
      ...bar,
      barlines: (bar.barlines ?? []).map((line) =>
        "ending" in line ? { ...line, ending: { ...line.ending!, numbers: line.ending!.numbers.replace("1", "NaN") } } : line,
      ),
    })),
  };
  expect(writeAbc(named).text).not.toContain("NaN");
  expect(writeAbc(named).text).toContain("[2");
});
describe("whatever is written", () => {
  test("sounds the same: any letters, cents, lengths, voices and chords", () => {
    const note = fc.record({
      step: fc.constantFrom("C", "D", "E", "F", "G", "A", "B"),
      alter: fc.constantFrom(0, 0, 100, -100, 50, -50, 150, 37, -44, 200),
      octave: fc.integer({ min: 2, max: 7 }),
      units: fc.constantFrom(1, 2, 3, 4, 5, 6, 8, 12),
      rest: fc.constantFrom(false, false, false, true),
      tied: fc.boolean(),
    });
    const bar = fc.array(note, { minLength: 1, maxLength: 7 });
    fc.assert(
      fc.property(fc.array(fc.tuple(bar, bar), { minLength: 1, maxLength: 5 }), fc.integer({ min: -7, max: 7 }), (bars, fifths) => {
        const voice = (notes: (typeof bars)[number][0], name: string): string =>
          notes
            .map(({ step, alter, octave, units, rest }, k) => {
              const goes = (a: (typeof notes)[number] | undefined, b: (typeof notes)[number] | undefined): boolean =>
                a !== undefined && b !== undefined && a.tied && !a.rest && !b.rest && a.step === b.step && a.alter === b.alter && a.octave === b.octave;
              const [into, out] = [goes(notes[k - 1], notes[k]), goes(notes[k], notes[k + 1])];
              const ties = `${into ? '<tie type="stop"/>' : ""}${out ? '<tie type="start"/>' : ""}`;
              return `<note>${rest ? "<rest/>" : `<pitch><step>${step}</step><alter>${alter / 100}</alter><octave>${octave}</octave></pitch>`}<duration>${units}</duration>${ties}<voice>${name}</voice></note>`;
            })
            .join("");
        const measures = bars.map(([one, two], b) => {
          const length = one.reduce((sum, { units }) => sum + units, 0);
          const head =
            b === 0
              ? `<attributes><divisions>4</divisions><key><fifths>${fifths}</fifths></key><time><beats>4</beats><beat-type>4</beat-type></time></attributes>`
              : "";
          return `<measure number="${b + 1}">${head}${voice(one, "1")}<backup><duration>${length}</duration></backup>${voice(two, "2")}</measure>`;
        });
        const score = readMusicXml(
          new TextEncoder().encode(
            `<score-partwise><part-list><score-part id="P"><part-name>x</part-name></score-part></part-list><part id="P">${measures.join("")}</part></score-partwise>`,
          ),
        );
        if (bars.every((pair) => pair.every((notes) => notes.every((one) => one.rest)))) return;
        const sounding = (of: Score): string[] =>
          playOut(of, { asWritten: true })
            .parts.flatMap((part) => part.notes.map((one) => `${one.at.toFixed(4)} ${one.cents} ${one.length.toFixed(4)}`))
            .sort();
        expect(sounding(readAbc(writeAbc(score).text))).toEqual(sounding(score));
      }),
      { numRuns: 150 },
    );
  });
});
// some 50 s where each note looks through the whole bar, a second where it does not
test("a bar of twenty thousand notes is soon known to be longer than a line may be", { timeout: 20_000 }, () => {
  const line = `${"{a}C2 D/2 (3EFG ".repeat(10)}\n`;
  const score = readAbc(`X:1\nT:a\nM:4/4\nL:1/8\nK:C\n${line.repeat(400)}|\n`);
  expect(() => writeAbc(score)).toThrow(expect.objectContaining({ code: "abc.line" }));
});
