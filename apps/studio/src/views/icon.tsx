import type { JSX } from "solid-js";

/** Signs of the studio, drawn in one hand: lines of two on a field of 24. */
const SIGNS = {
  hear: "M8 21c0-4-4-6-4-11a7 7 0 0 1 14 0c0 5-5 5-5 9a3 3 0 0 1-5 2M8 10a3.5 3.5 0 0 1 7 0",
  learn: "M3 9h18M3 15h18M7 6v12M12 6v12M17 6v12M9.5 9v.01M14.5 15v.01",
  tracks: "M3 6h12M3 12h18M3 18h9",
  blend: "M9.5 12m-6 0a6 6 0 1 0 12 0a6 6 0 1 0-12 0M14.5 12m-6 0a6 6 0 1 0 12 0a6 6 0 1 0-12 0",
  mix: "M6 4v16M12 4v16M18 4v16M3.5 14h5M9.5 8h5M15.5 16h5",
  play: "M9 18m-3 0a3 3 0 1 0 6 0a3 3 0 1 0-6 0M12 18V4c1 4 6 4 6 8",
  export: "M12 3v12M7 10l5 5 5-5M4 20h16",
  start: "M6 5v14M19 5l-10 7 10 7z",
  record: "M12 12m-6 0a6 6 0 1 0 12 0a6 6 0 1 0-12 0",
  loop: "M4 12a6 6 0 0 1 6-6h9M16 3l3 3-3 3M20 12a6 6 0 0 1-6 6H5M8 21l-3-3 3-3",
  metronome: "M8 20h8l-2.5-16h-3zM12 16l6-9",
  undo: "M8 5L4 9l4 4M4 9h9a6 6 0 0 1 0 12h-3",
  redo: "M16 5l4 4-4 4M20 9h-9a6 6 0 0 0 0 12h3",
  theme: "M12 12m-8 0a8 8 0 1 0 16 0a8 8 0 1 0-16 0M12 4v16M12 8l4-2M12 12l7-2M12 16l6 0",
  dice: "M5 5h14v14H5zM9 9v.01M15 9v.01M12 12v.01M9 15v.01M15 15v.01",
} as const;
export type Sign = keyof typeof SIGNS;

/** A sign beside or instead of a word; what it means is always said by its button. */
export function Icon(props: { readonly name: Sign }): JSX.Element {
  return (
    <svg class="sign" viewBox="0 0 24 24" width="20" height="20" aria-hidden="true" data-sign={props.name}>
      <path d={SIGNS[props.name]} />
    </svg>
  );
}
