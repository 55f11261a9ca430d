import { silent } from "@kuishi/base";
import { kernelModule } from "@kuishi/signal/node";
import { expect, test } from "vitest";
import { type Host, openScore } from "./index.ts";

const host: Host = { kernels: kernelModule(), clock: () => 0 };
const opened = (abc: string, options: { instrument?: string; parts?: string[] } = {}) =>
  openScore(host, "t.abc", new TextEncoder().encode(abc), { seed: 1, ...options }, silent);
const sounds = (sound: readonly Float32Array[], from: number, to: number): boolean =>
  sound[0]!.subarray(from * 48_000, to * 48_000).some((value) => Math.abs(value) > 0.05);

const SONG =
  "X:1\nT:Ән\nM:4/4\nL:1/4\nQ:1/4=120\nK:C\nV:1 name=Violin\nz2 | z4 | z4 |\nV:2 name=Voice\nG A | cdef | gfed |\nw:ә-ке-жан ай ә-ке-жан ай\nV:3 name=Piano\n[C,E,] | [C,E,G,]4 | [G,B,D]4 |\n";

test("a song's own parts sound, the one with words is the tune at its own pitch, its bars are the score's", async () => {
  const { heard, recording, written } = await opened(SONG);
  expect(heard.instrument).toBe("voice");
  expect(heard.notes.map((note) => note.cents! / 100)).toEqual([67, 69, 72, 74, 76, 77, 79, 77, 76, 74]);
  expect(heard.tuning.strings).toEqual([]);
  // the pickup is no whole bar
  expect(heard.downbeats.map((at) => at.toFixed(2))).toEqual(["0.25", "1.25", "3.25"]);
  expect(written!.tracks.map((track) => track.name)).toEqual(["Voice", "Piano"]);
  expect(written!.score.parts).toHaveLength(3);
  expect(sounds(recording.channels, 0.3, 5)).toBe(true);
});
test("parts are chosen; the others are silent", async () => {
  const { written, heard } = await opened(SONG, { parts: ["piano"] });
  expect(written!.tracks.map((track) => track.name)).toEqual(["Piano"]);
  expect(heard.notes[0]!.cents).toBe(5200);
  await expect(opened(SONG, { parts: ["tuba"] })).rejects.toMatchObject({ code: "score.nopart" });
});
test("where nothing names an instrument the dombra plays, on its strings", async () => {
  const { heard } = await opened("X:1\nM:2/4\nL:1/8\nK:Dm\nDFAG | FED2 | [GD]4 |\n");
  expect(heard.instrument).toBe("dombra");
  expect(heard.notes.every((note) => note.string !== null)).toBe(true);
  expect(heard.strokes.at(-1)!.noteIds).toHaveLength(2);
});
test("who is asked to play the tune plays it where he can reach it", async () => {
  const { heard } = await opened("X:1\nM:2/4\nL:1/8\nK:C\nc'd'e'd' | c'g'c'2 |\n", { instrument: "dombra" });
  expect(heard.notes.map((note) => note.cents! % 1200)).toEqual([0, 200, 400, 200, 0, 700, 0]);
  expect(heard.notes.every((note) => note.fret !== null && note.fret <= 19)).toBe(true);
});
