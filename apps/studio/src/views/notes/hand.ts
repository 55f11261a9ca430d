import { createSignal } from "solid-js";
import { frameAt, perPixel, snapped, stepped, xOf } from "../../state/axis.ts";
import {
  changeNotes,
  chooseNotes,
  chosen,
  chosenNotes,
  drawNote,
  type EditedNote,
  editedNotes,
  noteHere,
  openNotes,
  quantise,
  removeChosen,
} from "../../state/notes.ts";
import { seek } from "../../state/transport.ts";
import { LINE_HEIGHT, noteWidth } from "./draw.ts";
import type { Lay } from "./lay.ts";

/** How near its end a note is taken by its length, pixels. */
const EDGE = 6;
/** Shortest note, frames. */
const MIN_FRAMES = 960;
const VELOCITY_STEP = 0.05;
const NEW_VELOCITY = 0.75;

/** Whether a press on an empty place draws a note. */
export const [pen, setPen] = createSignal(false);
/** What is being dragged: how far, of notes or of their ends. */
export interface Drag {
  readonly how: "move" | "length";
  readonly frames: number;
  readonly lines: number;
}
/** A note as a drag has it. */
export function dragged(lay: Lay, note: EditedNote, drag: Drag): EditedNote {
  if (drag.how === "length") return { ...note, length: Math.max(MIN_FRAMES, note.length + drag.frames) };
  return { ...note, at: note.at + drag.frames, ...(drag.lines === 0 ? {} : lay.higher(note, drag.lines)) };
}
const louder = (note: EditedNote, by: number): { velocity: number } => ({ velocity: Math.max(0.05, Math.min(1, note.velocity + by)) });

/** What pointer and keys do in the editor. */
export function handOf(lay: () => Lay, setDrag: (drag: Drag | undefined) => void) {
  type Event = PointerEvent & { currentTarget: HTMLElement };
  let held: { readonly note: EditedNote; readonly x: number; readonly y: number; drag: Drag } | undefined;
  const place = (event: Event): readonly [number, number] => {
    const box = event.currentTarget.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };
  const lineAt = (y: number): number => Math.max(0, Math.min(lay().lines.length - 1, Math.floor(y / LINE_HEIGHT[lay().kind])));
  const noteAt = (x: number, y: number): EditedNote | undefined =>
    editedNotes().findLast((note) => {
      const top = lay().lineOf(note) * LINE_HEIGHT[lay().kind];
      return y >= top && y <= top + LINE_HEIGHT[lay().kind] && x >= xOf(note.at) - 3 && x <= xOf(note.at) + noteWidth(lay(), note) + 3;
    });
  const draw = (at: number, line: number): void => {
    const tone = lay().lines[line];
    if (!tone) return;
    const start = Math.max(0, snapped(at));
    drawNote({ ...tone, at: start, length: Math.max(MIN_FRAMES, stepped(start, 1) - start), velocity: NEW_VELOCITY });
  };
  const end = (): void => {
    const own = held;
    held = undefined;
    setDrag(undefined);
    if (!own || (own.drag.frames === 0 && own.drag.lines === 0)) return;
    changeNotes(own.drag.how === "length" ? "stretch" : "move", chosenNotes(), (note) => dragged(lay(), note, own.drag));
  };
  return {
    onPointerDown(event: Event): void {
      const [x, y] = place(event);
      event.currentTarget.setPointerCapture(event.pointerId);
      const note = noteAt(x, y);
      if (!note) {
        if (pen() || event.detail > 1) draw(frameAt(x), lineAt(y));
        else {
          chooseNotes([]);
          seek(frameAt(x));
        }
        return;
      }
      if (event.shiftKey) chooseNotes(chosen().has(note.id) ? [...chosen()].filter((id) => id !== note.id) : [...chosen(), note.id]);
      else if (!chosen().has(note.id)) chooseNotes([note.id]);
      const isEnd = lay().kind !== "drums" && x > xOf(note.at) + noteWidth(lay(), note) - EDGE;
      held = { note, x, y, drag: { how: isEnd ? "length" : "move", frames: 0, lines: 0 } };
    },
    onPointerMove(event: Event): void {
      if (!held) return;
      const [x, y] = place(event);
      const { note, drag } = held;
      const by = Math.abs(x - held.x) < 3 ? 0 : (x - held.x) * perPixel();
      const edge = drag.how === "length" ? note.at + note.length : note.at;
      const frames = by === 0 ? 0 : Math.round((note.at >= 0 ? snapped(edge + by) : edge + by) - edge);
      const lines = drag.how === "length" ? 0 : Math.round((held.y - y) / LINE_HEIGHT[lay().kind === "strings" ? "roll" : lay().kind]);
      held.drag = { how: drag.how, frames, lines };
      setDrag(held.drag);
    },
    onPointerUp: end,
    onPointerCancel: end,
    onKeyDown(event: KeyboardEvent): void {
      const all = editedNotes();
      const own = chosenNotes();
      const side = event.code === "ArrowLeft" ? -1 : event.code === "ArrowRight" ? 1 : 0;
      const up = event.code === "ArrowUp" ? 1 : event.code === "ArrowDown" ? -1 : 0;
      if (side !== 0 && event.shiftKey) changeNotes("move", own, (note) => ({ at: stepped(note.at, side) }));
      else if (side !== 0 && event.altKey)
        changeNotes("stretch", own, (note) => ({ length: Math.max(MIN_FRAMES, stepped(note.at + note.length, side) - note.at) }));
      else if (side !== 0) {
        const k = own[0]
          ? all.findIndex((note) => note.id === own[0]!.id) + side
          : Math.max(
              0,
              all.findIndex((note) => note.at >= noteHere()),
            );
        const next = all[Math.max(0, Math.min(all.length - 1, k))];
        if (!next) return;
        chooseNotes([next.id]);
        seek(next.at);
      } else if (up !== 0) changeNotes("move", own, (note) => lay().higher(note, up));
      else if (event.code === "Minus" || event.code === "Equal")
        changeNotes("velocity", own, (note) => louder(note, event.code === "Equal" ? VELOCITY_STEP : -VELOCITY_STEP));
      else if (event.code === "Delete" || event.code === "Backspace") removeChosen();
      else if (event.code === "Enter") draw(noteHere(), own[0] ? Math.round(lay().lineOf(own[0])) : lay().lines.length >> 1);
      else if (event.code === "KeyQ" && !event.ctrlKey) quantise(1);
      else if (event.code === "KeyA" && (event.ctrlKey || event.metaKey)) chooseNotes(all.map((note) => note.id));
      else if (event.code === "Escape") openNotes(undefined);
      else return;
      event.preventDefault();
      event.stopPropagation();
    },
  };
}
