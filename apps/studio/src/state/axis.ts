import { snapped as nearest, stepped as next, type Snap } from "@kuishi/flow";
import { createSignal } from "solid-js";
import { beats, playing, position } from "./transport.ts";

/** The time axis that timeline and note editor share: frames at the left edge, frames a pixel, pixels of width. */
export const [from, setFrom] = createSignal(0);
export const [perPixel, setPerPixel] = createSignal(1000);
export const [width, setWidth] = createSignal(1000);

/** Frames from edge to edge at the closest, and a pixel at the furthest. */
const [CLOSEST, FURTHEST] = [8, 48_000];
export const xOf = (frame: number): number => (frame - from()) / perPixel();
export const frameAt = (x: number): number => from() + x * perPixel();

/** Zooms about a pixel. */
export function zoom(by: number, aboutX: number = width() / 2): void {
  const still = frameAt(aboutX);
  const next = Math.min(FURTHEST, Math.max(CLOSEST, perPixel() * by));
  setPerPixel(next);
  setFrom(Math.max(0, still - aboutX * next));
}
/** Shows the whole of so many frames. */
export function fit(frames: number): void {
  setPerPixel(Math.min(FURTHEST, Math.max(CLOSEST, frames / Math.max(200, width()))));
  setFrom(0);
}
/** Turns the page when the playhead leaves it. */
export function follow(): void {
  if (!playing()) return;
  const x = xOf(position());
  if (x > width() * 0.96 || x < 0) setFrom(Math.max(0, position() - width() * 0.08 * perPixel()));
}

/** Brings a frame into view, if it is not. */
export function show(frame: number): void {
  const x = xOf(frame);
  if (x < 0 || x > width() - 40) setFrom(Math.max(0, frame - (width() / 3) * perPixel()));
}

export const [snap, setSnap] = createSignal<Snap>("group");
/** The nearest place of the tune's own grid. */
export const snapped = (frame: number): number => nearest(beats(), snap(), frame);
/** The next place of the grid in a direction. */
export const stepped = (frame: number, by: -1 | 1): number => next(beats(), snap(), frame, by);
