// Packs weights as the trainer wrote them into packages/listen/src/packed.ts.
//   node tools/ear/pack.ts NET.bin
import { readFileSync, writeFileSync } from "node:fs";

const raw = readFileSync(process.argv[2]!);
const weights = new Float32Array(raw.buffer.slice(raw.byteOffset, raw.byteOffset + raw.length));
const halves = new Uint16Array(new Float16Array(weights).buffer);
const text = Buffer.from(halves.buffer).toString("base64");
writeFileSync(
  new URL("../../packages/listen/src/packed.ts", import.meta.url),
  `// Made by tools/ear/pack.ts from a network trained by tools/ear/train.py. Do not edit.
// biome-ignore-all format: one long text

/** The network's weights: ${weights.length} half-precision numbers. */
export const PACKED =
  "${text}";
`,
);
console.log(`${weights.length} weights, ${text.length} letters`);
