import { For, type JSX, Show } from "solid-js";
import { t } from "../state/language.ts";
import { chooseInput, input, inputs } from "../state/microphone.ts";
import { calibrate, calibrating, measuredDelay } from "../state/recorder.ts";
import { Sheet } from "./sheet.tsx";

/** How late the microphone hears what the loudspeaker plays: measured, kept for this input. */
export function CalibrateSheet(): JSX.Element {
  return (
    <Sheet title={t("record.calibrate")} id="calibrate-sheet">
      <p>{t("record.calibrateHint")}</p>
      <Show when={inputs().length > 1}>
        <label>
          {t("record.input")}
          <select id="input" onChange={(event) => chooseInput(event.currentTarget.value)}>
            <For each={inputs()}>
              {(one) => (
                <option value={one.id} selected={one.id === input()}>
                  {one.name}
                </option>
              )}
            </For>
          </select>
        </label>
      </Show>
      <p id="measured">{measuredDelay() === null ? t("record.notYet") : t("record.known", { ms: Math.round((measuredDelay() ?? 0) / 48) })}</p>
      <button type="button" class="primary" id="calibrate-now" disabled={calibrating()} onClick={() => void calibrate()}>
        {calibrating() ? t("record.calibrating") : t("record.calibrateNow")}
      </button>
    </Sheet>
  );
}
