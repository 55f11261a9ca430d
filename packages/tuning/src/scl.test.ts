import { Complaint } from "@kuishi/base";
import fc from "fast-check";
import { expect, test } from "vitest";
import { readKbm, readScl, scaleText, writeKbm, writeScl } from "./scl.ts";
import { degreeCents, fold, nearestDegree } from "./tuning.ts";

const complaint = (work: () => unknown): Complaint => {
  try {
    work();
  } catch (error) {
    if (error instanceof Complaint) return error;
  }
  throw new Error("no complaint");
};

test("a Scala file with comments, ratios, cents and trailing words", () => {
  const scale = readScl("! old.scl\r\n!\r\nJust & tempered\r\n 4\r\n!\r\n 9/8 second\r\n 386.314 cents\r\n! a comment\r\n 3/2\r\n 2\r\n");
  expect(scale.name).toBe("Just & tempered");
  expect(scale.degrees.map((cents) => Math.round(cents * 100) / 100)).toEqual([0, 203.91, 386.31, 701.96]);
  expect(scale.period).toBeCloseTo(1200, 9);
});
test("a file that is read and written keeps its ratios, its remarks and its comments", () => {
  const file = "! old.scl\n!\nJust & tempered\n! how many\n 5\n!\n 9/8 second\n 2957/2048!Gb\n! a comment\n 386.3137138 cents\n 697//441\n 2\n";
  const scale = readScl(file);
  expect(writeScl(scale)).toBe(file);
  expect(scale.degrees[2]).toBeCloseTo(635.90223, 4);
  expect(scale.degrees[4]).toBeCloseTo(792.456, 4);
  expect(writeScl(readScl("x\n0\n"))).toBe("x\n 0\n");
  const large = readScl(`x\n2\n${"9".repeat(140)}/${"8".repeat(140)}\n2/1\n`);
  expect(large.degrees.every(Number.isFinite)).toBe(true);
  expect(complaint(() => readScl(`x\n1\n1${"0".repeat(400)}/7\n`))).toMatchObject({ code: "scl.pitch", params: { line: 3 } });
});
test("remarks between empty lines and behind the last pitch are kept", () => {
  const file = "! head\n\n! how many\n 2\n! one\n\n! two\n 3/2\n 2/1\n! behind\n";
  expect(writeScl(readScl(file))).toBe("! head\n\n! how many\n 2\n! one\n! two\n 3/2\n 2/1\n! behind\n");
});
test("Latin-1 names are read", () => {
  expect(readScl(scaleText(Uint8Array.from([..."M\u00e9diane\n1\n2/1\n"].map((c) => c.charCodeAt(0))))).name).toBe("Médiane");
});
test("complaints name the line", () => {
  expect(complaint(() => readScl("x\n2\n!\n9/8\noctave\n"))).toMatchObject({ code: "scl.pitch", params: { line: 5 } });
  expect(complaint(() => readScl("x\nseven\n"))).toMatchObject({ code: "scl.count", params: { line: 2 } });
  expect(complaint(() => readScl("x\n3\n2/1\n"))).toMatchObject({ code: "scl.missing" });
  expect(complaint(() => readScl("x\n1\n0/1\n"))).toMatchObject({ code: "scl.ratio" });
  expect(complaint(() => readScl(""))).toMatchObject({ kind: "unreadable" });
  expect(complaint(() => readKbm("12\n0\n127\n60\n69\nfour\n12\n"))).toMatchObject({ code: "kbm.number", params: { line: 6 } });
});
test("what is written is read back", () => {
  const cents = fc.double({ min: 1, max: 2400, noNaN: true });
  fc.assert(
    fc.property(fc.array(cents, { minLength: 1, maxLength: 40 }), (rows) => {
      const scale = { name: "t", degrees: [0, ...rows.slice(0, -1)], period: rows.at(-1)! };
      const back = readScl(writeScl(scale, "made by a test"));
      expect(back.degrees.length).toBe(scale.degrees.length);
      back.degrees.forEach((degree, i) => expect(degree).toBeCloseTo(scale.degrees[i]!, 9));
      expect(back.period).toBeCloseTo(scale.period, 9);
    }),
  );
  const map = { first: 0, last: 127, middle: 60, referenceKey: 69, referenceHertz: 440, octaveDegree: 12, degrees: [0, 1, null, 3] };
  expect(readKbm(writeKbm(map))).toMatchObject(map);
});
test("random text never throws anything but a complaint", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 300 }), (text) => {
      for (const read of [readScl, readKbm]) {
        try {
          read(text);
        } catch (error) {
          expect(error).toBeInstanceOf(Complaint);
        }
      }
    }),
  );
});
test("degrees go on in both directions, and the nearest is found", () => {
  const scale = { name: "p", degrees: [0, 200, 500, 700], period: 1200 };
  expect(degreeCents(scale, 5500, -1)).toBe(5000);
  expect(degreeCents(scale, 5500, 4)).toBe(6700);
  expect(nearestDegree(scale, 5500, 6010)).toBe(6000);
  expect(nearestDegree(scale, 5500, 5480)).toBe(5500);
  expect(fold(5400, 5500)).toBe(1100);
});

test("a keyboard mapping keeps its remarks, wherever they stand", () => {
  const text = "! Домбыра\n! map of seven\n7 notes\n! keys\n0\n127\n60 ! middle C\n69\n440.0 hertz\n7\n0\nx\n1\n! gap\nx\n2\n3\n4\n! behind the last\n";
  expect(writeKbm(readKbm(text))).toBe(text);
  expect(readKbm(text)).toMatchObject({ middle: 60, referenceHertz: 440, degrees: [0, null, 1, null, 2, 3, 4] });
  const { rows: _rows, comments: _comments, ...bare } = readKbm(text);
  expect(readKbm(writeKbm(bare))).toMatchObject(bare);
});
