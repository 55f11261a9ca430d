import { Complaint, checked } from "@kuishi/base";
import { type Choices, ChoicesSchema, readStyle, type Style, type Styles, styles } from "@kuishi/blend";
import type { Session, Song } from "@kuishi/project";

/** All styles that are known: those that come with Kuishi and the user's own. */
export const stylesOf = (own: readonly Style[] = []): Styles => new Map([...styles, ...own.map((style) => [style.name, style] as const)]);

/** @throws Complaint `usage` for a style nobody knows. */
export function knownStyle(name: string, own: readonly Style[]): void {
  const known = stylesOf(own);
  if (!known.has(name)) throw new Complaint("usage", "style.unknown", { name, known: [...known.keys()].join(", ") });
}

/** Checks choices from outside. @throws Complaint with the place of the first fault. */
export function readChoices(data: unknown): Choices {
  const choices = checked(ChoicesSchema, "choices.invalid", data);
  return { ...choices, energy: [...choices.energy].sort((a, b) => a[0] - b[0]) };
}

/** What a project says of its blend. @throws Complaint with the place of the first fault. */
export function blendOf(song: Song): { readonly choices: Choices; readonly ownStyles: readonly Style[] } {
  return { choices: readChoices(song.choices ?? { style: "deep-house", seed: 1 }), ownStyles: song.styles.map(readStyle) };
}

/** What a variation was made of. @throws Complaint as `readChoices`. */
export const choicesOfVariation = ({ choices }: Session["variations"][number]): Choices => readChoices(choices);

/** What a project's blend is made of: of the variation that sounds, else what is chosen. @throws Complaint as `readChoices`. */
export function soundingBlendOf({ song, variations }: Pick<Session, "song" | "variations">): ReturnType<typeof blendOf> {
  const sounding = variations.find(({ id }) => id === song.variation);
  const chosen = blendOf(song);
  return sounding ? { ...chosen, choices: choicesOfVariation(sounding) } : chosen;
}
