export { readAbc } from "./abc/read.ts";
export { type WrittenAbc, writeAbc } from "./abc/write.ts";
export { abcBook, type BookTune } from "./abc-check.ts";
export { readChordPro } from "./chordpro/read.ts";
export { shownSong } from "./chordpro/shown.ts";
export { type ChordBook, type ChordSong, isComment, metaOf, type SongLine, type SongSection, sectionsOf, type WordsLine } from "./chordpro/song.ts";
export { writeChordPro } from "./chordpro/write.ts";
export { withDrawnLines } from "./drawn-lines.ts";
export { scoreText } from "./encoding.ts";
export { fitHeard } from "./fit.ts";
export { type Fraction, fraction, over, plus, times, wholes } from "./fraction.ts";
export { DRUM_KEYS, drumOfKey } from "./general-midi.ts";
export { Heard, HeardNote, HeardSection, HeardString, HeardStroke, heardSchema } from "./heard.ts";
export { BarLock, Locks, noLocks, StrokeLock } from "./locks.ts";
export { meterText } from "./meter.ts";
export { type MidiTrack, writeMidiFile } from "./midi.ts";
export { type PlayedScore, type PlayedTrack, readMidiFile, tuningMessage } from "./midi-in.ts";
export { LiveKeyboard } from "./midi-live.ts";
export { midiTimeOf, midiTrackOf, writeScoreMidi } from "./midi-score.ts";
export { midiParts, readMidiScore } from "./midi-to-score.ts";
export { readMusicXml } from "./musicxml/read.ts";
export { writeMusicXml, writeMxl } from "./musicxml/write.ts";
export { keyAlters } from "./playing/ornaments.ts";
export { type PlayedOut, playOut, type TimedNote, type TimedPart } from "./playing/play-out.ts";
export {
  type Bar,
  type Chord,
  type Clef,
  type Direction,
  type Item,
  isRest,
  type Lyric,
  type Mark,
  type Note,
  type Part,
  type PartBar,
  type Pitch,
  pitchCents,
  type Score,
  type SymbolChord,
  type TimeSignature,
} from "./score.ts";
export { heardFromText } from "./text.ts";
export { heardDifferences } from "./transcription/differences.ts";
export { meterAt } from "./transcription/grid.ts";
export { type Transcription, transcribe } from "./transcription/transcribe.ts";
