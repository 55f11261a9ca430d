import { For, type JSX, Show } from "solid-js";
import { t } from "../state/language.ts";
import { edited, openNotes } from "../state/notes.ts";
import { dropStretch, overdub, playedIn, playingIn, setOverdub, silenceStretch, togglePlayIn } from "../state/play-in.ts";
import { session } from "../state/project.ts";
import { countIn, seek, setCountIn } from "../state/transport.ts";
import { tune } from "../state/tune.ts";
import { Icon } from "./icon.tsx";
import { IconButton } from "./iconbutton.tsx";
import { barText } from "./transport.tsx";

const COUNT_INS = [0, 1, 2];

/** What is played by hand is written down as notes: the button, the count-in, and every pass that was kept. */
export function PlayIn(): JSX.Element {
  const nameOf = (track: string): string => session().tracks.find((one) => one.id === track)?.name ?? "";
  return (
    <Show when={tune()}>
      <section aria-labelledby="play-in-title">
        <h2 id="play-in-title">{t("playIn.title")}</h2>
        <button type="button" id="play-in" class="primary" aria-pressed={playingIn()} onClick={() => void togglePlayIn()}>
          <Icon name="record" size={14} /> {t(playingIn() ? "playIn.stop" : "playIn.start")}
        </button>
        <label class="row-of">
          {t("record.countIn")}
          <select id="play-in-count" onChange={(event) => setCountIn(Number(event.currentTarget.value))}>
            <For each={COUNT_INS}>
              {(bars) => (
                <option value={bars} selected={bars === countIn()}>
                  {t("record.bars", { bars })}
                </option>
              )}
            </For>
          </select>
        </label>
        <label class="row-of">
          {t("playIn.overdub")}
          <input type="checkbox" id="overdub" checked={overdub()} onChange={(event) => setOverdub(event.currentTarget.checked)} />
        </label>
        <ul class="stretches">
          <For each={playedIn()}>
            {(clip) => (
              <li classList={{ muted: clip.mute }}>
                <button type="button" onClick={() => seek(clip.at)}>
                  {nameOf(clip.track)} {clip.name} · {t("ui.bar", { bar: barText(clip.at) })} ·{" "}
                  {t("playIn.count", { count: session().notes.get(clip.id)?.length ?? 0 })}
                </button>
                <button
                  type="button"
                  class="mini"
                  aria-pressed={clip.mute}
                  aria-label={t("ui.mute", { part: `${nameOf(clip.track)} ${clip.name}` })}
                  onClick={() => silenceStretch(clip.id, !clip.mute)}
                >
                  M
                </button>
                <IconButton
                  sign="write"
                  label={t("notes.editOf", { part: nameOf(clip.track) })}
                  pressed={edited() === clip.track}
                  onClick={() => openNotes(edited() === clip.track ? undefined : clip.track)}
                />
                <IconButton sign="remove" label={t("track.remove", { part: `${nameOf(clip.track)} ${clip.name}` })} onClick={() => dropStretch(clip.id)} />
              </li>
            )}
          </For>
        </ul>
      </section>
    </Show>
  );
}
