import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { SAMPLE_RATE, sin } from "@kuishi/base";
import { serveFolder, startChromium } from "@kuishi/lab";
import { describe, expect, test } from "vitest";
import { kuishi, scratch } from "./cli.ts";
import { lacks } from "./needs.ts";
import { wav } from "./wav.ts";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const tone = (seconds: number, gain: number): Buffer =>
  wav([Float32Array.from({ length: seconds * SAMPLE_RATE }, (_, i) => gain * sin(i * 0.06) * (0.6 + 0.4 * sin(i / 9000)))]);
const description = (more: object = {}): string =>
  JSON.stringify({
    kuishi: "release/1",
    title: "Дала",
    artist: "Айгүл",
    date: "2026-12-12",
    address: "https://example.org/dala",
    tracks: [
      {
        title: "Кеңес",
        file: "a.wav",
        isrc: "KZ-A1B-26-00001",
        lyrics: "Бір\nЕкі",
        source: { composer: "Төлеген", place: "Созақ" },
        credits: [{ name: "Айгүл", role: "домбыра", share: 10_000 }],
      },
      { title: "Көш", file: "b.wav" },
    ],
    ...more,
  });

describe("a release from finished pieces", () => {
  test("pages, tagged sound, cover, feeds and zips; a second run replaces its own and leaves the rest", () => {
    using folder = scratch();
    const at = (name: string): string => join(folder.path, name);
    writeFileSync(at("a.wav"), tone(4, 0.05));
    writeFileSync(at("b.wav"), tone(3, 0.3));
    writeFileSync(at("dala.json"), description());
    expect(kuishi(["release", at("dala.json"), "--out", at("site"), "--zips", "--lang", "kk"])).toMatchObject({ code: 0, err: "" });
    const names = readdirSync(at("site"));
    for (const ending of ["opus", "mp3", "flac"]) expect(names).toContain(`01 Айгүл - Кеңес.${ending}`);
    expect(names).toEqual(
      expect.arrayContaining([
        "index.html",
        "index.ru.html",
        "index.en.html",
        "feed.xml",
        "feed.json",
        "feed.atom",
        "all.m3u8",
        "cover.png",
        "Айгүл - Дала (FLAC).zip",
      ]),
    );
    expect(readFileSync(at("site/index.html"), "utf8")).toContain('<html lang="kk">');
    // everything a visitor loads before the first sound
    const light = ["index.html", "pages.css", "player.js", "cover.svg"].reduce((sum, name) => sum + statSync(at(`site/${name}`)).size, 0);
    expect(light).toBeLessThan(60_000);
    writeFileSync(at("site/mine.txt"), "mine");
    writeFileSync(at("dala.json"), description({ downloads: false }));
    expect(kuishi(["release", at("dala.json"), "--out", at("site")])).toMatchObject({ code: 5 });
    expect(kuishi(["release", at("dala.json"), "--out", at("site"), "--force"]).code).toBe(0);
    const after = readdirSync(at("site"));
    expect(after).toContain("mine.txt");
    expect(after.filter((name) => /\.(flac|zip)$/.test(name))).toEqual([]);
  });
  test.skipIf(lacks("ffmpeg"))("the files say what they are, also in Kazakh", () => {
    using folder = scratch();
    const at = (name: string): string => join(folder.path, name);
    for (const name of ["a.wav", "b.wav"]) writeFileSync(at(name), tone(2, 0.2));
    writeFileSync(at("dala.json"), description());
    expect(kuishi(["release", at("dala.json"), "--out", at("site")]).code).toBe(0);
    for (const ending of ["mp3", "flac", "opus"]) {
      const shown = execFileSync(
        "ffprobe",
        ["-v", "error", "-of", "json", "-show_entries", "format_tags:stream_tags:stream=codec_type", at(`site/01 Айгүл - Кеңес.${ending}`)],
        { encoding: "utf8" },
      );
      for (const told of ["Кеңес", "Айгүл", "Дала", "KZA1B2600001", "Бір\\nЕкі", "Төлеген", "2026-12-12"]) expect(shown, `${ending}: ${told}`).toContain(told);
      expect(shown, ending).toMatch(/REPLAYGAIN_TRACK_GAIN|R128_TRACK_GAIN/);
      expect(shown, `${ending}: cover`).toContain('"codec_type": "video"');
    }
  });
  test("what is wrong is told before anything is written", () => {
    using folder = scratch();
    const at = (name: string): string => join(folder.path, name);
    writeFileSync(at("a.wav"), tone(1, 0.2));
    writeFileSync(at("b.wav"), wav([new Float32Array(SAMPLE_RATE)]));
    writeFileSync(at("dala.json"), description());
    expect(kuishi(["release", at("dala.json"), "--out", at("x"), "--lang", "kk"])).toMatchObject({
      code: 3,
      err: expect.stringContaining("«Көш» ішінде дыбыс жоқ"),
    });
    expect(kuishi(["release", at("a.wav"), "--out", at("x")])).toMatchObject({ code: 2, err: expect.stringContaining("--artist") });
    expect(kuishi(["release", at("a.wav"), "--artist", "A", "--cover", at("dala.json"), "--out", at("x")])).toMatchObject({ code: 3 });
    writeFileSync(at("dala.json"), description({ tracks: [{ title: "x" }] }));
    expect(kuishi(["release", at("dala.json"), "--out", at("x")])).toMatchObject({ code: 3, err: expect.stringContaining("Track 1") });
    expect(existsSync(at("x"))).toBe(false);
  });

  test.skipIf(lacks("chromium"))("its page plays without a script, and with one from track to track on the very frame", async () => {
    using folder = scratch();
    const at = (name: string): string => join(folder.path, name);
    writeFileSync(at("a.wav"), tone(4, 0.2));
    writeFileSync(at("b.wav"), tone(3, 0.2));
    writeFileSync(at("dala.json"), description());
    expect(kuishi(["release", at("dala.json"), "--out", at("site")]).code).toBe(0);
    const site = await serveFolder(at("site"), "/dala");
    const browser = await startChromium();
    try {
      const plain = await (await browser.newContext({ javaScriptEnabled: false })).newPage();
      await plain.goto(site.url);
      expect(await plain.locator("audio[controls]").count()).toBe(2);
      expect(await plain.locator("#listen").isVisible()).toBe(false);
      const page = await (await browser.newContext({ viewport: { width: 390, height: 844 } })).newPage();
      const errors: string[] = [];
      page.on("pageerror", (error) => errors.push(error.message));
      await page.addInitScript(() => {
        const starts: number[][] = [];
        (globalThis as unknown as { starts: number[][] }).starts = starts;
        const start = AudioBufferSourceNode.prototype.start;
        AudioBufferSourceNode.prototype.start = function (...all: number[]): void {
          starts.push(all);
          start.apply(this, all as [number, number, number]);
        };
      });
      await page.goto(site.url);
      await page.click("#listen");
      await page.waitForFunction(() => document.documentElement.dataset["at"]?.startsWith("1 "), undefined, { timeout: 60_000 });
      const [[at1, from, length] = [], [at2, from2] = []] = await page.evaluate(() => (globalThis as unknown as { starts: number[][] }).starts);
      // the second begins where the first has played all its frames
      expect((at2! - (at1! - from!)) * SAMPLE_RATE).toBeCloseTo(4 * SAMPLE_RATE, 3);
      expect((at1! + length!) * SAMPLE_RATE).toBeCloseTo(at2! * SAMPLE_RATE, 3);
      expect(from2).toBe(0);
      await page.evaluate(axe);
      const faults = await page.evaluate(async () =>
        (await (globalThis as unknown as { axe: { run(): Promise<{ violations: { id: string }[] }> } }).axe.run()).violations.map(({ id }) => id),
      );
      expect(faults).toEqual([]);
      await page.screenshot({ path: join(import.meta.dirname, "../out/release-phone.png") });
      expect(errors).toEqual([]);
    } finally {
      await browser.close();
      site.close();
    }
  });
});
