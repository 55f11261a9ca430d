import { type JSX, onMount } from "solid-js";
import { t } from "../state/language.ts";
import { setSheet } from "../state/ui.ts";
import { Icon } from "./icon.tsx";

/** A sheet over the room: Escape and its button put it away, and the focus goes back to where it was. */
export function Sheet(props: { readonly title: string; readonly children: JSX.Element; readonly id: string }): JSX.Element {
  let dialog!: HTMLDialogElement;
  onMount(() => dialog.showModal());
  return (
    <dialog ref={dialog} class="sheet" id={props.id} aria-labelledby={`${props.id}-title`} onClose={() => setSheet(undefined)}>
      <header>
        <h2 id={`${props.id}-title`}>{props.title}</h2>
        <button type="button" class="icon" aria-label={t("ui.close")} onClick={() => dialog.close()}>
          <Icon name="close" />
        </button>
      </header>
      {props.children}
    </dialog>
  );
}
