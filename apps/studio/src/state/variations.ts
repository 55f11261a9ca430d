import { choicesOfVariation, partLabel, variationOf } from "@kuishi/flow";
import type { Session } from "@kuishi/project";
import { createEffect, createMemo, createRoot, createSignal, on, untrack } from "solid-js";
import { given, make } from "./blends.ts";
import { choices } from "./choices.ts";
import { language } from "./language.ts";
import { type Outcome, packedOutcome, unpackedOutcome } from "./outcome.ts";
import { canEdit, dropMade, edit, getMade, note, placed, putMade, session } from "./project.ts";
import { isOpening, tune } from "./tune.ts";
import { busily } from "./ui.ts";

/** A blend that is kept: A, B, C in the order they were made. */
export type Variation = Session["variations"][number];
/** Variations without a star that are kept. */
const MAX_VARIATIONS = 8;

export const variations = (): readonly Variation[] => session().variations;
/** What variations came to, by id, as far as it was wanted on this page. */
const [outcomes, setOutcomes] = createSignal<ReadonlyMap<string, Outcome>>(new Map());
/** One that was made or picked where the project may only be looked at. */
const [looked, setLooked] = createSignal<string>();
const sounding = createRoot(() => createMemo(() => looked() ?? session().song.variation ?? undefined));

type Sounding = Outcome & Pick<Variation, "id" | "name">;
/** The variation that sounds; while another is being fetched, the one before. */
export const currentVariation = createRoot(() =>
  createMemo<Sounding | undefined>((before) => {
    const id = sounding();
    if (id === undefined || !tune()) return undefined;
    const made = outcomes().get(id);
    return made ? { ...made, id, name: nameOf(id) } : before;
  }, undefined),
);
const nameOf = (id: string): string => untrack(variations).find((one) => one.id === id)?.name ?? "";

/** Whether something has changed since the blend was made: what was heard, or what is chosen. */
export const stale = createRoot(() =>
  createMemo(() => {
    const now = currentVariation();
    return now !== undefined && (now.given !== given() || JSON.stringify(now.choices) !== JSON.stringify(choices()));
  }),
);

/** Names under which what a variation came to is kept. */
const entries = (id: string) => ({ text: `blend-${id}.json`, samples: `blend-${id}.f32`, frozen: `blend-${id}.frozen.json` });
/** Everything that `flow` needs to write it as it was played; undefined where it was lost. */
export const frozenOf = (id: string): Promise<Blob | undefined> => getMade(entries(id).frozen);
export const keepFrozen = (id: string, frozen: Blob): Promise<void> => putMade(entries(id).frozen, frozen);
async function keepOutcome(id: string, made: Outcome, frozen?: Blob): Promise<void> {
  const { text, samples } = packedOutcome(made);
  if (frozen) await keepFrozen(id, frozen);
  await putMade(entries(id).samples, samples);
  await putMade(entries(id).text, text);
}
function hold(id: string, made: Outcome): void {
  setOutcomes(new Map([...outcomes(), [id, made]]));
}
/** Fetches what a variation came to. @returns undefined where it was never kept here. */
export async function fetchOutcome(id: string): Promise<Outcome | undefined> {
  const [text, samples] = [await getMade(entries(id).text), await getMade(entries(id).samples)];
  return text && samples ? await unpackedOutcome({ text, samples }).catch(() => undefined) : undefined;
}
/** Shows what was fetched, or came with the example; what was kept is kept. */
export const showOutcome = hold;
/** Whether what sounds was only just blended; said once. */
let fresh = false;
export function isFresh(): boolean {
  const was = fresh;
  fresh = false;
  return was;
}
/** Begins with a variation that is among the records already. */
export async function beginWith(id: string, { given: _, ...made }: Omit<Outcome, "given"> & { readonly given?: string }): Promise<void> {
  hold(id, { ...made, given: given() });
  await keepOutcome(id, { ...made, given: given() });
}
export function forgetVariations(): void {
  setOutcomes(new Map());
  setLooked(undefined);
  highest = 0;
}

// One that is picked, or brought back by undo, or by another window, is fetched; what nobody has is made again.
createRoot(() =>
  createEffect(
    on([sounding], async ([id]) => {
      if (id === undefined || isOpening() || !untrack(tune) || untrack(outcomes).has(id)) return;
      await busily(async () => {
        const made = await fetchOutcome(id);
        if (untrack(sounding) !== id) return;
        if (made) hold(id, made);
        else if (canEdit()) await makeAgain(id);
      });
    }),
  ),
);

