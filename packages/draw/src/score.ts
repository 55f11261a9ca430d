import { escapeXml } from "@kuishi/base";
import { type Heard, keyAlters, type Score } from "@kuishi/score";
import { instruments } from "@kuishi/tuning";
import { type DrawnBar, type DrawnChord, type DrawnNote, drawnBars, LETTERS, type StaffSigns, stringsOf } from "./score-bars.ts";

/** One line of music as a picture, and where its bars are in it. */
export interface ScoreSystem {
  readonly svg: string;
  readonly width: number;
  readonly bars: readonly { readonly index: number; readonly x: number; readonly width: number; readonly label: string }[];
}
export interface ScoreOptions {
  readonly width: number;
  /** Which part; the first. */
  readonly part?: number;
  readonly words: { bar(number: string): string };
  /** How sure notes are of their pitch and fret, 0..1, by their ids. */
  readonly sure?: ReadonlyMap<string, { readonly pitch: number; readonly fret: number }>;
}

/** Distances in the picture: half a staff space, the first staff from the top, staves apart, tablature lines, margins. */
const HALF_SPACE = 5;
const STAFF = 62;
const STAVES_APART = 96;
const TAB_GAP = 16;
const [LEFT, PAD, SIGN, CLEF] = [46, 18, 9, 18];

/** Furthest that an instrument is tuned off its customary pitch and still written there, cents. */
const CUSTOM = 350;

/**
 * By how much a tune is written off its sounding pitch, so that the player reads his own strings: the highest open string stands
 * where the instrument's custom has it (G of the dombra), else the tonic on the nearest of twelve. What is left beside the notes is
 * what lies beside them on the instrument, not the pitch of the day.
 */
export function writtenShift(heard: Heard): number {
  const open = heard.tuning.strings.at(-1)?.openCents;
  const custom = instruments.get(heard.instrument)?.tunings[0]?.open.at(-1);
  if (open !== undefined && custom !== undefined && Math.abs(custom - open) <= CUSTOM) return custom - open;
  return Math.round(heard.mode.tonicCents / 100) * 100 - heard.mode.tonicCents;
}

const r = (value: number): string => String(Math.round(value * 10) / 10);
const path = (d: string, more = ""): string => `<path d="${d}" ${more}/>`;
const text = (x: number, y: number, content: string, more = ""): string => `<text x="${r(x)}" y="${r(y)}" ${more}>${escapeXml(content)}</text>`;
const rule = (x1: number, y1: number, x2: number, y2: number, more = ""): string =>
  `<line x1="${r(x1)}" y1="${r(y1)}" x2="${r(x2)}" y2="${r(y2)}" stroke="currentColor" ${more}/>`;

/** Accidentals from a flat to a sharp in quarter tones, 0 a natural, drawn about (x, y); an arrow for cents beside them. */
function accidental(x: number, y: number, alter: number | undefined, beside: number): string {
  const line = (x1: number, y1: number, x2: number, y2: number, w = 1.1): string => rule(x + x1, y + y1, x + x2, y + y2, `stroke-width="${w}"`);
  const belly = (turn: 1 | -1): string =>
    path(
      `M${r(x - 2 * turn)} ${r(y - 12)}V${r(y + 5)}C${r(x + 5 * turn)} ${r(y + 1)} ${r(x + 5 * turn)} ${r(y - 5)} ${r(x - 2 * turn)} ${r(y - 1)}`,
      'fill="none" stroke="currentColor" stroke-width="1.2"',
    );
  const arrow = Math.abs(beside) >= 12 ? text(x, beside > 0 ? y - 13 : y + 19, beside > 0 ? "↑" : "↓", 'font-size="10" text-anchor="middle"') : "";
  const bars = line(-4, -1.5, 4, -4, 2.2) + line(-4, 4, 4, 1.5, 2.2);
  if (alter === undefined) return arrow;
  if (alter >= 100) return line(-1.6, -9, -1.6, 10) + line(1.8, -10, 1.8, 9) + bars + arrow;
  if (alter >= 50) return line(0, -9, 0, 9) + bars + arrow;
  if (alter <= -100) return belly(1) + arrow;
  if (alter <= -50) return belly(-1) + arrow;
  return line(-2.5, -10, -2.5, 4) + line(2.5, -4, 2.5, 10) + line(-2.5, -2.5, 2.5, -4.5, 2) + line(-2.5, 4.5, 2.5, 2.5, 2) + arrow;
}

