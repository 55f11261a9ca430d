import { eachColumn, type Peaks, peaksOf } from "@kuishi/draw";
import type { Heard, HeardNote } from "@kuishi/score";
import { ownWord } from "@kuishi/words";
import { createEffect, createMemo, createSignal, For, type JSX, on, onCleanup, onMount, Show } from "solid-js";
import { fit, follow, frameAt, from, perPixel, setFrom, setWidth, width, xOf, zoom } from "../state/axis.ts";
import { language, t } from "../state/language.ts";
import { edit, session } from "../state/project.ts";
import { loop, position, seek } from "../state/transport.ts";
import { looking, made, setLooking, type Tune } from "../state/tune.ts";
import { Canvas, type Colours } from "./canvas.tsx";
import { fixStroke, lookNear } from "./correct.tsx";
import { Playhead } from "./playhead.tsx";

const [WAVE, LANE, LINE] = [70, 92, 220];
const SEMITONE = 100;
const sec = (frame: number): number => frame / 48_000;
const frame = (seconds: number): number => seconds * 48_000;

/** First index whose time is not before a moment, in a list sorted by time. */
function firstFrom<T>(list: readonly T[], time: (one: T) => number, at: number): number {
  let [low, high] = [0, list.length];
  while (low < high) {
    const mid = (low + high) >> 1;
    if (time(list[mid] as T) < at) low = mid + 1;
    else high = mid;
  }
  return low;
}

