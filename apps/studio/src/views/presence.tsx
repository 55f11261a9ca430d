import { For, type JSX, Show } from "solid-js";
import { t } from "../state/language.ts";
import { people, safety, shared } from "../state/together.ts";
import { setSheet } from "../state/ui.ts";
import { Face } from "./face.tsx";
import { IconButton } from "./iconbutton.tsx";

/** So many faces are shown before a number. */
const FACES = 3;

/** In the head: who is here, and a quiet dot that says where the last change is. */
export function Presence(): JSX.Element {
  const label = (): string =>
    [
      t("together.title"),
      t(`together.${safety()}Now`),
      people()
        .map(({ name }) => name)
        .join(", "),
    ]
      .filter(Boolean)
      .join(" · ");
  return (
    <Show when={shared()} fallback={<IconButton sign="together" id="together" label={t("together.title")} onClick={() => setSheet("together")} />}>
      <button type="button" class="presence" id="together" data-safety={safety()} aria-label={label()} title={label()} onClick={() => setSheet("together")}>
        <span class="dot" aria-hidden="true" />
        <For each={people().slice(0, FACES)}>{(person) => <Face person={person} />}</For>
        <Show when={people().length > FACES}>
          <span class="more">+{people().length - FACES}</span>
        </Show>
      </button>
    </Show>
  );
}
