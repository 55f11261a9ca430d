import type { Heard } from "@kuishi/score";
import { For, type JSX, Show } from "solid-js";
import { t } from "../state/language.ts";

type Rhythm = NonNullable<Heard["rhythm"]>[number];
const [WIDTH, HEIGHT] = [560, 84];
const FLOOR = 62;
const x = (at: number): number => 14 + at * (WIDTH - 28);

/** The right hand: for each kind of bar, where in it strokes fall, how hard, how often, which way. */
export function RhythmView(props: { readonly heard: Heard }): JSX.Element {
  const kinds = (): readonly Rhythm[] => [...(props.heard.rhythm ?? [])].sort((a, b) => b.bars - a.bars).slice(0, 3);
  return (
    <Show when={kinds().length > 0}>
      <figure class="rhythm">
        <figcaption class="fine">{t("ui.rhythm")}</figcaption>
        <div>
          <For each={kinds()}>
            {(kind) => (
              <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={label(kind)}>
                <line x1={x(0)} x2={x(1)} y1={FLOOR} y2={FLOOR} class="floor" />
                <For each={edges(kind.groups)}>{(edge) => <line x1={x(edge)} x2={x(edge)} y1="8" y2={FLOOR + 5} class="edge" />}</For>
                <For each={kind.slots}>
                  {(slot) => (
                    <g opacity={0.35 + 0.65 * slot.share}>
                      <rect x={x(slot.at) - 3} y={FLOOR - 46 * slot.accent} width="6" height={46 * slot.accent} class={slot.direction ?? "untold"} />
                      <text x={x(slot.at)} y={FLOOR + 17} text-anchor="middle">
                        {slot.direction === "down" ? "↓" : slot.direction === "up" ? "↑" : "·"}
                      </text>
                    </g>
                  )}
                </For>
                <text x={x(1)} y="14" text-anchor="end">
                  {kind.groups.join("+")} × {kind.bars}
                </text>
              </svg>
            )}
          </For>
        </div>
      </figure>
    </Show>
  );
}

/** Where groups begin, 0..1. */
function edges(groups: readonly number[]): number[] {
  const total = groups.reduce((a, b) => a + b, 0);
  let sum = 0;
  return [...groups, 0].map((group) => {
    const edge = sum / total;
    sum += group;
    return edge;
  });
}
const label = (kind: Rhythm): string => t("ui.rhythm.bar", { groups: kind.groups.join("+"), places: kind.slots.map((slot) => slot.at.toFixed(2)).join(", ") });
