import { duplicateSection, movePlace, placeSection, removePlace, repeatPlace } from "@kuishi/project";
import { createMemo, createSignal, For, type JSX, Show } from "solid-js";
import { t } from "../../state/language.ts";
import { edit } from "../../state/project.ts";
import { block, comesAgain, focusLine, settle, songSheet } from "../../state/song.ts";
import { Icon } from "../icon.tsx";
import { IconButton } from "../iconbutton.tsx";
import { LyricLine } from "./line.tsx";
import { ROLES, roleFamily, roleName, sectionName } from "./names.ts";

/** Of the kinds of a section, the wish to name it. */
const NAME = "name…";
const indexOf = (place: string): number => songSheet().blocks.findIndex((own) => own.place.id === place);
export const moveTo = (place: string, index: number): void => {
  settle();
  edit("move", (draft) => movePlace(draft, place, index));
};
/** The block that is being dragged. */
export const [dragged, setDragged] = createSignal<string>();
/** What a thing needs so that a block can be dropped before or behind it. */
export const dropHere = (place: () => string) => ({
  onDragOver: (event: DragEvent): void => {
    if (dragged() !== undefined) event.preventDefault();
  },
  onDrop: (event: DragEvent): void => {
    const moved = dragged();
    if (moved === undefined) return;
    event.preventDefault();
    setDragged(undefined);
    const [from, to] = [indexOf(moved), indexOf(place())];
    if (moved !== place() && from >= 0) moveTo(moved, to);
  },
});
export const dragOf = (place: () => string) => ({
  onDragStart: (event: DragEvent): void => {
    setDragged(place());
    event.dataTransfer?.setData("text/plain", sectionName(block(place())?.section.id ?? ""));
  },
  onDragEnd: (): void => void setDragged(undefined),
});

/** A section as a card: what it is, its lines, and what can be done with the whole. */
export function SectionCard(props: { readonly place: string }): JSX.Element {
  const own = createMemo(() => block(props.place));
  const again = createMemo(() => {
    const now = own();
    return now !== undefined && comesAgain(now);
  });
  /** Where the screen is narrow a name that is not there yet is asked for. */
  const [naming, setNaming] = createSignal(false);
  const title = (): string => own()?.place.name || sectionName(own()?.section.id ?? "");
  const lineIds = createMemo(() => own()?.lines.map((line) => line.id) ?? [], [], {
    equals: (a, b) => a.length === b.length && a.every((id, i) => id === b[i]),
  });
  const keepFocus = (name: string): void =>
    void requestAnimationFrame(() => document.querySelector<HTMLElement>(`.section-card[data-place="${props.place}"] .${name}`)?.focus());
  const step = (by: number, name: string): void => {
    moveTo(props.place, indexOf(props.place) + by);
    keepFocus(name);
  };
  return (
    <article
      class={`section-card ${roleFamily(own()?.section.role ?? "")}`}
      classList={{ again: again(), dragged: dragged() === props.place }}
      data-place={props.place}
      aria-label={title()}
      {...dropHere(() => props.place)}
    >
      <header>
        <span class="grip" draggable="true" aria-hidden="true" {...dragOf(() => props.place)}>
          <Icon name="drag" size={16} />
        </span>
        <select
          aria-label={t("write.role")}
          value={own()?.section.role}
          onChange={(event) => {
            const role = event.currentTarget.value;
            if (role === NAME) {
              event.currentTarget.value = own()?.section.role ?? "";
              setNaming(true);
              keepFocus("section-name");
            } else edit("section", (draft) => draft.set("section", own()!.section.id, { role }));
          }}
        >
          <For each={[...new Set([...ROLES, own()?.section.role ?? "verse"])]}>
            {(role) => (
              <option value={role} selected={role === own()?.section.role}>
                {roleName(role)}
              </option>
            )}
          </For>
          <option value={NAME}>{t("write.giveName")}</option>
        </select>
        <input
          type="text"
          class="section-name"
          classList={{ naming: naming() }}
          onBlur={() => setNaming(false)}
          aria-label={t("write.sectionName")}
          placeholder={title()}
          value={own()?.section.name ?? ""}
          onChange={(event) => edit("section", (draft) => draft.set("section", own()!.section.id, { name: event.currentTarget.value }))}
        />
        <span class="acts">
          <IconButton
            sign="up"
            class="to-before"
            label={t("write.earlier", { name: title() })}
            disabled={indexOf(props.place) <= 0}
            onClick={() => step(-1, "to-before")}
          />
          <IconButton
            sign="down"
            class="to-after"
            label={t("write.later", { name: title() })}
            disabled={indexOf(props.place) >= songSheet().blocks.length - 1}
            onClick={() => step(1, "to-after")}
          />
          <IconButton
            sign="loop"
            class="repeat"
            label={t("write.repeat", { name: title() })}
            onClick={() => edit("section", (draft) => repeatPlace(draft, props.place))}
          />
          <IconButton
            sign="copy"
            class="duplicate"
            label={t("write.duplicate", { name: title() })}
            onClick={() => edit("duplicate", (draft) => duplicateSection(draft, props.place))}
          />
          <IconButton
            sign="close"
            class="remove"
            label={t("write.remove", { name: title() })}
            onClick={() => edit("remove", (draft) => removePlace(draft, props.place))}
          />
        </span>
      </header>
      <Show
        when={!again()}
        fallback={
          <button type="button" class="as-above" onClick={() => own()?.lines[0] && focusLine(own()!.lines[0]!.id)}>
            <span>{own()?.lines.find((line) => line.text.trim() !== "")?.text ?? ""}</span>
            <small>{t("write.again")}</small>
          </button>
        }
      >
        <ol class="lyrics">
          <For each={lineIds()}>{(id) => <LyricLine id={id} />}</For>
        </ol>
      </Show>
    </article>
  );
}

/** Sections that the shown arrangement leaves out, and the way back in. */
export function Aside(): JSX.Element {
  return (
    <Show when={songSheet().aside.length > 0}>
      <section class="aside">
        <h2>{t("write.aside")}</h2>
        <ul>
          <For each={songSheet().aside}>
            {(section) => (
              <li>
                <button type="button" onClick={() => edit("section", (draft) => placeSection(draft, section.id))}>
                  <Icon name="add" size={14} /> {sectionName(section.id)}
                </button>
                <IconButton
                  sign="close"
                  label={t("write.throwAway", { name: sectionName(section.id) })}
                  onClick={() =>
                    edit("remove", (draft) => {
                      for (const line of draft.session.lyrics) if (line.section === section.id) draft.remove(line.id);
                      for (const place of draft.session.places) if (place.section === section.id) draft.remove(place.id);
                      draft.remove(section.id);
                    })
                  }
                />
              </li>
            )}
          </For>
        </ul>
      </section>
    </Show>
  );
}
