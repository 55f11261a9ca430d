import type { HeardString } from "@kuishi/score";
import { createMemo, createSignal, For, type JSX, onCleanup, Show } from "solid-js";
import { t } from "../state/language.ts";
import { tune } from "../state/tune.ts";
import { alongString, cellOf, fretTable } from "./neckfrets.ts";
import { noteName } from "./say.ts";

/** A finger on the neck. */
export interface Finger {
  readonly string: number | null;
  readonly fret: number | null;
  readonly cents: number | null;
}
const [TOP, STRING_GAP_PX] = [20, 46];
const PLAIN: HeardString = { openCents: 5000, fretCents: [], fretConfidence: [], confidence: 0 };
/** A phone's neck ends at the highest fret the tune needs, so that a finger is seen. */
const narrow = window.matchMedia("(max-width: 640px)");

/** The neck as it was heard, in its own wood: one set of frets across the strings, fingers filled, the next ones as rings. */
export function Neck(props: {
  readonly now: readonly Finger[];
  readonly coming?: readonly Finger[];
  readonly says?: string;
  readonly label: string;
}): JSX.Element {
  const [small, setSmall] = createSignal(narrow.matches);
  const change = (): void => void setSmall(narrow.matches);
  narrow.addEventListener("change", change);
  onCleanup(() => narrow.removeEventListener("change", change));
  const strings = (): readonly HeardString[] => {
    const heard = tune()?.heard.tuning.strings ?? [];
    return heard.length > 0 ? heard : [PLAIN, { ...PLAIN, openCents: 5500 }];
  };
  const used = createMemo(() => Math.ceil((tune()?.heard.notes ?? []).reduce((most, note) => Math.max(most, note.fret ?? 0), 7)));
  const frets = (): number => (small() ? used() : Math.max(19, used()));
  const table = createMemo(() => fretTable(strings(), frets()));
  const width = (): number => (small() ? 390 : 1000);
  const nut = (): number => (small() ? 46 : 72);
  const body = (): number => (small() ? 0 : 170);
  const x = (above: number): number => nut() + ((width() - nut() - body() - 16) * alongString(above)) / alongString(table().at(-1)! + 60);
  const bottom = (): number => TOP + strings().length * STRING_GAP_PX;
  const y = (string: number): number => TOP + (strings().length - 1 - string + 0.5) * STRING_GAP_PX;
  const place = (one: Finger): { readonly cx: number; readonly cy: number } | undefined => {
    if (one.string === null || one.fret === null || one.string >= strings().length) return undefined;
    const [from, to] = cellOf(table(), one.fret);
    // just behind its fret, as a hand has it
    return { cx: one.fret === 0 ? nut() - 13 : x(from) + 0.6 * (x(to) - x(from)), cy: y(one.string) };
  };
  return (
    <svg viewBox={`0 0 ${width()} ${bottom() + 22}`} class="neck" role="img" aria-label={props.label}>
      <defs>
        <linearGradient id="wood" x1="0" y1="0" x2="0" y2="1">
          <stop offset="0" stop-color="var(--wood-a)" />
          <stop offset="0.5" stop-color="var(--wood-b)" />
          <stop offset="1" stop-color="var(--wood-a)" />
        </linearGradient>
      </defs>
      <rect x={nut()} y={TOP} width={width() - nut() - body()} height={bottom() - TOP} rx="3" fill="url(#wood)" />
      <Show when={!small()}>
        <ellipse cx={width() - 96} cy={(TOP + bottom()) / 2} rx="104" ry={STRING_GAP_PX * strings().length * 0.6 + 6} class="body" />
        <ellipse cx={width() - 96} cy={(TOP + bottom()) / 2} rx="93" ry={STRING_GAP_PX * strings().length * 0.6 - 3} class="top" />
        <For each={[-8, 0, 8]}>{(dx) => <circle cx={width() - 96 + dx} cy={(TOP + bottom()) / 2 + (dx === 0 ? 6 : -5)} r="2.6" class="hole" />}</For>
      </Show>
      <rect x={nut() - 5} y={TOP} width="5" height={bottom() - TOP} class="nut" />
      <For each={table().slice(1)}>
        {(above, k) => (
          <>
            <rect x={x(above) - 1.2} y={TOP} width="2.4" height={bottom() - TOP} class="fret" />
            <text x={(x(table()[k()]!) + x(above)) / 2} y={bottom() + 15} text-anchor="middle">
              {k() + 1}
            </text>
          </>
        )}
      </For>
      <For each={strings()}>
        {(string, s) => (
          <>
            <line x1={nut() - 26} x2={width() - (small() ? 0 : 60)} y1={y(s())} y2={y(s())} class="string" stroke-width={s() === 0 ? 2 : 1.5} />
            <text x="2" y={y(s()) - 8}>
              {noteName(string.openCents)}
            </text>
          </>
        )}
      </For>
      <Show when={props.says}>
        <text x={nut()} y="13" class="says">
          {props.says}
        </text>
      </Show>
      <For each={props.coming}>
        {(one) => <Show when={place(one)}>{(at) => <circle cx={at().cx} cy={at().cy} r="11" class={`next s${one.string}`} />}</Show>}
      </For>
      <For each={props.now}>
        {(one) => (
          <Show when={place(one)}>
            {(at) => (
              <>
                <circle cx={at().cx} cy={at().cy} r="13" class={`s${one.string}`} />
                <text x={at().cx} y={at().cy + 4.5} text-anchor="middle" class="finger">
                  {one.fret}
                </text>
              </>
            )}
          </Show>
        )}
      </For>
    </svg>
  );
}
export const fingersText = (fingers: readonly Finger[]): string =>
  fingers.map((one) => t("learn.finger", { string: (one.string ?? 0) + 1, fret: one.fret ?? 0 })).join(" + ");
