import { SAMPLE_RATE } from "@kuishi/base";

export const sec = (frame: number): number => frame / SAMPLE_RATE;
export const frame = (seconds: number): number => seconds * SAMPLE_RATE;

/**
 * First index whose time is not before a moment, in a list sorted by time.
 * @example
 * firstFrom([1, 2, 4], (at) => at, 3); // => 2
 */
export function firstFrom<T>(list: readonly T[], time: (one: T) => number, at: number): number {
  let [low, high] = [0, list.length];
  while (low < high) {
    const mid = (low + high) >> 1;
    if (time(list[mid] as T) < at) low = mid + 1;
    else high = mid;
  }
  return low;
}

export function stroke(context: CanvasRenderingContext2D, x1: number, y1: number, x2: number, y2: number): void {
  context.beginPath();
  context.moveTo(x1, y1);
  context.lineTo(x2, y2);
  context.stroke();
}
/** A text cut to the room it has; nothing where not even three letters fit. */
export function fitted(context: CanvasRenderingContext2D, text: string, room: number): string {
  if (context.measureText(text).width <= room) return text;
  let short = text;
  while (short.length > 3 && context.measureText(`${short}…`).width > room) short = short.slice(0, -1);
  return short.length > 3 ? `${short.trimEnd()}…` : "";
}
/** A box with round corners, filled. */
export function chip(context: CanvasRenderingContext2D, x: number, y: number, width: number, height: number, radius = 3): void {
  context.beginPath();
  context.roundRect(x, y, width, height, Math.min(radius, width / 2));
  context.fill();
}
