import { readAbc, type Score } from "@kuishi/score";
import { anyScore } from "@kuishi/score/any-score";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { engrave } from "./engrave.ts";
import { PAGE_WIDTH } from "./pages.ts";
import { svgOf } from "./svg.ts";

/** What holds of every picture: all bars, each inside it, and numbers that are numbers. */
function drawnWell(score: Score): void {
  const { blocks, bars, width, height } = engrave(score, { width: PAGE_WIDTH });
  expect(bars.map(({ bar }) => bar)).toEqual(score.bars.map((_, k) => k));
  for (const bar of bars) for (const value of [bar.x, bar.y, bar.width, bar.height, ...bar.beats.flat()]) expect(Number.isFinite(value)).toBe(true);
  const svg = svgOf(blocks, width, height);
  expect(/NaN|Infinity|undefined|null/.exec(svg.replace(/<text[^>]*>[^<]*<\/text>/g, ""))).toBeNull();
  // every sign that is used is there
  for (const [, id] of svg.matchAll(/href="#(s\d+)"/g)) expect(svg).toContain(`<path id="${id}" d="M`);
}

/** Lines of ABC with what musicians write of it: chords, words, tuplets, graces, decorations, repeats, quarter tones, other meters, several voices. */
const letter = fc.constantFrom("C", "^F", "_B", "c", "d'", "A,", "^/F", "_3/2e", "=B");
const length = fc.constantFrom("", "2", "3", "/", "3/2", "4");
const token = fc.oneof(
  fc.tuple(letter, length).map((pair) => pair.join("")),
  fc
    .tuple(fc.constantFrom("!trill!", "!fermata!", "~", "!mf!", "!segno!", "!coda!", "!arpeggio!", '"Am7"', '"^баяу"', "{/g}", "{cd}"), letter, length)
    .map((all) => all.join("")),
  fc.tuple(letter, letter).map(([a, b]) => `(3${a}${b}${a}`),
  fc.tuple(letter, letter, length).map(([a, b, long]) => `[${a}${b}]${long}`),
  fc.constantFrom("z2", "z", "(C", "D)", "E-E", "!crescendo(!", "!crescendo)!", "[M:7/8]", "[K:Eb]", "[Q:3/8=120]"),
);
const line = fc
  .array(fc.tuple(fc.array(token, { minLength: 1, maxLength: 7 }), fc.constantFrom("|", "|", ":|", "|:", "||", "|1 ", ":|2 ")), { minLength: 1, maxLength: 6 })
  .map((bars) => `${bars.map(([tokens, bar]) => `${tokens.join(" ")} ${bar}`).join(" ")} C|]\nw: ән са-лып *_ қа-ра`);
const tune = fc
  .tuple(fc.constantFrom("4/4", "(2+2+3)/8", "6/8", "5/4", "none"), fc.array(line, { minLength: 1, maxLength: 3 }))
  .map(([meter, voices]) => readAbc(`X:1\nT:Ән\nM:${meter}\nL:1/8\nQ:1/4=90\nK:G\n${voices.map((voice, v) => `V:${v + 1}\n${voice}`).join("\n")}\n`));

describe("any score", () => {
  it("is drawn bar by bar: notes of any length and pitch", () => {
    fc.assert(fc.property(anyScore, drawnWell), { numRuns: 40 });
  });
  it("is drawn bar by bar: tunes with all that is written in them", () => {
    fc.assert(fc.property(tune, drawnWell), { numRuns: 40 });
  });
});