/** What was heard, large enough to be put right: a lane for each string, or the line of a voice; waveform and form above. */
export function NoteLanes(props: { readonly tune: Tune }): JSX.Element {
  let box!: HTMLDivElement;
  const heard = (): Heard => props.tune.heard;
  const strings = (): number => heard().tuning.strings.length;
  const plucked = (): boolean => heard().strokes.length > 0 && strings() > 0;
  const height = (): number => WAVE + (plucked() ? strings() * LANE : LINE);
  const notes = createMemo(() => [...heard().notes].sort((a, b) => a.onset - b.onset));
  const longest = createMemo(() => notes().reduce((most, note) => Math.max(most, note.offset - note.onset), 0));
  const fixed = createMemo(() => session().strokes.map((fix) => fix.at));
  const wave = createMemo((): Peaks => peaksOf(props.tune.channels[0] ?? new Float32Array(1)));
  const range = createMemo(() => {
    const all = notes().flatMap((note) => (note.cents === null ? [] : [note.cents]));
    return { low: Math.min(...all, 6000) - 250, high: Math.max(...all, 6200) + 250 };
  });
  const [drawing, setDrawing] = createSignal(false);
  const [line, setLine] = createSignal<readonly (readonly [number, number])[]>();
  onMount(() => {
    const watch = new ResizeObserver(() => setWidth(box.clientWidth));
    watch.observe(box);
    onCleanup(() => watch.disconnect());
    setWidth(box.clientWidth);
    fit(frame(heard().durationSec));
  });
  createEffect(
    on(
      () => props.tune.channels,
      () => fit(frame(heard().durationSec)),
      { defer: true },
    ),
  );
  createEffect(on(position, follow));
  const yOf = (note: HeardNote): number => {
    if (!plucked()) return lineY(note.cents ?? 0);
    const lane = strings() - 1 - (note.string ?? 0);
    const open = heard().tuning.strings[note.string ?? 0]?.openCents ?? 5000;
    const up = Math.max(0, Math.min(1, ((note.cents ?? open) - open) / 1900));
    return WAVE + lane * LANE + LANE - 16 - up * (LANE - 34);
  };
  const lineY = (cents: number): number => WAVE + LINE - ((cents - range().low) / (range().high - range().low)) * LINE;
  const centsAt = (y: number): number => range().low + ((WAVE + LINE - y) / LINE) * (range().high - range().low);

  const draw = (context: CanvasRenderingContext2D, w: number, h: number, colours: Colours): void => {
    const [a, b] = [sec(frameAt(0)), sec(frameAt(w))];
    for (const section of made()?.report.sections ?? []) {
      context.globalAlpha = { climax: 0.3, main: 0.18, build: 0.18 }[section.role as string] ?? 0.08;
      context.fillStyle = colours.ochre;
      context.fillRect(xOf(frame(section.from)), 0, (frame(section.to) - frame(section.from)) / perPixel() - 1, WAVE);
    }
    const passage = loop();
    if (passage) {
      context.globalAlpha = 0.2;
      context.fillStyle = colours.sky;
      context.fillRect(xOf(passage.from), WAVE, (passage.to - passage.from) / perPixel(), h - WAVE);
    }
    context.globalAlpha = 0.85;
    context.fillStyle = colours.sky;
    eachColumn(props.tune.channels[0] ?? new Float32Array(1), wave(), from(), perPixel(), w, (x, low, high) => {
      context.fillRect(x, WAVE / 2 - high * (WAVE / 2), 1, Math.max(1, (high - low) * (WAVE / 2)));
    });
    // bars
    context.strokeStyle = colours.ink;
    const bars = heard().downbeats;
    for (let i = firstFrom(bars, (at) => at, a); i < bars.length && (bars[i] as number) <= b; i++) {
      const x = xOf(frame(bars[i] as number));
      context.globalAlpha = 0.35;
      stroke(context, x, WAVE, x, h);
    }
    if (plucked()) {
      for (let s = 1; s < strings(); s++) {
        context.globalAlpha = 0.3;
        stroke(context, 0, WAVE + s * LANE, w, WAVE + s * LANE);
      }
    } else {
      // the tune's own degrees
      context.strokeStyle = colours.ochre;
      const { tonicCents, degreesCents } = heard().mode;
      for (let octave = -6; octave < 6; octave++)
        for (const [k, degree] of degreesCents.entries()) {
          const cents = tonicCents + octave * 1200 + degree;
          if (cents < range().low || cents > range().high) continue;
          context.globalAlpha = k === 0 ? 0.5 : 0.2;
          stroke(context, 0, lineY(cents), w, lineY(cents));
        }
    }
    // notes in sight
    const all = notes();
    const zoomed = perPixel() < 260;
    context.font = "11px system-ui, sans-serif";
    context.textBaseline = "middle";
    for (let i = firstFrom(all, (note) => note.onset, a - longest()); i < all.length; i++) {
      const note = all[i] as HeardNote;
      if (note.onset > b) break;
      if (note.cents === null || note.offset < a) continue;
      const x = xOf(frame(note.onset));
      const end = xOf(frame(note.offset));
      const y = yOf(note);
      context.globalAlpha = 0.22 + 0.78 * note.confidence.pitch * (0.5 + 0.5 * note.confidence.string);
      context.fillStyle = note.string === 0 ? colours.ochre : colours.sky;
      context.strokeStyle = context.fillStyle;
      if (!plucked() && note.curve && note.curve.length > 1) {
        context.lineWidth = 2.5;
        context.beginPath();
        for (const [at, cents] of note.curve) context.lineTo(xOf(frame(at)), lineY(cents));
        context.stroke();
        context.lineWidth = 1;
      } else context.fillRect(x, y - 4, Math.max(2, end - x - 1), 8);
      if (!zoomed) continue;
      context.globalAlpha = 1;
      context.fillStyle = colours.ink;
      if (note.fret !== null) {
        const degree = note.cents - Math.round(note.cents / 100) * 100;
        context.fillText(`${note.fret}${ARTICULATED[note.articulation] ?? ""}`, x + 1, y - 12);
        if (perPixel() < 120 && Math.abs(degree) >= 8) {
          context.globalAlpha = 0.7;
          context.fillText(`${degree > 0 ? "+" : "−"}${Math.abs(Math.round(degree))}`, x + 1, y + 13);
        }
      }
    }
    if (zoomed) {
      // which way the hand went
      context.fillStyle = colours.ink;
      const strokes = heard().strokes;
      for (let i = firstFrom(strokes, (one) => one.at, a); i < strokes.length && (strokes[i]?.at ?? 0) <= b; i++) {
        const one = strokes[i];
        if (!one?.direction) continue;
        context.globalAlpha = 0.3 + 0.7 * one.confidence;
        context.fillText(one.direction === "down" ? "↓" : "↑", xOf(frame(one.at)) - 1, WAVE + 8);
      }
    }
    context.globalAlpha = 1;
    context.strokeStyle = colours.red;
    for (const at of fixed()) {
      const x = xOf(frame(at));
      if (x >= 0 && x <= w) context.strokeRect(x - 3, WAVE + 2, 6, h - WAVE - 4);
    }
    const look = looking();
    if (look !== undefined) {
      context.globalAlpha = 0.25;
      context.fillStyle = colours.red;
      context.fillRect(xOf(frame(look)) - 5, WAVE, 12, h - WAVE);
    }
    const own = line();
    if (own) {
      context.globalAlpha = 1;
      context.strokeStyle = colours.red;
      context.lineWidth = 3;
      context.beginPath();
      for (const [at, cents] of own) context.lineTo(xOf(frame(at)), lineY(cents));
      context.stroke();
      context.lineWidth = 1;
    }
    context.globalAlpha = 1;
  };
  const place = (event: PointerEvent & { currentTarget: HTMLElement }): readonly [number, number] => {
    const rect = event.currentTarget.getBoundingClientRect();
    return [event.clientX - rect.left, event.clientY - rect.top];
  };
  let held: { readonly note: HeardNote; readonly y: number; moved: number } | undefined;
  const down = (event: PointerEvent & { currentTarget: HTMLElement }): void => {
    const [x, y] = place(event);
    event.currentTarget.setPointerCapture(event.pointerId);
    if (drawing() && y > WAVE) {
      setLine([[sec(frameAt(x)), centsAt(y)]]);
      return;
    }
    seek(frameAt(x));
    if (y <= WAVE) return;
    lookNear(heard(), sec(frameAt(x)));
    const near = notes().find(
      (note) => note.cents !== null && Math.abs(yOf(note) - y) < 10 && x >= xOf(frame(note.onset)) - 4 && x <= xOf(frame(note.offset)) + 2,
    );
    if (near && plucked()) held = { note: near, y, moved: 0 };
  };
  const dragged = (event: PointerEvent & { currentTarget: HTMLElement }): void => {
    const [x, y] = place(event);
    const own = line();
    if (own) {
      const at = sec(frameAt(x));
      const last = own.at(-1);
      if (last && at > last[0] + 0.005) setLine([...own, [at, centsAt(Math.max(WAVE, Math.min(WAVE + LINE, y)))]]);
    } else if (held) held.moved = Math.round((held.y - y) / ((LANE - 34) / 19));
  };
  const up = (): void => {
    const own = line();
    setLine(undefined);
    if (own && own.length > 1) drawLine(own);
    const drag = held;
    held = undefined;
    if (!drag || drag.moved === 0 || drag.note.string === null) return;
    const together = heard().notes.filter((note) => note.string !== null && note.cents !== null && Math.abs(note.onset - drag.note.onset) < 0.02);
    fixStroke(
      drag.note.onset,
      together.map((note) => ({ string: note.string as number, cents: (note.cents as number) + (note === drag.note ? drag.moved * SEMITONE : 0) })),
    );
  };
  const drawLine = (points: readonly (readonly [number, number])[]): void =>
    edit("line", (draft) => {
      const [a, b] = [points[0] as readonly [number, number], points.at(-1) as readonly [number, number]];
      draft.put({ id: draft.newId("line"), kind: "line", from: a[0], to: b[0], points: points.map(([at, cents]) => [at, cents]) });
    });
  return (
    <div class="tune" ref={box}>
      <div class="bar axis">
        <button type="button" class="icon" aria-label={t("axis.out")} title={t("axis.out")} onClick={() => zoom(1.6)}>
          −
        </button>
        <button
          type="button"
          class="icon"
          aria-label={t("axis.in")}
          title={t("axis.in")}
          onClick={() => zoom(1 / 1.6, xOf(position()) > 0 && xOf(position()) < width() ? xOf(position()) : undefined)}
        >
          +
        </button>
        <button type="button" class="icon" aria-label={t("axis.fit")} title={t("axis.fit")} onClick={() => fit(frame(heard().durationSec))}>
          ↔
        </button>
        <input
          type="range"
          min="0"
          max={Math.max(1, frame(heard().durationSec) - width() * perPixel())}
          step={Math.max(1, Math.round(perPixel() * 20))}
          value={from()}
          aria-label={t("axis.scroll")}
          onInput={(event) => setFrom(event.currentTarget.valueAsNumber)}
        />
        <Show when={!plucked()}>
          <button type="button" id="draw-line" aria-pressed={drawing()} onClick={() => setDrawing(!drawing())}>
            {t("line.draw")}
          </button>
        </Show>
      </div>
      <ol class="form" aria-label={t("ui.form")}>
        <For each={heard().form}>
          {(section) => (
            <li
              style={{ "flex-grow": section.toSec - section.fromSec, opacity: 0.55 + 0.45 * section.confidence }}
              title={`${section.fromSec.toFixed(1)}–${section.toSec.toFixed(1)} s, ${Math.round(section.confidence * 100)} %`}
            >
              {ownWord(language(), "section", section.label)}
            </li>
          )}
        </For>
      </ol>
      {/* The fieldset below does by keyboard, stroke by stroke, what a hand does here. */}
      <div
        class="lanes"
        style={{ height: `${height()}px` }}
        onPointerDown={down}
        onPointerMove={dragged}
        onPointerUp={up}
        onWheel={(event) => {
          event.preventDefault();
          if (event.ctrlKey) zoom(event.deltaY > 0 ? 1.2 : 1 / 1.2, event.offsetX);
          else setFrom(Math.max(0, from() + (event.deltaX || event.deltaY) * perPixel()));
        }}
      >
        <Canvas
          class="picture"
          label={t("ui.lanes")}
          on={() => [heard(), from(), perPixel(), width(), made(), looking(), fixed(), line(), loop(), props.tune]}
          draw={draw}
        />
        <Playhead />
      </div>
      <p class="fine">
        {t("ui.confidence")} {t("notes.hint")}
      </p>
      <Show when={!plucked()}>
        <LineTools heard={heard()} />
      </Show>
    </div>
  );
}
const ARTICULATED: Readonly<Record<string, string>> = { pullOff: "⌒", hammerOn: "⌢", slide: "∕", tap: "×" };
function stroke(context: CanvasRenderingContext2D, x1: number, y1: number, x2: number, y2: number): void {
  context.beginPath();
  context.moveTo(x1, y1);
  context.lineTo(x2, y2);
  context.stroke();
}

