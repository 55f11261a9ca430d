import { convertible, versions } from "@kuishi/flow";
import type { AudioFormat } from "@kuishi/media";
import { createMemo, createSignal, For, type JSX, onCleanup, Show } from "solid-js";
import { choices } from "../state/choices.ts";
import { t } from "../state/language.ts";
import { askedVersions, bundle, convertFile, encode, exportAll, exported, setAskedVersions } from "../state/outputs.ts";
import { edit, isSong, noteSaved, session } from "../state/project.ts";
import { tune } from "../state/tune.ts";
import { goTo, work } from "../state/ui.ts";
import { zipFiles } from "../workers/zip.ts";
import { FileButton } from "./filebutton.tsx";
import { save } from "./save.ts";
import { VerseCount } from "./versecount.tsx";

const FORMATS: readonly AudioFormat[] = ["wav", "flac", "mp3", "opus"];

/** Everything that leaves the studio: mix, stems, score, tuning, project. */
export function ExportRoom(): JSX.Element {
  const title = (): string => session().song.provenance.title || "kuishi";
  const links = createMemo(() => {
    const files = (exported()?.files ?? []).map((file) => ({ ...file, url: URL.createObjectURL(file.blob) }));
    onCleanup(() => files.forEach((file) => URL.revokeObjectURL(file.url)));
    return files;
  });
  const mix = (): Blob | undefined => links().find((file) => file.name === "mix.wav")?.blob;
  const saveMix = async (format: AudioFormat): Promise<void> => {
    const wav = mix();
    const blob = format === "wav" ? wav : wav && (await encode(wav, format));
    if (blob) save(blob, `${title()}.${format}`);
  };
  const saveZip = async (some: (name: string) => boolean, name: string): Promise<void> => save(await zipFiles(links().filter((file) => some(file.name))), name);
  const saveScore = async (format: string): Promise<void> => {
    const own = await bundle();
    const blob = own && (await convertFile(own, "project.kuishi", `tune.${format}`));
    if (blob) save(blob, `${title()}.${format}`);
  };
  const saveBundle = async (): Promise<void> => {
    const blob = await bundle();
    if (!blob) return;
    save(blob, `${title()}.kuishi`);
    noteSaved();
  };
  return (
    <section class="stage whole export" aria-labelledby="files-title">
      <div class="panel sheet-like">
        <h2 id="files-title">{t("ui.download")}</h2>
        <p class="fine">{t("export.hint")}</p>
        <div class="out-cards">
          <section class="out-card">
            <h3>{t("export.track")}</h3>
            <label class="row-of">
              {t("export.loudness")}
              <select
                id="loudness"
                onChange={(event) => {
                  const value = event.currentTarget.value;
                  edit("loudness", (draft) => draft.set("song", "song", { loudness: value === "" ? null : Number(value) }));
                }}
              >
                <For each={[-14, -16, -18, -23, null]}>
                  {(lufs) => (
                    <option value={lufs ?? ""} selected={session().song.loudness === lufs}>
                      {lufs === null ? t("export.free") : `${lufs} LUFS`}
                    </option>
                  )}
                </For>
              </select>
            </label>
            <fieldset class="versions">
              <legend>{t("export.versions")}</legend>
              <For each={versions}>
                {(version) => (
                  <label class="check">
                    <input
                      type="checkbox"
                      data-version={version}
                      checked={askedVersions().includes(version)}
                      onChange={(event) =>
                        setAskedVersions(versions.filter((one) => (one === version ? event.currentTarget.checked : askedVersions().includes(one))))
                      }
                    />
                    {t(`export.version.${version}`)}
                  </label>
                )}
              </For>
            </fieldset>
            <button type="button" class="primary" id="export" disabled={!tune() || work() !== undefined} onClick={() => void exportAll()}>
              {t("export.make")}
            </button>
          </section>
          <section class="out-card">
            <h3>{t("export.notes")}</h3>
            <div class="bar">
              <For each={["musicxml", "mxl", "mid", "abc", "scl"]}>
                {(format) => (
                  <button
                    type="button"
                    data-score={format}
                    aria-label={t("export.score", { format: `.${format}` })}
                    disabled={!tune() || work() !== undefined}
                    onClick={() => void saveScore(format)}
                  >
                    .{format}
                  </button>
                )}
              </For>
            </div>
          </section>
          <section class="out-card">
            <h3>{t("export.project")}</h3>
            <button type="button" id="save-project" disabled={!tune()} onClick={() => void saveBundle()}>
              {t("projects.save")}
            </button>
          </section>
        </div>
        <Show when={exported()}>
          {(made) => (
            <>
              <p class="good">{t("ui.made", { lufs: made().report.mix.integratedLufs, peak: made().report.mix.truePeakDbtp })}</p>
              <div class="bar">
                <For each={FORMATS}>
                  {(format) => (
                    <button type="button" data-format={format} disabled={work() !== undefined} onClick={() => void saveMix(format)}>
                      {t("export.mix", { format: format.toUpperCase() })}
                    </button>
                  )}
                </For>
                <button type="button" id="stems" onClick={() => void saveZip((name) => name.startsWith("stems/"), `${title()}-stems.zip`)}>
                  {t("export.stems")}
                </button>
                <button type="button" id="all" onClick={() => void saveZip(() => true, `${title()}-${choices().style}.zip`)}>
                  {t("ui.all")}
                </button>
                <a class="button" href={links().find((file) => file.name === "report.html")?.url} target="_blank" rel="noopener">
                  {t("ui.report")}
                </a>
              </div>
              <ul class="files">
                <For each={links()}>
                  {(file) => (
                    <li>
                      <a href={file.url} download={file.name.replace("/", "_")} data-file={file.name}>
                        {file.name}
                      </a>{" "}
                      <small>{file.blob.size < 1e6 ? `${Math.ceil(file.blob.size / 1000)} kB` : `${(file.blob.size / 1e6).toFixed(1)} MB`}</small>
                    </li>
                  )}
                </For>
              </ul>
            </>
          )}
        </Show>
        <Show when={isSong()} fallback={<Words />}>
          <div class="bar words">
            <span>{t("write.inWrite")}</span>
            <button type="button" onClick={() => goTo("write")}>
              {t("room.write")}
            </button>
          </div>
        </Show>
        <Converter />
      </div>
    </section>
  );
}

