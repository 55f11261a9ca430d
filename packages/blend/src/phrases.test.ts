import { heardFromText } from "@kuishi/score";
import fc from "fast-check";
import { expect, test } from "vitest";
import { blend } from "./blend.ts";
import { choicesOf } from "./choices.ts";
import { makeGrid } from "./grid.ts";
import { slackOf } from "./phrases.ts";
import { styles } from "./styles.ts";

const heard = heardFromText(
  `2+2+2/8 pulse=0.2 tonic=5500 | ${Array.from({ length: 48 }, (_, k) => `d0 d2 ${k % 3 ? "d3" : "."} d5+u0 d7 d${k % 2 ? 5 : 3}`).join(" | ")}`,
);
const { bars } = makeGrid(heard, 1);
const all = [...styles.keys()];
const arranged = (style: string, seed = 1) => blend(heard, styles, choicesOf(style, seed));

test("a part is let in wherever it must be to be heard in its share of bars, and no farther", () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 5, maxLength: 80 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (energies, from) => {
        const slack = slackOf(from, 1, energies);
        const share = (least: number): number => energies.filter((energy) => energy >= least - 1e-9).length / energies.length;
        expect(share(from - slack)).toBeGreaterThanOrEqual(0.57);
        if (slack > 0.001) expect(share(from - slack + 0.001)).toBeLessThanOrEqual(0.6);
      },
    ),
  );
});
test.each(all)("%s: phrases of eight bars at most fill the tune, and who plays changes from one to the next", (style) => {
  const { phrases, sections } = arranged(style);
  phrases.forEach((phrase, k) => {
    expect(bars.filter((bar) => bar.from >= phrase.from - 0.02 && bar.from < phrase.to - 0.02).length).toBeLessThanOrEqual(8);
    expect(phrase.from).toBeCloseTo(k === 0 ? sections[0]!.from : phrases[k - 1]!.to, 6);
  });
  const changes = phrases.slice(1).filter((phrase, k) => phrase.parts.join() !== phrases[k]!.parts.join()).length;
  expect(changes / (phrases.length - 1)).toBeGreaterThan(0.8);
});
test.each(all)("%s: who names it is heard in a third of the bars", (style) => {
  const shares = arranged(style).parts.map(
    (part) => bars.filter((bar) => part.events.some((event) => event.at < bar.to - 0.03 && event.at + event.length > bar.from + 0.03)).length / bars.length,
  );
  expect(shares.filter((share) => share < 0.25)).toEqual([]);
  expect(shares.filter((share) => share >= 0.35).length / shares.length).toBeGreaterThan(0.8);
});
test("a slow line answers with what the tune stressed a phrase ago", () => {
  const quotes = all
    .flatMap((style) => arranged(style).parts.filter((part) => part.role === "counter"))
    .map((part) => part.events.filter((event) => event.reason.code === "why.counter.quote").length / part.events.length);
  expect(Math.max(...quotes)).toBeGreaterThan(0.15);
});
test("where a style drops, bass and drums leave the bar before the climax to the fill", () => {
  const three = heardFromText(
    `2+2/8 pulse=0.22 tonic=5500 | ${Array.from({ length: 40 }, (_, k) => (k > 24 && k < 33 ? "d7+u7 d9 d10+u7 d12" : "d0 . d3 .")).join(" | ")}`,
  );
  const form = [0, 8, 16, 25, 33, 40].map((bar) => 0.3 + bar * 0.88);
  const told = { ...three, form: form.slice(1).map((to, k) => ({ fromSec: form[k]!, toSec: to, label: "ABCDE"[k]!, confidence: 1 })) };
  const made = blend(told, styles, choicesOf("techno", 1));
  const climax = made.sections.find((section) => section.role === "climax")!;
  const bar = makeGrid(told, 1).bars.findLast((one) => one.from < climax.from - 0.1)!;
  const inside = (id: string, from: number, to: number) =>
    made.parts.find((part) => part.id === id)!.events.filter((event) => event.at > from - 0.05 && event.at < to - 0.1);
  expect(inside("kick", bar.from, bar.to)).toEqual([]);
  expect(inside("bass", bar.from, bar.to)).toEqual([]);
  expect(inside("kick", climax.from, climax.from + 4).length).toBeGreaterThan(2);
  expect(made.parts.some((part) => part.events.some((event) => event.reason.code === "why.fill" && event.at > bar.from - 0.05 && event.at < bar.to))).toBe(
    true,
  );
});
