import { join } from "node:path";
import { keepMeasures, measured, serveFolder, startChromium } from "@kuishi/lab";
import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { lacks } from "./needs.ts";
import { idle, playedTo, room } from "./page.ts";

const dist = join(import.meta.dirname, "../apps/studio/dist");
const card = (style: string): string => `.style-card:has([value="${style}"])`;
const heard = (page: Page, style: string): Promise<unknown> => page.waitForSelector(`${card(style)}.heard`, { timeout: 60_000 });
const unheard = (page: Page): Promise<unknown> => page.waitForSelector(".style-card.heard", { state: "detached" });
const names = (page: Page): Promise<string[]> => page.locator(".variation-cards b").allTextContents();

describe.skipIf(lacks("chromium"))("the stage", () => {
  test("styles sound before they are chosen, by pointer, key and finger; what is chosen stays, with names and stars, over a reload", async () => {
    const browser = await startChromium();
    const site = await serveFolder(dist, "/k");
    try {
      const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: "en-GB" });
      const page = await context.newPage();
      const errors: string[] = [];
      page.on("pageerror", (error) => errors.push(error.message));
      await keepMeasures(page);
      await page.goto(site.url);
      await page.waitForSelector("#heard", { timeout: 60_000 });
      await room(page, "blend");
      // it stands still: the style sounds from the bar, and the playhead comes back to where it was
      await page.click("#blend-title");
      await page.hover(card("deep-house"));
      await heard(page, "deep-house");
      await playedTo(page, 0.1);
      await page.hover("#blend-title");
      await unheard(page);
      await page.waitForFunction(() => document.querySelector<HTMLInputElement>(".transport input")!.value === "0");
      expect(await page.getAttribute("#play", "aria-pressed")).toBe("false");
      // by keyboard: arrows listen, and choose nothing
      await page.locator('[name=style][value="deep-house"]').focus();
      await page.keyboard.press("ArrowRight");
      const next = await page.evaluate(() => (document.activeElement as HTMLInputElement).value);
      expect(next).not.toBe("deep-house");
      await heard(page, next);
      expect(await page.locator(".variation-cards").count()).toBe(0);
      expect(await page.locator("[name=style]:checked").getAttribute("value")).not.toBe(next);
      await page.locator("#play").focus();
      await unheard(page);
      // while the tune plays: choosing goes over to the new blend, and the music never stops
      await page.click("#play");
      await playedTo(page, 0.5);
      await page.click(card("deep-house"));
      await page.waitForSelector(".variation-cards li:nth-child(2).sounds", { timeout: 60_000 });
      await idle(page);
      expect(await page.getAttribute("#play", "aria-pressed")).toBe("true");
      await page.hover("#blend-title");
      await page.click("#play");
      expect(await names(page)).toEqual(["A", "B"]);
      // a name, a star, and back and forth by one key
      await page.click(".variation-cards li:nth-child(2) [data-sign=write]");
      await page.keyboard.type("For the wedding");
      await page.keyboard.press("Enter");
      await page.click(".variation-cards li:nth-child(2) .star");
      await page.locator("main").focus();
      await page.keyboard.press("KeyV");
      await page.waitForSelector(".variation-cards li:nth-child(1).sounds");
      await page.keyboard.press("KeyV");
      await page.waitForSelector(".variation-cards li:nth-child(2).sounds");
      // one is taken away, and that is taken back
      await page.click(".variation-cards li:nth-child(1) [data-sign=remove]");
      await page.waitForSelector(".variation-cards", { state: "detached" });
      await page.click("#undo-all");
      await page.waitForSelector(".variation-cards li:nth-child(2)");
      await page.waitForFunction(() => document.querySelector("#keeping")?.getAttribute("data-keeping") !== "writing");
      await page.reload();
      await page.waitForSelector(".variation-cards li:nth-child(2).sounds", { timeout: 60_000 });
      expect(await names(page)).toEqual(["A", "For the wedding"]);
      expect(await page.getAttribute(".variation-cards li:nth-child(2) .star", "aria-pressed")).toBe("true");
      // switched off, nothing sounds
      await idle(page);
      await page.click("#previews");
      await page.hover(card("deep-house"));
      expect((await measured(page, "preview")).length).toBe(0);
      expect(errors).toEqual([]);
    } finally {
      await browser.close();
      site.close();
    }
  });
});
