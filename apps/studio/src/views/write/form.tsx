import { createMemo, createSignal, For, type JSX } from "solid-js";
import { t } from "../../state/language.ts";
import { edit } from "../../state/project.ts";
import { block, focusLine, songSheet } from "../../state/song.ts";
import { roleFamily, sectionName } from "./names.ts";
import { dragged, dragOf, dropHere, moveTo } from "./section.tsx";

const H = 100;
/** Room above and below the line. */
const EDGE = 14;

/** The whole song in time: its sections as blocks that can be dragged, and over them one line of energy. */
export function FormStrip(): JSX.Element {
  const places = createMemo(() => songSheet().blocks.map((own) => own.place.id), [], {
    equals: (a, b) => a.length === b.length && a.every((id, i) => id === b[i]),
  });
  /** While a hand draws. */
  const [drawing, setDrawing] = createSignal<{ readonly place: string; readonly energy: number }>();
  const energyOf = (place: string): number => (drawing()?.place === place ? drawing()!.energy : (block(place)?.place.energy ?? 0.5));
  const weights = createMemo(() => songSheet().blocks.map((own) => Math.max(2, own.lines.length)));
  const whole = (): number => weights().reduce((sum, one) => sum + one, 0) || 1;
  /** The middle of a block, 0 to 100. */
  const middle = (index: number): number =>
    (100 *
      (weights()
        .slice(0, index)
        .reduce((sum, one) => sum + one, 0) +
        (weights()[index] ?? 0) / 2)) /
    whole();
  const y = (energy: number): number => EDGE + (H - 2 * EDGE) * (1 - energy);
  const path = (): string => {
    const points = places().map((place, i) => [10 * middle(i), y(energyOf(place))] as const);
    const [first, last] = [points[0], points.at(-1)];
    return first && last ? `M0 ${first[1]}${points.map(([x, at]) => `L${x.toFixed(1)} ${at.toFixed(1)}`).join("")}L1000 ${last[1]}` : "";
  };
  const keep = (place: string, energy: number): void =>
    edit("energy", (draft) => draft.set("place", place, { energy: Math.round(Math.min(1, Math.max(0, energy)) * 100) / 100 }));
  const key = (place: string, event: KeyboardEvent): void => {
    const by = { ArrowUp: 0.05, ArrowDown: -0.05, PageUp: 0.2, PageDown: -0.2 }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    keep(place, energyOf(place) + by);
  };
  const at = (event: PointerEvent & { currentTarget: HTMLElement }): number => {
    const box = event.currentTarget.parentElement!.getBoundingClientRect();
    return Math.min(1, Math.max(0, 1 - ((event.clientY - box.top) / box.height - EDGE / H) / (1 - (2 * EDGE) / H)));
  };
  const tileKey = (place: string, event: KeyboardEvent): void => {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (by === undefined || !event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    moveTo(place, Math.max(0, places().indexOf(place) + by));
    requestAnimationFrame(() => document.querySelector<HTMLElement>(`.form-tile[data-place="${place}"]`)?.focus());
  };
  return (
    <fieldset class="form-strip" aria-label={t("write.form")}>
      <div class="form-inside" style={{ "min-width": `${places().length * 56}px` }}>
        <div class="form-energy">
          <span class="form-label" aria-hidden="true">
            {t("write.energy")}
          </span>
          <svg viewBox={`0 0 1000 ${H}`} preserveAspectRatio="none" aria-hidden="true">
            <path class="area" d={path() && `${path()}L1000 ${H}L0 ${H}Z`} />
            <path class="line" d={path()} />
          </svg>
          <For each={places()}>
            {(place, i) => (
              <button
                type="button"
                class="point"
                role="slider"
                aria-orientation="vertical"
                aria-label={t("write.energyOf", { name: block(place)?.place.name || sectionName(block(place)?.section.id ?? ""), n: i() + 1 })}
                aria-valuemin="0"
                aria-valuemax="100"
                aria-valuenow={Math.round(energyOf(place) * 100)}
                style={{ left: `${middle(i())}%`, top: `${y(energyOf(place))}%` }}
                onKeyDown={(event) => key(place, event)}
                onPointerDown={(event) => {
                  event.currentTarget.setPointerCapture(event.pointerId);
                  setDrawing({ place, energy: energyOf(place) });
                }}
                onPointerMove={(event) => drawing()?.place === place && setDrawing({ place, energy: at(event) })}
                onPointerUp={() => {
                  const drawn = drawing();
                  setDrawing(undefined);
                  if (drawn && Math.abs(drawn.energy - (block(place)?.place.energy ?? 0)) > 0.001) keep(place, drawn.energy);
                }}
                onPointerCancel={() => setDrawing(undefined)}
              />
            )}
          </For>
        </div>
        <div class="form-tiles">
          <For each={places()}>
            {(place, i) => (
              <button
                type="button"
                class={`form-tile ${roleFamily(block(place)?.section.role ?? "")}`}
                classList={{ dragged: dragged() === place }}
                data-place={place}
                draggable="true"
                style={{ "flex-grow": weights()[i()] ?? 2 }}
                aria-description={t("write.tileHint")}
                onClick={() => {
                  document.querySelector(`.section-card[data-place="${place}"]`)?.scrollIntoView({ block: "nearest" });
                  const first = block(place)?.lines[0];
                  if (first) focusLine(first.id);
                }}
                onKeyDown={(event) => tileKey(place, event)}
                {...dragOf(() => place)}
                {...dropHere(() => place)}
              >
                {block(place)?.place.name || sectionName(block(place)?.section.id ?? "")}
              </button>
            )}
          </For>
        </div>
      </div>
    </fieldset>
  );
}