/** Makes a variation of the project anew: one that a bundle speaks of, whose sound did not travel. */
export async function makeAgain(id: string): Promise<void> {
  const variation = variations().find((one) => one.id === id);
  const made = variation && (await make(choicesOfVariation(variation)));
  if (!made) return;
  if (canEdit()) await keepOutcome(id, made.made, made.frozen);
  hold(id, made.made);
}

/** Of all that were made here: who takes a removal back finds it under its own id. */
let highest = 0;
let last: Promise<void> = Promise.resolve();
/** Blends the open tune as it is chosen, after what is being blended already. What was made so is not made again. */
export const blend = (): Promise<void> =>
  busily(() => {
    last = last.then(blendChosen, blendChosen);
    return last;
  });
async function blendChosen(): Promise<void> {
  if (!tune()) return;
  const chosen = choices();
  const alike = variations().find((other) => JSON.stringify(choicesOfVariation(other)) === JSON.stringify(chosen));
  const known = alike && (outcomes().get(alike.id) ?? (await fetchOutcome(alike.id)));
  if (alike && known && known.given === given() && known.loudness === session().song.loudness) {
    hold(alike.id, known);
    pickVariation(alike);
    return;
  }
  const answer = await make(chosen);
  if (!answer) return;
  if (!canEdit()) {
    const id = `looked-${Date.now().toString(36)}`;
    hold(id, answer.made);
    setLooked(id);
    return;
  }
  await placed();
  highest = 1 + Math.max(highest, ...variations().map((other) => other.order));
  const used = new Set(variations().map((other) => other.name));
  const free = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZ"].find((letter) => !used.has(letter)) ?? "Z";
  const variation = alike ?? variationOf(chosen, free, highest);
  const { id } = variation;
  // the oldest give way, but none that has a star
  const plain = variations().filter((one) => !one.starred);
  const old = alike ? [] : plain.slice(0, Math.max(0, plain.length + 1 - MAX_VARIATIONS));
  // what it came to is kept before anything speaks of it
  await keepOutcome(id, answer.made, answer.frozen);
  hold(id, answer.made);
  fresh = true;
  note((draft) => {
    const { song } = draft.session;
    draft.put(variation);
    for (const one of old) draft.remove(one.id);
    draft.set("song", "song", { variation: id, ...(song.choices ? {} : { choices: { ...chosen } }) });
  });
  for (const one of old) for (const entry of Object.values(entries(one.id))) await dropMade(entry);
}
/** Puts another variation in place of the one that plays, at the same moment: from here on it is what is chosen, kept and written. */
export function pickVariation(variation: Variation): void {
  if (variation.id === sounding() && !stale()) return;
  if (!canEdit()) {
    setLooked(variation.id);
    return;
  }
  edit("choice", (draft) => draft.set("song", "song", { variation: variation.id, choices: { ...choicesOfVariation(variation) } }));
}
/** Gives one another name, or takes and gives its star. */
export function changeVariation(variation: Variation, change: Partial<Pick<Variation, "name" | "starred">>): void {
  edit("variation", (draft) => draft.set("variation", variation.id, change));
}
/** Takes one away; where it sounds, the one before it goes on. What it came to stays, for who takes that back. */
export function removeVariation(variation: Variation): void {
  edit("variation", (draft) => {
    const all = draft.session.variations;
    const k = all.findIndex((one) => one.id === variation.id);
    const next = all[k - 1] ?? all[k + 1];
    if (!next) return;
    draft.remove(variation.id);
    if (draft.session.song.variation === variation.id) draft.set("song", "song", { variation: next.id, choices: { ...choicesOfVariation(next) } });
  });
}
/** The one that sounded before this one. */
let before: string | undefined;
createRoot(() => createEffect(on(sounding, (_, last) => void (before = last ?? before))));
/** Goes from the variation that sounds to the one that sounded before, at the same moment; the first time to its neighbour. */
export function compareVariations(): void {
  const all = variations();
  const other = all.find((one) => one.id === before && one.id !== sounding()) ?? all.find((one) => one.id !== sounding());
  if (other) pickVariation(other);
}
/** What a part is called where it is shown. */
export function partName(id: string): string {
  const none = { parts: [], choices: choices() };
  return partLabel(language(), currentVariation()?.report ?? none, id);
}
/** What a part's style calls it: by that it has its colour. */
export const partKind = (id: string): string => currentVariation()?.report.parts.find((part) => part.id === id)?.name ?? id;
