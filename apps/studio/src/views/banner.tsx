import { type JSX, Show } from "solid-js";
import { t } from "../state/language.ts";
import { reading, takeOver } from "../state/project.ts";

/** Says why the project is only shown, and offers to write it here where another window does. */
export function ReadingBanner(): JSX.Element {
  return (
    <Show when={reading()}>
      {(why) => (
        <p class="notice" id="reading" role="status">
          <Show when={why()} keyed>
            {(own) => (
              <>
                <span>
                  {own.why === "newer" ? t("reading.newer", { version: own.version }) : t(own.why === "listens" ? "together.listens" : "reading.elsewhere")}
                </span>
                <Show when={own.why === "elsewhere"}>
                  <button type="button" id="take-over" onClick={takeOver}>
                    {t("reading.take")}
                  </button>
                </Show>
              </>
            )}
          </Show>
        </p>
      )}
    </Show>
  );
}
