// Outlines of the signs of music, from Bravura (OFL), and widths of Onest's letters: what engraving needs of the two faces, as data.
// Run after another version of either: `node packages/engrave/data/signs.mjs`.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import * as fontkit from "@cantoo/fontkit";
import { model } from "@coderline/alphatab";

const file = (name) => readFileSync(fileURLToPath(import.meta.resolve(name)));
const data = (name) => new URL(`${name}.json`, import.meta.url);

/** Microtonal accidentals (SMuFL 1.4: arrows at E260, Stein-Zimmermann at E280), beside what the engraver names itself. */
const MICROTONES = [
  0xe262, 0xe263, 0xe264, 0xe260, 0xe261, 0xe270, 0xe271, 0xe272, 0xe273, 0xe274, 0xe275, 0xe276, 0xe277, 0xe278, 0xe279, 0xe280, 0xe281, 0xe282, 0xe283,
];
const bravura = fontkit.create(file("@coderline/alphatab/font/Bravura.otf"));
/** Notes of metronome marks beside the quarter and the eighth. */
const METRONOME = [0xeca2, 0xeca3, 0xeca9];
const codes = new Set([...Object.values(model.MusicFontSymbol).filter((code) => code > 0), ...MICROTONES, ...METRONOME]);
const signs = {};
for (const code of [...codes].sort((a, b) => a - b)) {
  const glyph = bravura.glyphForCodePoint(code);
  if (glyph.id === 0) continue;
  const letter = { moveTo: "M", lineTo: "L", quadraticCurveTo: "Q", bezierCurveTo: "C", closePath: "Z" };
  const outline = glyph.path.commands
    .map(({ command, args }) => letter[command] + args.map((arg, i) => Math.round(i % 2 === 1 ? -arg : arg)).join(" "))
    .join("");
  signs[code] = [Math.round(glyph.advanceWidth), outline];
}
writeFileSync(data("signs"), `${JSON.stringify(signs)}\n`);

/** What songs here are written in. */
const LETTERS = ["latin", "latin-ext", "cyrillic", "cyrillic-ext"];
const widths = {};
for (const weight of [400, 700]) {
  const own = {};
  for (const letters of LETTERS) {
    const face = fontkit.create(file(`@fontsource/onest/files/onest-${letters}-${weight}-normal.woff`));
    for (const code of face.characterSet) own[code] ??= Math.round((face.glyphForCodePoint(code).advanceWidth * 1000) / face.unitsPerEm);
  }
  widths[weight] = own;
}
writeFileSync(data("widths"), `${JSON.stringify(widths)}\n`);
console.log(`signs: ${Object.keys(signs).length}, letters: ${Object.keys(widths[400]).length}`);
