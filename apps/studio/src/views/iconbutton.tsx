import { Tooltip } from "@kobalte/core/tooltip";
import type { JSX } from "solid-js";
import { Icon, type Sign } from "./icon.tsx";

/** A button that is a sign: its name is told to everyone, to eyes when they rest on it. */
export function IconButton(props: {
  readonly sign: Sign;
  readonly label: string;
  readonly id?: string;
  readonly class?: string;
  readonly disabled?: boolean;
  readonly pressed?: boolean | undefined;
  readonly onClick: () => void;
}): JSX.Element {
  return (
    <Tooltip openDelay={500} gutter={6}>
      <Tooltip.Trigger
        class={`icon ${props.class ?? ""}`}
        id={props.id ?? ""}
        type="button"
        aria-label={props.label}
        aria-pressed={props.pressed}
        disabled={props.disabled ?? false}
        onClick={() => props.onClick()}
      >
        <Icon name={props.sign} />
      </Tooltip.Trigger>
      <Tooltip.Portal>
        <Tooltip.Content class="tip">{props.label}</Tooltip.Content>
      </Tooltip.Portal>
    </Tooltip>
  );
}
