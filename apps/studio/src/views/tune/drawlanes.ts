import { eachColumn } from "@kuishi/draw";
import type { Heard, HeardNote } from "@kuishi/score";
import { frameAt, from, perPixel, xOf } from "../../state/axis.ts";
import { session } from "../../state/project.ts";
import { beats, loop } from "../../state/transport.ts";
import { looking, type Tune } from "../../state/tune.ts";
import { type Colours, FACE } from "../canvas.tsx";
import { chip, firstFrom, frame, sec, stroke } from "./geometry.ts";
import { shownSections } from "./sections.ts";
import { drawnGain, peaksFor } from "./sound.ts";

/** Heights: waveform, a string, the line of a voice. */
export const [WAVE, LANE, LINE] = [96, 62, 190];
const CHIP = 14;

/** Where everything of a tune lies in the lanes' picture, pixels from their top. */
export interface LaneLayout {
  readonly height: number;
  readonly plucked: boolean;
  readonly strings: number;
  noteY(note: HeardNote): number;
  lineY(cents: number): number;
  centsAt(y: number): number;
  readonly low: number;
  readonly high: number;
}
/** Lays a hearing out: a lane for each string, highest on top, or one for the line of a voice. */
export function layLanes(heard: Heard): LaneLayout {
  const strings = heard.tuning.strings.length;
  const plucked = heard.strokes.length > 0 && strings > 0;
  const all = heard.notes.flatMap((note) => (note.cents === null ? [] : [note.cents]));
  const [low, high] = [Math.min(...all, 6000) - 250, Math.max(...all, 6200) + 250];
  // a lane is as high as its string's own notes reach
  const reach = heard.tuning.strings.map((string, k) =>
    Math.max(500, ...heard.notes.filter((note) => note.string === k && note.cents !== null).map((note) => note.cents! - string.openCents)),
  );
  const lineY = (cents: number): number => WAVE + LINE - ((cents - low) / (high - low)) * LINE;
  return {
    height: WAVE + (plucked ? strings * LANE : LINE),
    plucked,
    strings,
    low,
    high,
    lineY,
    centsAt: (y) => low + ((WAVE + LINE - y) / LINE) * (high - low),
    noteY: (note) => {
      if (!plucked) return lineY(note.cents ?? 0);
      const s = note.string ?? 0;
      const open = heard.tuning.strings[s]?.openCents ?? 5000;
      const up = Math.max(0, Math.min(1, ((note.cents ?? open) - open) / reach[s]!));
      return WAVE + (strings - 1 - s) * LANE + LANE - 12 - up * (LANE - 34);
    },
  };
}

/** Bars, their groups and the sections' tint behind everything: one grid for all lanes. */
export function drawBehind(context: CanvasRenderingContext2D, w: number, h: number, colours: Colours): void {
  for (const section of shownSections()) {
    context.globalAlpha = 0.05;
    context.fillStyle = colours[section.family];
    context.fillRect(xOf(frame(section.from)), 0, frame(section.to - section.from) / perPixel(), h);
  }
  const passage = loop();
  if (passage) {
    context.globalAlpha = 0.12;
    context.fillStyle = colours.gold;
    context.fillRect(xOf(passage.from), 0, (passage.to - passage.from) / perPixel(), h);
  }
  context.strokeStyle = colours.edge;
  for (const beat of beats()) {
    const x = xOf(beat.at);
    if (beat.rank === "pulse" || x < 0 || x > w) continue;
    if (beat.rank === "group" && perPixel() > 1200) continue;
    context.globalAlpha = beat.rank === "bar" ? 0.5 : 0.2;
    stroke(context, x, 0, x, h);
  }
  context.globalAlpha = 1;
}

export function drawWave(context: CanvasRenderingContext2D, tune: Tune, w: number, colours: Colours): void {
  const channel = tune.channels[0];
  if (!channel) return;
  context.fillStyle = colours.sky;
  context.globalAlpha = 0.1;
  chip(context, xOf(0), 4, channel.length / perPixel(), WAVE - 8, 6);
  context.globalAlpha = 1;
  const half = WAVE / 2;
  const tall = (half - 8) * drawnGain(channel);
  const step = perPixel() > 60 ? 2 : 1;
  eachColumn(channel, peaksFor(channel), from(), perPixel(), w, (x, low, high) => {
    if (x % step === 0) context.fillRect(x, half - high * tall, step === 2 ? 1.4 : 1, Math.max(1, (high - low) * tall));
  });
}

/** The tune's own degrees behind a line. */
function drawDegrees(context: CanvasRenderingContext2D, heard: Heard, lay: LaneLayout, w: number, colours: Colours): void {
  context.strokeStyle = colours.gold;
  const { tonicCents, degreesCents } = heard.mode;
  for (let octave = -6; octave < 6; octave++)
    for (const [k, degree] of degreesCents.entries()) {
      const cents = tonicCents + octave * 1200 + degree;
      if (cents < lay.low || cents > lay.high) continue;
      context.globalAlpha = k === 0 ? 0.5 : 0.2;
      stroke(context, 0, lay.lineY(cents), w, lay.lineY(cents));
    }
  context.globalAlpha = 1;
}

