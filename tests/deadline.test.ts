import { spawn, spawnSync } from "node:child_process";
import { copyFileSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { example, kuishi, scratch } from "./cli.ts";

const sources = join(import.meta.dirname, "..", "apps", "cli", "src");

test("a reader that takes longer than it may is stopped with a sentence that names the file, and nothing is left", () => {
  using folder = scratch();
  const tune = join(folder.path, "long.abc");
  writeFileSync(tune, `X:1\nT:t\nM:4/4\nL:1/8\nK:C\n${"ABcd efga|ABcd efga|\n".repeat(3600)}`);
  const asked = ["convert", tune, join(folder.path, "out.mid")];
  // so little that reading the tune must take longer
  const { code, err } = kuishi([...asked, "--lang", "ru"], { KUISHI_READ_SEC: "0.02" });
  expect(code, err).toBe(3);
  expect(err).toContain("long.abc");
  expect(err.trim()).toMatch(/^«.*дольше.*\.$/);
  expect(readdirSync(folder.path)).toEqual(["long.abc"]);
  expect(kuishi(asked).code).toBe(0);
});

test("a Node that cannot read the sources hands over to the project's own, or says what is needed", () => {
  const old = (main: string, ...args: string[]): ReturnType<typeof spawnSync> =>
    spawnSync(process.execPath, ["--no-experimental-strip-types", main, ...args], {
      encoding: "utf8",
      env: { ...process.env, LC_ALL: "", LC_MESSAGES: "", LANG: "ru_RU.UTF-8" },
    });
  using folder = scratch();
  for (const file of ["main.mjs", "node.mjs", "cli.ts"]) copyFileSync(join(sources, file), join(folder.path, file));
  const alone = join(folder.path, "main.mjs");
  for (const [args, sentence] of [
    [["styles"], /^Для Kuishi нужен Node 24/],
    [["styles", "--lang", "kk"], /^Kuishi-ге Node 24/],
    [["styles", "--lang=en"], /^Kuishi needs Node 24/],
  ] as const) {
    const run = old(alone, ...args);
    expect(run.status).toBe(1);
    expect(run.stderr).toMatch(sentence);
    expect(String(run.stderr).trim().split("\n").length).toBe(1);
  }
});

test.skipIf(process.platform !== "linux")("a conversion that is cancelled leaves what was there, and nothing else", async () => {
  using folder = scratch();
  const sound = join(folder.path, "x.mp3");
  writeFileSync(sound, "kept");
  const child = spawn(process.execPath, [join(sources, "main.mjs"), "convert", example, sound, "--force"], { stdio: ["ignore", "ignore", "pipe"] });
  let told = "";
  child.stderr.on("data", (text) => (told += String(text)));
  const code = new Promise<number | null>((resolve) => child.once("exit", resolve));
  // in the midst of it: the recording is open
  const opened = (): boolean => {
    const folder = `/proc/${child.pid}/fd`;
    return readdirSync(folder).some((name) => {
      try {
        return readlinkSync(join(folder, name)) === example;
      } catch {
        return false;
      }
    });
  };
  while (child.exitCode === null && !opened()) await new Promise((resolve) => setTimeout(resolve, 2));
  child.kill("SIGINT");
  expect(await code, told).toBe(130);
  expect(readdirSync(folder.path)).toEqual(["x.mp3"]);
  expect(readFileSync(sound, "utf8")).toBe("kept");
});
