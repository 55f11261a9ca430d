import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, test } from "vitest";
import { example, kuishi, scratch } from "./cli.ts";
import { wav } from "./wav.ts";

const schema = (name: string): object => JSON.parse(readFileSync(join(import.meta.dirname, `../schemas/${name}.schema.json`), "utf8"));
const valid = (name: string, value: unknown): boolean => new Ajv2020({ strictTypes: false }).validate(schema(name), value);
type Pairs = { master: string | null; verdict: string; centsOff: number | null }[];

describe("compare", () => {
  test("a recording beside itself is right in every note; the three languages say so; the same each time", () => {
    const run = kuishi(["compare", example, "--master", example, "--json", "-", "--score"]);
    expect(run).toMatchObject({ code: 0 });
    const result = JSON.parse(run.out);
    expect(valid("practice-1", result)).toBe(true);
    expect(new Set((result.pairs as Pairs).map(({ verdict }) => verdict))).toEqual(new Set(["right"]));
    expect(result).toMatchObject({ score: 100, three: [], warnings: [] });
    expect(kuishi(["compare", example, "--master", example, "--json", "-", "--score"]).out).toBe(run.out);
    for (const [language, says] of [
      ["en", "Nothing stands out"],
      ["ru", "сыграно, как у мастера"],
      ["kk", "шебердегідей"],
    ] as const)
      expect(kuishi(["compare", example, "--master", example, "--lang", language]).out).toContain(says);
  });
  test("a written tune is a master too, a hearing likewise: a wrong note is found and said, and written where asked", () => {
    using folder = scratch();
    const at = (name: string): string => join(folder.path, name);
    const tune = (note: string): string =>
      `X:1\nT:A\nM:4/4\nL:1/8\nQ:1/4=110\nK:D\n%%MIDI program 105\nG2 A2 B2 c2|d2 c2 B2 A2|G2 ${note} c2 d2|B2 A2 G2 A2|B2 c2 d2 c2|B2 A2 G4|\n`;
    writeFileSync(at("master.abc"), tune("B2"));
    writeFileSync(at("take.abc"), tune("_B2"));
    expect(kuishi(["render", at("take.abc"), "--out", at("take")]).code).toBe(0);
    expect(kuishi(["render", at("master.abc"), "--out", at("own")]).code).toBe(0);
    expect(kuishi(["listen", at("own/mix.wav"), "--json", at("own.json")]).code).toBe(0);
    for (const master of ["master.abc", "own/mix.wav", "own.json"]) {
      const run = kuishi(["compare", at("take/mix.wav"), "--master", at(master), "--json", at(`${master.length}.json`)]);
      expect(run, master).toMatchObject({ code: 0 });
      expect(run.out).toContain("at another pitch");
      const wrong = (JSON.parse(readFileSync(at(`${master.length}.json`), "utf8")).pairs as Pairs).filter(({ verdict }) => verdict === "wrongPitch");
      expect(wrong, master).toHaveLength(1);
      expect(Math.abs(wrong[0]!.centsOff! + 100), master).toBeLessThan(15);
    }
    // nothing is written over unasked
    expect(kuishi(["compare", at("take/mix.wav"), "--master", at("own.json"), "--json", at("8.json")]).code).toBe(5);
  });
  test("what cannot be compared says why: exits 2, 3 and 4", () => {
    using folder = scratch();
    writeFileSync(join(folder.path, "bad.json"), '{"kuishi":"listen/1"}');
    expect(kuishi(["compare", example])).toMatchObject({ code: 2 });
    expect(kuishi(["compare", example, "--master", join(folder.path, "none.wav")])).toMatchObject({ code: 3 });
    expect(kuishi(["compare", example, "--master", join(folder.path, "bad.json")])).toMatchObject({ code: 3 });
  });
});

