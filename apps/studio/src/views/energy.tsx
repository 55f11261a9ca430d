import { curveAt } from "@kuishi/blend";
import { createMemo, createSignal, For, type JSX } from "solid-js";
import { choices, choose } from "../state/choices.ts";
import { t } from "../state/language.ts";
import { tune } from "../state/tune.ts";
import { currentVariation } from "../state/variations.ts";
import { shownSections } from "./tune/sections.ts";

const POINTS = 17;
const [W, H] = [584, 168];
const clock = (seconds: number): string => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;

/** The energy of the blend, drawn by hand: by dragging over it, or point by point with the arrow keys. */
export function EnergyEditor(): JSX.Element {
  const seconds = (): number => tune()?.heard.durationSec ?? 1;
  const derived = (): readonly (readonly [number, number])[] => currentVariation()?.report.energy ?? [[0, 0.5]];
  /** While a finger draws, what it has drawn; it becomes one step when it lets go. */
  const [draft, setDraft] = createSignal<number[]>();
  const levels = createMemo((): number[] => {
    const drawing = draft();
    if (drawing) return drawing;
    const curve = choices().energy.length > 0 ? choices().energy : derived();
    return Array.from({ length: POINTS }, (_, k) => curveAt(curve, (seconds() * k) / (POINTS - 1)));
  });
  const keep = (list: readonly number[]): void =>
    choose({
      energy: list.map((level, k): [number, number] => [
        Math.round((seconds() * k * 100) / (POINTS - 1)) / 100,
        Math.round(Math.min(1, Math.max(0, level)) * 100) / 100,
      ]),
    });
  const x = (k: number): number => 14 + ((W - 28) * k) / (POINTS - 1);
  const y = (level: number): number => 10 + (H - 20) * (1 - level);
  let last = -1;
  const draw = (event: PointerEvent & { currentTarget: SVGSVGElement }): void => {
    const box = event.currentTarget.getBoundingClientRect();
    const k = Math.min(POINTS - 1, Math.max(0, Math.round((((event.clientX - box.left) / box.width) * W - 14) / ((W - 28) / (POINTS - 1)))));
    const level = Math.min(1, Math.max(0, 1 - (((event.clientY - box.top) / box.height) * H - 10) / (H - 20)));
    const list = [...levels()];
    // points a fast hand jumped over
    const [from, to] = last < 0 ? [k, k] : [Math.min(last, k), Math.max(last, k)];
    for (let i = from; i <= to; i++) list[i] = last < 0 || last === k ? level : list[last]! + ((level - list[last]!) * (i - last)) / (k - last);
    last = k;
    setDraft(list);
  };
  const end = (): void => {
    const list = draft();
    last = -1;
    if (list) keep(list);
    setDraft(undefined);
  };
  const key = (k: number, event: KeyboardEvent): void => {
    const by = { ArrowUp: 0.05, ArrowDown: -0.05, PageUp: 0.2, PageDown: -0.2 }[event.code];
    if (by === undefined) return;
    event.preventDefault();
    keep(levels().map((level, i) => (i === k ? level + by : level)));
  };
  const path = (): string =>
    levels()
      .map((level, k) => `${k === 0 ? "M" : "L"}${x(k).toFixed(1)} ${y(level).toFixed(1)}`)
      .join("");
  return (
    <fieldset class="energy">
      <div class="row-of">
        <legend>{t("ui.curve")}</legend>
        <button type="button" class="mini" id="energy-clear" disabled={choices().energy.length === 0} onClick={() => choose({ energy: [] })}>
          {t("ui.curve.clear")}
        </button>
      </div>
      <svg
        viewBox={`0 0 ${W} ${H}`}
        classList={{ drawn: choices().energy.length > 0 }}
        aria-label={t("ui.curve")}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          draw(event);
        }}
        onPointerMove={(event) => {
          if (last >= 0) draw(event);
        }}
        onPointerUp={end}
        onPointerCancel={end}
      >
        <For each={shownSections()}>
          {(section) => (
            <rect
              x={x((section.from / seconds()) * (POINTS - 1))}
              width={Math.max(0, ((section.to - section.from) / seconds()) * (W - 28) - 1)}
              y="0"
              height={H}
              class={`tint ${section.family}`}
            />
          )}
        </For>
        <path class="area" d={`${path()}L${x(POINTS - 1)} ${H - 10}L${x(0)} ${H - 10}Z`} />
        <path class="line" d={path()} />
        <For each={Array.from({ length: POINTS }, (_, k) => k)}>
          {(k) => (
            <circle
              cx={x(k)}
              cy={y(levels()[k]!)}
              r="8"
              tabindex="0"
              role="slider"
              aria-orientation="vertical"
              aria-label={t("ui.curve.point", { at: clock((seconds() * k) / (POINTS - 1)) })}
              aria-valuemin="0"
              aria-valuemax="100"
              aria-valuenow={Math.round(levels()[k]! * 100)}
              onKeyDown={(event) => key(k, event)}
            />
          )}
        </For>
      </svg>
      <p class="fine">{t("ui.curve.hint")}</p>
    </fieldset>
  );
}
