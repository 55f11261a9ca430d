import { join } from "node:path";
import { serveFolder, startChromium } from "@kuishi/lab";
import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { lacks } from "./needs.ts";
import { digests, idle, room } from "./page.ts";

const dist = join(import.meta.dirname, "../apps/studio/dist");
const pressed = (page: Page): Promise<string[]> => page.locator('.variation-cards [data-variation][aria-pressed="true"] b').allTextContents();
async function blendAs(page: Page, style: string): Promise<void> {
  await room(page, "blend");
  // choosing blends by itself
  await page.click(`input[value="${style}"]`, { force: true });
  await idle(page);
  await page.waitForSelector("#stale", { state: "detached" });
}
async function written(page: Page): Promise<Record<string, string>> {
  await room(page, "export");
  const before = await page.evaluate(() => document.querySelector<HTMLAnchorElement>("a[data-file]")?.href);
  await page.click("#export");
  await page.waitForFunction((old) => ((href) => href !== undefined && href !== old)(document.querySelector<HTMLAnchorElement>("a[data-file]")?.href), before, {
    timeout: 120_000,
  });
  const { "timing.json": _, ...files } = await digests(page);
  return files;
}
const sounds = (files: Record<string, string>): Record<string, string> => Object.fromEntries(Object.entries(files).filter(([name]) => name.endsWith(".wav")));
/** Waits until a tune can be played. @returns milliseconds since the page was asked for. */
async function playable(page: Page): Promise<number> {
  await page.waitForFunction(() => document.querySelector<HTMLButtonElement>("#play")?.disabled === false, undefined, {
    timeout: 60_000,
  });
  return await page.evaluate(() => performance.now());
}

describe.skipIf(lacks("chromium"))("what was heard and kept", () => {
  test("is what is written, whatever is chosen meanwhile, and is there again after a reload, made by nobody anew", async () => {
    const browser = await startChromium();
    const site = await serveFolder(dist, "/k");
    try {
      const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: "en-GB" });
      const page = await context.newPage();
      const errors: string[] = [];
      page.on("pageerror", (error) => errors.push(error.message));
      // what the page asks of its workers
      await page.addInitScript(() => {
        const asked: string[] = [];
        Object.assign(window, { asked });
        const own = Worker.prototype.postMessage;
        Worker.prototype.postMessage = function (this: Worker, ...rest: unknown[]) {
          const { ask } = rest[0] as { ask?: { do: string; heard?: unknown } };
          if (ask) asked.push(ask.do === "hear" && !ask.heard ? "hear anew" : ask.do);
          return (own as (...all: unknown[]) => void).apply(this, rest);
        } as typeof own;
      });
      await page.goto(site.url);
      const fresh = await playable(page);
      await blendAs(page, "deep-house");
      await blendAs(page, "acoustic-band");
      expect(await pressed(page)).toEqual(["C"]);
      await page.locator('.variation-cards [data-variation="B"]').click();
      expect(await pressed(page)).toEqual(["B"]);
      // what is picked is what is chosen from then on, and nothing is said to have changed
      expect(await page.locator('input[value="deep-house"]').isChecked()).toBe(true);
      expect(await page.locator("#stale").count()).toBe(0);
      const first = await written(page);
      expect(Object.keys(first).join(" ")).toContain("kick");
      expect(Object.keys(first).join(" ")).not.toContain("guitar");

      // another harmony, chosen and not blended, is not heard, so it is not written
      await room(page, "blend");
      await page.selectOption("#colour", "western");
      await page.waitForSelector("#stale");
      expect(sounds(await written(page))).toEqual(sounds(first));
      // neither is a note that was corrected after the blend
      await room(page, "hear");
      await page.locator('.correction button[aria-label="Next stroke"]').focus();
      await page.keyboard.press("ArrowRight");
      await page.keyboard.press("ArrowUp");
      await page.waitForFunction(() => document.querySelector("#corrections")?.textContent?.endsWith("1"));
      await idle(page);
      const second = await written(page);
      expect(sounds(second)).toEqual(sounds(first));
      expect(second["score.musicxml"]).toBe(first["score.musicxml"]);

      await page.waitForFunction(() => document.querySelector("[data-keeping]")?.getAttribute("data-keeping") === "kept");
      await page.reload();
      const again = await playable(page);
      await room(page, "blend");
      // a room is fetched when it is entered
      await page.waitForSelector('.variation-cards [data-variation="C"]');
      expect(await page.locator(".variation-cards [data-variation] b").allTextContents()).toEqual(["A", "B", "C"]);
      expect(await pressed(page)).toEqual(["B"]);
      expect(await written(page)).toEqual(second);
      await room(page, "blend");
      await page.locator('.variation-cards [data-variation="C"]').click();
      await page.waitForSelector("#stale");
      const third = await written(page);
      expect(Object.keys(third).join(" ")).toContain("guitar");
      const asked = await page.evaluate(() => (window as unknown as { asked: string[] }).asked);
      expect(asked).toContain("export");
      expect(asked.filter((one) => ["blend", "hear anew", "correct"].includes(one))).toEqual([]);
      console.log(`playable after ms: the example afresh ${Math.round(fresh)}, the project ${Math.round(again)}`);
      expect(again - fresh).toBeLessThan(1500);
      expect(errors).toEqual([]);
    } finally {
      await browser.close();
      site.close();
    }
  });
});
