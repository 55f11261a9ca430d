import { type Heard, meterAt } from "@kuishi/score";
import { ownWord } from "@kuishi/words";
import { For, type JSX, lazy, Show, Suspense } from "solid-js";
import { language, t, told } from "../state/language.ts";
import { newSong, openExample } from "../state/open.ts";
import { isSong } from "../state/project.ts";
import { shared } from "../state/together.ts";
import { EXAMPLE, tune } from "../state/tune.ts";
import { goTo, setSheet, work } from "../state/ui.ts";
import { Icon } from "./icon.tsx";
import { InstrumentChoice, LiveButton, LivePicture } from "./live.tsx";
import { NeckDock } from "./neckdock.tsx";
import { RhythmView } from "./rhythm.tsx";
import { noteName, sureness } from "./say.ts";
import { ScoreView } from "./score.tsx";
import { ScoreParts } from "./scoreparts.tsx";
import { NoteLanes } from "./tune/lanes.tsx";

const Correction = lazy(async () => ({ default: (await import("./correct.tsx")).Correction }));

/** The way in: a recording, what was heard of it, and how to put it right. */
export function HearRoom(): JSX.Element {
  return (
    <>
      <div class="stage">
        <LivePicture />
        <Show when={tune()} fallback={<p class="waiting">{t(isSong() ? "write.noTune" : "ui.opening")}</p>}>
          {(u) => (
            <>
              <NoteLanes tune={u()} />
              <div class="panel">
                <ScoreView heard={u().heard} />
                <RhythmView heard={u().heard} />
              </div>
            </>
          )}
        </Show>
      </div>
      <section class="inspector" aria-label={t("ui.inspector")}>
        <Show when={tune()}>
          {(u) => (
            <>
              <section aria-labelledby="tune-title">
                <h2 id="tune-title" class="name">
                  {u().name === EXAMPLE ? t("ui.exampleName") : u().name}
                </h2>
                <Facts heard={u().heard} written={u().score !== undefined} />
                <Show when={(u().score?.parts.length ?? 0) > 1 && u().score}>{(score) => <ScoreParts score={score()} />}</Show>
                <For each={u().heard.warnings}>
                  {(warning) => (
                    <p class="notice">{told(`warning.${warning.code}`, { fromSec: warning.fromSec ?? 0, toSec: warning.toSec ?? 0, minutes: 20 })}</p>
                  )}
                </For>
                <div class="segments">
                  <button type="button" onClick={() => goTo("learn")}>
                    <Icon name="learn" size={16} /> {t("room.learn")}
                  </button>
                  <button type="button" class="primary" onClick={() => goTo("blend")}>
                    <Icon name="blend" size={16} /> {t("room.blend")}
                  </button>
                </div>
              </section>
              <Show when={!u().score && u().heard.strokes.length > 0}>
                <Suspense>
                  <Correction tune={u()} />
                </Suspense>
              </Show>
            </>
          )}
        </Show>
        <section>
          <h2>{t("ui.live.title")}</h2>
          <InstrumentChoice />
          <LiveButton />
        </section>
        <section>
          <p class="fine">
            {t("ui.lead")} {shared() ? "" : t("ui.private")}
          </p>
          <div class="segments">
            <button type="button" id="example" disabled={work() !== undefined} onClick={() => void openExample()}>
              {t("ui.example")}
            </button>
            <button type="button" id="begin-song" onClick={() => void newSong()}>
              {t("write.new")}
            </button>
            <button type="button" id="alone" onClick={() => goTo("learn", "metronome")}>
              {t("hear.alone")}
            </button>
            <button type="button" id="tour" onClick={() => setSheet("tour")}>
              {t("tour.open")}
            </button>
          </div>
        </section>
      </section>
      <NeckDock />
    </>
  );
}

/** What was heard, as a musician says it, and how sure the ear is of each; what was written is simply so. */
function Facts(props: { readonly heard: Heard; readonly written: boolean }): JSX.Element {
  const bars = (): number | undefined => {
    const own = props.heard.meter.find((entry) => "confidence" in entry);
    return own && "confidence" in own ? own.confidence : undefined;
  };
  const facts = (): readonly { readonly name: string; readonly value: string; readonly sure: number | undefined }[] => {
    const { heard } = props;
    const meter = meterAt(heard, 1);
    const strings = heard.tuning.strings;
    return [
      ...(strings.length > 0
        ? [{ name: t("fact.strings"), value: strings.map((string) => noteName(string.openCents)).join(" · "), sure: strings[0]?.confidence }]
        : []),
      {
        name: t("fact.mode"),
        value: `${noteName(heard.mode.tonicCents, false)} · ${ownWord(language(), "mode", heard.mode.name)}`,
        sure: heard.mode.confidence,
      },
      ...(heard.downbeats.length > 0 ? [{ name: t("fact.meter"), value: `${meter.groups.join("+")}/${meter.unit}`, sure: bars() }] : []),
      ...(heard.kind ? [{ name: t("fact.kind"), value: t(`kind.${heard.kind.name}`), sure: heard.kind.confidence }] : []),
    ];
  };
  return (
    <>
      <p class="fine" id="heard">
        {props.heard.downbeats.length > 0
          ? t("ui.heardShort", { notes: props.heard.notes.length, bars: props.heard.downbeats.length })
          : t("count.notes", { count: props.heard.notes.length })}
      </p>
      <dl class="facts-list" id="sure">
        <For each={facts()}>
          {(fact) => (
            <div>
              <dt>{fact.name}</dt>
              <dd>{fact.value}</dd>
              <Show when={fact.sure !== undefined && !props.written}>
                <dd class={`sureness ${sureness(fact.sure!)}`} title={`${Math.round(fact.sure! * 100)} %`}>
                  {t(`sure.${sureness(fact.sure!)}`)}
                </dd>
              </Show>
            </div>
          )}
        </For>
      </dl>
    </>
  );
}
