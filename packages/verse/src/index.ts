export { withoutChords } from "./chords.ts";
export { type Rhyme, RhymeDictionary } from "./dictionary.ts";
export { latinOf } from "./latin.ts";
export { footRanges, type Measure } from "./line.ts";
export { languageOfText, type VerseLanguage } from "./syllables.ts";
export { type Verse, type VerseLine, verseOf } from "./verse.ts";
