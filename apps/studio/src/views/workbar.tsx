import { type JSX, Show } from "solid-js";
import { t } from "../state/language.ts";
import { cancel } from "../state/tune.ts";
import { work } from "../state/ui.ts";

/** Progress of long work, with the way out. */
export function WorkBar(): JSX.Element {
  return (
    <Show when={work()}>
      {(w) => (
        <div class="work" role="status">
          <span>{t(`stage.${w().stage}`)}</span>
          <progress max="1" value={w().done} aria-label={t(`stage.${w().stage}`)} />
          <button type="button" id="cancel" onClick={cancel}>
            {t("ui.cancel")}
          </button>
        </div>
      )}
    </Show>
  );
}
