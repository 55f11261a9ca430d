/**
 * How much is taken of a file from outside. Every reader checks before it works: what a few hundred bytes ask for can be more
 * than a machine holds. The figures lie far above any music and far below what hurts.
 */

/** Notes of one score. The longest symphonies in full score have about 100,000; a blend or a page is slow long before. */
export const MOST_NOTES: number = 120_000;
/** Bars of one score, repeats played out. A night of opera has some 5,000. */
export const MOST_BARS: number = 20_000;
/** Parts of one score. The largest orchestras write some 60. */
export const MOST_PARTS: number = 256;
/** Length of one score, seconds: four hours, as the longest operas without their pauses. As sound it is 4 GB. */
export const MOST_SECONDS: number = 4 * 3600;
/** Bytes of a score's text, unpacked. A symphony as MusicXML has 30 MB. */
export const MOST_SCORE_BYTES: number = 64 * 1024 * 1024;
/**
 * Characters, notes and lines of one tune in ABC, and characters of one line: the library that reads it takes time with the squares of lines.
 * Two hours of two strings at four strokes a second are some 60,000 notes.
 */
export const MOST_TUNE: number = 512 * 1024;
export const MOST_TUNE_NOTES = 60_000;
export const MOST_TUNE_LINES = 8_000;
export const MOST_TUNE_LINE: number = 4 * 1024;
/** Events of one MIDI file. Dense orchestral files have 300,000. */
export const MOST_EVENTS: number = 2_000_000;
/** Depth to which elements of a score may lie in one another. MusicXML itself needs about 10. */
export const MOST_DEPTH: number = 200;
/** Lines of a song with chords. */
export const MOST_LINES: number = 20_000;
