import { Complaint, seeded } from "@kuishi/base";
import { strFromU8, unzipSync } from "fflate";
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
    const told = JSON.stringify(error.params);
    if (speaksOfInsides(error.params, () => textOf(bytes))) return { what: `a complaint that speaks of our insides: ${error.code} ${told}` };
    if (told.length > 2000) return { what: `a complaint as long as a file: ${error.code}` };
    return "refused";
  }
}

/** What no musician should read. */
const INSIDES = /\bat .*:\d+:\d+|TypeError|RangeError|undefined|NaN|\[object/g;
/** Whether a complaint says something of ours: a number that is none, or a word that the file it quotes does not hold itself. */
export function speaksOfInsides(params: Complaint["params"], file: () => string): boolean {
  return Object.values(params).some((value) =>
    typeof value === "number" ? !Number.isFinite(value) : [...value.matchAll(INSIDES)].some(([word]) => !file().includes(word)),
  );
}
/** A file's text, and that of what is packed in it. */
function textOf(bytes: Uint8Array): string {
  const text = (part: Uint8Array): string => `${strFromU8(part, true)}\n${new TextDecoder().decode(part)}`;
  try {
    const packed = unzipSync(bytes);
    return [text(bytes), ...Object.entries(packed).map(([name, part]) => `${name}\n${text(part)}`)].join("\n");
  } catch {
    return text(bytes);
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
