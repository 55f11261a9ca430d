import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { keepMeasures, measured, serveFolder, startChromium } from "@kuishi/lab";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { kuishi, scratch } from "./cli.ts";
import { lacks } from "./needs.ts";
import { idle, settled } from "./page.ts";

const dist = join(import.meta.dirname, "../apps/studio/dist");
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const picture = (name: string): string => join(import.meta.dirname, `../out/${name}.png`);

interface Words {
  readonly title: string;
  readonly verse: readonly string[];
  readonly chorus: readonly string[];
}
const SONGS: Readonly<Record<string, Words>> = {
  "kk-KZ": {
    title: "Желсіз түнде",
    verse: ["[Dm]Желсіз түнде [A7]жарық ай,", "Сәулесі суда [Dm]дірілдеп,", "Ауылдың жаны [Gm]терең сай,", "Тасыған өзен [Dm]гүрілдеп."],
    chorus: ["[F]Қалың ағаш [C]жапырағы", "Сыбырласып [Dm]өзді-өзі"],
  },
  "en-GB": {
    title: "One string",
    verse: ["[Am]Snow on the steppe and a [F]light far away,", "[C]one string is enough to be [G]heard"],
    chorus: ["[F]Hold on, [C]hold on,", "[G]morning is [Am]near"],
  },
};
const written = ({ title, verse, chorus }: Words): string =>
  `{title: ${title}}\n\n${verse.join("\n")}\n\n{start_of_chorus}\n${chorus.join("\n")}\n{end_of_chorus}\n\n{chorus}\n`;

/** Reaches something by Tab alone. */
async function reach(page: Page, selector: string): Promise<void> {
  await page.waitForSelector(selector);
  for (const way of ["Tab", "Shift+Tab"])
    for (let k = 0; k < 250; k++) {
      if (await page.evaluate((wanted) => document.activeElement === document.querySelector(wanted), selector)) return;
      await page.keyboard.press(way);
    }
  throw new Error(`${selector} cannot be reached by Tab`);
}
const press = async (page: Page, selector: string): Promise<void> => {
  await reach(page, selector);
  await page.keyboard.press("Enter");
};
/** Types lines where the cursor stands. */
async function typeLines(page: Page, lines: readonly string[]): Promise<void> {
  for (const [i, line] of lines.entries()) {
    const rows = await page.locator("[data-line]").count();
    await page.keyboard.type(line);
    if (i === lines.length - 1) continue;
    await page.keyboard.press("Enter");
    await page.waitForFunction(
      (count) =>
        document.querySelectorAll("[data-line]").length === count && document.activeElement?.closest("[data-line]")?.querySelector("textarea")?.value === "",
      rows + 1,
    );
  }
}
const kept = (page: Page): Promise<unknown> => page.waitForSelector('.project small[data-keeping="kept"]');

