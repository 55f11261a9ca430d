import { Complaint } from "@kuishi/base";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { scoreText } from "../encoding.ts";
import { readChordPro } from "./read.ts";
import { shownSong } from "./shown.ts";
import { type ChordBook, metaOf, type SongLine, sectionsOf } from "./song.ts";
import { writeChordPro } from "./write.ts";

const song = `{title: Көзімнің қарасы}
{artist: Абай}
{meta: region Семей}

{start_of_verse: 1}
[Am]Көзімнің қара[E7]сы,
Көңлімнің са[Am]насы
{comment: баяу}
{end_of_verse}

{start_of_chorus}
[Dm]Бітпейді ішті[Am]ң
{end_of_chorus}

{chorus}
`;
/** Lines told anew, as if all had been changed. */
const anew = (book: ChordBook): ChordBook => ({
  ...book,
  songs: book.songs.map(({ lines }) => ({ lines: lines.map(({ as: _, ...line }) => line as SongLine) })),
});
const meant = (text: string): unknown => anew(readChordPro(text)).songs;

test("a song is read and written again as it was", () => {
  const read = readChordPro(song);
  expect(writeChordPro(read)).toBe(song);
  expect(writeChordPro(anew(read))).toBe(song);
  const [own] = read.songs;
  expect(metaOf(own!)).toEqual([
    ["title", "Көзімнің қарасы"],
    ["artist", "Абай"],
    ["region", "Семей"],
  ]);
  const sections = sectionsOf(own!);
  expect(sections.map(({ kind, label, recalls }) => [kind, label, recalls ?? false])).toEqual([
    ["verse", "1", false],
    ["chorus", "", false],
    ["chorus", "", true],
  ]);
  expect(sections[0]?.lines[0]).toEqual({
    kind: "words",
    chunks: [
      { chord: "Am", text: "Көзімнің қара" },
      { chord: "E7", text: "сы," },
    ],
  });
  // a chorus that is called back has its lines
  expect(sections[2]?.lines).toEqual(sections[1]?.lines);
});
test("short names, remarks, tabs and empty lines are understood, and stay as they were written", () => {
  const text = "# note\r\n{t:A}\r\n{st:B}\r\n{textfont: x}\r\n{define: C base-fret 1}\r\n\r\none [C]two  \r\n\r\nthree\r\n{sot}\r\ne|--0[2]--\r\n{eot}\r\n";
  const read = readChordPro(text);
  expect(writeChordPro(read)).toBe(text);
  expect(metaOf(read.songs[0]!)).toEqual([
    ["title", "A"],
    ["subtitle", "B"],
  ]);
  expect(sectionsOf(read.songs[0]!).map(({ kind, lines }) => [kind, lines.length])).toEqual([
    ["verse", 1],
    ["verse", 1],
    ["tab", 1],
  ]);
  expect(meant(writeChordPro(anew(read)))).toEqual(meant(text));
});
test("blocks of other programs are left alone, settings and books too", () => {
  const text = `{+config.settings.decapo: true}
{title: A}
{start_of_abc: label="Tune"}
X:1
K:C
{c}[ceg] | "C" # sharp? \\
{end_of_grid}
{end_of_abc}
{new_song}
{title: B}
[C]la
`;
  const read = readChordPro(text);
  expect(writeChordPro(anew(read))).toBe(text);
  expect(read.songs.map((one) => metaOf(one))).toEqual([[["title", "A"]], [["title", "B"]]]);
  const [abc] = sectionsOf(read.songs[0]!);
  expect([abc?.kind, abc?.label, abc?.lines.map((line) => line.kind)]).toEqual(["abc", "Tune", Array(4).fill("verbatim")]);
});
test("conditions choose lines and blocks; chords stand where they are moved", () => {
  const [read] = readChordPro(
    "{key: G}\n{comment-dombra: low}\n{comment-dombra!: high}\n{start_of_verse-dombra}\n[G]one\n{end_of_verse}\n{transpose: 3f}\n[G]two [*G][Coda] [F#m7/C#]three\n{sog}\n|: G . D/F# |\n{eog}\n{transpose}\n[G]four",
  ).songs;
  const shown = (players: readonly string[]): string => writeChordPro({ songs: [shownSong(read!, players)], newline: "\n" });
  expect(shown(["Dombra"])).toBe(
    "{key: G}\n{comment: low}\n{start_of_verse}\n[G]one\n{end_of_verse}\n[Bb]two [*G][Coda] [Am7/E]three\n{sog}\n|: Bb . F/A |\n{eog}\n[G]four\n",
  );
  expect(shown([])).toContain("{key: G}\n{comment: high}\n[Bb]two");
});
test("a transposition that ends gives way to the one before it; margins of grids stay; H is B natural; keys have no more than six signs", () => {
  const shown = (text: string): string => writeChordPro({ songs: [shownSong(readChordPro(text).songs[0]!)], newline: "\n" });
  expect(shown("{transpose: 2}\n[C]\n{transpose: 5}\n[C]\n{transpose}\n[C]\n{transpose}\n[C]\n{transpose}\n[C]\n")).toBe("[D]\n[F]\n[D]\n[C]\n[C]\n");
  expect(shown("{transpose: 2}\n{sog}\nA | A~C . | E . | A\n{eog}\n")).toContain("\nA | B~D . | F# . | A\n");
  expect(shown("{transpose: 1}\n[H7]a [B]b [C/H]c [Coda]")).toBe("[C7]a [H]b [C#/C]c [Coda]\n");
  expect(shown("{transpose: 1}\n{key: D}\n{key: Am}\n[D]a")).toBe("{key: Eb}\n{key: Bbm}\n[D#]a\n");
});
test("a song says of itself what its lines ask for", () => {
  const [own] = readChordPro(
    "{title: T}\n{key: G}\n{artist: A}\n{artist: B}\n{transpose: 2}\n{c: %{title} in %{key|key %{}|no key}%{capo|, capo %{}}}\n{c: %{artist}; %{x|yes|no}, %{key=G|is G|is not}}\n{comment-!piano: p}",
  ).songs;
  const told = shownSong(own!).lines.flatMap((line) => (line.kind === "directive" && line.name === "comment" ? [line.value] : []));
  expect(told).toEqual(["T in key G", "A; B; no, is G", "p"]);
});
test("a text is read in every encoding that names itself", () => {
  const text = "{t: Ән 𝄞}";
  const codes = [0xfeff, ...[...text].map((letter) => letter.codePointAt(0)!)];
  for (const little of [true, false]) {
    const [wide, half] = [new DataView(new ArrayBuffer(codes.length * 4)), new DataView(new ArrayBuffer((text.length + 1) * 2))];
    codes.forEach((code, i) => void wide.setUint32(i * 4, code, little));
    [...`\ufeff${text}`].flatMap((letter) => letter.split("")).forEach((unit, i) => void half.setUint16(i * 2, unit.charCodeAt(0), little));
    for (const { buffer } of [wide, half]) expect(scoreText(new Uint8Array(buffer))).toBe(text);
  }
});
test("numbers of characters, lines that go on", () => {
  const text = "\\u0041 [Am]long \\\n    line\n\\u0023 no remark\n\\u005bno chord]\n";
  const read = readChordPro(text);
  expect(writeChordPro(read)).toBe(text);
  expect(read.songs[0]!.lines.map((line) => (line.kind === "words" ? line.chunks.map(({ text: words }) => words).join("") : line.kind))).toEqual([
    "A long line",
    "# no remark",
    "[no chord]",
  ]);
  expect(meant(writeChordPro(anew(read)))).toEqual(meant(text));
});
test("what cannot be read stays as it stands, and its line is told", () => {
  const read = readChordPro("{title: A}\n[Am open\n{title: A\n{12}");
  expect(read.warnings.map(({ code, line }) => [code, line])).toEqual([
    ["chordpro.bracket", 2],
    ["chordpro.directive", 3],
    ["chordpro.directive", 4],
  ]);
  expect(writeChordPro(read)).toBe("{title: A}\n[Am open\n{title: A\n{12}\n");
  expect(() => readChordPro("\n\n")).toThrow("chordpro.empty");
});
describe("whatever is thrown at it", () => {
  test("a directive of many spaces costs no more than its length", () => {
    const before = process.cpuUsage();
    expect(readChordPro(`{a${" ".repeat(50_000)}x`).warnings).toMatchObject([{ code: "chordpro.directive" }]);
    readChordPro(`{c${" ".repeat(50_000)}x}`);
    readChordPro(`${"[".repeat(50_000)}\n${"\\u".repeat(50_000)}\n{start_of_verse: ${"label= ".repeat(10_000)}}`);
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1e6).toBeLessThan(1);
  });
  test("it is written as it was, and told anew it means the same", () => {
    const tokens = ["[", "]", "{", "}", ":", "Am", "сөз", " ", "\n", "{soc}", "{eoc}", "#", "{chorus}", "{sot}", "{eot}", "{start_of_abc}", "{end_of_abc}"];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...tokens, "\\", "\\u005b", "{ns}", "{transpose: 2}", "{c-a!: x}", "label="), { maxLength: 60 }), (parts) => {
        const text = parts.join("");
        try {
          const read = readChordPro(text);
          const out = writeChordPro(read);
          expect(out).toBe(text.endsWith("\n") ? text : `${text}\n`);
          for (const one of read.songs) for (const { from, to } of sectionsOf(shownSong(one))) expect(from).toBeLessThan(to);
          const told = writeChordPro(anew(read));
          expect(writeChordPro(anew(readChordPro(told)))).toBe(told);
          expect(meant(told)).toEqual(meant(text));
        } catch (error) {
          if (!(error instanceof Complaint)) throw error;
        }
      }),
      { numRuns: 1000 },
    );
  });
});
