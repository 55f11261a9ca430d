import { frameAt, perPixel, xOf } from "../../state/axis.ts";
import type { EditedNote } from "../../state/notes.ts";
import { type Colours, FACE } from "../canvas.tsx";
import type { Family } from "../family.ts";
import { drawBehind } from "../tune/drawlanes.ts";
import { chip, stroke } from "../tune/geometry.ts";
import type { Lay } from "./lay.ts";

/** Height of a line, pixels, by how notes lie. */
export const LINE_HEIGHT: Readonly<Record<Lay["kind"], number>> = { drums: 26, strings: 34, roll: 14 };
/** What a drum is drawn as: it has no length. */
export const HIT_PIXELS = 9;

export const noteWidth = (lay: Lay, note: EditedNote): number => (lay.kind === "drums" ? HIT_PIXELS : Math.max(5, note.length / perPixel() - 1));
const fretOf = (lay: Lay, note: EditedNote): string => {
  const open = lay.lines.find((line) => line.voice === note.voice)?.cents ?? note.cents;
  return String(Math.round((note.cents - open) / 50) / 2);
};

/** The lines, the tune's grid behind them, and the notes: as solid as they are loud, the chosen ones framed. */
export function drawNotes(
  context: CanvasRenderingContext2D,
  lay: Lay,
  notes: readonly EditedNote[],
  chosen: ReadonlySet<string>,
  tonic: number,
  family: Family,
  w: number,
  h: number,
  colours: Colours,
): void {
  const line = LINE_HEIGHT[lay.kind];
  drawBehind(context, w, h, colours);
  context.strokeStyle = colours.line;
  lay.lines.forEach((one, k) => {
    if (lay.kind === "roll" && Math.abs((((one.cents - tonic) % 1200) + 1200) % 1200) < 1) {
      context.globalAlpha = 0.35;
      context.fillStyle = colours.s3;
      context.fillRect(0, k * line, w, line);
      context.globalAlpha = 1;
    }
    stroke(context, 0, (k + 1) * line - 0.5, w, (k + 1) * line - 0.5);
  });
  context.font = `600 11px ${FACE}`;
  context.textBaseline = "middle";
  const far = frameAt(w);
  for (const note of notes) {
    if (note.at > far) break;
    const [x, wide] = [xOf(note.at), noteWidth(lay, note)];
    if (x + wide < 0) continue;
    const y = lay.lineOf(note) * line + 2;
    const tall = line - 4;
    context.globalAlpha = 0.35 + 0.65 * note.velocity;
    context.fillStyle = colours[family];
    chip(context, x, y, wide, tall, 3);
    context.globalAlpha = 1;
    if (chosen.has(note.id)) {
      context.strokeStyle = colours.ink;
      context.lineWidth = 2;
      context.strokeRect(x - 0.5, y - 0.5, wide + 1, tall + 1);
      context.lineWidth = 1;
    }
    if (lay.kind === "strings" && wide > 12) {
      context.fillStyle = colours["on-family"];
      context.fillText(fretOf(lay, note), x + 4, y + tall / 2);
    }
  }
}
