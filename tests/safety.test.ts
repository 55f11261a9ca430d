import { execFileSync, spawn, spawnSync } from "node:child_process";
import {
  closeSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { example, kuishi, type Run, scratch } from "./cli.ts";

const ABC = "X:1\nT:Елім-ай\nM:2/4\nL:1/8\nQ:1/4=200\nK:C\nCDEF|G2 A2|\n";
/** One clear line and the code. */
function told(run: Run, code: number, says = ""): void {
  expect(run.err.trim().split("\n")).toHaveLength(1);
  expect(run.err).toContain(says);
  expect(run.err).not.toMatch(/\bat .*:\d+:\d+|Error:/);
  expect(run.code).toBe(code);
}
const main = join(import.meta.dirname, "..", "apps/cli/src/main.mjs");

describe("a folder for the result", () => {
  test("holds nothing of anybody's afterwards but what was there and what was made", () => {
    using folder = scratch();
    const at = (...names: string[]): string => join(folder.path, ...names);
    writeFileSync(at("t.abc"), ABC);
    mkdirSync(at("o", "stems"), { recursive: true });
    for (const name of ["thesis.txt", "01_mine.wav", "mix.wav", "premaster.wav", "stems/01_old.wav", "stems/notes.txt"]) writeFileSync(at("o", name), name);
    told(kuishi(["render", at("t.abc"), "--out", at("o")]), 5, "--force");
    expect(readFileSync(at("o", "mix.wav"), "utf8")).toBe("mix.wav");
    expect(kuishi(["render", at("t.abc"), "--out", at("o"), "--force"])).toMatchObject({ code: 0 });
    expect(readdirSync(at("o")).sort()).toEqual(["01_mine.wav", "mix.wav", "report.json", "stems", "thesis.txt"]);
    expect(readdirSync(at("o", "stems"))).toEqual(["notes.txt"]);
    expect(statSync(at("o", "mix.wav")).size).toBeGreaterThan(100_000);
    expect(readdirSync(folder.path).sort()).toEqual(["o", "t.abc"]);
  });
  test("is neither where one stands, nor above, nor where the input lies, whatever is forced", () => {
    using folder = scratch();
    const home = join(folder.path, "home");
    const at = (...names: string[]): string => join(home, ...names);
    mkdirSync(at("inner"), { recursive: true });
    writeFileSync(at("t.abc"), ABC);
    writeFileSync(at("thesis.txt"), "mine");
    for (const [from, out, says] of [
      [home, ".", "stand"],
      [at("inner"), "..", "stand"],
      [folder.path, "home", "t.abc"],
      [folder.path, join(at("inner"), ".."), "t.abc"],
    ] as const)
      told(kuishi(["render", at("t.abc"), "--out", out, "--force"], { INIT_CWD: from }), 5, says);
    expect(readdirSync(home).sort()).toEqual(["inner", "t.abc", "thesis.txt"]);
    symlinkSync(home, join(folder.path, "link"));
    told(kuishi(["render", at("t.abc"), "--out", join(folder.path, "link"), "--force"]), 5, "t.abc");
  });
  test("may be a link: what it leads to is filled, and the link stays", () => {
    using folder = scratch();
    const at = (...names: string[]): string => join(folder.path, ...names);
    writeFileSync(at("t.abc"), ABC);
    mkdirSync(at("real"));
    symlinkSync(at("real"), at("link"));
    expect(kuishi(["render", at("t.abc"), "--out", at("link")])).toMatchObject({ code: 0 });
    expect(lstatSync(at("link")).isSymbolicLink()).toBe(true);
    expect(readdirSync(at("real")).sort()).toEqual(["mix.wav", "report.json"]);
    expect(realpathSync(at("link"))).toBe(realpathSync(at("real")));
  });
  test("is given to the first of two that want it at once", async () => {
    using folder = scratch();
    writeFileSync(join(folder.path, "t.abc"), ABC);
    const run = (): Promise<number | null> =>
      new Promise((resolve) =>
        spawn(process.execPath, [main, "render", join(folder.path, "t.abc"), "--out", join(folder.path, "o")], { stdio: "ignore" }).once("exit", resolve),
      );
    expect((await Promise.all([run(), run()])).sort()).toEqual([0, 5]);
    expect(readdirSync(folder.path).sort()).toEqual(["o", "t.abc"]);
  });
  test.skipIf(!existsSync("/proc/self"))("that takes no folders is refused at once; so is a pipe to be read", () => {
    using folder = scratch();
    writeFileSync(join(folder.path, "t.abc"), ABC);
    told(kuishi(["render", join(folder.path, "t.abc"), "--out", "/proc/x/y"]), 5);
    execFileSync("mkfifo", [join(folder.path, "pipe")]);
    told(kuishi(["listen", join(folder.path, "pipe")]), 3);
    told(kuishi(["convert", join(folder.path, "t.abc"), join(folder.path, "pipe")]), 2);
    told(kuishi(["listen", example, "--json", join(folder.path, "pipe")]), 5);
  });
});

describe("one file", () => {
  test("is not written over without --force, and the input not even then", () => {
    using folder = scratch();
    const at = (name: string): string => join(folder.path, name);
    writeFileSync(at("t.abc"), ABC);
    writeFileSync(at("o.mid"), "mine");
    told(kuishi(["convert", at("t.abc"), at("o.mid")]), 5, "--force");
    expect(readFileSync(at("o.mid"), "utf8")).toBe("mine");
    expect(kuishi(["convert", at("t.abc"), at("o.mid"), "--force"]).code).toBe(0);
    expect(readFileSync(at("o.mid")).subarray(0, 4).toString()).toBe("MThd");
    linkSync(at("t.abc"), at("same.abc"));
    for (const name of ["t.abc", "same.abc"]) told(kuishi(["convert", at("t.abc"), at(name), "--force"]), 5, name);
    told(kuishi(["listen", at("t.abc"), "--json", at("t.abc"), "--force"]), 5, "t.abc");
    told(kuishi(["convert", at("t.abc"), folder.path]), 5);
    expect(readFileSync(at("t.abc"), "utf8")).toBe(ABC);
    expect(readdirSync(folder.path).sort()).toEqual(["o.mid", "same.abc", "t.abc"]);
  });
  const canMount = process.platform === "linux" && process.getuid?.() === 0;
  test.skipIf(!canMount)("on a full disk stays as it was", () => {
    using folder = scratch();
    const at = (...names: string[]): string => join(folder.path, ...names);
    mkdirSync(at("disk"));
    try {
      execFileSync("mount", ["-t", "tmpfs", "-o", "size=40k", "tmpfs", at("disk")], { stdio: "ignore" });
    } catch {
      console.warn("skipped: no right to mount a small disk");
      return;
    }
    try {
      writeFileSync(at("t.abc"), `${ABC}${"CDEF GABc|".repeat(200)}\n`);
      const good = "good ".repeat(4000);
      writeFileSync(at("disk", "o.musicxml"), good);
      told(kuishi(["convert", at("t.abc"), at("disk", "o.musicxml"), "--force"]), 5, "disk");
      expect(readFileSync(at("disk", "o.musicxml"), "utf8")).toBe(good);
      told(kuishi(["convert", at("t.abc"), at("disk", "new.musicxml")]), 5, "disk");
      expect(readdirSync(at("disk"))).toEqual(["o.musicxml"]);
    } finally {
      execFileSync("umount", [at("disk")]);
    }
  });
  test.skipIf(!existsSync("/dev/full"))("standard output on a full disk is no success, a closed pipe no failure", () => {
    const full = openSync("/dev/full", "w");
    for (const args of [["styles"], ["instruments"]]) {
      const run = spawnSync(process.execPath, [main, ...args], { stdio: ["ignore", full, "pipe"], encoding: "utf8", env: { ...process.env, LC_ALL: "C" } });
      expect(run.status, args.join(" ")).toBe(5);
      expect(run.stderr).toContain("disk is full");
    }
    closeSync(full);
    expect(spawnSync("sh", ["-c", `"$1" "$2" styles | head -c 1`, "sh", process.execPath, main]).status).toBe(0);
  });
});

describe("what a run leaves", () => {
  /** Starts a command and gives a signal once its hidden folder is there. */
  async function stopped(folder: string, args: readonly string[], signals: readonly NodeJS.Signals[]): Promise<number | string | null> {
    const child = spawn(process.execPath, [main, ...args], { stdio: "ignore" });
    const before = new Set(readdirSync(folder));
    const watch = setInterval(() => {
      if (!readdirSync(folder).some((name) => !before.has(name))) return;
      clearInterval(watch);
      for (const signal of signals) child.kill(signal);
    }, 5);
    const code = await new Promise<number | string | null>((resolve) => child.once("exit", (status, signal) => resolve(status ?? signal)));
    clearInterval(watch);
    return code;
  }
  test("is nothing, whichever signal ends it", async () => {
    using folder = scratch();
    const long = join(folder.path, "t.abc");
    writeFileSync(long, `${ABC}${`${"CDEF GABc|".repeat(100)}\n`.repeat(12)}`);
    for (const signals of [["SIGINT"], ["SIGHUP"], ["SIGQUIT"], ["SIGTERM"], ["SIGINT", "SIGINT"]] as const) {
      expect(await stopped(folder.path, ["render", long, "--stems", "--out", join(folder.path, "o")], signals), signals.join()).toBe(130);
      expect(readdirSync(folder.path), signals.join()).toEqual(["t.abc"]);
    }
  });
  test("after a kill is swept by the next run; what a living run makes is not", async () => {
    using folder = scratch();
    const tune = join(folder.path, "t.abc");
    writeFileSync(tune, `${ABC}${`${"CDEF GABc|".repeat(100)}\n`.repeat(12)}`);
    expect(await stopped(folder.path, ["render", tune, "--out", join(folder.path, "o")], ["SIGKILL"])).toBe("SIGKILL");
    expect(readdirSync(folder.path).filter((name) => name.startsWith(".kuishi-"))).toHaveLength(1);
    const host = hostname()
      .replace(/[^A-Za-z0-9]/g, "")
      .slice(0, 32);
    const [living, elsewhere] = [`.kuishi-${host}-${process.pid}-0`, ".kuishi-another-1-0"];
    mkdirSync(join(folder.path, living));
    mkdirSync(join(folder.path, elsewhere));
    expect(kuishi(["convert", tune, join(folder.path, "o.mid")]).code).toBe(0);
    expect(readdirSync(folder.path).sort()).toEqual([living, elsewhere, "o.mid", "t.abc"].sort());
  });
  test("of folders above a target that came to nothing is nothing", () => {
    using folder = scratch();
    writeFileSync(join(folder.path, "t.abc"), "X:1\nT:a\nK:C\n");
    told(kuishi(["render", join(folder.path, "t.abc"), "--out", join(folder.path, "a", "b", "c")]), 4);
    told(kuishi(["convert", join(folder.path, "t.abc"), join(folder.path, "a", "o.mid")]), 4);
    expect(readdirSync(folder.path)).toEqual(["t.abc"]);
  });
});

describe("the language of errors", () => {
  test("is the one asked for, also where the command itself is wrong", () => {
    for (const [i, args] of [
      ["dance"],
      ["listen"],
      ["listen", "a", "--out", "b"],
      ["listen", "a", "b"],
      ["blend", "a"],
      ["listen", "a", "--json"],
      ["blend", "a", "--style", "x", "--follow", "y"],
    ].entries()) {
      const run = kuishi([...args, "--lang", i % 2 === 0 ? "ru" : "kk"]);
      told(run, 2);
      expect(run.err, args.join(" ")).toMatch(/[а-яёәғқңөұүһі]{3}/i);
      expect(run.err).not.toMatch(/error|unknown|missing|required|invalid|expected/i);
    }
    expect(JSON.parse(kuishi(["listen", "a", "--nonsense", "--json-errors"]).err)).toMatchObject({
      exit: 2,
      code: "usage.option",
      params: { option: "--nonsense" },
    });
    told(kuishi(["styles", "--lang", "de"], { LC_ALL: "", LC_MESSAGES: "", LANG: "ru_RU.UTF-8" }), 2, "Возможно");
    const help = kuishi(["blend", "--help", "--lang", "kk"]).out;
    expect(help).toMatch(/Қолданылуы:[\s\S]*Параметрлер:[\s\S]*стиль[\s\S]*\(әдепкі: blend\)/);
    expect(help).not.toMatch(/choices:|default:|\[options\]/);
    expect(kuishi(["convert", "--help", "--lang", "en"]).out).toMatch(/\.musicxml[\s\S]*\.cho[\s\S]*--force/);
  });
  test("what a schema refuses is told in it too", () => {
    using folder = scratch();
    const at = (name: string, text: string): string => {
      writeFileSync(join(folder.path, name), text);
      return join(folder.path, name);
    };
    const choices = at("c.json", '{"seed":"one"}');
    for (const args of [
      ["blend", example, "--style", "lo-fi", "--choices", choices],
      ["blend", example, "--style", at("s.json", '{"name":5}')],
      ["listen", example, "--analysis", at("a.json", "{}")],
      ["listen", example, "--locks", at("l.json", '{"strokes":[{"at":-1,"notes":[]}]}')],
    ]) {
      const run = kuishi([...args, "--lang", "ru"]);
      told(run, 3);
      expect(run.err).not.toMatch(/expected|received|invalid|too small/i);
    }
    for (const [option, value] of [
      ["--seed", "1.5"],
      ["--variations", "1.5"],
      ["--tune", "0"],
    ] as const)
      told(kuishi(["blend", example, "--style", "lo-fi", option, value]), 2, option);
  });
});

test("of a book of tunes the first is taken, and told; another is chosen by its number", () => {
  using folder = scratch();
  const book = join(folder.path, "b.abc");
  writeFileSync(book, `${ABC}\nX:2\nT:Two\nK:C\nc|\n`);
  const out = join(folder.path, "o.abc");
  const first = kuishi(["convert", book, out]);
  expect(first.code).toBe(0);
  expect(first.err).toContain("2");
  expect(readFileSync(out, "utf8")).toContain("T:Елім-ай");
  expect(kuishi(["convert", book, out, "--tune", "2", "--force"])).toMatchObject({ code: 0, err: "" });
  expect(readFileSync(out, "utf8")).toContain("T:Two");
  told(kuishi(["convert", book, out, "--tune", "3", "--force"]), 2, "2");
});