describe("follow", () => {
  test("a recording is followed through itself, told without reading ahead", () => {
    const run = kuishi(["follow", example, "--master", example, "--json", "-"]);
    expect(run).toMatchObject({ code: 0 });
    const followed: { at: [number, number | null, number][] } = JSON.parse(run.out);
    expect(valid("follow-1", followed)).toBe(true);
    const late = followed.at.filter(([at]) => at > 3);
    const near = late.filter(([at, place]) => place !== null && Math.abs(place - at) < 0.1);
    console.log(`${((100 * near.length) / late.length).toFixed(1)} % within 100 ms`);
    expect(near.length / late.length).toBeGreaterThan(0.9);
    expect(kuishi(["follow", example, "--master", example, "--lang", "kk"]).out).toContain("орны табылды");
  });
});

describe("tuner", () => {
  /** Two plain strings of one strum, or none. */
  const strum = (hertz: readonly number[]): Float32Array =>
    Float32Array.from({ length: 96_000 }, (_, i) =>
      hertz.reduce((sum, f, k) => {
        const t = i / 48_000 - 0.2 - 0.01 * k;
        return t < 0 ? sum : sum + [1, 2, 3, 4, 5, 6].reduce((tone, n) => tone + (0.1 / n) * Math.sin(2 * Math.PI * n * f * t) * Math.exp(-2 * t), 0);
      }, 0),
    );
  const cents = (hertz: number): number => 6900 + 1200 * Math.log2(hertz / 440);

  test("both strings of one strum; a scale and a hearing as targets; millimetres; three languages", () => {
    using folder = scratch();
    const at = (name: string): string => join(folder.path, name);
    writeFileSync(at("strum.wav"), wav([strum([147.1, 195.2])]));
    const run = kuishi(["tuner", at("strum.wav"), "--json", "-"]);
    expect(run).toMatchObject({ code: 0 });
    const tuned = JSON.parse(run.out);
    expect(valid("tuner-1", tuned)).toBe(true);
    expect(tuned.strings).toHaveLength(2);
    [147.1, 195.2].forEach((hertz, k) => expect(Math.abs(tuned.strings[k].cents - cents(hertz))).toBeLessThan(1));
    writeFileSync(at("fourth.scl"), "fourth\n 2\n 4/3\n 2/1\n");
    const scaled = kuishi(["tuner", at("strum.wav"), "--to", at("fourth.scl"), "--scale-length", "600", "--json", at("t.json")]);
    expect(scaled).toMatchObject({ code: 0 });
    const [, fourth] = JSON.parse(readFileSync(at("t.json"), "utf8")).frets;
    expect(fourth).toMatchObject({ string: 0, fret: 1 });
    expect(fourth.offCents).toBeCloseTo(cents(195.2) - cents(147.1) - 498.045, 0);
    // flat: the fret goes to the bridge
    expect(fourth.moveMm).toBeGreaterThan(0);
    expect(kuishi(["listen", example, "--json", at("heard.json")]).code).toBe(0);
    expect(JSON.parse(kuishi(["tuner", at("strum.wav"), "--to", at("heard.json"), "--json", "-"]).out).frets.length).toBeGreaterThan(0);
    for (const [language, says] of [
      ["en", "String 1"],
      ["ru", "Струна 1"],
      ["kk", "1-ішек"],
    ] as const)
      expect(kuishi(["tuner", at("strum.wav"), "--lang", language]).out).toContain(says);
  });
  test("silence says that no string sounds, exit 4; a scale that is none where it is wrong, exit 3", () => {
    using folder = scratch();
    const at = (name: string): string => join(folder.path, name);
    writeFileSync(at("silent.wav"), wav([strum([])]));
    const run = kuishi(["tuner", at("silent.wav")]);
    expect(run.code).toBe(4);
    expect(run.err).toContain("No string sounds");
    writeFileSync(at("bad.scl"), "name\n 2\n 100.0\n");
    expect(kuishi(["tuner", at("silent.wav"), "--to", at("bad.scl")])).toMatchObject({ code: 3 });
  });
});
