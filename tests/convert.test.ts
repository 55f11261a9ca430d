import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readScore } from "@kuishi/flow";
import { playOut } from "@kuishi/score";
import { readScl, scaleText } from "@kuishi/tuning";
import { describe, expect, test } from "vitest";
import { example, kuishi, scratch } from "./cli.ts";

const ABC = "X:1\nT:Елім-ай\nC:халық\nM:(3+2+2)/8\nL:1/8\nQ:1/8=200\nK:Ddor\n|: D2 E FG A2 | A2 G FE D2 :|\n| [DA]2 z ^/F2 _/B2 | D7 |\n";
const notes = (path: string): string[] => {
  const score = readScore(path, new Uint8Array(readFileSync(path)));
  const all = playOut(score, { asWritten: true }).parts.flatMap((part) => part.notes);
  const first = Math.min(...all.map((note) => note.at));
  return all.map((note) => `${Math.round((note.at - first) * 50)} ${Math.round(note.length * 20)} ${Math.round(note.cents / 10)}`).sort();
};

describe("convert", () => {
  test("a tune goes through every format and comes back as it was", async () => {
    using folder = scratch();
    const at = (name: string): string => join(folder.path, name);
    writeFileSync(at("a.abc"), ABC);
    const wanted = notes(at("a.abc"));
    expect(wanted.length).toBe(25);
    for (const [from, to] of [
      ["a.abc", "b.musicxml"],
      ["b.musicxml", "c.mid"],
      ["c.mid", "d.mxl"],
      ["d.mxl", "e.abc"],
      ["e.abc", "f.xml"],
    ] as const) {
      expect(kuishi(["convert", at(from), at(to)]), to).toMatchObject({ code: 0 });
      expect(notes(at(to)), to).toEqual(wanted);
    }
  });
  test("a project gives its tune, its tuning and itself; words with chords stay as they are written", async () => {
    using folder = scratch();
    const at = (name: string): string => join(folder.path, name);
    expect(kuishi(["blend", example, "--style", "lo-fi", "--to", "9", "--out", at("b")]).code).toBe(0);
    const project = at("b/project.kuishi");
    for (const name of ["t.musicxml", "t.mxl", "t.mid", "t.abc"]) {
      expect(kuishi(["convert", project, at(name)]), name).toMatchObject({ code: 0 });
      expect(notes(at(name)).length, name).toBeGreaterThan(30);
    }
    expect(kuishi(["convert", project, at("t.scl")]).code).toBe(0);
    expect(readScl(scaleText(new Uint8Array(readFileSync(at("t.scl"))))).degrees.length).toBeGreaterThan(1);
    expect(kuishi(["convert", project, at("again.kuishi")]).code).toBe(0);
    expect(readFileSync(at("again.kuishi")).equals(readFileSync(project))).toBe(true);
    writeFileSync(at("s.chopro"), "{t:Елім-ай}\n[Am]Қара[E]таудың\n");
    expect(kuishi(["convert", at("s.chopro"), at("s.cho")]).code).toBe(0);
    expect(readFileSync(at("s.cho"), "utf8")).toBe("{t:Елім-ай}\n[Am]Қара[E]таудың\n");
    expect(kuishi(["convert", at("s.cho"), at("s.txt")]).code).toBe(0);
    expect(readFileSync(at("s.txt"), "utf8")).toContain("Am  E\nҚаратаудың");
  });
  test("what cannot be read says where, in one line, and exits with 3; what does not go together with 2", () => {
    using folder = scratch();
    const at = (name: string, text: string): string => {
      writeFileSync(join(folder.path, name), text);
      return join(folder.path, name);
    };
    // of a damaged song all is kept, and the line is told
    const song = kuishi(["convert", at("a.cho", "{t:A}\n[Am broken\n"), join(folder.path, "b.cho")]);
    expect(song.code).toBe(0);
    expect(song.err).toMatch(/2/);
    expect(readFileSync(join(folder.path, "b.cho"), "utf8")).toBe("{t:A}\n[Am broken\n");
    for (const [path, to, says] of [
      [at("a.musicxml", "<score-partwise><part>"), "x.mid", ""],
      [at("a.mid", "MThd nothing"), "x.abc", ""],
      [at("a.kuishi", "PK nothing"), "x.scl", ""],
      [at("a.scl", "! x\nname\n2\n3/0\n2/1\n"), "x.scl", "4"],
    ] as const) {
      const run = kuishi(["convert", path, join(folder.path, to)]);
      expect(run.code, path).toBe(3);
      expect(run.err.trim().split("\n"), path).toHaveLength(1);
      expect(run.err).toContain(says);
    }
    expect(kuishi(["convert", at("b.cho", "[C]a"), join(folder.path, "x.mid")]).code).toBe(2);
  });
  test("all tunes of a book, one part of a score, a whole folder with a report of what could not be read", () => {
    using folder = scratch();
    const at = (name: string): string => join(folder.path, name);
    mkdirSync(at("in/deep"), { recursive: true });
    const second = "X:2\nT:Two: voices\nM:3/4\nL:1/4\nK:G\nV:1 name=Violin\nGAB|\nV:2 name=Piano\nG,3|\n";
    writeFileSync(at("in/book.abc"), `${ABC}\n${second}`);
    expect(kuishi(["convert", at("in/book.abc"), at("tunes/t.musicxml"), "--tune", "all"])).toMatchObject({ code: 0 });
    expect(readdirSync(at("tunes")).sort()).toEqual(["t 1 Елім-ай.musicxml", "t 2 Two voices.musicxml"]);
    expect(kuishi(["convert", at("tunes/t 2 Two voices.musicxml"), at("p.mid"), "--part", "piano"])).toMatchObject({ code: 0 });
    expect(notes(at("p.mid"))).toHaveLength(1);
    const none = kuishi(["convert", at("tunes/t 2 Two voices.musicxml"), at("q.mid"), "--part", "tuba"]);
    expect(none.code).toBe(2);
    expect(none.err).toContain("1 Violin, 2 Piano");
    writeFileSync(at("in/deep/bad.mid"), "MThd nothing");
    writeFileSync(at("in/deep/notes.txt"), "no score");
    expect(kuishi(["convert", at("in"), at("out")]).code).toBe(2);
    expect(kuishi(["convert", at("in"), at("out"), "--format", "mid"]).code).toBe(3);
    const { files } = JSON.parse(readFileSync(at("out/conversion.json"), "utf8")) as { files: { from: string; ok: boolean; told: unknown[] }[] };
    expect(files.map((file) => file.ok)).toEqual([true, true, false]);
    expect(files[2]!.told).toHaveLength(1);
    expect(notes(at("out/book 1 Елім-ай.mid"))).toEqual(notes(at("tunes/t 1 Елім-ай.musicxml")));
  });
});
