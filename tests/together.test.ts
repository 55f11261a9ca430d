import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startChromium } from "@kuishi/lab";
import { startServer } from "@kuishi/server";
import type { BrowserContext, Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { lacks } from "./needs.ts";
import { idle, room } from "./page.ts";

const page = join(import.meta.dirname, "../apps/studio/dist");
const shot = (of: Page, name: string): Promise<unknown> => of.screenshot({ path: join(import.meta.dirname, `../out/together-${name}.png`) });
const ready = async (of: Page): Promise<void> => {
  await of.waitForSelector("#heard", { timeout: 120_000 });
  await idle(of);
};
const safetyIs = (of: Page, safety: string): Promise<unknown> => of.waitForSelector(`.presence[data-safety="${safety}"]`, { timeout: 60_000 });
const cardIs = (of: Page, field: string, value: string): Promise<unknown> =>
  of.waitForFunction(([id, wanted]) => (document.querySelector(`#card-${id}`) as HTMLInputElement | null)?.value === wanted, [field, value] as const);
/** Puts the sheet away that lies over the page. */
async function putAway(of: Page): Promise<void> {
  await of.click("dialog[open] > header button");
  await of.waitForSelector("dialog[open]", { state: "detached" });
}
async function setCard(of: Page, field: string, value: string): Promise<void> {
  await of.fill(`#card-${field}`, value);
  await of.press(`#card-${field}`, "Tab");
}
/** A person with a browser of their own. @param errors takes what goes wrong in it. */
async function personOf(context: BrowserContext, errors: string[]): Promise<Page> {
  context.on("weberror", (error) => errors.push(error.error().message));
  return await context.newPage();
}

describe.skipIf(lacks("chromium"))("together", () => {
  test("one invites, both change the song, one is offline and comes back, access is taken back", async () => {
    const data = mkdtempSync(join(tmpdir(), "kuishi-together-"));
    const server = await startServer({ data, port: 0, host: "127.0.0.1", page });
    const browser = await startChromium();
    const errors: string[] = [];
    try {
      const host = await personOf(await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: "kk-KZ" }), errors);
      await host.goto(server.owner);
      await host.fill("#join-name", "Динара");
      await host.click("#come-in");
      await host.click("#share");
      await safetyIs(host, "safe");
      await host.click("#make-link");
      await host.waitForSelector("#link");
      const link = await host.inputValue("#link");
      expect(link).toContain("#join=");
      await shot(host, "share-kk");
      await putAway(host);

      const mobile = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, locale: "en-GB", colorScheme: "light" } as const;
      const guests = await browser.newContext(mobile);
      const guest = await personOf(guests, errors);
      await guest.goto(link);
      await guest.fill("#join-name", "Erlan");
      await shot(guest, "join-en");
      await guest.click("#come-in");
      await safetyIs(guest, "safe");
      await ready(guest);
      expect(new URL(guest.url()).hash).not.toContain("join");
      await host.waitForFunction(() => document.querySelectorAll(".presence .face").length === 2);
      await guest.click("#together");
      await guest.waitForFunction(() => document.querySelectorAll("#here li").length === 2);
      await shot(guest, "here-en");
      await putAway(guest);

      // a third may only listen
      await host.click("#together");
      await host.selectOption("#role", "listener");
      await host.click("#make-link");
      await host.waitForSelector("#link");
      const listener = await personOf(await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: "ru-RU", colorScheme: "dark" }), errors);
      await listener.goto(await host.inputValue("#link"));
      await listener.fill("#join-name", "Саша");
      await listener.click("#come-in");
      await safetyIs(listener, "safe");
      expect(await listener.textContent("#reading")).toContain("Вы слушаете");
      await listener.click("#together");
      await shot(listener, "listener-ru");
      await putAway(listener);
      await putAway(host);

      // both change the card, and each sees the other's
      for (const one of [host, guest, listener]) await one.click("#projects");
      await setCard(host, "title", "Балбырауын, бірге");
      for (const one of [guest, listener]) await cardIs(one, "title", "Балбырауын, бірге");
      await setCard(listener, "title", "бұзылған");
      await setCard(guest, "composer", "Құрманғазы");
      await cardIs(host, "composer", "Құрманғазы");

      // the guest is offline: work goes on in both places, without a dialog, and meets again
      await guests.setOffline(true);
      await safetyIs(guest, "offline");
      await putAway(guest);
      await room(guest, "mix");
      await guest.click(".mixer .mini");
      await setCard(host, "arrangers", "Айгүл");
      await shot(guest, "offline-en");
      expect(await guest.locator("dialog[open]").count()).toBe(0);
      await guests.setOffline(false);
      await safetyIs(guest, "safe");
      await guest.click("#projects");
      await cardIs(guest, "arrangers", "Айгүл");
      await putAway(guest);
      await putAway(host);
      await room(host, "mix");
      await host.waitForSelector('.mixer .mini[aria-pressed="true"]');

      // a new window of the guest finds all of it again
      await room(guest, "hear");
      await guest.reload();
      await ready(guest);
      await safetyIs(guest, "safe");
      await guest.click("#projects");
      await cardIs(guest, "arrangers", "Айгүл");
      await putAway(guest);

      await host.click("#together");
      await host.click('[data-remove="Erlan"]');
      await guest.waitForFunction(() => [...document.querySelectorAll(".told")].some((one) => one.textContent?.includes("taken back")));
      await shot(guest, "revoked-en");
      await host.waitForFunction(() => document.querySelectorAll("#members li").length === 2);
      await shot(host, "alone-kk");
      // the copy stays, and is the guest's own
      await guest.click("#projects");
      await cardIs(guest, "title", "Балбырауын, бірге");
      expect(errors).toEqual([]);
    } finally {
      await browser.close();
      await server.close();
      rmSync(data, { recursive: true });
    }
  });
});
