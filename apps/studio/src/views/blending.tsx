import { Complaint } from "@kuishi/base";
import { readStyle } from "@kuishi/blend";
import { ownWord } from "@kuishi/words";
import { For, type JSX, Show } from "solid-js";
import { addStyle, allStyles, choices, choose, isOwn, reroll } from "../state/choices.ts";
import { language, t } from "../state/language.ts";
import { edit, session } from "../state/project.ts";
import { addVoice, blend, made, pickVariation, stale, tune, variations } from "../state/tune.ts";
import { fail, setFailure, work } from "../state/ui.ts";
import { EnergyEditor } from "./energy.tsx";
import { Icon } from "./icon.tsx";

const COLOURS = ["drone", "open", "modal", "western"] as const;

/** The styles, everything else that can be chosen, and the button that makes the blend. */
export function BlendPanel(): JSX.Element {
  const voice = () => session().song.voice;
  const voiceName = (): string => session().assets.get(voice()?.asset ?? "")?.name ?? "";
  const setVoice = (next: ReturnType<typeof voice>): void => edit("voice", (draft) => draft.set("song", "song", { voice: next }));
  const takeVoice = async (file: File | undefined): Promise<void> => {
    if (file) await addVoice(file).catch(fail);
  };
  const chosen = () => allStyles().find((style) => style.name === choices().style);
  const takeStyle = async (file: File | undefined): Promise<void> => {
    if (!file) return;
    try {
      addStyle(readStyle(JSON.parse(await file.text())));
    } catch (error) {
      setFailure(error instanceof Complaint ? { code: error.code, params: error.params } : { code: "style.invalid", params: { at: file.name, text: "JSON" } });
    }
  };
  return (
    <section class="panel" aria-labelledby="blend-title">
      <h2 id="blend-title">{t("ui.style")}</h2>
      <div class="styles" role="radiogroup" aria-labelledby="blend-title">
        <For each={allStyles()}>
          {(entry) => (
            <label class="style" classList={{ chosen: choices().style === entry.name }} title={entry.about[language()]}>
              <input type="radio" name="style" value={entry.name} checked={choices().style === entry.name} onChange={() => choose({ style: entry.name })} />
              <span>
                {entry.title[language()]}
                {isOwn(entry) ? " *" : ""}
              </span>
            </label>
          )}
        </For>
      </div>
      <p class="fine" id="about">
        {chosen()?.about[language()]}
      </p>
      <div class="bar">
        <label class="seed">
          {t("ui.seed")}
          <input
            type="number"
            id="seed"
            min="0"
            max="9999"
            value={choices().seed}
            onChange={(event) => choose({ seed: Math.max(0, Math.floor(event.currentTarget.valueAsNumber || 0)) })}
          />
        </label>
        <button type="button" class="primary" id="blend" disabled={!tune() || work() !== undefined} onClick={() => void blend()}>
          {t("ui.blend")}
        </button>
      </div>
      <Show when={made() && (stale() || JSON.stringify(made()?.choices) !== JSON.stringify(choices()))}>
        <p class="notice" id="stale">
          {t("ui.stale")}
        </p>
      </Show>
      <Show when={tune()}>
        <details class="more" id="more">
          <summary>{t("ui.more")}</summary>
          <EnergyEditor />
          <div class="fields">
            <label>
              {t("ui.colour")}
              <select
                id="colour"
                value={choices().colour ?? ""}
                onChange={(event) => choose({ colour: COLOURS.find((colour) => colour === event.currentTarget.value) })}
              >
                <option value="">{t("ui.colour.auto")}</option>
                <For each={COLOURS}>
                  {(colour) => (
                    <option value={colour} selected={choices().colour === colour}>
                      {t(`ui.colour.${colour}`)}
                    </option>
                  )}
                </For>
              </select>
            </label>
            <label>
              {t("ui.follow")}
              <select
                id="follow"
                value={choices().follow}
                onChange={(event) => choose({ follow: event.currentTarget.value === "grid" ? "grid" : "performance" })}
              >
                <option value="performance">{t("ui.follow.performance")}</option>
                <option value="grid">{t("ui.follow.grid")}</option>
              </select>
            </label>
            <label>
              {t("ui.transpose")}
              <input
                type="number"
                id="transpose"
                min="-1200"
                max="1200"
                step="50"
                value={choices().transpose}
                onChange={(event) => choose({ transpose: Math.min(1200, Math.max(-1200, Math.round(event.currentTarget.valueAsNumber || 0))) })}
              />
            </label>
            <label class="check">
              <input type="checkbox" id="clean" checked={choices().clean} onChange={(event) => choose({ clean: event.currentTarget.checked })} />
              {t("ui.clean")}
            </label>
            <label class="button file">
              {t("ui.style.own")}
              <input type="file" id="own-style" accept=".json,application/json" onChange={(event) => void takeStyle(event.currentTarget.files?.[0])} />
            </label>
            <label class="button file">
              {voice() ? t("ui.voice.name", { name: voiceName() }) : t("ui.voice.add")}
              <input
                type="file"
                id="voice"
                accept="audio/*,.opus,.ogg,.flac,.wav,.mp3,.m4a"
                onChange={(event) => void takeVoice(event.currentTarget.files?.[0])}
              />
            </label>
            <Show when={voice()}>
              <label>
                {t("ui.voice.tune")}
                <input
                  type="range"
                  id="voice-tune"
                  min="0"
                  max="1"
                  step="0.1"
                  value={voice()?.correct ?? 0}
                  onChange={(event) => setVoice({ asset: voice()?.asset ?? "", correct: event.currentTarget.valueAsNumber })}
                />
              </label>
              <button type="button" onClick={() => setVoice(null)}>
                {t("ui.voice.remove")}
              </button>
            </Show>
          </div>
          <Show when={made()}>{(m) => <Sections sections={m().report.sections} />}</Show>
        </details>
      </Show>
      <Show when={variations().length > 1}>
        <fieldset class="variations">
          <legend>{t("ui.variations")}</legend>
          <For each={variations()}>
            {(variation) => (
              <button
                type="button"
                aria-pressed={variation === made()}
                disabled={work() !== undefined}
                aria-label={t("ui.variation", { name: variation.name })}
                onClick={() => void pickVariation(variation)}
              >
                {variation.name}
              </button>
            )}
          </For>
          <p class="fine">{t("ui.variations.hint")}</p>
        </fieldset>
      </Show>
    </section>
  );
}

