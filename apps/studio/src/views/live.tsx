import { heardInstruments, instruments } from "@kuishi/tuning";
import { createMemo, createRoot, For, type JSX, Show } from "solid-js";
import { canPlay } from "../audio/player.ts";
import { t, told } from "../state/language.ts";
import { delay, level, live, now, onset, points, SPAN_SEC, startLive, stopLive, strokes } from "../state/live.ts";
import { hearAs } from "../state/open.ts";
import { session } from "../state/project.ts";
import { work } from "../state/ui.ts";
import { Icon } from "./icon.tsx";
import { Neck } from "./neck.tsx";
import { noteName } from "./say.ts";

const instrument = (): string => session().song.instrument;

/** Which instrument is heard. */
export function InstrumentChoice(): JSX.Element {
  return (
    <label class="instrument">
      {t("ui.instrument")}{" "}
      <select id="instrument" value={instrument()} disabled={live()} onChange={(event) => void hearAs(event.currentTarget.value)}>
        <For each={heardInstruments()}>
          {(name) => (
            <option value={name} selected={name === instrument()}>
              {told(`instrument.${name}`)}
            </option>
          )}
        </For>
      </select>
    </label>
  );
}

const [WIDTH, HEIGHT] = [1000, 180];
const last = () => strokes().at(-1);
/** Notes that were struck a moment ago. */
const glowing = createRoot(() => createMemo(() => (last() && now() - (last()?.at ?? 0) < 0.6 ? (last()?.notes ?? []) : [])));

/** Listens to the player, or stops and opens what was played. */
export function LiveButton(): JSX.Element {
  return (
    <>
      <button
        type="button"
        id="live"
        disabled={!canPlay() || (work() !== undefined && !live())}
        aria-pressed={live()}
        onClick={() => void (live() ? stopLive() : startLive())}
      >
        <Icon name="microphone" size={16} /> {live() ? t("ui.live.stop") : t("ui.live.start")}
      </button>
      <Show when={!live()}>
        <p class="fine">{t("ui.live.hint")}</p>
      </Show>
    </>
  );
}

/** What is played into the microphone: strokes and frets light up, the last seconds pass by as a pitch picture. */
export function LivePicture(): JSX.Element {
  const x = (at: number): number => WIDTH * (1 - (now() - at) / SPAN_SEC);
  const seen = createMemo(() => {
    const heard = [
      ...strokes().flatMap((stroke) => stroke.notes.map((note) => note.cents)),
      ...points().flatMap((point) => (point.cents > 0 ? [point.cents] : [])),
    ];
    const [low, high] = [Math.min(4800, ...heard), Math.max(6200, ...heard)];
    return { low: low - 100, high: high + 100 };
  });
  const y = (cents: number): number => HEIGHT * (1 - (cents - seen().low) / (seen().high - seen().low));
  const pitch = (): string => {
    const point = points().at(-1);
    if (point && point.cents > 0) return noteName(point.cents);
    return glowing()
      .map((note) => noteName(note.cents))
      .join("  ");
  };
  return (
    <Show when={live()}>
      <section class="live panel" aria-label={t("ui.live.title")}>
        <div class="bar">
          <output class="pitch" aria-live="off">
            {pitch()}
          </output>
          <meter min="0" max="1" low={0.02} high={0.9} value={Math.min(1, Math.sqrt(level()))} aria-label={t("ui.live.level")} />
          <Show when={level() > 0.98}>
            <span class="notice">{t("ui.live.clips")}</span>
          </Show>
          <Show when={delay()}>
            {(ms) => (
              <span class="fine" id="delay">
                {t("ui.live.delay", { ms: Math.round(ms()) })}
              </span>
            )}
          </Show>
        </div>
        <Show when={instruments.get(instrument())?.heard === "strokes"}>
          <Neck now={glowing()} label={t("ui.live.neck")} />
        </Show>
        <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" class="passing" role="img" aria-label={t("ui.live.picture")}>
          <line x1={x(onset())} x2={x(onset())} y1="0" y2={HEIGHT} class="onset" />
          <For each={strokes()}>
            {(stroke) => (
              <Show when={!stroke.tap} fallback={<line x1={x(stroke.at)} x2={x(stroke.at)} y1={HEIGHT - 14} y2={HEIGHT} class="tap" />}>
                <For each={stroke.notes}>
                  {(note) => (
                    <rect x={x(stroke.at)} y={y(note.cents) - 4} width="22" height="8" opacity={0.3 + 0.7 * note.sure} class={`note s${note.string ?? 1}`} />
                  )}
                </For>
              </Show>
            )}
          </For>
          <For each={points()}>
            {(point) => <Show when={point.cents > 0}>{<rect x={x(point.at)} y={y(point.cents) - 2} width="2" height="4" class="note s1" />}</Show>}
          </For>
        </svg>
      </section>
    </Show>
  );
}
