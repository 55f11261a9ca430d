import { SAMPLE_RATE } from "@kuishi/base";
import type { Choices } from "@kuishi/blend";
import { createEffect, createMemo, createRoot, createSignal, on } from "solid-js";
import { measure } from "../measure.ts";
import { isMade, makeAhead } from "./blends.ts";
import { allStyles, choices } from "./choices.ts";
import type { Outcome } from "./outcome.ts";
import { passageAt } from "./passage.ts";
import { showPreviewed } from "./previewed.ts";
import { recording } from "./recorder.ts";
import { ending } from "./sound.ts";
import { beats, canPlay, pause, playing, playOn, position, seek, standsReady } from "./transport.ts";
import { isOpening, tune } from "./tune.ts";
import { fail, room, work } from "./ui.ts";

/** How long a style must be rested on before it sounds, and left before it ceases, milliseconds: a hand that passes over is no question. */
const REST_MS = 80;
const BARS = 4;

const KEY = "kuishi.previews";
const [onSignal, setOn] = createSignal(localStorage.getItem(KEY) !== "off");
/** Whether styles sound when they are rested on. */
export const previewsOn = onSignal;
export function setPreviews(next: boolean): void {
  localStorage.setItem(KEY, next ? "on" : "off");
  setOn(next);
  if (!next) void end();
}

/** What choosing a style would blend. */
const choicesFor = (style: string): Choices => ({ ...choices(), style });
/** Whether it is there already, and sounds at once. */
export const isReady = (style: string): boolean => isMade(choicesFor(style));

/** The style that is rested on; the one that is heard. */
const [wanted, setWanted] = createSignal<string>();
const [heardSignal, setHeard] = createSignal<string>();
export const heardStyle = heardSignal;
/** Whether it is rested on and not there yet. */
export const isAwaited = (style: string): boolean => previewsOn() && wanted() === style && !isReady(style);
/** Where the tune stood before, and whether it played. */
let before: { readonly position: number; readonly playing: boolean } | undefined;
let over: number | undefined;
let rest: number | undefined;
let turn = 0;

/** A style is pointed at, reached by key or pressed: it sounds in the place of what plays, for four bars. @param since when, of the page's clock. */
export function rested(style: string, since: number): void {
  if (!previewsOn() || !canPlay() || !tune() || recording() || !navigator.userActivation.hasBeenActive) return;
  setWanted(style);
  clearTimeout(rest);
  if (style === heardSignal()) return;
  rest = window.setTimeout(() => void begin(style, since).catch(fail), REST_MS);
}
/** It is left again. */
export function left(): void {
  setWanted(undefined);
  clearTimeout(rest);
  rest = window.setTimeout(() => void end(), REST_MS);
}

async function begin(style: string, since: number): Promise<void> {
  const own = ++turn;
  const made = await madeSoon(style, () => own === turn);
  if (!made || own !== turn) return;
  const passage = passageAt(beats(), before && !before.playing ? before.position : position(), BARS, ending());
  before ??= { position: position(), playing: playing() };
  const from = before.playing ? position() : passage.from;
  clearTimeout(over);
  over = window.setTimeout(() => void end(), ((passage.to - from) / SAMPLE_RATE) * 1000);
  setHeard(style);
  showPreviewed(made);
  if (!playing()) {
    seek(passage.from);
    await standsReady();
    if (own !== turn) return;
    await playOn();
  } else await standsReady();
  if (own === turn) measure("preview", { style, ms: performance.now() - since });
}
/** Makes it, as often as something else came between, while it is wanted. */
async function madeSoon(style: string, isWanted: () => boolean): Promise<Outcome | undefined> {
  while (isWanted()) {
    const made = await makeAhead(choicesFor(style), true);
    if (made) return made.made;
    // something was asked for meanwhile; then it is this one's turn again
    await new Promise((resolve) => setTimeout(resolve, REST_MS));
  }
  return undefined;
}
/** Goes back to what sounded before. */
async function end(): Promise<void> {
  turn++;
  clearTimeout(over);
  const own = before;
  before = undefined;
  if (!own) return;
  setHeard(undefined);
  if (!own.playing) {
    pause();
    seek(own.position);
  }
  showPreviewed(undefined);
}

createRoot(() => {
  // who presses pause means the preview
  createEffect(on(playing, (now) => !now && heardSignal() !== undefined && void end(), { defer: true }));
  createEffect(on([tune, room], () => void end(), { defer: true }));
  createEffect(on(recording, (now) => now && void end(), { defer: true }));

  // as soon as one style was asked about, the others are made ahead, in the order of the cards
  const [asked, setAsked] = createSignal(false);
  createEffect(() => wanted() !== undefined && setAsked(true));
  const next = createMemo(() => {
    if (!previewsOn() || !asked() || room() !== "blend" || work() || !tune() || isOpening()) return undefined;
    return allStyles().find((style) => !isReady(style.name))?.name;
  });
  const [free, setFree] = createSignal(0);
  createEffect(
    on([next, free], ([style]) => {
      if (style === undefined) return;
      // who did not get his turn tries again a moment later
      void makeAhead(choicesFor(style))
        .then((made) => !made && setTimeout(() => setFree((n) => n + 1), 400))
        .catch(fail);
    }),
  );
});
