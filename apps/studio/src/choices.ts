import { type Choices, choicesOf, type Style, styles } from "@kuishi/blend";
import { stylesOf } from "@kuishi/flow";
import { createSignal } from "solid-js";

/** Choices, each step kept: `at` is the present one. */
const [history, setHistory] = createSignal<{ readonly steps: readonly Choices[]; readonly at: number }>({
  steps: [choicesOf("deep-house", 1)],
  at: 0,
});
export const choices = (): Choices => history().steps[history().at] as Choices;
export const canUndoChoice = (): boolean => history().at > 0;
export const canRedoChoice = (): boolean => history().at + 1 < history().steps.length;

/** Makes a choice: one step that can be taken back. What is told as undefined is left to the style again. */
export function choose(change: { readonly [K in keyof Choices]?: Choices[K] | undefined }): void {
  const { steps, at } = history();
  const next = Object.fromEntries(Object.entries({ ...choices(), ...change }).filter(([, value]) => value !== undefined)) as unknown as Choices;
  if (JSON.stringify(next) === JSON.stringify(choices())) return;
  setHistory({ steps: [...steps.slice(Math.max(0, at - 200), at + 1), next], at: Math.min(at, 200) + 1 });
}
/** Takes a choice back (-1) or makes it again (+1). */
export function stepChoice(by: -1 | 1): void {
  const { steps, at } = history();
  if (steps[at + by]) setHistory({ steps, at: at + by });
}
/** Forgets what belongs to one tune: sections, a drawn curve, parts; style and seed stay. */
export function forgetTune(): void {
  setHistory({ steps: [choicesOf(choices().style, choices().seed)], at: 0 });
}

export const [ownStyles, setOwnStyles] = createSignal<readonly Style[]>([]);
/** Adds a style of the user's own, or a new version of it, and chooses it. */
export function addStyle(style: Style): void {
  setOwnStyles([...ownStyles().filter((other) => other.name !== style.name), style]);
  choose({ style: style.name });
}
/** Every style that can be chosen. */
export const allStyles = (): readonly Style[] => [...stylesOf(ownStyles()).values()];
export const isOwn = (style: Style): boolean => !styles.has(style.name);

/** Other dice for one section, or for one part: the next seed of its own. */
export function reroll(what: { readonly section: number } | { readonly part: string }): void {
  const now = choices();
  if ("part" in what) {
    choose({ seeds: { ...now.seeds, [what.part]: ((now.seeds[what.part] ?? now.seed) + 1) % 4294967296 } });
    return;
  }
  const key = String(what.section);
  choose({ sections: { ...now.sections, [key]: { ...now.sections[key], seed: ((now.sections[key]?.seed ?? now.seed) + 1) % 4294967296 } } });
}
/** Leaves a part out, or brings it back. */
export function toggle(part: string): void {
  const { without } = choices();
  choose({ without: without.includes(part) ? without.filter((other) => other !== part) : [...without, part] });
}
