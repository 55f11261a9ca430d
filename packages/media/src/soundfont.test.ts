import { Complaint } from "@kuishi/base";
import fc from "fast-check";
import { BasicSoundBank } from "spessasynth_core";
import { expect, test } from "vitest";
import { readSoundFont } from "./soundfont.ts";

test("a sound font gives its presets, zones over all keys, and sounds", async () => {
  const font = await readSoundFont(new Uint8Array(await BasicSoundBank.getSampleSoundBankFile()));
  expect(font.presets).toEqual(["Saw Wave"]);
  const preset = font.preset(0);
  expect(preset.sounds.length).toBe(1);
  expect(preset.sounds[0]?.length).toBeGreaterThan(100);
  const zone = preset.zones[0];
  expect(zone).toMatchObject({ sound: 0, rate: 44_100, loop: [0, 128] });
  // 128 frames at 44.1 kHz are 344.5 Hz: 65 (F4) less 20 cents
  expect(zone?.rootCents).toBeCloseTo(6480, 5);
  expect(preset.zones.some((other) => other.fromCents <= 0 && other.toCents >= 12_600)).toBe(true);
});
test("any other bytes give a complaint", async () => {
  const good = new Uint8Array(await BasicSoundBank.getSampleSoundBankFile());
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 40 }), fc.nat(good.length - 41), async (noise, at) => {
      const broken = good.slice();
      broken.set(noise, at);
      for (const bytes of [broken, new Uint8Array(noise)]) {
        try {
          (await readSoundFont(bytes)).preset(0);
        } catch (error) {
          expect(error).toBeInstanceOf(Complaint);
        }
      }
    }),
    { numRuns: 40 },
  );
});
