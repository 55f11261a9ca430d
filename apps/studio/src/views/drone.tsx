import { For, type JSX, onCleanup, Show } from "solid-js";
import { DRONE_RANGES, droneRuns, droneSettings, inDroneRange, setDrone, startDrone, stopDrone } from "../state/drone.ts";
import { language, t } from "../state/language.ts";
import { canPlay } from "../state/transport.ts";
import { tune } from "../state/tune.ts";
import { decibels, noteName } from "./say.ts";

/** What the first string is tuned to, above the tonic below: cents of pure intervals. */
const FIRSTS = [
  ["fifth", 702],
  ["fourth", 498],
  ["seventh", 1088],
] as const;
const KEYS = Array.from({ length: 25 }, (_, k) => 3800 + 100 * k);

/** A tanpura that goes round on a tonic: to tune by, and to sing or play over. */
export function DroneCard(): JSX.Element {
  onCleanup(() => void stopDrone());
  const beside = (): number => Math.round(droneSettings().tonic - 100 * Math.round(droneSettings().tonic / 100));
  const key = (): number => 100 * Math.round(droneSettings().tonic / 100);
  return (
    <section aria-labelledby="drone-title" id="drone-card">
      <h2 id="drone-title">{t("learn.drone")}</h2>
      <div class="segments">
        <button
          type="button"
          class="primary"
          id="drone-run"
          disabled={!canPlay()}
          aria-pressed={droneRuns()}
          onClick={() => void (droneRuns() ? stopDrone() : startDrone())}
        >
          {droneRuns() ? t("learn.stop") : t("drone.start")}
        </button>
        <Show when={tune()}>
          {(own) => (
            <button type="button" id="drone-tune" onClick={() => setDrone({ tonic: inDroneRange(own().heard.mode.tonicCents) })}>
              {t("drone.asTune", { note: noteName(own().heard.mode.tonicCents, false) })}
            </button>
          )}
        </Show>
      </div>
      <label class="row-of">
        {t("drone.tonic")}
        <select id="drone-tonic" onChange={(event) => setDrone({ tonic: Number(event.currentTarget.value) + beside() })}>
          <For each={KEYS}>
            {(cents) => (
              <option value={cents} selected={cents === key()}>
                {noteName(cents)}
              </option>
            )}
          </For>
        </select>
      </label>
      <label class="row-of">
        {t("drone.beside")}
        <input
          type="number"
          id="drone-beside"
          min={-50}
          max={50}
          value={beside()}
          onChange={(event) => {
            const value = event.currentTarget.valueAsNumber;
            if (Math.abs(value) <= 50) setDrone({ tonic: key() + value });
            else event.currentTarget.value = String(beside());
          }}
        />
      </label>
      <label class="row-of">
        {t("drone.first")}
        <select id="drone-first" onChange={(event) => setDrone({ first: Number(event.currentTarget.value) })}>
          <For each={FIRSTS}>
            {([name, cents]) => (
              <option value={cents} selected={cents === droneSettings().first}>
                {t(`drone.first.${name}`)}
              </option>
            )}
          </For>
        </select>
      </label>
      <label class="row-of">
        {t("drone.cycle")}
        <input
          type="range"
          id="drone-cycle"
          min={DRONE_RANGES.cycle[0]}
          max={DRONE_RANGES.cycle[1]}
          step="0.1"
          value={droneSettings().cycle}
          aria-valuetext={t("drone.seconds", { seconds: droneSettings().cycle })}
          onChange={(event) => setDrone({ cycle: event.currentTarget.valueAsNumber })}
        />
      </label>
      <label class="row-of">
        {t("drone.level")}
        <input
          type="range"
          id="drone-level"
          min={DRONE_RANGES.gainDb[0]}
          max={DRONE_RANGES.gainDb[1]}
          step="1"
          value={droneSettings().gainDb}
          aria-valuetext={`${decibels(language(), droneSettings().gainDb)} dB`}
          onInput={(event) => setDrone({ gainDb: event.currentTarget.valueAsNumber })}
        />
      </label>
    </section>
  );
}
