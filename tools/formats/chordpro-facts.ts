import { type ChordBook, readChordPro, type SongLine, writeChordPro } from "@kuishi/score";

/** A book whose lines have all been told anew: nothing of how they stood is left. */
const anew = (book: ChordBook): ChordBook => ({
  ...book,
  songs: book.songs.map(({ lines }) => ({ lines: lines.map(({ as: _, ...line }) => line as SongLine) })),
});
const lines = (text: string): readonly string[] => text.replace(/(\r\n|\r|\n)$/, "").split(/\r\n|\r|\n/);

/** What of a song is lost or changed when it is written again: as it was, and told anew. */
export function chordProDifferences(text: string): readonly string[] {
  const book = readChordPro(text);
  const [before, after] = [lines(text), lines(writeChordPro(book))];
  const changed = before.flatMap((line, i) => (line === after[i] ? [] : [`line ${i + 1}: ${JSON.stringify(line)} became ${JSON.stringify(after[i])}`]));
  const told = writeChordPro(anew(book));
  const again = anew(readChordPro(told));
  const same = JSON.stringify(again.songs) === JSON.stringify(anew(book).songs);
  return [...changed, ...(same ? [] : ["told anew it is another song"]), ...(writeChordPro(again) === told ? [] : ["the second time other bytes"])];
}
