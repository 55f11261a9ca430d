import { importer, LayoutMode, LogLevel, model, NotationElement, rendering, Settings } from "@coderline/alphatab";
import { type Score, writeMusicXml } from "@kuishi/score";
import { inkEngine } from "./canvas.ts";
import { textWidth } from "./faces.ts";
import type { Ink } from "./ink.ts";
import { markMicrotones, plainPitches } from "./microtones.ts";
import { settled } from "./model.ts";
import { placeSigns } from "./signs-placed.ts";
import { writtenFor } from "./written-for.ts";

/** A line of music, or what stands above the first and below the last. */
export interface Block {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly ink: readonly Ink[];
  /** Begins a page. */
  readonly newPage?: true;
}
/** Where a bar stands in the picture. */
export interface BarPlace {
  readonly bar: number;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** [whole notes from the start of the bar, x], in order. */
  readonly beats: readonly (readonly [number, number])[];
}
export interface Engraved {
  readonly width: number;
  readonly height: number;
  readonly blocks: readonly Block[];
  readonly bars: readonly BarPlace[];
}
export interface EngraveOptions {
  /** Of the picture, where a staff is 36 high. */
  readonly width: number;
  /** Ids of the parts shown; all where none is told. */
  readonly parts?: readonly string[];
}

/** Draws a score as lines of music, as wide as asked for; spread further where words would run into each other. */
export function engrave(score: Score, options: EngraveOptions): Engraved {
  const first = drawn(score, options, 1);
  const crowded = crowding(first.blocks);
  return crowded > 1 ? drawn(score, options, Math.min(MOST_SPREAD, crowded * 1.1)) : first;
}
const MOST_SPREAD = 3;
/** Between two words of a line, in parts of their size. */
const WORD_GAP = 0.35;

/** By how much words of a line would have to stand further apart; 1 where none meet. */
function crowding(blocks: readonly Block[]): number {
  let most = 1;
  for (const { ink } of blocks) {
    const lines = Map.groupBy(
      ink.filter((one) => one.kind === "text" && one.turn === undefined && one.colour === BLACK_INK),
      (one) => (one.kind === "text" ? Math.round(one.y) : 0),
    );
    for (const line of lines.values()) {
      const words = line.flatMap((one) => (one.kind === "text" ? [one] : [])).sort((x, y) => x.x - y.x);
      words.forEach((word, k) => {
        const next = words[k + 1];
        if (next && next.x > word.x + 1) most = Math.max(most, (textWidth(word.text, word.size, word.bold) + WORD_GAP * word.size) / (next.x - word.x));
      });
    }
  }
  return most;
}

function drawn(score: Score, options: EngraveOptions, spread: number): Engraved {
  const settings = settingsOf();
  settings.display.stretchForce = spread;
  const own = modelOf(score, settings);
  const shown = score.parts.flatMap((part, i) => (options.parts === undefined || options.parts.includes(part.id) ? [i] : []));
  const renderer = new rendering.ScoreRenderer(settings);
  renderer.width = options.width;
  const blocks: Block[] = [];
  let failed: Error | undefined;
  renderer.error.on((error) => {
    failed ??= error;
  });
  renderer.partialRenderFinished.on(({ x, y, width, height, renderResult }) => {
    const ink = (renderResult as readonly Ink[]).filter((one) => one.kind !== "text" || !one.text.startsWith(CREDIT)).flatMap((one) => numbered(one, score));
    if (ink.length > 0) blocks.push({ x, y, width, height, ink });
  });
  let height = 0;
  renderer.renderFinished.on((done) => {
    height = done.totalHeight;
  });
  renderer.renderScore(own, shown);
  if (failed) throw failed;
  const bars = (renderer.boundsLookup?.staffSystems ?? []).flatMap((system) =>
    system.bars.map((bar): BarPlace => {
      const { x, y, w, h } = bar.visualBounds;
      return { bar: bar.index, x, y, width: w, height: h, beats: beatsOf(bar) };
    }),
  );
  return { width: options.width, height, blocks, bars };
}

/** Numbers of bars as they are printed: the engraver counts them all. */
function numbered(ink: Ink, score: Score): Ink[] {
  if (ink.kind !== "text" || ink.colour !== GREY_INK || !/^\d+$/.test(ink.text)) return [ink];
  const bar = score.bars[Number(ink.text) - 1];
  return bar && !bar.uncounted && /\d/.test(bar.number) ? [{ ...ink, text: bar.number }] : [];
}

/** The score in the engraver's own words. */
function modelOf(score: Score, settings: Settings): model.Score {
  const { score: plain, microtones } = plainPitches(writtenFor(score));
  const own = importer.ScoreLoader.loadScoreFromBytes(new TextEncoder().encode(writeMusicXml(plain)), settings);
  markMicrotones(own, microtones);
  settled(own, score);
  return own;
}

/** Ticks of the engraver in a whole note. */
const WHOLE = 3840;
function beatsOf(bar: rendering.MasterBarBounds): (readonly [number, number])[] {
  const places = new Map<number, number>();
  for (const { beats } of bar.bars)
    for (const { beat, onNotesX } of beats) {
      const at = beat.displayStart / WHOLE;
      places.set(at, Math.min(places.get(at) ?? Number.POSITIVE_INFINITY, onNotesX));
    }
  return [...places].sort(([a], [b]) => a - b);
}

/** The engraver's own line below the last; it is thanked where our notices name it. */
const CREDIT = "rendered by alphaTab";

const [BLACK_INK, GREY_INK] = ["#000000", "#6E6E6E"];
const BLACK = new model.Color(0, 0, 0);
const GREY = new model.Color(110, 110, 110);
function settingsOf(): Settings {
  placeSigns();
  const settings = new Settings();
  settings.core.engine = inkEngine();
  settings.core.enableLazyLoading = false;
  settings.core.useWorkers = false;
  settings.core.logLevel = LogLevel.None;
  settings.display.layoutMode = LayoutMode.Page;
  settings.display.resources.secondaryGlyphColor = BLACK;
  settings.display.resources.mainGlyphColor = BLACK;
  settings.display.resources.scoreInfoColor = BLACK;
  settings.display.resources.barSeparatorColor = BLACK;
  settings.display.resources.barNumberColor = GREY;
  settings.display.resources.staffLineColor = GREY;
  settings.display.resources.elementFonts.set(NotationElement.EffectLyrics, new model.Font("Onest", 13));
  return settings;
}
