import { addLines, writeLine } from "@kuishi/project";
import type { Rhyme } from "@kuishi/verse";
import { createSignal, For, type JSX, Show } from "solid-js";
import { kazakhWords } from "../../state/dictionary.ts";
import { t } from "../../state/language.ts";
import { edit } from "../../state/project.ts";
import { focusLine, lyric, settle, textOf } from "../../state/song.ts";
import { busily, fail } from "../../state/ui.ts";

const [asked, setAsked] = createSignal<{ readonly line: string; readonly word: string; readonly rhymes: readonly Rhyme[] }>();
/** Looks for words that rhyme with the last one of a line. */
export async function askRhymes(line: string, word: string): Promise<void> {
  try {
    const found = await busily(kazakhWords);
    setAsked({ line, word, rhymes: found.rhymes(word, 50) });
  } catch (error) {
    fail(error);
  }
}
/** Words that rhyme, the best first: one that is pressed begins the end of the next line. */
export function Rhymes(): JSX.Element {
  const take = (line: string, word: string): void => {
    settle();
    edit("words", (draft) => {
      const own = lyric(line);
      if (!own) return;
      const all = draft.session.lyrics.filter((other) => other.section === own.section);
      const next = all[all.findIndex((other) => other.id === line) + 1];
      if (next?.text.trim() === "") {
        writeLine(draft, next.id, word);
        focusLine(next.id, 0);
      } else {
        const added = addLines(draft, line, [word]);
        if (added) focusLine(added, 0);
      }
    });
  };
  return (
    <Show when={asked()}>
      {(found) => (
        <section class="rhyme-words" aria-live="polite">
          <h2>{t("verse.rhymes", { word: found().word })}</h2>
          <Show when={found().rhymes.length > 0} fallback={<p class="fine">{t("verse.none")}</p>}>
            <ul>
              <For each={found().rhymes}>
                {(rhyme) => (
                  <li>
                    <button
                      type="button"
                      classList={{ weak: rhyme.suffix !== null }}
                      disabled={!lyric(found().line) || textOf(found().line) === undefined}
                      onClick={() => take(found().line, rhyme.word)}
                    >
                      {rhyme.word}
                    </button>
                  </li>
                )}
              </For>
            </ul>
            <p class="fine">{t("write.rhymeHint")}</p>
          </Show>
        </section>
      )}
    </Show>
  );
}
