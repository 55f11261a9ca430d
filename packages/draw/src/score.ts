import { TICKS_PER_QUARTER } from "@kuishi/base";
import { type Heard, type HeardNote, pulseTicks, type Transcript, type WrittenBar, type WrittenChord } from "@kuishi/score";
import { instruments } from "@kuishi/tuning";
import { escapeXml } from "./svg.ts";

/** One line of music as a picture, and where its bars are in it. */
export interface ScoreSystem {
  readonly svg: string;
  readonly width: number;
  readonly bars: readonly { readonly index: number; readonly x: number; readonly width: number; readonly label: string }[];
}
export interface ScoreOptions {
  readonly width: number;
  /** Cents added to every pitch before it is written: see `writtenShift`. */
  readonly shift: number;
  readonly words: { bar(number: number): string };
}

/** Distances in the picture: half a staff space, staff and tablature from the top, tablature lines, margins. */
const HALF = 5;
const STAFF = 62;
const TAB_GAP = 16;
const [LEFT, PAD] = [46, 18];
/** Letters of the twelve notes as they are mostly spelt: step from C, and the accidental's cents. */
const SPELT: readonly (readonly [number, number])[] = [
  [0, 0],
  [0, 100],
  [1, 0],
  [2, -100],
  [2, 0],
  [3, 0],
  [3, 100],
  [4, 0],
  [5, -100],
  [5, 0],
  [6, -100],
  [6, 0],
];

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

/** Where a pitch stands on the staff: steps above the lowest line, accidental in quarter tones, and what is left in cents. */
export function staffPlace(cents: number): { readonly step: number; readonly alter: number; readonly rest: number } {
  const quarter = Math.round(cents / 50) * 50;
  const lower = Math.floor(quarter / 100);
  const [letter, accidental] = SPELT[((lower % 12) + 12) % 12] as readonly [number, number];
  const octave = Math.floor(lower / 12);
  // octave 5 begins at middle C; what is written stands an octave above its sound, E4 on the lowest line
  const step = octave * 7 + letter + 7 - (5 * 7 + 2);
  return { step, alter: accidental + quarter - lower * 100, rest: cents - quarter };
}

/** Values of notes in ticks, longest first, with how many flags and dots they have and whether their head is open. */
const VALUES = [4, 3, 2, 1.5, 1, 0.75, 0.5, 0.375, 0.25, 0.125].map((quarters) => ({
  ticks: quarters * TICKS_PER_QUARTER,
  dots: [3, 1.5, 0.75, 0.375].includes(quarters) ? 1 : 0,
  open: quarters >= 2,
  stem: quarters < 4,
  flags: quarters >= 1 ? 0 : quarters >= 0.5 ? 1 : quarters >= 0.25 ? 2 : 3,
}));
const noteValue = (ticks: number): (typeof VALUES)[number] => VALUES.find((value) => value.ticks <= ticks + 1) ?? (VALUES.at(-1) as (typeof VALUES)[number]);

const r = (value: number): string => String(Math.round(value * 10) / 10);
const path = (d: string, more = ""): string => `<path d="${d}" ${more}/>`;
const text = (x: number, y: number, content: string, more = ""): string => `<text x="${r(x)}" y="${r(y)}" ${more}>${escapeXml(content)}</text>`;
const rule = (x1: number, y1: number, x2: number, y2: number, more = ""): string =>
  `<line x1="${r(x1)}" y1="${r(y1)}" x2="${r(x2)}" y2="${r(y2)}" stroke="currentColor" ${more}/>`;

/** Accidentals from a flat to a sharp in quarter tones, drawn about (x, y). */
function accidental(x: number, y: number, alter: number, beside: number): string {
  const line = (x1: number, y1: number, x2: number, y2: number, w = 1.1): string => rule(x + x1, y + y1, x + x2, y + y2, `stroke-width="${w}"`);
  const belly = (turn: 1 | -1): string =>
    path(
      `M${r(x - 2 * turn)} ${r(y - 12)}V${r(y + 5)}C${r(x + 5 * turn)} ${r(y + 1)} ${r(x + 5 * turn)} ${r(y - 5)} ${r(x - 2 * turn)} ${r(y - 1)}`,
      'fill="none" stroke="currentColor" stroke-width="1.2"',
    );
  const arrow = Math.abs(beside) >= 12 ? text(x, beside > 0 ? y - 13 : y + 19, beside > 0 ? "↑" : "↓", 'font-size="10" text-anchor="middle"') : "";
  const bars = line(-4, -1.5, 4, -4, 2.2) + line(-4, 4, 4, 1.5, 2.2);
  if (alter >= 100) return line(-1.6, -9, -1.6, 10) + line(1.8, -10, 1.8, 9) + bars + arrow;
  if (alter >= 50) return line(0, -9, 0, 9) + bars + arrow;
  if (alter <= -100) return belly(1) + arrow;
  if (alter <= -50) return belly(-1) + arrow;
  return arrow;
}

