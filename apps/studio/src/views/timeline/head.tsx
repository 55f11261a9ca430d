import { RECORDING_TRACK, removeNotes } from "@kuishi/project";
import { type JSX, Show } from "solid-js";
import { t } from "../../state/language.ts";
import { edited, isByHand, isNoteTrack, openNotes } from "../../state/notes.ts";
import { edit, session } from "../../state/project.ts";
import { armed, setArmed } from "../../state/recorder.ts";
import { partKind, partName } from "../../state/variations.ts";
import { familyOf } from "../family.ts";
import { Icon } from "../icon.tsx";
import { MuteSolo } from "../mutesolo.tsx";
import type { Row } from "./rows.ts";
import { openTakes, setOpenTakes } from "./selection.ts";

/** A track's name, and what is set there. */
export function Head(props: { readonly row: Row; readonly top: number }): JSX.Element {
  const row = (): Row => props.row;
  const name = (): string => {
    const own = row();
    if (own.kind === "clips") return own.name;
    if (own.kind === "take") return t("take.name", { name: own.take.name });
    if (own.kind === "part") return partName(own.id);
    return t(`lane.${own.kind}`);
  };
  const takes = (): boolean => session().takes.some((take) => take.track === row().id);
  return (
    <li class={row().kind} style={{ top: `${props.top}px`, height: `${row().height}px` }}>
      <Show when={row().kind === "clips" || row().kind === "part"}>
        <i class={row().kind === "part" ? familyOf(partKind(row().id)) : "sky"} />
      </Show>
      <Show when={row().kind === "clips" && row().id !== RECORDING_TRACK} fallback={<span class="name">{name()}</span>}>
        <input
          type="text"
          class="name"
          value={name()}
          aria-label={t("track.name")}
          onChange={(event) => edit("track", (draft) => draft.set("track", row().id, { name: event.currentTarget.value }))}
        />
      </Show>
      <Show when={row().kind === "clips" || row().kind === "part"}>
        <span class="acts">
          <MuteSolo id={row().id} name={name()} />
          <Show when={row().kind === "part" || isNoteTrack(row().id)}>
            <button
              type="button"
              class="mini"
              classList={{ "by-hand": isByHand(row().id) }}
              aria-pressed={edited() === row().id}
              aria-label={t("notes.editOf", { part: name() })}
              onClick={() => openNotes(edited() === row().id ? undefined : row().id)}
            >
              <Icon name="write" size={12} />
            </button>
          </Show>
          <Show when={row().kind === "clips" && row().id !== RECORDING_TRACK}>
            <button
              type="button"
              class="mini rec"
              aria-pressed={armed() === row().id}
              aria-label={t("track.arm", { part: name() })}
              onClick={() => setArmed(armed() === row().id ? undefined : row().id)}
            >
              ●
            </button>
            <Show when={takes()}>
              <button
                type="button"
                class="mini"
                aria-expanded={openTakes().has(row().id)}
                aria-label={t("take.show", { part: name() })}
                onClick={() => {
                  const next = new Set(openTakes());
                  if (!next.delete(row().id)) next.add(row().id);
                  setOpenTakes(next);
                }}
              >
                ≣
              </button>
            </Show>
            <button
              type="button"
              class="mini"
              aria-label={t("track.remove", { part: name() })}
              onClick={() =>
                edit("track", (draft) => {
                  for (const clip of draft.session.clips) if (clip.track === row().id) draft.remove(clip.id);
                  for (const clip of draft.session.noteClips) if (clip.track === row().id) removeNotes(draft, clip.id);
                  if (edited() === row().id) openNotes(undefined);
                  draft.remove(row().id);
                })
              }
            >
              <Icon name="close" size={12} />
            </button>
          </Show>
        </span>
      </Show>
    </li>
  );
}
