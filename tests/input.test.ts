import { execFileSync, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { seeded } from "@kuishi/base";
import { describe, expect, test } from "vitest";
import { example, kuishi, type Run, scratch } from "./cli.ts";
import { lacks } from "./needs.ts";
import { wav } from "./wav.ts";

/** Runs `kuishi`; gives its exit code and greatest resident memory, MiB. */
function measured(folder: string, args: readonly string[]): { code: number | null; memory: number } {
  const file = join(folder, "memory");
  const run = spawnSync(process.execPath, ["--import", pathToFileURL(join(import.meta.dirname, "memory-hook.mjs")).href, "apps/cli/src/main.mjs", ...args], {
    stdio: "ignore",
    env: { ...process.env, KUISHI_MEMORY_FILE: file },
  });
  return { code: run.status, memory: Number(readFileSync(file, "utf8")) };
}

/** One clear line, no stack trace. */
function told(run: Run, code: number): void {
  expect(run.err.trim().split("\n")).toHaveLength(1);
  expect(run.err).not.toMatch(/\bat .*:\d+:\d+|Error:/);
  expect(run.code).toBe(code);
}
describe("what cannot be heard", () => {
  test("unreadable input is exit 3", () => {
    using folder = scratch();
    const random = seeded(3);
    const cases: Record<string, Buffer> = {
      "empty.wav": Buffer.alloc(0),
      "text.wav": Buffer.from("RIFF? No: this is a letter.\n".repeat(50)),
      "random.mp3": Buffer.from(Uint8Array.from({ length: 200_000 }, () => random.int(0, 255))),
      "half.flac": Buffer.concat([Buffer.from("fLaC"), Buffer.from(Uint8Array.from({ length: 5000 }, () => random.int(0, 255)))]),
      "riff.wav": Buffer.from("RIFF\x10\0\0\0WAVEdata\x04\0\0\0\0\0\0\0"),
    };
    for (const [name, bytes] of Object.entries(cases)) {
      writeFileSync(join(folder.path, name), bytes);
      for (const command of [["listen"], ["blend", "--style", "lo-fi", "--out", join(folder.path, "o")]]) {
        told(kuishi([command[0]!, join(folder.path, name), ...command.slice(1)]), 3);
      }
    }
    told(kuishi(["listen", join(folder.path, "nothing.wav")]), 3);
    told(kuishi(["listen", folder.path]), 3);
    writeFileSync(join(folder.path, "x.kuishi"), "PK\x03\x04nonsense");
    told(kuishi(["render", join(folder.path, "x.kuishi")]), 3);
    writeFileSync(join(folder.path, "a.json"), "{}");
    told(kuishi(["listen", example, "--analysis", join(folder.path, "a.json")]), 3);
    writeFileSync(join(folder.path, "l.json"), '{"strokes":[{"at":1,"notes":[{"string":-1,"cents":5000}]}]}');
    const wrong = kuishi(["listen", example, "--locks", join(folder.path, "l.json")]);
    told(wrong, 3);
    expect(wrong.err).toContain("strokes.0.notes.0.string");
    expect(readdirSync(folder.path)).not.toContain("o");
  });
  test("senseless corrections do no harm", () => {
    using folder = scratch();
    const locks = {
      strokes: [
        { at: 1, notes: [{ string: 63, cents: 24_000, fret: 127 }] },
        { at: 900_000, notes: [{ string: 1, cents: 5500, fret: 3 }] },
        { at: 2, notes: [] },
        { at: 2, notes: [{ string: 0, cents: 5000 }] },
      ],
      bars: [{ at: 3, groups: [32, 32, 1, 7] }, { at: 3.01 }, { at: 900_000, groups: [5] }],
      open: [null, 24_000],
      tonicCents: -5000,
    };
    writeFileSync(join(folder.path, "l.json"), JSON.stringify(locks));
    for (const instrument of ["dombra", "guitar", "voice"]) {
      const run = kuishi(["listen", example, "--locks", join(folder.path, "l.json"), "--instrument", instrument, "--json", "-"]);
      expect(run.code).toBe(0);
      const heard = JSON.parse(run.out);
      expect(heard.notes.length).toBeGreaterThan(20);
      expect(heard.downbeats.every((at: number) => at >= 0 && at < heard.durationSec)).toBe(true);
    }
  });
  test("silence and a click are exit 4", () => {
    using folder = scratch();
    const click = new Float32Array(9600);
    click[100] = 0.9;
    const long = new Float32Array(96_000);
    long[4000] = 0.9;
    for (const [name, channel] of [
      ["silence", new Float32Array(480_000)],
      ["click", click],
      ["lonely", long],
    ] as const) {
      writeFileSync(join(folder.path, name), wav([channel]));
      told(kuishi(["listen", join(folder.path, name)]), 4);
      told(kuishi(["blend", join(folder.path, name), "--style", "deep-house", "--out", join(folder.path, "o")]), 4);
    }
    expect(existsSync(join(folder.path, "o"))).toBe(false);
  });
  test("wrong usage is exit 2", () => {
    for (const args of [
      ["blend", example],
      ["blend", example, "--style", "polka"],
      ["listen"],
      ["dance"],
      ["blend", example, "--style", "lo-fi", "--seed", "x"],
      ["blend", example, "--style", "lo-fi", "--follow", "fashion"],
      ["listen", example, "--instrument", "kazoo"],
      ["convert", example, "x.doc"],
    ]) {
      expect(kuishi(args).code, args.join(" ")).toBe(2);
    }
  });
  test("errors speak the language asked for, and machines get JSON", () => {
    expect(kuishi(["listen", "nothing.wav", "--lang", "ru"]).err).toContain("Нет файла");
    expect(kuishi(["listen", "nothing.wav", "--lang", "kk"]).err).toContain("файлы жоқ");
    expect(JSON.parse(kuishi(["listen", "nothing.wav", "--json-errors"]).err)).toMatchObject({
      exit: 3,
      code: "file.missing",
      params: { path: "nothing.wav" },
    });
  });
});

describe("what cannot be written is exit 5 and leaves nothing", () => {
  test("a file used as a folder, and a folder that is not empty", () => {
    using folder = scratch();
    const file = join(folder.path, "file");
    writeFileSync(file, "x");
    told(kuishi(["blend", example, "--style", "lo-fi", "--out", file]), 5);
    told(kuishi(["blend", example, "--style", "lo-fi", "--out", join(file, "deeper")]), 5);
    mkdirSync(join(folder.path, "full"));
    writeFileSync(join(folder.path, "full", "mine.txt"), "keep");
    told(kuishi(["blend", example, "--style", "lo-fi", "--out", join(folder.path, "full")]), 5);
    expect(readFileSync(join(folder.path, "full", "mine.txt"), "utf8")).toBe("keep");
    told(kuishi(["listen", example, "--json", join(file, "x.json")]), 5);
    told(kuishi(["convert", example, join(file, "x.wav")]), 5);
    expect(readdirSync(folder.path).sort()).toEqual(["file", "full"]);
  });
  test.skipIf(process.platform !== "linux" || process.getuid?.() !== 0)("a full disk", () => {
    using folder = scratch();
    try {
      execFileSync("mount", ["-t", "tmpfs", "-o", "size=8m", "tmpfs", folder.path], { stdio: "ignore" });
    } catch {
      // Without the right to mount, the kernel's own full device does for a single file.
      told(kuishi(["listen", example, "--json", "/dev/full"]), 5);
      return;
    }
    try {
      told(kuishi(["blend", example, "--style", "lo-fi", "--out", join(folder.path, "b")]), 5);
      expect(readdirSync(folder.path)).toEqual([]);
    } finally {
      execFileSync("umount", [folder.path]);
    }
  });
  test("Ctrl+C ends with 130 and leaves nothing", async () => {
    using folder = scratch();
    const child = spawn(process.execPath, ["apps/cli/src/main.mjs", "blend", example, "--style", "deep-house", "--out", join(folder.path, "b")], {
      stdio: "ignore",
    });
    // once its hidden folder is there, the work has begun
    const watch = setInterval(() => {
      if (readdirSync(folder.path).length === 0) return;
      clearInterval(watch);
      child.kill("SIGINT");
    }, 20);
    const code = await new Promise((resolve) => child.once("exit", (status) => resolve(status)));
    expect(code).toBe(130);
    expect(readdirSync(folder.path)).toEqual([]);
  });
});

describe.skipIf(lacks("ffmpeg"))("formats by content", () => {
  const made = (folder: string, name: string, ...options: string[]): string => {
    const path = join(folder, name);
    execFileSync("ffmpeg", ["-y", "-v", "error", "-i", example, "-t", "8", ...options, path]);
    return path;
  };
  const heard = (path: string): { notes: unknown[]; durationSec: number; warnings: { code: string }[] } => {
    const run = kuishi(["listen", path, "--json", "-"]);
    expect(run.code, `${path}: ${run.err}`).toBe(0);
    return JSON.parse(run.out);
  };
  test("WAV, FLAC, MP3, Vorbis, Opus, MP4, MOV and WebM say the same, whatever their names", () => {
    using folder = scratch();
    const reference = heard(made(folder.path, "a.wav"));
    const files: [string, ...string[]][] = [
      ["b.flac"],
      ["c.mp3", "-b:a", "192k"],
      ["d.ogg", "-c:a", "libvorbis", "-q:a", "6"],
      ["e.opus", "-b:a", "128k"],
      ["telegram.ogg", "-c:a", "libopus", "-b:a", "96k"],
      ["f.mp4", "-c:a", "libopus", "-b:a", "128k", "-strict", "-2"],
      ["g.webm", "-c:a", "libopus", "-b:a", "128k"],
      ["h.mka", "-c:a", "libvorbis"],
      ["i.mov", "-c:a", "pcm_s16le"],
      ["j.mp4", "-c:a", "libmp3lame"],
      ["k.oga", "-c:a", "flac"],
      ["l.wav", "-c:a", "pcm_f32le"],
      ["m.wav", "-c:a", "pcm_u8"],
      ["n.wav", "-rf64", "always"],
      ["o.wav", "-ar", "22050", "-c:a", "pcm_s24le"],
    ];
    for (const [name, ...options] of files) {
      const result = heard(made(folder.path, name, ...options));
      expect(Math.abs(result.durationSec - reference.durationSec), name).toBeLessThan(0.08);
      expect(Math.abs(result.notes.length - reference.notes.length), name).toBeLessThan(reference.notes.length * 0.12);
    }
    const misnamed = join(folder.path, "song.wav");
    writeFileSync(misnamed, readFileSync(join(folder.path, "e.opus")));
    expect(heard(misnamed).notes.length).toBeGreaterThan(20);
  });
  test("AAC tells how to convert", () => {
    using folder = scratch();
    const run = kuishi(["listen", made(folder.path, "a.m4a", "-c:a", "aac")]);
    told(run, 3);
    expect(run.err).toContain("ffmpeg -i");
  });
  test("a truncated MP3 gives what decodes; 8 kHz mono and 192 kHz with six channels a right result with a note", () => {
    using folder = scratch();
    const mp3 = readFileSync(made(folder.path, "a.mp3"));
    writeFileSync(join(folder.path, "cut.mp3"), mp3.subarray(0, Math.floor(mp3.length * 0.6)));
    const cut = heard(join(folder.path, "cut.mp3"));
    expect(cut.durationSec).toBeGreaterThan(4);
    expect(cut.durationSec).toBeLessThan(5.5);
    expect(cut.warnings.map((warning) => warning.code)).toContain("truncated");
    expect(heard(made(folder.path, "low.wav", "-ar", "8000")).warnings.map((warning) => warning.code)).toContain("narrow");
    const six = heard(made(folder.path, "six.wav", "-ar", "192000", "-ac", "6"));
    expect(six.warnings.map((warning) => warning.code)).toContain("downmixed");
    expect(six.notes.length).toBeGreaterThan(20);
  });
  test("two hours of stereo stay under 1 GB, and a passage is offered", () => {
    using folder = scratch();
    const path = join(folder.path, "long.wav");
    execFileSync("ffmpeg", ["-y", "-v", "error", "-stream_loop", "-1", "-i", example, "-t", "7200", "-ac", "2", "-af", "pan=stereo|c0=c0|c1=0.9*c0", path]);
    const json = join(folder.path, "h.json");
    const first = measured(folder.path, ["listen", path, "--json", json]);
    expect(first.code).toBe(0);
    expect(JSON.parse(readFileSync(json, "utf8")).warnings).toContainEqual({ code: "passage", fromSec: 0, toSec: 600 });
    expect(first.memory).toBeLessThan(950);
    const chosen = measured(folder.path, ["listen", path, "--from", "3000", "--to", "4200", "--json", json, "--force"]);
    expect(JSON.parse(readFileSync(json, "utf8")).durationSec).toBe(1200);
    expect(chosen.memory).toBeLessThan(1000);
  });
});
