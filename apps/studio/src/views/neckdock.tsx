import { type JSX, Show } from "solid-js";
import { t } from "../state/language.ts";
import { position } from "../state/transport.ts";
import { tune } from "../state/tune.ts";
import { comingNotes, soundingNotes } from "./moment.ts";
import { fingersText, Neck } from "./neck.tsx";

/** The neck under the tune: where the fingers are, which way the hand goes, and what comes. */
export function NeckDock(): JSX.Element {
  const hand = (): string => {
    const at = position() / 48_000 + 0.012;
    const last = tune()?.heard.strokes.findLast((one) => one.at <= at);
    return last?.direction ? `${t(`dock.${last.direction}`)}  ` : "";
  };
  const says = (): string => {
    const [now, next] = [soundingNotes(), comingNotes()];
    if (now.length > 0) return `${hand()}${fingersText(now)}`;
    return next.length > 0 ? t("dock.next", { what: fingersText(next) }) : "";
  };
  return (
    <Show when={(tune()?.heard.tuning.strings.length ?? 0) > 0 && (tune()?.heard.strokes.length ?? 0) > 0}>
      <div class="dock">
        <Neck now={soundingNotes()} coming={comingNotes()} says={says()} label={`${t("learn.neck")} ${fingersText(soundingNotes())}`} />
      </div>
    </Show>
  );
}
