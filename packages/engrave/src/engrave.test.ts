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