/** How a system is laid out. */
interface Layout {
  readonly staves: number;
  readonly strings: number;
  readonly tabTop: number;
  readonly height: number;
  readonly sure: NonNullable<ScoreOptions["sure"]>;
}
const staffTop = (staff: number): number => STAFF + staff * STAVES_APART;
/** Where a step of a staff lies. */
const yOf = (staff: number, step: number): number => staffTop(staff) + 8 * HALF_SPACE - step * HALF_SPACE;

/** A part of a score as lines of staff, and of tablature where it tells of strings: frets, the hand's direction, bars in their groups, words and chords. */
export function scoreSystems(score: Score, options: ScoreOptions): ScoreSystem[] {
  const part = score.parts[options.part ?? 0];
  if (!part) return [];
  const bars = drawnBars(score, part);
  const strings = stringsOf(part);
  const staves = bars[0]?.staves.length ?? 1;
  const worded = bars.some((bar) => bar.chords.some((chord) => chord.words));
  const tabTop = staffTop(staves - 1) + 8 * HALF_SPACE + (worded ? 64 : 46);
  const layout: Layout = {
    staves,
    strings,
    tabTop,
    height: tabTop + Math.max(0, strings - 1) * TAB_GAP + (strings > 0 ? 34 : 0),
    sure: options.sure ?? new Map(),
  };
  const widths = bars.map((bar) =>
    Math.max(70, 34 + 27 * places(bar).length + 9 * bar.chords.filter((chord) => chord.notes.some((note) => note.accidental !== undefined)).length),
  );
  const systems: ScoreSystem[] = [];
  for (let from = 0; from < bars.length; ) {
    let to = from;
    let sum = leftOf(bars[from]!);
    while (to < bars.length && (to === from || sum + widths[to]! + PAD <= options.width)) sum += widths[to++]!;
    systems.push(system(bars, from, to, widths, layout, options));
    from = to;
  }
  return systems;
}
/** Places in a bar at which something begins. */
const places = (bar: DrawnBar): readonly number[] => [...new Set(bar.chords.map((chord) => chord.at + (chord.grace ? -1e-4 : 0)))].sort((a, b) => a - b);
const leftOf = (bar: DrawnBar): number => LEFT + SIGN * Math.max(0, ...bar.staves.map((staff) => Math.abs(staff.fifths)));

function system(bars: readonly DrawnBar[], from: number, to: number, widths: readonly number[], layout: Layout, options: ScoreOptions): ScoreSystem {
  const { strings, tabTop, height } = layout;
  const left = leftOf(bars[from]!);
  const natural = widths.slice(from, to).reduce((sum, width) => sum + width, 0);
  // a full line reaches the margin; the last one does not
  const stretch = to < bars.length ? (options.width - left - PAD) / natural : Math.min(1.25, (options.width - left - PAD) / natural);
  const end = left + natural * stretch;
  const parts: string[] = [];
  bars[from]!.staves.forEach((signs, staff) => {
    for (let i = 0; i < 5; i++) parts.push(rule(8, staffTop(staff) + i * 2 * HALF_SPACE, end, staffTop(staff) + i * 2 * HALF_SPACE, 'opacity=".6"'));
    parts.push(clef(14, staffTop(staff), signs.clef), keySigns(signs, staff));
  });
  for (let s = 0; s < strings; s++) parts.push(rule(8, tabTop + s * TAB_GAP, end, tabTop + s * TAB_GAP, 'opacity=".5"'));
  if (strings > 0) parts.push(text(14, tabTop + ((strings - 1) * TAB_GAP) / 2 + 4, "TAB", 'font-size="10" font-weight="600"'));
  const bottom = strings > 0 ? tabTop + (strings - 1) * TAB_GAP : staffTop(layout.staves - 1) + 8 * HALF_SPACE;
  let x = left;
  const found: ScoreSystem["bars"][number][] = [];
  let meter = from > 0 ? bars[from - 1]!.meter : "";
  for (let index = from; index < to; index++) {
    const bar = bars[index]!;
    const width = widths[index]! * stretch;
    parts.push(text(x + 2, STAFF - 34, bar.number, 'font-size="10" opacity=".7"'));
    if (bar.meter !== meter) parts.push(text(x + 20, STAFF - 34, bar.meter, 'font-size="12" font-weight="700"'));
    meter = bar.meter;
    const turned =
      index > from
        ? bar.staves.flatMap((signs, staff) => (sameClef(signs, bars[index - 1]!.staves[staff]) ? [] : [clef(x + 3, staffTop(staff), signs.clef)]))
        : [];
    parts.push(...turned);
    const room = turned.length > 0 ? CLEF : 0;
    parts.push(drawBar(bar, x + 16 + room, width - 22 - room, layout));
    if (bar.repeats.start) parts.push(repeat(x + 4, bottom, 1));
    if (bar.repeats.ending)
      parts.push(text(x + 60, STAFF - 34, `${bar.repeats.ending}.`, 'font-size="11"') + rule(x + 56, STAFF - 46, x + width - 4, STAFF - 46));
    x += width;
    parts.push(rule(x, STAFF, x, bottom, 'stroke-width="1.2"'));
    if (bar.repeats.end) parts.push(repeat(x - 4, bottom, -1));
    found.push({ index, x: x - width, width, label: `${options.words.bar(bar.number)}, ${bar.meter}: ${spoken(bar)}` });
  }
  const svg = `<svg viewBox="0 0 ${r(Math.max(options.width, end + 4))} ${height}" aria-hidden="true" fill="currentColor" font-family="system-ui, sans-serif">${parts.join("")}</svg>`;
  return { svg, width: Math.max(options.width, end + 4), bars: found };
}
const sameClef = (a: StaffSigns, b: StaffSigns | undefined): boolean =>
  a.clef.sign === b?.clef.sign && a.clef.line === b.clef.line && a.clef.octaves === b.clef.octaves;
