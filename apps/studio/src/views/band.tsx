import { SAMPLE_RATE } from "@kuishi/base";
import { createMemo, type JSX, onCleanup, onMount, Show } from "solid-js";
import { stayAwake } from "../state/awake.ts";
import { bandState, countsIn, nextSection, setCountsIn, startBand, stopBand } from "../state/band.ts";
import { t } from "../state/language.ts";
import { live } from "../state/live.ts";
import { onStep, pedals } from "../state/pedal.ts";
import { session } from "../state/project.ts";
import { canPlay, position } from "../state/transport.ts";
import { tune } from "../state/tune.ts";
import { goTo, setSheet, work } from "../state/ui.ts";
import { currentVariation } from "../state/variations.ts";
import { Icon } from "./icon.tsx";
import { barText } from "./transport.tsx";
import { shownSections } from "./tune/sections.ts";

const runs = (): boolean => bandState() !== "off";
const mayStart = (): boolean => canPlay() && currentVariation() !== undefined && work() === undefined && !live();

/** Begins with the band, or ends it. */
function BandButton(props: { readonly id: string }): JSX.Element {
  return (
    <button
      type="button"
      class="primary"
      id={props.id}
      disabled={!runs() && !mayStart()}
      aria-pressed={runs()}
      onClick={() => void (runs() ? stopBand() : startBand())}
    >
      <Icon name="microphone" size={16} /> {runs() ? t("band.stop") : t("band.start")}
    </button>
  );
}
function CountIn(): JSX.Element {
  return (
    <label class="check">
      <input type="checkbox" class="band-counts" checked={countsIn()} onChange={(event) => setCountsIn(event.currentTarget.checked)} /> {t("band.countIn")}
    </label>
  );
}

/** The blend as a band beside the player: it goes with his tempo, waits, and goes on. */
export function BandCard(): JSX.Element {
  onCleanup(() => void stopBand());
  return (
    <section aria-labelledby="band-title" id="band-card">
      <h2 id="band-title">{t("band.title")}</h2>
      <Show
        when={currentVariation()}
        fallback={
          <p class="fine">
            {t("band.noBlend")}{" "}
            <button type="button" class="goto" id="band-blend" disabled={!tune()} onClick={() => goTo("blend")}>
              {t("room.blend")}
            </button>
          </p>
        }
      >
        <p class="fine">{t("band.hint")}</p>
        <div class="segments">
          <BandButton id="band-run" />
          <button type="button" id="band-stage" onClick={() => setSheet("stage")}>
            {t("band.stage")}
          </button>
        </div>
        <CountIn />
        <Show when={runs()}>
          <p id="band-state" data-at={bandState()} role="status">
            {t(`band.${bandState()}`)}
          </p>
        </Show>
      </Show>
    </section>
  );
}

/** What is read from a music stand: where one is, in letters that are seen from afar, on a screen that stays awake. */
export function StageScreen(): JSX.Element {
  let dialog!: HTMLDialogElement;
  onMount(() => {
    dialog.showModal();
    // where it may not, the window is large enough
    void dialog.requestFullscreen?.().catch(() => undefined);
  });
  onCleanup(stayAwake());
  onCleanup(onStep((step) => void (step === "end" ? stopBand() : runs() ? nextSection() : mayStart() && startBand())));
  const close = (): void => {
    if (document.fullscreenElement) void document.exitFullscreen();
    setSheet(undefined);
  };
  const at = createMemo(() => shownSections().findLastIndex(({ from }) => from * SAMPLE_RATE <= position() + 1));
  const section = (k: number): string => shownSections()[k]?.name ?? "";
  return (
    <dialog ref={dialog} class="stage-screen" id="stage-screen" aria-labelledby="stage-title" onClose={close}>
      <header>
        <h2 id="stage-title">{session().song.provenance.title}</h2>
        <button type="button" class="icon" aria-label={t("ui.close")} onClick={() => dialog.close()}>
          <Icon name="close" />
        </button>
      </header>
      <div class="where">
        <b class="bar">{barText(position()).split(":")[0]}</b>
        <strong>{section(at())}</strong>
        <Show when={section(at() + 1)}>{(next) => <span>{t("band.next", { section: next() })}</span>}</Show>
      </div>
      <p class="state" data-at={bandState()} role="status">
        {t(`band.${bandState()}`)}
      </p>
      <footer>
        <BandButton id="stage-run" />
        <button type="button" id="stage-next" disabled={!runs() || section(at() + 1) === ""} onClick={() => void nextSection()}>
          {t("band.nextSection")}
        </button>
        <CountIn />
        <small>{pedals() ? t("band.pedals", { names: pedals()! }) : t("band.foot")}</small>
      </footer>
    </dialog>
  );
}
