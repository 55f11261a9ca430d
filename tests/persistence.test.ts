import { join } from "node:path";
import { serveFolder, startChromium } from "@kuishi/lab";
import { addressOf, emptySong, openBundle, packBundle, sessionOf } from "@kuishi/project";
import { heardFromText } from "@kuishi/score";
import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { lacks } from "./needs.ts";
import { idle } from "./page.ts";
import { wav } from "./wav.ts";

const dist = join(import.meta.dirname, "../apps/studio/dist");
const ready = async (page: Page, url: string): Promise<void> => {
  await page.goto(url);
  await page.waitForSelector("#heard", { timeout: 60_000 });
};
const cardIs = (page: Page, field: string, value: string): Promise<unknown> =>
  page.waitForFunction(([id, wanted]) => (document.querySelector(`#card-${id}`) as HTMLInputElement | null)?.value === wanted, [field, value] as const);
const kept = (page: Page): Promise<unknown> => page.waitForFunction(() => document.querySelector("[data-keeping]")?.getAttribute("data-keeping") === "kept");
async function setCard(page: Page, field: string, value: string): Promise<void> {
  await page.fill(`#card-${field}`, value);
  await page.press(`#card-${field}`, "Tab");
}

describe.skipIf(lacks("chromium"))("one project in several windows", () => {
  test("one window writes, the others read along, each can take over, and nothing that was called kept is lost", async () => {
    const browser = await startChromium();
    const site = await serveFolder(dist, "/k");
    try {
      const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: "kk-KZ" });
      const first = await context.newPage();
      const errors: string[] = [];
      context.on("weberror", (error) => errors.push(error.error().message));
      await ready(first, site.url);
      await first.click("#projects");
      await setCard(first, "title", "Адай");
      await kept(first);
      // the second window shows the project and what is changed in the first, and changes nothing itself
      const second = await context.newPage();
      await ready(second, site.url);
      await second.waitForSelector("#take-over");
      expect(await second.textContent("#reading")).toContain("басқа терезеде ашық");
      await second.click("#projects");
      await cardIs(second, "title", "Адай");
      await setCard(first, "composer", "Құрманғазы");
      await cardIs(second, "composer", "Құрманғазы");
      await setCard(second, "learned", "менен");
      await second.waitForFunction(() => [...document.querySelectorAll(".told")].some((one) => one.textContent?.includes("Жоба басқа терезеде ашық.")));
      await second.keyboard.press("Escape");
      await second.screenshot({ path: join(import.meta.dirname, "../out/two-windows-kk.png") });
      // it takes over: now the first reads along
      await second.click("#take-over");
      await kept(second);
      await second.waitForSelector("#reading", { state: "detached" });
      await first.waitForSelector("#take-over", { state: "attached" });
      await second.click("#projects");
      await setCard(second, "learned", "Дина");
      await kept(second);
      await cardIs(first, "learned", "Дина");
      // the one that writes is closed: the other goes on by itself
      await second.close();
      await first.waitForSelector("#reading", { state: "detached" });
      await setCard(first, "arrangers", "Айгүл");
      await kept(first);
      await first.close();
      const third = await context.newPage();
      await ready(third, site.url);
      await third.click("#projects");
      await cardIs(third, "title", "Адай");
      await cardIs(third, "composer", "Құрманғазы");
      await cardIs(third, "learned", "Дина");
      await cardIs(third, "arrangers", "Айгүл");
      // what is open in one window is not thrown away in another
      const fourth = await context.newPage();
      await ready(fourth, site.url);
      expect(await fourth.textContent("[data-keeping]")).toBe("Тек көруге");
      expect(errors).toEqual([]);
    } finally {
      await browser.close();
      site.close();
    }
  });

  test("a project of a later version is shown and not changed; one with strange files and fields goes out as it came in", async () => {
    const browser = await startChromium();
    const site = await serveFolder(dist, "/k");
    try {
      const page = await (await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: "en-GB", acceptDownloads: true })).newPage();
      await ready(page, site.url);
      const sound = new Uint8Array(wav([Float32Array.from({ length: 48_000 }, (_, i) => 0.3 * Math.sin(i / 20))]));
      const records = [
        {
          ...emptySong,
          provenance: { ...emptySong.provenance, title: "Келешек" },
          recording: { asset: "asset-a", fromSec: 0, toSec: null },
          hologram: { depth: 3 },
        },
        { id: "asset-a", kind: "asset", name: "a.wav", entry: "audio/a.wav", frames: null, origin: "file" },
        { id: "xlight-1", kind: "xlight", colour: "көк" },
      ];
      const heard = heardFromText("2+2/8 | d0 d2 d3 d5");
      const files = new Map([
        ["audio/a.wav", sound],
        ["light/show.bin", Uint8Array.of(1, 2, 3)],
      ]);
      const open = async (meta: Record<string, unknown>): Promise<void> => {
        const buffer = Buffer.from(packBundle({ records, meta, heard, files }));
        await page.setInputFiles("#file", { name: "x.kuishi", mimeType: "application/zip", buffer });
        await page.waitForFunction(() => document.querySelector("#tune-title")?.textContent === "a.wav", undefined, { timeout: 60_000 });
        await idle(page);
      };
      const saved = async () => {
        await page.click("#projects");
        const [download] = await Promise.all([page.waitForEvent("download"), page.click("#save-bundle")]);
        const chunks: Buffer[] = [];
        for await (const chunk of await download.createReadStream()) chunks.push(chunk as Buffer);
        return openBundle(new Uint8Array(Buffer.concat(chunks)), { newer: true });
      };
      await open({ kuishi: "project/2", minor: 9, xmeta: true });
      await page.waitForSelector("#reading", { state: "detached" });
      await page.click("#projects");
      await setCard(page, "title", "Келешектен");
      await page.keyboard.press("Escape");
      const back = await saved();
      expect(sessionOf(back.records).song.provenance.title).toBe("Келешектен");
      const raw = new Map(back.records.map((record) => [record["id"], record]));
      expect(raw.get("song")).toMatchObject({ hologram: { depth: 3 } });
      expect(raw.get("xlight-1")).toEqual(records[2]);
      expect(back.meta).toEqual({ kuishi: "project/2", minor: 9, xmeta: true });
      const address = addressOf("a.wav", sound);
      expect(raw.get("asset-a")).toMatchObject({ entry: address, name: "a.wav" });
      expect(new Map(back.files)).toEqual(
        new Map([
          [address, sound],
          ["light/show.bin", Uint8Array.of(1, 2, 3)],
        ]),
      );
      await page.keyboard.press("Escape");
      // a major version later
      await open({ kuishi: "project/3" });
      await page.waitForSelector("#reading");
      expect(await page.textContent("#reading")).toContain("newer Kuishi (project/3)");
      await page.screenshot({ path: join(import.meta.dirname, "../out/newer-en.png") });
      await page.click("#projects");
      await setCard(page, "title", "бұзылған");
      await page.keyboard.press("Escape");
      expect(sessionOf((await saved()).records).song.provenance.title).toBe("Келешек");
    } finally {
      await browser.close();
      site.close();
    }
  });
});
