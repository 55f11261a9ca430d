import type { ReleasedTrack, ReleaseSheet } from "@kuishi/project";
import { createMemo, For, type JSX, onCleanup, Show } from "solid-js";
import { t } from "../../state/language.ts";
import { canEdit, session } from "../../state/project.ts";
import { addTrackFile, moveTrack, publish, published, removeTrack, setCover, setSheet, setTrack, sheetShown, tracksShown } from "../../state/release.ts";
import { work } from "../../state/ui.ts";
import { FileButton } from "../filebutton.tsx";
import { IconButton } from "../iconbutton.tsx";
import { save } from "../save.ts";
import { Field } from "./field.tsx";

const TYPES = ["single", "album", "live"] as const;
const SOUND = ".wav,.flac,.mp3,.opus,.ogg,.m4a,.aiff,.aif";

/** An album, single or live set: what is said of it, its tracks, and its pages. */
export function ReleasePanel(): JSX.Element {
  const text = (key: "title" | "artist" | "licence" | "address", placeholder = ""): JSX.Element => (
    <Field
      id={`release-${key}`}
      label={t(`publish.${key}`)}
      value={sheetShown()[key]}
      placeholder={placeholder}
      onChange={(value) => setSheet({ [key]: value })}
    />
  );
  return (
    <section class="panel release" aria-labelledby="release-title-head">
      <h2 id="release-title-head">{t("publish.head")}</h2>
      <p class="fine">{t("publish.hint")}</p>
      <div class="release-sheet">
        <Cover />
        <div class="fields">
          {text("title")}
          {text("artist")}
          <label class="field">
            <span>{t("publish.type")}</span>
            <select id="release-type" onChange={(event) => setSheet({ type: event.currentTarget.value as ReleaseSheet["type"] })}>
              <For each={TYPES}>
                {(type) => (
                  <option value={type} selected={sheetShown().type === type}>
                    {t(`release.${type}`)}
                  </option>
                )}
              </For>
            </select>
          </label>
          <Field id="release-date" type="date" label={t("publish.date")} value={sheetShown().date} onChange={(date) => setSheet({ date })} />
          {text("licence", t("publish.licenceHint"))}
          {text("address", "https://…")}
          <Field id="release-about" lines={3} label={t("publish.about")} value={sheetShown().about} onChange={(about) => setSheet({ about })} />
          <label class="check">
            <input type="checkbox" checked={sheetShown().downloads} onChange={(event) => setSheet({ downloads: event.currentTarget.checked })} />
            {t("publish.downloads")}
          </label>
        </div>
      </div>
      <ol class="release-tracks">
        <For each={tracksShown().map(({ id }) => id)}>{(id, index) => <TrackRow id={id} index={index()} />}</For>
      </ol>
      <div class="bar">
        <FileButton id="release-add" accept={SOUND} disabled={!canEdit()} onFile={(file) => void addTrackFile(file)}>
          {t("publish.add")}
        </FileButton>
        <button type="button" class="primary" id="publish" disabled={tracksShown().length === 0 || work() !== undefined} onClick={() => void publish()}>
          {t("publish.make")}
        </button>
      </div>
      <Show when={published()}>
        {(made) => (
          <div class="good made" id="published" role="status">
            <p>{t("publish.made", { count: tracksShown().length })}</p>
            <button type="button" class="primary" id="save-release" onClick={() => save(made().zip, `${sheetShown().artist} - ${sheetShown().title}.zip`)}>
              {t("publish.save")}
            </button>
            <p class="fine">{t("publish.where")}</p>
          </div>
        )}
      </Show>
    </section>
  );
}

/** The cover: the one that was given, or the one that was drawn when it was published last. */
function Cover(): JSX.Element {
  const url = createMemo(() => {
    const blob = published()?.cover;
    const made = blob && URL.createObjectURL(blob);
    if (made) onCleanup(() => URL.revokeObjectURL(made));
    return made;
  });
  return (
    <div class="cover">
      <Show
        when={url()}
        fallback={<p class="fine">{session().release.cover === null ? t("publish.drawn") : session().assets.get(session().release.cover!)?.name}</p>}
      >
        <img src={url()} alt={t("publish.cover")} />
      </Show>
      <FileButton id="release-cover" accept="image/png,image/jpeg" disabled={!canEdit()} onFile={(file) => void setCover(file)}>
        {t("publish.cover")}
      </FileButton>
      <Show when={session().release.cover !== null}>
        <button type="button" onClick={() => setSheet({ cover: null })}>
          {t("publish.draw")}
        </button>
      </Show>
    </div>
  );
}

/** One track: its name, and where its tune comes from. */
function TrackRow(props: { readonly id: string; readonly index: number }): JSX.Element {
  const track = (): ReleasedTrack | undefined => tracksShown().find(({ id }) => id === props.id);
  const source = (): string => {
    const asset = track()?.asset;
    return asset == null ? t("publish.own") : (session().assets.get(asset)?.name ?? "");
  };
  const field = (key: "composer" | "learnedFrom" | "place" | "arrangers" | "isrc" | "credits" | "lyrics", lines?: number): JSX.Element => (
    <Field
      id={`track-${props.index}-${key}`}
      label={t(`publish.${key}`)}
      value={track()?.[key] ?? ""}
      {...(lines ? { lines } : {})}
      placeholder={key === "credits" ? t("publish.creditsHint") : key === "composer" ? t("publish.composerHint") : ""}
      onChange={(value) => setTrack(props.id, { [key]: value })}
    />
  );
  return (
    <li>
      <div class="track-line">
        <b>{props.index + 1}</b>
        <Field
          id={`track-${props.index}-title`}
          label={t("publish.trackTitle")}
          value={track()?.title ?? ""}
          onChange={(title) => setTrack(props.id, { title })}
        />
        <small>{source()}</small>
        <IconButton sign="up" label={t("publish.up")} disabled={props.index === 0} onClick={() => moveTrack(props.id, -1)} />
        <IconButton sign="down" label={t("publish.down")} disabled={props.index === tracksShown().length - 1} onClick={() => moveTrack(props.id, 1)} />
        <IconButton sign="close" label={t("publish.remove")} onClick={() => removeTrack(props.id)} />
      </div>
      <details>
        <summary>{t("release.about")}</summary>
        <div class="fields">
          {field("composer")}
          {field("learnedFrom")}
          {field("place")}
          {field("arrangers")}
          {field("isrc")}
          {field("credits", 3)}
          {field("lyrics", 4)}
        </div>
      </details>
    </li>
  );
}
