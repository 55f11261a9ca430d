import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { silent } from "@kuishi/base";
import { choicesOf } from "@kuishi/blend";
import { type Clips, Engine, type Insert, kits, type Plan, type PlanEvent, type PluckedModel, plucked, type Source, type Strip } from "@kuishi/engine";
import { hearFile, prepareBlend, RECORDING } from "@kuishi/flow";
import { serveFolder, startChromium } from "@kuishi/lab";
import { memorySource } from "@kuishi/media";
import { Kernels } from "@kuishi/signal";
import { kernelModule } from "@kuishi/signal/node";
import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { example } from "./cli.ts";
import { lacks } from "./needs.ts";
import { idle } from "./page.ts";

const dist = join(import.meta.dirname, "../apps/studio/dist");

/** A strip for each instrument, each effect somewhere among them. */
const everything: Plan = (() => {
  const patch = {
    voices: 6,
    detuneCents: 9,
    shape: 0.4,
    sub: 0.3,
    breath: 0.02,
    attackSec: 0.01,
    decaySec: 0.2,
    sustain: 0.6,
    releaseSec: 0.05,
    cutoffHz: 1200,
    keyTrack: 0.3,
    sweepOctaves: 1,
    sweepSec: 0.1,
    resonance: 0.3,
    lfoHz: 2,
    lfoOctaves: 0.3,
  };
  const band = { thresholdDb: -30, ratio: 3, attackMs: 5, releaseMs: 80, makeupDb: 3 };
  const sources: Source[] = [
    ...Object.keys(plucked).map((model): Source => ({ kind: "plucked", model: model as PluckedModel, open: [], nail: 0.6 })),
    { kind: "balaban", steady: false },
    { kind: "tanpura" },
    { kind: "synth", patch },
    { kind: "synth", patch: { ...patch, oscillator: { kind: "fm", ratio: 2, index: 3, indexSec: 0.3 } } },
    { kind: "synth", patch: { ...patch, vibratoCents: 20, oscillator: { kind: "wavetable", table: "glass", place: 0.4, move: 0.3 } } },
    {
      kind: "sampler",
      zones: [
        {
          clip: RECORDING,
          rate: 44_100,
          rootCents: 5500,
          fromCents: 0,
          toCents: 12_000,
          fromVelocity: 0,
          toVelocity: 2,
          loop: [2000, 30_000],
          gainDb: -3,
          attackSec: 0.01,
          decaySec: 0.3,
          sustain: 0.5,
          releaseSec: 0.05,
        },
      ],
    },
    ...kits.map((kit): Source => ({ kind: "drums", kit })),
  ];
  const inserts: Insert[] = [
    { kind: "eq", bands: [{ type: "peak", hertz: 900, gainDb: 6 }] },
    { kind: "compressor", ...band },
    { kind: "multiband", splitHz: [200, 3000], bands: [band, band, band] },
    { kind: "saturation", driveDb: 18, mix: 1, even: 0.4 },
    { kind: "gate", thresholdDb: -40, floorDb: -80, attackMs: 1, holdMs: 20, releaseMs: 60 },
    { kind: "phaser", lowHz: 200, highHz: 3000, rateHz: 0.7, feedback: 0.5, mix: 0.5 },
  ];
  const drums = ["kick", "snare", "clap", "hat", "openHat", "rim", "shaker", "frame"];
  const how = [undefined, "hammerOn", "slide", "pullOff", "muted", "tap"] as const;
  const strips = sources.map((source, i): Strip => {
    const events = Array.from({ length: 24 }, (_, k): PlanEvent => {
      const articulation = source.kind === "plucked" ? how[k % how.length] : undefined;
      return {
        frame: 500 * i + 7001 * k,
        length: 9000,
        cents: 5000 + ((k * 317 + i * 50) % 1900),
        velocity: 0.3 + 0.027 * k,
        voice: source.kind === "drums" ? drums[k % drums.length]! : k % 4,
        ...(articulation ? { articulation } : {}),
        ...(k % 5 === 0
          ? {
              bend: [
                [0, 0],
                [4000, 80],
              ],
            }
          : {}),
      };
    });
    const insert = inserts[i % inserts.length]!;
    return { id: `s${i}`, source, events, inserts: [insert], gainDb: -9, pan: (i % 5) / 2 - 1, sends: { reverb: -9, chorus: -9, room: -20, delay: -12 } };
  });
  return {
    frames: 128 * 1500,
    seed: 11,
    strips,
    buses: [
      { id: "reverb", effect: { kind: "reverb", decaySec: 1.2, preDelayMs: 10, damping: 0.3 }, gainDb: 0 },
      { id: "chorus", effect: { kind: "chorus", rateHz: 0.5, depthMs: 3, delayMs: 14 }, gainDb: 0 },
      { id: "room", effect: { kind: "convolution", clip: RECORDING }, gainDb: -20 },
      { id: "delay", effect: { kind: "delay", times: [[0, 9000]], feedback: 0.5, damping: 0.3 }, gainDb: 0 },
    ],
    master: { gainDb: 3, ceilingDbtp: -1.25 },
  };
})();

function inNode(plan: Plan, clips: Clips, frames: number): string {
  const engine = Engine.of(new Kernels(kernelModule()), plan, clips);
  const mix = new Float32Array(frames * 2);
  for (let at = 0; at < frames; at += 128) {
    engine.render();
    mix.set(engine.mix.leftView, at);
    mix.set(engine.mix.rightView, frames + at);
  }
  expect(mix.some((v) => Math.abs(v) > 0.05)).toBe(true);
  return createHash("sha256").update(Buffer.from(mix.buffer)).digest("hex");
}
async function inChromium(page: Page, plan: Plan, clips: Clips, frames: number): Promise<string> {
  const asset = (part: string): string => `assets/${readdirSync(join(dist, "assets")).find((name) => name.includes(part))}`;
  const recording = (clips.get(RECORDING) as Float32Array[]).map((channel) =>
    Buffer.from(channel.buffer, channel.byteOffset, channel.byteLength).toString("base64"),
  );
  return page.evaluate(
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
}

describe.skipIf(lacks("chromium"))("one engine", () => {
  test("the AudioWorklet in Chromium gives the very samples that Node gives: a blend, and every instrument and effect", async () => {
    const host = { kernels: kernelModule(), clock: () => 0 };
    const file = await hearFile(host, memorySource(readFileSync(example)), {}, silent);
    const { plan, clips } = await prepareBlend(host, file, { choices: choicesOf("synth-pop", 3) }, silent);
    const site = await serveFolder(dist, "/k");
    const browser = await startChromium();
    try {
      const page = await browser.newPage();
      await page.goto(site.url);
      expect(await inChromium(page, plan, clips, 128 * 3000)).toBe(inNode(plan, clips, 128 * 3000));
      expect(await inChromium(page, everything, clips, 128 * 1500)).toBe(inNode(everything, clips, 128 * 1500));
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
      expect(await page.locator("#insecure").textContent()).toContain("secure page");
      await page.click(".rooms [data-room=blend]");
      await page.click("#blend");
      await idle(page);
      await page.click(".rooms [data-room=export]");
      await page.click("#export");
      await page.waitForSelector(".files", { timeout: 120_000 });
      expect(await page.locator("#play").isDisabled()).toBe(true);
    } finally {
      await browser.close();
      site.close();
    }
  });
});
