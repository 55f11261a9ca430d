import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { silent } from "@kuishi/base";
import { serveFolder, startChromium } from "@kuishi/lab";
import { loadRecording, memorySource } from "@kuishi/media";
import { Kernels } from "@kuishi/signal";
import { kernelModule } from "@kuishi/signal/node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { example } from "./cli.ts";
import { lacks } from "./needs.ts";
import { idle, room } from "./page.ts";
import { wav } from "./wav.ts";

const dist = join(import.meta.dirname, "../apps/studio/dist");

describe.skipIf(lacks("chromium"))("a take beside the master, in Practise", () => {
  let browser: Awaited<ReturnType<typeof startChromium>>;
  let site: Awaited<ReturnType<typeof serveFolder>>;
  let take: Float32Array;
  beforeAll(async () => {
    browser = await startChromium();
    site = await serveFolder(dist, "/music/kuishi");
    const { channels } = await loadRecording(new Kernels(kernelModule()), memorySource(readFileSync(example)), {}, silent);
    // twice some strokes do not sound
    take = channels[0]!.slice(0, 20 * 48_000);
    for (const sec of [9, 14]) take.fill(0, sec * 48_000, (sec + 0.45) * 48_000);
  });
  afterAll(async () => {
    await browser?.close();
    site?.close();
  });

  test.each(["kk-KZ", "en-GB"])("what was missed is told, heard and gone round in (%s)", async (locale) => {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale });
    const page = await context.newPage();
    const errors: string[] = [];
    page.on("pageerror", (error) => errors.push(error.message));
    await page.goto(site.url);
    await page.waitForSelector("#heard", { timeout: 60_000 });
    await room(page, "learn");
    await page.setInputFiles("#take-file", { name: "take.wav", mimeType: "audio/wav", buffer: wav([take]) });
    await page.waitForSelector("#verdicts", { timeout: 120_000 });
    await idle(page);
    const told = (await page.textContent("#verdicts")) ?? "";
    expect(told).toMatch(locale === "kk-KZ" ? /Шеберде \d+ дыбыс: \d+ дұрыс/ : /\d+ notes of the master’s: \d+ right/);
    // a map of the bars that were played, the silent ones no better than the others
    const shares = await page.locator(".barmap li").evaluateAll((all) => all.map((one) => Number(getComputedStyle(one).getPropertyValue("--right"))));
    expect(shares.length).toBeGreaterThan(20);
    expect(shares.filter((share) => share > 0.8).length).toBeGreaterThan(15);
    // each thing is heard as played and as meant, and its place is gone round in
    expect(await page.locator(".things li").count()).toBeGreaterThan(0);
    await page.locator(".things li .mine").first().click();
    await page.locator(".things li .go-round").first().click();
    expect(await page.locator("#whole").count()).toBe(1);
    mkdirSync(join(import.meta.dirname, "../out"), { recursive: true });
    await page.screenshot({ path: join(import.meta.dirname, `../out/take-${locale}.png`) });
    // what is no take is told, and what was said before is gone
    await page.setInputFiles("#take-file", { name: "silent.wav", mimeType: "audio/wav", buffer: wav([new Float32Array(96_000)]) });
    await page.waitForSelector(".failure", { timeout: 60_000 });
    expect(await page.locator("#verdicts").count()).toBe(0);
    expect(errors).toEqual([]);
    await context.close();
  });
});
