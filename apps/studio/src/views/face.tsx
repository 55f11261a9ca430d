import type { Present } from "@kuishi/sync";
import type { JSX } from "solid-js";

/** A person as a letter in their colour. */
export function Face(props: { readonly person: Pick<Present, "name" | "colour"> }): JSX.Element {
  return (
    <span class="face" data-colour={props.person.colour} aria-hidden="true">
      {[...props.person.name][0]?.toLocaleUpperCase()}
    </span>
  );
}
