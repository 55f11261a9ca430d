import { languageNames, languages } from "@kuishi/words";
import { createEffect, createSignal, For, type JSX, lazy, Match, onMount, Show, Suspense, Switch } from "solid-js";
import { canPlay } from "./audio/player.ts";
import { onKey } from "./state/keys.ts";
import { language, setLanguage, t } from "./state/language.ts";
import { keeping, redo, redoLabel, session, undo, undoLabel } from "./state/project.ts";
import { EXAMPLE, openFile, openFirst } from "./state/tune.ts";
import { failure, goTo, nextTheme, notice, room, rooms, setFailure, setNotice, setSheet, sheet, theme } from "./state/ui.ts";
import { HearRoom } from "./views/hear.tsx";
import { Icon } from "./views/icon.tsx";
import { Transport } from "./views/transport.tsx";
import { WorkBar } from "./views/workbar.tsx";

// Rooms are fetched when they are entered, and all of them a moment after the page stands.
const BlendPanel = lazy(async () => ({ default: (await import("./views/blending.tsx")).BlendPanel }));
const ExportRoom = lazy(async () => ({ default: (await import("./views/export.tsx")).ExportRoom }));
const KeySheet = lazy(async () => ({ default: (await import("./views/keysheet.tsx")).KeySheet }));
const LearnRoom = lazy(async () => ({ default: (await import("./views/learn.tsx")).LearnRoom }));
const MixRoom = lazy(async () => ({ default: (await import("./views/mix.tsx")).MixRoom }));
const PlayPanel = lazy(async () => ({ default: (await import("./views/play.tsx")).PlayPanel }));
const ProjectSheet = lazy(async () => ({ default: (await import("./views/projects.tsx")).ProjectSheet }));
const Timeline = lazy(async () => ({ default: (await import("./views/timeline/room.tsx")).Timeline }));
const Tour = lazy(async () => ({ default: (await import("./views/tour.tsx")).Tour }));
const CalibrateSheet = lazy(async () => ({ default: (await import("./views/calibrate.tsx")).CalibrateSheet }));

/** The page: a head with the project, the rooms, and the transport that is always at hand. */
export function App(): JSX.Element {
  const [over, setOver] = createSignal(false);
  createEffect(() => {
    document.documentElement.lang = language();
    document.title = t("ui.title");
  });
  createEffect(() => {
    document.documentElement.dataset["theme"] = theme();
  });
  onMount(() => {
    void openFirst();
    window.addEventListener("keydown", onKey);
  });
  const take = (files: FileList | null | undefined): void => {
    const file = files?.[0];
    if (file) void openFile(file, file.name);
  };
  const title = (): string => {
    const own = session().song.provenance.title;
    return own === EXAMPLE.replace(/\..*$/, "") ? t("ui.exampleName") : own || "Kuishi";
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping a file anywhere is an extra; the file button does the same
    <div
      class="studio"
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
      <a class="skip" href="#main">
        {t("ui.skip")}
      </a>
      <header>
        <div class="brand">
          <img src="./icon.svg" alt="" width="36" height="36" />
          <h1>Kuishi</h1>
        </div>
        <button type="button" class="project" id="projects" onClick={() => setSheet("projects")}>
          <span>{title()}</span>
          <small data-keeping={keeping()}>{t(`keeping.${keeping()}`)}</small>
        </button>
        <div class="tools">
          <button
            type="button"
            class="icon"
            id="undo-all"
            disabled={!undoLabel()}
            title={t("ui.undo", { what: stepName(undoLabel()) })}
            aria-label={t("ui.undo", { what: stepName(undoLabel()) })}
            onClick={undo}
          >
            <Icon name="undo" />
          </button>
          <button
            type="button"
            class="icon"
            id="redo-all"
            disabled={!redoLabel()}
            title={t("ui.redo", { what: stepName(redoLabel()) })}
            aria-label={t("ui.redo", { what: stepName(redoLabel()) })}
            onClick={redo}
          >
            <Icon name="redo" />
          </button>
          <button type="button" class="icon" id="theme" aria-label={t(`ui.theme.${theme()}`)} title={t(`ui.theme.${theme()}`)} onClick={nextTheme}>
            <Icon name="theme" />
          </button>
          <button type="button" class="icon" id="help" aria-label={t("ui.keys")} title={t("ui.keys")} onClick={() => setSheet("keys")}>
            ?
          </button>
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
        </div>
      </header>
      <nav class="rooms" aria-label={t("ui.rooms")}>
        <For each={rooms}>
          {(name) => (
            <button type="button" data-room={name} aria-current={room() === name ? "page" : undefined} onClick={() => goTo(name)}>
              <Icon name={name} /> {t(`room.${name}`)}
            </button>
          )}
        </For>
      </nav>
      <div class="ornament" aria-hidden="true" />
      <main id="main" tabindex="-1" data-room={room()}>
        <WorkBar />
        <Show when={!canPlay()}>
          <p class="notice" id="insecure">
            {t("ui.insecure")}
          </p>
        </Show>
        <Show when={failure()}>
          {(f) => (
            <p class="failure" role="alert">
              <span>
                <strong>{f().code === "cancelled" ? "" : `${t("ui.error")}. `}</strong>
                {t(f().code, f().params)}
              </span>
              <button type="button" class="icon" aria-label={t("ui.close")} onClick={() => setFailure(undefined)}>
                ✕
              </button>
            </p>
          )}
        </Show>
        <Show when={notice()}>
          {(one) => (
            <p class="notice told" role="status">
              <span>{t(one().code, one().params)}</span>
              <button type="button" class="icon" aria-label={t("ui.close")} onClick={() => setNotice(undefined)}>
                ✕
              </button>
            </p>
          )}
        </Show>
        <Suspense>
          <Switch>
            <Match when={room() === "hear"}>
              <HearRoom />
            </Match>
            <Match when={room() === "learn"}>
              <LearnRoom />
            </Match>
            <Match when={room() === "tracks"}>
              <Timeline />
            </Match>
            <Match when={room() === "blend"}>
              <BlendPanel />
            </Match>
            <Match when={room() === "mix"}>
              <MixRoom />
            </Match>
            <Match when={room() === "play"}>
              <PlayPanel />
            </Match>
            <Match when={room() === "export"}>
              <ExportRoom />
            </Match>
          </Switch>
        </Suspense>
      </main>
      <footer class="bottom">
        <Transport />
      </footer>
      <Suspense>
        <Show when={sheet() === "keys"}>
          <KeySheet />
        </Show>
        <Show when={sheet() === "projects"}>
          <ProjectSheet />
        </Show>
        <Show when={sheet() === "calibrate"}>
          <CalibrateSheet />
        </Show>
        <Show when={sheet() === "tour"}>
          <Tour />
        </Show>
      </Suspense>
    </div>
  );
}
/** What a step of undo is called; nothing where there is none. */
const stepName = (label: string | undefined): string => (label ? t(`step.${label}`) : "");
