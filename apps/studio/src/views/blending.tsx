import { Complaint } from "@kuishi/base";
import { readStyle } from "@kuishi/blend";
import { localized, ownWord } from "@kuishi/words";
import { For, type JSX, Show } from "solid-js";
import { addStyle, addVoice, allStyles, choices, choose, reroll, takeReference } from "../state/choices.ts";
import { language, t } from "../state/language.ts";
import { edited } from "../state/notes.ts";
import { edit, session } from "../state/project.ts";
import { seek } from "../state/transport.ts";
import { tune } from "../state/tune.ts";
import { fail, setFailure, work } from "../state/ui.ts";
import { blend, currentVariation, stale } from "../state/variations.ts";
import { EnergyEditor } from "./energy.tsx";
import { SECTION_FAMILY } from "./family.ts";
import { FileButton } from "./filebutton.tsx";
import { Icon } from "./icon.tsx";
import { NeckDock } from "./neckdock.tsx";
import { NoteEditor } from "./notes/editor.tsx";
import { PartLanes, Why } from "./parts.tsx";
import { StyleCards } from "./stylecards.tsx";
import { clock } from "./transport.tsx";
import { frame } from "./tune/geometry.ts";
import { NoteLanes } from "./tune/lanes.tsx";
import { Variations } from "./variationcards.tsx";

const SOUNDS = "audio/*,.opus,.ogg,.flac,.wav,.mp3,.m4a";
const COLOURS = ["drone", "open", "modal", "western"] as const;

/** The stage: the tune with everything that was added to it; at its side the styles, the energy, the reasons, the variations. */
export function BlendPanel(): JSX.Element {
  return (
    <>
      <div class="stage">
        <Show when={tune()} fallback={<p class="waiting">{t("ui.opening")}</p>}>
          {(u) => (
            <>
              <NoteLanes tune={u()} />
              <PartLanes />
            </>
          )}
        </Show>
      </div>
      <section class="inspector" aria-label={t("room.blend")}>
        <StyleCards />
        <Variations />
        <Show when={tune()}>
          <EnergyEditor />
          <Harmony />
        </Show>
        <Make />
        <Why />
        <Show when={tune()}>
          <details id="more">
            <summary>{t("ui.more")}</summary>
            <Show when={currentVariation()}>{(m) => <Sections sections={m().report.sections} />}</Show>
            <Details />
            <Singer />
          </details>
        </Show>
      </section>
      <Show when={edited() !== undefined} fallback={<NeckDock />}>
        <NoteEditor />
      </Show>
    </>
  );
}

/** The dice, and the button that blends anew. */
function Make(): JSX.Element {
  return (
    <section>
      <Show when={stale()}>
        <p class="notice" id="stale">
          {t("ui.stale")}
        </p>
      </Show>
      <div class="row-of">
        <label class="check">
          <Icon name="dice" size={16} />
          <span class="sr">{t("ui.seed")}</span>
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
    </section>
  );
}

/** What sounds together: as the style has it, or one of four. */
function Harmony(): JSX.Element {
  return (
    <section>
      <div class="row-of">
        <h2 id="colour-title">{t("ui.colour")}</h2>
        <select
          id="colour"
          aria-labelledby="colour-title"
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
      </div>
    </section>
  );
}

/** What else can be chosen about the blend. */
function Details(): JSX.Element {
  const takeStyle = async (file: File): Promise<void> => {
    try {
      addStyle(readStyle(JSON.parse(await file.text())));
    } catch (error) {
      setFailure(error instanceof Complaint ? { code: error.code, params: error.params } : { code: "style.invalid", params: { at: file.name, text: "JSON" } });
    }
  };
  return (
    <>
      <label class="row-of">
        {t("ui.follow")}
        <select id="follow" value={choices().follow} onChange={(event) => choose({ follow: event.currentTarget.value === "grid" ? "grid" : "performance" })}>
          <option value="performance">{t("ui.follow.performance")}</option>
          <option value="grid">{t("ui.follow.grid")}</option>
        </select>
      </label>
      <label class="row-of">
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
      <label class="row-of">
        {t("ui.clean")}
        <input type="checkbox" id="clean" checked={choices().clean} onChange={(event) => choose({ clean: event.currentTarget.checked })} />
      </label>
      <FileButton id="reference" accept={SOUNDS} onFile={(file) => void takeReference(file)}>
        {choices().reference ? t("ui.reference.name", { name: choices().reference?.name ?? "" }) : t("ui.reference.add")}
      </FileButton>
      <Show when={choices().reference}>
        <button type="button" id="no-reference" onClick={() => choose({ reference: undefined })}>
          {t("ui.reference.remove")}
        </button>
      </Show>
      <FileButton id="own-style" accept=".json,application/json" onFile={(file) => void takeStyle(file)}>
        {t("ui.style.own")}
      </FileButton>
    </>
  );
}

/** A singer over the blend. */
function Singer(): JSX.Element {
  const voice = () => session().song.voice;
  const voiceName = (): string => session().assets.get(voice()?.asset ?? "")?.name ?? "";
  const setVoice = (next: ReturnType<typeof voice>): void => edit("voice", (draft) => draft.set("song", "song", { voice: next }));
  return (
    <>
      <FileButton id="voice" accept={SOUNDS} onFile={(file) => void addVoice(file).catch(fail)}>
        {voice() ? t("ui.voice.name", { name: voiceName() }) : t("ui.voice.add")}
      </FileButton>
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
    </>
  );
}

/** Each section as a block: where it is, what it is, its own style and its own dice. */
function Sections(props: { readonly sections: NonNullable<ReturnType<typeof currentVariation>>["report"]["sections"] }): JSX.Element {
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
            <li class={SECTION_FAMILY[section.role] ?? "sky"}>
              <button type="button" class="goto" onClick={() => seek(frame(section.from))}>
                {clock(frame(section.from))} {ownWord(language(), "section", section.label)} · {t(`role.${section.role}`)}
              </button>
              <meter min="0" max="1" value={section.energy} aria-label={t("ui.curve")} />
              <select aria-label={t("ui.section.style", { section: index() + 1 })} onChange={(event) => setStyleOf(index(), event.currentTarget.value)}>
                <option value="">{t("ui.colour.auto")}</option>
                <For each={allStyles()}>
                  {(style) => (
                    <option value={style.name} selected={choices().sections[String(index())]?.style === style.name}>
                      {localized(style.title, language())}
                    </option>
                  )}
                </For>
              </select>
              <button
                type="button"
                class="icon"
                aria-label={t("ui.section.reroll", { section: index() + 1 })}
                aria-pressed={choices().sections[String(index())]?.seed !== undefined}
                onClick={() => reroll({ section: index() })}
              >
                <Icon name="dice" size={16} />
              </button>
            </li>
          )}
        </For>
      </ol>
    </div>
  );
}
