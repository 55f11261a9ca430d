import { Complaint } from "@kuishi/base";
import { strToU8, zipSync } from "fflate";
import { describe, expect, test } from "vitest";
import { abcBook, readAbc, readMidiFile, readMidiScore, readMusicXml, type Score, scoreText, writeAbc, writeMusicXml, writeScoreMidi } from "./index.ts";
import { writtenOut } from "./testing.ts";

/** Seconds of this process's own work; what else runs on the machine does not count. */
async function cpu(work: () => unknown): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}
async function complaint(work: () => unknown): Promise<Complaint> {
  try {
    await work();
  } catch (error) {
    if (error instanceof Complaint) return error;
    throw error;
  }
  throw new Error("was read");
}
const latin1 = (text: string): Uint8Array => Uint8Array.from(text, (char) => char.charCodeAt(0));
const tune = (music: string, head = "M:2/4\nL:1/8\nQ:1/4=100\n"): string => `X:1\nT:t\n${head}K:C\n${music}\n`;

/** Whatever it does, it ends, and complains in our words. */
const readOrRefused = (read: () => unknown): void => {
  try {
    read();
  } catch (error) {
    expect(error).toBeInstanceOf(Complaint);
  }
};

describe("ABC", () => {
  test.each([
    ["a length beyond all numbers", tune("|:DEFA d2|A999999999999999999999 D4|]"), 7],
    ["a length of 2^32", tune("|:DEFA d4294967296|A2|]"), 7],
    ["a unit that is none", tune("abc|", "M:2/4\nL:null/8\n"), 4],
    ["a meter over nothing", tune("DEFA d2|A2 G>F E2|", "M:2/00\nQ:\nL:1/8\n"), 3],
    ["half a meter", tune("DEFA d2|", "M:(6\n"), 3],
    ["a unit of a million whole notes", tune("abc|", "L:99999999/1\n"), 3],
    ["a chain of dots", tune(`A${">".repeat(3000)}B|`), 6],
    ["overlays without end", tune("A&".repeat(3000)), 6],
    ["endings by the million", tune("|:A|[1-99999999 A:|B|"), 6],
    ["a tempo nobody plays", tune("ABC|", "Q:1/4=99999999\n"), 3],
  ])("%s is refused with its line, at once", async (_what, text, line) => {
    let found: Complaint | undefined;
    expect(await cpu(async () => (found = await complaint(() => writtenOut(readAbc(text)))))).toBeLessThan(2);
    expect(found).toMatchObject({ code: "abc.line" });
    expect(found?.params["line"]).toBeGreaterThanOrEqual(line - 1);
  });
  test.each(["-", "- ", "{", "}", "{}", "=", "^", "_2 ", "#", "]", "|:", ":|-", "[", "=2 "])("a line of nothing but “%s” is read at once", async (one) => {
    const text = tune(`ABc|\nA${one.repeat(3000 / one.length)}}]|B|`);
    expect(await cpu(() => readOrRefused(() => writtenOut(readAbc(text))))).toBeLessThan(3);
  });
  test.each(['"Am', "!trill", "[V:2", "{cd", "(3ab", "[CE"])("what is not closed (%s) takes no note before it away", async (open) => {
    const read = writtenOut(readAbc(tune(`ABc d|${open} E F|`)));
    expect(read.notes.slice(0, 4).map((note) => note.cents)).toEqual([6900, 7100, 7200, 7400]);
  });
  test("what is written can be read again, though it is long; what is longer is refused when it is written", async () => {
    // two voices of quarter tones in bars of 4+3+1 sixteenths
    const long = (count: number): Score => {
      const voice = (voice: string, cents: (k: number) => number) => (k: number, at: number) => ({
        kind: "chord" as const,
        at: [at, 16] as const,
        length: [1, 16] as const,
        voice,
        notes: [{ sound: { kind: "pitch" as const, step: "C" as const, alter: cents(k), octave: 4 } }],
      });
      const voices = [voice("1", (k) => 50 * (k % 5)), voice("2", () => -200)];
      const bars = Array.from({ length: count >> 4 }, (_, b) => b);
      return {
        title: "t",
        creators: [],
        rights: [],
        groups: [],
        bars: bars.map((b) => ({
          number: String(b + 1),
          length: [1, 2] as const,
          ...(b === 0 ? { time: [{ meters: [{ groups: [4, 3, 1], unit: 16 }] }] } : {}),
        })),
        parts: [
          {
            id: "P1",
            name: "x",
            instruments: [],
            bars: bars.map((b) => ({ items: voices.flatMap((one) => Array.from({ length: 8 }, (_, k) => one(8 * b + k, k))) })),
          },
        ],
      };
    };
    const { text } = writeAbc(long(40_000));
    expect(writtenOut(readAbc(text)).notes.length).toBe(40_000);
    expect(Math.max(...text.split("\n").map((line) => line.length))).toBeLessThan(1000);
    expect(await complaint(() => writeAbc(long(70_000)))).toMatchObject({ code: "abc.notes", params: { most: 60_000 } });
  });
  test("more notes than a tune has are refused, trills cost nothing", async () => {
    expect(await complaint(() => writtenOut(readAbc(tune(`${"ABCDEFGA|".repeat(400)}\n`.repeat(20)))))).toMatchObject({ code: "abc.notes" });
    const read = writtenOut(readAbc(tune("!trill!A9 TA9 ~A {c}B|")));
    expect(read.notes.filter((note) => note.cents === 6900).length).toBe(3);
  });
  test("the library's own messages are neither shown nor printed", async () => {
    const { log } = console;
    const printed: unknown[] = [];
    console.log = (...words) => void printed.push(words);
    try {
      await writtenOut(readAbc(tune("%%MIDI control 7 100\n%%MIDI drum dd 76 77\n%%MIDI gchord fzcz\n[I:MIDI control 7 90]ABC|")));
    } finally {
      console.log = log;
    }
    expect(printed).toEqual([]);
    const told = readAbc("X:1\nT:a\nC:Thomas $7Fats$0 Waller\n%%setfont-7 Times 12\nK:C\nABC|\n");
    expect(told.creators[0]?.name).toContain("Fats");
    expect(writeMusicXml(told)).toContain("Fats");
  });
  test("chord symbols are no notes; without a tempo of its own a tune has 120 quarters a minute", async () => {
    const read = await writtenOut(readAbc('X:1\nM:6/8\nL:1/8\nK:G\n"G"GAB "D"cBA|"G"G3 G3|\n'));
    expect(read.notes.length).toBe(8);
    expect(new Set(read.notes.map((note) => note.part)).size).toBe(1);
    expect(read.notes[1]!.at - read.notes[0]!.at).toBeCloseTo(0.25, 6);
  });
  test("a book's tunes stand apart, with what is said before them", async () => {
    const book = abcBook("%%header\nL:1/4\n\nX:1\nT:One\nK:C\nCDE|\n\nremark\n\nX:5\nT:Two\nL:1/8\nK:C\nGAB|\n");
    expect(book.map(({ title }) => title)).toEqual(["One", "Two"]);
    const [one, two] = await Promise.all(book.map(({ text }) => writtenOut(readAbc(text))));
    expect(one!.notes.map((note) => note.cents)).toEqual([6000, 6200, 6400]);
    expect(two!.notes.map((note) => note.cents)).toEqual([6700, 6900, 7100]);
    expect(two!.notes[1]!.at).toBeCloseTo(0.25, 6);
    const many = "X:1\nT:a\nK:C\nABC|\n\n".repeat(5000);
    expect(await cpu(() => writtenOut(readAbc(many)))).toBeLessThan(2);
  });
});

