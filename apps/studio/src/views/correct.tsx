import { SAMPLE_RATE } from "@kuishi/base";
import type { Heard, HeardNote, StrokeLock } from "@kuishi/score";
import { createMemo, For, type JSX, Show } from "solid-js";
import { show } from "../state/axis.ts";
import { language, t } from "../state/language.ts";
import { edit, redo, redoLabel, session, undo, undoLabel } from "../state/project.ts";
import { seek } from "../state/transport.ts";
import { lookAt, looking, type Tune } from "../state/tune.ts";
import { work } from "../state/ui.ts";
import { Icon } from "./icon.tsx";
import { clockIn, noteName, sureness } from "./say.ts";

/** Two corrections closer than this are of the same stroke. */
const SAME = 0.05;
const SEMITONE = 100;

/** Times of everything struck. */
const moments = (heard: Heard): number[] => [...new Set(heard.notes.filter((note) => note.string !== null).map((note) => note.onset))].sort((a, b) => a - b);
const notesAt = (heard: Heard, at: number): HeardNote[] =>
  heard.notes.filter((note) => note.cents !== null && note.string !== null && Math.abs(note.onset - at) < 0.02);
const doubt = (note: HeardNote): number => Math.min(note.confidence.onset, note.confidence.pitch, note.confidence.string, note.confidence.fret);
const percent = (part: number): number => Math.round(part * 100);

/** What was struck at a second of the recording, as the listener has it. */
export function fixStroke(at: number, notes: StrokeLock["notes"]): void {
  edit("correct", (draft) => {
    for (const other of draft.session.strokes) if (Math.abs(other.at - at) <= SAME) draft.remove(other.id);
    draft.put({ id: `stroke:${Math.round(at * 1000)}`, kind: "stroke", at, notes });
  });
}
/** A bar begins at a second of the recording. */
export function fixBar(at: number, groups: number[]): void {
  edit("bar", (draft) => {
    for (const other of draft.session.bars) if (Math.abs(other.at - at) <= SAME) draft.remove(other.id);
    draft.put({ id: `bar:${Math.round(at * 1000)}`, kind: "bar", at, groups });
  });
}

/** The stroke nearest to a time. */
export function lookNear(heard: Heard, at: number): void {
  const near = moments(heard).reduce<number | undefined>(
    (best, one) => (best === undefined || Math.abs(one - at) < Math.abs(best - at) ? one : best),
    undefined,
  );
  lookAt(near ?? at);
}

