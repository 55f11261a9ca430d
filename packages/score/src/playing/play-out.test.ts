import { Complaint } from "@kuishi/base";
import { strToU8 } from "fflate";
import { describe, expect, test } from "vitest";
import { readMusicXml } from "../musicxml/read.ts";
import type { Score } from "../score.ts";
import { playingOrder } from "./order.ts";
import { type PlayOutOptions, playOut } from "./play-out.ts";

const note = (step: string, duration: number, more = "", before = ""): string =>
  `<note>${before}<pitch><step>${step}</step><octave>4</octave></pitch>${duration > 0 ? `<duration>${duration}</duration>` : ""}${more}</note>`;
const HEAD = "<attributes><divisions>4</divisions><time><beats>2</beats><beat-type>4</beat-type></time></attributes>";
const read = (bars: readonly string[], head = "", more = ""): Score =>
  readMusicXml(
    strToU8(
      `<score-partwise><part-list><score-part id="P"><part-name>p</part-name>${head}</score-part></part-list><part id="P">${bars.map((bar, b) => `<measure number="${b + 1}">${b === 0 ? HEAD + more : ""}${bar}</measure>`).join("")}</part></score-partwise>`,
    ),
  );
const right = (inside: string): string => `<barline location="right">${inside}</barline>`;
const left = (inside: string): string => `<barline location="left">${inside}</barline>`;
const BACK = '<repeat direction="backward"/>';
const words = (text: string): string => `<direction><direction-type><words>${text}</words></direction-type></direction>`;
const sign = (name: string): string => `<direction><direction-type><${name}/></direction-type></direction>`;
/** Bars by their letters, in the order played. */
const played = (bars: readonly string[]): string =>
  playingOrder(read(bars.map((bar) => note("C", 8) + bar)))
    .map((bar) => "ABCDEFGH"[bar])
    .join("");
const heard = (bars: readonly string[], options: PlayOutOptions = {}, head = ""): string =>
  playOut(read(bars, head), options)
    .parts.flatMap((part) => part.notes)
    .map((one) => `${one.at.toFixed(2)} ${one.cents}/${one.length.toFixed(2)}`)
    .join(", ");

describe("the order of bars", () => {
  const ending = (number: string, back: boolean): string =>
    left(`<ending number="${number}" type="start"/>`) + right(`<ending number="${number}" type="stop"/>${back ? BACK : ""}`);
  test.each([
    ["a repeat from the beginning", ["", right(BACK), ""], "ABABC"],
    ["a repeat from its own sign, three times", ["", left('<repeat direction="forward"/>') + right('<repeat direction="backward" times="3"/>'), ""], "ABBBC"],
    ["endings", ["", ending("1", true), ending("2", false), ""], "ABACD"],
    [
      "an ending for two rounds",
      ["", ending("1, 2", true), ending("3", false)].map((bar) => bar.replace(BACK, '<repeat direction="backward" times="3"/>')),
      "ABABAC",
    ],
    ["da capo al fine", ["", words("Fine"), "", words("D.C. al Fine")], "ABCDAB"],
    ["dal segno al coda", ["", sign("segno"), words("To Coda"), words("D.S. al Coda"), sign("coda"), ""], "ABCDBCEF"],
    ["two signs of the coda, the first to leave at", ["", sign("coda"), words("Da Capo"), sign("coda")], "ABCABD"],
    ["a jump does not repeat again, and takes the last ending", ["", ending("1", true), ending("2", false), words("D.C.")], "ABACDACD"],
    ["signs that are only heard", ['<sound segno="s"/>', "", '<sound dalsegno="s"/>', ""], "ABCABCD"],
  ])("%s", (_what, bars, wanted) => expect(played(bars)).toBe(wanted));
});

