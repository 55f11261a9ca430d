import { For, type JSX, Show } from "solid-js";
import { t } from "../state/language.ts";
import { goTo, room, rooms } from "../state/ui.ts";
import { Icon } from "./icon.tsx";

/** Modes of the studio: at the side, on a phone below. What leaves the studio has its own place in the head. */
export function Rooms(): JSX.Element {
  return (
    <nav class="rail rooms" aria-label={t("ui.rooms")}>
      <For each={rooms.filter((name) => name !== "export")}>
        {(name) => (
          <>
            <Show when={name === "tracks"}>
              <hr />
            </Show>
            <button type="button" data-room={name} aria-current={room() === name ? "page" : undefined} onClick={() => goTo(name)}>
              <Icon name={name} size={20} />
              <span>{t(`room.${name}`)}</span>
            </button>
          </>
        )}
      </For>
    </nav>
  );
}
