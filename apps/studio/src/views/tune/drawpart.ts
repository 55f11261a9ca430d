import { frameAt, from, perPixel, xOf } from "../../state/axis.ts";
import { beginning, plan } from "../../state/sound.ts";
import type { Colours } from "../canvas.tsx";
import type { Family } from "../family.ts";
import { chip } from "./geometry.ts";

/** Longest event that is drawn, frames. */
const LONGEST = 480_000;

/** What a part plays: drums as strokes as high as they are loud, everything else as notes, higher ones higher. */
export function drawPart(context: CanvasRenderingContext2D, id: string, family: Family, y: number, height: number, w: number, colours: Colours): void {
  const lead = beginning();
  const events = plan()?.strips.find((strip) => strip.id === id)?.events ?? [];
  if (events.length === 0) return;
  const drums = family === "felt";
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const event of events) {
    low = Math.min(low, event.cents);
    high = Math.max(high, event.cents);
  }
  const range = Math.max(200, high - low);
  context.fillStyle = colours[family];
  const far = frameAt(w);
  for (const event of events) {
    const at = event.frame + lead;
    if (at > far) break;
    if (at + LONGEST < from()) continue;
    const x = xOf(at);
    context.globalAlpha = 0.45 + 0.55 * event.velocity;
    if (drums) {
      const tall = 4 + (height - 12) * event.velocity;
      chip(context, x, y + height - 5 - tall, Math.max(3, Math.min(6, 2400 / perPixel())), tall, 2);
      continue;
    }
    const long = Math.max(3, Math.min(event.length, LONGEST) / perPixel() - 1.5);
    if (x + long < 0) continue;
    const room = height - 16;
    chip(context, x, y + 5 + (1 - (event.cents - low) / range) * room, long, 6, 3);
  }
  context.globalAlpha = 1;
}
