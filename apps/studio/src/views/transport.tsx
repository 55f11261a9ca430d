import { createMemo, For, type JSX, Show } from "solid-js";
import { recording, toggleRecord } from "../audio/recorder.ts";
import { t } from "../state/language.ts";
import { session } from "../state/project.ts";
import {
  beats,
  canPlay,
  loop,
  looping,
  loudness,
  metronome,
  playing,
  position,
  seek,
  setLoop,
  setLooping,
  setMetronome,
  togglePlay,
} from "../state/transport.ts";
import { plan, tune } from "../state/tune.ts";
import { Icon } from "./icon.tsx";

export const clock = (frames: number): string => {
  const seconds = Math.floor(Math.max(0, frames) / 48_000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
};

/** Bar and place in it, as the tune has it. */
export function barText(frame: number): string {
  const all = beats();
  const k = all.findLastIndex((beat) => beat.at <= frame + 1);
  const beat = all[k];
  // before the first bar
  if (!beat) return "0";
  const first = all.findLastIndex((other, i) => i <= k && other.rank === "bar");
  return `${beat.bar}:${k - first + 1}`;
}

/** Play, record, position: always at hand. */
export function Transport(): JSX.Element {
  const frames = createMemo(() => plan()?.frames ?? 0);
  return (
    <div class="transport" role="toolbar" aria-label={t("ui.transport")}>
      <button
        type="button"
        class="icon"
        id="to-start"
        aria-label={t("ui.toStart")}
        title={t("ui.toStart")}
        disabled={!tune()}
        onClick={() => seek(looping() ? (loop()?.from ?? 0) : 0)}
      >
        <Icon name="start" />
      </button>
      <button type="button" class="primary" id="play" disabled={!canPlay() || !tune()} aria-pressed={playing()} onClick={() => void togglePlay()}>
        {playing() ? t("ui.pause") : t("ui.play")}
      </button>
      <button
        type="button"
        class="icon rec"
        id="record"
        disabled={!canPlay() || !tune()}
        aria-pressed={recording()}
        aria-label={t("ui.record")}
        title={t("ui.record")}
        onClick={() => void toggleRecord()}
      >
        <Icon name="record" />
      </button>
      <button
        type="button"
        class="icon"
        id="loop"
        aria-pressed={looping()}
        aria-label={t("ui.loop")}
        title={t("ui.loop")}
        disabled={!tune()}
        onClick={() => {
          if (!loop()) setLoop({ from: 0, to: frames() - 144_000 });
          setLooping(!looping());
        }}
      >
        <Icon name="loop" />
      </button>
      <button
        type="button"
        class="icon"
        id="metronome"
        aria-pressed={metronome()}
        aria-label={t("ui.metronome")}
        title={t("ui.metronome")}
        disabled={!tune()}
        onClick={() => setMetronome(!metronome())}
      >
        <Icon name="metronome" />
      </button>
      <input
        type="range"
        min="0"
        max={frames()}
        step="4800"
        value={position()}
        aria-label={t("ui.position")}
        aria-valuetext={`${clock(position())}, ${t("ui.bar", { bar: barText(position()) })}`}
        onInput={(event) => seek(event.currentTarget.valueAsNumber)}
      />
      <output class="where">
        <span>
          {clock(position())} / {clock(frames())}
        </span>
        <small>{t("ui.bar", { bar: barText(position()) })}</small>
      </output>
      <Show when={loudness()}>
        {(now) => (
          <span class="lufs" title={t("ui.lufs")}>
            {Number.isFinite(now().shortTerm) ? now().shortTerm.toFixed(1) : "–"} LUFS
          </span>
        )}
      </Show>
      <Show when={session().loops.length > 0}>
        <select
          aria-label={t("ui.loops")}
          onChange={(event) => {
            const own = session().loops.find((one) => one.id === event.currentTarget.value);
            if (!own) return;
            setLoop({ from: own.from, to: own.to });
            setLooping(true);
            seek(own.from);
          }}
        >
          <option value="">{t("ui.loops")}</option>
          <For each={session().loops}>{(one) => <option value={one.id}>{one.name}</option>}</For>
        </select>
      </Show>
    </div>
  );
}