/** One stroke at a time (buttons stay enabled while it thinks, so that the keyboard keeps its place): how sure the ear is of it, and everything that can be put right. */
export function Correction(props: { readonly tune: Tune }): JSX.Element {
  const heard = (): Heard => props.tune.heard;
  const at = (): number => looking() ?? 0;
  const notes = createMemo(() => (looking() === undefined ? [] : notesAt(heard(), at())));
  const busy = (): boolean => work() !== undefined;
  const put = (own: StrokeLock["notes"]): void => {
    if (busy()) return;
    fixStroke(at(), own);
  };
  /** The stroke with one of its notes changed; null takes it away. */
  const change = (note: HeardNote, next: Partial<StrokeLock["notes"][number]> | null): void =>
    put(
      notes().flatMap((other) => {
        const own = { string: other.string!, cents: other.cents! };
        return other !== note ? [own] : next === null ? [] : [{ ...own, ...next }];
      }),
    );
  const bar = (groups?: number[]): void => {
    if (busy()) return;
    fixBar(at(), groups ?? []);
  };
  const back = (by: -1 | 1): void => {
    if (!busy()) void (by < 0 ? undo() : redo());
  };
  const nextString = (note: HeardNote): number => (note.string! + 1) % heard().tuning.strings.length;
  const walk = (by: number): void => {
    const all = moments(heard());
    const i = all.findIndex((one) => Math.abs(one - at()) < 0.02);
    const next = all[Math.max(0, Math.min(all.length - 1, (looking() === undefined ? -1 : i) + by))];
    if (next === undefined) return;
    lookAt(next);
    show(next * SAMPLE_RATE);
  };
  /** The next stroke the ear is not sure of, round from the end to the beginning. */
  const nextDoubtful = (): void => {
    const doubtful = [
      ...new Set(
        heard()
          .notes.filter((note) => note.string !== null && doubt(note) < 0.5)
          .map((note) => note.onset),
      ),
    ].sort((a, b) => a - b);
    const next = doubtful.find((one) => one > at() + 0.02) ?? doubtful[0];
    if (next === undefined) return;
    lookAt(next);
    seek(next * SAMPLE_RATE);
    show(next * SAMPLE_RATE);
  };
  const save = (): void => {
    const url = URL.createObjectURL(new Blob([`${JSON.stringify(heard())}\n`], { type: "application/json" }));
    const link = document.createElement("a");
    link.href = url;
    link.download = `${props.tune.name.replace(/\.[^.]*$/, "")}.listen.json`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(url), 60_000);
  };
  const keys = (event: KeyboardEvent): void => {
    if (event.target instanceof HTMLInputElement || event.ctrlKey || event.altKey || event.metaKey) return;
    const first = notes().at(-1);
    const acts: Readonly<Record<string, () => void>> = {
      ArrowLeft: () => walk(-1),
      ArrowRight: () => walk(1),
      ...(first
        ? {
            ArrowUp: () => change(first, { cents: first.cents! + SEMITONE }),
            ArrowDown: () => change(first, { cents: first.cents! - SEMITONE }),
            KeyS: () => change(first, { string: nextString(first) }),
            Delete: () => put([]),
          }
        : {}),
      ...(looking() === undefined ? {} : { KeyB: () => bar() }),
      KeyZ: () => back(event.shiftKey ? 1 : -1),
    };
    const act = acts[event.code];
    if (!act) return;
    event.preventDefault();
    act();
  };
  return (
    <fieldset class="correction" onKeyDown={keys}>
      <legend>{t("ui.edit.title")}</legend>
      <div class="bar">
        <button type="button" class="icon" aria-label={t("ui.edit.before")} onClick={() => walk(-1)}>
          <Icon name="before" />
        </button>
        <button type="button" class="icon" aria-label={t("ui.edit.next")} onClick={() => walk(1)}>
          <Icon name="next" />
        </button>
        <button type="button" id="next-doubtful" onClick={() => nextDoubtful()}>
          {t("ui.edit.doubtful")}
        </button>
        <button type="button" class="icon" id="undo" aria-label={t("ui.edit.undo")} aria-disabled={!undoLabel()} onClick={() => back(-1)}>
          <Icon name="undo" />
        </button>
        <button type="button" class="icon" id="redo" aria-label={t("ui.edit.redo")} aria-disabled={!redoLabel()} onClick={() => back(1)}>
          <Icon name="redo" />
        </button>
      </div>
      <Show when={looking() !== undefined} fallback={<p class="fine">{t("ui.edit.hint")}</p>}>
        <strong>{t("ui.edit.at", { at: clockIn(language(), at()) })}</strong>
        <ul class="struck">
          <For each={notes()}>
            {(note) => <StruckNote note={note} change={(next) => change(note, next)} other={() => change(note, { string: nextString(note) })} />}
          </For>
        </ul>
        <div class="bar">
          <button type="button" id="bar-here" onClick={() => bar()}>
            {t("ui.edit.bar")}
          </button>
          <label>
            {t("ui.edit.groups")}{" "}
            <input
              type="text"
              inputmode="numeric"
              size="6"
              placeholder="2+3"
              onChange={(event) => {
                const groups = event.currentTarget.value.split(/[^0-9]+/).flatMap((part) => (Number(part) > 0 && Number(part) <= 32 ? [Number(part)] : []));
                if (groups.length > 0) bar(groups);
              }}
            />
          </label>
        </div>
      </Show>
      <div class="row-of">
        <span class="fine" id="corrections">
          {t("ui.edit.count", { count: session().strokes.length + session().bars.length })}
        </span>
        <button type="button" class="mini" onClick={save}>
          {t("ui.edit.save")}
        </button>
      </div>
    </fieldset>
  );
}

/** One note of a stroke: what it is, how sure the ear is of it, and what it can be instead. */
function StruckNote(props: {
  readonly note: HeardNote;
  readonly change: (next: Partial<StrokeLock["notes"][number]> | null) => void;
  readonly other: () => void;
}): JSX.Element {
  const note = (): HeardNote => props.note;
  const say = (probability: number): string => t(`sure.${sureness(probability)}`);
  const sure = () => note().confidence;
  return (
    <li>
      <span class={`chip s${note().string}`}>
        <b>{noteName(note().cents!)}</b> {t("learn.finger", { string: note().string! + 1, fret: note().fret ?? 0 })}
      </span>
      <span class="fine" title={`${percent(sure().onset)} · ${percent(sure().pitch)} · ${percent(sure().string)} · ${percent(sure().fret)} %`}>
        {t("ui.edit.sure", { onset: say(sure().onset), pitch: say(sure().pitch), string: say(sure().string), fret: say(sure().fret) })}
      </span>
      <span class="acts">
        <button type="button" class="up" onClick={() => props.change({ cents: note().cents! + SEMITONE })}>
          {t("ui.edit.up")}
        </button>
        <button type="button" class="down" onClick={() => props.change({ cents: note().cents! - SEMITONE })}>
          {t("ui.edit.down")}
        </button>
        <button type="button" class="string" onClick={() => props.other()}>
          {t("ui.edit.string")}
        </button>
        <button type="button" class="fret" onClick={() => props.change({ fret: (note().fret ?? 0) + 1 })}>
          {t("ui.edit.fretUp")}
        </button>
        <button type="button" class="fret" aria-disabled={!note().fret} onClick={() => note().fret && props.change({ fret: note().fret! - 1 })}>
          {t("ui.edit.fretDown")}
        </button>
        <button type="button" class="remove" onClick={() => props.change(null)}>
          {t("ui.edit.remove")}
        </button>
      </span>
    </li>
  );
}
