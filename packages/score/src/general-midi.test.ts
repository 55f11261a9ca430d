import { expect, test } from "vitest";
import { DRUM_KEYS, drumOfKey } from "./general-midi.ts";

test("what a plain kit has is read as it was written, and nothing else is lost", () => {
  for (const drum of ["kick", "snare", "clap", "hat", "openHat", "rim", "shaker", "frame"]) expect(drumOfKey(DRUM_KEYS[drum]!)).toBe(drum);
  for (const [drum, stand] of Object.entries({ tek: "frame", ride: "hat", timpani: "frame", drum: "kick", triangle: "openHat" }))
    expect(drumOfKey(DRUM_KEYS[drum]!), drum).toBe(stand);
  expect(new Set(Object.values(DRUM_KEYS)).size).toBe(Object.keys(DRUM_KEYS).length);
});
