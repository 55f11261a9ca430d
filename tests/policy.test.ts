import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startChromium } from "@kuishi/lab";
import { expect, test } from "vitest";
import { pageServer } from "../apps/cli/src/serve.ts";
import { scratch } from "./cli.ts";
import { lacks } from "./needs.ts";
import { idle, room } from "./page.ts";
import { wav } from "./wav.ts";

const dist = join(import.meta.dirname, "../apps/studio/dist");

test.skipIf(lacks("chromium") || !existsSync(dist))(
  "what the studio does, its own policy allows: worklet, workers, WebAssembly, what it makes itself",
  async () => {
    using folder = scratch();
    const server = pageServer(dist);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const browser = await startChromium();
    try {
      const page = await (await browser.newContext({ locale: "en-GB" })).newPage();
      const refused: string[] = [];
      page.on("pageerror", (error) => refused.push(error.message));
      page.on("console", (message) => {
        if (message.type() === "error" || /Content Security Policy/.test(message.text())) refused.push(message.text());
      });
      const address = server.address();
      await page.goto(`http://localhost:${typeof address === "object" && address ? address.port : 0}/`);
      await page.waitForSelector("#heard", { timeout: 60_000 });
      await page.click("#play");
      await page.waitForFunction(() => Number(document.querySelector<HTMLInputElement>(".transport input")!.value) > 24_000, undefined, { timeout: 30_000 });
      await page.click("#play");
      const sound = Float32Array.from({ length: 48_000 * 4 }, (_, i) => (i % 24_000 < 12_000 ? 0.3 : 0) * (((i * 220) / 48_000) % 1 < 0.5 ? 1 : -1));
      writeFileSync(join(folder.path, "a.wav"), wav([sound]));
      await page.setInputFiles("#file", join(folder.path, "a.wav"));
      await page.waitForFunction(() => document.querySelector("#tune-title")?.textContent === "a.wav", undefined, { timeout: 120_000 });
      for (const name of ["blend", "mix", "play", "export"]) await room(page, name);
      await page.click("#export");
      await page.waitForSelector(".files", { timeout: 120_000 });
      await idle(page);
      expect(refused).toEqual([]);
      // and what it does not do is refused
      const inline = await page.evaluate(() => {
        const script = document.createElement("script");
        script.textContent = "globalThis.inline = true";
        document.body.append(script);
        return "inline" in globalThis;
      });
      expect(inline).toBe(false);
    } finally {
      await browser.close();
      server.close();
      server.closeAllConnections();
    }
  },
);
