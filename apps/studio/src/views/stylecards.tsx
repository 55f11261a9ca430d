import type { Style } from "@kuishi/blend";
import { meterAt } from "@kuishi/score";
import { localized, numberIn } from "@kuishi/words";
import { createEffect, createSignal, For, type JSX, onCleanup, Show } from "solid-js";
import { allStyles, choices, choose, isOwn } from "../state/choices.ts";
import { language, t, told } from "../state/language.ts";
import { heardStyle, isAwaited, isReady, left, previewsOn, rested, setPreviews } from "../state/previews.ts";
import { tune } from "../state/tune.ts";
import { work } from "../state/ui.ts";
import { blend } from "../state/variations.ts";
import { Canvas, type Colours } from "./canvas.tsx";
import type { Family } from "./family.ts";
import { IconButton } from "./iconbutton.tsx";
import { pulseOf } from "./pulse.ts";

const TINTS: readonly Family[] = ["felt", "sky", "lilac", "gold", "leaf"];

/** A style was chosen that is not blended yet; it is as soon as nothing else is being done. */
const [wanted, setWanted] = createSignal(false);

/** The styles, each with its pulse in the tune's own bar; resting on one lets it sound where the tune is, choosing one blends by itself. */
export function StyleCards(): JSX.Element {
  createEffect(() => {
    if (!wanted() || work() || !tune()) return;
    setWanted(false);
    void blend();
  });
  onCleanup(left);
  return (
    <section>
      <div class="row-of">
        <h2 id="blend-title">{t("ui.style")}</h2>
        <IconButton sign="listen" id="previews" label={t("ui.previews")} pressed={previewsOn()} onClick={() => setPreviews(!previewsOn())} />
      </div>
      <div class="style-cards" role="radiogroup" aria-labelledby="blend-title" onKeyDown={walk}>
        <For each={allStyles()}>{(style, k) => <Card style={style} tint={TINTS[k() % TINTS.length]!} />}</For>
      </div>
      <p class="fine" id="about">
        {localized(allStyles().find((style) => style.name === choices().style)?.about ?? {}, language())}
      </p>
    </section>
  );
}
const STEPS: Readonly<Record<string, number>> = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };
/** Arrows go from style to style, to listen; Enter or Space chooses. */
function walk(event: KeyboardEvent & { currentTarget: HTMLElement }): void {
  const all = [...event.currentTarget.querySelectorAll("input")];
  const k = all.indexOf(event.target as HTMLInputElement);
  const by = STEPS[event.code];
  if (k < 0 || (!by && event.code !== "Enter")) return;
  event.preventDefault();
  if (by) all[(k + by + all.length) % all.length]?.focus();
  else all[k]?.click();
}
/** A finger that rests so long listens, and chooses nothing; milliseconds. */
const HOLD_MS = 220;
/** What lets a style sound: a pointer over its card, a key that reaches it, a finger that rests on it. */
function listening(style: string) {
  let held: number | undefined;
  let listened = false;
  const letGo = (): void => {
    clearTimeout(held);
    left();
  };
  return {
    onPointerEnter: (event: PointerEvent) => event.pointerType === "mouse" && rested(style, event.timeStamp),
    onPointerDown: (event: PointerEvent) => {
      listened = false;
      if (event.pointerType === "mouse") return;
      held = window.setTimeout(() => {
        listened = true;
        rested(style, event.timeStamp);
      }, HOLD_MS);
    },
    onPointerUp: (event: PointerEvent) => event.pointerType !== "mouse" && letGo(),
    onPointerCancel: letGo,
    onPointerLeave: letGo,
    onContextMenu: (event: Event) => listened && event.preventDefault(),
    onClick: (event: MouseEvent) => {
      if (listened) event.preventDefault();
      listened = false;
    },
    onFocusIn: (event: FocusEvent) => (event.target as Element).matches(":focus-visible") && rested(style, event.timeStamp),
    onFocusOut: letGo,
  };
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
    <label
      class="style-card"
      classList={{ chosen: chosen(), heard: heardStyle() === props.style.name }}
      data-ready={isReady(props.style.name) ? "" : undefined}
      title={localized(props.style.about, language())}
      {...listening(props.style.name)}
    >
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
      <Show when={isAwaited(props.style.name)}>
        <progress class="awaited" aria-label={told("stage.arrange")} />
      </Show>
      <Show when={chosen() && work()}>{(w) => <progress max="1" value={w().done} aria-label={told(`stage.${w().stage}`)} />}</Show>
    </label>
  );
}
