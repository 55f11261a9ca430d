import { choicesOfVariation } from "@kuishi/flow";
import { localized } from "@kuishi/words";
import { createSignal, For, type JSX, Show } from "solid-js";
import { allStyles } from "../state/choices.ts";
import { language, t } from "../state/language.ts";
import { work } from "../state/ui.ts";
import { changeVariation, currentVariation, pickVariation, removeVariation, type Variation, variations } from "../state/variations.ts";
import { IconButton } from "./iconbutton.tsx";

const styleOf = (variation: Variation): string => {
  const { style } = choicesOfVariation(variation);
  return localized(allStyles().find((one) => one.name === style)?.title ?? {}, language()) || style;
};

/** Blends that were made: one after the other at equal loudness, named, starred, taken away. */
export function Variations(): JSX.Element {
  return (
    <Show when={variations().length > 1}>
      <section aria-labelledby="variations-title">
        <div class="row-of">
          <h2 id="variations-title">{t("ui.variations")}</h2>
          <span class="fine">
            {t("ui.variations.compare")} <kbd>V</kbd>
          </span>
        </div>
        <ul class="variation-cards">
          <For each={variations()}>{(variation) => <Card variation={variation} />}</For>
        </ul>
      </section>
    </Show>
  );
}

function Card(props: { readonly variation: Variation }): JSX.Element {
  const own = (): Variation => props.variation;
  const [naming, setNaming] = createSignal(false);
  const rename = (name: string): void => {
    setNaming(false);
    if (name.trim() !== "" && name !== own().name) changeVariation(own(), { name: name.trim().slice(0, 60) });
  };
  return (
    <li classList={{ sounds: own().id === currentVariation()?.id }} onDblClick={() => setNaming(true)}>
      <Show
        when={naming()}
        fallback={
          <button
            type="button"
            data-variation={own().name}
            aria-pressed={own().id === currentVariation()?.id}
            disabled={work() !== undefined}
            onClick={() => pickVariation(own())}
          >
            <b>{own().name}</b> <span>{styleOf(own())}</span>
          </button>
        }
      >
        <input
          ref={(input) => queueMicrotask(() => input.select())}
          value={own().name}
          maxLength={60}
          aria-label={t("ui.variation.name")}
          onBlur={(event) => rename(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === "Enter") rename(event.currentTarget.value);
            if (event.key === "Escape") setNaming(false);
          }}
        />
      </Show>
      <span class="acts">
        <IconButton
          sign="star"
          class="star"
          label={t("ui.variation.star", { name: own().name })}
          pressed={own().starred}
          onClick={() => changeVariation(own(), { starred: !own().starred })}
        />
        <IconButton sign="write" label={t("ui.variation.rename", { name: own().name })} onClick={() => setNaming(true)} />
        <IconButton sign="remove" label={t("ui.variation.remove", { name: own().name })} onClick={() => removeVariation(own())} />
      </span>
    </li>
  );
}
