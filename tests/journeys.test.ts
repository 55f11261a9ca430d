import { execSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { seeded } from "@kuishi/base";
import { keepMeasures, serveFolder, startChromium } from "@kuishi/lab";
import { composeTune, drawLute, LUTE_RATE, renderTouches } from "@kuishi/lab/lute";
import { Kernels, resampled } from "@kuishi/signal";
import { kernelModule } from "@kuishi/signal/node";
import { modes } from "@kuishi/tuning";
import type { Browser, Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { scratch } from "./cli.ts";
import { lacks } from "./needs.ts";
import { digests, idle, listened, playedTo, turned } from "./page.ts";
import { wav } from "./wav.ts";

const dist = join(import.meta.dirname, "../apps/studio/dist");

/** Seven pulses in three groups, played on a modelled lute. */
function seven(): Float32Array {
  const random = seeded(21, "journey");
  const lute = drawLute(random, { low: [4900, 5000], interval: 500, stray: 5 });
  const mode = [...modes].find((one) => one.name === "mixolydian")!;
  const tune = composeTune(random, lute, { bars: [[3, 2, 2]], mode, seconds: 14, pulse: 0.2, rubato: 0 });
  const sound = renderTouches(random, lute, tune.touches, [], tune.seconds);
  const peak = sound.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
  return resampled(new Kernels(kernelModule()), sound, LUTE_RATE, 48_000).map((v) => (v * 0.6) / peak);
}

/** A hand that does everything by pointer, or one that has a keyboard alone: it reaches what it wants by Tab. */
interface Hand {
  press(page: Page, selector: string): Promise<void>;
  reach(page: Page, selector: string): Promise<void>;
}
const pointer: Hand = {
  press: (page, selector) => page.locator(selector).first().click(),
  reach: (page, selector) => page.locator(selector).first().focus(),
};
const keyboard: Hand = {
  press: async (page, selector) => {
    await keyboard.reach(page, selector);
    await page.keyboard.press("Enter");
  },
  reach: async (page, selector) => {
    await page.waitForSelector(selector);
    for (const way of ["Tab", "Shift+Tab"])
      for (let k = 0; k < 250; k++) {
        if (await page.evaluate((wanted) => document.activeElement === document.querySelector(wanted), selector)) return;
        await page.keyboard.press(way);
      }
    throw new Error(`${selector} cannot be reached by Tab`);
  },
};

const ready = async (page: Page, url: string): Promise<void> => {
  await page.goto(url);
  await page.waitForSelector("#heard", { timeout: 60_000 });
};
const room = (name: string): string => `.rooms [data-room=${name}]`;

describe.skipIf(lacks("chromium"))("journeys through the studio", () => {
  for (const [name, hand] of [
    ["with a pointer", pointer],
    ["by keyboard alone", keyboard],
  ] as const) {
    test(`${name}: record, hear, correct, blend in seven, draw a crescendo, mix, write, and open it again from its bundle`, async () => {
      using folder = scratch();
      const microphone = join(folder.path, "mic.wav");
      const sound = seven();
      writeFileSync(microphone, wav([sound]));
      const browser = await startChromium([
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        `--use-file-for-fake-audio-capture=${microphone}%noloop`,
      ]);
      const site = await serveFolder(dist, "/k");
      try {
        const page = await (await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: "en-GB", acceptDownloads: true })).newPage();
        const errors: string[] = [];
        page.on("pageerror", (error) => errors.push(error.message));
        await keepMeasures(page);
        await ready(page, site.url);
        // record and hear
        await hand.press(page, "#live");
        await page.waitForSelector(".passing");
        await listened(page, sound.length / 48_000);
        await hand.press(page, "#live");
        await page.waitForFunction(() => document.querySelector("#tune-title")?.textContent === "take.wav", undefined, { timeout: 60_000 });
        await idle(page);
        // correct three notes, and say that it goes in seven
        await hand.reach(page, '.correction button[aria-label="Next stroke"]');
        for (let k = 1; k <= 3; k++) {
          for (let step = 0; step < 4; step++) await page.keyboard.press("ArrowRight");
          await page.keyboard.press("ArrowUp");
          await page.waitForFunction((count) => document.querySelector("#corrections")?.textContent?.endsWith(String(count)), k);
          await idle(page);
        }
        await hand.reach(page, '.correction input[placeholder="2+3"]');
        await page.keyboard.type("3+2+2");
        await page.keyboard.press("Tab");
        await page.waitForFunction(() => document.querySelector("#corrections")?.textContent?.endsWith("4"));
        await idle(page);
        // blend
        await hand.press(page, room("blend"));
        await hand.press(page, "#blend");
        await idle(page);
        await hand.press(page, "#more > summary");
        for (const [k, times] of [
          [1, 4],
          [16, 5],
        ] as const) {
          await hand.reach(page, `.energy circle:nth-of-type(${k})`);
          for (let i = 0; i < times; i++) await page.keyboard.press(k === 1 ? "PageDown" : "PageUp");
        }
        await hand.press(page, "#blend");
        await idle(page);
        // mix
        await hand.press(page, room("mix"));
        await hand.reach(page, '.tracks [data-strip="recording"] input[type=range]');
        for (let i = 0; i < 4; i++) await page.keyboard.press("ArrowLeft");
        await hand.press(page, '.tracks [data-strip="kick"] .more');
        await hand.reach(page, '.tracks [data-strip="kick"] [data-parameter="strip.pan"]');
        await page.keyboard.press("ArrowRight");
        // write
        await hand.press(page, room("export"));
        await hand.press(page, "#export");
        await page.waitForSelector(".files", { timeout: 120_000 });
        const first = await digests(page);
        expect(Object.keys(first).length).toBeGreaterThan(12);
        const [download] = await Promise.all([page.waitForEvent("download"), hand.press(page, "#save-project")]);
        const bundle = join(folder.path, "take.kuishi");
        writeFileSync(bundle, readFileSync(await download.path()));
        // somewhere else
        const other = await (await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: "en-GB" })).newPage();
        other.on("pageerror", (error) => errors.push(error.message));
        await ready(other, site.url);
        await hand.press(other, "#projects");
        const [chooser] = await Promise.all([
          other.waitForEvent("filechooser"),
          hand === pointer ? other.locator("label:has(#open-bundle)").click() : hand.press(other, "#open-bundle"),
        ]);
        await chooser.setFiles(bundle);
        await other.waitForFunction(() => document.querySelector("#tune-title")?.textContent === "take.wav", undefined, { timeout: 60_000 });
        await idle(other);
        expect(await other.textContent("#corrections")).toBe("Corrections: 4");
        await hand.press(other, room("export"));
        await hand.press(other, "#export");
        await other.waitForSelector(".files", { timeout: 120_000 });
        const second = await digests(other);
        for (const [file, digest] of Object.entries(first)) if (file !== "timing.json") expect(second[file], file).toBe(digest);
        expect(errors).toEqual([]);
      } finally {
        await browser.close();
        site.close();
      }
    });
    test(`${name}: a passage is practised at half its speed, kept by name, and walked note by note`, async () => {
      const browser = await startChromium();
      const site = await serveFolder(dist, "/k");
      try {
        const page = await (await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: "en-GB" })).newPage();
        await ready(page, site.url);
        const position = (): Promise<number> => page.evaluate(() => Number(document.querySelector<HTMLInputElement>(".transport input")!.value));
        await hand.press(page, room("learn"));
        // from bar three to five: A and B where the playhead is
        await hand.reach(page, ".transport input");
        for (let k = 0; k < 40; k++) await page.keyboard.press("ArrowRight");
        await hand.press(page, "#set-a");
        await hand.reach(page, ".transport input");
        for (let k = 0; k < 20; k++) await page.keyboard.press("ArrowRight");
        await hand.press(page, "#set-b");
        expect(await page.textContent("#passage")).toContain("0:04–0:06");
        await hand.reach(page, "#speed");
        await page.selectOption("#speed", "0.5");
        await hand.press(page, "#practise");
        await page.waitForFunction(() => document.querySelector("#practise")?.getAttribute("aria-pressed") === "true", undefined, { timeout: 30_000 });
        // half as fast, and round and round: two seconds of the tune last four
        await page.waitForFunction(() => Number(document.querySelector<HTMLInputElement>(".transport input")!.value) < 4.5 * 48_000);
        const seen = await turned(page, 2);
        expect(Math.min(...seen.map((one) => one.frame))).toBeGreaterThanOrEqual(4 * 48_000 - 4800);
        expect(Math.max(...seen.map((one) => one.frame))).toBeLessThanOrEqual(6 * 48_000 + 4800);
        const back = seen.findIndex((one, k) => k > 0 && one.frame < seen[k - 1]!.frame);
        const run = seen.slice(back).filter((one, _, [first]) => one.at > first!.at + 300 && one.at < first!.at + 3500);
        const speed = ((run.at(-1)?.frame ?? 0) - (run[0]?.frame ?? 0)) / 48 / ((run.at(-1)?.at ?? 1) - (run[0]?.at ?? 0));
        expect(speed).toBeGreaterThan(0.42);
        expect(speed).toBeLessThan(0.58);
        await hand.press(page, "#practise");
        await hand.reach(page, "#loop-name");
        await page.keyboard.type("орта буын");
        await hand.press(page, "#keep-loop");
        expect(await page.textContent(".loops")).toContain("орта буын");
        await hand.press(page, "#note-next");
        expect(await page.textContent("#fingers")).toMatch(/string \d, fret \d+/);
        const before = await position();
        // the slider tells tenths of a second; notes may lie closer
        for (let k = 0; k < 3; k++) await hand.press(page, "#note-next");
        await page.waitForFunction((was) => Number(document.querySelector<HTMLInputElement>(".transport input")!.value) !== was, before);
      } finally {
        await browser.close();
        site.close();
      }
    });
  }
});

