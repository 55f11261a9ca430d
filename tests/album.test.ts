import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { SAMPLE_RATE, sin } from "@kuishi/base";
import { expect, test } from "vitest";
import { kuishi, scratch } from "./cli.ts";
import { wav } from "./wav.ts";

test("an album: pieces keep half of their difference, at most 2 LU, and none passes -1 dBTP", () => {
  using folder = scratch();
  const piece = (gain: number): Buffer => wav([Float32Array.from({ length: 6 * SAMPLE_RATE }, (_, i) => gain * sin(i * 0.06) * (0.6 + 0.4 * sin(i / 9000)))]);
  const names = ["soft", "middle", "loud"];
  [0.02, 0.1, 0.14].forEach((gain, i) => {
    writeFileSync(join(folder.path, `${names[i]}.wav`), piece(gain));
  });
  const out = join(folder.path, "album");
  expect(kuishi(["album", ...names.map((name) => join(folder.path, `${name}.wav`)), "--out", out])).toMatchObject({ code: 0, err: "" });
  const { tracks } = JSON.parse(readFileSync(join(out, "album.json"), "utf8"));
  expect(tracks.map((track: { name: string }) => track.name)).toEqual(["01_soft.wav", "02_middle.wav", "03_loud.wav"]);
  const levels = tracks.map((track: { lufs: number }) => track.lufs);
  expect(levels[1]).toBeCloseTo(-14, 0);
  expect(levels[0]).toBeGreaterThan(-16.3);
  expect(levels[0]).toBeLessThan(levels[1] - 1);
  expect(levels[2]).toBeGreaterThan(levels[1] + 0.5);
  for (const track of tracks) expect(track.dbtp).toBeLessThan(-1);
  expect(kuishi(["album", join(folder.path, "nothing.wav"), "--out", join(folder.path, "x")]).code).toBe(3);
  expect(kuishi(["album", "--out", join(folder.path, "x")]).code).toBe(2);
});
