import { type JSX, Show } from "solid-js";
import { canEdit } from "../../state/project.ts";

/** A line or some lines of text with a name; told when it is left. */
export function Field(props: {
  readonly id: string;
  readonly label: string;
  readonly value: string;
  readonly placeholder?: string;
  readonly type?: "date";
  /** More than one: as many are shown. */
  readonly lines?: number;
  readonly onChange: (value: string) => void;
}): JSX.Element {
  return (
    <label class="field" for={props.id} classList={{ wide: props.lines !== undefined }}>
      <span>{props.label}</span>
      <Show
        when={props.lines}
        fallback={
          <input
            id={props.id}
            type={props.type ?? "text"}
            value={props.value}
            placeholder={props.placeholder}
            disabled={!canEdit()}
            onChange={(event) => props.onChange(event.currentTarget.value)}
          />
        }
      >
        {(lines) => (
          <textarea
            id={props.id}
            rows={lines()}
            value={props.value}
            placeholder={props.placeholder}
            disabled={!canEdit()}
            onChange={(event) => props.onChange(event.currentTarget.value)}
          />
        )}
      </Show>
    </label>
  );
}
