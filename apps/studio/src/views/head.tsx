import { meterAt } from "@kuishi/score";
import { languageName, languages, ownWord } from "@kuishi/words";
import { For, type JSX, Show } from "solid-js";
import { language, setLanguage, t, told } from "../state/language.ts";
import { openFile } from "../state/open.ts";
import { isSong, keeping, redo, redoLabel, session, undo, undoLabel } from "../state/project.ts";
import { EXAMPLE, tune } from "../state/tune.ts";
import { fail, goTo, nextTheme, room, setSheet, theme } from "../state/ui.ts";
import { FileButton } from "./filebutton.tsx";
import { Icon } from "./icon.tsx";
import { IconButton } from "./iconbutton.tsx";
import { Presence } from "./presence.tsx";
import { noteName } from "./say.ts";

export const ACCEPTED =
  "audio/*,video/*,.opus,.ogg,.flac,.wav,.mp3,.m4a,.mid,.midi,.kar,.musicxml,.xml,.mxl,.abc,.gp,.gpx,.gp3,.gp4,.gp5,.cho,.chordpro,.kuishi";
/** What a step of undo is called; nothing where there is none. */
const stepName = (label: string | undefined): string => (label ? told(`step.${label}`) : "");

/** One line: whose tune it is, what was heard of it in a breath, and what concerns the whole. */
export function Head(): JSX.Element {
  const title = (): string => {
    const own = session().song.provenance.title;
    return own === EXAMPLE.replace(/\..*$/, "") ? t("ui.exampleName") : own || (isSong() ? t("write.untitled") : "Kuishi");
  };
  const facts = (): string => {
    const heard = tune()?.heard;
    if (!heard) return "";
    const meter = heard.downbeats.length > 0 ? meterAt(heard, 1) : undefined;
    // pulses, as the transport counts them
    const tempo = (heard.tempo ?? []).map((one) => one.pulsesPerMinute).sort((a, b) => a - b);
    const middle = tempo[tempo.length >> 1];
    return [
      heard.kind ? t(`kind.${heard.kind.name}`) : "",
      `${noteName(heard.mode.tonicCents, false)} ${ownWord(language(), "mode", heard.mode.name)}`,
      meter ? `${meter.groups.join("+")}/${meter.unit}` : t("ui.freeRhythm"),
      middle ? t("ui.tempo", { bpm: Math.round(middle) }) : "",
    ]
      .filter(Boolean)
      .join(" · ");
  };
  return (
    <header>
      <div class="brand">
        <img src="./icon.svg" alt="" width="34" height="34" />
        <h1>Kuishi</h1>
      </div>
      <button type="button" class="project" id="projects" onClick={() => setSheet("projects")}>
        <span>{title()}</span>
        <small data-keeping={keeping()}>{t(`keeping.${keeping()}`)}</small>
      </button>
      <Show when={facts()}>
        <span class="tag facts">{facts()}</span>
      </Show>
      <div class="tools">
        <Presence />
        <IconButton sign="undo" id="undo-all" disabled={!undoLabel()} label={t("ui.undo", { what: stepName(undoLabel()) })} onClick={undo} />
        <IconButton sign="redo" id="redo-all" disabled={!redoLabel()} label={t("ui.redo", { what: stepName(redoLabel()) })} onClick={redo} />
        <button type="button" class="icon overflow" popovertarget="more-tools" aria-label={t("ui.settings")}>
          <Icon name="more" />
        </button>
        <div class="extras" id="more-tools" popover="auto">
          <IconButton sign="theme" id="theme" label={t(`ui.theme.${theme()}`)} onClick={nextTheme} />
          <IconButton sign="keys" id="help" label={t("ui.keys")} onClick={() => setSheet("keys")} />
          <label class="language">
            <span class="sr">{t("ui.language")}</span>
            <select value={language()} onChange={(event) => void setLanguage(event.currentTarget.value).catch(fail)}>
              <For each={languages}>
                {(code) => (
                  <option value={code} selected={code === language()}>
                    {languageName(code)}
                  </option>
                )}
              </For>
            </select>
          </label>
        </div>
        <FileButton id="file" class="open-file" accept={ACCEPTED} onFile={(file) => void openFile(file, file.name)}>
          <Icon name="open" size={16} />
          <span>{t("ui.choose")}</span>
        </FileButton>
        <span class="rooms">
          <button
            type="button"
            class="primary to-export"
            data-room="export"
            aria-current={room() === "export" ? "page" : undefined}
            onClick={() => goTo("export")}
          >
            <Icon name="export" size={16} />
            <span>{t("room.export")}</span>
          </button>
        </span>
      </div>
    </header>
  );
}