describe("MIDI", () => {
  const quantity = (value: number): number[] => {
    const bytes = [value & 127];
    for (let rest = value >>> 7; rest > 0; rest >>>= 7) bytes.unshift((rest & 127) | 128);
    return bytes;
  };
  const u32 = (value: number): number[] => [value >>> 24, (value >> 16) & 255, (value >> 8) & 255, value & 255];
  const track = (...events: readonly (readonly [number, readonly number[]])[]): number[] => {
    const data = [...events, [0, [0xff, 0x2f, 0]] as const].flatMap(([delta, bytes]) => [...quantity(delta), ...bytes]);
    return [0x4d, 0x54, 0x72, 0x6b, ...u32(data.length), ...data];
  };
  const file = (ppq: number, ...tracks: readonly number[][]): Uint8Array =>
    Uint8Array.from([0x4d, 0x54, 0x68, 0x64, ...u32(6), 0, 1, 0, tracks.length, ppq >> 8, ppq & 255, ...tracks.flat()]);

  test("a note after months of silence is refused; an end of track there is not", async () => {
    const far: [number, number[]] = [0x0fffffff, [0x90, 60, 100]];
    expect(await complaint(() => readMidiFile(file(1, track([0, [0x90, 62, 100]], [10, [0x80, 62, 0]], far))))).toMatchObject({ code: "score.huge" });
    const ends = readMidiFile(file(1, track([0, [0x90, 62, 100]], [10, [0x80, 62, 0]], [0x0fffffff, [0xff, 1, 0]])));
    expect(ends.seconds).toBeLessThan(10);
  });
  test.each([
    ["a chunk of negative length", Uint8Array.from([...file(480, track()).slice(0, 18), 0xff, 0xff, 0xff, 0xff, 0, 0x90, 60, 100])],
    ["a length of five bytes, which leads back", file(480, track([0, [0xff, 1, 0xff, 0xff, 0xff, 0xff, 0x70]]))],
    ["a system message of that length", file(480, track([0, [0xf0, 0xff, 0xff, 0xff, 0xff, 0xff]]))],
  ])("%s is refused at once", async (_what, bytes) => {
    expect(await cpu(async () => expect(await complaint(() => readMidiFile(bytes))).toMatchObject({ code: "midi.broken" }))).toBeLessThan(1);
  });
  test("tempos of nothing and cut files are written without a fault", () => {
    const still = file(960, track([0, [0xff, 0x51, 3, 0, 0, 0]], [0, [0x90, 60, 90]], [960 * 8, [0x80, 60, 0]]));
    const whole = file(96, track([0, [0xff, 0x51, 3, 7, 0, 0]], [0, [0x91, 50, 48]], [320, [0x81, 50, 0]], [0, [0x92, 53, 48]], [320, [0x82, 53, 0]]));
    for (const bytes of [still, ...Array.from({ length: whole.length - 14 }, (_, k) => whole.subarray(0, 14 + k))]) {
      let score: Score;
      try {
        score = readMidiScore(bytes);
      } catch (error) {
        expect(error).toBeInstanceOf(Complaint);
        continue;
      }
      for (const text of [writeMusicXml(score), writeAbc(score).text]) expect(text).not.toMatch(/NaN|undefined|Infinity/);
      expect(readMidiFile(writeScoreMidi(score)).tracks.length).toBeGreaterThan(0);
    }
  });
  test("two tracks on one channel do not cut each other's notes; a note of no length is kept as a short one", () => {
    const { tracks } = readMidiFile(
      file(
        480,
        track([0, [0x90, 60, 100]], [960, [0x80, 60, 0]]),
        track([240, [0x90, 60, 100]], [240, [0x80, 60, 0]], [0, [0x90, 64, 90]], [0, [0x80, 64, 0]]),
      ),
    );
    const lengths = tracks.flatMap((one) => one.notes.map((note) => [note.cents, Math.round(note.length * 1000)]));
    expect(lengths).toEqual([
      [6000, 1000],
      [6000, 250],
      [6400, 10],
    ]);
    const split = readMidiFile(file(480, track([0, [0x90, 60, 100]]), track([480, [0x80, 60, 0]])));
    expect(split.tracks[0]!.notes[0]!.length).toBeCloseTo(0.5, 9);
  });
});

