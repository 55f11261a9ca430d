import type { JSX } from "solid-js";
import { t } from "../../state/language.ts";
import { ContestPanel } from "./contest.tsx";
import { ReleasePanel } from "./release.tsx";

/** The stage: music comes out, and is judged. */
export function StageRoom(): JSX.Element {
  return (
    <section class="stage whole stage-room" aria-label={t("room.stage")}>
      <ReleasePanel />
      <ContestPanel />
    </section>
  );
}
