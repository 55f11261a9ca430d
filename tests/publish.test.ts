import { readFileSync } from "node:fs";
import { join } from "node:path";
import { SAMPLE_RATE, seeded, sin } from "@kuishi/base";
import { serveFolder, startChromium } from "@kuishi/lab";
import { rankContest, readContest } from "@kuishi/stage";
import { unzipSync } from "fflate";
import { describe, expect, test } from "vitest";
import { lacks } from "./needs.ts";
import { idle } from "./page.ts";
import { wav } from "./wav.ts";

const tone = wav([Float32Array.from({ length: 2 * SAMPLE_RATE }, (_, i) => 0.2 * sin(i * 0.06) * (0.6 + 0.4 * sin(i / 9000)))]);
/** A contest of four, with its result. */
function contest(): object {
  const random = seeded(5, "stage");
  const ballots = Array.from({ length: 120 }, (_, k) => ({ judge: k % 3, a: k % 4, b: (k + 1 + (k % 3)) % 4 }))
    .filter(({ a, b }) => a !== b)
    .map((pair) => ({ ...pair, winner: random.chance(pair.a < pair.b ? 0.9 : 0.1) ? "a" : "b" }));
  const file = { kuishi: "contest/1", entries: [0, 1, 2, 3].map((id) => ({ id })), judges: [0, 1, 2].map((id) => ({ id })), conflicts: [], seed: 4, ballots };
  return { ...file, ...rankContest(readContest(file)) };
}

describe.skipIf(lacks("chromium"))("the stage", () => {
  test("a finished piece is published from the page, and what was said of it is there again after a reload", async () => {
    const site = await serveFolder(join(import.meta.dirname, "../apps/studio/dist"), "/k");
    const browser = await startChromium();
    try {
      const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: "kk-KZ" });
      const page = await context.newPage();
      const errors: string[] = [];
      page.on("pageerror", (error) => errors.push(error.message));
      await page.goto(`${site.url}/#stage`);
      await page.waitForSelector("#track-0-title");
      // who plays must be told, and is asked for by name
      await page.click("#publish");
      await page.waitForFunction(() => document.querySelector(".failure")?.textContent?.includes("орындаушыны"));
      await page.fill("#release-title", "Дала");
      await page.press("#release-title", "Tab");
      await page.fill("#release-artist", "Айгүл");
      await page.press("#release-artist", "Tab");
      await page.setInputFiles("#release-add", { name: "Кеңес.wav", mimeType: "audio/wav", buffer: tone });
      await page.waitForSelector("#track-1-title");
      await page.click(".release-tracks li:first-child button:last-of-type");
      await page.waitForSelector("#track-1-title", { state: "detached" });
      await page.click(".release-tracks summary");
      await page.fill("#track-0-credits", "Айгүл: домбыра 60 %\nДанияр 30 %");
      await page.press("#track-0-credits", "Tab");
      await page.click("#publish");
      await page.waitForFunction(() => document.querySelector(".failure")?.textContent?.includes("90"));
      await page.fill("#track-0-credits", "Айгүл: домбыра 60 %\nДанияр 40 %");
      await page.press("#track-0-credits", "Tab");
      await page.click("#publish");
      await page.waitForSelector("#save-release", { timeout: 120_000 });
      const saved = page.waitForEvent("download");
      await page.click("#save-release");
      const download = await saved;
      expect(download.suggestedFilename()).toBe("Айгүл - Дала.zip");
      const files = unzipSync(new Uint8Array(readFileSync((await download.path())!)));
      expect(Object.keys(files)).toEqual(expect.arrayContaining(["01 Айгүл - Кеңес.opus", "01 Айгүл - Кеңес.flac", "index.html", "cover.png"]));
      const shown = new TextDecoder().decode(files["index.html"]);
      expect(shown).toContain("Айгүл: домбыра");
      expect(shown).toContain('lang="kk"');
      await idle(page);
      await page.waitForSelector('.project small[data-keeping="kept"]');
      await page.reload();
      await page.waitForFunction(() => document.querySelector<HTMLInputElement>("#release-artist")?.value === "Айгүл");
      expect(await page.inputValue("#track-0-title")).toBe("Кеңес");
      expect(errors).toEqual([]);
    } finally {
      await browser.close();
      site.close();
    }
  });

  test("a contest's result is reckoned again, and one that was changed is found", async () => {
    const site = await serveFolder(join(import.meta.dirname, "../apps/studio/dist"), "/k");
    const browser = await startChromium();
    try {
      const page = await (await browser.newContext({ viewport: { width: 390, height: 844 }, locale: "en-GB" })).newPage();
      await page.goto(`${site.url}/#stage`);
      await page.waitForSelector("#contest-file", { state: "attached" });
      const open = (data: unknown): Promise<void> =>
        page.setInputFiles("#contest-file", { name: "result.json", mimeType: "application/json", buffer: Buffer.from(JSON.stringify(data)) });
      const result = contest();
      await open(result);
      await page.waitForSelector("#contest-result .good");
      expect(await page.locator(".ranking tbody tr").count()).toBe(4);
      await open({ ...result, winners: [3] });
      await page.waitForSelector("#contest-result .failure");
      expect(await page.textContent("#contest-result .failure")).toContain("winners");
      expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
    } finally {
      await browser.close();
      site.close();
    }
  });
});
