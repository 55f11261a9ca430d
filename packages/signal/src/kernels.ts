import type { Address, KernelExports } from "./kernel-exports.ts";

export type { Address, KernelExports } from "./kernel-exports.ts";

/** Something made in the kernels' memory, and how that is given back. */
export interface Held<T> {
  readonly it: T;
  readonly free: () => void;
}

/** One instance of the kernels: its functions, and typed views of its memory. */
export class Kernels {
  readonly call: KernelExports;
  /** Where numbers that are not whole are handed over to a call: as arguments, V8 would wrap each in an object. */
  readonly args: Float64Array;
  /** All floats of the memory: the one at an address is the one at a quarter of it. */
  readonly memory: Float32Array;

  constructor(module: WebAssembly.Module) {
    // The kernels import nothing: whatever host, the same bytes run alone in fixed memory.
    this.call = new WebAssembly.Instance(module, {}).exports as unknown as KernelExports;
    this.memory = new Float32Array(this.call.memory.buffer);
    this.args = this.doubles(this.call.args(), 16);
  }

  /** Makes something whose memory can be given back as one. @throws RangeError where there is no room: then nothing of it is kept. */
  hold<T>(make: () => T): Held<T> {
    const before = this.call.arenaOpen();
    try {
      const it = make();
      let arena = this.call.arenaClose(before);
      const free = (): void => {
        this.call.arenaFree(arena);
        arena = 0;
      };
      return { it, free };
    } catch (error) {
      this.call.arenaFree(this.call.arenaClose(before));
      throw error instanceof WebAssembly.RuntimeError ? new RangeError("no room in the kernels' memory") : error;
    }
  }

  /** Room for `count` zeroed floats. @throws RangeError when the fixed memory is used up. */
  floats(count: number): Address {
    try {
      return this.call.alloc(count * 4);
    } catch {
      throw new RangeError(`no room for ${count} floats in the kernels' memory`);
    }
  }
  /** The floats at an address, to read and write. */
  view(at: Address, count: number): Float32Array {
    return this.memory.subarray(at >> 2, (at >> 2) + count);
  }
  /** The whole numbers at an address, to read and write. */
  viewWhole(at: Address, count: number): Uint32Array {
    return new Uint32Array(this.call.memory.buffer, at, count);
  }
  /** The 64-bit floats at an address that is a multiple of 8. */
  doubles(at: Address, count: number): Float64Array {
    return new Float64Array(this.call.memory.buffer, at, count);
  }
  /** Addresses or other whole numbers at an address, signed. */
  viewSigned(at: Address, count: number): Int32Array {
    return new Int32Array(this.call.memory.buffer, at, count);
  }
  /** Copies whole numbers into fresh kernel memory. */
  putWhole(values: readonly number[]): Address {
    const at = this.floats(values.length);
    new Uint32Array(this.call.memory.buffer, at, values.length).set(values);
    return at;
  }
  /** Copies values into fresh kernel memory. */
  put(values: ArrayLike<number>): Address {
    const at = this.floats(values.length);
    this.view(at, values.length).set(values);
    return at;
  }
}
