import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { styles } from "@kuishi/blend";
import { heardSchema } from "@kuishi/score";
import { Ajv2020 } from "ajv/dist/2020.js";
import { unzipSync } from "fflate";
import { describe, expect, test } from "vitest";
import { example, kuishi, scratch } from "./cli.ts";
import { lacks, shared } from "./needs.ts";

const STYLES = ["ethno-house", "lo-fi", "orchestral-quart-quint"];

function files(folder: string): string[] {
  return (readdirSync(folder, { recursive: true }) as string[]).filter((name) => statSync(join(folder, name)).isFile()).sort();
}
/** Interleaved floats of a 32-bit float WAV. */
function floats(path: string): Float32Array {
  const bytes = readFileSync(path);
  const at = bytes.indexOf("data", 12) + 8;
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset + at, bytes.byteOffset + bytes.length));
}
/** Integrated loudness and true peak as ffmpeg reads them. */
function ebur128(path: string): { lufs: number; peak: number } {
  const text = execFileSync("sh", ["-c", `ffmpeg -hide_banner -nostats -i "${path}" -af ebur128=peak=true:framelog=verbose -f null - 2>&1`], {
    encoding: "utf8",
  });
  return { lufs: Number(/I:\s+(-?[\d.]+) LUFS/.exec(text)?.[1]), peak: Number(/Peak:\s+(-?[\d.]+) dBFS/.exec(text)?.[1]) };
}

function checkBlend(folder: string): void {
  const list = files(folder);
  for (const name of ["mix.wav", "premaster.wav", "score.musicxml", "score.mid", "tuning.scl", "project.kuishi", "report.json", "report.html", "timing.json"])
    expect(list).toContain(name);
  const report = JSON.parse(readFileSync(join(folder, "report.json"), "utf8"));
  // the stems sum to the premaster
  const sum = floats(join(folder, "premaster.wav"));
  const total = new Float64Array(sum.length);
  for (const stem of list.filter((name) => name.startsWith("stems/"))) {
    const x = floats(join(folder, stem));
    expect(x.length).toBe(sum.length);
    for (let i = 0; i < x.length; i++) total[i] = total[i]! + x[i]!;
  }
  let worst = 0;
  for (let i = 0; i < sum.length; i++) worst = Math.max(worst, Math.abs(total[i]! - sum[i]!));
  expect(20 * Math.log10(worst + 1e-12)).toBeLessThan(-110);
  // the accompaniment has its place, the recording leads
  expect(report.accompanimentLu).toBeGreaterThan(-8);
  expect(report.accompanimentLu).toBeLessThan(0);
  const level = new Map<string, number>(report.stems.map((stem: { id: string; integratedLufs: number | null }) => [stem.id, stem.integratedLufs ?? -99]));
  for (const melodic of ["pad", "strings", "bells", "dombra2", "guitar", "balaban"]) expect(level.get(melodic) ?? -99).toBeLessThan(level.get("recording")!);
  // as ffmpeg reads it
  const { lufs, peak } = ebur128(join(folder, "mix.wav"));
  expect(Math.abs(lufs + 14)).toBeLessThanOrEqual(0.3);
  expect(peak).toBeLessThanOrEqual(-1);
  expect(Object.keys(unzipSync(readFileSync(join(folder, "project.kuishi"))))).toContain("project.json");
  expect(readFileSync(join(folder, "report.html"), "utf8")).not.toMatch(/undefined|NaN|why\.|part\.|role\./);
}

