import type { Arrangement } from "@kuishi/blend";
import { heardFromText } from "@kuishi/score";
import { expect, test } from "vitest";
import { flams, inScale } from "./blending.ts";

test("what plays nothing meets no figure", () => {
  const heard = heardFromText("2/4 pulse=0.5 tonic=5500 | d0 d2");
  const nothing = { parts: [] } as unknown as Arrangement;
  expect(inScale(nothing, heard)).toBeNaN();
  expect(flams(nothing, heard.strokes)).toEqual({ share: Number.NaN, medianMs: Number.NaN, near: 0 });
});
