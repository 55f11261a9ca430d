import { canonicalJson, seeded } from "@kuishi/base";
import fc from "fast-check";
import { expect, test } from "vitest";
import { ProjectDocument } from "./document.ts";
import {
  addLines,
  addSection,
  chordsAfter,
  copyArrangement,
  type Draft,
  duplicateSection,
  joinLine,
  movePlace,
  placeSection,
  removePlace,
  renameChords,
  reorderPlaces,
  repeatPlace,
  songSheetOf,
  splitLine,
  turnLine,
  withTypedChords,
  writeLine,
} from "./index.ts";

const SEED = Number(process.env["KUISHI_SEED"]);
/** A song of so many sections, each with words of its own. */
function song(sections: number): ProjectDocument {
  const project = new ProjectDocument();
  project.edit("section", (draft) => {
    for (let k = 0; k < sections; k++)
      addSection(draft, { role: k % 2 ? "chorus" : "verse", name: `${k + 1}`, lines: [{ text: `words ${k + 1}` }] }, undefined, "A");
  });
  return project;
}
const names = (project: ProjectDocument): string =>
  songSheetOf(project.session)
    .blocks.map((block) => block.section.name)
    .join(" ");
const words = (project: ProjectDocument): string[] => project.session.lyrics.map((line) => line.text).sort();
const lineOf = (draft: Draft, text: string): string => draft.session.lyrics.find((line) => line.text === text)!.id;
const first = (project: ProjectDocument) => project.session.lyrics[0]!;

