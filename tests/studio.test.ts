import { closeSync, ftruncateSync, openSync, readFileSync, writeFileSync, writeSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { silent } from "@kuishi/base";
import { everyDevice, fieldsOf } from "@kuishi/engine";
import { readScore } from "@kuishi/flow";
import { serveFolder, startChromium } from "@kuishi/lab";
import { loadRecording, memorySource, wavHeader } from "@kuishi/media";
import { emptySong, packBundle } from "@kuishi/project";
import { playOut } from "@kuishi/score";
import { Kernels } from "@kuishi/signal";
import { kernelModule } from "@kuishi/signal/node";
import { strToU8, unzipSync, zipSync } from "fflate";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { scratch } from "./cli.ts";
import { lacks } from "./needs.ts";
import { idle, playedTo, room, settled, turned } from "./page.ts";

const dist = join(import.meta.dirname, "../apps/studio/dist");
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const ROOMS = ["hear", "learn", "write", "tracks", "blend", "mix", "play", "stage", "export"] as const;

describe.skipIf(lacks("chromium"))("the studio", () => {
  let browser: Browser;
  let site: Awaited<ReturnType<typeof serveFolder>>;
  beforeAll(async () => {
    browser = await startChromium(["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"]);
    site = await serveFolder(dist, "/k");
  });
  afterAll(async () => {
    await browser?.close();
    site?.close();
  });
  async function open(
    options: { dark?: boolean; width?: number; height?: number; locale?: string; script?: () => void } = {},
  ): Promise<{ page: Page; errors: string[] }> {
    const context = await browser.newContext({
      viewport: { width: options.width ?? 1280, height: options.height ?? 900 },
      locale: options.locale ?? "en-GB",
      colorScheme: options.dark ? "dark" : "light",
      permissions: ["microphone"],
    });
    const page = await context.newPage();
    const errors: string[] = [];
    page.on("pageerror", (error) => errors.push(error.message));
    if (options.script) await page.addInitScript(options.script);
    await page.goto(site.url);
    await page.waitForSelector("#heard", { timeout: 60_000 });
    return { page, errors };
  }
  const failure = async (page: Page): Promise<string> => {
    await page.waitForSelector(".failure", { timeout: 60_000 });
    return (await page.textContent(".failure")) ?? "";
  };

  test("every value of the engine is set in the mixer, by keyboard: the list comes from the engine's own tables", async () => {
    const { page, errors } = await open();
    const wanted = new Set([
      "strip.gainDb",
      "strip.pan",
      "strip.send",
      "bus.gainDb",
      "master.gainDb",
      "master.ceilingDbtp",
      // a sampler's values are those of its zones
      ...["gainDb", "attackSec", "decaySec", "sustain", "releaseSec"].map((name) => `sampler.zones.${name}`),
      ...everyDevice().flatMap((device) => fieldsOf(device).map((field) => `${device.kind}.${field.path.join(".")}`)),
    ]);
    expect(wanted.size).toBeGreaterThan(80);
    const seen = new Set<string>();
    /** Tries every control in sight that was not tried yet: it has the focus, a key changes it, and the change stays. */
    const tryAll = async (): Promise<void> => {
      const names = await page.locator("[data-parameter]").evaluateAll((all) => [...new Set(all.map((one) => (one as HTMLElement).dataset["parameter"]!))]);
      // the choice of a kind takes the values of the other kinds away: it comes after them
      const isKind = (name: string): number => Number(name.endsWith(".kind"));
      for (const name of names.sort((a, b) => isKind(a) - isKind(b))) {
        if (seen.has(name)) continue;
        const control = page.locator(`[data-parameter="${name}"]`).first();
        const value = (): Promise<string> =>
          control.evaluate((one) => (one instanceof HTMLInputElement && one.type === "checkbox" ? String(one.checked) : (one as HTMLInputElement).value));
        await control.focus();
        expect(await control.evaluate((one) => document.activeElement === one && (one as HTMLElement).tabIndex >= 0), name).toBe(true);
        const before = await value();
        const kind = await control.evaluate((one) => (one instanceof HTMLSelectElement ? "select" : (one as HTMLInputElement).type));
        if (kind === "checkbox") await page.keyboard.press("Space");
        else if (kind === "select")
          await page.keyboard.press((await control.evaluate((one) => (one as HTMLSelectElement).selectedIndex)) > 0 ? "ArrowUp" : "ArrowDown");
        else await page.keyboard.press(Number(before) > 0.5 ? "PageDown" : "PageUp");
        // a choice of one has no other
        const single = kind === "select" && (await control.evaluate((one) => (one as HTMLSelectElement).options.length)) < 2;
        if (!single) expect(await value(), name).not.toBe(before);
        seen.add(name);
      }
    };
    const openAll = async (): Promise<void> => {
      await page.evaluate(() => {
        for (const details of document.querySelectorAll<HTMLDetailsElement>(".insert")) details.open = true;
      });
    };
    for (const style of ["orchestral-quart-quint", "folktronica", "ethno-house", "acoustic-band"]) {
      await room(page, "blend");
      await page.click(`input[value="${style}"]`, { force: true });
      await page.click("#blend");
      await idle(page);
      await room(page, "mix");
      const strips = await page.locator(".tracks [data-strip]").evaluateAll((all) => all.map((one) => (one as HTMLElement).dataset["strip"]!));
      for (const strip of strips) {
        await page.locator(`[data-strip="${strip}"] .more`).press("Enter");
        if (strip === "recording" && style === "folktronica")
          for (const kind of ["eq", "compressor", "multiband", "saturation", "gate", "phaser"])
            await page.locator('[data-strip="recording"] .add-insert').selectOption(kind);
        await openAll();
        await tryAll();
        const oscillator = page.locator(`[data-strip="${strip}"] [data-parameter="synth.patch.oscillator.kind"]`);
        if ((await oscillator.count()) > 0 && !(seen.has("synth.patch.oscillator.index") && seen.has("synth.patch.oscillator.place")))
          for (const [kind, own] of [
            ["fm", "index"],
            ["wavetable", "place"],
          ] as const) {
            await oscillator.selectOption(kind);
            await page.waitForSelector(`[data-strip="${strip}"] [data-parameter="synth.patch.oscillator.${own}"]`, { state: "attached" });
            await tryAll();
          }
        await page.locator(`[data-strip="${strip}"] .more`).press("Enter");
      }
    }
    for (const kind of ["chorus", "reverb", "delay"]) {
      await page.selectOption("#add-bus", kind);
      await tryAll();
    }
    expect([...wanted].filter((name) => !seen.has(name)).sort()).toEqual([]);
    expect(errors).toEqual([]);
    await page.context().close();
  });

  for (const look of ["light", "dark"] as const)
    test(`nothing in any room stands in the way of a reader of screens or of weak eyes: ${look}`, async () => {
      const { page } = await open({ dark: look === "dark" });
      await page.evaluate(axe);
      const found: string[] = [];
      const look_ = async (where: string): Promise<void> => {
        const violations = await page.evaluate(async () => {
          const result = await (
            globalThis as unknown as {
              axe: { run(options: object): Promise<{ violations: { id: string; nodes: { html: string; failureSummary: string }[] }[] }> };
            }
          ).axe.run({
            runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"],
          });
          return result.violations.map(
            (one) =>
              `${one.id}: ${one.nodes
                .slice(0, 3)
                .map((node) => `${node.html.slice(0, 120)} ${node.failureSummary.slice(0, 160)}`)
                .join(" | ")}`,
          );
        });
        found.push(...violations.map((one) => `${where}: ${one}`));
      };
      for (const name of ROOMS) {
        await room(page, name);
        await settled(page, name);
        await page.evaluate(() => {
          for (const details of document.querySelectorAll<HTMLDetailsElement>("main details")) details.open = true;
        });
        if (name === "mix") await page.locator("[data-strip] .more").first().click();
        await settled(page, name);
        await look_(name);
      }
      for (const [button, sheet] of [
        ["#help", "#key-sheet"],
        ["#projects", "#project-sheet"],
      ] as const) {
        await page.click(button);
        await page.waitForSelector(sheet);
        await look_(sheet);
        await page.keyboard.press("Escape");
      }
      await room(page, "hear");
      await page.click("#tour");
      await page.waitForSelector("#tour-sheet");
      await look_("tour");
      expect(found).toEqual([]);
      await page.context().close();
    });

  test("no room is wider than a phone, in any language, with everything opened", async () => {
    const { page } = await open({ width: 390, height: 844 });
    const wide: string[] = [];
    for (const language of ["kk", "ru", "en"]) {
      // among the settings, which are folded away on a phone
      await page.selectOption(".language select", language, { force: true });
      await page.waitForFunction((chosen) => document.documentElement.lang === chosen, language);
      for (const name of ROOMS) {
        await room(page, name);
        await settled(page, name);
        if (name === "mix") await page.locator("[data-strip] .more").first().click();
        await page.evaluate(() => {
          for (const details of document.querySelectorAll<HTMLDetailsElement>("main details")) details.open = true;
        });
        const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
        if (over > 0) wide.push(`${name} in ${language}: ${over} px`);
      }
    }
    expect(wide).toEqual([]);
    await page.context().close();
  });

  test("the keys of the whole studio do what the sheet says", async () => {
    const { page } = await open({ locale: "kk-KZ" });
    await page.locator("main").focus();
    await page.keyboard.press("Shift+Slash");
    await page.waitForSelector("#key-sheet");
    expect(await page.locator("#key-sheet kbd").count()).toBeGreaterThan(30);
    await page.keyboard.press("Escape");
    await page.waitForSelector("#key-sheet", { state: "detached" });
    await page.locator("main").focus();
    await page.keyboard.press("Space");
    await page.waitForFunction(() => document.querySelector("#play")?.getAttribute("aria-pressed") === "true");
    await page.keyboard.press("Space");
    await page.keyboard.press("KeyK");
    expect(await page.getAttribute("#metronome", "aria-pressed")).toBe("true");
    // the recording in the place of the blend, as loud, and back
    await page.keyboard.press("KeyO");
    await page.waitForFunction(() => document.querySelector("#compare")?.getAttribute("aria-pressed") === "true");
    await page.keyboard.press("KeyO");
    await page.waitForFunction(() => document.querySelector("#compare")?.getAttribute("aria-pressed") === "false");
    await page.keyboard.press("Alt+Digit4");
    await page.waitForSelector(".timeline");
    await page.click("#add-marker");
    expect(await page.locator(".marker").count()).toBe(1);
    await page.locator("main").focus();
    await page.keyboard.press("Control+KeyZ");
    expect(await page.locator(".marker").count()).toBe(0);
    await page.keyboard.press("Control+Shift+KeyZ");
    expect(await page.locator(".marker").count()).toBe(1);
    await page.context().close();
  });

  test("clips are cut, moved, trimmed, faded, doubled, stretched and taken back by keyboard; what is heard is what is seen", async () => {
    const { page, errors } = await open();
    await room(page, "tracks");
    const clips = () =>
      page.locator(".row.of-clips .clip").evaluateAll((all) => all.map((one) => [(one as HTMLElement).offsetLeft, (one as HTMLElement).offsetWidth]));
    await page.waitForSelector(".clip");
    const start = await clips();
    expect(start).toHaveLength(1);
    await page.locator(".transport input").focus();
    for (let k = 0; k < 50; k++) await page.keyboard.press("ArrowRight");
    await page.locator(".clip").first().focus();
    await page.keyboard.press("KeyS");
    expect(await clips()).toHaveLength(2);
    await page.locator(".clip").nth(1).focus();
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Shift+ArrowLeft");
    await page.keyboard.press("KeyF");
    await page.keyboard.press("KeyD");
    expect(await clips()).toHaveLength(3);
    await page.locator(".clip").nth(2).focus();
    await page.keyboard.press("Control+ArrowRight");
    await idle(page);
    await page.keyboard.press("KeyM");
    const at = await page.evaluate(() => Number(document.querySelector<HTMLInputElement>(".transport input")!.value));
    await page.click("#play");
    await page.waitForFunction(() => document.querySelector("#play")?.getAttribute("aria-pressed") === "true");
    await page.waitForFunction((was) => Number(document.querySelector<HTMLInputElement>(".transport input")!.value) > was + 9600, at);
    await page.click("#play");
    await page.locator("main").focus();
    for (let k = 0; k < 8; k++) await page.keyboard.press("Control+KeyZ");
    expect(await clips()).toEqual(start);
    expect(errors).toEqual([]);
    await page.context().close();
  });

  test("recorded in a loop, each pass is a take; the best of them is put together by keyboard", async () => {
    const { page, errors } = await open();
    await room(page, "tracks");
    await page.waitForSelector(".scrub");
    const ruler = await page.locator(".scrub").boundingBox();
    if (!ruler) throw new Error("no ruler");
    await page.mouse.move(ruler.x + ruler.width * 0.1, ruler.y + 10);
    await page.mouse.down();
    await page.mouse.move(ruler.x + ruler.width * 0.2, ruler.y + 10, { steps: 6 });
    await page.mouse.up();
    expect(await page.getAttribute("#loop", "aria-pressed")).toBe("true");
    await page.selectOption("#count-in", "0");
    await page.click("#record");
    await page.waitForFunction(() => document.querySelector("#record")?.getAttribute("aria-pressed") === "true");
    await turned(page, 3);
    await page.click("#record");
    await page.waitForSelector(".told", { timeout: 30_000 });
    const takes = page.locator("button.take");
    await page.locator('[aria-label^="Takes of"]').press("Enter");
    expect(await takes.count()).toBeGreaterThanOrEqual(3);
    const own = page.locator('.clip:has-text("take-")');
    expect(await own.count()).toBe(1);
    const before = await own.first().getAttribute("data-clip");
    await takes.first().press("Enter");
    expect(await own.first().getAttribute("data-clip")).not.toBe(before);
    // a piece of another take in the middle of it
    await page.selectOption("#snap", "off");
    const box = await own.first().boundingBox();
    const now = await page.locator(".scrub").boundingBox();
    if (!box || !now) throw new Error("no clip");
    await page.mouse.move(box.x + box.width * 0.4, now.y + 10);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.7, now.y + 10, { steps: 6 });
    await page.mouse.up();
    await takes.nth(1).press("Enter");
    expect(await own.count()).toBeGreaterThan(1);
    await page.locator("main").focus();
    await page.keyboard.press("Control+KeyZ");
    expect(await own.count()).toBe(1);
    expect(errors).toEqual([]);
    await page.context().close();
  });

  test("bundles that are broken or from tomorrow, a recording of two gigabytes, are told; what was open stays", async () => {
    using folder = scratch();
    const { page, errors } = await open();
    const title = await page.textContent("#tune-title");
    const give = async (name: string, bytes: Uint8Array): Promise<string> => {
      await page
        .locator(".failure button")
        .click({ timeout: 300 })
        .catch(() => {});
      await page.setInputFiles("#file", { name, mimeType: "application/zip", buffer: Buffer.from(bytes) });
      return await failure(page);
    };
    const whole = packBundle({ records: [emptySong], heard: null, files: new Map() });
    expect(await give("cut.kuishi", whole.subarray(0, whole.length - 40))).toContain("cannot be opened");
    expect(await give("new.kuishi", zipSync({ "project.json": strToU8('{"kuishi":"project/3"}') }))).toContain("project/3");
    expect(await give("wrong.kuishi", zipSync({ "project.json": strToU8('{"kuishi":"project/2","records":[{"kind":"song"}]}') }))).toContain("records.0");
    expect(await page.textContent("#tune-title")).toBe(title);
    // a sparse file: two gigabytes of silence behind a second of clicks
    const path = join(folder.path, "long.wav");
    const file = openSync(path, "w");
    const frames = Math.floor(2.1e9 / 4);
    writeSync(file, wavHeader("pcm16", 48_000, 2, frames));
    const clicks = new Int16Array(48_000 * 2 * 30);
    for (let k = 0; k < 100; k++) for (let i = 0; i < 2000; i++) clicks[(k * 12_000 + i) * 2] = 12_000 * Math.sin(i / 6) * Math.exp(-i / 400);
    writeSync(file, new Uint8Array(clicks.buffer));
    ftruncateSync(file, 44 + frames * 4);
    closeSync(file);
    await page.locator(".failure button").click();
    await page.setInputFiles("#file", path);
    await page.waitForFunction(() => document.querySelector("#tune-title")?.textContent === "long.wav" || document.querySelector(".failure"), undefined, {
      timeout: 240_000,
    });
    const said = `${await page.locator(".failure").allTextContents()} ${await page.locator(".notice").allTextContents()}`;
    expect(said).toMatch(/first|passage|too large|minutes|travel|strokes/i);
    expect(errors).toEqual([]);
    await page.context().close();
  });

  test("a microphone that goes away leaves what was recorded; a browser without storage says so, and works", async () => {
    const { page, errors } = await open({
      script: () => {
        const own = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
        navigator.mediaDevices.getUserMedia = async (wanted) => {
          const stream = await own(wanted);
          Object.assign(window, { pull: () => stream.getAudioTracks()[0]?.dispatchEvent(new Event("ended")) });
          return stream;
        };
      },
    });
    await room(page, "tracks");
    await page.selectOption("#count-in", "0");
    await page.click("#record");
    await page.waitForFunction(() => document.querySelector("#record")?.getAttribute("aria-pressed") === "true");
    await playedTo(page, 1.5);
    await page.evaluate(() => (window as unknown as { pull(): void }).pull());
    await page.waitForSelector('.clip:has-text("take-")', { timeout: 30_000 });
    expect(errors).toEqual([]);
    await page.context().close();

    const poor = await open({
      script: () => {
        Object.defineProperty(StorageManager.prototype, "getDirectory", { value: undefined });
      },
    });
    await room(poor.page, "tracks");
    await poor.page.click("#add-marker");
    await poor.page.waitForSelector('[data-keeping="memory"]');
    expect(await poor.page.textContent(".told")).toContain("no storage");
    expect(await poor.page.locator(".marker").count()).toBe(1);
    expect(poor.errors).toEqual([]);
    await poor.page.context().close();
  });

  test("everything that leaves the studio can be read again", async () => {
    using folder = scratch();
    const { page, errors } = await open();
    await room(page, "export");
    const given = async (selector: string): Promise<string> => {
      const [download] = await Promise.all([page.waitForEvent("download", { timeout: 60_000 }), page.click(selector)]);
      const path = join(folder.path, download.suggestedFilename());
      await download.saveAs(path);
      return path;
    };
    for (const format of ["musicxml", "mxl", "mid", "abc"]) {
      const path = await given(`[data-score=${format}]`);
      const { parts } = playOut(readScore(path, new Uint8Array(readFileSync(path))));
      expect(parts[0]?.notes.length, format).toBeGreaterThan(250);
    }
    await page.click("#export");
    await page.waitForSelector(".files", { timeout: 120_000 });
    // as long as what is heard, with the head and the tail of a blend
    const seconds = await page.locator(".transport > input").evaluate(({ min, max }: HTMLInputElement) => (Number(max) - Number(min)) / 48_000);
    expect(seconds).toBeGreaterThan(26);
    for (const format of ["wav", "flac", "mp3", "opus"]) {
      const path = await given(`[data-format=${format}]`);
      const { channels } = await loadRecording(new Kernels(kernelModule()), memorySource(new Uint8Array(readFileSync(path))), {}, silent);
      expect(Math.abs((channels[0]?.length ?? 0) / 48_000 - seconds), format).toBeLessThan(0.2);
    }
    const stems = Object.keys(unzipSync(new Uint8Array(readFileSync(await given("#stems")))));
    expect(stems.length).toBeGreaterThan(10);
    expect(stems.every((name) => /^stems\/\d\d_[a-zA-Z0-9-]+\.wav$/.test(name))).toBe(true);
    // words with chords, in and out
    await page.setInputFiles("#open-lyrics", { name: "a.chopro", mimeType: "text/plain", buffer: Buffer.from("{t:Ән}\n[Am]Көк ту\n") });
    await page.waitForFunction(() => document.querySelector<HTMLTextAreaElement>("#lyrics")!.value.includes("{t:Ән}"));
    await page.evaluate(() => {
      for (const details of document.querySelectorAll<HTMLDetailsElement>("main details")) details.open = true;
    });
    expect(readFileSync(await given("#save-lyrics"), "utf8")).toContain("[Am]Көк ту");
    await page.setInputFiles("#open-lyrics", { name: "b.cho", mimeType: "text/plain", buffer: Buffer.from("[Am") });
    // damaged words are kept, and what is wrong with them is told
    await page.waitForSelector(".notice:has-text('Line 1')");
    expect(await page.inputValue("#lyrics")).toContain("[Am");
    expect(errors).toEqual([]);
    await page.context().close();
  });

  test("the tour leads in five steps from the example to one's own recording, blended", async () => {
    using folder = scratch();
    const { page, errors } = await open({ width: 390, height: 844, locale: "ru-RU" });
    await page.click("#tour");
    await page.click("#tour-next");
    await page.click("#tour-next");
    await page.locator("#tour-sheet .styles button").first().click();
    await idle(page);
    await page.click("#tour-next");
    const own = join(folder.path, "менікі.flac");
    writeFileSync(own, readFileSync(join(import.meta.dirname, "../examples/balbyrauyn.flac")));
    await page.setInputFiles("#tour-file", own);
    await page.waitForSelector("#tour-blend", { timeout: 60_000 });
    await page.click("#tour-blend");
    await page.waitForFunction(() => document.querySelector("#play")?.getAttribute("aria-pressed") === "true", undefined, { timeout: 60_000 });
    expect(await page.textContent("#projects")).toContain("менікі");
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth + 1)).toBe(true);
    expect(errors).toEqual([]);
    await page.context().close();
  });
});
