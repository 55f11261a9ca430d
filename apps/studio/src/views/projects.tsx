import { createSignal, For, type JSX, onMount, Show } from "solid-js";
import { language, t } from "../state/language.ts";
import { newSong, openFile, openProject } from "../state/open.ts";
import { bundle } from "../state/outputs.ts";
import { edit, keeping, listStored, noteSaved, projectId, removeStored, savedAt, session, stored } from "../state/project.ts";
import { EXAMPLE } from "../state/tune.ts";
import { fail, setSheet } from "../state/ui.ts";
import { FileButton } from "./filebutton.tsx";
import { Icon } from "./icon.tsx";
import { save } from "./save.ts";
import { dayIn } from "./say.ts";
import { Sheet } from "./sheet.tsx";

const day = (time: number): string => dayIn(language(), new Date(time));
/** What a stored project is called: the example by its name, a song without one as in the head. */
const nameOf = (title: string): string => (title === EXAMPLE.replace(/\..*$/, "") ? t("ui.exampleName") : title || t("write.untitled"));

/** The projects this browser keeps, and the open one's card: title, whose tune it is, from whom it was learned. */
export function ProjectSheet(): JSX.Element {
  const [room, setRoom] = createSignal("");
  onMount(async () => {
    await listStored().catch(fail);
    const { usage, quota } = (await navigator.storage?.estimate?.()) ?? {};
    if (usage !== undefined && quota) setRoom(t("projects.room", { used: Math.ceil(usage / 1e6), free: Math.floor((quota - usage) / 1e6) }));
  });
  const song = () => session().song;
  const set = (fields: Partial<ReturnType<typeof song>["provenance"]>): void =>
    edit("card", (draft) => draft.set("song", "song", { provenance: { ...song().provenance, ...fields } }));
  const saveBundle = async (): Promise<void> => {
    const blob = await bundle();
    if (!blob) return;
    save(blob, `${song().provenance.title || "kuishi"}.kuishi`);
    noteSaved();
  };
  return (
    <Sheet title={t("projects.title")} id="project-sheet">
      <section class="card">
        <div class="fields">
          <label>
            {t("card.title")}
            <input type="text" id="card-title" value={song().provenance.title} onChange={(event) => set({ title: event.currentTarget.value })} />
          </label>
          <label>
            {t("card.composer")}
            <input type="text" id="card-composer" value={song().provenance.composer} onChange={(event) => set({ composer: event.currentTarget.value })} />
          </label>
          <label>
            {t("card.learnedFrom")}
            <input type="text" id="card-learned" value={song().provenance.learnedFrom} onChange={(event) => set({ learnedFrom: event.currentTarget.value })} />
          </label>
          <label>
            {t("card.arrangers")}
            <input
              type="text"
              id="card-arrangers"
              value={song().provenance.arrangers.join(", ")}
              onChange={(event) => set({ arrangers: event.currentTarget.value.split(",").flatMap((name) => name.trim() || []) })}
            />
          </label>
        </div>
        <p class="fine">
          {t(`keeping.${keeping()}`)} · {savedAt() ? t("projects.savedAt", { at: day(savedAt()!) }) : t("projects.neverSaved")}
        </p>
        <div class="bar">
          <button type="button" class="primary" id="save-bundle" onClick={() => void saveBundle()}>
            {t("projects.save")}
          </button>
          <FileButton
            id="open-bundle"
            accept=".kuishi,application/zip"
            onFile={(file) => {
              setSheet(undefined);
              void openFile(file, file.name);
            }}
          >
            {t("projects.openFile")}
          </FileButton>
          <button
            type="button"
            id="projects-new-song"
            onClick={() => {
              setSheet(undefined);
              void newSong();
            }}
          >
            {t("projects.newSong")}
          </button>
        </div>
      </section>
      <section>
        <h3>{t("projects.kept")}</h3>
        <Show when={stored().length > 0} fallback={<p class="fine">{t("projects.none")}</p>}>
          <ul class="stored">
            <For each={stored()}>
              {(one) => (
                <li>
                  <button
                    type="button"
                    disabled={one.id === projectId()}
                    onClick={() => {
                      setSheet(undefined);
                      void openProject(one.id);
                    }}
                  >
                    {nameOf(one.title)}
                  </button>
                  <small>
                    {one.changed > 0 ? day(one.changed) : ""} · {one.saved ? t("projects.savedAt", { at: day(one.saved) }) : t("projects.neverSaved")}
                  </small>
                  <button
                    type="button"
                    class="icon"
                    disabled={one.id === projectId()}
                    aria-label={t("projects.remove", { name: nameOf(one.title) })}
                    onClick={() => window.confirm(t("projects.sure", { name: nameOf(one.title) })) && void removeStored(one.id).catch(fail)}
                  >
                    <Icon name="close" />
                  </button>
                </li>
              )}
            </For>
          </ul>
        </Show>
        <p class="fine">{room()}</p>
      </section>
    </Sheet>
  );
}
