import type { Complaint } from "@kuishi/base";
import { type Bundle, sessionOf } from "@kuishi/project";
import { readAbc, readMidiScore, readMusicXml, type Score, scoreText } from "@kuishi/score";

/** Whether a file is a written tune, by its name. */
export const isScore = (name: string): boolean => /\.(mid|midi|kar|musicxml|xml|mxl|abc)$/i.test(name);
/** Whether bytes begin as a Standard MIDI File does. */
export const isMidi = (bytes: Uint8Array): boolean => bytes[0] === 0x4d && bytes[1] === 0x54;

/** Faults of one file that are told of. */
const TOLD_FAULTS = 20;
/** Reads a written score, MIDI, MusicXML or ABC by its name. @param tell is told what cannot be read and is left out, the first of it. @throws Complaint that says where. */
export function readScore(name: string, bytes: Uint8Array, tell?: (complaint: Complaint) => void): Score {
  let count = 0;
  const few = tell && ((complaint: Complaint): void => void (count++ < TOLD_FAULTS && tell(complaint)));
  if (/\.(midi?|kar)$/i.test(name) || isMidi(bytes)) return readMidiScore(bytes, few);
  return /\.abc$/i.test(name) ? readAbc(scoreText(bytes), few) : readMusicXml(bytes, few);
}

/** The written score that a project was made from; undefined for one of a recording. @throws Complaint. */
export function scoreOfBundle({ records, files }: Bundle): Score | undefined {
  const { song, assets } = sessionOf(records);
  const asset = song.recording ? assets.get(song.recording.asset) : undefined;
  const bytes = asset?.entry ? files.get(asset.entry) : undefined;
  return asset && bytes && isScore(asset.name) ? readScore(asset.name, bytes, () => {}) : undefined;
}

/** What a score says of itself, for its provenance. */
export function scoreNames(score: Score): { readonly title?: string; readonly composer?: string } {
  const title = score.title || score.movement;
  const composer = score.creators.find(({ role }) => role === "composer")?.name;
  return { ...(title ? { title } : {}), ...(composer ? { composer } : {}) };
}
