import { expect, test } from "vitest";
import { ProjectDocument } from "./document.ts";
import { byHand, handClip, handNote, layNotes, type Played, releaseHand, removeNotes } from "./index.ts";

const played = (at: number): Played => ({ at, length: 4800, cents: 6000, velocity: 0.8, voice: "kick" });

test("two who take the same part into their hands at once have each note once, and both changes", () => {
  const [a, b] = [new ProjectDocument(), new ProjectDocument()];
  const notes = [played(0), played(4800), played(9600)];
  a.edit("notes", (draft) => {
    byHand(draft, "kick", notes);
    draft.set("note", handNote("kick", 0), { velocity: 0.2 });
  });
  b.edit("notes", (draft) => {
    byHand(draft, "kick", notes);
    draft.remove(handNote("kick", 2));
  });
  const [fromA, fromB] = [a.state(), b.state()];
  a.apply(fromB);
  b.apply(fromA);
  expect(a.session).toEqual(b.session);
  const merged = a.session.notes.get(handClip("kick"))!;
  expect(new Set(merged.map((note) => note.id)).size).toBe(merged.length);
  expect(merged.length).toBeLessThanOrEqual(3);
});
test("taking a part into the hand and changing it is one step, and is taken back whole", () => {
  const document = new ProjectDocument();
  document.edit("notes", (draft) => {
    byHand(draft, "kick", [played(0), played(4800)]);
    draft.remove(handNote("kick", 1));
  });
  expect(document.session.notes.get(handClip("kick"))?.map((note) => note.at)).toEqual([0]);
  document.undo();
  expect(document.session.noteClips).toEqual([]);
  expect(document.session.notes.size).toBe(0);
  document.redo();
  document.edit("notes", (draft) => releaseHand(draft, "kick"));
  expect(document.session.notes.size).toBe(0);
});
test("what was played lies where it was played, and goes with its stretch", () => {
  const document = new ProjectDocument();
  let clip = "";
  document.edit("record", (draft) => {
    clip = layNotes(draft, "track-1", 48_000, 96_000, [played(50_000)], "1");
  });
  expect(document.session.notes.get(clip)).toMatchObject([{ at: 2000 }]);
  document.edit("remove", (draft) => removeNotes(draft, clip));
  expect(document.session.notes.size).toBe(0);
});
