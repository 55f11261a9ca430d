import { laneBoxes, waveformPath } from "@kuishi/draw";
import { ownWord } from "@kuishi/words";
import { createMemo, For, type JSX, Show } from "solid-js";
import { lookNear } from "./correct.tsx";
import { language, looking, made, position, seek, type Tune, t } from "./state.ts";

const WIDTH = 1200;

/** Goes where the pointer clicked. */
function place(event: MouseEvent & { currentTarget: SVGSVGElement }, tune: Tune): void {
  const box = event.currentTarget.getBoundingClientRect();
  seek(Math.round(((event.clientX - box.left) / box.width) * tune.heard.durationSec * 48_000));
}

/** Waveform with sections, the two string lanes with what was heard, and the playhead over both. */
export function TuneView(props: { readonly tune: Tune }): JSX.Element {
  const wave = createMemo(() => waveformPath(props.tune.channels[0] ?? new Float32Array(1), WIDTH, 110));
  const boxes = createMemo(() => laneBoxes(props.tune.heard));
  const seconds = (): number => props.tune.heard.durationSec;
  const x = (at: number): number => (at / seconds()) * WIDTH;
  const head = (): number => x(Math.min(seconds(), position() / 48_000));
  return (
    // The position slider below does by keyboard what a click does here.
    <div class="tune">
      <ol class="form" aria-label={t("ui.form")}>
        <For each={props.tune.heard.form}>
          {(section) => (
            <li
              style={{ "flex-grow": section.toSec - section.fromSec, opacity: 0.45 + 0.55 * section.confidence }}
              title={`${section.fromSec.toFixed(1)}–${section.toSec.toFixed(1)} s, ${Math.round(section.confidence * 100)} %`}
            >
              {ownWord(language(), "section", section.label)}
            </li>
          )}
        </For>
      </ol>
      <svg
        viewBox={`0 0 ${WIDTH} 110`}
        preserveAspectRatio="none"
        class="wave"
        role="img"
        aria-label={t("ui.wave")}
        onClick={(event) => place(event, props.tune)}
      >
        <For each={made()?.report.sections ?? []}>
          {(section) => (
            <rect x={x(section.from)} width={Math.max(0, x(section.to) - x(section.from) - 1)} y="0" height="110" class={`section ${section.role}`} />
          )}
        </For>
        <path d={wave()} />
        <line x1={head()} x2={head()} y1="0" y2="110" class="head" />
      </svg>
      <Show when={made()}>
        {(m) => (
          <ol class="sections" aria-hidden="true">
            <For each={m().report.sections}>{(section) => <li style={{ "flex-grow": section.to - section.from }}>{t(`role.${section.role}`)}</li>}</For>
          </ol>
        )}
      </Show>
      <svg
        viewBox={`0 0 ${WIDTH} 150`}
        preserveAspectRatio="none"
        class="lanes"
        role="img"
        aria-label={t("ui.lanes")}
        onClick={(event) => {
          place(event, props.tune);
          const box = event.currentTarget.getBoundingClientRect();
          lookNear(props.tune.heard, ((event.clientX - box.left) / box.width) * seconds());
        }}
      >
        <For each={props.tune.heard.downbeats}>{(at) => <line x1={x(at)} x2={x(at)} y1="0" y2="150" class="bar" />}</For>
        <line x1="0" x2={WIDTH} y1="75" y2="75" class="split" />
        <For each={boxes()}>
          {(box) => (
            <rect
              x={box.x * WIDTH}
              y={box.y * 150}
              width={Math.max(1.5, box.width * WIDTH)}
              height={Math.max(4, box.height * 150)}
              opacity={0.25 + 0.75 * box.sure}
              class={`note s${box.note.string ?? 0}`}
            />
          )}
        </For>
        <Show when={looking()}>{(at) => <rect x={x(at()) - 4} y="0" width="9" height="150" class="looking" />}</Show>
        <line x1={head()} x2={head()} y1="0" y2="150" class="head" />
      </svg>
      <p class="fine">
        {t("ui.lanes")}. {t("ui.confidence")}
      </p>
    </div>
  );
}
