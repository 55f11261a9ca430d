import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { seeded } from "@kuishi/base";
import { serveFolder, startChromium } from "@kuishi/lab";
import { composeTune, drawLute, LUTE_RATE, renderTouches } from "@kuishi/lab/lute";
import { encodeAudio } from "@kuishi/media";
import { Kernels, resampled } from "@kuishi/signal";
import { kernelModule } from "@kuishi/signal/node";
import { modes } from "@kuishi/tuning";
import { describe, expect, test } from "vitest";
import { scratch } from "./cli.ts";
import { lacks } from "./needs.ts";

interface Measured {
  readonly at: number;
  readonly cents: readonly number[];
  readonly streamSec: number;
  readonly pageMs: number;
}

describe.skipIf(lacks("chromium"))("the live ear in Chromium, its microphone fed from a file", () => {
  test("strokes are told within 100 ms of the stream with their pitches, and the take opens as a recording", async () => {
    using folder = scratch();
    const random = seeded(7, "live");
    const lute = drawLute(random, { low: [4900, 5000], interval: 498, stray: 8 });
    const mode = [...modes].find((one) => one.name === "mixolydian") ?? [...modes][0];
    if (!mode) throw new Error("no modes");
    const tune = composeTune(random, lute, { bars: [[2, 2]], mode, seconds: 12, pulse: 0.25, rubato: 0 });
    const x = renderTouches(random, lute, tune.touches, [], tune.seconds);
    const peak = x.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
    const wav = join(folder.path, "mic.wav");
    const sound = resampled(new Kernels(kernelModule()), x, LUTE_RATE, 48_000).map((v) => (v * 0.6) / peak);
    writeFileSync(wav, await encodeAudio("wav", [sound], () => Promise.reject(new Error("no codec is needed")), "pcm16"));
    const browser = await startChromium([
      "--use-fake-ui-for-media-stream",
      "--use-fake-device-for-media-stream",
      `--use-file-for-fake-audio-capture=${wav}%noloop`,
    ]);
    const site = await serveFolder(join(import.meta.dirname, "../apps/studio/dist"), "/live");
    try {
      const page = await browser.newPage();
      const errors: string[] = [];
      page.on("pageerror", (error) => errors.push(error.message));
      await page.goto(site.url);
      await page.waitForSelector("#heard", { timeout: 60_000 });
      await page.click("#live");
      await page.waitForSelector(".passing");
      await page.waitForTimeout(tune.seconds * 1000);
      const told = await page.evaluate(() => (globalThis as unknown as { kuishiLive: Measured[] }).kuishiLive);
      // the page does not know when the file began: the shift that fits best
      const truth = tune.strokes.map((stroke) => ({
        at: stroke.at,
        cents: tune.touches
          .filter((touch) => Math.abs(touch.at - stroke.at) < 0.03)
          .map((touch) => lute.strings[touch.string]?.frets[Math.round(touch.fret)] ?? 0),
      }));
      const hits = (shift: number): number =>
        truth.filter((stroke) =>
          told.some((one) => Math.abs(one.at - shift - stroke.at) < 0.05 && stroke.cents.some((c) => one.cents.some((d) => Math.abs(c - d) < 60))),
        ).length;
      const best = Math.max(...told.slice(0, 12).flatMap((one) => truth.slice(0, 12).map((stroke) => hits(one.at - stroke.at))));
      expect(best / truth.length).toBeGreaterThan(0.75);
      expect(told.length).toBeLessThan(truth.length * 1.4);
      const prompt = told.filter((one) => one.streamSec <= 0.1);
      expect(prompt.length / told.length).toBeGreaterThan(0.9);
      await page.click("#live");
      await page.waitForFunction(() => document.querySelector("#tune-title")?.textContent === "take.wav", undefined, { timeout: 60_000 });
      expect(errors).toEqual([]);
    } finally {
      await browser.close();
      site.close();
    }
  });
});
