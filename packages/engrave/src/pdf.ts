import * as fontkit from "@cantoo/fontkit";
import { degrees, PDFDocument, type PDFFont, type PDFPage, rgb } from "@cantoo/pdf-lib";
import type { Block } from "./engrave.ts";
import { outlineOf, textWidth } from "./faces.ts";
import type { Ink } from "./ink.ts";
import { A4, type Laid, paged } from "./pages.ts";

/** Files of Onest, in the order in which a letter is looked for. */
export interface Faces {
  readonly regular: readonly Uint8Array[];
  readonly bold: readonly Uint8Array[];
}
export interface PdfOptions {
  readonly title: string;
  readonly author?: string;
  readonly language: string;
}

/** Faces that are in the document; each is put in when a letter of it is first met. */
class Letters {
  readonly #document: PDFDocument;
  readonly #files: Faces;
  readonly #faces = new Map<Uint8Array, { readonly has: ReadonlySet<number>; font?: PDFFont }>();
  constructor(document: PDFDocument, files: Faces) {
    this.#document = document;
    this.#files = files;
  }
  /** A text as runs of one face each; what no face has is shown as a question mark. */
  async runs(text: string, bold: boolean): Promise<{ readonly text: string; readonly font: PDFFont }[]> {
    const out: { text: string; font: PDFFont }[] = [];
    for (const letter of text) {
      const { font, shown } = await this.#of(letter, bold);
      const last = out.at(-1);
      if (last?.font === font) last.text += shown;
      else out.push({ text: shown, font });
    }
    return out;
  }
  async #of(letter: string, bold: boolean): Promise<{ font: PDFFont; shown: string }> {
    for (const file of bold ? this.#files.bold : this.#files.regular) {
      let face = this.#faces.get(file);
      if (!face) this.#faces.set(file, (face = { has: new Set((fontkit.create(file as never) as { characterSet: number[] }).characterSet) }));
      if (!face.has.has(letter.codePointAt(0)!)) continue;
      face.font ??= await this.#document.embedFont(file, { subset: true });
      return { font: face.font, shown: letter };
    }
    return letter === "?" ? Promise.reject(new RangeError("a face without a question mark")) : this.#of("?", bold);
  }
}

function colourOf(colour: string): ReturnType<typeof rgb> {
  const hex = /^#(..)(..)(..)/.exec(colour);
  const parts = hex ? hex.slice(1, 4).map((two) => Number.parseInt(two, 16) / 255) : [...colour.matchAll(/[\d.]+/g)].slice(0, 3).map(([v]) => Number(v) / 255);
  return rgb(parts[0] ?? 0, parts[1] ?? 0, parts[2] ?? 0);
}

async function draw(page: PDFPage, { block, x, y, unit }: Laid, letters: Letters): Promise<void> {
  const at = (dx: number, dy: number): { x: number; y: number } => ({ x: x + dx * unit, y: A4.height - y - dy * unit });
  for (const ink of block.ink) await drawInk(page, ink, at, unit, letters);
}
async function drawInk(page: PDFPage, ink: Ink, at: (x: number, y: number) => { x: number; y: number }, unit: number, letters: Letters): Promise<void> {
  const color = colourOf(ink.colour);
  if (ink.kind === "path") {
    const how = ink.line === undefined ? { color } : { borderColor: color, borderWidth: ink.line };
    page.drawSvgPath(ink.d, { ...at(0, 0), scale: unit, ...how });
    return;
  }
  if (ink.kind === "sign") {
    const outline = outlineOf(ink.code);
    if (outline)
      page.drawSvgPath(outline, {
        ...at(ink.x, ink.y),
        scale: (ink.size / 1000) * unit,
        color,
        ...(ink.turn === undefined ? {} : { rotate: degrees(-ink.turn) }),
      });
    return;
  }
  const size = ink.size * unit;
  const angle = -(ink.turn ?? 0);
  let along = 0;
  for (const { text, font } of await letters.runs(ink.text, ink.bold)) {
    const from = at(ink.x + (angle === 0 ? along : 0), ink.y + (angle === 0 ? 0 : -along));
    page.drawText(text, { ...from, size, font, color, rotate: degrees(angle), ...(ink.italic ? { ySkew: degrees(12) } : {}) });
    along += textWidth(text, ink.size, ink.bold);
  }
}

/** Blocks as pages of A4 with the letters of Onest inside. The same blocks give the same bytes. */
export async function pdfOf(blocks: readonly Block[], faces: Faces, options: PdfOptions): Promise<Uint8Array<ArrayBuffer>> {
  const document = await PDFDocument.create({ updateMetadata: false });
  document.registerFontkit(fontkit as never);
  document.setTitle(options.title);
  document.setLanguage(options.language);
  document.setProducer("Kuishi");
  if (options.author) document.setAuthor(options.author);
  const letters = new Letters(document, faces);
  const pages = paged(blocks);
  for (const [k, laid] of pages.entries()) {
    const page = document.addPage([A4.width, A4.height]);
    for (const one of laid) await draw(page, one, letters);
    const [number] = await letters.runs(String(k + 1), false);
    if (pages.length > 1 && number) page.drawText(number.text, { x: A4.width / 2 - 3, y: 24, size: 8, font: number.font });
  }
  return (await document.save()) as Uint8Array<ArrayBuffer>;
}
