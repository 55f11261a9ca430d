import type { Draft } from "./document.ts";
import type { Note, Track } from "./records.ts";

/** A note that is not among the records yet. Frames from the start of the tune, absolute cents. */
export type Played = Omit<Note, "id" | "kind" | "clip">;

/** Id of the stretch that stands in the place of what a part plays, and of its k-th note: the same on every peer that begins so. */
export const handClip = (part: string): string => `hand:${part}`;
export const handNote = (part: string, k: number): string => `${handClip(part)}/${k}`;

/** Takes a part into the hand: from here on its notes are these, whatever is blended. Nothing where it is there already. @returns its stretch. */
export function byHand(draft: Draft, part: string, notes: readonly Played[]): string {
  const clip = handClip(part);
  if (draft.get("notes", clip)) return clip;
  const end = Math.max(1, ...notes.map((note) => note.at + note.length));
  draft.put({ id: clip, kind: "notes", track: part, at: 0, length: end, name: "", mute: false });
  for (const [k, note] of notes.entries()) draft.put({ ...note, id: handNote(part, k), kind: "note", clip });
  return clip;
}
/** Leaves a part to the blend again. */
export function releaseHand(draft: Draft, part: string): void {
  removeNotes(draft, handClip(part));
}
/** Takes a stretch away with its notes. */
export function removeNotes(draft: Draft, clip: string): void {
  for (const note of draft.session.notes.get(clip) ?? []) draft.remove(note.id);
  draft.remove(clip);
}

/** A track below all others that an instrument plays. @returns its id. */
export function addNoteTrack(draft: Draft, name: string, instrument: NonNullable<Track["instrument"]>): string {
  const { tracks } = draft.session;
  const id = draft.newId("track");
  draft.put({ id, kind: "track", name, order: Math.max(0, ...tracks.map((track) => track.order)) + 1, instrument: { ...instrument } });
  return id;
}
/** Lays what was played between two frames on a track, as a stretch of its own. @returns its id. */
export function layNotes(draft: Draft, track: string, from: number, to: number, notes: readonly Played[], name: string): string {
  const clip = draft.newId("notes");
  draft.put({ id: clip, kind: "notes", track, at: from, length: Math.max(1, to - from), name, mute: false });
  for (const note of notes) draft.put({ ...note, id: draft.newId("note"), kind: "note", clip, at: note.at - from });
  return clip;
}
