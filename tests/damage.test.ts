import { readFileSync } from "node:fs";
import { Complaint, seeded, silent } from "@kuishi/base";
import { type AudioFormat, encodeAudio, loadRecording, memorySource } from "@kuishi/media";
import { codecs } from "@kuishi/media/node";
import { Kernels } from "@kuishi/signal";
import { kernelModule } from "@kuishi/signal/node";
import { expect, test } from "vitest";
import { example } from "./cli.ts";

const load = (bytes: Uint8Array) => loadRecording(new Kernels(kernelModule()), memorySource(bytes), {}, silent);

test.each(["flac", "mp3", "opus"] as AudioFormat[])("%s comes back alike; damaged, it gives sound or a complaint, never anything else", async (format) => {
  const { channels } = await load(readFileSync(example));
  const piece = channels.map((channel) => channel.subarray(48_000, 48_000 * 3));
  const whole = await encodeAudio(format, piece, codecs);
  const back = await load(whole);
  expect(Math.abs((back.channels[0]?.length ?? 0) - 96_000)).toBeLessThan(3000);
  const energy = (x: Float32Array): number => x.reduce((sum, v) => sum + v * v, 0);
  expect(energy(back.channels[0]!) / energy(piece[0]!)).toBeCloseTo(1, 1);
  const random = seeded(17, format);
  for (let round = 0; round < 40; round++) {
    const bytes = whole.slice(0, round % 3 === 0 ? random.int(1, whole.length) : whole.length);
    for (let flip = random.int(1, 40); flip > 0; flip--) bytes[random.int(0, bytes.length - 1)] = random.int(0, 255);
    try {
      const recording = await load(bytes);
      for (const channel of recording.channels) expect(channel.every((v) => Number.isFinite(v))).toBe(true);
    } catch (error) {
      if (!(error instanceof Complaint)) throw error;
    }
  }
});
