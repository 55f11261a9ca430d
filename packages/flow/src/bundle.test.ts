import { Complaint } from "@kuishi/base";
import { choicesOf } from "@kuishi/blend";
import { emptySong, Provenance } from "@kuishi/project";
import { expect, test } from "vitest";
import { asAsked } from "./bundle.ts";
import { blendOf } from "./choices.ts";

test("a project that is blended again says what it was blended with now", () => {
  const before = { ...emptySong, choices: { ...choicesOf("lo-fi", 1) }, loudness: -14 };
  const other = { id: "x", kind: "of-tomorrow", choices: 3 };
  const choices = { ...choicesOf("techno", 5), without: ["kick"] };
  const request = { choices, loudness: null, provenance: Provenance.parse({ title: "t" }), language: "en", original: { name: "x", bytes: null } };
  const [song, kept] = asAsked([before, other], request);
  expect(song).toEqual({ ...before, choices, loudness: null, styles: [], variation: null });
  expect(asAsked([emptySong], { ...request, choices: choicesOf("deep-house", 1) })[0]).toMatchObject({ choices: choicesOf("deep-house", 1) });
  // a variation that sounds is what is asked for, until something else is
  const kinds = { id: "v", kind: "variation", name: "", order: 0, choices: { ...choices } };
  const varied = { ...before, variation: "v" };
  expect(asAsked([varied, kinds], request)[0]).toMatchObject({ choices: before.choices, variation: "v" });
  expect(asAsked([varied, kinds], { ...request, choices: choicesOf("techno", 6) })[0]).toMatchObject({ choices: choicesOf("techno", 6), variation: null });
  expect(kept).toEqual(other);
});

test("choices of a project that cannot be are a complaint with their place", () => {
  for (const seed of [-1, 4294967296]) {
    expect(() => blendOf({ ...emptySong, choices: { style: "lo-fi", seed } })).toThrow(Complaint);
  }
  expect(blendOf(emptySong).choices).toEqual(choicesOf("deep-house", 1));
});
