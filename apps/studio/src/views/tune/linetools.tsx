import type { Heard, HeardNote } from "@kuishi/score";
import { createMemo, type JSX } from "solid-js";
import { t } from "../../state/language.ts";
import { edit, session } from "../../state/project.ts";
import { seek } from "../../state/transport.ts";
import { lookAt, looking } from "../../state/tune.ts";
import { Icon } from "../icon.tsx";
import { frame } from "./geometry.ts";

/** The line of a voice or a reed note by note: what the pen does, for the keyboard. */
export function LineTools(props: { readonly heard: Heard }): JSX.Element {
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
    lookAt(next.onset);
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
          <Icon name="before" />
        </button>
        <button type="button" aria-label={t("line.next")} onClick={() => walk(1)}>
          <Icon name="next" />
        </button>
        <output>{note() ? t("line.note", { at: note()!.onset.toFixed(2), cents: Math.round(note()!.cents ?? 0) }) : ""}</output>
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
