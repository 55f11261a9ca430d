import type { Mark } from "../score.ts";

/** What a decoration of ABC 2.1 (section 4.14) is among the marks of a score. */
export const DECORATIONS: Readonly<Record<string, Mark>> = {
  ...Object.fromEntries(
    (
      [
        ["staccato", "articulation", "staccato"],
        ["tenuto", "articulation", "tenuto"],
        ["accent", "articulation", "accent"],
        ["marcato", "articulation", "strong-accent"],
        ["wedge", "articulation", "staccatissimo"],
        ["breath", "articulation", "breath-mark"],
        ["trill", "ornament", "trill-mark"],
        ["lowermordent", "ornament", "mordent"],
        ["uppermordent", "ornament", "inverted-mordent"],
        ["turn", "ornament", "turn"],
        ["invertedturn", "ornament", "inverted-turn"],
        ["slide", "articulation", "scoop"],
        ["upbow", "technique", "up-bow"],
        ["downbow", "technique", "down-bow"],
        ["open", "technique", "open-string"],
        ["thumb", "technique", "thumb-position"],
        ["snap", "technique", "snap-pizzicato"],
        ["plus", "technique", "stopped"],
        ["arpeggio", "notation", "arpeggiate"],
        ["fermata", "notation", "fermata"],
      ] as const
    ).map(([name, kind, mark]) => [name, { kind, name: mark }]),
  ),
  invertedfermata: { kind: "notation", name: "fermata", phase: "inverted" },
  roll: { kind: "ornament", name: "other-ornament", value: "roll" },
  "trill(": { kind: "ornament", name: "wavy-line", phase: "start", number: "1" },
  "trill)": { kind: "ornament", name: "wavy-line", phase: "stop", number: "1" },
  "/": { kind: "ornament", name: "tremolo", phase: "single", value: "1" },
  "//": { kind: "ornament", name: "tremolo", phase: "single", value: "2" },
  "///": { kind: "ornament", name: "tremolo", phase: "single", value: "3" },
  ...Object.fromEntries(["0", "1", "2", "3", "4", "5"].map((finger) => [finger, { kind: "technique" as const, name: "fingering", value: finger }])),
};
/** Other names of decorations. */
export const SAME: Readonly<Record<string, string>> = {
  mordent: "lowermordent",
  pralltriller: "uppermordent",
  emphasis: "accent",
  ">": "accent",
  "^": "marcato",
  "+": "plus",
  irishroll: "roll",
  "<(": "crescendo(",
  "<)": "crescendo)",
  ">(": "diminuendo(",
  ">)": "diminuendo)",
  dacapo: "D.C.",
  dalsegno: "D.S.",
};
/** Signs that belong to a moment, not to a note. */
export const MOMENTS: Readonly<Record<string, Mark>> = {
  segno: { kind: "direction", name: "segno" },
  coda: { kind: "direction", name: "coda" },
  "crescendo(": { kind: "direction", name: "wedge", phase: "crescendo" },
  "crescendo)": { kind: "direction", name: "wedge", phase: "stop" },
  "diminuendo(": { kind: "direction", name: "wedge", phase: "diminuendo" },
  "diminuendo)": { kind: "direction", name: "wedge", phase: "stop" },
  "D.C.": { kind: "direction", name: "words", value: "D.C." },
  "D.S.": { kind: "direction", name: "words", value: "D.S." },
  "D.C.alcoda": { kind: "direction", name: "words", value: "D.C. al Coda" },
  "D.C.alfine": { kind: "direction", name: "words", value: "D.C. al Fine" },
  "D.S.alcoda": { kind: "direction", name: "words", value: "D.S. al Coda" },
  "D.S.alfine": { kind: "direction", name: "words", value: "D.S. al Fine" },
  dacoda: { kind: "direction", name: "words", value: "To Coda" },
  fine: { kind: "direction", name: "words", value: "Fine" },
  ...Object.fromEntries(
    ["pppp", "ppp", "pp", "p", "mp", "mf", "f", "ff", "fff", "ffff", "sfz", "sf", "fp", "fz"].map((name) => [name, { kind: "dynamic" as const, name }]),
  ),
};
/** Letters that stand for decorations (section 4.14). */
export const LETTERS: Readonly<Record<string, string>> = {
  ".": "staccato",
  "~": "roll",
  H: "fermata",
  L: "accent",
  M: "lowermordent",
  O: "coda",
  P: "uppermordent",
  S: "segno",
  T: "trill",
  u: "upbow",
  v: "downbow",
};

/** Fields that tell of the tune what a score has a place for. */
export const CREATORS: Readonly<Record<string, string>> = { C: "composer", A: "lyricist", Z: "transcriber" };
/** Clefs by their names: their sign, and the line it stands on. */
export const CLEFS: Readonly<Record<string, readonly [sign: string, line: number | undefined]>> = {
  treble: ["G", 2],
  bass: ["F", 4],
  alto: ["C", 3],
  tenor: ["C", 4],
  soprano: ["C", 1],
  mezzosoprano: ["C", 2],
  baritone: ["C", 5],
  perc: ["percussion", undefined],
  none: ["none", undefined],
};
/** How far a mode lies from the major key of its tonic, in fifths (section 3.1.14); of several names the first is written. */
export const MODES: readonly (readonly [short: string, mode: string, fifths: number])[] = [
  ["mix", "mixolydian", -1],
  ["dor", "dorian", -2],
  ["phr", "phrygian", -4],
  ["lyd", "lydian", 1],
  ["loc", "locrian", -5],
  ["ion", "ionian", 0],
  ["aeo", "aeolian", -3],
  ["maj", "major", 0],
  ["m", "minor", -3],
  ["min", "minor", -3],
];

/** Qualities of chord symbols, as they are printed. */
export const QUALITIES: readonly (readonly [pattern: RegExp, quality: string])[] = [
  [/^$/, "major"],
  [/^(maj|M|major)$/, "major"],
  [/^(m|min|-|mi|minor)$/, "minor"],
  [/^7$/, "dominant"],
  [/^(maj7|M7|ma7|\u03947?|j7)$/, "major-seventh"],
  [/^(m7|min7|-7|mi7)$/, "minor-seventh"],
  [/^(dim|o|[\u00b0\u00ba])$/, "diminished"],
  [/^(dim7|o7|\u00b07)$/, "diminished-seventh"],
  [/^(m7b5|\u00f87?|-7b5)$/, "half-diminished"],
  [/^(aug|\+)$/, "augmented"],
  [/^(aug7|\+7|7\+)$/, "augmented-seventh"],
  [/^(mM7|mmaj7|m\(maj7\))$/, "major-minor"],
  [/^6$/, "major-sixth"],
  [/^(m6|min6)$/, "minor-sixth"],
  [/^9$/, "dominant-ninth"],
  [/^(maj9|M9)$/, "major-ninth"],
  [/^(m9|min9)$/, "minor-ninth"],
  [/^11$/, "dominant-11th"],
  [/^13$/, "dominant-13th"],
  [/^(sus4?|7sus4?)$/, "suspended-fourth"],
  [/^sus2$/, "suspended-second"],
  [/^5$/, "power"],
];
/** A chord's name: root, quality, bass; a remark in brackets may follow. */
export const CHORD_NAME: RegExp =
  /^\(?([A-G])([#b\u266f\u266d]?)((?:maj|min|dim|aug|sus|add|m|M|mi|ma|o|\u00f8|[\u00b0\u00ba]|\u0394|j|\+|-|[#b\u266f\u266d]?\d|\([^()]*\))*)(?:\/([A-Ga-g])([#b\u266f\u266d]?))?\)?$/;
