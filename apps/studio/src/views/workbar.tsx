import { type JSX, Show } from "solid-js";
import { cancel } from "../state/ear.ts";
import { t, told } from "../state/language.ts";
import { work } from "../state/ui.ts";

/** Progress of long work, with the way out. */
export function WorkBar(): JSX.Element {
  return (
    <Show when={work()}>
      {(w) => (
        <div class="work" role="status">
          <span>{told(`stage.${w().stage}`)}</span>
          <progress max="1" value={w().done} aria-label={told(`stage.${w().stage}`)} />
          <button type="button" id="cancel" onClick={cancel}>
            {t("ui.cancel")}
          </button>
        </div>
      )}
    </Show>
  );
}
