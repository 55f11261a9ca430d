import { readFileSync } from "node:fs";

/** Pieces of one kind to learn from. */
export interface ExampleSet {
  readonly name: string;
  readonly seed: number;
  readonly pieces: number;
  /** Share of the moments drawn in training. */
  readonly weight?: number;
  /** Banks of real notes it is played with; none: modelled lutes. */
  readonly banks: readonly string[];
  /** Who plays: exercises, unless `tunes`. */
  readonly player?: "tunes";
}
/** `recipe.json`: all that decides what the shipped weights are. */
export interface Recipe {
  readonly pieceSeconds: number;
  readonly banks: Readonly<Record<string, { readonly program?: number }>>;
  readonly sets: readonly ExampleSet[];
  /** Sets that are never trained on and tell when to stop. */
  readonly stop: readonly ExampleSet[];
  /** The weights that training starts from, and the banks they had met. */
  readonly base: { readonly file: string; readonly met: readonly string[] };
  /** Which weights are in packages/listen/src/packed.ts: those that training starts from, or those it ends with. */
  readonly shipped: "base" | "trained";
  /** SHA-256 of every file a run makes. */
  readonly hashes: Readonly<Record<string, string>>;
}
export const recipe: Recipe = JSON.parse(readFileSync(new URL("recipe.json", import.meta.url), "utf8"));

export const NEVER = "never met in training";
/** How the shipped weights stand to a bank of notes: said beside every figure measured with it. */
export function standing(bank: string): string {
  const has = ({ banks }: ExampleSet): boolean => banks.includes(bank);
  if (recipe.base.met.includes(bank)) return "were in training";
  if (recipe.shipped === "base") return NEVER;
  if (recipe.sets.some(has)) return "were in training";
  return recipe.stop.some(has) ? "never trained on, but told when to stop" : NEVER;
}
