import { Complaint } from "@kuishi/base";
import type { Faces } from "@kuishi/engrave";
import { openBundle, sessionOf } from "@kuishi/project";
import { type ChordBook, metaOf, readChordPro, type Score, scoreText, transcribe } from "@kuishi/score";
import { type Language, text } from "@kuishi/words";
import { isChordPro, type Tell } from "./formats.ts";
import { isGuitarPro } from "./guitar-pro.ts";
import { partsNamed } from "./performance.ts";
import { isScore, readScore, scoreOfBundle } from "./scores.ts";
import { chordProOf } from "./song-text.ts";

/** Endings of what a score is drawn as. */
export const isDrawing = (name: string): boolean => /\.(pdf|svg)$/i.test(name);

/** What of a file can be drawn: written music, or a song's words with their chords. */
export type Drawable = { readonly score: Score } | { readonly song: ChordBook };

/** The score of a file: written, or what was heard in a project; or the song of one that has no notes. @throws Complaint for one that has neither. */
export async function drawableOf(name: string, bytes: Uint8Array, tell: Tell = () => {}): Promise<Drawable> {
  if (isGuitarPro(name)) return { score: (await import("@kuishi/engrave")).readGuitarPro(bytes) };
  if (isScore(name)) return { score: readScore(name, bytes, (complaint) => tell(complaint.code, complaint.params)) };
  if (isChordPro(name)) {
    const song = readChordPro(scoreText(bytes));
    for (const { code, line, text: told } of song.warnings.slice(0, MOST_TOLD)) tell(code, { line, text: told });
    return { song };
  }
  if (!/\.kuishi$/i.test(name)) throw new Complaint("usage", "print.noScore", { name });
  const bundle = openBundle(bytes);
  const written = scoreOfBundle(bundle);
  if (written) return { score: written };
  const { heard, records } = bundle;
  const session = sessionOf(records);
  const { provenance } = session.song;
  if (heard) return { score: transcribe(heard, { title: provenance.title, composer: provenance.composer }).score };
  if (session.sections.size === 0) throw new Complaint("notEnough", "project.unheard", { name });
  return { song: readChordPro(chordProOf(session)) };
}
/** Lines of one file that are told of. */
const MOST_TOLD = 20;

/** Who prints, and for whom. */
export interface Print {
  /** Names, ids or numbers of the parts; all where none is told. */
  readonly parts?: readonly string[];
  readonly language: Language;
  readonly faces: () => Faces | Promise<Faces>;
}

/** A song as a printed document (`.pdf`, A4) or as one picture (`.svg`), by the name of what it becomes: chords over its words. */
export async function printSong(song: ChordBook, to: string, { language, faces }: Omit<Print, "parts">): Promise<Uint8Array<ArrayBuffer>> {
  const { PAGE_WIDTH, songSheet, svgOf } = await import("@kuishi/engrave");
  const { blocks, width, height } = songSheet(song, (code, params) => text(language, code, params), PAGE_WIDTH);
  if (/\.svg$/i.test(to)) return new TextEncoder().encode(svgOf(blocks, width, height));
  const told = (...names: string[]): string =>
    metaOf(song.songs.find((one) => metaOf(one).length > 0) ?? song.songs[0]!).find(([name]) => names.includes(name))?.[1] ?? "";
  const author = told("artist", "composer");
  const { pdfOf } = await import("@kuishi/engrave/pdf");
  return pdfOf(blocks, await faces(), { title: told("title"), language, ...(author ? { author } : {}) });
}

/** A score as a printed document (`.pdf`, A4) or as one picture (`.svg`), by the name of what it becomes. @throws Complaint `usage` for a part that it has not. */
export async function printScore(score: Score, to: string, { parts, language, faces }: Print): Promise<Uint8Array<ArrayBuffer>> {
  const { engrave, legendOf, PAGE_WIDTH, svgOf } = await import("@kuishi/engrave");
  const chosen = parts && partsNamed(score, parts).map((p) => score.parts[p]!.id);
  const shown = { width: PAGE_WIDTH, ...(chosen ? { parts: chosen } : {}) };
  const drawn = engrave(score, shown);
  const legend = legendOf(score, (code, params) => text(language, code, params), { ...shown, y: drawn.height });
  const blocks = legend ? [...drawn.blocks, legend] : drawn.blocks;
  if (/\.svg$/i.test(to)) return new TextEncoder().encode(svgOf(blocks, drawn.width, drawn.height + (legend?.height ?? 0)));
  const author = score.creators.find(({ role }) => role === "composer")?.name;
  const { pdfOf } = await import("@kuishi/engrave/pdf");
  return pdfOf(blocks, await faces(), { title: score.title ?? score.movement ?? "", language, ...(author ? { author } : {}) });
}
