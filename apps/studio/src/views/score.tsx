import type { Heard } from "@kuishi/score";
import { type JSX, lazy, Show, Suspense } from "solid-js";
import { tune } from "../state/tune.ts";
import { written } from "../state/written.ts";

// fetched when there is a tune to be seen
const HeardScore = lazy(async () => ({ default: (await import("./heardscore.tsx")).HeardScore }));
const WrittenScore = lazy(async () => ({ default: (await import("./written.tsx")).WrittenScore }));

/** The open tune as notes: the score it was opened from, or what was heard, written down. */
export function ScoreView(props: { readonly heard: Heard }): JSX.Element {
  return (
    <Suspense>
      <Show when={written()} fallback={<HeardScore heard={props.heard} />}>
        {(own) => <WrittenScore written={own()} name={tune()?.name.replace(/\.[^.]*$/, "") ?? ""} />}
      </Show>
    </Suspense>
  );
}
