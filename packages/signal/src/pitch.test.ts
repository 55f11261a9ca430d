import { centsToHertz, seeded, sin } from "@kuishi/base";
import { expect, test } from "vitest";
import { tonePitch } from "./pitch.ts";

const tone = (hertz: number, partials: readonly number[], seconds = 0.6): Float32Array =>
  Float32Array.from({ length: seconds * 48_000 }, (_, i) =>
    partials.reduce((sum, level, k) => sum + level * sin((2 * Math.PI * hertz * (k + 1) * i) / 48_000), 0),
  );

test.each([4000, 4567, 5500, 6037.5, 7200, 8300])("a tone of %d cents is told to the cent, whatever its partials", (cents) => {
  for (const partials of [[1], [0.3, 1, 0.5], [1, 0.5, 0.33, 0.25, 0.2]])
    expect(Math.abs((tonePitch(tone(centsToHertz(cents), partials)) ?? 0) - cents), partials.join()).toBeLessThan(1.5);
});
test("the tone is looked for where the sound is loudest", () => {
  const quiet = tone(centsToHertz(5000), [0.02], 1);
  const loud = tone(centsToHertz(6200), [0.8], 0.5);
  expect(tonePitch(Float32Array.of(...quiet, ...loud))).toBeCloseTo(6200, 0);
});
test("other sampling rates", () => expect(tonePitch(tone(440, [1]), 44_100)).toBeCloseTo(6900 + 1200 * Math.log2(44_100 / 48_000), 0));
test("noise, silence and next to nothing have no pitch", () => {
  const random = seeded(3, "noise");
  expect(tonePitch(Float32Array.from({ length: 48_000 }, () => random.gauss() * 0.2))).toBeNull();
  expect(tonePitch(new Float32Array(48_000))).toBeNull();
  expect(tonePitch(new Float32Array(3))).toBeNull();
});
