import { type Snap, snaps } from "@kuishi/flow";
import { numberIn } from "@kuishi/words";
import { createEffect, createMemo, createSignal, For, type JSX, on, Show } from "solid-js";
import { DRUMS, playInstruments } from "../../audio/playable.ts";
import { from, perPixel, setSnap, snap, width } from "../../state/axis.ts";
import { language, t } from "../../state/language.ts";
import {
  changeNotes,
  chosen,
  chosenNotes,
  type EditedNote,
  edited,
  editedNotes,
  editedStrip,
  isByHand,
  isNoteTrack,
  openNotes,
  quantise,
  release,
  removeChosen,
} from "../../state/notes.ts";
import { session } from "../../state/project.ts";
import { beats, loop } from "../../state/transport.ts";
import { tune } from "../../state/tune.ts";
import { partKind, partName } from "../../state/variations.ts";
import { Canvas, type Colours } from "../canvas.tsx";
import { familyOf } from "../family.ts";
import { IconButton } from "../iconbutton.tsx";
import { Playhead } from "../playhead.tsx";
import { noteName } from "../say.ts";
import { barText } from "../transport.tsx";
import { onWheel } from "../tune/lanes.tsx";
import { drawNotes, LINE_HEIGHT } from "./draw.ts";
import { type Drag, dragged, handOf, pen, setPen } from "./hand.ts";
import { type Lay, layOf, type Tone } from "./lay.ts";

/** What a line or a note is called. */
const toneName = (lay: Lay, tone: Tone): string =>
  lay.kind === "drums" ? partName(String(tone.voice)) : lay.kind === "strings" ? t("lane.string", { string: Number(tone.voice) + 1 }) : noteName(tone.cents);
const nameOf = (part: string): string => session().tracks.find((track) => track.id === part)?.name ?? partName(part);

/** Open strings of what plays a track of one's own. */
function openOfTrack(track: string | undefined): readonly number[] {
  const source = JSON.stringify(session().tracks.find((one) => one.id === track)?.instrument);
  const known = Object.values(playInstruments()).find((one) => JSON.stringify(one.source) === source);
  return known?.played === "fretboard" ? known.open : [];
}

/** The notes of one part, below the tune: drawn, moved, made longer, louder, taken away, brought to the tune's grid. */
export function NoteEditor(): JSX.Element {
  const [drag, setDrag] = createSignal<Drag>();
  const mode = () => tune()?.heard.mode ?? { tonicCents: 6000, degreesCents: [0, 200, 400, 500, 700, 900, 1100] };
  const settled = createMemo((): Lay => {
    const source = editedStrip()?.source;
    const open =
      source && "open" in source && Array.isArray(source.open) && source.open.length > 0 ? (source.open as readonly number[]) : openOfTrack(edited());
    return layOf({ kind: source?.kind ?? "synth", open, drums: isNoteTrack(edited() ?? "") ? DRUMS : [] }, editedNotes(), mode());
  });
  const shown = (): readonly EditedNote[] => {
    const now = drag();
    return now ? editedNotes().map((note) => (chosen().has(note.id) ? dragged(settled(), note, now) : note)) : editedNotes();
  };
  const draw = (context: CanvasRenderingContext2D, w: number, h: number, colours: Colours): void =>
    drawNotes(context, settled(), shown(), chosen(), mode().tonicCents, familyOf(partKind(edited() ?? "")), w, h, colours);
  const hand = handOf(settled, setDrag);
  const height = (): number => settled().lines.length * LINE_HEIGHT[settled().kind];
  let scroller!: HTMLDivElement;
  // the notes in the middle of what is seen
  createEffect(
    on(edited, () => {
      const [first] = editedNotes();
      if (first) queueMicrotask(() => scroller?.scrollTo(0, settled().lineOf(first) * LINE_HEIGHT[settled().kind] - 100));
    }),
  );
  return (
    <Show when={edited() !== undefined}>
      <section class="dock note-editor" aria-labelledby="notes-title">
        <Tools />
        <div class="note-scroll" ref={scroller}>
          <div class="note-lines" aria-hidden="true">
            <For each={settled().lines}>{(line) => <span style={{ height: `${LINE_HEIGHT[settled().kind]}px` }}>{toneName(settled(), line)}</span>}</For>
          </div>
          {/* biome-ignore lint/a11y/useSemanticElements: no element is an editor of notes */}
          <div
            class="note-field"
            id="notes"
            role="application"
            tabindex="0"
            aria-label={t("notes.keys")}
            aria-describedby="notes-says"
            style={{ height: `${height()}px` }}
            classList={{ pen: pen() }}
            onWheel={(event) => (event.shiftKey || event.ctrlKey || event.deltaX !== 0) && onWheel(event)}
            {...hand}
          >
            <Canvas class="picture" on={() => [shown(), chosen(), settled(), from(), perPixel(), width(), beats(), loop(), drag()]} draw={draw} />
            <Playhead />
          </div>
        </div>
        <p class="sr" id="notes-says" role="status">
          <Says lay={settled()} />
        </p>
      </section>
    </Show>
  );
}
/** The chosen note in words. */
function Says(props: { readonly lay: Lay }): JSX.Element {
  const says = (): string => {
    const [note] = chosenNotes();
    if (!note) return t("notes.none", { count: editedNotes().length });
    const name = props.lay.kind === "drums" ? toneName(props.lay, note) : noteName(note.cents);
    return t("notes.says", { name, bar: barText(note.at), velocity: numberIn(language(), Math.round(100 * note.velocity)) });
  };
  return <>{says()}</>;
}
/** What can be done to notes, for pointer and fingers. */
function Tools(): JSX.Element {
  const one = () => chosenNotes()[0];
  return (
    <div class="bar note-tools" role="toolbar" aria-label={t("notes.tools")}>
      <h2 id="notes-title">{nameOf(edited()!)}</h2>
      <IconButton sign="write" id="pen" label={t("notes.pen")} pressed={pen()} onClick={() => setPen(!pen())} />
      <label>
        {t("axis.snap")}
        <select onChange={(event) => setSnap(event.currentTarget.value as Snap)}>
          <For each={snaps}>
            {(name) => (
              <option value={name} selected={snap() === name}>
                {t(`snap.${name}`)}
              </option>
            )}
          </For>
        </select>
      </label>
      <button type="button" id="quantise" disabled={snap() === "off"} onClick={() => quantise(1)}>
        {t("notes.quantise")}
      </button>
      <button type="button" id="quantise-half" disabled={snap() === "off"} onClick={() => quantise(0.5)}>
        {t("notes.half")}
      </button>
      <label>
        {t("notes.velocity")}
        <input
          type="range"
          id="velocity"
          min="0.05"
          max="1"
          step="0.05"
          disabled={!one()}
          value={one()?.velocity ?? 0.75}
          onChange={(event) => {
            const by = event.currentTarget.valueAsNumber - (one()?.velocity ?? 0);
            changeNotes("velocity", chosenNotes(), (note) => ({ velocity: Math.max(0.05, Math.min(1, note.velocity + by)) }));
          }}
        />
      </label>
      <IconButton sign="remove" id="remove-notes" label={t("key.remove")} disabled={!one()} onClick={removeChosen} />
      <Show when={isByHand(edited()!)}>
        <span class="by-hand" title={t("notes.byHand")}>
          {t("notes.hand")}
        </span>
        <button type="button" id="release" onClick={() => release(edited()!)}>
          {t("notes.release")}
        </button>
      </Show>
      <IconButton sign="close" id="close-notes" label={t("ui.close")} onClick={() => openNotes(undefined)} />
    </div>
  );
}
