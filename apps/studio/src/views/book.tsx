import { createMemo, createSignal, For, type JSX, Show } from "solid-js";
import { t } from "../state/language.ts";
import { openFromBook } from "../state/open.ts";
import { book } from "../state/ui.ts";
import { Sheet } from "./sheet.tsx";

/** Tunes shown at once; a word narrows a longer book down. */
const MOST_TUNES = 200;

/** A book of tunes: one is chosen by its title. */
export function BookSheet(): JSX.Element {
  const [word, setWord] = createSignal("");
  const found = createMemo(() => {
    const wanted = word().trim().toLowerCase();
    return (book()?.tunes ?? [])
      .map((tune, k) => ({ tune, place: k + 1 }))
      .filter(({ tune, place }) => `${place} ${tune.title}`.toLowerCase().includes(wanted));
  });
  return (
    <Sheet title={t("book.title", { name: book()?.name ?? "" })} id="book-sheet">
      <label class="row-of">
        {t("book.find")}
        <input type="search" id="book-find" value={word()} onInput={(event) => setWord(event.currentTarget.value)} />
      </label>
      <p class="fine">{t("book.count", { count: found().length })}</p>
      <ol class="book">
        <For each={found().slice(0, MOST_TUNES)}>
          {({ tune, place }) => (
            <li value={place}>
              <button type="button" data-tune={place} onClick={() => void openFromBook(tune, book()?.name ?? "")}>
                {tune.title || t("book.untitled")}
              </button>
            </li>
          )}
        </For>
      </ol>
      <Show when={found().length > MOST_TUNES}>
        <p class="fine">{t("book.more")}</p>
      </Show>
    </Sheet>
  );
}
