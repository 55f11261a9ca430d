/** What draws and prints scores: fetched when one is looked at. */
export { engrave, svgOf } from "@kuishi/engrave";
export { faces } from "@kuishi/engrave/browser";
export { printScore, printSong } from "@kuishi/flow";
export { playOut } from "@kuishi/score";
