import { Complaint, seeded } from "@kuishi/base";
import { mutated } from "./mutate.ts";
import { faulty, type Reader, readers } from "./readers.ts";

/** What a process is to do. */
export interface Task {
  readonly name: string;
  readonly seed: number;
  readonly from: number;
  readonly to: number;
  readonly good: readonly Uint8Array[];
  /** Path of a file that says which input is at hand. */
  readonly at: string;
}
/** What came of it. */
export interface Outcome {
  readonly read: number;
  readonly refused: number;
  readonly failures: readonly { readonly index: number; readonly what: string }[];
}

const readerOf = (name: string): Reader => (readers[name] ?? faulty[name])!;

/** One damaged file; the same seed, name and index give the same. */
export function inputOf({ name, seed, good }: Pick<Task, "name" | "seed" | "good">, index: number): Uint8Array<ArrayBuffer> {
  const random = seeded(seed + index, name);
  return mutated(random.pick(good), good, readerOf(name).structure, random);
}

/** Reads one file. @returns what is wrong with what came of it; undefined where it was read, or refused as it should be. */
export async function tried(name: string, bytes: Uint8Array<ArrayBuffer>): Promise<"read" | "refused" | { readonly what: string }> {
  try {
    const result = await readerOf(name).read(bytes);
    return hasNonsense(result) ? { what: "a number that is none" } : "read";
  } catch (error) {
    if (!(error instanceof Complaint))
      return { what: error instanceof Error ? `${error.name}: ${error.message.slice(0, 160)}\n${error.stack}` : `threw ${String(error)}` };
    // what is quoted of the file may be anything
    const { text: _quoted, ...own } = error.params;
    const told = JSON.stringify(own);
    if (/\bat .*:\d+:\d+|TypeError|RangeError|undefined|NaN|\[object/.test(told))
      return { what: `a complaint that speaks of our insides: ${error.code} ${told}` };
    if (told.length > 2000) return { what: `a complaint as long as a file: ${error.code}` };
    return "refused";
  }
}

/** Whether there is a number that is none, anywhere. */
function hasNonsense(value: unknown): boolean {
  const left: unknown[] = [value];
  while (left.length > 0) {
    const one = left.pop();
    if (typeof one === "number" && !Number.isFinite(one)) return true;
    if (one instanceof Float32Array) {
      if (!one.every((sample) => Number.isFinite(sample))) return true;
    } else if (ArrayBuffer.isView(one)) continue;
    else if (one instanceof Map) for (const inner of one.values()) left.push(inner);
    else if (typeof one === "object" && one !== null) for (const inner of Object.values(one)) left.push(inner);
  }
  return false;
}
