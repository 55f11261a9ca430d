import { Complaint } from "@kuishi/base";
import type { Faces } from "@kuishi/engrave";
import { openBundle, sessionOf } from "@kuishi/project";
import { type Score, transcribe } from "@kuishi/score";
import { type Language, text } from "@kuishi/words";
import type { Tell } from "./formats.ts";
import { isGuitarPro } from "./guitar-pro.ts";
import { partsNamed } from "./performance.ts";
import { isScore, readScore, scoreOfBundle } from "./scores.ts";

/** Endings of what a score is drawn as. */
export const isDrawing = (name: string): boolean => /\.(pdf|svg)$/i.test(name);

/** The score of a file: written, or what was heard in a project. @throws Complaint for one that has none. */
export async function scoreOf(name: string, bytes: Uint8Array, tell: Tell = () => {}): Promise<Score> {
  if (isGuitarPro(name)) return (await import("@kuishi/engrave")).readGuitarPro(bytes);
  if (isScore(name)) return readScore(name, bytes, (complaint) => tell(complaint.code, complaint.params));
  if (!/\.kuishi$/i.test(name)) throw new Complaint("usage", "print.noScore", { name });
  const bundle = openBundle(bytes);
  const written = scoreOfBundle(bundle);
  if (written) return written;
  const { heard, records } = bundle;
  if (!heard) throw new Complaint("notEnough", "project.unheard", { name });
  const { provenance } = sessionOf(records).song;
  return transcribe(heard, { title: provenance.title, composer: provenance.composer }).score;
}

/** Who prints, and for whom. */
export interface Print {
  /** Names, ids or numbers of the parts; all where none is told. */
  readonly parts?: readonly string[];
  readonly language: Language;
  readonly faces: () => Faces | Promise<Faces>;
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