/** Kills the process that runs the page, as the system does when memory is short. */
async function killRenderer(browser: Browser, page: Page): Promise<void> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = (await session.send("SystemInfo.getProcessInfo")) as { processInfo: { type: string; id: number; cpuTime: number }[] };
  const gone = page.waitForEvent("crash", { timeout: 10_000 });
  for (const one of processInfo) if (one.type === "renderer") execSync(`kill -9 ${one.id}`);
  await gone;
}

describe.skipIf(lacks("chromium"))("a page that is killed", () => {
  test("loses nothing older than two seconds, at ten moments, three of them while recording", async () => {
    const random = seeded(5, "kill");
    const browser = await startChromium(["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"]);
    const site = await serveFolder(dist, "/k");
    const lost: number[] = [];
    try {
      for (let round = 0; round < 10; round++) {
        const recording = round % 3 === 2;
        const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: "en-GB", permissions: ["microphone"] });
        let page = await context.newPage();
        await ready(page, site.url);
        await page.click(room("tracks"));
        await page.waitForSelector("#add-marker");
        const wait = 700 + random.int(0, 2500);
        if (recording) {
          await page.selectOption("#count-in", "0");
          await page.click("#record");
          await page.waitForFunction(() => document.querySelector("#record")?.getAttribute("aria-pressed") === "true");
          const began = Date.now();
          await playedTo(page, (wait + 1500) / 1000);
          await killRenderer(browser, page);
          const lasted = Date.now() - began;
          page = await context.newPage();
          await ready(page, site.url);
          const told = await page.waitForSelector(".told");
          const seconds = Number(/([\d.]+) s of it/.exec((await told.textContent()) ?? "")?.[1] ?? 0);
          lost.push(lasted - seconds * 1000);
          await page.click(room("tracks"));
          await page.locator(".clip", { hasText: "take-" }).first().waitFor();
          expect(await page.locator(".clip", { hasText: "take-" }).count()).toBe(1);
        } else {
          // markers, each named for when it was made
          const until = Date.now() + wait;
          let last = 0;
          while (Date.now() < until) {
            await page.evaluate(() => {
              for (let k = 0; k < 1 + Math.floor(Math.random() * 3); k++) document.querySelector<HTMLElement>("#add-marker")!.click();
            });
            last = await page.locator(".marker").count();
          }
          const at = Date.now();
          await killRenderer(browser, page);
          page = await context.newPage();
          await ready(page, site.url);
          await page.click(room("tracks"));
          await page.waitForSelector(".marker");
          const kept = await page.locator(".marker").count();
          // markers were made all the time: those that are missing are of its end
          lost.push(((last - kept) / last) * (Date.now() - at + wait));
        }
        await context.close();
      }
    } finally {
      await browser.close();
      site.close();
    }
    console.log(`lost by a kill, ms: ${lost.map((value) => Math.round(value)).join(" ")}`);
    for (const value of lost) expect(value).toBeLessThan(2000);
  });
});
