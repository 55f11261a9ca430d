import { Complaint } from "@kuishi/base";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readAbc } from "./abc-in.ts";
import { readChordPro, readMidiFile, readMusicXml, type Sheet, sheetToAbc, sheetToMidi, sheetToMusicXml, writeChordPro, writeMxl } from "./index.ts";

/** A tune in bars of changing groups; notes on eighths of a pulse, of any pitch, two parts. */
const anySheet: fc.Arbitrary<Sheet> = fc
  .record({
    bars: fc.array(fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 6 }),
    pulse: fc.double({ min: 0.12, max: 0.5, noNaN: true }),
    raw: fc.array(fc.record({ at: fc.nat(400), length: fc.integer({ min: 2, max: 40 }), quarter: fc.integer({ min: 90, max: 160 }), part: fc.nat(1) }), {
      minLength: 1,
      maxLength: 40,
    }),
  })
  .map(({ bars, pulse, raw }): Sheet => {
    let at = 0;
    const placed = bars.map((groups) => {
      const bar = { at, groups, unit: 8 };
      at += groups.reduce((sum, group) => sum + group, 0) * pulse;
      return bar;
    });
    const total = Math.round((at / pulse) * 8);
    const taken = new Set<string>();
    const notes = raw.flatMap((one) => {
      const start = one.at % total;
      const length = Math.min(one.length, total - start);
      // the same pitch twice at once in one part is one note on paper
      const key = `${one.part}/${one.quarter}`;
      if (taken.has(key) || length < 1) return [];
      taken.add(key);
      return [{ at: (start / 8) * pulse, length: (length / 8) * pulse, cents: one.quarter * 50, velocity: 0.7, part: `part ${one.part}` }];
    });
    return { title: "Сынақ", composer: "халық", notes: notes.sort((a, b) => a.at - b.at || a.cents - b.cents), bars: placed, seconds: at };
  })
  .filter((sheet) => sheet.notes.length > 0);

interface Plain {
  readonly at: number;
  readonly length: number;
  readonly cents: number;
}
function alike(found: readonly Plain[], wanted: readonly Plain[], cents: number): void {
  const sorted = (notes: readonly Plain[]): Plain[] => [...notes].sort((a, b) => Math.round((a.at - b.at) * 200) || a.cents - b.cents || a.length - b.length);
  expect(found).toHaveLength(wanted.length);
  const [a, b] = [sorted(found), sorted(wanted)];
  const shift = (a[0]?.at ?? 0) - (b[0]?.at ?? 0);
  a.forEach((note, i) => {
    const other = b[i] as Plain;
    expect(Math.abs(note.at - shift - other.at)).toBeLessThan(0.012);
    expect(Math.abs(note.length - other.length)).toBeLessThan(0.02);
    expect(Math.abs(note.cents - other.cents)).toBeLessThanOrEqual(cents);
  });
}

const spaced = ({ notes }: Sheet): boolean =>
  notes.every((a) =>
    notes.every((b) => a === b || a.part !== b.part || a.at + a.length < b.at + 1e-6 || b.at + b.length < a.at + 1e-6 || Math.abs(a.cents - b.cents) >= 250),
  );

describe("what is written is read again as it was", () => {
  test("MusicXML, plain and compressed, with every cent", () => {
    fc.assert(
      fc.property(anySheet, (sheet) => {
        const xml = sheetToMusicXml(sheet);
        const read = readMusicXml(new TextEncoder().encode(xml));
        alike(read.notes, sheet.notes, 1);
        expect(read.bars.map((bar) => bar.groups.reduce((sum, group) => sum + group, 0) / bar.unit)).toEqual(
          sheet.bars.map((bar) => bar.groups.reduce((sum, group) => sum + group, 0) / bar.unit),
        );
        expect(readMusicXml(writeMxl(xml)).notes).toEqual(read.notes);
      }),
      { numRuns: 60 },
    );
  });
  test("MIDI, each note on a channel of its own where it must be bent", () => {
    fc.assert(
      fc.property(anySheet, (sheet) => {
        const read = readMidiFile(sheetToMidi(sheet));
        alike(
          read.tracks.flatMap((track) => track.notes.map((note) => ({ ...note, cents: note.cents + (note.bend[0]?.[0] === 0 ? note.bend[0][1] : 0) }))),
          sheet.notes,
          2,
        );
      }),
      { numRuns: 60 },
    );
  });
  test("ABC, to the quarter tone", async () => {
    await fc.assert(
      // two notes on one line of the staff at once need two voices, which ABC ties by letter cannot tell apart
      fc.asyncProperty(anySheet.filter(spaced), async (sheet) => {
        const read = await readAbc(sheetToAbc(sheet));
        alike(read.notes, sheet.notes, 1);
      }),
      { numRuns: 40 },
    );
  });
});

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
describe("ChordPro", () => {
  test("is read and written again as it was", () => {
    const read = readChordPro(song);
    expect(writeChordPro(read)).toBe(song);
    expect(read.sections.map((section) => section.kind)).toEqual(["verse", "chorus", "chorus"]);
    expect(read.sections[0]?.lines[0]).toEqual({
      chunks: [
        { chord: "Am", text: "Көзімнің қара" },
        { chord: "E7", text: "сы," },
      ],
    });
  });
  test("short names, comments, tabs and blank lines are understood; unknown directives passed over", () => {
    const read = readChordPro(
      "# note\r\n{t:A}\r\n{st:B}\r\n{textfont: x}\r\n{define: C base-fret 1}\r\n\r\none [C]two\r\n\r\nthree\r\n{sot}\r\ne|--0[2]--\r\n{eot}\r\n",
    );
    expect(read.meta).toEqual([
      ["title", "A"],
      ["subtitle", "B"],
    ]);
    expect(read.sections.map((section) => [section.kind, section.lines.length])).toEqual([
      ["verse", 1],
      ["verse", 1],
      ["tab", 1],
    ]);
    expect(readChordPro(writeChordPro(read))).toEqual(read);
  });
  test("what cannot be read says in which line", () => {
    const complaint = (text: string): unknown => {
      try {
        readChordPro(text);
      } catch (error) {
        return error instanceof Complaint ? [error.code, error.params["line"]] : error;
      }
      return "read";
    };
    expect(complaint("{title: A}\n[Am open")).toEqual(["chordpro.bracket", 2]);
    expect(complaint("a\nb\n{title: A")).toEqual(["chordpro.directive", 3]);
    expect(complaint("\n\n")).toEqual(["chordpro.empty", undefined]);
  });
  test("whatever is thrown at it, it reads or complains", () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom("[", "]", "{", "}", ":", "Am", "сөз", " ", "\n", "soc", "eoc", "#", "chorus", "sot"), { maxLength: 60 }),
        (parts) => {
          try {
            const read = readChordPro(parts.join(""));
            // once written, it stays as it is
            const text = writeChordPro(read);
            if (text.trim() !== "") expect(writeChordPro(readChordPro(text))).toBe(text);
          } catch (error) {
            if (!(error instanceof Complaint)) throw error;
          }
        },
      ),
      { numRuns: 400 },
    );
  });
});