/** A tune as lines of staff and tablature: strings, frets, the hand's direction, bars in their groups. */
export function scoreSystems(sounding: Transcript, heard: Heard, options: ScoreOptions): ScoreSystem[] {
  const transcript: Transcript = {
    ...sounding,
    bars: sounding.bars.map((bar) => ({
      ...bar,
      chords: bar.chords.map((chord) => ({
        ...chord,
        notes: chord.notes.map((note) => ({ ...note, cents: note.cents === null ? null : note.cents + options.shift })),
      })),
    })),
  };
  const widths = transcript.bars.map((bar) => Math.max(70, 34 + 27 * bar.chords.length + 9 * accidentals(bar)));
  const systems: ScoreSystem[] = [];
  for (let from = 0; from < transcript.bars.length; ) {
    let to = from;
    let sum = LEFT;
    while (to < transcript.bars.length && (to === from || sum + (widths[to] as number) + PAD <= options.width)) sum += widths[to++] as number;
    systems.push(system(transcript, heard, from, to, widths, options));
    from = to;
  }
  return systems;
}
const accidentals = (bar: WrittenBar): number => bar.chords.filter((chord) => chord.notes.some((note) => staffPlace(note.cents ?? 0).alter !== 0)).length;

function system(transcript: Transcript, heard: Heard, from: number, to: number, widths: readonly number[], options: ScoreOptions): ScoreSystem {
  const strings = heard.tuning.strings.length;
  const tabTop = STAFF + 8 * HALF + 46;
  const height = tabTop + Math.max(0, strings - 1) * TAB_GAP + 34;
  const natural = widths.slice(from, to).reduce((sum, width) => sum + width, 0);
  // a full line reaches the margin; the last one does not
  const stretch = to < transcript.bars.length ? (options.width - LEFT - PAD) / natural : Math.min(1.25, (options.width - LEFT - PAD) / natural);
  const end = LEFT + natural * stretch;
  const parts: string[] = [];
  for (let i = 0; i < 5; i++) parts.push(rule(8, STAFF + i * 2 * HALF, end, STAFF + i * 2 * HALF, 'opacity=".6"'));
  for (let s = 0; s < strings; s++) parts.push(rule(8, tabTop + s * TAB_GAP, end, tabTop + s * TAB_GAP, 'opacity=".5"'));
  parts.push(clef(14, STAFF));
  if (strings > 0) parts.push(text(14, tabTop + ((strings - 1) * TAB_GAP) / 2 + 4, "TAB", 'font-size="10" font-weight="600"'));
  let x = LEFT;
  const bars: ScoreSystem["bars"][number][] = [];
  let meter = from > 0 ? meterText(transcript.bars[from - 1] as WrittenBar) : "";
  for (let index = from; index < to; index++) {
    const bar = transcript.bars[index] as WrittenBar;
    const width = (widths[index] as number) * stretch;
    parts.push(text(x + 2, STAFF - 34, String(bar.number), 'font-size="10" opacity=".7"'));
    if (meterText(bar) !== meter) parts.push(text(x + 20, STAFF - 34, meterText(bar), 'font-size="12" font-weight="700"'));
    meter = meterText(bar);
    parts.push(drawBar(bar, x + 16, width - 22, tabTop, strings, height));
    x += width;
    parts.push(rule(x, STAFF, x, strings > 0 ? tabTop + (strings - 1) * TAB_GAP : STAFF + 8 * HALF, 'stroke-width="1.2"'));
    bars.push({ index, x: x - width, width, label: `${options.words.bar(bar.number)}, ${meterText(bar)}: ${spoken(bar)}` });
  }
  const svg = `<svg viewBox="0 0 ${r(Math.max(options.width, end + 4))} ${height}" aria-hidden="true" fill="currentColor" font-family="system-ui, sans-serif">${parts.join("")}</svg>`;
  return { svg, width: Math.max(options.width, end + 4), bars };
}
const meterText = (bar: WrittenBar): string => `${bar.meter.groups.join("+")}/${bar.meter.unit}`;
const spoken = (bar: WrittenBar): string =>
  bar.chords
    .map(
      (chord) =>
        `${chord.direction === "down" ? "↓" : chord.direction === "up" ? "↑" : ""}${chord.notes.map((note) => (note.string === null ? Math.round(note.cents ?? 0) : `${note.string + 1}:${note.fret ?? "?"}`)).join("+")}`,
    )
    .join(" ");

/** A treble clef with its small eight: what is written sounds an octave lower. */
function clef(x: number, top: number): string {
  const y = top + 6 * HALF;
  return (
    path(
      `M${x + 9} ${y + 18}C${x + 3} ${y + 24} ${x} ${y + 17} ${x + 5} ${y + 16}M${x + 9} ${y + 18}C${x + 12} ${y + 4} ${x + 4} ${y - 24} ${x + 11} ${y - 40}C${x + 18} ${y - 30} ${x + 1} ${y - 16} ${x + 1} ${y - 4}C${x + 1} ${y + 8} ${x + 19} ${y + 8} ${x + 18} ${y - 3}C${x + 17} ${y - 12} ${x + 5} ${y - 10} ${x + 7} ${y - 1}C${x + 8} ${y + 2} ${x + 10} ${y + 3} ${x + 11} ${y + 2}`,
      'fill="none" stroke="currentColor" stroke-width="1.7"',
    ) + text(x + 6, y + 34, "8", 'font-size="9" font-style="italic"')
  );
}

