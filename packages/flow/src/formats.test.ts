import { Complaint } from "@kuishi/base";
import { choicesOf } from "@kuishi/blend";
import { emptySong, openBundle, packBundle } from "@kuishi/project";
import { heardFromText, playOut } from "@kuishi/score";
import { describe, expect, test } from "vitest";
import { convertible, convertText } from "./formats.ts";
import { readScore } from "./scores.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = async (name: string, content: Uint8Array, to: string): Promise<string> => new TextDecoder().decode(await convertText(name, content, to));
const ABC = "X:1\nT:Елім-ай\nM:(3+2+2)/8\nL:1/8\nQ:1/8=200\nK:Ddor\n|: D2 E FG A2 | A2 G FE D2 :|\n";
const notes = (name: string, content: Uint8Array): string[] =>
  playOut(readScore(name, content), { asWritten: true })
    .parts.flatMap((part) => part.notes)
    .map((note) => `${Math.round(note.at * 50)} ${Math.round(note.length * 20)} ${Math.round(note.cents)}`)
    .sort();

describe("a written tune", () => {
  test.each(["musicxml", "mxl", "mid", "abc"])("goes into %s and is the same there", async (format) => {
    expect(notes(`b.${format}`, await convertText("a.abc", bytes(ABC), `b.${format}`))).toEqual(notes("a.abc", bytes(ABC)));
  });
});
test("MIDI into MIDI loses nothing, drums neither; what is none is refused", async () => {
  // a kick alone, on channel 10
  const head = [0x4d, 0x54, 0x68, 0x64, 0, 0, 0, 6, 0, 0, 0, 1, 1, 0xe0];
  const track = [0, 0x99, 36, 100, 0x60, 0x89, 36, 0, 0, 0xff, 0x2f, 0];
  const file = Uint8Array.from([...head, 0x4d, 0x54, 0x72, 0x6b, 0, 0, 0, track.length, ...track]);
  expect(await convertText("a.mid", file, "b.midi")).toEqual(file);
  await expect(convertText("a.mid", file.subarray(0, 10), "b.mid")).rejects.toThrow(Complaint);
});
test("a scale is written one way; words with chords lose them as plain text", async () => {
  const scl = "! a.scl\n!\nA scale\n 3\n!\n 9/8\n 3/2\n 2/1\n";
  expect(await text("a.scl", bytes(scl), "b.scl")).toMatch(/^! .*\n[\s\S]*\n 3\n/);
  expect(await text("a.chopro", bytes("{title: Ән}\n[Am]Көк ту\n"), "b.txt")).toContain("Көк ту");
  expect(await text("a.chopro", bytes("{title: Ән}\n[Am]Көк ту\n"), "b.txt")).not.toContain("[Am]");
});
describe("a project", () => {
  const heard = heardFromText("2+2/8 pulse=0.25 tonic=5500 | d0 d2 d3 d5 | d7 d5 d3 d2 | d0 d2 d3 d0");
  const song = { ...emptySong, choices: choicesOf("lo-fi", 1), lyrics: "{title: Ән}\n[Am]Көк ту" };
  const pack = (of: typeof heard | null): Uint8Array => packBundle({ ...openBundle(packBundle({ records: [song], heard: of, files: new Map() })) });
  test("gives its tune, its tuning, its words and itself", async () => {
    expect(notes("a.mid", await convertText("p.kuishi", pack(heard), "a.mid")).length).toBe(12);
    expect(await text("p.kuishi", pack(heard), "a.scl")).toContain("1/1 at 5500");
    expect(await text("p.kuishi", pack(heard), "a.cho")).toContain("[Am]Көк ту");
    expect(openBundle(await convertText("p.kuishi", pack(heard), "q.kuishi")).heard?.notes.length).toBe(12);
  });
  test("of which nothing was heard has no tune to give", async () => {
    await expect(convertText("p.kuishi", pack(null), "a.mid")).rejects.toMatchObject({ code: "project.unheard" });
  });
});
test("what does not go together is refused", async () => {
  expect(convertible("a.wav")).toEqual([]);
  for (const [from, to] of [
    ["a.scl", "b.mid"],
    ["a.abc", "b.scl"],
    ["a.wav", "b.mid"],
  ] as const)
    await expect(convertText(from, bytes(ABC), to), `${from} to ${to}`).rejects.toThrow(Complaint);
});
