import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { serveFolder, startChromium } from "@kuishi/lab";
import type { Browser, Page } from "playwright-core";
import { BasicSoundBank } from "spessasynth_core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { example, kuishi, scratch } from "./cli.ts";
import { lacks, shared } from "./needs.ts";
import { digests, idle, room } from "./page.ts";

const dist = join(import.meta.dirname, "../apps/studio/dist");

describe.skipIf(lacks("chromium"))("the studio in Chromium, on a sub-path without special headers", () => {
  let browser: Browser;
  let site: Awaited<ReturnType<typeof serveFolder>>;
  beforeAll(async () => {
    browser = await startChromium();
    site = await serveFolder(dist, "/music/kuishi");
  });
  afterAll(async () => {
    await browser?.close();
    site?.close();
  });

  async function open(options: { width?: number; height?: number; locale?: string } = {}): Promise<{ page: Page; errors: string[] }> {
    const context = await browser.newContext({ viewport: { width: options.width ?? 1280, height: options.height ?? 900 }, locale: options.locale ?? "en-GB" });
    const page = await context.newPage();
    const errors: string[] = [];
    page.on("pageerror", (error) => errors.push(error.message));
    page.on("console", (message) => {
      if (message.type() === "error") errors.push(message.text());
    });
    await page.goto(site.url);
    await page.waitForSelector("#heard", { timeout: 60_000 });
    return { page, errors };
  }
  const blended = async (page: Page, style?: string): Promise<void> => {
    await room(page, "blend");
    if (style) await page.click(`input[value="${style}"]`, { force: true });
    await page.click("#blend");
    await idle(page);
  };
  /** Goes on to write everything. */
  const written = async (page: Page): Promise<void> => {
    await room(page, "export");
    await page.click("#export");
    await page.waitForSelector(".files", { timeout: 120_000 });
  };
  test("the example is blended, played with a moving playhead, and the downloads are the command line's files", async () => {
    using folder = scratch();
    const { page, errors } = await open();
    // the studio opens on the example blended; what it writes is what the command line writes of the same choices
    await page.click("#play");
    await page.waitForFunction(() => Number(document.querySelector<HTMLInputElement>(".transport input")!.value) > 48_000, undefined, { timeout: 20_000 });
    await page.click("#play");
    await written(page);
    const run = kuishi(["blend", example, "--style", "orchestral-quart-quint", "--no-clean", "--lang", "en", "--out", join(folder.path, "b")]);
    expect(run.code).toBe(0);
    const own = await digests(page);
    expect(Object.keys(own).length).toBeGreaterThan(15);
    for (const [name, digest] of Object.entries(own)) {
      if (name !== "timing.json")
        expect(digest, name).toBe(
          createHash("sha256")
            .update(readFileSync(join(folder.path, "b", name)))
            .digest("hex"),
        );
    }
    const [download] = await Promise.all([page.waitForEvent("download"), page.click('a[data-file="tuning.scl"]')]);
    expect(readFileSync(await download.path(), "utf8")).toBe(readFileSync(join(folder.path, "b", "tuning.scl"), "utf8"));
    await room(page, "mix");
    const first = page.locator(".tracks li").nth(1);
    await first.locator("button").nth(0).click();
    expect(await first.locator("button").nth(0).getAttribute("aria-pressed")).toBe("true");
    expect(errors).toEqual([]);
    await page.context().close();
  });
  test("a note is corrected by mouse and keyboard, its kin with it, and the step is undone", async () => {
    const { page, errors } = await open();
    const lanes = await page.locator(".lanes").boundingBox();
    if (!lanes) throw new Error("no lanes");
    await page.mouse.click(lanes.x + lanes.width * 0.4, lanes.y + lanes.height * 0.6);
    const struck = (): Promise<string | null> => page.textContent(".struck");
    const corrected = async (count: number): Promise<void> => {
      await page.waitForFunction((n) => document.querySelector("#corrections")?.textContent?.includes(String(n)), count);
      await page.waitForFunction(() => document.querySelector(".work") === null);
    };
    await page.waitForSelector(".struck li");
    const first = await struck();
    expect(first).toMatch(
      /[A-G][♯♭]?\d.*string \d, fret \d.*struck: (sure|likely|check) · pitch: (sure|likely|check) · string: (sure|likely|check) · fret: (sure|likely|check)/,
    );
    await page.locator(".struck .fret").first().click();
    await corrected(1);
    expect(await struck()).not.toBe(first);
    await page.locator("#undo").focus();
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("KeyB");
    await corrected(2);
    await page.keyboard.press("KeyZ");
    await corrected(1);
    await page.keyboard.press("KeyZ");
    await corrected(0);
    await page.keyboard.press("ArrowLeft");
    expect(await struck()).toBe(first);
    // what was heard with corrections is what is blended
    await page.locator(".struck .remove").first().click();
    await corrected(1);
    await blended(page);
    expect(errors).toEqual([]);
    await page.context().close();
  });
  test("every choice of a blend is made by keyboard, heard, and taken back; the variations stay side by side", async () => {
    using folder = scratch();
    const { page, errors } = await open();
    await blended(page, "deep-house");
    const parts = async (): Promise<string[]> => {
      await room(page, "mix");
      await page.waitForSelector(".tracks:not(.buses) > li .name");
      return await page.locator(".tracks:not(.buses) > li .name").allTextContents();
    };
    const mix = async (): Promise<string | undefined> => {
      await written(page);
      return (await digests(page))["mix.wav"];
    };
    const [first, firstParts] = [await mix(), await parts()];
    await room(page, "blend");
    await page.locator("#more > summary").focus();
    await page.keyboard.press("Enter");
    // the energy, point by point
    const point = page.locator('.energy circle[role="slider"]').nth(8);
    await point.focus();
    const before = Number(await point.getAttribute("aria-valuenow"));
    await page.keyboard.press("PageDown");
    expect(Number(await point.getAttribute("aria-valuenow"))).toBeCloseTo(before - 20, -1);
    await page.keyboard.press("ArrowUp");
    await page.locator("#colour").selectOption("western");
    await page.locator("#transpose").fill("100");
    await page.locator("#transpose").press("Enter");
    await page.locator(".arc button").nth(1).press("Enter");
    await page.locator(".arc select").nth(2).selectOption("trap");
    await room(page, "mix");
    await page.locator(".tracks > li", { hasText: "clap" }).locator(".more").press("Enter");
    await page.locator(".inside .dice button").nth(1).press("Enter");
    await blended(page);
    expect(await parts()).not.toContain("clap");
    expect(await parts()).toContain("kick (trap)");
    expect(await mix()).not.toBe(first);
    await room(page, "blend");
    expect(await page.locator(".variation-cards [data-variation] b").allTextContents()).toEqual(["A", "B", "C"]);
    // played from the place where the other one was
    await page.click("#play");
    await page.waitForFunction(() => Number(document.querySelector<HTMLInputElement>(".transport input")!.value) > 24_000, undefined, { timeout: 20_000 });
    await page.locator(".variation-cards [data-variation]").nth(1).press("Enter");
    await page.waitForFunction(() => document.querySelector('.variation-cards [data-variation][aria-pressed="true"] b')?.textContent === "B");
    expect(await parts()).toEqual(firstParts);
    await page.waitForFunction(() => Number(document.querySelector<HTMLInputElement>(".transport input")!.value) > 40_000, undefined, { timeout: 20_000 });
    await page.click("#play");
    // each step is taken back, the picking of B with them, and the first blend is there again, to the byte
    for (let k = 0; k < 8; k++) await page.keyboard.press("Control+KeyZ");
    await blended(page);
    expect(await mix()).toBe(first);
    await room(page, "blend");
    expect(await page.locator(".variation-cards [data-variation]").count()).toBe(3);
    await room(page, "mix");
    // why each event is there
    await page.locator(".tracks .more").nth(1).press("Enter");
    expect(await page.locator(".inside .why li").first().textContent()).toMatch(/^\d:\d\d\.\d: /);
    // a style of one's own, one that is wrong, a singer
    const own = JSON.parse(readFileSync(join(import.meta.dirname, "../packages/blend/src/styles/lo-fi.json"), "utf8"));
    writeFileSync(join(folder.path, "mine.json"), JSON.stringify({ ...own, name: "mine", title: { kk: "Өзім", ru: "Моё", en: "My own" } }));
    await room(page, "blend");
    await page.locator("#more > summary").press("Enter");
    await page.setInputFiles("#own-style", join(folder.path, "mine.json"));
    expect(await page.isChecked('input[value="mine"]')).toBe(true);
    await page.setInputFiles("#voice", example);
    await page.waitForSelector("#voice-tune");
    await blended(page);
    expect(await parts()).toContain("voice");
    await room(page, "blend");
    await page.locator("#more > summary").press("Enter");
    writeFileSync(join(folder.path, "bad.json"), JSON.stringify({ ...own, swing: 1000 }));
    await page.setInputFiles("#own-style", join(folder.path, "bad.json"));
    expect(await page.textContent(".failure")).toContain("swing");
    expect(errors).toEqual([]);
    await page.context().close();
  });
  test("a written tune is opened, played by our dombra and blended as on the command line", async () => {
    using folder = scratch();
    const path = join(folder.path, "tune.abc");
    writeFileSync(path, "X:1\nT:Test\nM:5/8\nL:1/8\nQ:1/8=240\nK:Ddor\n|: D2 EFG | A2 GFE | F2 GAc | A2 GED :|\n|: d2 cAG | F2 GAG | E2 FGE | D2 ED2 :|\n");
    const { page, errors } = await open();
    await page.setInputFiles("#file", path);
    await page.waitForFunction(() => document.querySelector("#tune-title")?.textContent === "tune.abc", undefined, { timeout: 60_000 });
    await blended(page);
    await written(page);
    expect(kuishi(["blend", path, "--style", "deep-house", "--lang", "en", "--out", join(folder.path, "b")]).code).toBe(0);
    const own = await digests(page);
    for (const name of ["mix.wav", "project.kuishi", "score.musicxml", "report.html"])
      expect(own[name], name).toBe(
        createHash("sha256")
          .update(readFileSync(join(folder.path, "b", name)))
          .digest("hex"),
      );
    expect(errors).toEqual([]);
    await page.context().close();
  });
  test("of a book one tune is chosen; its own parts sound, those that are wanted", async () => {
    using folder = scratch();
    const path = join(folder.path, "book.abc");
    const song = "X:2\nT:Song\nM:2/4\nL:1/4\nK:C\nV:1 name=Voice\nc d | e f | g e | c2 |\nw:a b c d e f g\nV:2 name=Piano\n[CE]2 | [CE]2 | [CE]2 | [CE]2 |\n";
    writeFileSync(path, `X:1\nT:Other\nK:C\nabc|\n\n${song}`);
    const { page, errors } = await open();
    await page.setInputFiles("#file", path);
    await page.fill("#book-find", "son");
    await page.click("[data-tune='2']");
    await page.waitForFunction(() => document.querySelector("#tune-title")?.textContent === "Song.abc");
    await idle(page);
    expect(await page.locator("#book-sheet").count()).toBe(0);
    expect(await page.inputValue("#instrument")).toBe("voice");
    const chosen = (): Promise<boolean[]> => page.locator("#score-parts input").evaluateAll((all) => all.map((one) => (one as HTMLInputElement).checked));
    expect(await chosen()).toEqual([true, true]);
    await page.click("#score-parts label:nth-of-type(1) input");
    await page.waitForFunction(() => document.querySelector("#heard")?.textContent?.includes("4"));
    await idle(page);
    expect(await chosen()).toEqual([false, true]);
    expect(errors).toEqual([]);
    await page.context().close();
  });
  test("the instrument is chosen in the page", async () => {
    const { page } = await open();
    await page.selectOption("#instrument", "voice");
    await page.waitForFunction(
      () => document.querySelector("#draw-line") !== null && document.querySelector(".work") === null && document.querySelector("#heard"),
      undefined,
      {
        timeout: 60_000,
      },
    );
    await page.context().close();
  });
  test.skipIf(lacks("shared"))("a recording chosen by the user gives the same mix as the command line, in Russian on a phone", async () => {
    using folder = scratch();
    const { page, errors } = await open({ width: 390, height: 844, locale: "ru-RU" });
    const file = shared("data", "phone-15s.mp3");
    await page.setInputFiles("#file", file);
    await page.waitForFunction(() => document.querySelector("#tune-title")?.textContent === "phone-15s.mp3", undefined, { timeout: 60_000 });
    await blended(page, "lo-fi");
    expect(await page.locator("#blend").textContent()).toBe("Соединить");
    await written(page);
    expect(kuishi(["blend", file, "--style", "lo-fi", "--lang", "ru", "--out", join(folder.path, "b")]).code).toBe(0);
    const own = await digests(page);
    for (const name of ["mix.wav", "premaster.wav", "project.kuishi", "score.mid", "report.html"])
      expect(own[name], name).toBe(
        createHash("sha256")
          .update(readFileSync(join(folder.path, "b", name)))
          .digest("hex"),
      );
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth + 1)).toBe(true);
    expect(errors).toEqual([]);
    await page.context().close();
  });
  test.skipIf(lacks("shared"))("an MP3 gives the command line's mix too", async () => {
    using folder = scratch();
    const { page } = await open();
    const file = shared("data", "kenes.mp3");
    await page.setInputFiles("#file", file);
    await page.waitForFunction(() => document.querySelector("#tune-title")?.textContent === "kenes.mp3", undefined, { timeout: 60_000 });
    await blended(page);
    await written(page);
    expect(kuishi(["blend", file, "--style", "deep-house", "--lang", "en", "--out", join(folder.path, "b")]).code).toBe(0);
    const own = await digests(page);
    for (const name of ["mix.wav", "score.musicxml", "report.json"])
      expect(own[name], name).toBe(
        createHash("sha256")
          .update(readFileSync(join(folder.path, "b", name)))
          .digest("hex"),
      );
    await page.context().close();
  });
  test.skipIf(lacks("ffmpeg"))("AAC is heard where the browser decodes it", async () => {
    using folder = scratch();
    const file = join(folder.path, "voice-memo.m4a");
    execFileSync("ffmpeg", ["-y", "-v", "error", "-i", example, "-t", "9", "-c:a", "aac", file]);
    const { page } = await open();
    await page.setInputFiles("#file", file);
    await page.waitForFunction(() => document.querySelector("#tune-title")?.textContent === "voice-memo.m4a" || document.querySelector(".failure"), undefined, {
      timeout: 60_000,
    });
    const decodes = await page.evaluate(
      async () => (await AudioDecoder.isConfigSupported({ codec: "mp4a.40.2", sampleRate: 44_100, numberOfChannels: 1 })).supported,
    );
    if (decodes) expect(await page.locator("#heard").textContent()).toMatch(/\d+ notes/);
    else expect(await page.locator(".failure").textContent()).toContain("AAC");
    await page.context().close();
  });
  test("every instrument is played: by the keys of a computer, by strumming, by MIDI with a bend, and is tuned like the recording", async () => {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: "en-GB" });
    const page = await context.newPage();
    const errors: string[] = [];
    page.on("pageerror", (error) => errors.push(error.message));
    await page.addInitScript(() => {
      const keys = { name: "Stub keys", onmidimessage: null };
      const out = { send: (bytes: Uint8Array) => Object.assign(window, { told: bytes.length }) };
      Object.assign(window, { stub: keys });
      Object.assign(navigator, { requestMIDIAccess: async () => ({ inputs: new Map([["a", keys]]), outputs: new Map([["b", out]]) }) });
    });
    await page.goto(site.url);
    await page.waitForSelector("#heard", { timeout: 60_000 });
    await room(page, "play");
    const loudest = async (act: () => Promise<unknown>): Promise<number> => {
      await act();
      const level = await page.waitForFunction(() => ((value) => value > 0.02 && value)(Number(document.querySelector("#hand-level")?.getAttribute("value"))));
      return Number(await level.jsonValue());
    };
    await page.waitForSelector("#hand option", { state: "attached" });
    const instruments = await page.locator("#hand option").evaluateAll((options) => options.map((option) => (option as HTMLOptionElement).value));
    expect(instruments.length).toBeGreaterThan(10);
    for (const name of instruments) {
      await page.selectOption("#hand", name);
      if (name === "drums") {
        await page.locator(".pads button").first().focus();
        expect(await loudest(() => page.keyboard.press("KeyS")), name).toBeGreaterThan(0.02);
        continue;
      }
      await page.locator(".board").focus();
      expect(await loudest(() => page.keyboard.down("KeyX").then(() => page.keyboard.down("KeyZ"))), name).toBeGreaterThan(0.02);
      await page.keyboard.up("KeyX");
      await page.keyboard.up("KeyZ");
    }
    // one's own sounds: a recording, and a sound font
    const level = (): Promise<number> =>
      loudest(() =>
        page
          .locator(".board")
          .focus()
          .then(() => page.keyboard.press("KeyD")),
      );
    await page.setInputFiles("#own", example);
    await page.waitForFunction(() => document.querySelector<HTMLSelectElement>("#hand")!.value === "own");
    expect(await level()).toBeGreaterThan(0.02);
    const bank = Buffer.from(await BasicSoundBank.getSampleSoundBankFile());
    await page.setInputFiles("#own", { name: "saw.sf2", mimeType: "application/octet-stream", buffer: bank });
    await page.waitForSelector("#preset");
    expect(await level()).toBeGreaterThan(0.02);
    await page.setInputFiles("#own", { name: "bad.sf2", mimeType: "application/octet-stream", buffer: bank.subarray(0, 60) });
    await page.waitForSelector(".failure");
    await page.selectOption("#hand", "guitar-steel");
    await page.locator(".board").scrollIntoViewIfNeeded();
    const box = await page.locator("#board").boundingBox();
    if (!box) throw new Error("no fretboard");
    const strum = async (): Promise<void> => {
      await page.mouse.move(box.x + box.width * 0.92, box.y + 4);
      await page.mouse.down();
      await page.mouse.move(box.x + box.width * 0.92, box.y + box.height - 4, { steps: 10 });
      await page.mouse.up();
    };
    expect(await loudest(strum)).toBeGreaterThan(0.02);
    // frets stand where the tuning puts them
    await page.selectOption("#hand", "dombra-western");
    const frets = (): Promise<string[]> => page.locator("#board .fret").evaluateAll((lines) => lines.map((line) => line.getAttribute("x1") ?? ""));
    const equal = await frets();
    await page.check("#tuned");
    expect(await frets()).not.toEqual(equal);
    await page.locator("#scale").setInputFiles({ name: "five.scl", mimeType: "text/plain", buffer: Buffer.from("five\n5\n240.\n480.\n720.\n960.\n2/1\n") });
    await page.waitForFunction((before) => document.querySelectorAll("#board .fret").length !== before, equal.length);
    await page.click("#midi");
    await page.waitForFunction(() => document.querySelector("#midi")?.textContent?.includes("Stub keys"));
    const send = (...bytes: number[]): Promise<void> =>
      page.evaluate(
        (data) => (window as unknown as { stub: { onmidimessage(event: { data: Uint8Array }): void } }).stub.onmidimessage({ data: new Uint8Array(data) }),
        bytes,
      );
    // what was struck before has died away
    await page.waitForFunction(() => Number(document.querySelector("#hand-level")?.getAttribute("value")) < 0.01);
    expect(await loudest(() => send(0x91, 62, 110).then(() => send(0xe1, 0, 80)))).toBeGreaterThan(0.02);
    await send(0x81, 62, 0);
    await page.click("#tell-tuning");
    expect(await page.evaluate(() => (window as unknown as { told: number }).told)).toBe(8 + 127 * 4);
    expect(errors).toEqual([]);
    await context.close();
  });
  test("work can be stopped, and bad files are told in the user's language", async () => {
    using folder = scratch();
    const { page } = await open({ locale: "kk-KZ" });
    await room(page, "blend");
    // choosing blends by itself
    await page.click('input[value="techno"]', { force: true });
    await page.click("#cancel");
    await page.waitForSelector(".failure");
    expect(await page.locator(".failure").textContent()).toContain("тоқтатылды");
    await room(page, "hear");
    writeFileSync(join(folder.path, "bad.wav"), "this is no sound");
    await page.setInputFiles("#file", join(folder.path, "bad.wav"));
    await page.waitForFunction(() => document.querySelector(".failure")?.textContent?.includes("Kuishi білетін"), undefined, { timeout: 20_000 });
    await page.selectOption(".language select", "en");
    await page.waitForFunction(() => document.querySelector(".failure")?.textContent?.includes("not an audio file"), undefined, { timeout: 20_000 });
    await page.click("#example");
    await page.waitForSelector("#heard");
    await page.context().close();
  });
  test("after the first visit everything works with the network off", async () => {
    const { page } = await open();
    await page.evaluate(async () => {
      await navigator.serviceWorker.ready;
      // the worker that was just installed takes this page over
      if (!navigator.serviceWorker.controller)
        await new Promise((resolve) => navigator.serviceWorker.addEventListener("controllerchange", resolve, { once: true }));
    });
    await page.context().setOffline(true);
    site.close();
    await page.reload();
    await page.waitForSelector("#heard", { timeout: 60_000 });
    await blended(page, "deep-house");
    await written(page);
    await page.click("#play");
    await page.waitForFunction(() => Number(document.querySelector<HTMLInputElement>(".transport input")!.value) > 20_000, undefined, { timeout: 20_000 });
    await page.context().close();
    site = await serveFolder(dist, "/music/kuishi");
  });
  test("everything has a name and can be reached by keyboard", async () => {
    const { page } = await open();
    await blended(page);
    for (const name of ["hear", "learn", "tracks", "mix", "play", "stage", "export", "blend"]) {
      await room(page, name);
      const nameless = await page.evaluate(() => {
        const found: string[] = [];
        for (const element of document.querySelectorAll<HTMLElement>("button, input, select, a[href]")) {
          const label = element.getAttribute("aria-label") ?? element.textContent?.trim() ?? "";
          const labelled = element instanceof HTMLInputElement || element instanceof HTMLSelectElement ? (element.labels?.length ?? 0) > 0 : false;
          if (label === "" && !labelled) found.push(element.outerHTML.slice(0, 80));
          if (element.tabIndex < 0) found.push(`no tab: ${element.outerHTML.slice(0, 80)}`);
        }
        return found;
      });
      expect(nameless, name).toEqual([]);
    }
    await page.focus("#play");
    await page.keyboard.press("Space");
    await page.waitForFunction(() => document.querySelector("#play")?.getAttribute("aria-pressed") === "true");
    await page.context().close();
  });
});