/** The line of a voice or a reed note by note: what the pen does, for the keyboard. */
function LineTools(props: { readonly heard: Heard }): JSX.Element {
  const notes = createMemo(() => props.heard.notes.filter((note) => note.cents !== null));
  const index = (): number => {
    const at = looking() ?? 0;
    const k = notes().findLastIndex((note) => note.onset <= at + 0.001);
    return Math.max(0, k);
  };
  const note = (): HeardNote | undefined => notes()[index()];
  const walk = (by: number): void => {
    const next = notes()[Math.max(0, Math.min(notes().length - 1, index() + by))];
    if (!next) return;
    setLooking(next.onset);
    seek(frame(next.onset));
  };
  const move = (cents: number | null): void => {
    const own = note();
    if (!own) return;
    const curve = own.curve && own.curve.length > 1 ? own.curve : [[own.onset, own.cents ?? 0] as const, [own.offset, own.cents ?? 0] as const];
    edit("line", (draft) => {
      // the same stretch drawn again takes the place of what was drawn
      for (const other of draft.session.lines) if (other.from >= own.onset - 0.01 && other.to <= own.offset + 0.01) draft.remove(other.id);
      draft.put({
        id: draft.newId("line"),
        kind: "line",
        from: own.onset,
        to: own.offset,
        points: cents === null ? [] : curve.map(([at, value]) => [at, value + cents]),
      });
    });
  };
  return (
    <fieldset
      class="correction"
      onKeyDown={(event) => {
        const acts: Readonly<Record<string, () => void>> = {
          ArrowLeft: () => walk(-1),
          ArrowRight: () => walk(1),
          ArrowUp: () => move(event.shiftKey ? 100 : 10),
          ArrowDown: () => move(event.shiftKey ? -100 : -10),
          Delete: () => move(null),
        };
        const one = acts[event.code];
        if (!one) return;
        event.preventDefault();
        one();
      }}
    >
      <legend>{t("line.title")}</legend>
      <div class="bar">
        <button type="button" aria-label={t("line.before")} onClick={() => walk(-1)}>
          ←
        </button>
        <button type="button" aria-label={t("line.next")} onClick={() => walk(1)}>
          →
        </button>
        <output>{note() ? t("line.note", { at: (note() as HeardNote).onset.toFixed(2), cents: Math.round((note() as HeardNote).cents ?? 0) }) : ""}</output>
        <button type="button" onClick={() => move(10)}>
          {t("line.up")}
        </button>
        <button type="button" onClick={() => move(-10)}>
          {t("line.down")}
        </button>
        <button type="button" onClick={() => move(null)}>
          {t("line.silence")}
        </button>
        <span class="fine">{t("line.count", { count: session().lines.length })}</span>
      </div>
    </fieldset>
  );
}
