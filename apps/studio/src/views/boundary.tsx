import { createEffect, ErrorBoundary, type JSX, on } from "solid-js";
import { isUnfetched } from "../state/builds.ts";
import { t } from "../state/language.ts";
import { room } from "../state/ui.ts";

/** Where a room cannot be shown, says so and offers to load the page anew; the way to the other rooms stays open. */
export function RoomBoundary(props: { readonly children: JSX.Element }): JSX.Element {
  return (
    <ErrorBoundary
      fallback={(error: unknown, reset) => {
        createEffect(on(room, reset, { defer: true }));
        if (!isUnfetched(error)) console.error(error);
        return (
          <p class="failure" id="room-failed" role="alert">
            <span>{isUnfetched(error) ? t("ui.unfetched") : t("bug", { text: error instanceof Error ? error.message : String(error) })}</span>
            <button type="button" id="reload" onClick={() => location.reload()}>
              {t("ui.reload")}
            </button>
          </p>
        );
      }}
    >
      {props.children}
    </ErrorBoundary>
  );
}
