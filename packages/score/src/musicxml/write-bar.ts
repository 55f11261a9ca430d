import { compare, type Fraction, isZero, minus, plus, ZERO } from "../fraction.ts";
import type { Barline, BarSigns, Carried, ChordSymbol, Direction, Item, Mark, Offset, SoundSigns, SymbolChord, TimeSignature } from "../score.ts";
import { element } from "../xml.ts";
import { ordered } from "./order.ts";
import { alterText, dynamicsNode, markNode, noteNodes, pitchNode, runOf, unitsOf } from "./write-note.ts";

/** Things that stand together in an `attributes` element. */
const isAttribute = (item: Item): boolean =>
  item.kind === "key" || item.kind === "clef" || item.kind === "transpose" || item.kind === "staff" || (item.kind === "other" && item.attribute === true);

/** What a measure is written from. */
interface WrittenBar {
  readonly items: readonly Item[];
  readonly signs: BarSigns;
  readonly divisions: number;
  /** Whether the divisions are told here. */
  readonly first: boolean;
  /** Where it ends, where nothing in it reaches so far. */
  readonly end: Fraction | undefined;
}

/** A measure element. */
export function barNode({ items, signs, divisions, first, end }: WrittenBar): Carried {
  const out: Carried[] = [];
  let at: Fraction = ZERO;
  let open: Carried[] = [];
  const close = (): void => {
    if (open.length > 0) out.push(element("attributes", undefined, ordered("attributes", open)));
    open = [];
  };
  const move = (to: Fraction): void => {
    const by = compare(to, at);
    if (by === 0) return;
    close();
    const length = by > 0 ? minus(to, at) : minus(at, to);
    out.push(element(by > 0 ? "forward" : "backup", undefined, [element("duration", undefined, unitsOf(length, divisions))]));
    at = to;
  };
  const lines = signs.barlines ?? [];
  out.push(...lines.filter((line) => line.place === "left").map(barlineNode));
  if (first) open.push(element("divisions", undefined, divisions));
  open.push(...(signs.time ?? []).filter((time) => !time.at).map(timeNode));
  const later = [
    ...lines.flatMap((line) => (line.place === "middle" ? [{ at: line.at ?? ZERO, node: barlineNode(line), time: false }] : [])),
    ...(signs.time ?? []).flatMap((time) => (time.at ? [{ at: time.at, node: timeNode(time), time: true }] : [])),
  ].sort((a, b) => compare(a.at, b.at));
  const due = (to: Fraction): void => {
    while (later[0] && compare(later[0].at, to) <= 0) {
      const one = later.shift()!;
      move(one.at);
      if (one.time) open.push(one.node);
      else {
        close();
        out.push(one.node);
      }
    }
  };
  for (const item of items) {
    if (compare(item.at, at) >= 0) due(item.at);
    move(item.at);
    if (isAttribute(item)) {
      open.push(attributeNode(item));
      continue;
    }
    close();
    out.push(...itemNodes(item, divisions));
    if (item.kind === "chord") at = plus(at, item.length);
  }
  close();
  if (end) due(end);
  due([4096, 1]);
  if (end && compare(end, at) > 0) move(end);
  close();
  out.push(...lines.filter((line) => line.place === "right").map(barlineNode));
  return element("measure", { number: signs.number, implicit: signs.uncounted ? "yes" : undefined, ...signs.look }, out);
}

function itemNodes(item: Item, divisions: number): Carried[] {
  switch (item.kind) {
    case "chord":
      return noteNodes(item, divisions);
    case "direction":
      return [directionNode(item, divisions)];
    case "harmony":
      return [harmonyNode(item, divisions)];
    case "sound":
      return [soundNode(item.signs)];
    case "other":
      if (!item.length) return [item.node];
      return [
        { ...item.node, children: ordered("figured-bass", [...(item.node.children ?? []), element("duration", undefined, unitsOf(item.length, divisions))]) },
      ];
    default:
      return [];
  }
}

function attributeNode(item: Item): Carried {
  const own = (name: "key" | "clef" | "staff-details" | "transpose", children: readonly (Carried | undefined)[]): Carried =>
    element(name, { number: item.staff, ...item.look }, ordered(name, [...children, ...(item.carried ?? [])]));
  const figure = (name: string, value: number | string | undefined): Carried | undefined => (value === undefined ? undefined : element(name, undefined, value));
  switch (item.kind) {
    case "key":
      return own("key", [
        figure("fifths", item.fifths),
        figure("mode", item.mode),
        ...(item.steps ?? []).flatMap((step) => [
          figure("key-step", step.step),
          figure("key-alter", alterText(step.alter)),
          figure("key-accidental", step.accidental),
        ]),
      ]);
    case "clef":
      return own("clef", [figure("sign", item.sign), figure("line", item.line), figure("clef-octave-change", item.octaves)]);
    case "transpose":
      return own("transpose", [figure("diatonic", item.diatonic), figure("chromatic", alterText(item.cents)), figure("octave-change", item.octaves)]);
    case "staff":
      if (item.staves !== undefined) return element("staves", undefined, item.staves);
      return own("staff-details", [
        figure("staff-lines", item.lines),
        ...(item.strings ?? []).map((string) => pitchNode("staff-tuning", "tuning-", string, { line: string.line })),
        figure("capo", item.capo),
      ]);
    case "other":
      return item.node;
    default:
      throw new RangeError(`${item.kind} is no attribute`);
  }
}

