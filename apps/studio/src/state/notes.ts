import type { Frames } from "@kuishi/base";
import { byHand, type Draft, handClip, handNote, layNotes, type Note, releaseHand } from "@kuishi/project";
import { createMemo, createRoot, createSignal } from "solid-js";
import { snapped } from "./axis.ts";
import { edit, session } from "./project.ts";
import { plan } from "./sound.ts";
import { here } from "./transport.ts";
import { currentVariation } from "./variations.ts";

/** A note in the editor: `at` in frames of the tune. */
export type EditedNote = Omit<Note, "kind" | "clip">;

const [editedSignal, setEdited] = createSignal<string>();
/** The part or track whose notes are open. */
export const edited = editedSignal;
const [chosenSignal, setChosen] = createSignal<ReadonlySet<string>>(new Set());
/** Ids of the notes that are chosen. */
export const chosen = chosenSignal;
export const chooseNotes = (ids: Iterable<string>): void => void setChosen(new Set(ids));
export function openNotes(part: string | undefined): void {
  chooseNotes([]);
  setEdited(part);
}

/** Whether a part stays as the hand has it when the blend is made anew. */
export const isByHand = (part: string): boolean => session().noteClips.some((clip) => clip.id === handClip(part));
/** Whether it is a track of one's own that an instrument plays. */
export const isNoteTrack = (track: string): boolean => session().tracks.some((one) => one.id === track && one.instrument);
/** What the blend itself plays there. */
function generated(part: string): EditedNote[] {
  const base = currentVariation()?.plan;
  const lead = base?.lead ?? 0;
  const events = base?.strips.find((strip) => strip.id === part)?.events ?? [];
  return events.map(({ frame, length, cents, velocity, voice }, k) => ({ id: handNote(part, k), at: frame - lead, length, cents, velocity, voice }));
}
/** All notes of a part or track, in time. */
export function notesOf(part: string): readonly EditedNote[] {
  const clips = session().noteClips.filter((clip) => clip.track === part && !clip.mute);
  if (clips.length === 0 && !isNoteTrack(part)) return generated(part);
  return clips.flatMap((clip) => (session().notes.get(clip.id) ?? []).map((note) => ({ ...note, at: clip.at + note.at }))).sort((a, b) => a.at - b.at);
}
/** Notes of what is open. */
export const editedNotes = createRoot(() => createMemo(() => (edited() === undefined ? [] : notesOf(edited()!))));
export const chosenNotes = (): readonly EditedNote[] => editedNotes().filter((note) => chosen().has(note.id));
/** What plays them. */
export const editedStrip = () => plan()?.strips.find((strip) => strip.id === edited());

/** One edit of the open notes; the first takes the part into the hand, in the same step. */
function change(label: string, act: (draft: Draft) => void): void {
  const part = edited();
  if (part === undefined) return;
  edit(label, (draft) => {
    if (!isNoteTrack(part))
      byHand(
        draft,
        part,
        generated(part).map(({ id: _, ...note }) => note),
      );
    act(draft);
  });
}
/** Changes each of some notes; `at` is told in frames of the tune. */
export function changeNotes(label: string, notes: readonly EditedNote[], next: (note: EditedNote) => Partial<Omit<EditedNote, "id">>): void {
  if (notes.length === 0) return;
  change(label, (draft) => {
    for (const note of notes) {
      const clip = draft.get("notes", draft.get("note", note.id)?.clip ?? "");
      const { at, ...to } = next(note);
      draft.set("note", note.id, { ...to, ...(at === undefined ? {} : { at: Math.round(at - (clip?.at ?? 0)) }) });
    }
  });
}
export function removeChosen(): void {
  const ids = [...chosen()];
  if (ids.length === 0) return;
  change("remove", (draft) => {
    for (const id of ids) draft.remove(id);
  });
  chooseNotes([]);
}
/** Draws a note, and chooses it. */
export function drawNote(note: Omit<EditedNote, "id">): void {
  const part = edited();
  if (part === undefined) return;
  let id = "";
  change("note", (draft) => {
    const own = draft.session.noteClips.filter((clip) => clip.track === part && !clip.mute);
    const clip = own.findLast((one) => one.at <= note.at) ?? own[0];
    if (!clip) {
      layNotes(draft, part, 0, Math.round(note.at + note.length), [{ ...note, at: Math.round(note.at), length: Math.round(note.length) }], "1");
      return;
    }
    id = draft.newId("note");
    draft.put({ ...note, id, kind: "note", clip: clip.id, at: Math.round(note.at) - clip.at, length: Math.round(note.length) });
  });
  if (id) chooseNotes([id]);
}
/** Brings notes to the tune's own grid: all the way at 1, half of it at 0.5. None chosen: all. */
export function quantise(strength: number): void {
  const notes = chosen().size > 0 ? chosenNotes() : editedNotes();
  changeNotes(
    "quantise",
    notes.filter((note) => note.at >= 0),
    (note) => ({ at: note.at + (snapped(note.at) - note.at) * strength }),
  );
}
/** Leaves the open part to the blend again. */
export function release(part: string): void {
  chooseNotes([]);
  edit("notes", (draft) => releaseHand(draft, part));
}
/** Where a note is put that no pointer places. */
export const noteHere = (): Frames => snapped(here());
