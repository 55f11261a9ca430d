import { Complaint } from "@kuishi/base";
import { type Choices, ChoicesSchema, choicesOf, readStyle, type Style, type Styles, styles } from "@kuishi/blend";
import type { Song } from "@kuishi/project";

/** All styles that are known: those that come with Kuishi and the user's own. */
export const stylesOf = (own: readonly Style[] = []): Styles => new Map([...styles, ...own.map((style) => [style.name, style] as const)]);

/** @throws Complaint `usage` for a style nobody knows. */
export function knownStyle(name: string, own: readonly Style[]): void {
  const known = stylesOf(own);
  if (!known.has(name)) throw new Complaint("usage", "style.unknown", { name, known: [...known.keys()].join(", ") });
}

/** Checks choices from outside. @throws Complaint with the place of the first fault. */
export function readChoices(data: unknown): Choices {
  const result = ChoicesSchema.safeParse(data);
  if (result.success) return { ...result.data, energy: [...result.data.energy].sort((a, b) => a[0] - b[0]) };
  const issue = result.error.issues[0];
  throw new Complaint("unreadable", "choices.invalid", { at: issue?.path.join(".") ?? "", text: issue?.message ?? "" });
}

/** What a project says of its blend. @throws Complaint with the place of the first fault. */
export function blendOf(song: Song): { readonly choices: Choices; readonly ownStyles: readonly Style[] } {
  const { style, seed } = song.choices ?? { style: "deep-house", seed: 1 };
  return { choices: readChoices({ ...choicesOf(style, seed), ...song.choices }), ownStyles: song.styles.map(readStyle) };
}