const repeat = (x: number, bottom: number, side: 1 | -1): string =>
  rule(x - side * 3, STAFF, x - side * 3, bottom, 'stroke-width="3"') +
  [3, 5].map((step) => `<circle cx="${r(x + side * 5)}" cy="${r(yOf(0, step))}" r="1.8"/>`).join("");
const spoken = (bar: DrawnBar): string =>
  bar.chords
    .filter((chord) => chord.notes.length > 0)
    .map(
      (chord) =>
        `${chord.stroke === "down" ? "↓" : chord.stroke === "up" ? "↑" : ""}${chord.notes.map((note) => (note.string === undefined ? LETTERS[(((note.step + LINE_E) % 7) + 7) % 7] : `${note.string}:${note.fret ?? "?"}`)).join("+")}`,
    )
    .join(" ");
const LINE_E = 2;

/** Steps above the lowest line of a treble staff on which signs of the signature stand. */
const SHARPS: readonly (readonly [letter: string, step: number])[] = [
  ["F", 8],
  ["C", 5],
  ["G", 9],
  ["D", 6],
  ["A", 3],
  ["E", 7],
  ["B", 4],
];
const FLATS: readonly (readonly [letter: string, step: number])[] = [
  ["B", 4],
  ["E", 7],
  ["A", 3],
  ["D", 6],
  ["G", 2],
  ["C", 5],
  ["F", 1],
];
function keySigns({ fifths, clef: { sign } }: StaffSigns, staff: number): string {
  const down = sign === "F" ? 2 : sign === "C" ? 1 : 0;
  const alters = keyAlters(fifths);
  return (fifths > 0 ? SHARPS : FLATS)
    .slice(0, Math.abs(fifths))
    .map(([letter, step], k) => accidental(LEFT + SIGN * k, yOf(staff, step - down), alters[letter as "C"], 0))
    .join("");
}
/** A clef, with its small eight where what is written sounds an octave lower. */
function clef(x: number, top: number, { sign, octaves }: StaffSigns["clef"]): string {
  const eight = octaves === -1 ? text(x + 6, top + 6 * HALF_SPACE + 34, "8", 'font-size="9" font-style="italic"') : "";
  const stroke = 'fill="none" stroke="currentColor" stroke-width="1.7"';
  if (sign === "F") {
    const y = top + 2 * HALF_SPACE;
    const dots = [-4, 4].map((by) => `<circle cx="${x + 18}" cy="${y + by}" r="1.6"/>`).join("");
    return `${path(`M${x + 1} ${y}C${x + 2} ${y - 12} ${x + 15} ${y - 12} ${x + 14} ${y + 2}C${x + 13} ${y + 14} ${x + 6} ${y + 20} ${x} ${y + 23}`, stroke)}<circle cx="${x + 3}" cy="${y + 1}" r="2.6"/>${dots}${eight}`;
  }
  if (sign === "C")
    return `${rule(x + 1, top, x + 1, top + 8 * HALF_SPACE, 'stroke-width="3"') + rule(x + 5, top, x + 5, top + 8 * HALF_SPACE) + path(`M${x + 7} ${top + 20}c6 -4 9 -16 3 -18c-3 0 -4 3 -2 5M${x + 7} ${top + 20}c6 4 9 16 3 18c-3 0 -4 -3 -2 -5`, stroke)}${eight}`;
  if (sign === "percussion") return rule(x + 4, top + 10, x + 4, top + 30, 'stroke-width="4"') + rule(x + 11, top + 10, x + 11, top + 30, 'stroke-width="4"');
  const y = top + 6 * HALF_SPACE;
  const treble = path(
    `M${x + 9} ${y + 18}C${x + 3} ${y + 24} ${x} ${y + 17} ${x + 5} ${y + 16}M${x + 9} ${y + 18}C${x + 12} ${y + 4} ${x + 4} ${y - 24} ${x + 11} ${y - 40}C${x + 18} ${y - 30} ${x + 1} ${y - 16} ${x + 1} ${y - 4}C${x + 1} ${y + 8} ${x + 19} ${y + 8} ${x + 18} ${y - 3}C${x + 17} ${y - 12} ${x + 5} ${y - 10} ${x + 7} ${y - 1}C${x + 8} ${y + 2} ${x + 10} ${y + 3} ${x + 11} ${y + 2}`,
    stroke,
  );
  return treble + eight;
}

