import type { Heard } from "@kuishi/score";
import { languageNames, languages } from "@kuishi/words";
import { createEffect, createSignal, For, type JSX, onMount, Show } from "solid-js";
import { BlendPanel } from "./blending.tsx";
import { Correction } from "./correct.tsx";
import { InstrumentChoice, LivePanel } from "./live.tsx";
import { Downloads, Mixer, WorkBar } from "./panels.tsx";
import { PlayPanel } from "./play.tsx";
import { RhythmView } from "./rhythm.tsx";
import { failure, language, openExample, openFile, setLanguage, t, tune, work } from "./state.ts";
import { TuneView } from "./views.tsx";

/** What kind of piece it is, and how sure the ear is of what concerns the whole. */
function sureLine(heard: Heard): string {
  const percent = (part: number): number => Math.round(part * 100);
  const bars = heard.meter.find((entry) => "confidence" in entry);
  return [
    ...(heard.kind ? [t(`kind.${heard.kind.name}`, { sure: percent(heard.kind.confidence) })] : []),
    t("ui.sure.mode", { sure: percent(heard.mode.confidence) }),
    ...(bars && "confidence" in bars ? [t("ui.sure.bars", { sure: percent(bars.confidence) })] : []),
    ...(heard.tuning.strings[0] ? [t("ui.sure.strings", { sure: percent(heard.tuning.strings[0].confidence) })] : []),
  ].join(" · ");
}

/** The page. */
export function App(): JSX.Element {
  const [over, setOver] = createSignal(false);
  createEffect(() => {
    document.documentElement.lang = language();
    document.title = t("ui.title");
  });
  onMount(() => void openExample());
  const take = (files: FileList | null | undefined): void => {
    const file = files?.[0];
    if (file) void openFile(file, file.name);
  };
  return (
    <>
      <a class="skip" href="#main">
        {t("ui.skip")}
      </a>
      <header>
        <div class="brand">
          <img src="./icon.svg" alt="" width="44" height="44" />
          <div>
            <h1>Kuishi</h1>
            <p>{t("ui.lead")}</p>
          </div>
        </div>
        <label class="language">
          <span class="sr">{t("ui.language")}</span>
          <select value={language()} onChange={(event) => setLanguage(event.currentTarget.value as (typeof languages)[number])}>
            <For each={languages}>
              {(code) => (
                <option value={code} selected={code === language()}>
                  {languageNames[code]}
                </option>
              )}
            </For>
          </select>
        </label>
      </header>
      <div class="ornament" aria-hidden="true" />
      <main
        id="main"
        tabindex="-1"
        classList={{ over: over() }}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={(event) => {
          event.preventDefault();
          setOver(false);
          take(event.dataTransfer?.files);
        }}
      >
        <section class="panel open">
          <label class="button primary file">
            {t("ui.choose")}
            <input
              type="file"
              id="file"
              accept="audio/*,video/*,.opus,.ogg,.flac,.wav,.mp3,.m4a,.mid,.midi,.musicxml,.xml,.mxl,.abc"
              onChange={(event) => take(event.currentTarget.files)}
            />
          </label>
          <span class="drop">{t("ui.drop")}</span>
          <button type="button" id="example" disabled={work() !== undefined} onClick={() => void openExample()}>
            {t("ui.example")}
          </button>
          <InstrumentChoice />
          <p class="fine">{t("ui.private")}</p>
        </section>
        <LivePanel />
        <WorkBar />
        <Show when={failure()}>
          {(f) => (
            <p class="failure" role="alert">
              <strong>{f().code === "cancelled" ? "" : `${t("ui.error")}. `}</strong>
              {t(f().code, f().params)}
            </p>
          )}
        </Show>
        <Show when={tune()}>
          {(u) => (
            <section class="panel" aria-labelledby="tune-title">
              <h2 id="tune-title">{u().name === "balbyrauyn.flac" ? t("ui.exampleName") : u().name}</h2>
              <p class="fine" id="heard">
                {t("ui.heardLine", {
                  notes: u().heard.notes.length,
                  bars: u().heard.downbeats.length,
                  mode: u().heard.mode.name,
                  tonic: u().heard.mode.tonicCents,
                })}
              </p>
              <p class="fine" id="sure">
                {sureLine(u().heard)}
              </p>
              <For each={u().heard.warnings}>
                {(warning) => <p class="notice">{t(`warning.${warning.code}`, { fromSec: warning.fromSec ?? 0, toSec: warning.toSec ?? 0, minutes: 20 })}</p>}
              </For>
              <TuneView tune={u()} />
              <RhythmView heard={u().heard} />
              <Show when={u().heard.strokes.length > 0}>
                <Correction tune={u()} />
              </Show>
            </section>
          )}
        </Show>
        <BlendPanel />
        <Mixer />
        <Downloads />
        <PlayPanel />
      </main>
      <footer class="fine">
        Kuishi · Apache-2.0 · <a href="./third-party-notices.txt">notices</a>
      </footer>
    </>
  );
}