/** Words with chords over them, as the songwriter has them. */
function Words(): JSX.Element {
  const take = async (file: File): Promise<void> => {
    // what cannot be read is told with its line, and what is there stays
    const own = await convertFile(file, file.name, "song.cho");
    const text = await own?.text();
    if (text !== undefined) edit("lyrics", (draft) => draft.set("song", "song", { lyrics: text }));
  };
  const saveWords = async (to: "cho" | "txt"): Promise<void> => {
    const blob = await convertFile(new Blob([session().song.lyrics]), "song.cho", `song.${to}`);
    if (blob) save(blob, `${session().song.provenance.title || "song"}.${to}`);
  };
  return (
    <details class="words" open={session().song.lyrics !== ""}>
      <summary>{t("lyrics.title")}</summary>
      <p class="fine">{t("lyrics.hint")}</p>
      <textarea
        id="lyrics"
        rows="8"
        aria-label={t("lyrics.words")}
        value={session().song.lyrics}
        onChange={(event) => edit("lyrics", (draft) => draft.set("song", "song", { lyrics: event.currentTarget.value }))}
      />
      <Show when={session().song.lyrics.trim() !== ""}>
        <VerseCount text={session().song.lyrics} />
      </Show>
      <div class="bar">
        <FileButton id="open-lyrics" accept=".cho,.crd,.chopro,.chordpro,.pro" onFile={(file) => void take(file)}>
          {t("lyrics.open")}
        </FileButton>
        <button type="button" id="save-lyrics" disabled={session().song.lyrics === ""} onClick={() => void saveWords("cho")}>
          {t("lyrics.save")}
        </button>
        <button type="button" disabled={session().song.lyrics === ""} onClick={() => void saveWords("txt")}>
          .txt
        </button>
      </div>
    </details>
  );
}

/** One file into another format, without opening it as a project. */
function Converter(): JSX.Element {
  const [file, setFile] = createSignal<File>();
  const targets = (): readonly string[] => {
    const own = file();
    if (!own) return [];
    const notes = convertible(own.name);
    return notes.length > 0 ? notes : FORMATS;
  };
  const convert = async (to: string): Promise<void> => {
    const own = file();
    if (!own) return;
    const name = `${own.name.replace(/\.[^.]*$/, "")}.${to}`;
    const blob = FORMATS.some((format) => format === to) ? await encode(own, to as AudioFormat) : await convertFile(own, own.name, name);
    if (blob) save(blob, name);
  };
  return (
    <details class="converter">
      <summary>{t("convert.title")}</summary>
      <p class="fine">{t("convert.hint")}</p>
      <div class="bar">
        <label class="button file">
          {t("convert.choose")}
          <input type="file" id="convert-file" onChange={(event) => setFile(event.currentTarget.files?.[0])} />
        </label>
        <For each={targets()}>
          {(to) => (
            <button type="button" data-convert={to} disabled={work() !== undefined} onClick={() => void convert(to)}>
              {t("convert.to", { name: file()?.name ?? "", format: `.${to}` })}
            </button>
          )}
        </For>
      </div>
    </details>
  );
}
