import type { Carried } from "../score.ts";

/** In which order elements stand inside others, after the schema of MusicXML 4.0; names in one word stand among each other as they are. */
const ORDERS = {
  note: "grace cue chord pitch unpitched rest duration tie instrument footnote level voice type dot accidental time-modification stem notehead notehead-text staff beam notations lyric play listen",
  attributes: "footnote level divisions key time staves part-symbol instruments clef staff-details transpose for-part directive measure-style",
  key: "cancel fifths mode key-step|key-alter|key-accidental key-octave",
  time: "beats|beat-type|senza-misura interchangeable",
  clef: "sign line clef-octave-change",
  "staff-details": "staff-type staff-lines line-detail staff-tuning capo staff-size",
  transpose: "diatonic chromatic octave-change double",
  direction: "direction-type offset footnote level voice staff sound listening",
  barline: "bar-style footnote level wavy-line segno coda fermata ending repeat",
  "score-part":
    "identification part-link part-name part-name-display part-abbreviation part-abbreviation-display group score-instrument player midi-device|midi-instrument",
  "part-group": "group-name group-name-display group-abbreviation group-abbreviation-display group-symbol group-barline group-time footnote level",
  "midi-instrument": "midi-channel midi-name midi-bank midi-program midi-unpitched volume pan elevation",
  "score-partwise": "work movement-number movement-title identification defaults credit part-list part",
  work: "work-number work-title opus",
  identification: "creator rights encoding source relation miscellaneous",
  "figured-bass": "figure duration footnote level",
  "time-modification": "actual-notes normal-notes normal-type normal-dot",
  notations:
    "footnote level tied slur tuplet glissando slide ornaments technical articulations dynamics fermata arpeggiate non-arpeggiate accidental-mark other-notation",
} as const;
const RANKS = new Map(
  Object.entries(ORDERS).map(([parent, order]) => [parent, new Map(order.split(" ").flatMap((names, rank) => names.split("|").map((name) => [name, rank])))]),
);

/** Elements in the order the schema wants them inside `parent`; those it does not name stand last. */
export function ordered(parent: keyof typeof ORDERS, children: readonly (Carried | undefined)[]): Carried[] {
  const ranks = RANKS.get(parent)!;
  return children.filter((child) => child !== undefined).sort((a, b) => (ranks.get(a.name) ?? 99) - (ranks.get(b.name) ?? 99));
}

/** Families of marks, and the element of `notations` or of a direction in which they stand. */
export const FAMILIES = { articulations: "articulation", ornaments: "ornament", technical: "technique", dynamics: "dynamic" } as const;
