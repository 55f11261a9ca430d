import { layDown, songFromChordPro } from "@kuishi/flow";
import { addSection } from "@kuishi/project";
import { createMemo, For, type JSX, Show } from "solid-js";
import { t, told } from "../../state/language.ts";
import { newSong, openSong } from "../../state/open.ts";
import { edit, isSong, session } from "../../state/project.ts";
import { block, focusLine, settle, songSheet } from "../../state/song.ts";
import { tune } from "../../state/tune.ts";
import { fail } from "../../state/ui.ts";
import { Icon } from "../icon.tsx";
import { ChordBench, EmptySheet, SongBench } from "./bench.tsx";
import { FormStrip } from "./form.tsx";
import { ROLES } from "./names.ts";
import { Rhymes } from "./rhymes.tsx";
import { Aside, SectionCard } from "./section.tsx";
import "../../look/write.css";
import { FileButton } from "../filebutton.tsx";

/** Adds a section at the end, with the cursor in it. */
function add(role: string): void {
  settle();
  edit("section", (draft) => {
    const place = addSection(draft, { role }, undefined, "A");
    const section = draft.get("place", place)?.section;
    const line = draft.session.lyrics.find((own) => own.section === section);
    if (line) focusLine(line.id);
  });
}

/** The desk where a song is made: its form across, its sections as cards, chords and rhymes at hand. */
export function WriteRoom(): JSX.Element {
  const places = createMemo(() => songSheet().blocks.map((own) => own.place.id), [], {
    equals: (a, b) => a.length === b.length && a.every((id, i) => id === b[i]),
  });
  return (
    <>
      <section class="stage write" classList={{ whole: !isSong() }} aria-label={t("room.write")}>
        <Show when={isSong()} fallback={<Beginning />}>
          <FormStrip />
          <div class="sheet-of-song">
            <For each={places()}>{(place) => <Show when={block(place)}>{(_) => <SectionCard place={place} />}</Show>}</For>
            <div class="add-section">
              <For each={ROLES.slice(0, 4)}>
                {(role) => (
                  <button type="button" data-role={role} onClick={() => add(role)}>
                    <Icon name="add" size={14} /> {told(`role.${role}`)}
                  </button>
                )}
              </For>
              <select
                aria-label={t("write.addOther")}
                value=""
                onChange={(event) => {
                  if (event.currentTarget.value) add(event.currentTarget.value);
                  event.currentTarget.value = "";
                }}
              >
                <option value="">{t("write.addOther")}</option>
                <For each={ROLES.slice(4)}>{(role) => <option value={role}>{told(`role.${role}`)}</option>}</For>
              </select>
            </div>
          </div>
        </Show>
      </section>
      <Show when={isSong()}>
        <section class="inspector write-bench" aria-label={t("ui.inspector")}>
          <SongBench />
          <ChordBench />
          <Rhymes />
          <Aside />
        </section>
      </Show>
    </>
  );
}

/** Words that were written before there was a sheet: they stay where they are, and stand in it. */
function fromLyrics(): void {
  try {
    const song = songFromChordPro(session().song.lyrics);
    edit("words", (draft) => layDown(draft, song, "A"));
  } catch (error) {
    fail(error);
  }
}
/** Over an open tune: its words, or a song from nothing. */
function Beginning(): JSX.Element {
  return (
    <div class="beginning">
      <EmptySheet />
      <div class="bar">
        <Show when={tune()}>
          <button type="button" class="primary" id="words-to-tune" onClick={() => add("verse")}>
            {t("write.toTune")}
          </button>
        </Show>
        <Show when={session().song.lyrics.trim() !== ""}>
          <button type="button" id="from-lyrics" onClick={fromLyrics}>
            {t("write.fromExport")}
          </button>
        </Show>
        <button type="button" id="new-song" onClick={() => void newSong()}>
          {t("write.new")}
        </button>
        <FileButton id="open-song" accept=".cho,.crd,.chopro,.chordpro,.pro" onFile={(file) => void openSong(file, file.name, true)}>
          {t("write.open")}
        </FileButton>
      </div>
    </div>
  );
}
