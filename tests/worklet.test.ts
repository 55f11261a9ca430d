import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { silent } from "@kuishi/base";
import { Engine } from "@kuishi/engine";
import { hearFile, prepareBlend, RECORDING } from "@kuishi/flow";
import { serveFolder, startChromium } from "@kuishi/lab";
import { memorySource } from "@kuishi/media";
import { Kernels } from "@kuishi/signal";
import { kernelModule } from "@kuishi/signal/node";
import { describe, expect, test } from "vitest";
import { example } from "./cli.ts";
import { lacks } from "./needs.ts";

const dist = join(import.meta.dirname, "../apps/studio/dist");

describe.skipIf(lacks("chromium"))("one engine", () => {
  test("the AudioWorklet in Chromium gives the very samples that Node gives", async () => {
    const host = { kernels: kernelModule(), clock: () => 0 };
    const file = await hearFile(host, memorySource(readFileSync(example)), {}, silent);
    const { plan, clips } = await prepareBlend(host, file, { style: "synth-pop", seed: 3 }, silent);
    const frames = 128 * 3000; // eight seconds
    const engine = new Engine(new Kernels(kernelModule()), plan, clips);
    const mix = new Float32Array(frames * 2);
    for (let at = 0; at < frames; at += 128) {
      engine.render();
      mix.set(engine.mix.leftView, at);
      mix.set(engine.mix.rightView, frames + at);
    }
    const site = await serveFolder(dist, "/k");
    const browser = await startChromium();
    try {
      const page = await browser.newPage();
      await page.goto(site.url);
      const asset = (part: string): string => `assets/${readdirSync(join(dist, "assets")).find((name) => name.includes(part))}`;
      const recording = (clips.get(RECORDING) as Float32Array[]).map((channel) =>
        Buffer.from(channel.buffer, channel.byteOffset, channel.byteLength).toString("base64"),
      );
      const digest = await page.evaluate(
        async ({ worklet, wasm, plan, recording, frames }) => {
          const context = new OfflineAudioContext(2, frames, 48_000);
          await context.audioWorklet.addModule(worklet);
          const channels = recording.map((text) => new Float32Array(Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer));
          const kernels = await (await fetch(wasm)).arrayBuffer();
          const node = new AudioWorkletNode(context, "kuishi-engine", {
            numberOfInputs: 0,
            outputChannelCount: [2],
            processorOptions: { kernels, plan, clips: [["recording", channels]], running: true },
          });
          node.connect(context.destination);
          const buffer = await context.startRendering();
          const out = new Float32Array(frames * 2);
          out.set(buffer.getChannelData(0));
          out.set(buffer.getChannelData(1), frames);
          const hash = await crypto.subtle.digest("SHA-256", out);
          return [...new Uint8Array(hash)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
        },
        { worklet: asset("engine.worklet"), wasm: asset("kernels"), plan, recording, frames },
      );
      expect(digest).toBe(createHash("sha256").update(Buffer.from(mix.buffer)).digest("hex"));
    } finally {
      await browser.close();
      site.close();
    }
  });
  test("on a page that is not secure, a sentence says why it cannot play, and blending still works", async () => {
    const site = await serveFolder(dist, "/k");
    const browser = await startChromium(["--host-resolver-rules=MAP kuishi.test 127.0.0.1"]);
    try {
      const page = await (await browser.newContext({ locale: "en" })).newPage();
      await page.goto(site.url.replace("localhost", "kuishi.test"));
      await page.waitForSelector("#heard", { timeout: 60_000 });
      await page.click("#blend");
      await page.waitForSelector(".files", { timeout: 120_000 });
      expect(await page.locator(".notice").first().textContent()).toContain("secure page");
      expect(await page.locator("#play").isDisabled()).toBe(true);
    } finally {
      await browser.close();
      site.close();
    }
  });
});