interface Placed {
  readonly chord: WrittenChord;
  readonly x: number;
  readonly value: (typeof VALUES)[number];
  readonly steps: readonly number[];
  readonly group: number;
}
function drawBar(bar: WrittenBar, x: number, width: number, tabTop: number, strings: number, height: number): string {
  const total = bar.meter.groups.reduce((sum, group) => sum + group, 0) * pulseTicks(bar.meter);
  const groupOf = (ticks: number): number => {
    let edge = 0;
    return bar.meter.groups.findIndex((group) => {
      edge += group * pulseTicks(bar.meter);
      return ticks < edge;
    });
  };
  // half by time, half by count: dense places are spread without losing where they are
  const placed = bar.chords.map(
    (chord, k): Placed => ({
      chord,
      x: x + width * (0.5 * (chord.start / total) + (0.5 * k) / Math.max(1, bar.chords.length)) + 6,
      value: noteValue(chord.length),
      steps: chord.notes.map((note) => staffPlace(note.cents ?? 0).step),
      group: groupOf(chord.start),
    }),
  );
  const out: string[] = [];
  if (placed.length === 0 || (placed[0] as Placed).chord.start > 0) out.push(rest(x + 2));
  const y = (step: number): number => STAFF + 8 * HALF - step * HALF;
  for (const one of placed) {
    for (const note of one.chord.notes) out.push(head(note, one, y));
    const [low, high] = [Math.min(...one.steps), Math.max(...one.steps)];
    for (let step = -2; step >= low; step -= 2) out.push(rule(one.x - 8, y(step), one.x + 8, y(step), 'opacity=".7"'));
    for (let step = 10; step <= high; step += 2) out.push(rule(one.x - 8, y(step), one.x + 8, y(step), 'opacity=".7"'));
    for (const note of one.chord.notes) {
      if (note.string === null || note.fret === null || strings === 0) continue;
      const ty = tabTop + (strings - 1 - note.string) * TAB_GAP;
      out.push(`<rect class="behind" x="${r(one.x - 6)}" y="${r(ty - 6)}" width="12" height="12"/>`);
      out.push(text(one.x, ty + 4, String(note.fret), `font-size="12" text-anchor="middle" opacity="${r(0.45 + 0.55 * note.confidence.fret)}"`));
    }
    if (one.chord.direction && strings > 0)
      out.push(text(one.x, height - 8, one.chord.direction === "down" ? "↓" : "↑", 'font-size="13" text-anchor="middle"'));
  }
  out.push(stems(placed, y));
  return out.join("");
}
function head(note: HeardNote, one: Placed, y: (step: number) => number): string {
  const { step, alter, rest } = staffPlace(note.cents ?? 0);
  const faint = `opacity="${r(0.4 + 0.6 * note.confidence.pitch)}"`;
  const shape =
    note.articulation === "tap"
      ? text(one.x, y(step) + 4, "×", 'text-anchor="middle"')
      : `<ellipse cx="${r(one.x)}" cy="${r(y(step))}" rx="5.6" ry="4.2" transform="rotate(-18 ${r(one.x)} ${r(y(step))})" ${one.value.open ? 'fill="none" stroke="currentColor" stroke-width="1.6"' : ""} ${faint}/>`;
  const dot = one.value.dots > 0 ? `<circle cx="${r(one.x + 10)}" cy="${r(y(step) - (step % 2 === 0 ? 3 : 0))}" r="1.5"/>` : "";
  return shape + dot + accidental(one.x - 13, y(step), alter, rest);
}
/** Stems, and beams inside each group, so that the groups are seen. */
function stems(placed: readonly Placed[], y: (step: number) => number): string {
  const out: string[] = [];
  for (let i = 0; i < placed.length; ) {
    let to = i + 1;
    const first = placed[i] as Placed;
    if (first.value.flags > 0) while (to < placed.length && (placed[to] as Placed).group === first.group && (placed[to] as Placed).value.flags > 0) to++;
    const run = placed.slice(i, to);
    i = to;
    const middle = run.flatMap((one) => one.steps).reduce((sum, step, _, all) => sum + step / all.length, 0);
    const up = middle < 4;
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
        else if (!(run[k - 1] && (run[k - 1] as Placed).value.flags > f)) out.push(rule(at(one), by, at(one) + (k > 0 ? -8 : 8), by, 'stroke-width="3.6"'));
      });
    }
  }
  return out.join("");
}
const rest = (x: number): string =>
  path(`M${r(x)} ${STAFF + 2 * HALF}l5 7c-4 4 -3 6 3 10c-6 -2 -9 1 -5 6`, 'fill="none" stroke="currentColor" stroke-width="2"');