describe.skipIf(lacks("ffmpeg"))("blend", () => {
  test.each([...styles.keys()])("the example in %s", (style) => {
    using folder = scratch();
    const run = kuishi(["blend", example, "--style", style, "--out", join(folder.path, "b")]);
    expect(run.err).toBe("");
    expect(run.code).toBe(0);
    checkBlend(join(folder.path, "b"));
  });
  test("two runs give the same bytes in every file but timing.json, and the project renders to the same again", () => {
    using folder = scratch();
    for (const name of ["a", "b"]) expect(kuishi(["blend", example, "--style", "synth-pop", "--seed", "5", "--out", join(folder.path, name)]).code).toBe(0);
    expect(files(join(folder.path, "a"))).toEqual(files(join(folder.path, "b")));
    for (const name of files(join(folder.path, "a"))) {
      if (name !== "timing.json") expect(readFileSync(join(folder.path, "a", name)).equals(readFileSync(join(folder.path, "b", name))), name).toBe(true);
    }
    expect(kuishi(["render", join(folder.path, "a", "project.kuishi"), "--out", join(folder.path, "c")]).code).toBe(0);
    expect(readFileSync(join(folder.path, "c", "mix.wav")).equals(readFileSync(join(folder.path, "a", "mix.wav")))).toBe(true);
  });
  test("a passage stays the same passage when its project is rendered again", () => {
    using folder = scratch();
    expect(kuishi(["blend", example, "--style", "lo-fi", "--from", "4", "--to", "13.5", "--out", join(folder.path, "a")]).code).toBe(0);
    expect(kuishi(["blend", join(folder.path, "a", "project.kuishi"), "--style", "lo-fi", "--out", join(folder.path, "b")]).code).toBe(0);
    expect(readFileSync(join(folder.path, "b", "mix.wav")).equals(readFileSync(join(folder.path, "a", "mix.wav")))).toBe(true);
    expect(readFileSync(join(folder.path, "b", "project.kuishi")).equals(readFileSync(join(folder.path, "a", "project.kuishi")))).toBe(true);
  });
  test("a corrected hearing is used instead of hearing anew", () => {
    using folder = scratch();
    const json = join(folder.path, "h.json");
    expect(kuishi(["listen", example, "--json", json]).code).toBe(0);
    const heard = JSON.parse(readFileSync(json, "utf8"));
    expect(new Ajv2020().validate(JSON.parse(readFileSync(join(import.meta.dirname, "../schemas/listen-1.schema.json"), "utf8")), heard)).toBe(true);
    heard.mode.tonicCents += 31;
    heard.note = "unknown fields are ignored";
    writeFileSync(json, JSON.stringify(heard));
    expect(kuishi(["blend", example, "--style", "lo-fi", "--analysis", json, "--out", join(folder.path, "b"), "--loudness", "-18"]).code).toBe(0);
    expect(JSON.parse(readFileSync(join(folder.path, "b", "report.json"), "utf8")).tuning.tonicCents).toBe(heard.mode.tonicCents);
    expect(ebur128(join(folder.path, "b", "mix.wav")).lufs).toBeCloseTo(-18, 0);
  });
  test("lossy files keep under -1 dBTP after decoding; FLAC keeps every sample", () => {
    using folder = scratch();
    expect(kuishi(["blend", example, "--style", "deep-house", "--out", join(folder.path, "b")]).code).toBe(0);
    const mix = join(folder.path, "b", "mix.wav");
    for (const format of ["mp3", "opus", "flac"]) {
      const to = join(folder.path, `m.${format}`);
      expect(kuishi(["convert", mix, to])).toMatchObject({ code: 0 });
      expect(execFileSync("ffprobe", ["-v", "error", "-show_entries", "stream=codec_name", "-of", "csv=p=0", to], { encoding: "utf8" }).trim()).toBe(format);
      expect(ebur128(to).peak).toBeLessThanOrEqual(-1);
    }
    const raw = (file: string): Buffer => execFileSync("ffmpeg", ["-v", "error", "-i", file, "-f", "s24le", "-"], { maxBuffer: 1 << 28 });
    expect(raw(join(folder.path, "m.flac")).equals(raw(mix))).toBe(true);
  });
});

test("the schema in the repository is the one the types give", () => {
  expect(JSON.parse(readFileSync(join(import.meta.dirname, "../schemas/listen-1.schema.json"), "utf8"))).toEqual(JSON.parse(JSON.stringify(heardSchema())));
});

describe.skipIf(lacks("shared", "ffmpeg"))("real recordings", () => {
  test.each(["phone-15s.mp3", "balbyrauyn-opening.flac", "kenes.mp3"].flatMap((file) => STYLES.map((style) => [file, style] as const)))(
    "%s in %s",
    (file, style) => {
      using folder = scratch();
      const run = kuishi(["blend", shared("data", file), "--style", style, "--out", join(folder.path, "b")]);
      expect(run.code).toBe(0);
      checkBlend(join(folder.path, "b"));
    },
  );
});
