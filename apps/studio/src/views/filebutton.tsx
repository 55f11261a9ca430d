import type { JSX } from "solid-js";

/** A button that asks for one file. */
export function FileButton(props: {
  readonly id: string;
  readonly accept?: string;
  readonly class?: string;
  readonly disabled?: boolean;
  readonly children: JSX.Element;
  readonly onFile: (file: File) => void;
}): JSX.Element {
  return (
    <label class={`button file ${props.class ?? ""}`}>
      {props.children}
      <input
        type="file"
        id={props.id}
        accept={props.accept}
        disabled={props.disabled}
        onChange={(event) => {
          const file = event.currentTarget.files?.[0];
          if (file) props.onFile(file);
        }}
      />
    </label>
  );
}
