import { compare, type Fraction, fraction, fractionOf, isZero, later, minus, plus, ZERO } from "../fraction.ts";
import type {
  Barline,
  BarSigns,
  Carried,
  Chord,
  ChordSymbol,
  Direction,
  Item,
  Mark,
  Note,
  NoteValue,
  Offset,
  Pitch,
  SoundSigns,
  SymbolChord,
  TimeSignature,
} from "../score.ts";
import { metersOf } from "../time.ts";
import { broken, numberOf, Taking, textAt } from "../xml.ts";
import { centsOf, defined, groupLook, lengthOf, markOf, pitchOf, readNote } from "./read-note.ts";

/** What goes on from bar to bar. */
export interface PartState {
  divisions: Fraction;
}
export interface ReadBar {
  readonly items: readonly Item[];
  readonly signs: BarSigns;
  /** How far its notes, rests and moves go. */
  readonly length: Fraction;
}

/** A measure of one part. @throws Complaint that says in which. */
export function readBar(node: Carried, index: number, state: PartState): ReadBar {
  const bar = new BarReader(new Taking(node), index, state);
  for (const child of node.children ?? []) bar.read(child);
  return bar.done();
}

class BarReader {
  readonly #t: Taking;
  readonly #state: PartState;
  readonly #number: string;
  readonly #items: Item[] = [];
  readonly #time: TimeSignature[] = [];
  readonly #barlines: Barline[] = [];
  #at: Fraction = ZERO;
  #end: Fraction = ZERO;
  /** Where the chord that notes may still join stands among the items, and those that have. */
  #open = -1;
  #joined: Note[] = [];

