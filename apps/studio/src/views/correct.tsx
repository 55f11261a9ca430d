import type { Heard, HeardNote, StrokeLock } from "@kuishi/score";
import { createMemo, For, type JSX, Show } from "solid-js";
import { t } from "../state/language.ts";
import { edit, redo, redoLabel, session, undo, undoLabel } from "../state/project.ts";
import { looking, setLooking, type Tune } from "../state/tune.ts";
import { work } from "../state/ui.ts";

/** Two corrections closer than this are of the same stroke. */
const SAME = 0.05;
const SEMITONE = 100;

/** Times of everything struck. */
const moments = (heard: Heard): number[] => [...new Set(heard.notes.filter((note) => note.string !== null).map((note) => note.onset))].sort((a, b) => a - b);
const notesAt = (heard: Heard, at: number): HeardNote[] =>
  heard.notes.filter((note) => note.cents !== null && note.string !== null && Math.abs(note.onset - at) < 0.02);
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
  setLooking(near ?? at);
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
        const own = { string: other.string as number, cents: other.cents as number };
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
  const nextString = (note: HeardNote): number => ((note.string as number) + 1) % heard().tuning.strings.length;
  const walk = (by: number): void => {
    const all = moments(heard());
    const i = all.findIndex((one) => Math.abs(one - at()) < 0.02);
    const next = all[Math.max(0, Math.min(all.length - 1, (looking() === undefined ? -1 : i) + by))];
    if (next !== undefined) setLooking(next);
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
            ArrowUp: () => change(first, { cents: (first.cents as number) + SEMITONE }),
            ArrowDown: () => change(first, { cents: (first.cents as number) - SEMITONE }),
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
        <button type="button" aria-label={t("ui.edit.before")} onClick={() => walk(-1)}>
          ←
        </button>
        <button type="button" aria-label={t("ui.edit.next")} onClick={() => walk(1)}>
          →
        </button>
        <strong>{looking() === undefined ? "" : t("ui.edit.at", { at: at().toFixed(2) })}</strong>
        <button type="button" id="undo" aria-disabled={!undoLabel()} onClick={() => back(-1)}>
          {t("ui.edit.undo")}
        </button>
        <button type="button" id="redo" aria-disabled={!redoLabel()} onClick={() => back(1)}>
          {t("ui.edit.redo")}
        </button>
        <button type="button" onClick={save}>
          {t("ui.edit.save")}
        </button>
        <span class="fine" id="corrections">
          {t("ui.edit.count", { count: session().strokes.length + session().bars.length })}
        </span>
      </div>
      <Show when={looking() !== undefined} fallback={<p class="fine">{t("ui.edit.hint")}</p>}>
        <ul class="struck">
          <For each={notes()}>
            {(note) => (
              <li>
                <span class={`chip s${note.string}`}>
                  {t("ui.edit.note", { string: (note.string as number) + 1, fret: note.fret ?? 0, cents: Math.round(note.cents as number) })}
                </span>
                <span class="fine">
                  {t("ui.edit.sure", {
                    onset: percent(note.confidence.onset),
                    pitch: percent(note.confidence.pitch),
                    string: percent(note.confidence.string),
                    fret: percent(note.confidence.fret),
                  })}
                </span>
                <span class="acts">
                  <button type="button" class="up" onClick={() => change(note, { cents: (note.cents as number) + SEMITONE })}>
                    {t("ui.edit.up")}
                  </button>
                  <button type="button" class="down" onClick={() => change(note, { cents: (note.cents as number) - SEMITONE })}>
                    {t("ui.edit.down")}
                  </button>
                  <button type="button" class="string" onClick={() => change(note, { string: nextString(note) })}>
                    {t("ui.edit.string")}
                  </button>
                  <button type="button" class="fret" onClick={() => change(note, { fret: (note.fret ?? 0) + 1 })}>
                    {t("ui.edit.fretUp")}
                  </button>
                  <button type="button" class="fret" aria-disabled={!note.fret} onClick={() => note.fret && change(note, { fret: note.fret - 1 })}>
                    {t("ui.edit.fretDown")}
                  </button>
                  <button type="button" class="remove" onClick={() => change(note, null)}>
                    {t("ui.edit.remove")}
                  </button>
                </span>
              </li>
            )}
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
              size="8"
              placeholder="2+3"
              onChange={(event) => {
                const groups = event.currentTarget.value.split(/[^0-9]+/).flatMap((part) => (Number(part) > 0 && Number(part) <= 32 ? [Number(part)] : []));
                if (groups.length > 0) bar(groups);
              }}
            />
          </label>
        </div>
      </Show>
    </fieldset>
  );
}
