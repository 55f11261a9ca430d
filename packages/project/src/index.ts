export { type Bundle, bundleTexts, openBundle, packBundle } from "./bundle.ts";
export { addTrack, clear, comp, duplicate, fade, move, newClip, slip, split, stretch, trim } from "./clips.ts";
export type { Draft } from "./document.ts";
export { addressOf, ContentHash, isAddress } from "./entries.ts";
export { FORMAT } from "./format.ts";
export { Journal } from "./journal.ts";
export { addNoteTrack, byHand, handClip, handNote, layNotes, type Played, releaseHand, removeNotes } from "./notes.ts";
export { type RawRecord, sessionOf } from "./reading.ts";
export {
  type Arrangement,
  type Asset,
  type BarFix,
  type BusSetting,
  busId,
  Clip,
  emptySong,
  type Kind,
  LineFix,
  type Loop,
  type Lyric,
  Marker,
  type Note,
  type NoteClip,
  ProjectRecord,
  Provenance,
  RECORDING_TRACK,
  type RecordOf,
  type ReleasedTrack,
  type ReleaseSheet,
  type Run,
  type Section,
  type Session,
  Song,
  StripSetting,
  type StrokeFix,
  stripId,
  Take,
  type Track,
  type Variation,
} from "./records.ts";
export {
  addLines,
  addSection,
  type Block,
  chordsAfter,
  copyArrangement,
  duplicateSection,
  joinLine,
  movePlace,
  type NewSection,
  placeSection,
  removeLine,
  removePlace,
  renameChords,
  reorderPlaces,
  repeatPlace,
  type SongSheet,
  songSheetOf,
  splitLine,
  turnLine,
  withChord,
  withTypedChords,
  writeLine,
} from "./song.ts";
export { MemoryStore, type Store } from "./store.ts";
