import { SAMPLE_RATE } from "@kuishi/base";
import { meterAt } from "@kuishi/score";
import { ownWord } from "@kuishi/words";
import { createMemo, For, type JSX, Show } from "solid-js";
import { comparing, toggleCompare } from "../state/compare.ts";
import { language, t } from "../state/language.ts";
import { session } from "../state/project.ts";
import { isRecording, toggleAnyRecord } from "../state/record.ts";
import { beginning, ending } from "../state/sound.ts";
import {
  beats,
  canPlay,
  loop,
  looping,
  loudness,
  metronome,
  peaks,
  playing,
  position,
  seek,
  setLoop,
  setLooping,
  setMetronome,
  togglePlay,
} from "../state/transport.ts";
import { tune } from "../state/tune.ts";
import { currentVariation } from "../state/variations.ts";
import { Icon } from "./icon.tsx";
import { IconButton } from "./iconbutton.tsx";
import { LevelMeter } from "./meter.tsx";
import { clockIn, decibels, noteName } from "./say.ts";

export const clock = (frames: number): string => {
  const seconds = Math.floor(Math.max(0, frames) / SAMPLE_RATE);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
};

/** Bar and place in it, as the tune has it. */
export function barText(frame: number, between = ":"): string {
  const all = beats();
  const k = all.findLastIndex((beat) => beat.at <= frame + 1);
  const beat = all[k];
  // before the first bar; where there are none, no number
  if (!beat) return all.length > 0 ? "0" : "–";
  const first = all.findLastIndex((other, i) => i <= k && other.rank === "bar");
  return `${beat.bar}${between}${k - first + 1}`;
}

/** Play, record, position: always at hand, each in its place whatever it says. */
export function Transport(): JSX.Element {
  const frames = createMemo(() => ending());
  const toggleLoop = (): void => {
    if (!loop()) setLoop({ from: 0, to: frames() - 144_000 });
    setLooping(!looping());
  };
  return (
    <div
      class="transport"
      role="toolbar"
      aria-label={t("ui.transport")}
      style={{ "--played": `${(100 * (position() - beginning())) / Math.max(1, frames() - beginning())}%` }}
    >
      <input
        type="range"
        min={beginning()}
        max={frames()}
        step="4800"
        value={position()}
        aria-label={t("ui.position")}
        aria-valuetext={`${clock(position())}, ${t("ui.bar", { bar: barText(position()) })}`}
        onInput={(event) => seek(event.currentTarget.valueAsNumber)}
      />
      <IconButton sign="start" id="to-start" label={t("ui.toStart")} disabled={!tune()} onClick={() => seek(looping() ? (loop()?.from ?? 0) : beginning())} />
      <button
        type="button"
        id="play"
        disabled={!canPlay() || !tune()}
        aria-pressed={playing()}
        aria-label={playing() ? t("ui.pause") : t("ui.play")}
        onClick={() => void togglePlay()}
      >
        <Icon name={playing() ? "pause" : "sound"} size={20} />
      </button>
      <IconButton
        sign="record"
        class="rec"
        id="record"
        disabled={!canPlay() || !tune()}
        pressed={isRecording()}
        label={t("ui.record")}
        onClick={() => void toggleAnyRecord()}
      />
      <IconButton sign="loop" id="loop" pressed={looping()} label={t("ui.loop")} disabled={!tune()} onClick={toggleLoop} />
      <IconButton
        sign="metronome"
        id="metronome"
        pressed={metronome()}
        label={t("ui.metronome")}
        disabled={!tune()}
        onClick={() => setMetronome(!metronome())}
      />
      <span class="big">{barText(position(), " · ")}</span>
      <output class="reads place">
        <span>{clockIn(language(), position() / SAMPLE_RATE)}</span>
        <small>{t("ui.of", { whole: clock(frames()) })}</small>
      </output>
      <Now />
      <Compare />
      <Passages />
      <LevelMeter class="level" value={Math.max(0, ...Object.values(peaks()))} />
      <span class="reads lufs">
        <b>{decibels(language(), loudness()?.shortTerm)} LUFS</b>
        <small>{t("ui.peak", { peak: decibels(language(), loudness()?.truePeak) })}</small>
      </span>
    </div>
  );
}

/** Meter, tempo and key at the playhead. */
function Now(): JSX.Element {
  const heard = () => tune()?.heard;
  const meter = (): string => {
    const own = heard();
    const bar = beats().findLast((beat) => beat.at <= position() + 1)?.bar ?? 1;
    if (!own || own.downbeats.length === 0) return t("ui.freeRhythm");
    const now = meterAt(own, bar);
    return `${now.groups.join("+")}/${now.unit}`;
  };
  const tempo = (): string => {
    const own = heard();
    const at = position() / SAMPLE_RATE;
    const now = own?.tempo?.findLast((one) => one.at <= at + 0.001)?.pulsesPerMinute ?? own?.tempo?.[0]?.pulsesPerMinute;
    return now ? t("ui.tempo", { bpm: Math.round(now) }) : "";
  };
  return (
    <Show when={heard()}>
      {(own) => (
        <>
          <span class="reads meter-now">
            <b>{meter()}</b>
            <small>{tempo()}</small>
          </span>
          <span class="reads key-now">
            <b>{noteName(own().mode.tonicCents, false)}</b>
            <small>{ownWord(language(), "mode", own().mode.name)}</small>
          </span>
        </>
      )}
    </Show>
  );
}

/** The recording beside the blend, as loud, at the same moment. */
function Compare(): JSX.Element {
  return (
    <button
      type="button"
      id="compare"
      class="reads compare"
      aria-pressed={comparing()}
      title={t("ui.compare")}
      disabled={!currentVariation() || !canPlay()}
      onClick={() => void toggleCompare()}
    >
      <span>
        <b classList={{ on: comparing() }}>{t("lane.recording")}</b> <Icon name="compare" size={14} />{" "}
        <b classList={{ on: !comparing() }}>{t("ui.theBlend")}</b>
      </span>
      <small>{t("ui.equalLoudness")}</small>
    </button>
  );
}

/** Passages that were kept, to go round in. */
function Passages(): JSX.Element {
  return (
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
  );
}
