import { languageOfText, type Rhyme, type VerseLine, verseOf, withoutChords } from "@kuishi/verse";
import { createMemo, createSignal, For, type JSX, Show } from "solid-js";
import { kazakhWords } from "../state/dictionary.ts";
import { language, t } from "../state/language.ts";
import { busily, fail } from "../state/ui.ts";

/** Words as verse, line by line: syllables, bunaq, rhymes; a last word is pressed for others that rhyme with it. It colours, it never scolds. */
export function VerseCount(props: { readonly text: string }): JSX.Element {
  const plain = createMemo(() => withoutChords(props.text));
  const tongue = createMemo(() => languageOfText(plain(), undefined, language()));
  const verse = createMemo(() => {
    try {
      return verseOf(plain(), tongue());
    } catch {
      // longer than any song: nothing to be counted
      return undefined;
    }
  });
  const [asked, setAsked] = createSignal<{ readonly word: string; readonly rhymes: readonly Rhyme[] }>();
  const ask = async (word: string): Promise<void> => {
    try {
      const found = await busily(kazakhWords);
      setAsked({ word, rhymes: found.rhymes(word, 24) });
    } catch (error) {
      fail(error);
    }
  };
  return (
    <Show when={verse()}>
      {(counted) => (
        <>
          <ol class="verse" aria-label={t("verse.count")}>
            <For each={counted().lines}>
              {(line) => (
                <Show when={line.words.length > 0} fallback={<li class="gap" aria-hidden="true" />}>
                  <Line line={line} ask={tongue() === "kk" ? ask : undefined} />
                </Show>
              )}
            </For>
          </ol>
          <p class="fine">{t("verse.scheme", { scheme: counted().scheme })}</p>
          <Show when={asked()}>
            {(found) => (
              <p class="rhymes" aria-live="polite">
                {t("verse.rhymes", { word: found().word })}{" "}
                <b>
                  {found().rhymes.length > 0
                    ? found()
                        .rhymes.map(({ word }) => word)
                        .join(", ")
                    : t("verse.none")}
                </b>
              </p>
            )}
          </Show>
        </>
      )}
    </Show>
  );
}

function Line(props: { readonly line: VerseLine; readonly ask: ((word: string) => Promise<void>) | undefined }): JSX.Element {
  const count = (): string => [...new Set(props.line.syllables)].join("–");
  const last = (): string => props.line.words.at(-1)!.join("");
  return (
    <li>
      <b>{count()}</b>
      <span>{props.line.bunaq[0]?.join("+") ?? ""}</span>
      <i>{props.line.rhyme ?? ""}</i>
      <span class="syllables">{props.line.words.map((word) => word.join("·")).join(" ")}</span>
      <Show when={props.ask}>
        {(ask) => (
          <button type="button" class="mini" aria-label={t("verse.rhymesFor", { word: last() })} onClick={() => void ask()(last())}>
            ≈
          </button>
        )}
      </Show>
    </li>
  );
}
