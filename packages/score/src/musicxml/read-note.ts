import { type Fraction, fraction, fractionOf, ZERO } from "../fraction.ts";
import type { Attributes, Carried, Chord, Kept, Lyric, Mark, Note, NoteValue, Pitch, Step, Syllable, TupletRatio } from "../score.ts";
import { STEP_CENTS } from "../score.ts";
import { broken, childrenOf, numberOf, Taking, textAt } from "../xml.ts";
import { FAMILIES } from "./order.ts";

/** What is known where a note is read. */
interface NotePlace {
  readonly at: Fraction;
  /** Divisions of a quarter. */
  readonly divisions: Fraction;
  /** As printed, for complaints. */
  readonly measure: string;
  /** What a note of `chord` joins. */
  readonly first: Chord | undefined;
}
/** Quarters that no note lasts. */
const MOST_QUARTERS = 1000;

/** A length told in divisions, as a part of a whole note. */
export function lengthOf(text: string | undefined, divisions: Fraction): Fraction | undefined {
  const units = text === undefined ? undefined : fractionOf(text);
  return units && fraction(units[0] * divisions[1], units[1] * divisions[0] * 4);
}

/**
 * A note element: a chord of one note, or one more for the chord before it.
 * @throws Complaint for a pitch or length that none can have.
 */
export function readNote(node: Carried, place: NotePlace): { readonly chord?: Chord; readonly added?: Note } {
  const t = new Taking(node);
  const joins = t.one("chord") !== undefined && place.first !== undefined;
  const graceNode = t.one("grace");
  const grace = graceNode && graceOf(graceNode);
  const told = t.text("duration");
  const length = told === undefined ? undefined : lengthOf(told, place.divisions);
  if (told !== undefined && (!length || length[0] < 0 || length[0] > (MOST_QUARTERS / 4) * length[1])) throw broken("duration", { measure: place.measure });
  const value = noteValue(t);
  const ratio = t.one("time-modification");
  const shared = {
    length: grace ? ZERO : (length ?? ZERO),
    value,
    tuplet: ratio && tupletOf(ratio),
    voice: t.text("voice"),
    staff: t.figure("staff"),
    cue: t.one("cue") ? (true as const) : undefined,
    grace,
  };
  // on other notes of a chord these are no use, and are carried
  const beams = joins ? [] : t.all("beam").map((beam) => markOf(beam, "beam"));
  const lyrics = joins ? [] : t.all("lyric").map(lyricOf);
  const note = noteOf(t, place.measure);
  if (joins) {
    const own = differences(shared, place.first!);
    return { added: { ...note, ...(own ? { own } : {}) } };
  }
  const { length: lasts, ...others } = shared;
  return {
    chord: {
      kind: "chord",
      at: place.at,
      length: lasts,
      ...(defined(others) as object),
      ...(beams.length > 0 ? { beams } : {}),
      ...(lyrics.length > 0 ? { lyrics } : {}),
      notes: [note],
    },
  };
}