  constructor(t: Taking, index: number, state: PartState) {
    this.#t = t;
    this.#state = state;
    this.#number = t.attribute("number") ?? String(index + 1);
  }
  read(node: Carried): void {
    if (node.name === "note") this.#note(node);
    else if (node.name === "backup" || node.name === "forward") this.#move(node);
    else if (node.name === "attributes") this.#attributes(node);
    else if (node.name === "barline") this.#barlines.push(barlineOf(node, this.#at));
    else this.#items.push(this.#item(node));
  }
  done(): ReadBar {
    this.#close();
    const signs = {
      number: this.#number,
      uncounted: this.#t.attribute("implicit") === "yes" ? (true as const) : undefined,
      time: this.#time.length > 0 ? this.#time : undefined,
      barlines: this.#barlines.length > 0 ? this.#barlines : undefined,
      look: this.#t.rest().look,
    };
    return { items: this.#items, signs: defined(signs) as BarSigns, length: this.#end };
  }
  #close(): void {
    const chord = this.#items[this.#open] as Chord | undefined;
    if (chord && this.#joined.length > 0) this.#items[this.#open] = { ...chord, notes: [...chord.notes, ...this.#joined] };
    this.#joined = [];
  }
  #note(node: Carried): void {
    const first = this.#items[this.#open] as Chord | undefined;
    const { chord, added } = readNote(node, { at: this.#at, divisions: this.#state.divisions, measure: this.#number.slice(0, 20), first });
    if (added) this.#joined.push(added);
    if (!chord) return;
    this.#close();
    this.#open = this.#items.length;
    this.#items.push(chord);
    this.#at = plus(this.#at, chord.length);
    this.#end = later(this.#end, this.#at);
  }
  #move(node: Carried): void {
    const by = lengthOf(textAt(node, "duration"), this.#state.divisions) ?? ZERO;
    const to = node.name === "backup" ? minus(this.#at, by) : plus(this.#at, by);
    this.#at = compare(to, ZERO) < 0 ? ZERO : to;
    this.#end = later(this.#end, this.#at);
  }
  #item(node: Carried): Item {
    const { divisions } = this.#state;
    if (node.name === "direction") return directionOf(node, this.#at, divisions);
    if (node.name === "harmony") return harmonyOf(node, this.#at, divisions);
    if (node.name === "sound") return { kind: "sound", at: this.#at, signs: soundSignsOf(node) };
    const length = node.name === "figured-bass" ? lengthOf(textAt(node, "duration"), divisions) : undefined;
    if (!length) return { kind: "other", at: this.#at, node };
    return { kind: "other", at: this.#at, length, node: { ...node, children: (node.children ?? []).filter((child) => child.name !== "duration") } };
  }
  #attributes(node: Carried): void {
    const at = this.#at;
    for (const child of node.children ?? []) {
      if (child.name === "divisions") {
        const divisions = fractionOf(child.text ?? "");
        if (divisions && divisions[0] > 0) this.#state.divisions = divisions;
      } else if (child.name === "time") this.#time.push({ ...timeOf(child, this.#number.slice(0, 20)), ...(isZero(at) ? {} : { at }) });
      else this.#items.push(attributeOf(child, at));
    }
  }
}

function attributeOf(node: Carried, at: Fraction): Item {
  const t = new Taking(node);
  const placed = (): { at: Fraction; staff?: number } => ({ at, ...defined({ staff: t.number("number") }) });
  switch (node.name) {
    case "key": {
      const place = placed();
      const fifths = t.figure("fifths");
      const [steps, alters] = [t.all("key-step"), t.all("key-alter")];
      // each step may have its sign
      const children = node.children ?? [];
      const accidental = (step: Carried): string | undefined => {
        const next = children.slice(children.indexOf(step) + 1, children.indexOf(step) + 3).find((child) => child.name === "key-accidental");
        return next?.text?.trim();
      };
      t.all("key-accidental");
      const told = steps.map((step, k) => ({
        step: (step.text ?? "").trim(),
        alter: centsOf(numberOf(alters[k]?.text) ?? 0),
        ...defined({ accidental: accidental(step) }),
      }));
      return { kind: "key", ...place, ...defined({ fifths, mode: t.text("mode"), steps: told.length > 0 ? told : undefined }), ...t.rest() };
    }
    case "clef":
      return {
        kind: "clef",
        ...placed(),
        sign: t.text("sign") ?? "G",
        ...defined({ line: t.figure("line"), octaves: t.figure("clef-octave-change") }),
        ...t.rest(),
      };
    case "transpose":
      return {
        kind: "transpose",
        ...placed(),
        cents: centsOf(t.figure("chromatic") ?? 0),
        ...defined({ diatonic: t.figure("diatonic"), octaves: t.figure("octave-change") }),
        ...t.rest(),
      };
    case "staves":
      if (numberOf(node.text) !== undefined && !node.attributes) return { kind: "staff", at, staves: numberOf(node.text)! };
      break;
    case "staff-details": {
      const place = placed();
      const strings = t.all("staff-tuning").flatMap((tuning) => {
        const pitch = pitchOf(tuning, "tuning-");
        return pitch ? [{ ...(pitch as Pitch), line: numberOf(tuning.attributes?.["line"]) ?? 1 }] : [];
      });
      return {
        kind: "staff",
        ...place,
        ...defined({ lines: t.figure("staff-lines"), strings: strings.length > 0 ? strings : undefined, capo: t.figure("capo") }),
        ...t.rest(),
      };
    }
  }
  return { kind: "other", at, attribute: true, node };
}

function timeOf(node: Carried, measure: string): TimeSignature {
  const t = new Taking(node);
  const [beats, units] = [t.all("beats"), t.all("beat-type")];
  const meters = beats.map((one, k) => {
    const [told, unit] = [(one.text ?? "").trim(), (units[k]?.text ?? "").trim()];
    const found = metersOf(told, unit);
    if (!found) throw broken("meter", { measure, meter: `${told}/${unit}`.slice(0, 40) });
    return found;
  });
  const free = t.one("senza-misura");
  const staff = t.number("number");
  return { meters, ...defined({ symbol: t.attribute("symbol"), free: free && (free.text ?? ""), staff }), ...t.rest() };
}

function barlineOf(node: Carried, at: Fraction): Barline {
  const t = new Taking(node);
  const place = t.attribute("location") ?? "right";
  const repeatNode = t.one("repeat");
  const endingNode = t.one("ending");
  const repeat = repeatNode && new Taking(repeatNode);
  const ending = endingNode && new Taking(endingNode);
  const marks = (node.children ?? []).flatMap((child): Mark[] => {
    if (!["segno", "coda", "fermata", "wavy-line"].includes(child.name)) return [];
    t.one(child.name);
    return [markOf(child, "barline")];
  });
  const found = {
    place: place === "left" || place === "middle" ? place : ("right" as const),
    at: place === "middle" ? at : undefined,
    style: t.text("bar-style"),
    repeat: repeat && {
      direction: repeat.attribute("direction") === "forward" ? ("forward" as const) : ("backward" as const),
      ...defined({ times: repeat.number("times") }),
      ...repeat.rest(),
    },
    ending: ending && {
      numbers: ending.attribute("number") ?? "",
      phase: ending.attribute("type") ?? "start",
      ...defined({ text: endingNode?.text }),
      ...ending.rest(),
    },
    marks: marks.length > 0 ? marks : undefined,
  };
  const kept = t.rest();
  // how the line itself looks
  const style = t.looks["bar-style"];
  return { ...(defined(found) as Barline), ...kept, ...(style ? { look: { ...kept.look, ...style } } : {}) };
}

function directionOf(node: Carried, at: Fraction, divisions: Fraction): Direction {
  const t = new Taking(node);
  const sound = t.one("sound");
  const marks = t.all("direction-type").flatMap(directionMarks);
  return {
    kind: "direction",
    at,
    ...defined({ staff: t.figure("staff"), voice: t.text("voice") }),
    marks,
    ...defined({ place: t.attribute("placement"), offset: offsetOf(t.one("offset"), divisions), sound: sound && soundSignsOf(sound) }),
    ...t.rest(),
  };
}
function directionMarks(type: Carried): Mark[] {
  return (type.children ?? []).flatMap((node, n): Mark[] => {
    const joined = n > 0;
    if (node.name === "dynamics")
      return (node.children ?? []).map((child, k) => ({ ...markOf(child, "dynamic", { joined: joined || k > 0 }), ...groupLook(node) }));
    return node.name === "metronome" ? [metronomeOf(node, joined)] : [markOf(node, "direction", { joined })];
  });
}
function metronomeOf(node: Carried, joined: boolean): Mark {
  const t = new Taking(node);
  const beats: NoteValue[] = [];
  for (const child of node.children ?? []) {
    if (child.name === "beat-unit") beats.push({ type: (child.text ?? "").trim(), dots: 0 });
    const last = beats.at(-1);
    if (child.name === "beat-unit-dot" && last) beats[beats.length - 1] = { ...last, dots: last.dots + 1 };
  }
  const plain = (node.children ?? []).every((child) => ["beat-unit", "beat-unit-dot", "per-minute"].includes(child.name) && !child.attributes);
  const value = textAt(node, "per-minute");
  if (plain) for (const name of ["beat-unit", "beat-unit-dot", "per-minute"]) t.all(name);
  return { kind: "direction", name: "metronome", ...defined({ value, joined: joined ? (true as const) : undefined }), beats, ...t.rest() };
}
const JUMPS = ["coda", "segno", "dacapo", "dalsegno", "tocoda", "fine", "forward-repeat"] as const;
export function soundSignsOf(node: Carried): SoundSigns {
  const t = new Taking(node);
  const tempo = t.number("tempo");
  const dynamics = t.number("dynamics");
  const jumps = Object.fromEntries(
    JUMPS.flatMap((name) => {
      const told = t.attribute(name);
      return told === undefined ? [] : [[name, told]];
    }),
  );
  return { ...defined({ tempo, dynamics, jumps: Object.keys(jumps).length > 0 ? jumps : undefined }), ...t.rest() };
}
function offsetOf(node: Carried | undefined, divisions: Fraction): Offset | undefined {
  const by = node && lengthOf(node.text, divisions);
  return by && { by, ...defined({ sounds: node?.attributes?.["sound"] }) };
}

function harmonyOf(node: Carried, at: Fraction, divisions: Fraction): ChordSymbol {
  const t = new Taking(node);
  const groups: Carried[][] = [];
  for (const child of node.children ?? []) {
    if (!HARMONY.includes(child.name)) continue;
    t.one(child.name);
    if (groups.length === 0 || (STARTS.includes(child.name) && groups.at(-1)!.some((one) => one.name === "kind"))) groups.push([]);
    groups.at(-1)!.push(child);
  }
  const frame = t.one("frame");
  return {
    kind: "harmony",
    at,
    ...defined({ staff: t.figure("staff") }),
    chords: groups.map(symbolChord),
    ...defined({ frame, offset: offsetOf(t.one("offset"), divisions) }),
    ...t.rest(),
  };
}
const STARTS: readonly string[] = ["root", "numeral", "function"];
const HARMONY: readonly string[] = [...STARTS, "kind", "inversion", "bass", "degree"];

/** Whether an element or what lies in it has attributes: what then is read of it is not all of it. */
const isRich = (node: Carried): boolean => node.attributes !== undefined || (node.children ?? []).some(isRich);
function symbolChord(children: readonly Carried[]): SymbolChord {
  const t = new Taking({ name: "chord", children });
  const [root, bass] = [t.one("root"), t.one("bass")];
  const kind = t.one("kind");
  const degrees = t.all("degree");
  const { text, ...look } = kind?.attributes ?? {};
  const tone = (node: Carried | undefined, word: string): SymbolChord["root"] => {
    const step = textAt(node, `${word}-step`);
    return step === undefined ? undefined : { step, alter: centsOf(numberOf(textAt(node, `${word}-alter`)) ?? 0) };
  };
  const inversion = t.figure("inversion");
  const { carried = [] } = t.rest();
  const rich = [root, bass, ...degrees].filter((one) => one !== undefined && isRich(one)) as Carried[];
  const kept = [...carried, ...rich];
  const found = {
    root: tone(root, "root"),
    quality: (kind?.text ?? "").trim(),
    text,
    bass: tone(bass, "bass"),
    degrees:
      degrees.length > 0
        ? degrees.map((degree) => ({
            value: numberOf(textAt(degree, "degree-value")) ?? 0,
            alter: centsOf(numberOf(textAt(degree, "degree-alter")) ?? 0),
            kind: textAt(degree, "degree-type") ?? "add",
          }))
        : undefined,
    inversion,
    look: Object.keys(look).length > 0 ? look : undefined,
    carried: kept.length > 0 ? kept : undefined,
  };
  return defined(found) as SymbolChord;
}
/** The end of an empty bar: what its signature says. */
export const fullLength = (time: readonly TimeSignature[] | undefined): Fraction =>
  (time?.[0]?.meters ?? []).reduce<Fraction>(
    (sum, { groups, unit }) =>
      plus(
        sum,
        fraction(
          groups.reduce((a, b) => a + b, 0),
          unit,
        ),
      ),
    ZERO,
  );
