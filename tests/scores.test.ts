import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { startChromium } from "@kuishi/lab";
import { expect, test } from "vitest";
import { pageServer } from "../apps/cli/src/serve.ts";
import { scratch } from "./cli.ts";
import { lacks } from "./needs.ts";
import { idle } from "./page.ts";

const dist = join(import.meta.dirname, "../apps/studio/dist");
const script = (name: string): string => readFileSync(join(dist, name), "utf8");
/** Everything that is fetched before the page runs: what its HTML names, and what that imports without being asked. */
function firstScripts(): ReadonlySet<string> {
  const named = [...script("index.html").matchAll(/\.\/(assets\/[^"]+\.js)/g)].map(([, name]) => name!);
  const all = new Set<string>();
  for (const queue = [...named]; queue.length > 0; ) {
    const name = queue.pop()!;
    if (all.has(name)) continue;
    all.add(name);
    for (const [, other] of script(name).matchAll(/(?:^|[;}\s])(?:import|export)\s*(?:[\w*{][^"'`;]*?from\s*)?["']\.\/([^"']+\.js)["']/g))
      queue.push(`assets/${other}`);
  }
  return all;
}
/** What only a score, or its print, asks for: engraver, writer of PDF with its reader of faces, parser of XML. */
const ASKED_FOR = { alphaTab: /alphaTab/i, pdfLib: /PDFDocument/, xml: /text\/xml/ } as const;

test.skipIf(lacks("chromium"))("what the page fetches first is at most 250 kB, and nothing of it draws or prints scores", () => {
  const first = [...firstScripts()];
  const assets = readdirSync(join(dist, "assets")).filter((name) => name.endsWith(".js"));
  const zipped = (name: string): number => gzipSync(readFileSync(join(dist, name))).length;
  // what the page says is fetched in one language
  const languages = assets.filter((name) => /^(kk|ru|en)-/.test(name)).map((name) => zipped(`assets/${name}`));
  expect(languages).toHaveLength(3);
  expect(first.reduce((sum, name) => sum + zipped(name), 0) + Math.max(...languages)).toBeLessThanOrEqual(250_000);
  for (const [library, sign] of Object.entries(ASKED_FOR)) {
    // it is there, and elsewhere
    expect(assets.some((name) => sign.test(script(`assets/${name}`)), library)).toBe(true);
    expect(
      first.filter((name) => sign.test(script(name))),
      library,
    ).toEqual([]);
  }
});

const note = (step: string, octave: number, length: number, more = ""): string =>
  `<note><pitch><step>${step}</step><octave>${octave}</octave></pitch><duration>${length}</duration><voice>1</voice><type>${length === 2 ? "quarter" : "eighth"}</type>${more}</note>`;
const sung = (text: string): string => `<lyric><syllabic>single</syllabic><text>${text}</text></lyric>`;
const measure = (number: number, inside: string, head = ""): string => `<measure number="${number}">${head}${inside}</measure>`;
const HEAD =
  "<attributes><divisions>2</divisions><key><fifths>1</fifths></key><time><beats>3</beats><beat-type>4</beat-type></time><clef><sign>G</sign><line>2</line></clef></attributes>";
const voice = [1, 2, 3, 4].map((k) => measure(k, note("G", 4, 2, sung("ән")) + note("B", 4, 2, sung("сал")) + note("D", 5, 2), k === 1 ? HEAD : "")).join("");
const piano = [1, 2, 3, 4].map((k) => measure(k, note("G", 3, 2) + note("D", 4, 2) + note("D", 4, 2), k === 1 ? HEAD : "")).join("");
const WALTZ = `<?xml version="1.0"?><score-partwise version="4.0"><work><work-title>Көктем вальсі</work-title></work><part-list><score-part id="P1"><part-name>Дауыс</part-name></score-part><score-part id="P2"><part-name>Фортепиано</part-name></score-part></part-list><part id="P1">${voice}</part><part id="P2">${piano}</part></score-partwise>`;

test.skipIf(lacks("chromium"))(
  "a score is opened, seen as it was written, its parts chosen, and printed; what draws it comes when it is asked for",
  async () => {
    using folder = scratch();
    const path = join(folder.path, "waltz.musicxml");
    writeFileSync(path, WALTZ);
    const server = pageServer(dist);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const browser = await startChromium();
    try {
      const page = await (await browser.newContext({ locale: "kk", serviceWorkers: "block", acceptDownloads: true })).newPage();
      const errors: string[] = [];
      const fetched: string[] = [];
      page.on("pageerror", (error) => errors.push(error.message));
      page.on("request", (request) => fetched.push(new URL(request.url()).pathname.replace(/^\//, "")));
      const has = (sign: RegExp): boolean => fetched.some((name) => /^assets\/.*\.js$/.test(name) && sign.test(script(name)));
      const address = server.address();
      await page.goto(`http://localhost:${typeof address === "object" && address ? address.port : 0}/`);
      await page.waitForSelector("#heard", { timeout: 120_000 });
      await idle(page);
      expect([has(ASKED_FOR.alphaTab), has(ASKED_FOR.pdfLib)]).toEqual([false, false]);
      await page.setInputFiles("#file", path);
      await page.waitForFunction(() => document.querySelector("#tune-title")?.textContent === "waltz.musicxml", undefined, { timeout: 120_000 });
      // the score itself, both of its parts, and never the hearing's transcript
      const picture = page.locator(".written-picture svg");
      await picture.waitFor({ timeout: 120_000 });
      const words = (): Promise<string[]> => picture.locator("text").allTextContents();
      expect(await words()).toEqual(expect.arrayContaining(["Көктем вальсі", "Дауыс", "Фортепиано", "ән", "сал"]));
      expect(await page.locator(".written-picture > button").count()).toBe(4);
      expect(await page.locator("details.score").count()).toBe(0);
      expect(await picture.innerHTML()).not.toMatch(/NaN|undefined/);
      expect([has(ASKED_FOR.alphaTab), has(ASKED_FOR.pdfLib)]).toEqual([true, false]);
      await page.click(".written-tools fieldset button:nth-of-type(2)");
      await page.waitForFunction(() => ![...document.querySelectorAll(".written-picture svg text")].some((text) => text.textContent === "Фортепиано"));
      const [download] = await Promise.all([page.waitForEvent("download", { timeout: 120_000 }), page.click("button.print")]);
      expect(download.suggestedFilename()).toBe("waltz.pdf");
      expect(
        readFileSync(await download.path())
          .subarray(0, 5)
          .toString("latin1"),
      ).toBe("%PDF-");
      expect(has(ASKED_FOR.pdfLib)).toBe(true);
      expect(errors).toEqual([]);
    } finally {
      await browser.close();
      server.close();
    }
  },
);
