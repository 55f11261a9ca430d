import type { JSX } from "solid-js";
import { t } from "../state/language.ts";
import { session, setStrip } from "../state/project.ts";

/** A strip's M and S. */
export function MuteSolo(props: { readonly id: string; readonly name: string }): JSX.Element {
  const settings = () => session().strips.get(props.id);
  return (
    <>
      <button
        type="button"
        class="mini"
        aria-pressed={settings()?.mute ?? false}
        aria-label={t("ui.mute", { part: props.name })}
        onClick={() => setStrip(props.id, { mute: !settings()?.mute })}
      >
        {t("ui.mute.short")}
      </button>
      <button
        type="button"
        class="mini"
        aria-pressed={settings()?.solo ?? false}
        aria-label={t("ui.solo", { part: props.name })}
        onClick={() => setStrip(props.id, { solo: !settings()?.solo })}
      >
        {t("ui.solo.short")}
      </button>
    </>
  );
}