test("forty sections in any other order: none is lost, and it is one step", () => {
  const project = song(40);
  const before = canonicalJson(project.records);
  fc.assert(
    fc.property(fc.shuffledSubarray(songSheetOf(project.session).blocks.map((block) => block.place.id)), (order) => {
      const had = words(project);
      project.edit("arrangement", (draft) => reorderPlaces(draft, order));
      const sheet = songSheetOf(project.session);
      expect(sheet.blocks.slice(0, order.length).map((block) => block.place.id)).toEqual(order);
      expect(sheet.blocks.length).toBe(40);
      expect(sheet.aside).toEqual([]);
      expect(words(project)).toEqual(had);
      if (canonicalJson(project.records) !== before) project.undo();
      expect(canonicalJson(project.records)).toBe(before);
    }),
    { seed: SEED, numRuns: 60 },
  );
});
test("between arrangements of forty sections nothing is lost, whatever each leaves out or repeats", () => {
  const project = song(40);
  const one = names(project);
  project.edit("arrangement", (draft) => copyArrangement(draft, "B"));
  const second = project.session.song.arrangement!;
  const random = seeded(SEED, "arrangements");
  for (let k = 0; k < 200; k++) {
    const { blocks, aside } = songSheetOf(project.session);
    const place = blocks[Math.floor(random.next() * blocks.length)]?.place.id;
    const dice = random.next();
    project.edit("place", (draft) => {
      if (place && dice < 0.4) movePlace(draft, place, Math.floor(random.next() * blocks.length));
      else if (place && dice < 0.6) removePlace(draft, place);
      else if (place && dice < 0.75) repeatPlace(draft, place);
      else if (aside.length > 0) placeSection(draft, aside[0]!.id, Math.floor(random.next() * blocks.length));
    });
  }
  // every section is in the second arrangement or set aside beside it, with its words
  const { blocks, aside } = songSheetOf(project.session);
  expect(new Set([...blocks.map((block) => block.section.id), ...aside.map((section) => section.id)]).size).toBe(40);
  expect(words(project).length).toBe(40);
  project.edit("arrangement", (draft) => draft.set("song", "song", { arrangement: project.session.arrangements[0]!.id }));
  expect(names(project)).toBe(one);
  project.undo();
  expect(project.session.song.arrangement).toBe(second);
});
test("order survives a thousand moves into the same gap", () => {
  const project = song(4);
  for (let k = 0; k < 1000; k++) {
    const { blocks } = songSheetOf(project.session);
    const moved = blocks[2 + (k % 2)]!.section.name;
    project.edit("place", (draft) => movePlace(draft, blocks[2 + (k % 2)]!.place.id, 1));
    expect(names(project).split(" ")[1]).toBe(moved);
  }
});
test("a section comes again with the same words, and a duplicate has words of its own", () => {
  const project = song(1);
  project.edit("place", (draft) => {
    const place = songSheetOf(draft.session).blocks[0]!.place.id;
    repeatPlace(draft, place);
    duplicateSection(draft, place);
  });
  expect(songSheetOf(project.session).blocks.length).toBe(3);
  expect(project.session.sections.size).toBe(2);
  project.edit("words", (draft) => writeLine(draft, first(project).id, "[Am]other"));
  expect(songSheetOf(project.session).blocks.map((block) => block.lines[0]!.text)).toEqual(["other", "words 1", "other"]);
  project.undo();
  project.undo();
  expect(names(project)).toBe("1");
});
test("what is taken out is set aside; an empty section goes", () => {
  const project = song(2);
  project.edit("place", (draft) => removePlace(draft, songSheetOf(draft.session).blocks[0]!.place.id));
  expect(songSheetOf(project.session).aside.map((section) => section.name)).toEqual(["1"]);
  project.edit("section", (draft) => addSection(draft, { role: "bridge" }));
  project.edit("place", (draft) => removePlace(draft, songSheetOf(draft.session).blocks[1]!.place.id));
  expect(project.session.sections.size).toBe(2);
});
test("two people arrange and write at once: all of it holds, and both see the same", () => {
  const [one, two] = [song(6), new ProjectDocument()];
  two.apply(one.state());
  one.edit("place", (draft) => movePlace(draft, songSheetOf(draft.session).blocks[5]!.place.id, 0));
  one.edit("words", (draft) => writeLine(draft, lineOf(draft, "words 2"), "ab"));
  two.edit("section", (draft) => addSection(draft, { role: "bridge", name: "new", lines: [{ text: "new words" }] }, 2));
  two.edit("words", (draft) => draft.set("lyric", lineOf(draft, "words 2"), { chords: [{ at: 6, name: "Am" }] }));
  two.edit("place", (draft) => removePlace(draft, songSheetOf(draft.session).blocks[0]!.place.id));
  const [a, b] = [one.state(), two.state()];
  one.apply(b);
  two.apply(a);
  expect(one.records).toEqual(two.records);
  expect(names(one)).toContain("new");
  expect(songSheetOf(one.session).aside.length).toBe(1);
  // a chord behind the end of words that became shorter stands at their end
  expect(one.session.lyrics.find((line) => line.text === "ab")?.chords).toEqual([{ at: 2, name: "Am" }]);
});
test("a section that a peer took away hides its places and lines, and brings them back", () => {
  const project = song(3);
  const { section } = songSheetOf(project.session).blocks[1]!;
  project.edit("section", (draft) => draft.remove(section.id));
  expect(names(project)).toBe("1 3");
  expect(words(project).length).toBe(2);
  project.undo();
  expect(names(project)).toBe("1 2 3");
  expect(words(project).length).toBe(3);
});
test("chords in brackets go above the words they stand before", () => {
  expect(withTypedChords("[Am]Qara [G7]jer", [])).toEqual({
    text: "Qara jer",
    chords: [
      { at: 0, name: "Am" },
      { at: 5, name: "G7" },
    ],
  });
  expect(withTypedChords("Qara [G", [])).toEqual({ text: "Qara [G", chords: [] });
  expect(withTypedChords("Qara [] jer", [{ at: 8, name: "C" }])).toEqual({ text: "Qara  jer", chords: [{ at: 6, name: "C" }] });
});
test("chords stay over their letters while words change around them", () => {
  const letters = fc.string({ unit: fc.constantFrom(..."abcd "), maxLength: 12 });
  fc.assert(
    fc.property(letters, letters, letters, letters, fc.nat(20), (head, tail, out, into, n) => {
      const before = head + out + tail;
      const after = head + into + tail;
      const at = n % (before.length + 1);
      const [chord] = chordsAfter([{ at, name: "Am" }], before, after);
      expect(chord!.at).toBeGreaterThanOrEqual(0);
      expect(chord!.at).toBeLessThanOrEqual(after.length);
      // nothing changes under it where nothing changed
      if (before === after) expect(chord!.at).toBe(at);
    }),
    { seed: SEED, numRuns: 500 },
  );
  expect(chordsAfter([{ at: 5, name: "G" }], "Qara jer", "Qap-qara jer")).toEqual([{ at: 9, name: "G" }]);
  expect(chordsAfter([{ at: 5, name: "G" }], "Qara jer", "Qara")).toEqual([{ at: 4, name: "G" }]);
  expect(chordsAfter([{ at: 0, name: "G" }], "", "Qara")).toEqual([{ at: 0, name: "G" }]);
});
test("a line cut and joined again is the line it was", () => {
  fc.assert(
    fc.property(fc.nat(8), (at) => {
      const project = song(1);
      project.edit("words", (draft) => writeLine(draft, first(project).id, "[Am]Qara [G7]jer"));
      const before = first(project);
      project.edit("words", (draft) => {
        const second = splitLine(draft, before.id, at);
        expect(draft.session.lyrics.length).toBe(2);
        joinLine(draft, second!);
      });
      const after = first(project);
      // cut inside a word it comes back as two words
      expect(after.text.replaceAll(" ", "")).toBe("Qarajer");
      expect(after.chords.map((chord) => [chord.name, after.text.slice(chord.at).replaceAll(" ", "")])).toEqual([
        ["Am", "Qarajer"],
        ["G7", "jer"],
      ]);
    }),
    { seed: SEED, numRuns: 20 },
  );
});
test("lines are pasted in order, kept in versions, and all chords renamed", () => {
  const project = song(1);
  project.edit("words", (draft) => addLines(draft, first(project).id, ["[C]two", "three"]));
  expect(songSheetOf(project.session).blocks[0]!.lines.map((line) => line.text)).toEqual(["words 1", "two", "three"]);
  const id = songSheetOf(project.session).blocks[0]!.lines[1]!.id;
  project.edit("words", (draft) => turnLine(draft, id));
  project.edit("words", (draft) => writeLine(draft, id, "deux"));
  project.edit("words", (draft) => turnLine(draft, id));
  const line = project.session.lyrics.find((one) => one.id === id)!;
  expect([line.text, line.others[0]!.text]).toEqual(["two", "deux"]);
  project.edit("chords", (draft) => renameChords(draft, (name) => `${name}m`));
  expect(project.session.lyrics.find((one) => one.id === id)!.chords[0]!.name).toBe("Cm");
});