describe("MusicXML", () => {
  const score = (inside: string, head = '<?xml version="1.0"?>'): string =>
    `${head}<score-partwise><part-list><score-part id="P"><part-name>Көroğlu</part-name></score-part></part-list><part id="P">${inside}</part></score-partwise>`;
  const note = (duration: string): string => `<note><pitch><step>C</step><octave>4</octave></pitch><duration>${duration}</duration></note>`;

  test("a document type that never ends costs no more than its length", async () => {
    const text = "<!DOCTYPE a".repeat(40_000);
    expect(await cpu(async () => expect(await complaint(() => writtenOut(readMusicXml(strToU8(text))))).toBeInstanceOf(Complaint))).toBeLessThan(1);
    const quoted = score(`<measure>${note("1")}</measure>`, '<?xml version="1.0"?><!DOCTYPE score-partwise PUBLIC "a>b" "c" [<!ENTITY x "]>">]>');
    expect(writtenOut(readMusicXml(strToU8(quoted))).notes.length).toBe(1);
  });
  test("elements in elements in elements, a thousand parts, a note of a year: refused", async () => {
    for (const text of [
      score(`<measure>${"<a>".repeat(50_000)}${"</a>".repeat(50_000)}</measure>`),
      score(`<measure>${note("1e9")}</measure>`),
      score(`<measure><note><pitch><step>C</step><octave>99999</octave></pitch><duration>1</duration></note></measure>`),
      `<score-partwise>${`<part id="P"><measure>${note("1")}</measure></part>`.repeat(1000)}</score-partwise>`,
    ])
      expect((await complaint(() => writtenOut(readMusicXml(strToU8(text))))).kind).toBe("unreadable");
  });
  test("what is wrong is told by its line, in none of the parser's words", async () => {
    const found = await complaint(() => writtenOut(readMusicXml(strToU8(score("<measure>\n\n<a>&nothing;</a></measure>")))));
    expect(found).toMatchObject({ code: "musicxml.syntax", params: { line: 3 } });
    expect(found.message).not.toMatch(/entity|Reporting|Complaint:/);
  });
  test("a meter of 64ths is read", () => {
    const read = readMusicXml(
      strToU8(score(`<measure><attributes><divisions>16</divisions><time><beats>2</beats><beat-type>64</beat-type></time></attributes>${note("2")}</measure>`)),
    );
    expect(read.bars[0]?.time?.[0]?.meters[0]).toMatchObject({ unit: 64 });
    expect(writtenOut(readMusicXml(strToU8(writeMusicXml(read)))).notes.length).toBe(1);
  });
  test("a compressed score that promises little and holds much is refused by what it holds", async () => {
    const zip = zipSync({ "a.musicxml": new Uint8Array(80 * 1024 * 1024) });
    // both places that tell the unpacked size
    const view = new DataView(zip.buffer);
    for (let at = 0; at + 30 < zip.length; at++) {
      if (view.getUint32(at, true) === 0x04034b50) view.setUint32(at + 22, 100, true);
      if (view.getUint32(at, true) === 0x02014b50) view.setUint32(at + 24, 100, true);
    }
    expect(await cpu(async () => expect((await complaint(() => writtenOut(readMusicXml(zip)))).code).toBe("musicxml.zip"))).toBeLessThan(2);
  });
  test("an encoding that is named is used", () => {
    const bytes = latin1(score(`<measure>${note("1")}</measure>`, '<?xml version="1.0" encoding="ISO-8859-1"?>').replace("Көroğlu", "K\u00f6rfez"));
    expect(writtenOut(readMusicXml(bytes)).notes[0]!.part).toBe("K\u00f6rfez");
  });
});

test("text of scores: what is no UTF-8 is Latin-1", () => {
  expect(scoreText(latin1("T:K\u00f6ro\u011flu".replace("\u011f", "g")))).toBe("T:K\u00f6roglu");
  expect(scoreText(strToU8("T:Көроғлу"))).toBe("T:Көроғлу");
  expect(scoreText(latin1('<?xml version="1.0" encoding="nonsense"?><a>\u00e9</a>'))).toContain("\u00e9");
});
