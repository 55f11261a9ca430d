import { join } from "node:path";
import { serveFolder, startChromium } from "@kuishi/lab";
import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { lacks } from "./needs.ts";
import { idle, room } from "./page.ts";

const dist = join(import.meta.dirname, "../apps/studio/dist");
/** A file of so many bytes keeps the reader that stands in for ours for ever. */
const HOSTILE_BYTES = 4321;
/** What a page would never do to itself: the thread that reads is caught by a file. */
const HANG = `const arrayBuffer = Blob.prototype.arrayBuffer;
Blob.prototype.arrayBuffer = function () { if (this.size === ${HOSTILE_BYTES}) for (;;); return arrayBuffer.call(this); };
const slice = Blob.prototype.slice;
Blob.prototype.slice = function (...range) { if (this.size === ${HOSTILE_BYTES}) for (;;); return slice.apply(this, range); };`;

describe.skipIf(lacks("chromium"))("a file that keeps its reader for ever", () => {
  const open = async (locale: string) => {
    const browser = await startChromium([]);
    const site = await serveFolder(dist, "/k");
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale, serviceWorkers: "block" });
    const page = await context.newPage();
    await page.route("**/ear.worker-*.js", async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, body: `${HANG}\n${await response.text()}` });
    });
    await page.goto(site.url);
    await page.waitForSelector("#heard");
    await idle(page);
    return { page, close: () => browser.close().then(() => site.close()) };
  };
  const give = (page: Page, name: string): Promise<void> =>
    page.setInputFiles("#file", { name, mimeType: "application/octet-stream", buffer: Buffer.alloc(HOSTILE_BYTES, 32) });
  /** The tune that was open is still there, and is blended as ever. */
  const blends = async (page: Page): Promise<void> => {
    await page.waitForSelector("#heard");
    await room(page, "blend");
    await page.click('input[value="deep-house"]', { force: true });
    await idle(page);
    await page.waitForSelector("#stale", { state: "detached", timeout: 240_000 });
    expect(await page.locator(".failure").count()).toBe(0);
  };

  test.each([
    ["en-GB", /“hostile\.wav” keeps its reader busy for more than 30 seconds/],
    ["ru-RU", /«hostile\.wav».*30/],
    ["kk-KZ", /hostile\.wav.*30/],
  ])("is given up with a sentence that names it, and nothing is lost (%s)", async (locale, sentence) => {
    const { page, close } = await open(locale);
    try {
      await give(page, "hostile.wav");
      await page.waitForSelector(".failure", { timeout: 240_000 });
      expect(await page.textContent(".failure")).toMatch(sentence);
      await idle(page);
      if (locale === "en-GB") await blends(page);
    } finally {
      await close();
    }
  });
  test("is given up when it is asked to stop, and nothing is lost", async () => {
    const { page, close } = await open("en-GB");
    try {
      await give(page, "hostile.musicxml");
      await page.click("#cancel");
      await page.waitForSelector(".failure", { timeout: 240_000 });
      expect(await page.textContent(".failure")).toContain("Stopped, as you asked");
      await idle(page);
      await blends(page);
    } finally {
      await close();
    }
  });
});
