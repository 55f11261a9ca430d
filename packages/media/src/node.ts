import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { CodecLoader } from "./encode.ts";

const from = createRequire(import.meta.url);
const FILES = { mp3: ["wasm-media-encoders", "wasm/mp3.wasm"], opus: ["@evan/opus", "wasm/opus.wasm"] } as const;

/** Where an encoder's own `.wasm` lies on the disk: beside its package's main file, for the packages do not export it. */
export function codecFile(codec: "mp3" | "opus"): string {
  const [name, file] = FILES[codec];
  let folder = dirname(from.resolve(name));
  while (!folder.endsWith(name.split("/").at(-1)!)) folder = dirname(folder);
  return join(folder, file);
}

/** Reads the encoders' `.wasm` files from the disk. */
export const codecs: CodecLoader = (codec) => Promise.resolve(new WebAssembly.Module(readFileSync(codecFile(codec))));
