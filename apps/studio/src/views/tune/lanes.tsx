import type { Heard, HeardNote } from "@kuishi/score";
import { createMemo, createSignal, For, type JSX, Show } from "solid-js";
import { frameAt, from, perPixel, setFrom, width, xOf, zoom } from "../../state/axis.ts";
import { language, t } from "../../state/language.ts";
import { edit, session } from "../../state/project.ts";
import { beats, loop, position, seek } from "../../state/transport.ts";
import { looking, type Tune } from "../../state/tune.ts";
import { currentVariation } from "../../state/variations.ts";
import { Canvas, type Colours } from "../canvas.tsx";
import { fixStroke, lookNear } from "../correct.tsx";
import { Playhead } from "../playhead.tsx";
import { noteName } from "../say.ts";
import { drawBehind, drawHand, drawMarks, drawNotes, drawWave, LANE, type LaneLayout, LINE, layLanes, WAVE } from "./drawlanes.ts";
import { frame, sec } from "./geometry.ts";
import { LineTools } from "./linetools.tsx";

const SEMITONE = 100;
/** Scrolls and zooms the shared view: a wheel that goes up and down is the page's. */
export function onWheel(event: WheelEvent): void {
  if (event.ctrlKey) {
    event.preventDefault();
    zoom(event.deltaY > 0 ? 1.2 : 1 / 1.2, event.offsetX);
  } else if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
    event.preventDefault();
    setFrom(Math.max(0, from() + (event.deltaX || event.deltaY) * perPixel()));
  }
}

/** What was heard, large enough to be put right: waveform, a lane for each string, or the line of a voice. */
export function NoteLanes(props: { readonly tune: Tune }): JSX.Element {
  const heard = (): Heard => props.tune.heard;
  const lay = createMemo(() => layLanes(heard()));
  const notes = createMemo(() => {
    const all = [...heard().notes].sort((a, b) => a.onset - b.onset);
    return { all, longest: all.reduce((most, note) => Math.max(most, note.offset - note.onset), 0) };
  });
  const [drawing, setDrawing] = createSignal(false);
  const [line, setLine] = createSignal<readonly (readonly [number, number])[]>();
  const draw = (context: CanvasRenderingContext2D, w: number, h: number, colours: Colours): void => {
    drawBehind(context, w, h, colours);
    drawWave(context, props.tune, w, colours);
    drawMarks(context, lay(), line(), w, h, colours);
    drawNotes(context, heard(), notes(), lay(), w, sec(position()) + 0.012, colours);
    if (lay().plucked) drawHand(context, heard(), w, colours);
  };
  return (
    <div class="tune">
      <Heads heard={heard()} lay={lay()} />
      {/* The fieldset of corrections does by keyboard, stroke by stroke, what a hand does here. */}
      <div class="lanes" style={{ height: `${lay().height}px` }} {...hand(heard, lay, notes, drawing, line, setLine)} onWheel={onWheel}>
        <Canvas
          class="picture"
          label={t("ui.lanes")}
          on={() => [
            heard(),
            from(),
            perPixel(),
            width(),
            currentVariation(),
            looking(),
            session(),
            line(),
            loop(),
            beats(),
            props.tune,
            position(),
            language(),
          ]}
          draw={draw}
        />
        <Playhead />
      </div>
      <Show when={!props.tune.score && !lay().plucked}>
        <div class="line-tools panel">
          <button type="button" id="draw-line" aria-pressed={drawing()} onClick={() => setDrawing(!drawing())}>
            {t("line.draw")}
          </button>
          <LineTools heard={heard()} />
        </div>
      </Show>
    </div>
  );
}

/** Names of the lanes, at their left. */
function Heads(props: { readonly heard: Heard; readonly lay: LaneLayout }): JSX.Element {
  const strings = (): readonly { readonly k: number; readonly open: number }[] =>
    props.heard.tuning.strings.map((string, k) => ({ k, open: string.openCents })).reverse();
  return (
    <div class="lane-heads">
      <div class="lane-head" style={{ height: `${WAVE}px` }}>
        <i class="sky" />
        <b>{t("lane.recording")}</b>
      </div>
      <Show
        when={props.lay.plucked}
        fallback={
          <div class="lane-head" style={{ height: `${LINE}px` }}>
            <i class="lilac" />
            <b>{t("lane.line")}</b>
          </div>
        }
      >
        <For each={strings()}>
          {(string) => (
            <div class="lane-head" style={{ height: `${LANE}px` }}>
              <i class={string.k === 0 ? "gold" : "sky"} />
              <b>
                {t("lane.string", { string: string.k + 1 })}
                <small>{noteName(string.open)}</small>
              </b>
            </div>
          )}
        </For>
      </Show>
    </div>
  );
}

type Line = readonly (readonly [number, number])[] | undefined;
/** What a pointer does in the lanes: goes to a place, looks at a note, drags it higher or lower, draws a line. */
function hand(
  heard: () => Heard,
  lay: () => LaneLayout,
  notes: () => { readonly all: readonly HeardNote[] },
  drawing: () => boolean,
  line: () => Line,
  setLine: (next: Line) => void,
) {
  type Event = PointerEvent & { currentTarget: HTMLElement };
  const place = (event: Event): readonly [number, number] => {
    const rect = event.currentTarget.getBoundingClientRect();
    return [event.clientX - rect.left, event.clientY - rect.top];
  };
  let held: { readonly note: HeardNote; readonly y: number; moved: number } | undefined;
  const end = (): void => {
    const own = line();
    setLine(undefined);
    if (own && own.length > 1) drawLine(own);
    const drag = held;
    held = undefined;
    if (!drag || drag.moved === 0 || drag.note.string === null) return;
    const together = heard().notes.filter((note) => note.string !== null && note.cents !== null && Math.abs(note.onset - drag.note.onset) < 0.02);
    fixStroke(
      drag.note.onset,
      together.map((note) => ({ string: note.string!, cents: note.cents! + (note === drag.note ? drag.moved * SEMITONE : 0) })),
    );
  };
  return {
    onPointerDown(event: Event): void {
      const [x, y] = place(event);
      event.currentTarget.setPointerCapture(event.pointerId);
      if (drawing() && y > WAVE) {
        setLine([[sec(frameAt(x)), lay().centsAt(y)]]);
        return;
      }
      seek(frameAt(x));
      if (y <= WAVE) return;
      lookNear(heard(), sec(frameAt(x)));
      const near = notes().all.find(
        (note) => note.cents !== null && Math.abs(lay().noteY(note) - y) < 10 && x >= xOf(frame(note.onset)) - 4 && x <= xOf(frame(note.offset)) + 2,
      );
      if (near && lay().plucked) held = { note: near, y, moved: 0 };
    },
    onPointerMove(event: Event): void {
      const [x, y] = place(event);
      const own = line();
      if (own) {
        const at = sec(frameAt(x));
        const last = own.at(-1);
        if (last && at > last[0] + 0.005) setLine([...own, [at, lay().centsAt(Math.max(WAVE, Math.min(WAVE + LINE, y)))]]);
      } else if (held) held.moved = Math.round((held.y - y) / 6);
    },
    onPointerUp: end,
    onPointerCancel: end,
  };
}
const drawLine = (points: readonly (readonly [number, number])[]): void =>
  edit("line", (draft) => {
    const [a, b] = [points[0]!, points.at(-1)!];
    draft.put({ id: draft.newId("line"), kind: "line", from: a[0], to: b[0], points: points.map(([at, cents]) => [at, cents]) });
  });