describe.skipIf(lacks("chromium"))("the desk where songs are written", () => {
  let browser: Browser;
  let site: Awaited<ReturnType<typeof serveFolder>>;
  beforeAll(async () => {
    browser = await startChromium();
    site = await serveFolder(dist, "/k");
  });
  afterAll(async () => {
    await browser?.close();
    site?.close();
  });
  async function open(locale: string, viewport: { width: number; height: number }): Promise<{ page: Page; errors: string[] }> {
    const page = await (await browser.newContext({ viewport, locale, acceptDownloads: true })).newPage();
    const errors: string[] = [];
    page.on("pageerror", (error) => errors.push(error.message));
    await keepMeasures(page);
    await page.goto(site.url);
    await page.waitForSelector("#heard", { timeout: 60_000 });
    return { page, errors };
  }

  for (const [locale, song] of Object.entries(SONGS))
    test(`${locale}: by keyboard alone, from an empty page to a song of two sections, heard, kept after a reload, and written as ChordPro`, async () => {
      using folder = scratch();
      const { page, errors } = await open(locale, { width: 1440, height: 900 });
      await press(page, "#begin-song");
      await page.waitForSelector("[data-line] textarea");
      await reach(page, "[data-line] textarea");
      await typeLines(page, song.verse);
      // chords typed in brackets stand above, and are heard at once
      expect(await page.locator("[data-line]").first().locator("textarea").inputValue()).toBe(song.verse[0]!.replace(/\[[^\]]*\]/g, ""));
      expect(await page.locator("[data-line]").first().locator(".chord").allTextContents()).toEqual(
        [...song.verse[0]!.matchAll(/\[([^\]]*)\]/g)].map((match) => match[1]),
      );
      await page.waitForFunction(() =>
        ((globalThis as unknown as { kuishiMeasures: Record<string, number[]> }).kuishiMeasures["chord"] ?? []).some((peak) => peak > 0.001),
      );
      await press(page, ".add-section [data-role=chorus]");
      await page.waitForFunction(() => document.activeElement?.closest(".section-card.gold") !== null);
      await typeLines(page, song.chorus);
      await press(page, ".section-card:nth-of-type(2) .repeat");
      await page.waitForSelector(".section-card.again");
      await reach(page, "#song-title");
      await page.keyboard.type(song.title);
      await page.keyboard.press("Tab");
      // the energy of its end, and a chord moved to another syllable and back
      await reach(page, ".form-energy .point:last-of-type");
      for (let k = 0; k < 2; k++) await page.keyboard.press("PageUp");
      expect(await page.locator(".form-energy .point").last().getAttribute("aria-valuenow")).toBe("80");
      await reach(page, "[data-line]:nth-of-type(1) .chord");
      await page.keyboard.press("ArrowRight");
      await page.waitForFunction(() => Number((document.activeElement as HTMLElement).dataset["at"]) > 0);
      await page.keyboard.press("ArrowLeft");
      await page.waitForFunction(() => (document.activeElement as HTMLElement).dataset["at"] === "0");
      if (locale === "kk-KZ") {
        const marks = await page
          .locator("[data-line] .marks")
          .evaluateAll((all) => all.slice(0, 4).map((one) => [".count", ".bunaq", ".rhyme"].map((name) => one.querySelector(name)?.textContent)));
        expect(marks).toEqual([
          ["7", "4+3", "a"],
          ["8", "3+2+3", "b"],
          ["8", "3+2+3", "a"],
          ["8", "3+2+3", "b"],
        ]);
        await press(page, "[data-line]:nth-of-type(2) .marks .mini");
        await page.waitForSelector(".rhyme-words li");
        expect(await page.locator(".rhyme-words li").count()).toBe(50);
      }
      await kept(page);
      await page.screenshot({ path: picture(`write-${locale.slice(0, 2)}`) });
      await page.reload();
      await page.waitForSelector("[data-line] textarea");
      await idle(page);
      expect(await page.locator(".section-card").count()).toBe(3);
      expect(await page.locator(".form-energy .point").last().getAttribute("aria-valuenow")).toBe("80");
      const [download] = await Promise.all([page.waitForEvent("download"), press(page, "#save-song")]);
      const text = readFileSync(await download.path(), "utf8");
      expect(text).toBe(written(song));
      // the other way: the file opened is the same song, and the command line reads it
      const file = join(folder.path, "song.cho");
      writeFileSync(file, text);
      expect(kuishi(["convert", file, join(folder.path, "song.txt")]).code).toBe(0);
      await page.setInputFiles("#open-song", file);
      await page.waitForFunction(
        (title) => document.querySelector(".project span")?.textContent === title && document.querySelectorAll(".section-card").length === 3,
        song.title,
      );
      const [again] = await Promise.all([page.waitForEvent("download"), page.click("#save-song")]);
      expect(readFileSync(await again.path(), "utf8")).toBe(text);
      expect(errors).toEqual([]);
      await page.context().close();
    });

  test("sections are moved, doubled, set aside and brought back, chords moved in semitones and steps, all of it undone step by step", async () => {
    using folder = scratch();
    const { page, errors } = await open("en-GB", { width: 1440, height: 900 });
    const file = join(folder.path, "song.cho");
    writeFileSync(file, "{title: T}\n\n{start_of_verse: one}\n[Am]a [F]b\n{end_of_verse}\n\n{start_of_chorus: two}\n[C]c [G]d\n{end_of_chorus}\n");
    await page.setInputFiles("#file", file);
    await page.waitForSelector(".section-card:nth-of-type(2)");
    const names = (): Promise<string[]> => page.locator(".form-tile").allTextContents();
    const chords = (): Promise<string[]> => page.locator(".chord").allTextContents();
    expect(await names()).toEqual(["one", "two"]);
    // by pointer: the second block before the first
    await page.dragAndDrop(".form-tile:nth-of-type(2)", ".form-tile:nth-of-type(1)");
    await page.waitForFunction(() => document.querySelector(".form-tile")?.textContent === "two");
    // by keyboard: back
    await page.locator(".form-tile").first().focus();
    await page.keyboard.press("Alt+ArrowRight");
    await page.waitForFunction(() => document.querySelector(".form-tile")?.textContent === "one");
    await page.locator(".section-card").first().locator(".duplicate").click();
    expect(await names()).toEqual(["one", "one", "two"]);
    await page.locator(".section-card").nth(2).locator(".remove").click();
    expect(await names()).toEqual(["one", "one"]);
    expect(await page.locator(".aside li").count()).toBe(1);
    await page.locator(".aside li button").first().click();
    expect(await names()).toEqual(["one", "one", "two"]);
    await page.click("#semitone-up");
    expect(await chords()).toEqual(["Bbm", "F#", "Bbm", "F#", "C#", "Ab"]);
    await page.click("#semitone-down");
    await page.click("#step-up");
    expect(await chords()).toEqual(["Bdim", "G", "Bdim", "G", "Dm", "Am"]);
    // the tune's arrangement is another; the first is as it was
    await page.click("#copy-arrangement");
    await page.locator(".section-card").first().locator(".remove").click();
    await page.selectOption("#arrangement", { label: "A" });
    expect(await names()).toEqual(["one", "one", "two"]);
    while (!(await page.locator("#undo-all").isDisabled())) await page.click("#undo-all");
    expect(await names()).toEqual(["one", "two"]);
    expect(await chords()).toEqual(["Am", "F", "C", "G"]);
    // Enter and Backspace cut and join, several lines are pasted as lines
    await page.locator("[data-line] textarea").first().click();
    await page.keyboard.press("End");
    await page.evaluate(() => {
      const data = new DataTransfer();
      data.setData("text/plain", "x\n[Dm]second\nthird");
      document.activeElement!.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
    });
    await page.waitForFunction(() => document.querySelectorAll(".section-card:first-of-type [data-line]").length === 3);
    expect(
      await page
        .locator(".section-card")
        .first()
        .locator("textarea")
        .evaluateAll((all) => all.map((one) => (one as HTMLTextAreaElement).value)),
    ).toEqual(["a bx", "second", "third"]);
    expect(errors).toEqual([]);
    await page.context().close();
  });

  test("a song without a recording opens every room, and over a tune words are written too", async () => {
    const { page, errors } = await open("kk-KZ", { width: 1280, height: 900 });
    // over the example: its own mode, its own picture
    await page.evaluate(() => (location.hash = "#write"));
    await page.click("#words-to-tune");
    await page.waitForSelector("[data-line] textarea");
    expect(await page.locator(".picture-of-tune").count()).toBe(1);
    expect(await page.locator("#tonic").count()).toBe(0);
    await page.click("#new-song");
    await page.waitForFunction(() => document.querySelector(".picture-of-tune") === null && document.querySelector("[data-line] textarea") !== null);
    for (const name of ["hear", "learn", "tracks", "blend", "mix", "play", "export", "write"]) {
      await page.evaluate((hash) => (location.hash = `#${hash}`), name);
      await settled(page, name);
    }
    // without a tune there are a metronome and a drone to sing over
    await page.evaluate(() => (location.hash = "#learn"));
    await page.fill("#metronome-bars", "3+");
    await page.waitForSelector("#metronome-bars-fault:not([hidden])");
    await page.fill("#metronome-bars", "2+3");
    await page.click("#metronome-run");
    await page.waitForSelector('.pulse-lights[aria-label="2+3"] i[data-on="true"]');
    await page.click("#drone-run");
    await page.fill("#metronome-bars", "3+2+2");
    await page.waitForSelector('.pulse-lights[aria-label="3+2+2"] i[data-on="true"]');
    await page.click("#drone-run");
    await page.click("#metronome-run");
    await page.waitForSelector('#metronome-run[aria-pressed="false"]');
    await page.evaluate(() => (location.hash = "#write"));
    await settled(page, "write");
    // as one file it goes elsewhere, and comes back
    using folder = scratch();
    await page.locator("[data-line] textarea").first().click();
    await page.keyboard.type("[Am]Қара жер");
    await page.click("#projects");
    const [download] = await Promise.all([page.waitForEvent("download"), page.click("#save-bundle")]);
    const bundle = join(folder.path, "song.kuishi");
    writeFileSync(bundle, readFileSync(await download.path()));
    expect(kuishi(["convert", bundle, join(folder.path, "song.cho")])).toMatchObject({ code: 0 });
    expect(readFileSync(join(folder.path, "song.cho"), "utf8")).toBe("[Am]Қара жер\n");
    await page.keyboard.press("Escape");
    await page.click("#new-song");
    await page.waitForFunction(() => document.querySelector<HTMLTextAreaElement>("[data-line] textarea")?.value === "");
    await page.setInputFiles("#file", bundle);
    await page.waitForFunction(() => document.querySelector<HTMLTextAreaElement>("[data-line] textarea")?.value === "Қара жер");
    expect(errors).toEqual([]);
    await page.context().close();
  });

  for (const [width, height, scheme] of [
    [1440, 900, "dark"],
    [390, 844, "light"],
  ] as const)
    test(`${width} x ${height}, ${scheme}: nothing for axe, nothing wider than the screen, fingers find what they press`, async () => {
      using folder = scratch();
      const { page } = await open("kk-KZ", { width, height });
      await page.emulateMedia({ colorScheme: scheme });
      const file = join(folder.path, "song.cho");
      writeFileSync(file, written(SONGS["kk-KZ"]!));
      await page.setInputFiles("#file", file);
      await page.waitForSelector(".section-card.again");
      await page.locator(".marks .mini").first().click();
      await page.waitForSelector(".rhyme-words li");
      await page.locator(".chord").first().click();
      await page.waitForSelector(".picked");
      await settled(page, "write");
      await page.evaluate(axe);
      const violations = await page.evaluate(async () => {
        const { axe: run } = globalThis as unknown as {
          axe: { run(options: object): Promise<{ violations: { id: string; nodes: { html: string; failureSummary: string }[] }[] }> };
        };
        return (await run.run({ runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] })).violations.map(
          (one) => `${one.id}: ${one.nodes.map((node) => `${node.html} ${node.failureSummary}`).join("\n")}`,
        );
      });
      expect(violations).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
      await page.evaluate(() => scrollTo(0, 0));
      await page.screenshot({ path: picture(`write-${width}`) });
      expect(await measured(page, "chord")).toBeDefined();
      await page.context().close();
    });
});
