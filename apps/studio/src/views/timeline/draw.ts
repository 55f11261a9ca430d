import { eachColumn } from "@kuishi/draw";
import { clipName } from "@kuishi/flow";
import type { Clip, Take } from "@kuishi/project";
import { frameAt, perPixel, xOf } from "../../state/axis.ts";
import { session } from "../../state/project.ts";
import { sounds } from "../../state/sound.ts";
import { type Colours, FACE } from "../canvas.tsx";
import { drawBehind } from "../tune/drawlanes.ts";
import { chip, fitted, frame, stroke } from "../tune/geometry.ts";
import { shownSections } from "../tune/sections.ts";
import { peaksFor } from "../tune/sound.ts";
import { LANE } from "./rows.ts";

/** The form with its markers, and bars, groups and loop behind the tracks. */
export function drawGrid(context: CanvasRenderingContext2D, w: number, h: number, colours: Colours, tops: readonly number[]): void {
  drawBehind(context, w, h, colours);
  context.font = `11px ${FACE}`;
  context.textBaseline = "middle";
  for (const section of shownSections()) {
    const [x, end] = [xOf(frame(section.from)), xOf(frame(section.to))];
    if (end < 0 || x > w) continue;
    context.globalAlpha = 0.25;
    context.fillStyle = colours[section.family];
    chip(context, x + 1, 2, end - x - 2, LANE - 4, 4);
    context.globalAlpha = 1;
    context.fillStyle = colours.ink;
    context.fillText(fitted(context, section.name, end - Math.max(0, x) - 12), Math.max(4, x + 6), LANE / 2);
  }
  context.strokeStyle = colours.line;
  for (const y of tops) stroke(context, 0, y + 0.5, w, y + 0.5);
}
/** A clip's sound and its fades. */
export function drawClip(context: CanvasRenderingContext2D, clip: Clip, y: number, height: number, w: number, colours: Colours): void {
  drawSound(context, clip, y, height, w, colours, clip.mute ? 0.25 : 0.9);
  const [x, end] = [xOf(clip.at), xOf(clip.at + clip.length)];
  context.globalAlpha = 0.7;
  context.strokeStyle = colours.gold;
  if (clip.fadeIn > 480) stroke(context, x, y + height - 4, xOf(clip.at + clip.fadeIn), y + 4);
  if (clip.fadeOut > 480) stroke(context, xOf(clip.at + clip.length - clip.fadeOut), y + 4, end, y + height - 4);
  context.globalAlpha = 1;
}
/** The sound of a clip or a take, as much of it as is in sight. */
export function drawSound(context: CanvasRenderingContext2D, piece: Clip | Take, y: number, height: number, w: number, colours: Colours, alpha: number): void {
  const rate = "rate" in piece ? piece.rate : 1;
  const gain = "gainDb" in piece ? 10 ** (piece.gainDb / 20) : 1;
  const sound =
    sounds().get(clipName({ asset: piece.asset, rate: 1, cents: 0 }, session().song.recording?.asset)) ??
    sounds().get(clipName({ asset: piece.asset, rate, cents: "cents" in piece ? piece.cents : 0 }, session().song.recording?.asset));
  const channel = sound?.[0];
  if (!channel || channel.length === 0) return;
  const [x0, x1] = [Math.max(0, Math.floor(xOf(piece.at))), Math.min(w, Math.ceil(xOf(piece.at + piece.length)))];
  if (x1 <= x0) return;
  const middle = y + height / 2;
  const scale = (height / 2 - 6) * gain;
  context.globalAlpha = alpha;
  context.fillStyle = colours.sky;
  const start = piece.from + (frameAt(x0) - piece.at) * rate;
  eachColumn(channel, peaksFor(channel), start, perPixel() * rate, x1 - x0, (x, low, high) => {
    const [top, bottom] = [Math.max(y + 3, middle - high * scale), Math.min(y + height - 3, middle - low * scale)];
    context.fillRect(x0 + x, top, 1, Math.max(1, bottom - top));
  });
  context.globalAlpha = 1;
}
