import { modes } from "@kuishi/tuning";
import { expect, test } from "vitest";
import { DOMBRA_TIMBRE, offeredChords } from "./index.ts";

const scale = (name: string) => modes.find((one) => one.name === name)!;
const task = { scale: scale("aeolian"), tonic: 5700, timbre: DOMBRA_TIMBRE };
const names = (more: object = {}): string[] => offeredChords({ ...task, ...more }).map((offer) => offer.name);

test("at the beginning the tonic comes first, and every offer says why and what it costs", () => {
  const offers = offeredChords(task);
  expect(offers[0]).toMatchObject({ name: "Am", outside: 0 });
  expect(offers[0]!.reasons[0]!.code).toBe("home");
  for (const offer of offers) {
    expect(offer.reasons.length).toBeGreaterThan(0);
  }
  // a fifth is smoother than most, a chord over a diminished fifth is not
  const rough = (name: string): number => offers.find((offer) => offer.name === name)!.roughness;
  expect(rough("A5")).toBeLessThan(1);
  expect(rough("Bdim")).toBeGreaterThan(rough("A5"));
  // what a song borrows is there, and its foreign tone is counted
  expect(offers.find((offer) => offer.name === "E")).toMatchObject({ outside: 1 });
  expect(new Set(offers.map((offer) => offer.name)).size).toBe(offers.length);
});
test("the melody decides: over d, f and a the fourth degree, over e and g sharp's neighbours another", () => {
  const melody = (...notes: number[]) => notes.map((cents) => [cents, 1] as const);
  expect(names({ melody: melody(6200, 6500, 6900) })[0]).toMatch(/^D/);
  expect(names({ melody: melody(6000, 6400, 6700), before: "Am" })[0]).toMatch(/^C/);
});
test("the chord before is not offered again, and its neighbour in fourths and fifths comes early", () => {
  expect(names({ before: "Am" })).not.toContain("Am");
  expect(names({ before: "G" }).slice(0, 4)).toContain("C");
});
test("a scale with a neutral third has its chords where it has its tones", () => {
  const offers = offeredChords({ ...task, scale: scale("neutral third"), tonic: 5510 });
  const home = offers.find((offer) => offer.reasons.some((reason) => reason.code === "home") && offer.cents.length === 3)!;
  expect(home.cents.map((cents) => cents - home.cents[0]!)).toEqual([0, 350, 700]);
});