const ARTICULATED: Readonly<Record<string, string>> = { pullOff: "⌒", hammerOn: "⌢", slide: "∕", tap: "×" };
/** One note of a string: a chip with its fret, paler where the ear is less sure. */
function drawChip(context: CanvasRenderingContext2D, note: HeardNote, x: number, end: number, y: number, now: boolean, colours: Colours): void {
  const width = Math.max(2, Math.min(end - x - 1, 40));
  context.globalAlpha = now ? 1 : 0.35 + 0.65 * note.confidence.pitch * (0.4 + 0.6 * note.confidence.string);
  context.fillStyle = now ? colours.ink : note.string === 0 ? colours.gold : colours.sky;
  const high = width < 7 ? 8 : CHIP;
  chip(context, x, y - high / 2, width, high);
  if (width < 8 || note.fret === null) return;
  context.globalAlpha = 1;
  context.fillStyle = now ? colours.bg : colours["on-family"];
  const fret = `${note.fret}${ARTICULATED[note.articulation] ?? ""}`;
  context.fillText(fret, x + Math.max(1, Math.min(4, (width - 6 * fret.length) / 2)), y + 0.5);
  const beside = Math.round(note.cents! - Math.round(note.cents! / 100) * 100);
  if (perPixel() >= 120 || Math.abs(beside) < 8) return;
  context.globalAlpha = 0.8;
  context.fillStyle = colours.dim;
  context.fillText(`${beside > 0 ? "+" : "−"}${Math.abs(beside)}`, x + 1, y + 15);
}

export interface Notes {
  /** In order of their onsets. */
  readonly all: readonly HeardNote[];
  /** Longest of them, seconds. */
  readonly longest: number;
}
/** Notes in sight. @param now seconds of the playhead: what sounds there is lit. */
export function drawNotes(context: CanvasRenderingContext2D, heard: Heard, notes: Notes, lay: LaneLayout, w: number, now: number, colours: Colours): void {
  const [a, b] = [sec(frameAt(0)), sec(frameAt(w))];
  if (!lay.plucked) drawDegrees(context, heard, lay, w, colours);
  context.font = `600 9.5px ${FACE}`;
  context.textBaseline = "middle";
  for (let i = firstFrom(notes.all, (note) => note.onset, a - notes.longest); i < notes.all.length; i++) {
    const note = notes.all[i]!;
    if (note.onset > b) break;
    if (note.cents === null || note.offset < a) continue;
    const [x, end, y] = [xOf(frame(note.onset)), xOf(frame(note.offset)), lay.noteY(note)];
    const lit = note.onset <= now && note.offset > now;
    if (lay.plucked || !note.curve || note.curve.length < 2) {
      drawChip(context, note, x, end, y, lit, colours);
      continue;
    }
    context.globalAlpha = 0.3 + 0.7 * note.confidence.pitch;
    context.strokeStyle = lit ? colours.ink : colours.lilac;
    context.lineWidth = 2.5;
    context.beginPath();
    for (const [at, cents] of note.curve) context.lineTo(xOf(frame(at)), lay.lineY(cents));
    context.stroke();
    context.lineWidth = 1;
  }
  context.globalAlpha = 1;
}

/** Which way the hand went, under the waveform. */
export function drawHand(context: CanvasRenderingContext2D, heard: Heard, w: number, colours: Colours): void {
  if (perPixel() > 700) return;
  const [a, b] = [sec(frameAt(0)), sec(frameAt(w))];
  context.font = `11px ${FACE}`;
  context.fillStyle = colours.dim;
  const { strokes } = heard;
  for (let i = firstFrom(strokes, (one) => one.at, a); i < strokes.length && (strokes[i]?.at ?? 0) <= b; i++) {
    const one = strokes[i];
    if (!one?.direction) continue;
    context.globalAlpha = 0.4 + 0.6 * one.confidence;
    context.fillText(one.direction === "down" ? "↓" : "↑", xOf(frame(one.at)) + 1, WAVE + 8);
  }
  context.globalAlpha = 1;
}

/** What was corrected, what is looked at, and the line a pen draws. */
export function drawMarks(
  context: CanvasRenderingContext2D,
  lay: LaneLayout,
  line: readonly (readonly [number, number])[] | undefined,
  w: number,
  h: number,
  colours: Colours,
): void {
  context.strokeStyle = colours.felt;
  for (const { at } of session().strokes) {
    const x = xOf(frame(at));
    if (x >= 0 && x <= w) context.strokeRect(x - 2, WAVE + 14, 14, h - WAVE - 18);
  }
  const look = looking();
  if (look !== undefined) {
    context.globalAlpha = 0.16;
    context.fillStyle = colours.ink;
    chip(context, xOf(frame(look)) - 4, WAVE, 20, h - WAVE, 4);
    context.globalAlpha = 1;
  }
  if (!line) return;
  context.lineWidth = 3;
  context.beginPath();
  for (const [at, cents] of line) context.lineTo(xOf(frame(at)), lay.lineY(cents));
  context.stroke();
  context.lineWidth = 1;
}
