import { cpSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { extname, join } from "node:path";
import { serveFolder, startChromium } from "@kuishi/lab";
import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { writeServiceWorker } from "../apps/studio/service-worker.ts";
import { scratch } from "./cli.ts";
import { lacks } from "./needs.ts";
import { idle, room } from "./page.ts";

const dist = join(import.meta.dirname, "../apps/studio/dist");
const rooms = ["hear", "learn", "write", "tracks", "blend", "mix", "play", "stage", "export"];

/** Copies a build and makes another of it: every hashed file has another name, and the page says which build it is. */
function otherBuild(to: string, tag: string): void {
  cpSync(dist, to, { recursive: true });
  const assets = join(to, "assets");
  const renamed = readdirSync(assets).map((name) => [name, name.slice(0, -extname(name).length) + tag + extname(name)] as const);
  const texts = [join(to, "index.html"), ...readdirSync(assets).map((name) => join(assets, name))].filter((path) => /\.(js|css|html)$/.test(path));
  for (const path of texts) {
    let text = readFileSync(path, "utf8");
    for (const [before, after] of renamed) text = text.replaceAll(before, after);
    writeFileSync(path, text.replace("</head>", `<meta name="build" content="${tag}"></head>`));
  }
  for (const [before, after] of renamed) renameSync(join(assets, before), join(assets, after));
  writeServiceWorker(to);
}
const build = (page: Page): Promise<string | null> => page.evaluate(() => document.querySelector('meta[name="build"]')?.getAttribute("content") ?? null);
const isBuild = (page: Page, tag: string): Promise<unknown> =>
  page.waitForFunction((wanted) => document.querySelector('meta[name="build"]')?.getAttribute("content") === wanted && document.querySelector("#heard"), tag, {
    timeout: 60_000,
  });
/** Looks for a newer build, as the browser does from time to time. @returns what became of the worker that was found. */
const update = (page: Page): Promise<string> =>
  page.evaluate(async () => {
    const registration = await navigator.serviceWorker.ready;
    await registration.update();
    const worker = registration.installing ?? registration.waiting;
    if (!worker) return "none";
    if (worker.state === "installing") await new Promise((resolve) => worker.addEventListener("statechange", resolve, { once: true }));
    return worker.state;
  });
async function everyRoomIsThere(page: Page): Promise<void> {
  for (const name of rooms) {
    await room(page, name);
    await page.waitForSelector(`main[data-room=${name}]`);
    await page.waitForFunction(() => [...document.querySelectorAll("main > *")].some((one) => !one.matches(".notice, .failure, .work")));
    expect(await page.locator("#room-failed").count(), name).toBe(0);
  }
  await page.click("#projects");
  await page.waitForSelector("#project-sheet");
  await page.keyboard.press("Escape");
  await room(page, "hear");
  await page.waitForSelector("#file", { state: "attached" });
}

describe.skipIf(lacks("chromium"))("the studio under a newer build", () => {
  for (const caching of ["max-age=600", "no-cache"])
    test(`with ${caching}: an open page keeps its build and all its rooms, the next visit is the newer one, also offline, and none is ever a mixture`, async () => {
      using folder = scratch();
      const [here, a, b, mixed] = ["here", "a", "b", "mixed"].map((name) => join(folder.path, name)) as [string, string, string, string];
      otherBuild(a, "A");
      otherBuild(b, "B");
      // a host in the middle of taking the new build: its worker is there, its page is not
      cpSync(a, mixed, { recursive: true });
      cpSync(join(b, "sw.js"), join(mixed, "sw.js"));
      cpSync(join(b, "assets"), join(mixed, "assets"), { recursive: true });
      let at = 0;
      // whole, then put in its place: a host never has half a build
      const serve = (from: string): void => {
        const next = `${here}-next-${++at}`;
        cpSync(from, next, { recursive: true });
        if (at > 1) renameSync(here, `${here}-${at}`);
        renameSync(next, here);
      };
      serve(a);
      const site = await serveFolder(here, "/k", { "cache-control": caching });
      const browser = await startChromium();
      try {
        const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: "en-GB" });
        const errors: string[] = [];
        context.on("weberror", (error) => errors.push(error.error().message));
        const page = await context.newPage();
        await page.goto(site.url);
        await isBuild(page, "A");
        await page.waitForFunction(async () => (await navigator.serviceWorker.ready).active?.state === "activated" && navigator.serviceWorker.controller);
        serve(mixed);
        expect(await update(page)).toBe("redundant");
        serve(b);
        expect(await update(page)).toBe("installed");
        // build A is nowhere on the host, and its page has everything
        await everyRoomIsThere(page);
        await page.setInputFiles("#file", { name: "x.abc", mimeType: "text/plain", buffer: Buffer.from("X:1\nT:Tune\nM:5/8\nL:1/8\nK:Am\nABcde|edcBA|\n") });
        await page.waitForFunction(() => document.querySelector("#tune-title")?.textContent === "x.abc", undefined, { timeout: 60_000 });
        await idle(page);
        expect(await build(page)).toBe("A");
        await page.close();
        const next = await context.newPage();
        await next.goto(site.url);
        await isBuild(next, "B");
        await everyRoomIsThere(next);
        expect(await next.evaluate(() => caches.keys())).toHaveLength(1);
        site.close();
        await next.reload();
        await isBuild(next, "B");
        await everyRoomIsThere(next);
        expect(errors).toEqual([]);
      } finally {
        await browser.close();
        site.close();
      }
    });

  test("a room that cannot be fetched says so and offers the page anew", async () => {
    using folder = scratch();
    const [here, a, b] = ["here", "a", "b"].map((name) => join(folder.path, name)) as [string, string, string];
    otherBuild(a, "A");
    otherBuild(b, "B");
    cpSync(a, here, { recursive: true });
    const site = await serveFolder(here, "/k");
    const browser = await startChromium();
    try {
      const page = await (await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: "kk-KZ", serviceWorkers: "block" })).newPage();
      await page.goto(site.url);
      await isBuild(page, "A");
      renameSync(here, `${here}-old`);
      renameSync(b, here);
      await room(page, "mix");
      await page.waitForSelector("#room-failed");
      expect(await page.textContent("#room-failed")).toContain("Бетті қайта жүктеңіз");
      await page.screenshot({ path: join(import.meta.dirname, "../out/unfetched-kk.png") });
      await room(page, "hear");
      await page.waitForSelector("#room-failed", { state: "detached" });
      await page.waitForSelector("#heard");
      await room(page, "mix");
      await page.click("#reload");
      await page.waitForSelector('meta[name="build"][content="B"]', { state: "attached", timeout: 60_000 });
      await page.waitForSelector("main[data-room=mix] .tracks");
    } finally {
      await browser.close();
      site.close();
    }
  });
});
