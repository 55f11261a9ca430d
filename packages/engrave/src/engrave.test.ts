import { readAbc } from "@kuishi/score";
import { describe, expect, it } from "vitest";
import { engrave } from "./engrave.ts";
import { faces } from "./node.ts";
import { PAGE_WIDTH } from "./pages.ts";
import { pdfOf } from "./pdf.ts";
import { svgOf } from "./svg.ts";

const KAZAKH = "Ә ғ қ ң ө ұ ү һ і";
const abc = `X:1\nT:Қосбасар ${KAZAKH}\nM:5/8\nL:1/8\nK:D\n${"A2 B^cd|e3 f2|".repeat(40)}\n`;
const drawn = engrave(readAbc(abc), { width: PAGE_WIDTH });

describe("an engraved score", () => {
  it("has every bar at its place, with the places of its beats in order", () => {
    expect(drawn.bars.map(({ bar }) => bar)).toEqual(Array.from({ length: 80 }, (_, k) => k));
    for (const { x, width, beats } of drawn.bars) {
      expect(beats[0]![0]).toBe(0);
      const across = beats.map(([, at]) => at);
      expect(across).toEqual([...across].sort((a, b) => a - b));
      expect(across.every((at) => at > x && at < x + width)).toBe(true);
    }
  });
  it("is one picture that needs no face, with what was written in it", () => {
    const svg = svgOf(drawn.blocks, drawn.width, drawn.height);
    expect([...svg.matchAll(/<text[^>]*>([^<]*)/g)].map(([, text]) => text)).toContain(`Қосбасар ${KAZAKH}`);
    const used = new Set([...svg.matchAll(/href="#(s\d+)"/g)].map(([, id]) => id));
    for (const id of used) expect(svg.includes(`<path id="${id}" d="M`)).toBe(true);
  });
  it("is printed on several pages, the same bytes each time", async () => {
    const print = (): Promise<Uint8Array> => pdfOf(drawn.blocks, faces(), { title: "Қосбасар", language: "kk" });
    const bytes = await print();
    expect(new TextDecoder("latin1").decode(bytes.subarray(0, 5))).toBe("%PDF-");
    expect(await print()).toEqual(bytes);
  });
});

describe("what the engraver does not know by itself", () => {
  it("is drawn all the same: quarter tones by their signs, smaller steps with their cents, groups of a meter, hyphens", () => {
    const { blocks } = engrave(readAbc("X:1\nM:3+2/8\nL:1/8\nK:Bb\nB_/BA^/A B|^1/5c4 d|\nw:қос-ба-сар\n"), { width: PAGE_WIDTH });
    const ink = blocks.flatMap((block) => block.ink);
    const signs = ink.flatMap((one) => (one.kind === "sign" ? [one.code] : []));
    const letters = ink.flatMap((one) => (one.kind === "text" ? [one.text] : []));
    expect(signs).toEqual(expect.arrayContaining([0xe280, 0xe282, 0xe272]));
    expect(letters).toEqual(expect.arrayContaining(["3+2", "қос-", "+20"]));
    expect(ink.every((one) => !one.colour.startsWith("#01"))).toBe(true);
  });
});

describe("what nobody wrote", () => {
  const inkOf = (abc: string) => engrave(readAbc(abc), { width: PAGE_WIDTH }).blocks.flatMap((block) => block.ink);
  const signsOf = (ink: ReturnType<typeof inkOf>) => ink.flatMap((one) => (one.kind === "sign" ? [one] : []));
  const textsOf = (ink: ReturnType<typeof inkOf>) => ink.flatMap((one) => (one.kind === "text" ? [one.text] : []));
  it("is not drawn: no loudness before the first sign of it, no number of a pickup, tempo in the note it is told in", () => {
    const ink = inkOf("X:1\nT:A\nT:B\nM:6/8\nL:1/8\nQ:3/8=120\nK:G\nD|G2A B2c|!p!d3 e3|]\n");
    const codes = signsOf(ink).map(({ code }) => code);
    expect([codes.includes(0xe522), codes.includes(0xe520)]).toEqual([false, true]);
    expect(codes).toEqual(expect.arrayContaining([0xeca5, 0xecb7]));
    const texts = textsOf(ink);
    expect(texts).toEqual(expect.arrayContaining(["A", "B", "= 120", "1", "2"]));
    expect(texts).not.toContain("3");
    expect(texts.some((text) => /180/.test(text))).toBe(false);
  });
  it("stands where it was written: jumps at their notes, a repeat behind the signature", () => {
    const ink = inkOf("X:1\nM:4/4\nL:1/4\nK:F\n!segno!|:FGAc|d2f2!coda!|abag|f4 !D.S.alcoda!||!coda!c4|]\n");
    const at = (code: number): number[] => signsOf(ink).flatMap((one) => (one.code === code ? [one.x] : []));
    const [segno] = at(0xe047);
    const [signature] = [...at(0xe084), ...at(0xe08a)];
    expect(segno).toBeGreaterThan(signature!);
    expect(at(0xe048)).toHaveLength(2);
    expect(textsOf(ink)).toContain("D.S. al Coda");
    // the dots of the repeat
    const dots = signsOf(ink).filter(({ code }) => code === 0xe044 || code === 0xe043);
    for (const { x } of dots) expect(x).toBeGreaterThan(signature!);
  });
});
