import { exp2 } from "@kuishi/base";
import { instruments } from "@kuishi/tuning";
import { createMemo, For, type JSX, Show } from "solid-js";
import { delay, level, live, now, onset, points, SPAN, startLive, stopLive, strokes } from "../audio/microphone.ts";
import { canPlay } from "../audio/player.ts";
import { t } from "../state/language.ts";
import { session } from "../state/project.ts";
import { hearAs } from "../state/tune.ts";
import { work } from "../state/ui.ts";

const instrument = (): string => session().song.instrument;

/** Which instrument is heard. */
export function InstrumentChoice(): JSX.Element {
  return (
    <label class="instrument">
      {t("ui.instrument")}{" "}
      <select id="instrument" value={instrument()} disabled={live()} onChange={(event) => void hearAs(event.currentTarget.value)}>
        <For each={[...instruments.keys()]}>
          {(name) => (
            <option value={name} selected={name === instrument()}>
              {t(`instrument.${name}`)}
            </option>
          )}
        </For>
      </select>
    </label>
  );
}

const [WIDTH, HEIGHT] = [1000, 240];
const NECK = 96;
const FRETS = 19;
/** Where a fret lies along the neck of a picture so wide; the nut at 0. */
const fretX = (fret: number): number => 30 + (WIDTH - 60) * ((1 - exp2(-fret / 12)) / (1 - exp2(-(FRETS + 1) / 12)));

/** Listens to the player: strokes and frets light up, the last seconds pass by as a pitch picture. */
export function LivePanel(): JSX.Element {
  const x = (at: number): number => WIDTH * (1 - (now() - at) / SPAN);
  const seen = createMemo(() => {
    const heard = [
      ...strokes().flatMap((stroke) => stroke.notes.map((note) => note.cents)),
      ...points().flatMap((point) => (point.cents > 0 ? [point.cents] : [])),
    ];
    const [low, high] = [Math.min(4800, ...heard), Math.max(6200, ...heard)];
    return { low: low - 100, high: high + 100 };
  });
  const y = (cents: number): number => HEIGHT * (1 - (cents - seen().low) / (seen().high - seen().low));
  const last = createMemo(() => strokes().at(-1));
  const glowing = createMemo(() => (last() && now() - (last()?.at ?? 0) < 0.6 ? (last()?.notes ?? []) : []));
  const pitch = (): string => {
    const point = points().at(-1);
    if (point && point.cents > 0) return t("ui.live.cents", { cents: Math.round(point.cents) });
    return glowing()
      .map((note) => t("ui.live.cents", { cents: note.cents }))
      .join("  ");
  };
  return (
    <section class="panel live" aria-labelledby="live-title">
      <h2 id="live-title">{t("ui.live.title")}</h2>
      <div class="bar">
        <button
          type="button"
          id="live"
          class="primary"
          disabled={!canPlay() || (work() !== undefined && !live())}
          aria-pressed={live()}
          onClick={() => void (live() ? stopLive() : startLive())}
        >
          {live() ? t("ui.live.stop") : t("ui.live.start")}
        </button>
        <Show when={live()} fallback={<span class="fine">{t("ui.live.hint")}</span>}>
          <meter min="0" max="1" low={0.02} high={0.9} value={Math.min(1, Math.sqrt(level()))} aria-label={t("ui.live.level")} />
          <output class="pitch" aria-live="off">
            {pitch()}
          </output>
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
        </Show>
      </div>
      <Show when={live()}>
        <Show when={instruments.get(instrument())?.family === "plucked"}>
          <svg viewBox={`0 0 ${WIDTH} ${NECK}`} class="neck" role="img" aria-label={t("ui.live.neck")}>
            <For each={Array.from({ length: FRETS + 1 }, (_, fret) => fret)}>
              {(fret) => <line x1={fretX(fret)} x2={fretX(fret)} y1="18" y2="78" class={fret === 0 ? "nut" : "fret"} />}
            </For>
            <For each={[0, 1]}>{(string) => <line x1="30" x2={WIDTH - 10} y1={64 - 32 * string} y2={64 - 32 * string} class="string" />}</For>
            <For each={glowing()}>
              {(note) => (
                <Show when={note.string !== null && note.fret !== null}>
                  <circle
                    cx={(fretX(note.fret as number) + fretX(Math.max(0, (note.fret as number) - 1))) / 2}
                    cy={64 - 32 * (note.string as number)}
                    r="11"
                    class={`s${note.string}`}
                  />
                </Show>
              )}
            </For>
          </svg>
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
      </Show>
    </section>
  );
}