const timeNode = (time: TimeSignature): Carried =>
  element(
    "time",
    { number: time.staff, symbol: time.symbol, ...time.look },
    ordered("time", [
      ...time.meters.flatMap((meter) => [element("beats", undefined, meter.told ?? meter.groups.join("+")), element("beat-type", undefined, meter.unit)]),
      time.free === undefined ? undefined : element("senza-misura", undefined, time.free || undefined),
      ...(time.carried ?? []),
    ]),
  );

function barlineNode(line: Barline): Carried {
  const { style, repeat, ending } = line;
  // what the line looks like stands at its style, where there is one
  const { color, ...look } = line.look ?? {};
  return element(
    "barline",
    { location: line.place, ...(style === undefined ? line.look : look) },
    ordered("barline", [
      style === undefined ? undefined : element("bar-style", { color }, style),
      ...(line.marks ?? []).map(markNode),
      ending && element("ending", { number: ending.numbers, type: ending.phase, ...ending.look }, ending.text),
      repeat && element("repeat", { direction: repeat.direction, times: repeat.times, ...repeat.look }),
      ...(line.carried ?? []),
    ]),
  );
}

function directionNode(item: Direction, divisions: number): Carried {
  const types: Carried[] = [];
  for (const mark of item.marks) {
    if (mark.joined && mark.kind !== "dynamic" && types.length > 0) {
      const last = types.at(-1)!;
      types[types.length - 1] = { ...last, children: [...(last.children ?? []), directionMark(mark)] };
    } else if (mark.kind === "dynamic") {
      if (!mark.joined) types.push(element("direction-type", undefined, [dynamicsNode(runOf(item.marks, mark))]));
    } else types.push(element("direction-type", undefined, [directionMark(mark)]));
  }
  return element(
    "direction",
    { placement: item.place, ...item.look },
    ordered("direction", [
      ...types,
      offsetNode(item.offset, divisions),
      item.voice === undefined ? undefined : element("voice", undefined, item.voice),
      item.staff === undefined ? undefined : element("staff", undefined, item.staff),
      item.sound && soundNode(item.sound),
      ...(item.carried ?? []),
    ]),
  );
}
function directionMark(mark: Mark): Carried {
  // one that tells more than a note value and a number is carried whole
  if (mark.name !== "metronome" || mark.carried) return markNode(mark);
  return element("metronome", mark.look, [
    ...(mark.beats ?? []).flatMap((beat) => [
      element("beat-unit", undefined, beat.type ?? "quarter"),
      ...Array.from({ length: beat.dots }, () => element("beat-unit-dot", undefined)),
    ]),
    mark.value === undefined ? undefined : element("per-minute", undefined, mark.value),
  ]);
}
const offsetNode = (offset: Offset | undefined, divisions: number): Carried | undefined =>
  offset && (isZero(offset.by) ? element("offset", { sound: offset.sounds }, "0") : element("offset", { sound: offset.sounds }, unitsOf(offset.by, divisions)));
const soundNode = (signs: SoundSigns): Carried =>
  element("sound", { tempo: signs.tempo, dynamics: signs.dynamics, ...signs.jumps, ...signs.look }, signs.carried);

function harmonyNode(item: ChordSymbol, divisions: number): Carried {
  return element("harmony", item.look, [
    ...item.chords.flatMap(symbolNodes),
    item.frame,
    offsetNode(item.offset, divisions),
    ...(item.carried ?? []),
    item.staff === undefined ? undefined : element("staff", undefined, item.staff),
  ]);
}
function symbolNodes(chord: SymbolChord): (Carried | undefined)[] {
  const kept = (name: string): Carried | undefined => chord.carried?.find((one) => one.name === name);
  const tone = (name: "root" | "bass", of: SymbolChord["root"]): Carried | undefined =>
    kept(name) ??
    (of &&
      element(name, undefined, [
        element(`${name}-step`, undefined, of.step),
        of.alter === 0 ? undefined : element(`${name}-alter`, undefined, alterText(of.alter)),
      ]));
  const degrees = kept("degree")
    ? (chord.carried?.filter((one) => one.name === "degree") ?? [])
    : (chord.degrees ?? []).map((degree) =>
        element("degree", undefined, [
          element("degree-value", undefined, degree.value),
          element("degree-alter", undefined, alterText(degree.alter)),
          element("degree-type", undefined, degree.kind),
        ]),
      );
  return [
    tone("root", chord.root),
    ...(chord.carried?.filter((one) => !["root", "bass", "degree"].includes(one.name)) ?? []),
    chord.quality === "" && !chord.look ? undefined : element("kind", { text: chord.text, ...chord.look }, chord.quality),
    chord.inversion === undefined ? undefined : element("inversion", undefined, chord.inversion),
    tone("bass", chord.bass),
    ...degrees,
  ];
}
