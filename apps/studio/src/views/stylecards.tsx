import type { Style } from "@kuishi/blend";
import { meterAt } from "@kuishi/score";
import { localized, numberIn } from "@kuishi/words";
import { createEffect, createSignal, For, type JSX, Show } from "solid-js";
import { allStyles, choices, choose, isOwn } from "../state/choices.ts";
import { language, t, told } from "../state/language.ts";
import { tune } from "../state/tune.ts";
import { work } from "../state/ui.ts";
import { blend } from "../state/variations.ts";
import { Canvas, type Colours } from "./canvas.tsx";
import type { Family } from "./family.ts";
import { pulseOf } from "./pulse.ts";

const TINTS: readonly Family[] = ["felt", "sky", "lilac", "gold", "leaf"];

/** A style was chosen that is not blended yet; it is as soon as nothing else is being done. */
const [wanted, setWanted] = createSignal(false);

/** The styles, each with its pulse in the tune's own bar; choosing one blends by itself. */
export function StyleCards(): JSX.Element {
  createEffect(() => {
    if (!wanted() || work() || !tune()) return;
    setWanted(false);
    void blend();
  });
  return (
    <section>
      <h2 id="blend-title">{t("ui.style")}</h2>
      <div class="style-cards" role="radiogroup" aria-labelledby="blend-title">
        <For each={allStyles()}>{(style, k) => <Card style={style} tint={TINTS[k() % TINTS.length]!} />}</For>
      </div>
      <p class="fine" id="about">
        {localized(allStyles().find((style) => style.name === choices().style)?.about ?? {}, language())}
      </p>
    </section>
  );
}

function Card(props: { readonly style: Style; readonly tint: Family }): JSX.Element {
  const chosen = (): boolean => choices().style === props.style.name;
  const groups = (): readonly number[] => {
    const heard = tune()?.heard;
    return heard && heard.downbeats.length > 0 ? meterAt(heard, 1).groups : [2, 2, 2, 2];
  };
  const draw = (context: CanvasRenderingContext2D, w: number, h: number, colours: Colours): void => {
    const rows = pulseOf(props.style, groups());
    // a short bar twice, so that it is seen to go round
    const steps = rows[0]!.length * (rows[0]!.length < 10 ? 2 : 1);
    const [cell, line] = [w / steps, h / rows.length];
    rows.forEach((row, r) => {
      for (let k = 0; k < steps; k++) {
        const level = row[k % row.length]!;
        context.globalAlpha = level > 0 ? 0.25 + 0.75 * level : 1;
        context.fillStyle = level > 0 ? colours[props.tint] : colours.s3;
        context.fillRect(k * cell, r * line, Math.max(1, cell - 1.4), line - 2.5);
      }
    });
  };
  return (
    <label class="style-card" classList={{ chosen: chosen() }} title={localized(props.style.about, language())}>
      <input
        type="radio"
        name="style"
        value={props.style.name}
        checked={chosen()}
        onChange={() => {
          choose({ style: props.style.name });
          setWanted(true);
        }}
      />
      <span>
        {localized(props.style.title, language())}
        {isOwn(props.style) ? " *" : ""}
      </span>
      <small>{t("ui.tempoRange", { low: numberIn(language(), props.style.bpm[0]), high: numberIn(language(), props.style.bpm[1]) })}</small>
      <Canvas class="pulse" on={() => [groups(), props.style]} draw={draw} />
      <Show when={chosen() && work()}>{(w) => <progress max="1" value={w().done} aria-label={told(`stage.${w().stage}`)} />}</Show>
    </label>
  );
}
