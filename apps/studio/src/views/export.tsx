import type { AudioFormat } from "@kuishi/media";
import { createMemo, For, type JSX, onCleanup, Show } from "solid-js";
import { choices } from "../state/choices.ts";
import { t } from "../state/language.ts";
import { edit, noteSaved, session } from "../state/project.ts";
import { bundle, encode, exportAll, exported, tune } from "../state/tune.ts";
import { work } from "../state/ui.ts";
import { zipFiles } from "../work/zip.ts";
import { save } from "./save.ts";

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
  const saveBundle = async (): Promise<void> => {
    const blob = await bundle();
    if (!blob) return;
    save(blob, `${title()}.kuishi`);
    noteSaved();
  };
  return (
    <section class="panel export" aria-labelledby="files-title">
      <h2 id="files-title">{t("ui.download")}</h2>
      <p class="fine">{t("export.hint")}</p>
      <div class="bar">
        <button type="button" class="primary" id="export" disabled={!tune() || work() !== undefined} onClick={() => void exportAll()}>
          {t("export.make")}
        </button>
        <label>
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
                  {lufs === null ? t("export.free") : t(`export.lufs`, { lufs })}
                </option>
              )}
            </For>
          </select>
        </label>
        <button type="button" id="save-project" disabled={!tune()} onClick={() => void saveBundle()}>
          {t("projects.save")}
        </button>
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
    </section>
  );
}