/** Each section: where it is, what it is, its own style and its own dice. */
function Sections(props: { readonly sections: NonNullable<ReturnType<typeof made>>["report"]["sections"] }): JSX.Element {
  const clock = (seconds: number): string => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;
  const setStyleOf = (index: number, name: string): void => {
    const key = String(index);
    const { style: _, ...rest } = choices().sections[key] ?? {};
    choose({ sections: { ...choices().sections, [key]: name === "" ? rest : { ...rest, style: name } } });
  };
  return (
    <div class="arc">
      <h3>{t("ui.sections")}</h3>
      <ol>
        <For each={props.sections}>
          {(section, index) => (
            <li>
              <span>
                {clock(section.from)} {ownWord(language(), "section", section.label)} · {t(`role.${section.role}`)}
              </span>
              <meter min="0" max="1" value={section.energy} aria-label={t("ui.curve")} />
              <select aria-label={t("ui.section.style", { section: index() + 1 })} onChange={(event) => setStyleOf(index(), event.currentTarget.value)}>
                <option value="">{t("ui.colour.auto")}</option>
                <For each={allStyles()}>
                  {(style) => (
                    <option value={style.name} selected={choices().sections[String(index())]?.style === style.name}>
                      {style.title[language()]}
                    </option>
                  )}
                </For>
              </select>
              <button
                type="button"
                aria-label={t("ui.section.reroll", { section: index() + 1 })}
                aria-pressed={choices().sections[String(index())]?.seed !== undefined}
                onClick={() => reroll({ section: index() })}
              >
                <Icon name="dice" />
              </button>
            </li>
          )}
        </For>
      </ol>
    </div>
  );
}
