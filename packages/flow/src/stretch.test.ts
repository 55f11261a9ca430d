import { centsToHertz, type Progress, silent, sin } from "@kuishi/base";
import { tonePitch } from "@kuishi/signal";
import { expect, test } from "vitest";
import { stretched } from "./stretch.ts";

const tone = (cents: number, seconds: number): Float32Array =>
  Float32Array.from({ length: seconds * 48_000 }, (_, i) => 0.3 * sin((2 * Math.PI * centsToHertz(cents) * i) / 48_000));
const settings = { formants: false, seed: 1, stage: "stretch" };
const at = (rate: number, cents: number) => [{ at: 0, from: 0, rate, cents }];
const NAMES = ["crypto", "sampleRate", "currentTime", "AudioWorkletProcessor", "registerProcessor"];
const world = () => NAMES.map((name) => Object.getOwnPropertyDescriptor(globalThis, name));

test("half as fast at its own pitch, as fast a fifth higher", async () => {
  const sound = [tone(5700, 1)];
  const [slow] = await stretched(sound, at(0.5, 0), 96_000, settings, silent);
  expect(slow?.length).toBe(96_000);
  expect(Math.abs(tonePitch(slow!.subarray(24_000, 72_000))! - 5700)).toBeLessThan(6);
  const [high] = await stretched(sound, at(1, 702), 48_000, settings, silent);
  expect(Math.abs(tonePitch(high!.subarray(12_000, 36_000))! - 6402)).toBeLessThan(4);
});
test("points change rate and pitch on the way", async () => {
  const points = [
    { at: 0, from: 0, rate: 1, cents: 0 },
    { at: 1, from: 1, rate: 1, cents: 500 },
  ];
  const [sound] = await stretched([tone(5700, 2)], points, 96_000, settings, silent);
  expect(Math.abs(tonePitch(sound!.subarray(12_000, 36_000))! - 5700)).toBeLessThan(4);
  expect(Math.abs(tonePitch(sound!.subarray(60_000, 84_000))! - 6200)).toBeLessThan(4);
});
test("two at once come out as one after the other, and the world around never sees them", async () => {
  const before = world();
  const seen: unknown[] = [];
  const watching: Progress = { ...silent, report: () => void seen.push(world()) };
  const [a, b] = [[tone(5700, 1), tone(6100, 1)], [tone(5000, 1)]];
  const separately = [await stretched(a, at(0.8, 0), 60_000, settings, silent), await stretched(b, at(1.25, 300), 38_400, { ...settings, seed: 2 }, silent)];
  const together = await Promise.all([
    stretched(a, at(0.8, 0), 60_000, settings, watching),
    stretched(b, at(1.25, 300), 38_400, { ...settings, seed: 2 }, watching),
  ]);
  expect(together).toEqual(separately);
  expect(seen.length).toBeGreaterThan(1);
  for (const state of [...seen, world()]) expect(state).toEqual(before);
});
