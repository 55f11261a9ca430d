/** What reads a song's file: fetched when one is opened. */
export { layDown, songFromChordPro } from "@kuishi/flow";
export { abcBook, scoreText } from "@kuishi/score";
