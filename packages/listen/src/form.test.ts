import { seeded } from "@kuishi/base";
import { heardFromText } from "@kuishi/score";
import { describe, expect, test } from "vitest";
import { findForm } from "./form.ts";

/** Form of music in text. @param stray seconds strokes stray from their pulses. */
function formOf(text: string, sung = 0, stray = 0) {
  const heard = heardFromText(text);
  const random = seeded(6);
  const late = new Map(heard.strokes.map(({ at }) => [at, random.between(-stray, stray)]));
  return findForm({
    notes: heard.notes.map((note) => ({ ...note, onset: note.onset + late.get(note.onset)! })),
    strokes: heard.strokes.map((stroke) => ({ ...stroke, at: stroke.at + late.get(stroke.at)! })),
    downbeats: heard.downbeats,
    end: heard.durationSec,
    tonic: heard.mode.tonicCents,
    openHigh: 5500,
    sung,
  });
}
const repeated = (bars: string, times: number): string => Array.from({ length: times }, () => bars).join(" | ");

describe("the kind of piece", () => {
  test("even, fast strums of both strings are a tökpe küi", () => {
    expect(formOf(`2+2/8 pulse=0.13 | ${repeated("d0+u0 d2+u0 d4+u0 d2+u0", 16)}`).kind?.name).toBe("tokpe");
  });
  test("single strings in uneven time are a shertpe küi", () => {
    const { kind } = formOf(`3+2/8 pulse=0.31 | ${repeated("d0 . . d4 d5 | d7 d5 . . d2 | u0 . d2 . . | d4 d2 . d0 .", 6)}`, 0, 0.09);
    expect(kind?.name).toBe("shertpe");
  });
  test("even accompaniment with somebody singing is a song", () => {
    expect(formOf(`2+2/8 pulse=0.28 | ${repeated("d0+u0 d2 d4+u0 d2", 14)}`, 0.6).kind?.name).toBe("song");
  });
  test("a dozen strokes are needed to tell", () => {
    expect(formOf("2+2/8 | d0 d2 d4 d2 | d0 d2 d4 d2").kind).toBeUndefined();
  });
});

describe("registers of a tökpe küi", () => {
  const bas = repeated("d0+u0 d2+u0 d3+u0 d2+u0", 8);
  const orta = repeated("d7+u0 d6+u0 d7+u0 d8+u0", 8);
  const ulken = repeated("d14+u0 d15+u0 d14+u0 d16+u0", 8);
  test("bas, orta, bas, ülken: named, the second bas a return", () => {
    const { sections } = formOf(`2+2/8 pulse=0.13 | ${bas} | ${orta} | ${bas} | ${ulken}`);
    expect(sections.map((section) => section.zone)).toEqual(["bas", "orta", "bas", "ulken"]);
    expect(sections.map((section) => section.repeatOf)).toEqual([undefined, undefined, "bas", undefined]);
    // bar 9 of eight half-second bars
    expect(sections[1]!.fromSec).toBeCloseTo(0.3 + 8 * 0.52, 1);
  });
  test("one bar up the neck is no register", () => {
    const { sections } = formOf(`2+2/8 pulse=0.13 | ${bas} | d14+u0 d15+u0 d14+u0 d16+u0 | ${bas}`);
    expect(sections.map((section) => section.zone)).toEqual(["bas"]);
  });
});

describe("letters of all else", () => {
  const a = repeated("d0 d4 d7 d4", 8);
  const b = repeated("d9 d12 d9 d5", 8);
  const c = repeated("u0 u2 u3 u2", 8);
  test("what returns most is the refrain, the rest have letters", () => {
    const { kind, sections } = formOf(`2+2/8 pulse=0.3 | ${a} | ${b} | ${a} | ${c} | ${a}`);
    expect(kind?.name).not.toBe("tokpe");
    expect(sections.map((section) => section.label)).toEqual(["refrain", "B", "refrain", "C", "refrain"]);
    expect(sections[2]!.repeatOf).toBe("refrain");
    expect(sections.at(-1)!.toSec).toBeCloseTo(0.3 + 40 * 1.2 + 0.5, 2);
  });
  test("one thing all the time is one section", () => {
    expect(formOf(`2+2/8 pulse=0.3 | ${repeated("d0 d4 d7 d4", 24)}`).sections.map((section) => section.label)).toEqual(["A"]);
  });
});
