import { SAMPLE_RATE } from "@kuishi/base";
import { scoreSystems, writtenShift } from "@kuishi/draw";
import { type Heard, transcribe } from "@kuishi/score";
import { createMemo, createSignal, For, type JSX, Show, untrack } from "solid-js";
import { t } from "../state/language.ts";
import { session } from "../state/project.ts";
import { position, seek } from "../state/transport.ts";
import { tune } from "../state/tune.ts";
import { PrintButton } from "./printbutton.tsx";

/** Systems drawn at first; the rest when it is asked for. */
const FIRST = 6;
/** A tune of fewer notes is written down without being asked. */
const SHORT = 800;

/** The tune written down: staff with what lies beside the twelve notes, tablature with string, fret and hand. */
export function HeardScore(props: { readonly heard: Heard }): JSX.Element {
  const [shown, setShown] = createSignal(untrack(() => props.heard.notes.length < SHORT));
  const [all, setAll] = createSignal(false);
  const transcript = createMemo(() => (shown() ? transcribe(props.heard, { title: "", shift: writtenShift(props.heard) }) : undefined));
  const title = (): string => session().song.provenance.title || (tune()?.name.replace(/\.[^.]*$/, "") ?? "");
  const sure = createMemo(() => new Map(props.heard.notes.map((note) => [note.id, note.confidence])));
  const systems = createMemo(() => {
    const own = transcript();
    return own ? scoreSystems(own.score, { width: 1100, words: { bar: (bar) => t("ui.bar", { bar }) }, sure: sure() }) : [];
  });
  const now = (): number => {
    const own = transcript();
    if (!own) return -1;
    const seconds = position() / SAMPLE_RATE;
    return Math.min(
      own.score.bars.length - 1,
      own.starts.findLastIndex((at) => at <= seconds + 0.01),
    );
  };
  return (
    <details class="score" open={shown()} onToggle={(event) => setShown(event.currentTarget.open)}>
      <summary>{t("score.title")}</summary>
      <Show when={shown()}>
        <p class="fine">{t("score.shift", { cents: Math.round(-writtenShift(props.heard)) })}</p>
        <PrintButton score={() => transcribe(props.heard, { title: title(), shift: writtenShift(props.heard) }).score} name={title()} />
      </Show>
      <For each={all() ? systems() : systems().slice(0, FIRST)}>
        {(system) => (
          <figure class="system">
            {/* The picture is drawn by our own code from numbers; its bars are buttons below it. */}
            <div innerHTML={system.svg} />
            <div class="bars">
              <For each={system.bars}>
                {(bar) => (
                  <button
                    type="button"
                    classList={{ now: now() === bar.index }}
                    style={{ left: `${(bar.x / system.width) * 100}%`, width: `${(bar.width / system.width) * 100}%` }}
                    aria-label={bar.label}
                    onClick={() => {
                      const own = transcript();
                      if (own) seek((own.starts[bar.index] ?? 0) * SAMPLE_RATE);
                    }}
                  />
                )}
              </For>
            </div>
          </figure>
        )}
      </For>
      <Show when={!all() && systems().length > FIRST}>
        <button type="button" onClick={() => setAll(true)}>
          {t("score.all", { count: systems().length })}
        </button>
      </Show>
    </details>
  );
}
