import { expect, test } from "vitest";
import { joinedBytes, joinedSamples } from "./join.ts";

test("parts lie behind each other, in order, empty ones too", () => {
  expect(joinedBytes([Uint8Array.of(1, 2), new Uint8Array(0), Uint8Array.of(255)])).toEqual(Uint8Array.of(1, 2, 255));
  expect(joinedSamples([Float32Array.of(0.5), Float32Array.of(-1, 2)])).toEqual(Float32Array.of(0.5, -1, 2));
  expect(joinedBytes([])).toEqual(new Uint8Array(0));
});
