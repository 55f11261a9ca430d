import type { Heard } from "@kuishi/score";
import { For, type JSX, Show } from "solid-js";
import { t } from "../state/language.ts";
import { EXAMPLE, openExample, openFile, tune } from "../state/tune.ts";
import { setSheet, work } from "../state/ui.ts";
import { Correction } from "./correct.tsx";
import { InstrumentChoice, LivePanel } from "./live.tsx";
import { NoteLanes } from "./notes.tsx";
import { RhythmView } from "./rhythm.tsx";
import { ScoreView } from "./score.tsx";

/** What kind of piece it is, and how sure the ear is of what concerns the whole. */
function sureLine(heard: Heard): string {
  const percent = (part: number): number => Math.round(part * 100);
  const bars = heard.meter.find((entry) => "confidence" in entry);
  return [
    ...(heard.kind ? [t(`kind.${heard.kind.name}`, { sure: percent(heard.kind.confidence) })] : []),
    t("ui.sure.mode", { sure: percent(heard.mode.confidence) }),
    ...(bars && "confidence" in bars ? [t("ui.sure.bars", { sure: percent(bars.confidence) })] : []),
    ...(heard.tuning.strings[0] ? [t("ui.sure.strings", { sure: percent(heard.tuning.strings[0].confidence) })] : []),
  ].join(" · ");
}

export const ACCEPTED = "audio/*,video/*,.opus,.ogg,.flac,.wav,.mp3,.m4a,.mid,.midi,.musicxml,.xml,.mxl,.abc,.cho,.chordpro,.kuishi";

/** The way in: a recording, what was heard of it, and how to put it right. */
export function HearRoom(): JSX.Element {
  const take = (files: FileList | null): void => {
    const file = files?.[0];
    if (file) void openFile(file, file.name);
  };
  return (
    <>
      <section class="panel open">
        <label class="button primary file">
          {t("ui.choose")}
          <input type="file" id="file" accept={ACCEPTED} onChange={(event) => take(event.currentTarget.files)} />
        </label>
        <span class="drop">{t("ui.drop")}</span>
        <button type="button" id="example" disabled={work() !== undefined} onClick={() => void openExample()}>
          {t("ui.example")}
        </button>
        <button type="button" id="tour" onClick={() => setSheet("tour")}>
          {t("tour.open")}
        </button>
        <InstrumentChoice />
        <p class="fine">
          {t("ui.lead")} {t("ui.private")}
        </p>
      </section>
      <Show when={tune()}>
        {(u) => (
          <section class="panel" aria-labelledby="tune-title">
            <h2 id="tune-title">{u().name === EXAMPLE ? t("ui.exampleName") : u().name}</h2>
            <p class="fine" id="heard">
              {t("ui.heardLine", {
                notes: u().heard.notes.length,
                bars: u().heard.downbeats.length,
                mode: u().heard.mode.name,
                tonic: u().heard.mode.tonicCents,
              })}
            </p>
            <p class="fine" id="sure">
              {sureLine(u().heard)}
            </p>
            <For each={u().heard.warnings}>
              {(warning) => <p class="notice">{t(`warning.${warning.code}`, { fromSec: warning.fromSec ?? 0, toSec: warning.toSec ?? 0, minutes: 20 })}</p>}
            </For>
            <NoteLanes tune={u()} />
            <Show when={u().heard.strokes.length > 0}>
              <Correction tune={u()} />
            </Show>
            <ScoreView heard={u().heard} />
            <RhythmView heard={u().heard} />
          </section>
        )}
      </Show>
      <LivePanel />
    </>
  );
}
