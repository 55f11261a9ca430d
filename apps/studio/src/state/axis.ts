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

export const snaps = ["off", "pulse", "group", "bar"] as const;
export type Snap = (typeof snaps)[number];
export const [snap, setSnap] = createSignal<Snap>("group");
const places = (): number[] => {
  const kinds = { off: [], pulse: ["bar", "group", "pulse"], group: ["bar", "group"], bar: ["bar"] }[snap()];
  return beats()
    .filter((beat) => (kinds as string[]).includes(beat.rank))
    .map((beat) => beat.at);
};
/** The nearest place of the tune's own grid; the frame itself where nothing is snapped, or where the grid is further than half a second. */
export function snapped(frame: number): number {
  const near = places().reduce<number | undefined>((best, at) => (best === undefined || Math.abs(at - frame) < Math.abs(best - frame) ? at : best), undefined);
  return Math.max(0, Math.round(near !== undefined && Math.abs(near - frame) < 24_000 ? near : frame));
}
/** The next place of the grid in a direction: a tenth of a second where there is none. */
export function stepped(frame: number, by: -1 | 1): number {
  const all = places();
  const next = by > 0 ? all.find((at) => at > frame + 1) : all.findLast((at) => at < frame - 1);
  return Math.max(0, next ?? frame + by * 4800);
}
