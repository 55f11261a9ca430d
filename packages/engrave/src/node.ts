import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Faces } from "./pdf.ts";

const LETTERS = ["latin", "cyrillic", "cyrillic-ext", "latin-ext"];
const filesOf = (weight: number): Uint8Array[] =>
  LETTERS.map((letters) => new Uint8Array(readFileSync(fileURLToPath(import.meta.resolve(`@fontsource/onest/files/onest-${letters}-${weight}-normal.woff`)))));

/** Onest from where it is installed. */
export const faces = (): Faces => ({ regular: filesOf(400), bold: filesOf(700) });
