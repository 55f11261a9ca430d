import { type Choices, choicesOf, type Style, styles } from "@kuishi/blend";
import { blendOf, stylesOf, VOICE_ASSET } from "@kuishi/flow";
import { createMemo, createRoot } from "solid-js";
import { ask } from "./ear.ts";
import { bringFile, edit, session } from "./project.ts";
import { busily } from "./ui.ts";

const STANDARD = choicesOf("deep-house", 1);
const blended = createRoot(() => createMemo(() => blendOf(session().song)));
/** What is chosen about the blend. */
export const choices = (): Choices => (session().song.choices ? blended().choices : STANDARD);
export const ownStyles = (): readonly Style[] => blended().ownStyles;

/** Makes a choice: one step that can be taken back. What is told as undefined is left to the style again. */
export function choose(change: { readonly [K in keyof Choices]?: Choices[K] | undefined }): void {
  const next = Object.fromEntries(Object.entries({ ...choices(), ...change }).filter(([, value]) => value !== undefined)) as unknown as Choices;
  if (JSON.stringify(next) === JSON.stringify(choices())) return;
  edit("choice", (draft) => draft.set("song", "song", { choices: { ...next } }));
}
/** Adds a style of the user's own, or a new version of it, and chooses it. */
export function addStyle(style: Style): void {
  edit("choice", (draft) => {
    const others = draft.session.song.styles.filter((other) => other.name !== style.name);
    draft.set("song", "song", { styles: [...others, { ...style }], choices: { ...choices(), style: style.name } });
  });
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

/** Measures a record that the mix is to be like, and chooses it. */
export async function takeReference(file: File): Promise<void> {
  const reference = await ask("reference", { do: "reference", file, name: file.name });
  if (reference) choose({ reference });
}

/** A singer's recording, as an asset of the project. */
export const addVoice = (file: File): Promise<void> => busily(() => putVoice(file));
async function putVoice(file: File): Promise<void> {
  const entry = await bringFile(file);
  edit("voice", (draft) => {
    draft.put({ id: VOICE_ASSET, kind: "asset", name: file.name, entry, frames: null, origin: "file" });
    draft.set("song", "song", { voice: { asset: VOICE_ASSET, correct: 0 } });
  });
}
