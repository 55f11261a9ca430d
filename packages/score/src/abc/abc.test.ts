import { strToU8 } from "fflate";
import { describe, expect, test } from "vitest";
import { readMusicXml } from "../musicxml/read.ts";
import { writeMusicXml } from "../musicxml/write.ts";
import { playOut } from "../playing/play-out.ts";
import type { Score } from "../score.ts";
import { scoreAsText } from "../score-text.ts";
import { readAbc } from "./read.ts";
import { writeAbc } from "./write.ts";

const read = (music: string, head = "M:4/4\nL:1/8\nK:C\n"): Score => readAbc(`X:1\nT:t\n${head}${music}\n`);
/** The bars of the first voice. */
const bars = (music: string, head?: string): string[] => scoreAsText(read(music, head)).split("\n").slice(2);
const played = (music: string, head?: string): string =>
  playOut(read(music, head), { asWritten: true })
    .parts.flatMap((part) => part.notes)
    .map((note) => note.cents)
    .join(" ");

test("a tune with everything in it", () => {
  const text = scoreAsText(
    readAbc(`X:1
T:Елім-ай
C:халық
M:3/4
L:1/8
Q:1/4=90
K:Gm ^f
D2|:"Gm"(G>A) {c}B2 !trill!d2|(3cBA .G2-G2|1 [DGB]4 z2:|2 "^соңы"G6|]
w:Е-лім_ ай ба-ла-_ сы
`),
  );
  expect(text).toBe(
    `Елім-ай, composer: халық
P1
 0* (1/4) 3/4 key BbEbF# minor <metronome=90 ♩=90> D4:1/4"Е-"
 1 (3/4) |: "Gm" G4{slur:start}:3/16"лім" A4{slur:stop}:1/16"_" ~C5 Bb4:1/4"ай" D5{trill-mark}:1/4"ба-"
 2 (3/4) C5{tuplet:start}:1/12(3:2)"ла-" Bb4:1/12(3:2)"_" A4{tuplet:stop}:1/12(3:2)"сы" G4-{staccato tied:start}:1/4 G4_{tied:stop}:1/4
 3 (3/4) [1 start] D4+G4+Bb4:1/2 r:1/4 :|[1 stop]
 4 (3/4) [2 start] <words=соңы> G4:3/4 |light-heavy[2 stop]`,
  );
});
describe("pitch", () => {
  test("accidentals hold through the bar, in all octaves, and end with it; ties bring them over the bar line", () => {
    expect(played("^F f F =F F|F ^c-|c c|")).toBe("6600 7800 6600 6500 6500 6500 7300 7200");
    expect(played("%%propagate-accidentals octave\n^F f F|")).toBe("6600 7700 6600");
  });
  test("microtones as fractions, keys with accidentals of their own", () => {
    expect(played("^/F _3/2E ^1/4G|")).toBe("6550 6250 6725");
    expect(played("FB|", "M:2/4\nL:1/4\nK:D mix _B\n")).toBe("6600 7000");
  });
  test.each([
    ["Am", 0],
    ["F#m", 3],
    ["Bb dorian", -4],
    ["E Phr", 0],
    ["C lyd", 1],
    ["none", 0],
    ["HP", 0],
  ])("the key of %s", (key, fifths) => {
    const [item] = read("C|", `M:4/4\nL:1/8\nK:${key}\n`).parts[0]!.bars[0]!.items.filter((one) => one.kind === "key");
    expect(item).toMatchObject({ fifths });
  });
});
describe("time", () => {
  test("pickups stay short, broken rhythm, rests of several bars, chords of inner lengths", () => {
    expect(bars("C|D4 E4|Z2|[C2E2]3 F2|A<B c>>d x4|")).toEqual([
      " 0* (1/8) 4/4 key 0 major C4:1/8",
      " 1 (1) D4:1/2 E4:1/2",
      " 2 (1) r:1",
      " 3 (1) r:1",
      " 4 (1) C4+E4:3/4 F4:1/4",
      " 5 (1) A4:1/16 B4:3/16 C5:7/32 D5:1/32 r:1/2",
    ]);
  });
  test("without a unit it follows the meter; tempo of any beat", () => {
    expect(bars("C|", "M:2/4\nK:C\n")[0]).toContain("C4:1/16");
    expect(bars("C|", "M:7/8\nL:1/8\nQ:3/8=60\nK:C\n")[0]).toContain("♩=90");
  });
  test("repeats and endings are signs, played out once each way", () => {
    expect(played("C8:|D8|:E8|1F8:|2G8|]")).toBe("6000 6000 6200 6400 6500 6400 6700");
    expect(played("|:C8::D8:|")).toBe("6000 6000 6200 6200");
    expect(played("|:C8|[1,3 D8:|[2 E8:|")).toBe("6000 6200 6000 6400");
  });
});
test("voices, by field and inline, with clefs; overlaid voices share a part", () => {
  const text = scoreAsText(readAbc('X:1\nM:4/4\nL:1/4\nV:a name="Қобыз" clef=alto\nV:b clef=bass\nK:C\n[V:a]CDEF|[V:b]C,4 & E,4|\n'));
  expect(text).toBe("P1 Қобыз\n 1 (1) 4/4 clef C3 key 0 major C4:1/4 D4:1/4 E4:1/4 F4:1/4\nP2 voice b\n 1 (1) 4/4 clef F4 key 0 major C3:1 @0 v2:E3:1");
});
test("what a score has no place for is carried along, into MusicXML too", () => {
  const score = readAbc("X:1\nT:a\nR:waltz\nN:told by\nO:Семей\nK:C\nC|\nW:end words\n");
  expect(writeMusicXml(score)).toContain('<miscellaneous-field name="abc:R">waltz</miscellaneous-field>');
  expect(readMusicXml(strToU8(writeMusicXml(score)))).toEqual(score);
});
test("a bracket behind a bar line is a chord or a field, not an ending", () => {
  expect(played("C8|[EG]8|[K:Bb]E8|")).toBe("6000 6400 6700 6300");
});
test("of a damaged tune what can be read is read, and the lines that cannot are told", () => {
  const text = "X:1\nM:2/4\nL:1/8\nK:C\nABc2|\nA99999999 B|\nd4|\n";
  expect(() => readAbc(text)).toThrow("abc.line");
  const told: unknown[] = [];
  const score = readAbc(text, ({ code, params }) => told.push([code, params["line"]]));
  expect(told).toEqual([["abc.line", 6]]);
  expect(score.bars.length).toBe(2);
});

test("letters by their mnemonics, percent signs and changes of typeface read as they are meant, and are written so that they do", () => {
  const score = readAbc('X:1\nT:Caf\\\'e $1100\\%$0 &eacute; \\u04d9 \\\\ % remark\nC:Nov\\\'ak & \\vS\nK:C\n"C$1m$0\\nsoft"C "^50\\%"D|\nw:\\\'a\\-b~c d\n');
  expect(score.title).toBe("Café 100% é ә \\");
  expect(score.creators[0]!.name).toBe("Novák & Š");
  expect(scoreAsText(score)).toContain("Cm");
  expect(scoreAsText(score)).toContain("soft");
  expect(scoreAsText(score)).toContain("50%");
  expect(scoreAsText(readAbc(writeAbc(score).text))).toBe(scoreAsText(score));
});

test("a decoration inside a chord that does not end is none, and keeps nobody waiting", () => {
  expect(played(`[!low${" ".repeat(60)}now!] !upbow!C [!trill!EG]`)).toBe("6000 6400 6700");
});
