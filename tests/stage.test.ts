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
      await page.waitForFunction(() => document.querySelector("[data-keeping]")?.getAttribute("data-keeping") === "kept");
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

  test("notes of a part are drawn, moved and brought to the grid; what is by hand stays when the blend is made anew, and over a reload", async () => {
    const browser = await startChromium();
    const site = await serveFolder(dist, "/k");
    try {
      const page = await (await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: "en-GB" })).newPage();
      const errors: string[] = [];
      page.on("pageerror", (error) => errors.push(error.message));
      await page.goto(site.url);
      await page.waitForSelector("#heard", { timeout: 60_000 });
      await room(page, "blend");
      const says = (text: string | RegExp): Promise<unknown> => page.waitForSelector(`#notes-says:text-matches("${text}")`, { state: "attached" });
      await page.locator(".part-name", { hasText: "cellos" }).click();
      await page.click("#edit-notes");
      const count = async (): Promise<number> => Number(/\d+/.exec((await page.textContent("#notes-says")) ?? "")?.[0]);
      const before = await count();
      expect(before).toBeGreaterThan(8);
      // by keyboard: the first note, a degree higher, softer; one more at the playhead
      await page.focus("#notes");
      await page.keyboard.press("ArrowRight");
      await says("F2");
      await page.keyboard.press("ArrowUp");
      await says("A2");
      await page.keyboard.press("Minus");
      await says("loudness 61");
      await page.waitForSelector(".hand-mark");
      await page.keyboard.press("Enter");
      await says("loudness 75");
      await page.keyboard.press("Delete");
      await says(`Notes: ${before}`);
      // by pointer: drawn with the pen on an empty place, dragged away, taken back in one step each
      await page.click("#pen");
      const field = (await page.locator("#notes").boundingBox())!;
      await page.mouse.click(field.x + 300, field.y + 8);
      await says("loudness 75");
      await page.click("#pen");
      const drawn = await page.textContent("#notes-says");
      await page.mouse.click(field.x + 800, field.y + 8);
      await says(`Notes: ${before + 1}`);
      await page.click("#undo-all");
      await says(`Notes: ${before}`);
      expect(drawn).toContain("bar");
      // made anew with other dice, the part is as the hand left it
      await page.fill("#seed", "5");
      await page.click("#blend");
      await idle(page);
      await page.waitForSelector(".hand-mark");
      await says(`Notes: ${before}`);
      await page.waitForFunction(() => document.querySelector("[data-keeping]")?.getAttribute("data-keeping") === "kept");
      await page.reload();
      await page.waitForSelector(".hand-mark", { timeout: 60_000 });
      await idle(page);
      await page.locator(".part-name", { hasText: "cellos" }).click();
      await page.click("#edit-notes");
      await says(`Notes: ${before}`);
      // and it can be left to the style again
      await page.click("#release");
      await page.waitForSelector(".hand-mark", { state: "detached" });
      expect(errors).toEqual([]);
    } finally {
      await browser.close();
      site.close();
    }
  });

  test("what is played by hand is written down as notes where it was played, pass by pass, and sounds from its own track", async () => {
    const browser = await startChromium();
    const site = await serveFolder(dist, "/k");
    try {
      const page = await (await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: "en-GB" })).newPage();
      const errors: string[] = [];
      page.on("pageerror", (error) => errors.push(error.message));
      await keepMeasures(page);
      await page.goto(site.url);
      await page.waitForSelector("#heard", { timeout: 60_000 });
      await room(page, "play");
      // drums by the computer's keys, after a bar of count-in, with the transport's own button
      await page.selectOption("#hand", "drums");
      await page.click("#record");
      await page.waitForSelector('#play-in[aria-pressed="true"]');
      const at: number[] = [];
      for (const seconds of [0.6, 1.2]) {
        await playedTo(page, seconds);
        await page.locator(".pads button").nth(at.length).dispatchEvent("pointerdown");
        at.push(Number(await page.inputValue(".transport input")));
      }
      await page.click("#play-in");
      await page.waitForSelector(".stretches li");
      const [first] = (await measured(page, "playedIn")) as { at: number; voice: string }[][][];
      expect(first?.[0]?.map((note) => note.voice)).toEqual(["kick", "snare"]);
      // after what was waited for, but for the way to the loudspeaker, and before where the playhead was seen then
      for (const [k, note] of first![0]!.entries()) {
        expect(note.at / 48_000).toBeGreaterThan([0.6, 1.2][k]! - 0.6);
        expect(note.at).toBeLessThan(at[k]! + 4800);
      }
      // the other takes its place: the first rests
      await page.uncheck("#overdub");
      await page.click("#to-start");
      await page.click("#play-in");
      await playedTo(page, 0.2);
      await page.locator(".pads button").nth(2).dispatchEvent("pointerdown");
      await page.click("#record");
      await page.waitForSelector(".stretches li:nth-child(2)");
      expect(await page.locator(".stretches li.muted").count()).toBe(1);
      // in the editor by drum, in Tracks as a track that sounds
      await page.locator(".stretches [data-sign=write]").first().click();
      await page.waitForSelector("#notes-says:text-matches('Notes: 1')", { state: "attached" });
      await room(page, "tracks");
      await page.waitForSelector("#notes");
      await page.waitForFunction(() => document.querySelector("[data-keeping]")?.getAttribute("data-keeping") === "kept");
      await page.reload();
      await room(page, "play");
      await page.waitForSelector(".stretches li:nth-child(2)", { timeout: 60_000 });
      expect(errors).toEqual([]);
    } finally {
      await browser.close();
      site.close();
    }
  });
});
