import { expect, test } from "vitest";
import { type Outcome, packedOutcome, unpackedOutcome } from "./outcome.ts";

const made = {
  choices: { style: "lo-fi", seed: 1 },
  ownStyles: [],
  voice: null,
  given: "[]",
  loudness: -14,
  plan: { frames: 10, strips: [] },
  report: { parts: [] },
  clips: [
    ["recording", [Float32Array.of(0.1, -0.2, 0.3), Float32Array.of(1e-9, 0, -1)]],
    ["voice", [Float32Array.of(0.5)]],
  ],
} as unknown as Outcome;

test("what a variation came to is the same, to the sample, after it was kept", async () => {
  expect(await unpackedOutcome(packedOutcome(made))).toEqual(made);
});
test("one that was cut off is refused", async () => {
  const { text, samples } = packedOutcome(made);
  await expect(unpackedOutcome({ text, samples: samples.slice(0, samples.size - 4) })).rejects.toThrow("voice");
  await expect(unpackedOutcome({ text: text.slice(0, 20), samples })).rejects.toThrow();
});