/** An object without what is undefined in it. */
export const defined = <T extends object>(object: T): { [K in keyof T]?: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as { [K in keyof T]?: Exclude<T[K], undefined> };

function differences(shared: Readonly<Record<string, unknown>>, first: Chord): Note["own"] | undefined {
  const own: Record<string, unknown> = {};
  for (const key of Object.keys(shared)) {
    const [a, b] = [shared[key], first[key as keyof Chord]];
    if (JSON.stringify(a) !== JSON.stringify(b)) own[key] = a ?? (key === "cue" ? false : null);
  }
  return Object.keys(own).length > 0 ? (own as Note["own"]) : undefined;
}

function noteOf(t: Taking, measure: string): Note {
  const sound = soundOf(t, measure);
  const ties = t.all("tie");
  const plainTies = ties.every((tie) => Object.keys(tie.attributes ?? {}).join() === "type");
  const accidental = t.one("accidental");
  const instrument = t.one("instrument");
  const notations = t.all("notations");
  const marks = notations.flatMap(marksOf);
  const stem = t.text("stem");
  const head = t.text("notehead");
  const { look, carried = [] } = t.rest();
  const kept = [
    ...carried,
    ...(plainTies ? [] : ties),
    // who edited it, and whether it is printed
    ...notations.flatMap((one) => (one.attributes || childrenOf(one, "footnote").length + childrenOf(one, "level").length > 0 ? [bare(one)] : [])),
  ];
  const found = {
    sound,
    ties: ties.length > 0 ? ties.map((tie) => (tie.attributes?.["type"] === "stop" ? ("stop" as const) : ("start" as const))) : undefined,
    accidental: accidental && { name: (accidental.text ?? "").trim(), ...(accidental.attributes ? { look: accidental.attributes } : {}) },
    stem,
    head,
    instrument: instrument?.attributes?.["id"],
    marks: marks.length > 0 ? marks : undefined,
    look,
    carried: kept.length > 0 ? kept : undefined,
    looks: Object.keys(t.looks).length > 0 ? { ...t.looks } : undefined,
  };
  return defined(found) as Note;
}
/** An element of notations without the notations themselves. */
const bare = (node: Carried): Carried => {
  const children = (node.children ?? []).filter((child) => child.name === "footnote" || child.name === "level");
  return { name: node.name, ...(node.attributes ? { attributes: node.attributes } : {}), ...(children.length > 0 ? { children } : {}) };
};

/** Pitches that anything plays lie within these octaves. */
const [LOWEST_OCTAVE, HIGHEST_OCTAVE] = [-2, 12];
function soundOf(t: Taking, measure: string): Note["sound"] {
  const pitch = t.one("pitch");
  if (pitch) {
    const found = pitchOf(pitch, "");
    if (!found) throw broken("pitch", { measure });
    return found;
  }
  const rest = t.one("rest");
  const unpitched = t.one("unpitched");
  const node = rest ?? unpitched;
  const shown = defined({ step: textAt(node, "display-step"), octave: numberOf(textAt(node, "display-octave")) });
  if (unpitched && !rest) return { kind: "unpitched", ...shown };
  const whole = rest?.attributes?.["measure"];
  return { kind: "rest", ...(whole === undefined ? {} : { wholeBar: whole === "yes" }), ...shown };
}
/** A pitch whose elements begin with a word: `tuning-step`. */
export function pitchOf(node: Carried, word: string): Pitch | undefined {
  const step = textAt(node, `${word}step`);
  const octave = numberOf(textAt(node, `${word}octave`) || "4");
  const alter = numberOf(textAt(node, `${word}alter`) || "0");
  if (step === undefined || !(step in STEP_CENTS) || octave === undefined || alter === undefined) return undefined;
  if (!Number.isInteger(octave) || octave < LOWEST_OCTAVE || octave > HIGHEST_OCTAVE || Math.abs(alter) > 24) return undefined;
  return { kind: "pitch", step: step as Step, alter: centsOf(alter), octave };
}
/** Cents of so many semitones of the file, to a millionth. */
export const centsOf = (semitones: number): number => Math.round(semitones * 1e8) / 1e6;

function noteValue(t: Taking): NoteValue | undefined {
  const type = t.text("type");
  const dots = t.all("dot");
  if (dots[0]?.attributes) t.looks["dot"] = dots[0].attributes;
  if (type === undefined && dots.length === 0) return undefined;
  return { ...(type === undefined ? {} : { type }), dots: dots.length };
}
function graceOf(node: Carried): NonNullable<Chord["grace"]> {
  const t = new Taking(node);
  const slash = t.attribute("slash");
  return { ...(slash === undefined ? {} : { slash: slash === "yes" }), ...t.rest() };
}
function tupletOf(node: Carried): TupletRatio {
  const t = new Taking(node);
  const dots = t.all("normal-dot").length;
  const found = {
    actual: t.figure("actual-notes") ?? 1,
    normal: t.figure("normal-notes") ?? 1,
    type: t.text("normal-type"),
    dots: dots > 0 ? dots : undefined,
  };
  return { ...(defined(found) as TupletRatio), ...t.rest() };
}

/** A sign with whatever it tells of itself. */
export function markOf(node: Carried, kind: Mark["kind"], more: { look?: Attributes | undefined; joined?: boolean } = {}): Mark {
  const t = new Taking(node);
  const alter = node.name === "bend" ? t.figure("bend-alter") : undefined;
  const found = {
    kind,
    name: node.name,
    phase: t.attribute("type"),
    number: t.attribute("number"),
    value: node.children ? undefined : node.text,
    place: t.attribute("placement"),
    cents: alter === undefined ? undefined : centsOf(alter),
    joined: more.joined ? (true as const) : undefined,
  };
  const kept: Kept = t.rest();
  const look = kept.look || more.look ? { ...more.look, ...kept.look } : undefined;
  return { ...(defined(found) as Mark), ...(kept.carried ? { carried: kept.carried } : {}), ...(look ? { look } : {}) };
}
function marksOf(notations: Carried): Mark[] {
  return (notations.children ?? []).flatMap((node): Mark[] => {
    if (node.name === "footnote" || node.name === "level") return [];
    const family = FAMILIES[node.name as keyof typeof FAMILIES];
    if (!family) return [markOf(node, "notation")];
    // what a group of dynamics looks like stands at the group
    return (node.children ?? []).map((child, k) =>
      family === "dynamic" ? { ...markOf(child, family, { joined: k > 0 }), ...groupLook(node) } : markOf(child, family),
    );
  });
}
/** How a group of dynamics looks, kept at each of them. */
export const groupLook = (node: Carried): Kept => (node.attributes ? { look: node.attributes } : {});

function lyricOf(node: Carried): Lyric {
  const t = new Taking(node);
  const syllables: Syllable[] = [];
  let part: string | undefined;
  let elision: Carried | undefined;
  for (const child of node.children ?? []) {
    if (child.name === "syllabic") part = t.one("syllabic")?.text?.trim();
    else if (child.name === "elision") elision = t.one("elision");
    else if (child.name === "text") {
      t.one("text");
      const found = { text: child.text ?? "", part, elision: elision && (elision.text ?? ""), elisionLook: elision?.attributes, look: child.attributes };
      syllables.push(defined(found) as Syllable);
      part = undefined;
      elision = undefined;
    }
  }
  const extend = t.one("extend");
  const { type, ...extendLook } = extend?.attributes ?? {};
  const found = {
    number: t.attribute("number"),
    name: t.attribute("name"),
    syllables,
    extend: extend && (type ?? ""),
    extendLook: Object.keys(extendLook).length > 0 ? (extendLook as Attributes) : undefined,
  };
  return { ...(defined(found) as Lyric), ...t.rest() };
}
