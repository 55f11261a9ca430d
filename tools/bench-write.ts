// Prints how well words of songs are counted, rhymed, kept and written, each figure beside the one asked for.
//   npm run bench:write [-- SEED] [--all]     (--all lists what fell short)
// Words and lines, and where each was read: tools/verse. No speaker has gone through them, and nobody but us has parted the lines into bunaq.
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { median, type Random, seeded } from "@kuishi/base";
import { chordProOf, layDown, songFromChordPro } from "@kuishi/flow";
import { emptySong, reorderPlaces, type Session, songSheetOf } from "@kuishi/project";
import { ProjectDocument } from "@kuishi/project/document";
import { RhymeDictionary } from "@kuishi/verse";
import { checkBunaq, checkForms, checkMeasures, checkRandom, checkWords, linesMeasured, listedWords, type Share, wordsParted } from "@kuishi/verse/check";

const isListed = process.argv.includes("--all");
const seed = Number(process.argv.slice(2).find((argument) => /^\d+$/.test(argument)) ?? Math.floor(Math.random() * 1e6));
const read = (path: string): string => readFileSync(new URL(path, import.meta.url), "utf8");
const list = read("../packages/verse/data/kk.txt");
const stems = listedWords(list);
const words = wordsParted(read("verse/words.txt"));
const lines = linesMeasured(read("verse/lines.txt"));
const of = (measure: number) => lines.filter((line) => line.measures.includes(measure));

const row = (name: string, value: string, asked: string): void => console.log(`${name.padEnd(64)} ${value.padEnd(26)} asked ${asked}`);
function shareRow(name: string, { right, all, missed }: Share, asked: string, isMissTold = isListed): void {
  row(name, `${((100 * right) / all).toFixed(1)} % (${right} of ${all})`, asked);
  if (isMissTold) for (const miss of missed) console.log(`    ${miss}`);
}

console.log(`seed ${seed}`);
shareRow("Kazakh syllables of single words: how many", checkWords(words, true), "99.5 %");
shareRow("  and where they part", checkWords(words, false), "-");
shareRow("measure of a line, in its range, lines kept apart: 11", checkMeasures(of(11)), "97 %");
shareRow("  7 or 8", checkMeasures(of(7)), "97 %");
shareRow("random lines accepted as 11", checkRandom(stems, of(11), 11, 4000, seeded(seed, "random")), "at most 25 %", false);
shareRow("bunaq: lines of 11 that fall so at borders of words", checkBunaq(of(11)), "95 % right (no reader yet)");
shareRow("  7 or 8", checkBunaq(of(7)), "95 % right (no reader yet)");
const printed = [...new Set(lines.flatMap(({ text }) => text.toLowerCase().match(/\p{L}+/gu) ?? []))];
shareRow("vowel harmony: printed words of stem and ending, formed so", checkForms(printed, list), "99 %");

const began = performance.now();
const dictionary = new RhymeDictionary(list);
const built = performance.now() - began;
const times = printed.slice(0, 200).map((word) => {
  const at = performance.now();
  dictionary.rhymes(word, 50);
  return performance.now() - at;
});
row("first 50 rhymes, once the list is read: median, worst of 200", `${median(times).toFixed(1)} ms, ${Math.max(...times).toFixed(1)} ms`, "50 ms");
row("  reading the list, once", `${built.toFixed(0)} ms`, "-");
row("  the list on the wire, gzip", `${(gzipSync(list).length / 1e6).toFixed(2)} MB`, "1.5 MB");

/** A song as one might write it: sections that come again, chords anywhere, words of the dictionary, remarks. */
function drawnSong(random: Random): ProjectDocument {
  const project = new ProjectDocument();
  project.load([{ ...emptySong }]);
  const sections = Array.from({ length: random.int(1, 6) }, (_, k) => ({
    role: random.pick(["verse", "chorus", "bridge", "intro"]),
    name: random.chance(0.7) ? `${k + 1}` : "",
    lines: Array.from({ length: random.int(1, 5) }, () => {
      if (random.chance(0.1)) return { form: "comment" as const, text: random.pick(stems) };
      const text = Array.from({ length: random.int(1, 6) }, () => random.pick(stems)).join(" ");
      const places = [...new Set(Array.from({ length: random.int(0, 4) }, () => random.int(0, text.length)))].sort((a, b) => a - b);
      return { text, chords: places.map((at) => ({ at, name: random.pick(["Am", "F#m7", "G/B", "D5", "Bbmaj7"]) })) };
    }),
  }));
  const order = [...sections.keys(), ...Array.from({ length: random.int(0, 6) }, () => random.int(0, sections.length - 1))].map((index) => ({ index }));
  project.edit("open", (draft) => layDown(draft, { title: random.pick(stems), composer: undefined, head: ["{key: Am}"], tail: [], sections, order }, "A"));
  return project;
}
const sung = (session: Session): string =>
  JSON.stringify(
    songSheetOf(session).blocks.map(({ section, lines: all }) => [section.role, section.name, all.map(({ text, chords, form }) => [text, chords, form])]),
  );
const random = seeded(seed, "songs");
let same = 0;
const SONGS = 500;
for (let k = 0; k < SONGS; k++) {
  const own = drawnSong(random);
  const again = new ProjectDocument();
  again.load([{ ...emptySong }]);
  again.edit("open", (draft) => layDown(draft, songFromChordPro(chordProOf(own.session)), "A"));
  if (sung(again.session) === sung(own.session)) same++;
  else if (isListed) console.log(sung(own.session), sung(again.session));
}
row("written as ChordPro and read again: the same song", `${same} of ${SONGS}`, "all");

let whole = 0;
const SWAPS = 100;
for (let k = 0; k < SWAPS; k++) {
  const project = new ProjectDocument();
  project.load([{ ...emptySong }]);
  const sections = Array.from({ length: 40 }, (_, i) => ({ role: "verse", name: `${i}`, lines: [{ text: `words ${i}` }] }));
  project.edit("open", (draft) =>
    layDown(draft, { title: undefined, composer: undefined, head: [], tail: [], sections, order: sections.map((_, index) => ({ index })) }, "A"),
  );
  const before = sung(project.session);
  const places = songSheetOf(project.session).blocks.map((block) => block.place.id);
  const other = places.map((id) => ({ id, at: random.next() })).sort((a, b) => a.at - b.at);
  project.edit("arrangement", (draft) =>
    reorderPlaces(
      draft,
      other.map(({ id }) => id),
    ),
  );
  const { blocks, aside } = songSheetOf(project.session);
  const kept = blocks.length === 40 && aside.length === 0 && new Set(blocks.map((block) => block.section.id)).size === 40;
  project.undo();
  if (kept && sung(project.session) === before) whole++;
}
row("40 sections in another order: nothing lost, one undo", `${whole} of ${SWAPS}`, "all");
