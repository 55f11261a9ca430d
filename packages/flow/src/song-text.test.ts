import { readdirSync, readFileSync } from "node:fs";
import { emptySong, type Session, songSheetOf } from "@kuishi/project";
import { ProjectDocument } from "@kuishi/project/document";
import { readChordPro, sectionsOf, writeChordPro } from "@kuishi/score";
import fc from "fast-check";
import { expect, test } from "vitest";
import { chordProOf, layDown, songFromChordPro, songMeta, withSongMeta } from "./index.ts";

const seed = Number(process.env["KUISHI_SEED"]);
const project = (text: string): ProjectDocument => {
  const document = new ProjectDocument();
  document.load([{ ...emptySong }]);
  document.edit("open", (draft) => layDown(draft, songFromChordPro(text), "A"));
  return document;
};
/** A song without ids: what a musician would call the same. */
const plain = (session: Session) => ({
  title: session.song.provenance.title,
  head: session.song.head.filter((line) => !line.startsWith("{title")),
  blocks: songSheetOf(session).blocks.map(({ section, lines }) => ({
    role: section.role,
    name: section.name,
    lines: lines.map(({ text, chords, form }) => ({ text, chords, form })),
  })),
  sections: session.sections.size,
});
const SONG = `{title: Желсіз түнде}
{composer: Abai}
{key: Dm}
{capo: 2}

{start_of_verse: 1}
[Dm]Желсіз түнде [A7]жарық ай,
Сәулесі суда [Dm]дірілдеп,
{end_of_verse}

{start_of_chorus}
{comment: softly}
[F]Көк ту[C]
{end_of_chorus}

{start_of_verse: 2}
Ауылдың жаны [Gm]терең сай
{end_of_verse}

{chorus}

{start_of_bridge}
[Bb] [C] [Dm]
{end_of_bridge}

{chorus}
`;

test("a song is read into sections that come again, and written as it was", () => {
  const { session } = project(SONG);
  expect(songSheetOf(session).blocks.map((block) => block.section.role)).toEqual(["verse", "chorus", "verse", "chorus", "bridge", "chorus"]);
  expect(session.sections.size).toBe(4);
  expect(session.song).toMatchObject({ provenance: { title: "Желсіз түнде", composer: "Abai" } });
  expect([songMeta(session.song, "key"), songMeta(session.song, "capo"), songMeta(session.song, "tempo")]).toEqual(["Dm", "2", undefined]);
  expect(songSheetOf(session).blocks[0]!.lines[0]).toMatchObject({
    text: "Желсіз түнде жарық ай,",
    chords: [
      { at: 0, name: "Dm" },
      { at: 13, name: "A7" },
    ],
  });
  expect(chordProOf(session)).toBe(SONG);
  // it grows, and a second file goes behind the first
  const energy = songSheetOf(session).blocks.map((block) => block.place.energy);
  expect(energy).toEqual([...energy].sort((a, b) => a - b));
});
test("written and read again a song is the same", () => {
  const word = fc.string({ unit: fc.constantFrom(..."abcöäқғ"), minLength: 1, maxLength: 6 });
  const text = fc.array(word, { maxLength: 5 }).map((words) => words.join(" "));
  const line = fc
    .tuple(text, fc.array(fc.tuple(fc.nat(30), fc.constantFrom("Am", "G/B", "F#m7", "D5")), { maxLength: 3 }))
    .map(([words, placed]) => ({
      text: words,
      chords: [...new Map(placed.map(([at, name]) => [Math.min(at, words.length), { at: Math.min(at, words.length), name }])).values()].sort(
        (a, b) => a.at - b.at,
      ),
    }))
    // a line of nothing at all is a gap between verses to whoever reads it
    .filter((one) => one.text !== "" || one.chords.length > 0);
  const section = fc.record({ role: fc.constantFrom("verse", "chorus", "bridge"), name: word, lines: fc.array(line, { minLength: 1, maxLength: 4 }) });
  fc.assert(
    fc.property(fc.array(section, { minLength: 1, maxLength: 6 }), fc.array(fc.nat(5), { maxLength: 8 }), (sections, more) => {
      const order = [...sections.keys(), ...more.map((index) => index % sections.length)];
      const document = new ProjectDocument();
      document.load([{ ...emptySong }]);
      document.edit("open", (draft) =>
        layDown(draft, { head: ["{key: Am}"], tail: [], title: "Än", composer: undefined, sections, order: order.map((index) => ({ index })) }, "A"),
      );
      const again = project(chordProOf(document.session));
      // sections that say the same are one for whoever reads them
      const same = plain(document.session);
      expect(plain(again.session)).toEqual({ ...same, sections: new Set(sections.map((one) => JSON.stringify(one))).size });
    }),
    { seed, numRuns: 200 },
  );
});
test("every file of the format's collection keeps each of its lines, what nobody knows among them", () => {
  const folder = new URL("../../../tools/formats/chordpro/", import.meta.url);
  for (const name of readdirSync(folder)) {
    const text = readFileSync(new URL(name, folder), "utf8")
      .replace(/^\uFEFF/, "")
      .replaceAll("\r\n", "\n");
    const written = chordProOf(project(text).session);
    // what is sung is the same for whoever reads it, and once written it stays as it is
    const sung = (one: string) =>
      sectionsOf(readChordPro(one).songs[0]!).flatMap(({ kind, label, lines }) =>
        lines.map((line) => [kind, label, line.kind === "words" ? line.chunks.map(({ chord, text: words }) => chord + words.trim()).join("") : line]),
      );
    if (!name.startsWith("spaces")) expect(sung(written), name).toEqual(sung(text));
    expect(chordProOf(project(written).session), name).toBe(written);
    // directives, remarks and what cannot be read stand as they stood
    const foreign = readChordPro(text)
      .songs.flatMap((song) => song.lines)
      .filter((line) => line.kind !== "words");
    for (const line of foreign) expect(written, name).toContain(writeChordPro({ songs: [{ lines: [line] }], newline: "\n" }).trimEnd());
  }
});
test("words that look like signs of the format, and a title that was changed, come back", () => {
  const { session } = project("{t:Old}\n{x_own: 1}\n\n[Am]a");
  const song = { ...session.song, provenance: { ...session.song.provenance, title: "New [one]" } };
  const line = session.lyrics[0]!;
  const changed = { ...session, song, lyrics: [{ ...line, text: "# a [b {c}", chords: [] }] };
  const again = project(chordProOf(changed));
  expect(again.session.song).toMatchObject({ provenance: { title: "New [one]" }, head: ["{title: New [one]}", "{x_own: 1}"] });
  expect(again.session.lyrics[0]!.text).toBe("# a [b {c}");
  expect(withSongMeta(song, "capo", "3").at(-1)).toBe("{capo: 3}");
  expect(withSongMeta({ ...song, head: ["{capo: 3}", "# a"] }, "capo", "")).toEqual(["# a"]);
});
test("a text without a song is told", () => {
  expect(() => songFromChordPro("\n\n")).toThrow(expect.objectContaining({ code: "chordpro.empty" }));
});
