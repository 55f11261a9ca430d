import { readFileSync } from "node:fs";

let compiled: WebAssembly.Module | undefined;

/** The bytes of `kernels.wasm`. */
export function kernelBytes(): Uint8Array<ArrayBuffer> {
  return new Uint8Array(readFileSync(new URL("../build/kernels.wasm", import.meta.url)));
}
/** The compiled kernels, read from the disk once. */
export function kernelModule(): WebAssembly.Module {
  compiled ??= new WebAssembly.Module(kernelBytes());
  return compiled;
}
