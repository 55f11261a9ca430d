import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { CodecLoader } from "@kuishi/media";

const from = createRequire(import.meta.resolve("@kuishi/media"));
const FILES = { mp3: ["wasm-media-encoders", "wasm/mp3.wasm"], opus: ["@evan/opus", "wasm/opus.wasm"] } as const;

/** Finds a codec's own `.wasm` beside its package's main file. */
export const encoderWasm: CodecLoader = (codec) => {
  const [name, file] = FILES[codec];
  let folder = dirname(from.resolve(name));
  while (!folder.endsWith(name.split("/").at(-1) as string)) folder = dirname(folder);
  return Promise.resolve(new WebAssembly.Module(readFileSync(join(folder, file))));
};
