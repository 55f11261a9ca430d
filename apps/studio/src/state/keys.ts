import { SAMPLE_RATE } from "@kuishi/base";
import { toggleCompare } from "./compare.ts";
import { redo, undo } from "./project.ts";
import { toggleAnyRecord } from "./record.ts";
import { beginning, ending } from "./sound.ts";
import { here, loop, looping, metronome, position, seek, setLoop, setLooping, setMetronome, togglePlay } from "./transport.ts";
import { tune } from "./tune.ts";
import { goTo, rooms, setSheet, sheet } from "./ui.ts";
import { compareVariations } from "./variations.ts";

/** A key of the whole studio, by its place on the keyboard, whatever is printed on it. */
interface Key {
  readonly code: string;
  readonly control?: boolean;
  readonly shift?: boolean;
  readonly alt?: boolean;
  /** Its sentence is `key.NAME`. */
  readonly name: string;
  act(): void;
}
const nudge = (seconds: number): void => seek(position() + seconds * SAMPLE_RATE);
export const globalKeys: readonly Key[] = [
  { code: "Space", name: "play", act: () => void togglePlay() },
  { code: "KeyR", name: "record", act: () => void toggleAnyRecord() },
  { code: "Home", name: "start", act: () => seek(looping() ? (loop()?.from ?? 0) : beginning()) },
  { code: "End", name: "end", act: () => seek(ending()) },
  { code: "Comma", name: "back", act: () => nudge(-2) },
  { code: "Period", name: "forth", act: () => nudge(2) },
  { code: "KeyA", name: "loopFrom", act: () => setLoop({ from: here(), to: Math.max(loop()?.to ?? 0, here() + 24_000) }) },
  {
    code: "KeyE",
    name: "loopTo",
    act: () => {
      setLoop({ from: Math.min(loop()?.from ?? 0, Math.max(0, here() - 24_000)), to: Math.max(here(), 24_000) });
      setLooping(true);
    },
  },
  { code: "KeyL", name: "loop", act: () => setLooping(!looping() && loop() !== null) },
  { code: "KeyO", name: "compare", act: () => void toggleCompare() },
  { code: "KeyV", name: "compareVariations", act: compareVariations },
  { code: "KeyK", name: "metronome", act: () => setMetronome(!metronome()) },
  { code: "KeyZ", control: true, name: "undo", act: () => void undo() },
  { code: "KeyZ", control: true, shift: true, name: "redo", act: () => void redo() },
  { code: "KeyY", control: true, name: "redo", act: () => void redo() },
  ...rooms.map((room, i): Key => ({ code: `Digit${i + 1}`, alt: true, name: `room.${room}`, act: () => goTo(room) })),
  { code: "Slash", shift: true, name: "keys", act: () => setSheet("keys") },
];
/** Keys of the rooms, by what has the focus: told in the sheet, obeyed there. */
export const roomKeys: readonly { readonly of: string; readonly keys: readonly (readonly [string, string])[] }[] = [
  {
    of: "clip",
    keys: [
      ["← →", "move"],
      ["↑ ↓", "track"],
      ["Shift ← →", "trimEnd"],
      ["Alt ← →", "slip"],
      ["Ctrl ← →", "stretch"],
      ["S", "split"],
      ["D", "duplicate"],
      ["M", "mute"],
      ["[ ]", "trimHere"],
      ["F, Shift F", "fadeIn"],
      ["G, Shift G", "fadeOut"],
      ["− =", "gain"],
      ["Delete", "remove"],
    ],
  },
  {
    of: "take",
    keys: [
      ["Enter", "comp"],
      ["Delete", "removeTake"],
    ],
  },
  {
    of: "notes",
    keys: [
      ["← →", "walk"],
      ["↑ ↓", "pitch"],
      ["S", "string"],
      ["B", "bar"],
      ["Delete", "silence"],
      ["Z, Shift Z", "fixUndo"],
    ],
  },
  {
    of: "song",
    keys: [
      ["[Am]", "chordTyped"],
      ["Enter", "splitLine"],
      ["Backspace", "joinLine"],
      ["← →", "moveChord"],
      ["Delete", "removeChord"],
      ["Alt ← →", "moveSection"],
    ],
  },
  {
    of: "roll",
    keys: [
      ["← →", "walkNotes"],
      ["↑ ↓", "pitchNote"],
      ["Shift ← →", "moveNote"],
      ["Alt ← →", "stretchNote"],
      ["Enter", "putNote"],
      ["− =", "velocity"],
      ["Q", "quantise"],
      ["Delete", "remove"],
    ],
  },
  { of: "energy", keys: [["↑ ↓, PageUp, PageDown", "energy"]] },
];

const TYPING = "input:not([type=range]):not([type=checkbox]):not([type=radio]), textarea, select";
const PRESSED = "button, a, summary, input, select, [role=slider]";

/** Obeys a key of the whole studio, unless something nearer wants it. */
export function onKey(event: KeyboardEvent): void {
  const target = event.target instanceof Element ? event.target : document.body;
  if (event.defaultPrevented || sheet() || target.closest(TYPING) || target.closest("#board, .pads")) return;
  const control = event.ctrlKey || event.metaKey;
  const key = globalKeys.find(
    (one) => one.code === event.code && (one.control ?? false) === control && (one.shift ?? false) === event.shiftKey && (one.alt ?? false) === event.altKey,
  );
  if (!key || (!tune() && !key.alt && key.name !== "keys")) return;
  // a button that has the focus is pressed by the space bar
  if ((event.code === "Space" || event.code === "Home" || event.code === "End") && target.closest(PRESSED)) return;
  event.preventDefault();
  key.act();
}
