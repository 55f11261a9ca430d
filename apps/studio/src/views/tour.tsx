import { styles } from "@kuishi/blend";
import { localized } from "@kuishi/words";
import { createSignal, For, type JSX, Show } from "solid-js";
import { choose } from "../state/choices.ts";
import { language, t, told } from "../state/language.ts";
import { live, startLive, stopLive } from "../state/live.ts";
import { openFile } from "../state/open.ts";
import { canPlay, playing, togglePlay } from "../state/transport.ts";
import { tune } from "../state/tune.ts";
import { goTo, setSheet, work } from "../state/ui.ts";
import { blend, currentVariation } from "../state/variations.ts";
import { FileButton } from "./filebutton.tsx";
import { ACCEPTED } from "./head.tsx";
import { Sheet } from "./sheet.tsx";

const STEPS = ["listen", "see", "style", "own", "blend"] as const;

/** Five steps from the example to one's own recording, blended. */
export function Tour(): JSX.Element {
  const [step, setStep] = createSignal(0);
  const name = (): (typeof STEPS)[number] => STEPS[step()] ?? "listen";
  const [own, setOwn] = createSignal(false);
  const take = async (file: File): Promise<void> => {
    await openFile(file, file.name);
    if (tune()) {
      setOwn(true);
      setStep(4);
    }
  };
  const finish = async (): Promise<void> => {
    await blend();
    if (!currentVariation()) return;
    localStorage.setItem("kuishi.toured", "yes");
    setSheet(undefined);
    goTo("blend");
    if (!playing()) await togglePlay();
  };
  return (
    <Sheet title={t("tour.title", { step: step() + 1 })} id="tour-sheet">
      <p class="step" aria-live="polite">
        {t(`tour.${name()}`)}
      </p>
      <div class="bar">
        <Show when={name() === "listen"}>
          <button type="button" class="primary" id="tour-play" disabled={!canPlay() || !tune()} onClick={() => void togglePlay()}>
            {playing() ? t("ui.pause") : t("ui.play")}
          </button>
        </Show>
        <Show when={name() === "style"}>
          <div class="styles">
            <For each={[...styles.values()].slice(0, 6)}>
              {(style) => (
                <button
                  type="button"
                  disabled={work() !== undefined}
                  onClick={async () => {
                    choose({ style: style.name });
                    await blend();
                  }}
                >
                  {localized(style.title, language())}
                </button>
              )}
            </For>
          </div>
        </Show>
        <Show when={name() === "own"}>
          <FileButton id="tour-file" class="primary" accept={ACCEPTED} onFile={(file) => void take(file)}>
            {t("ui.choose")}
          </FileButton>
          <button
            type="button"
            id="tour-live"
            disabled={!canPlay()}
            aria-pressed={live()}
            onClick={() => void (live() ? stopLive().then(() => setOwn(true)) : startLive())}
          >
            {live() ? t("ui.live.stop") : t("ui.live.start")}
          </button>
        </Show>
        <Show when={name() === "blend"}>
          <button type="button" class="primary" id="tour-blend" disabled={!tune() || work() !== undefined} onClick={() => void finish()}>
            {own() ? t("tour.blendOwn") : t("ui.blend")}
          </button>
        </Show>
        <Show when={work()}>{(w) => <progress max="1" value={w().done} aria-label={told(`stage.${w().stage}`)} />}</Show>
      </div>
      <div class="bar between">
        <button type="button" disabled={step() === 0} onClick={() => setStep(step() - 1)}>
          {t("tour.back")}
        </button>
        <span aria-hidden="true">{STEPS.map((_, k) => (k === step() ? "●" : "○")).join(" ")}</span>
        <button type="button" id="tour-next" disabled={step() === STEPS.length - 1} onClick={() => setStep(step() + 1)}>
          {t("tour.next")}
        </button>
      </div>
    </Sheet>
  );
}
