import { createEffect, createSignal, For, type JSX, lazy, Match, onMount, Show, Suspense, Switch } from "solid-js";
import { canPlay } from "./audio/player.ts";
import { openPage } from "./state/invited.ts";
import { onKey } from "./state/keys.ts";
import { language, t, told } from "./state/language.ts";
import { openFile } from "./state/open.ts";
import { isSong } from "./state/project.ts";
import { tune } from "./state/tune.ts";
import { failure, notice, room, setFailure, setNotice, sheet, theme } from "./state/ui.ts";
import { ReadingBanner } from "./views/banner.tsx";
import { RoomBoundary } from "./views/boundary.tsx";
import { Head } from "./views/head.tsx";
import { HearRoom } from "./views/hear.tsx";
import { Icon } from "./views/icon.tsx";
import { Rooms } from "./views/rooms.tsx";
import { Transport } from "./views/transport.tsx";
import { TunePicture } from "./views/tune/picture.tsx";
import { WorkBar } from "./views/workbar.tsx";

// Rooms are fetched when they are entered; the service worker has all of them a moment after the first visit.
const BlendPanel = lazy(async () => ({ default: (await import("./views/blending.tsx")).BlendPanel }));
const ExportRoom = lazy(async () => ({ default: (await import("./views/export.tsx")).ExportRoom }));
const BookSheet = lazy(async () => ({ default: (await import("./views/book.tsx")).BookSheet }));
const KeySheet = lazy(async () => ({ default: (await import("./views/keysheet.tsx")).KeySheet }));
const LearnRoom = lazy(async () => ({ default: (await import("./views/learn.tsx")).LearnRoom }));
const MixRoom = lazy(async () => ({ default: (await import("./views/mix.tsx")).MixRoom }));
const PlayPanel = lazy(async () => ({ default: (await import("./views/play.tsx")).PlayPanel }));
const ProjectSheet = lazy(async () => ({ default: (await import("./views/projects.tsx")).ProjectSheet }));
const Timeline = lazy(async () => ({ default: (await import("./views/timeline/room.tsx")).Timeline }));
const StageRoom = lazy(async () => ({ default: (await import("./views/stage/room.tsx")).StageRoom }));
const WriteRoom = lazy(async () => ({ default: (await import("./views/write/room.tsx")).WriteRoom }));
const Tour = lazy(async () => ({ default: (await import("./views/tour.tsx")).Tour }));
const JoinSheet = lazy(async () => ({ default: (await import("./views/join.tsx")).JoinSheet }));
const TogetherSheet = lazy(async () => ({ default: (await import("./views/together.tsx")).TogetherSheet }));
const CalibrateSheet = lazy(async () => ({ default: (await import("./views/calibrate.tsx")).CalibrateSheet }));
const StageScreen = lazy(async () => ({ default: (await import("./views/band.tsx")).StageScreen }));

/** A file button forgets what was chosen before, so that the same file can be opened again. */
function forgetFile({ target }: MouseEvent): void {
  if (target instanceof HTMLInputElement && target.type === "file" && target.closest(".file")) target.value = "";
}

/** The page: a head of one line, the modes, one picture of the tune above each of them, and the transport that is always at hand. */
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
    void openPage();
    window.addEventListener("keydown", onKey);
    window.addEventListener("click", forgetFile);
  });
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping a file anywhere is an extra; the file button does the same
    <div
      class="studio"
      classList={{ over: over() }}
      data-drop={t("ui.dropHere")}
      onDragOver={(event) => {
        event.preventDefault();
        if (event.dataTransfer?.types.includes("Files")) setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        const file = event.dataTransfer?.files[0];
        if (file) void openFile(file, file.name);
      }}
    >
      <a class="skip" href="#main">
        {t("ui.skip")}
      </a>
      <Head />
      <Rooms />
      <main id="main" tabindex="-1" data-room={room()}>
        <Show when={tune() !== undefined || !isSong()}>
          <TunePicture />
        </Show>
        <RoomBoundary>
          <Suspense>
            <Switch>
              <Match when={room() === "hear"}>
                <HearRoom />
              </Match>
              <Match when={room() === "learn"}>
                <LearnRoom />
              </Match>
              <Match when={room() === "write"}>
                <WriteRoom />
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
              <Match when={room() === "stage"}>
                <StageRoom />
              </Match>
              <Match when={room() === "export"}>
                <ExportRoom />
              </Match>
            </Switch>
          </Suspense>
        </RoomBoundary>
        <Told />
      </main>
      <footer class="bottom">
        <Transport />
      </footer>
      <Sheets />
    </div>
  );
}

/** What is going on, what went wrong, what should be known: floating, so that nothing moves under the hand. */
function Told(): JSX.Element {
  return (
    <div class="toasts">
      <WorkBar />
      <Show when={!canPlay()}>
        <p class="notice" id="insecure">
          {t("ui.insecure")}
        </p>
      </Show>
      <ReadingBanner />
      <Show when={failure()}>
        {(f) => (
          <p class="failure" role="alert">
            <span>
              <strong>{f().code === "cancelled" ? "" : `${t("ui.error")}. `}</strong>
              {told(f().code, f().params)}
            </span>
            <button type="button" class="icon" aria-label={t("ui.close")} onClick={() => setFailure(undefined)}>
              <Icon name="close" />
            </button>
          </p>
        )}
      </Show>
      <Show when={notice()}>
        {(one) => (
          <p class="notice told" role="status">
            <span>{told(one().code, one().params)}</span>
            <For each={one().acts}>
              {(act) => (
                <button type="button" data-act={act.code} onClick={() => act.run()}>
                  {told(act.code)}
                </button>
              )}
            </For>
            <button type="button" class="icon" aria-label={t("ui.close")} onClick={() => setNotice(undefined)}>
              <Icon name="close" />
            </button>
          </p>
        )}
      </Show>
    </div>
  );
}

/** Sheets that lie over the room. */
function Sheets(): JSX.Element {
  return (
    <Suspense>
      <Show when={sheet() === "keys"}>
        <KeySheet />
      </Show>
      <Show when={sheet() === "book"}>
        <BookSheet />
      </Show>
      <Show when={sheet() === "projects"}>
        <ProjectSheet />
      </Show>
      <Show when={sheet() === "together"}>
        <TogetherSheet />
      </Show>
      <Show when={sheet() === "join"}>
        <JoinSheet />
      </Show>
      <Show when={sheet() === "calibrate"}>
        <CalibrateSheet />
      </Show>
      <Show when={sheet() === "stage"}>
        <StageScreen />
      </Show>
      <Show when={sheet() === "tour"}>
        <Tour />
      </Show>
    </Suspense>
  );
}
