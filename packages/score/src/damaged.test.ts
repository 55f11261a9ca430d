import type { Complaint } from "@kuishi/base";
import { strFromU8, strToU8 } from "fflate";
import { describe, expect, test } from "vitest";
import { readAbc, readMidiScore, readMusicXml, type Score, writeMusicXml, writeScoreMidi } from "./index.ts";
import { writtenOut } from "./testing.ts";

const TUNE = "X:1\nM:2/4\nL:1/4\nK:C\nV:1 name=Upper\nc d | e f | g a | b c' |\nV:2 name=Lower\nC D | E F | G A | B B |\n";
const score = readAbc(TUNE);
const told = (read: (tell: (complaint: Complaint) => void) => Score): { notes: number[]; said: string[] } => {
  const said: string[] = [];
  const found = read(({ code, params }) => said.push(`${code} ${Object.values(params).join(" ")}`));
  return { notes: writtenOut(found).notes.map((note) => note.cents / 100), said };
};
const upper = [72, 74, 76, 77, 79, 81, 83, 84];

describe("a damaged MusicXML score", () => {
  const xml = writeMusicXml(score);
  const damaged = (text: string) => told((tell) => readMusicXml(strToU8(text), tell));
  test("loses the measure that is damaged and no other, which is told", () => {
    const { notes, said } = damaged(xml.replace("<step>E</step>", "<step>E</stop>"));
    expect(said).toEqual(["musicxml.damaged 2 P1"]);
    expect(notes).toHaveLength(14);
    expect(notes.filter((key) => key >= 72)).toEqual(upper.filter((key) => key !== 76 && key !== 77));
  });
  test("keeps its parts together where a pitch is none, and what was there where it is cut off", () => {
    expect(damaged(xml.replace("<step>G</step>", "<step>H</step>"))).toMatchObject({ said: ["musicxml.damaged 3 P1"], notes: { length: 14 } });
    const cut = damaged(xml.slice(0, xml.lastIndexOf("<measure") + 40));
    expect(cut.said).toEqual(["musicxml.damaged 4 P2"]);
    expect(cut.notes).toHaveLength(14);
  });
  test("is refused where nothing is left, or nobody is told", () => {
    expect(() => damaged("<score-partwise><part id='P1'><measure><note></measure></part></score-partwise>")).toThrow();
    expect(() => readMusicXml(strToU8(xml.replace("</note>", "")))).toThrow();
  });
});

describe("a damaged MIDI file", () => {
  const midi = writeScoreMidi(score);
  const damaged = (bytes: Uint8Array) => told((tell) => readMidiScore(bytes, tell));
  const last = strFromU8(midi, true).lastIndexOf("MTrk");
  test("keeps the tracks that are whole, and of the others what stands before the damage", () => {
    const bytes = midi.slice();
    // in the middle of the last track, a byte that begins no event
    bytes.fill(0xf5, last + 60, last + 66);
    const { notes, said } = damaged(bytes);
    expect(said).toHaveLength(1);
    expect(said[0]).toMatch(/^midi\.damaged 3 \d+$/);
    expect(notes.filter((key) => key >= 72)).toEqual(upper);
    expect(notes.length).toBeGreaterThan(8);
  });
  test("that is cut off, or whose track tells a wrong length, is read as far as it goes", () => {
    expect(damaged(midi.subarray(0, last + 60)).said).toHaveLength(1);
    const wrong = midi.slice();
    wrong[last + 4] = 0xff;
    expect(damaged(wrong).notes).toHaveLength(16);
  });
  test("is refused where nothing is left, or nobody is told", () => {
    expect(() => damaged(midi.subarray(0, 20))).toThrow();
    expect(() => readMidiScore(midi.slice().fill(0xf5, last + 60, last + 66))).toThrow();
  });
});