test("lengths, ties without sound of their own, ties by their sign alone, chords, and a second voice at the same pitch", () => {
  const tied = (type: string): string => `<voice>1</voice><notations><tied type="${type}"/></notations>`;
  const other = `<backup><duration>8</duration></backup>${note("C", 4, "<voice>2</voice>")}`;
  expect(heard([note("C", 8, tied("start")) + other, note("C", 4, tied("stop"))])).toBe("0.00 6000/1.50, 0.00 6000/0.50");
});
test("graces take their time from what they lean on, after the last note from its end", () => {
  expect(heard([note("D", 0, "", '<grace slash="yes"/>') + note("C", 8)])).toBe("0.00 6200/0.06, 0.06 6000/0.94");
});
test("ornaments stay within the key and the note's time; as written there are none", () => {
  const bar = `<attributes><key><fifths>-2</fifths></key></attributes>${note("A", 4, "<notations><ornaments><turn/></ornaments></notations>")}`;
  expect(heard([bar])).toBe("0.00 7000/0.13, 0.13 6900/0.13, 0.25 6700/0.13, 0.38 6900/0.13");
  expect(heard([bar], { asWritten: true })).toBe("0.00 6900/0.50");
});
test("arpeggios spread, staccato shortens, fermatas hold what comes after", () => {
  const spread = "<notations><arpeggiate/></notations>";
  expect(heard([note("C", 4, spread) + note("E", 4, spread).replace("<note>", "<note><chord/>")])).toBe("0.00 6000/0.50, 0.04 6400/0.46");
  expect(heard([note("C", 4, "<notations><articulations><staccato/></articulations></notations>") + note("D", 4)])).toBe("0.00 6000/0.25, 0.50 6200/0.50");
  const { notes } = playOut(read([note("C", 4, "<notations><fermata/></notations>") + note("D", 4)])).parts[0]!;
  expect(notes[1]!.at).toBeGreaterThan(0.7);
  expect(notes[1]!.length).toBeCloseTo(0.5, 9);
});
test("dynamics, hairpins and accents", () => {
  const dynamic = (name: string): string => `<direction><direction-type><dynamics><${name}/></dynamics></direction-type></direction>`;
  const wedge = (type: string): string => `<direction><direction-type><wedge type="${type}"/></direction-type></direction>`;
  const accent = "<notations><articulations><accent/></articulations></notations>";
  const { notes } = playOut(
    read([dynamic("p") + wedge("crescendo") + note("C", 4) + note("D", 4), note("C", 8) + wedge("stop"), dynamic("f") + note("C", 4) + note("C", 4, accent)]),
  ).parts[0]!;
  const loud = notes.map((one) => one.velocity);
  expect(loud[0]).toBeCloseTo(0.39, 2);
  expect(loud[1]).toBeGreaterThan(loud[0]!);
  expect(loud[2]).toBeGreaterThan(loud[1]!);
  expect(loud[3]).toBeCloseTo(0.76, 2);
  expect(loud[4]).toBeGreaterThan(loud[3]!);
});
test("tempo, swing and transposition", () => {
  const marked = "<direction><direction-type><metronome><beat-unit>quarter</beat-unit><per-minute>60</per-minute></metronome></direction-type></direction>";
  expect(heard([marked + note("C", 8)])).toBe("0.00 6000/2.00");
  expect(heard([`<sound><swing><first>2</first><second>1</second></swing></sound>${note("C", 2)}${note("D", 2)}`])).toBe("0.00 6000/0.33, 0.33 6200/0.17");
  expect(heard([`<attributes><transpose><chromatic>-2</chromatic></transpose></attributes>${note("C", 8)}`])).toBe("0.00 5800/1.00");
});
test("percussion by the sound it names, and by its place on the staff", () => {
  const drum = (id: string): string =>
    `<note><unpitched><display-step>C</display-step><display-octave>5</display-octave></unpitched><duration>4</duration>${id ? `<instrument id="${id}"/>` : ""}</note>`;
  const head =
    '<score-instrument id="I"><instrument-name>Dauylpaz</instrument-name></score-instrument><midi-instrument id="I"><midi-unpitched>48</midi-unpitched></midi-instrument>';
  const keys = (bar: string, list: string): (number | undefined)[] => playOut(read([bar], list)).parts[0]!.notes.map((one) => one.drum);
  expect(keys(drum("I") + drum("I"), head)).toEqual([47, 47]);
  expect(keys(drum(""), "")).toEqual([38]);
});
test("strings, frets, strokes and bends are told", () => {
  const technical = "<notations><technical><string>2</string><fret>7</fret><up-bow/><bend><bend-alter>2</bend-alter></bend></technical></notations>";
  expect(playOut(read([note("C", 8, technical)])).parts[0]!.notes[0]).toMatchObject({
    string: 2,
    fret: 7,
    stroke: "up",
    bend: [
      [0, 0],
      [0.6, 200],
    ],
  });
});
test("a score of rests has nothing to play", () => {
  expect(() => playOut(read(["<note><rest/><duration>4</duration></note>"]))).toThrow(Complaint);
});