interface Placed {
  readonly chord: DrawnChord;
  readonly x: number;
  readonly value: DrawnChord["value"];
  readonly steps: readonly number[];
  readonly group: number;
}
function drawBar(bar: DrawnBar, x: number, width: number, layout: Layout): string {
  const spots = places(bar);
  // half by time, half by count: dense places are spread without losing where they are
  const xOf = (chord: DrawnChord): number => {
    const at = chord.at + (chord.grace ? -1e-4 : 0);
    return x + width * ((0.5 * Math.max(0, at)) / Math.max(bar.length, 1e-6) + (0.5 * spots.indexOf(at)) / Math.max(1, spots.length)) + 6;
  };
  const placed = bar.chords.map((chord): Placed => {
    const steps = chord.notes.map((note) => note.step);
    return { chord, x: xOf(chord), value: chord.value, steps, group: bar.groups.findIndex((edge) => chord.at < edge - 1e-9) };
  });
  const out: string[] = [];
  for (const one of placed) out.push(one.chord.rest ? rest(one.x, staffTop(one.chord.staff), one.value) : drawChord(one, layout));
  const voices = Map.groupBy(
    placed.filter((one) => !one.chord.rest && !one.chord.grace),
    ({ chord }) => `${chord.staff} ${chord.voice}`,
  );
  for (const [name, own] of voices) {
    const [staff, voice] = name.split(" ") as [string, string];
    const several = [...voices.keys()].filter((other) => other.startsWith(`${staff} `)).length > 1;
    out.push(stems(own, (step) => yOf(Number(staff), step), several ? voice === "1" : undefined));
  }
  return out.join("");
}
function drawChord(one: Placed, { strings, tabTop, height, sure }: Layout): string {
  const { chord } = one;
  const y = (step: number): number => yOf(chord.staff, step);
  const out = chord.notes.map((note) => head(note, one, y, sure.get(note.id ?? "")?.pitch ?? 1));
  const [low, high] = [Math.min(...one.steps), Math.max(...one.steps)];
  for (let step = -2; step >= Math.max(-40, low); step -= 2) out.push(rule(one.x - 8, y(step), one.x + 8, y(step), 'opacity=".7"'));
  for (let step = 10; step <= Math.min(50, high); step += 2) out.push(rule(one.x - 8, y(step), one.x + 8, y(step), 'opacity=".7"'));
  for (const note of chord.notes) {
    if (note.string === undefined || note.fret === undefined || note.string > strings) continue;
    const ty = tabTop + (note.string - 1) * TAB_GAP;
    out.push(`<rect class="behind" x="${r(one.x - 6)}" y="${r(ty - 6)}" width="12" height="12"/>`);
    out.push(
      text(
        one.x,
        ty + 4,
        note.fret,
        `font-size="${chord.grace ? 9 : 12}" text-anchor="middle" opacity="${r(0.45 + 0.55 * (sure.get(note.id ?? "")?.fret ?? 1))}"`,
      ),
    );
  }
  if (chord.stroke && strings > 0) out.push(text(one.x, height - 8, chord.stroke === "down" ? "↓" : "↑", 'font-size="13" text-anchor="middle"'));
  if (chord.symbol) out.push(text(one.x - 4, staffTop(chord.staff) - 20, chord.symbol, 'font-size="12" font-weight="600"'));
  if (chord.words) out.push(text(one.x, staffTop(chord.staff) + 8 * HALF_SPACE + 34, chord.words, 'font-size="11" text-anchor="middle"'));
  if (chord.tuplet) out.push(text(one.x + 8, Math.min(staffTop(chord.staff) - 8, y(high) - 36), chord.tuplet, 'font-size="10" font-style="italic"'));
  return out.join("");
}
function head(note: DrawnNote, one: Placed, y: (step: number) => number, sure: number): string {
  const { step } = note;
  const [w, h] = one.chord.grace ? [3.8, 2.9] : [5.6, 4.2];
  const shape = note.cross
    ? text(one.x, y(step) + 4, "×", 'text-anchor="middle"')
    : `<ellipse cx="${r(one.x)}" cy="${r(y(step))}" rx="${w}" ry="${h}" transform="rotate(-18 ${r(one.x)} ${r(y(step))})" ${one.value.open ? 'fill="none" stroke="currentColor" stroke-width="1.6"' : ""} opacity="${r(0.4 + 0.6 * sure)}"/>`;
  const dot = Array.from(
    { length: one.value.dots },
    (_, k) => `<circle cx="${r(one.x + 10 + 4 * k)}" cy="${r(y(step) - (step % 2 === 0 ? 3 : 0))}" r="1.5"/>`,
  ).join("");
  const tie = note.tied ? path(`M${r(one.x - 22)} ${r(y(step) + 7)}q9 6 18 0`, 'fill="none" stroke="currentColor" stroke-width="1.3"') : "";
  return shape + dot + tie + accidental(one.x - 13, y(step), note.accidental, note.beside);
}
/** Stems, and beams inside each group, so that the groups are seen. */
function stems(placed: readonly Placed[], y: (step: number) => number, upward: boolean | undefined): string {
  const out: string[] = [];
  for (let i = 0; i < placed.length; ) {
    let to = i + 1;
    const first = placed[i]!;
    if (first.value.flags > 0) while (to < placed.length && placed[to]!.group === first.group && placed[to]!.value.flags > 0) to++;
    const run = placed.slice(i, to);
    i = to;
    const middle = run.flatMap((one) => one.steps).reduce((sum, step, _, all) => sum + step / all.length, 0);
    const up = upward ?? middle < 4;
    const edge = up ? Math.min(...run.map((one) => y(Math.max(...one.steps)))) - 30 : Math.max(...run.map((one) => y(Math.min(...one.steps)))) + 30;
    for (const one of run) {
      if (!one.value.stem) continue;
      const sx = one.x + (up ? 5.2 : -5.2);
      out.push(rule(sx, y(up ? Math.min(...one.steps) : Math.max(...one.steps)), sx, edge, 'stroke-width="1.2"'));
      if (run.length > 1 || one.value.flags === 0) continue;
      for (let f = 0; f < one.value.flags; f++)
        out.push(
          path(`M${r(sx)} ${r(edge + (up ? 1 : -1) * f * 7)}q2 ${up ? 8 : -8} 8 ${up ? 12 : -12}`, 'fill="none" stroke="currentColor" stroke-width="1.8"'),
        );
    }
    if (run.length < 2) continue;
    const at = (one: Placed): number => one.x + (up ? 5.2 : -5.2);
    for (let f = 0; f < 3; f++) {
      const by = edge + (up ? 1 : -1) * f * 6;
      run.forEach((one, k) => {
        if (one.value.flags <= f) return;
        const next = run[k + 1];
        if (next && next.value.flags > f) out.push(rule(at(one), by, at(next), by, 'stroke-width="3.6"'));
        else if (!(run[k - 1] && run[k - 1]!.value.flags > f)) out.push(rule(at(one), by, at(one) + (k > 0 ? -8 : 8), by, 'stroke-width="3.6"'));
      });
    }
  }
  return out.join("");
}
/** Rests by their value. */
function rest(x: number, top: number, { open, stem, flags }: DrawnChord["value"]): string {
  const line = top + 2 * HALF_SPACE;
  if (open) return `<rect x="${r(x - 6)}" y="${r(stem ? top + 4 * HALF_SPACE - 5 : line)}" width="12" height="5"/>`;
  if (flags === 0) return path(`M${r(x - 4)} ${top + HALF_SPACE}l6 8c-4 5 -3 7 3 12c-6 -2 -9 1 -5 7`, 'fill="none" stroke="currentColor" stroke-width="2"');
  const dots = Array.from(
    { length: Math.min(4, flags) },
    (_, k) => `<circle cx="${r(x - 3 - 2 * k)}" cy="${r(line + 3 + 8 * k)}" r="2"/>${rule(x - 3 - 2 * k, line + 5 + 8 * k, x + 4 - 2 * k, line + 3 + 8 * k)}`,
  );
  return dots.join("") + rule(x + 4, line + 2, x - 2, line + 12 + 8 * Math.min(4, flags), 'stroke-width="1.3"');
}
