import { Complaint } from "@kuishi/base";
import fc from "fast-check";
import { strToU8, zipSync } from "fflate";
import { describe, expect, test } from "vitest";
import { heardFromText, readAbc, readMusicXml, type TimedNote, transcribe, writeMusicXml } from "./index.ts";
import { writtenOut } from "./testing.ts";

const xml = (measures: string, head = ""): Uint8Array =>
  strToU8(
    `<?xml version="1.0"?><!DOCTYPE score-partwise PUBLIC "x" "y"><score-partwise>${head}<part-list><score-part id="P"><part-name>Dombra</part-name></score-part></part-list><part id="P">${measures}</part></score-partwise>`,
  );
const note = (step: string, octave: number, duration: number, more = ""): string =>
  `<note><pitch><step>${step}</step><octave>${octave}</octave></pitch><duration>${duration}</duration>${more}</note>`;
const line = (played: { notes: readonly TimedNote[] }): string =>
  played.notes.map((one) => `${one.at.toFixed(2)}:${Math.round(one.cents)}/${one.length.toFixed(2)}`).join(" ");
const meters = (played: ReturnType<typeof writtenOut>): string[] => played.bars.map((bar) => bar.time!.meters.map((meter) => meter.groups.join("+")).join());

describe("MusicXML", () => {
  test("notes, chords, ties, voices, microtones, tempo", () => {
    const score = readMusicXml(
      xml(
        `<measure number="1"><attributes><divisions>2</divisions><time><beats>2+3</beats><beat-type>8</beat-type></time></attributes><sound tempo="120"/>
        ${note("D", 4, 1)}${note("A", 4, 1, "<chord/>").replace("<note>", "<note><chord/>")}
        <note><pitch><step>E</step><alter>-0.5</alter><octave>4</octave></pitch><duration>4</duration><tie type="start"/></note>
        <backup><duration>5</duration></backup><forward><duration>1</duration></forward>${note("G", 3, 2)}</measure>
        <measure number="2"><note><pitch><step>E</step><alter>-0.5</alter><octave>4</octave></pitch><duration>2</duration><tie type="stop"/></note><note><rest/><duration>1</duration></note>${note("C", 5, 2)}</measure>`,
        "<work><work-title>Tune</work-title></work><identification><creator type='composer'>folk</creator></identification>",
      ),
    );
    const played = writtenOut(score);
    expect(score.title).toBe("Tune");
    expect(score.creators).toMatchObject([{ role: "composer", name: "folk" }]);
    expect(meters(played)).toEqual(["2+3", "2+3"]);
    expect(line(played)).toBe("0.00:6200/0.25 0.00:6900/0.25 0.25:5500/0.50 0.25:6350/1.50 2.00:7200/0.50");
    expect(played.bars[1]?.at).toBeCloseTo(1.25);
  });
  test("repeats and endings are played out", () => {
    const bar = (step: string, more = ""): string =>
      `<measure number="1">${step === "C" ? "<attributes><divisions>1</divisions><time><beats>2</beats><beat-type>4</beat-type></time></attributes><sound tempo='60'/>" : ""}${more.includes("left") ? more : ""}${note(step, 4, 2)}${more.includes("left") ? "" : more}</measure>`;
    const ending = (number: number, back: boolean): string =>
      `<barline location="left"><ending number="${number}" type="start"/></barline>|<barline location="right"><ending number="${number}" type="stop"/>${back ? '<repeat direction="backward"/>' : ""}</barline>`;
    const [left1, right1] = ending(1, true).split("|") as [string, string];
    const [left2, right2] = ending(2, false).split("|") as [string, string];
    const played = writtenOut(
      readMusicXml(
        xml(
          `${bar("C")}${bar("D")}<measure number="3">${left1}${note("E", 4, 2)}${right1}</measure><measure number="4">${left2}${note("F", 4, 2)}${right2}</measure>${bar("G")}`,
        ),
      ),
    );
    expect(played.notes.map((one) => "C D EF G A B".replaceAll(" ", "")[[0, 200, 400, 500, 700].indexOf(one.cents - 6000)]).join("")).toBe("CDECDFG");
  });
  test("our own scores come back: times, cents and bars", () => {
    const heard = heardFromText("2+3/8 pulse=0.25 tonic=5500 | d0 d2 d3+u0 d5 d7 | d7 d5 d3 d2 d0+u0 | d0 . d3 d5 d7");
    const played = writtenOut(readMusicXml(strToU8(writeMusicXml(transcribe(heard).score))));
    const cents = heard.notes.filter((one) => one.cents !== null).map((one) => one.cents);
    expect(played.notes.map((one) => one.cents).sort()).toEqual(cents.sort());
    const start = played.notes[0]?.at ?? 0;
    const first = heard.notes[0]?.onset ?? 0;
    for (const one of heard.notes) expect(Math.min(...played.notes.map((other) => Math.abs(other.at - start - (one.onset - first))))).toBeLessThan(0.02);
    expect(meters(played).filter((meter) => meter === "2+3").length).toBeGreaterThanOrEqual(3);
  });
  test("a compressed score is opened", () => {
    const inner = xml(`<measure number="1">${note("A", 4, 1)}</measure>`);
    const container = strToU8('<container><rootfiles><rootfile full-path="in/score.xml"/></rootfiles></container>');
    expect(writtenOut(readMusicXml(zipSync({ "META-INF/container.xml": container, "in/score.xml": inner }))).notes[0]?.cents).toBe(6900);
  });
  test("what is broken says where; entities are not expanded", () => {
    const fails = (bytes: Uint8Array): Complaint => {
      try {
        writtenOut(readMusicXml(bytes));
      } catch (error) {
        expect(error).toBeInstanceOf(Complaint);
        return error as Complaint;
      }
      throw new Error("was read");
    };
    expect(fails(strToU8("<score-partwise>"))).toMatchObject({ kind: "unreadable", code: "musicxml.syntax", params: { line: 1 } });
    expect(fails(strToU8("<score-timewise/>")).code).toBe("score.empty");
    expect(fails(xml('<measure number="7"><attributes><time><beats>0</beats><beat-type>4</beat-type></time></attributes></measure>'))).toMatchObject({
      code: "musicxml.meter",
      params: { measure: "7", meter: "0/4" },
    });
    expect(fails(xml('<measure number="1"></measure>')).code).toBe("score.empty");
    const bomb = strToU8(
      '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><score-partwise><part id="P"><measure><note>&b;</note></measure></part></score-partwise>',
    );
    expect(fails(bomb)).toBeInstanceOf(Complaint);
  });
  test("damaged scores are read or refused, never worse", () => {
    const whole = writeMusicXml(transcribe(heardFromText("3+2/8 pulse=0.2 | d0 d2 d3+u0 d5 . | d7 d5 d3 d2 d0")).score);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(whole.length - 1), fc.constantFrom("<", ">", "-", "9", "0", "/", "x", "")), { minLength: 1, maxLength: 4 }),
        (edits) => {
          const text = [...whole];
          for (const [at, by] of edits) text[at] = by;
          try {
            const played = writtenOut(readMusicXml(strToU8(text.join(""))));
            for (const one of played.notes) expect(Number.isFinite(one.at + one.length + one.cents)).toBe(true);
          } catch (error) {
            expect(error).toBeInstanceOf(Complaint);
          }
        },
      ),
      { numRuns: 150 },
    );
  });
});

describe("ABC", () => {
  test("notes, repeats, changing meters", async () => {
    const played = writtenOut(readAbc("X:1\nT:Test\nC:folk\nM:5/8\nL:1/8\nQ:1/8=120\nK:D\n|: DEF GA | [M:2/4] d2 c2 :|\n"));
    expect(played.notes.map((one) => one.cents / 100)).toEqual([62, 64, 66, 67, 69, 74, 73, 62, 64, 66, 67, 69, 74, 73]);
    expect(meters(played)).toEqual(["2+3", "1+1", "2+3", "1+1"]);
    expect(played.bars.map((bar) => bar.at.toFixed(2))).toEqual(["0.00", "2.50", "4.50", "7.00"]);
  });
  test("what is no tune is refused", async () => {
    for (const text of ["", "X:1\nK:C\n", "%%%%", "X:1\nM:0/0\nK:C\nabc|"]) {
      try {
        const played = writtenOut(readAbc(text));
        expect(played.notes.length).toBeGreaterThan(0);
      } catch (error) {
        expect(error).toBeInstanceOf(Complaint);
      }
    }
  });
});
