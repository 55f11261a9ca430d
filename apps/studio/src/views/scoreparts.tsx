import type { Score } from "@kuishi/score";
import { createMemo, For, type JSX } from "solid-js";
import { t } from "../state/language.ts";
import { playParts } from "../state/open.ts";
import { canEdit, session } from "../state/project.ts";
import { work } from "../state/ui.ts";

/** Which parts of a score sound. */
export function ScoreParts(props: { readonly score: Score }): JSX.Element {
  const chosen = createMemo(() => {
    const { parts } = session().song;
    return new Set(parts.length > 0 ? parts : props.score.parts.map((part) => part.id));
  });
  const set = (id: string, on: boolean): void => {
    const next = props.score.parts.map((part) => part.id).filter((one) => (one === id ? on : chosen().has(one)));
    void playParts(next.length === props.score.parts.length ? [] : next);
  };
  return (
    <fieldset class="score-parts" id="score-parts">
      <legend>{t("score.parts")}</legend>
      <For each={props.score.parts}>
        {(part, p) => (
          <label>
            <input
              type="checkbox"
              data-part={part.id}
              checked={chosen().has(part.id)}
              disabled={work() !== undefined || !canEdit() || (chosen().size === 1 && chosen().has(part.id))}
              onChange={(event) => set(part.id, event.currentTarget.checked)}
            />{" "}
            {part.name || t("score.part", { number: p() + 1 })}
          </label>
        )}
      </For>
    </fieldset>
  );
}
