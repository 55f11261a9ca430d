import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { serveFolder, startChromium } from "@kuishi/lab";
import { expect, test } from "vitest";
import { kuishi, scratch } from "./cli.ts";
import { lacks } from "./needs.ts";

test("verse is counted from a text file, told or as JSON, with rhymes and Latin letters", () => {
  using folder = scratch();
  const [text, json] = [join(folder.path, "song.txt"), join(folder.path, "song.json")];
  writeFileSync(text, "Желсіз түнде жарық ай,\nСәулесі суда дірілдеп,\nАуылдың жаны терең сай,\nТасыған өзен гүрілдеп.\n");
  const told = kuishi(["verse", text, "--lang", "kk", "--latin", "--rhymes", "дірілдеп"]);
  expect(told).toMatchObject({ code: 0 });
  expect(told.out).toContain("7\t4+3\ta\tЖел·сіз түн·де жа·рық ай\n");
  expect(told.out).toContain("Ұйқас үлгісі: abab");
  expect(told.out).toContain("Jelsız tünde jaryq ai,");
  expect(told.out).toContain("гүрілдеп");
  const written = kuishi(["verse", text, "--json", "-"]);
  expect(JSON.parse(written.out)).toMatchObject({ kuishi: "verse/1", scheme: "abab", lines: [{ measure: 7 }, { measure: 8 }, { measure: 8 }, { measure: 8 }] });
  expect(kuishi(["verse", text, "--json", json])).toMatchObject({ code: 0 });
  expect(readFileSync(json, "utf8")).toBe(written.out);
  // nothing is replaced unasked, and what cannot be is said
  expect(kuishi(["verse", text, "--json", json, "--lang", "ru"])).toMatchObject({ code: 5 });
  expect(kuishi(["verse", join(folder.path, "none.txt")])).toMatchObject({ code: 3 });
  writeFileSync(text, "\n \n");
  expect(kuishi(["verse", text, "--lang", "kk"])).toMatchObject({ code: 4, out: "", err: expect.stringContaining("сөз жоқ") });
  writeFileSync(text, Uint8Array.of(0x49, 0x44, 0x33, 3, 0, 0x61));
  expect(kuishi(["verse", text])).toMatchObject({ code: 3, out: "", err: expect.stringContaining("not text") });
  writeFileSync(text, "И вот она пришла\n");
  expect(kuishi(["verse", text, "--lang", "ru", "--rhymes", "дом"])).toMatchObject({ code: 2, err: "Рифмы есть только для казахского языка.\n" });
});

test.skipIf(lacks("chromium"))("in the page, words with chords are counted as they are written, and a last word is rhymed", async () => {
  const browser = await startChromium();
  const site = await serveFolder(join(import.meta.dirname, "../apps/studio/dist"), "/music/kuishi");
  try {
    const page = await (await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: "kk-KZ" })).newPage();
    const errors: string[] = [];
    page.on("pageerror", (error) => errors.push(error.message));
    await page.goto(site.url);
    await page.waitForSelector("#heard", { timeout: 60_000 });
    await page.evaluate(() => (location.hash = "#export"));
    await page.click(".words summary");
    await page.fill("#lyrics", "{title: Ай}\n[Dm]Желсіз түнде [A7]жарық ай,\nСәулесі суда дірілдеп,\nАуылдың жаны терең сай,\nТасыған өзен гүрілдеп.");
    await page.locator("#lyrics").blur();
    await page.waitForSelector(".verse");
    const lines = await page.locator(".verse li:not(.gap)").allTextContents();
    expect(lines.length).toBe(4);
    expect(lines[0]).toContain("Жел·сіз түн·де жа·рық ай");
    expect(await page.textContent(".words")).toContain("abab");
    await page.locator(".verse li:not(.gap) button").nth(1).click();
    await page.waitForSelector(".rhymes");
    expect(await page.textContent(".rhymes")).toContain("гүрілдеп");
    await page.locator(".verse").scrollIntoViewIfNeeded();
    await page.screenshot({ path: join(import.meta.dirname, "../out/verse-kk.png") });
    expect(errors).toEqual([]);
  } finally {
    await browser.close();
    site.close();
  }
});
