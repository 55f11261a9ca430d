import { SAMPLE_RATE } from "@kuishi/base";
import type { Thing } from "@kuishi/practice";
import { For, type JSX, onCleanup, Show } from "solid-js";
import { barsOf } from "../state/bars.ts";
import { place, playTake } from "../state/following.ts";
import { t, told } from "../state/language.ts";
import { live, stopLive } from "../state/live.ts";
import { comparedTake, compareTake, hearPlace, silenceTake } from "../state/takes.ts";
import { canPlay, seek, setLoop } from "../state/transport.ts";
import { tune } from "../state/tune.ts";
import { work } from "../state/ui.ts";
import { FileButton } from "./filebutton.tsx";
import { Icon } from "./icon.tsx";
import { clock } from "./transport.tsx";

/** The player's own take beside the master: what became of it, three things to work at, each to be heard and gone round in. */
export function TakeBesideMaster(): JSX.Element {
  onCleanup(() => void silenceTake());
  return (
    <section aria-labelledby="take-title">
      <h2 id="take-title">{t("take.title")}</h2>
      <p class="fine">{t("take.hint")}</p>
      <div class="segments">
        <button
          type="button"
          id="take-record"
          disabled={!canPlay() || !tune() || (work() !== undefined && !live())}
          aria-pressed={live()}
          onClick={() => void (live() ? stopLive() : playTake())}
        >
          <Icon name="microphone" size={16} /> {live() ? t("take.stop") : t("take.record")}
        </button>
        <FileButton
          id="take-file"
          accept="audio/*,.opus,.ogg,.flac,.wav,.mp3,.m4a"
          disabled={!tune() || work() !== undefined}
          onFile={(file) => void compareTake(file)}
        >
          {t("take.open")}
        </FileButton>
      </div>
      <Show when={place()}>
        {(now) => (
          <p id="followed" data-at={now().at} role="status">
            {t(`follow.${now().at}`)}
          </p>
        )}
      </Show>
      <Show when={comparedTake()}>{(take) => <Verdicts practice={take().practice} />}</Show>
    </section>
  );
}

function Verdicts(props: { readonly practice: NonNullable<ReturnType<typeof comparedTake>>["practice"] }): JSX.Element {
  const notes = () => props.practice.pairs.filter(({ master }) => master !== null);
  const many = (verdict: string): number => notes().filter((pair) => pair.verdict === verdict).length;
  const bars = () => barsOf(props.practice.pairs, tune()?.heard.downbeats ?? []);
  return (
    <div id="verdicts" aria-live="polite">
      <p>{t("take.counts", { notes: notes().length, right: many("right"), wrong: notes().length - many("right") - many("unsure"), unsure: many("unsure") })}</p>
      <For each={props.practice.warnings}>{(warning) => <p class="notice">{told(`warning.${warning.code}`, { minutes: 20, fromSec: 0, toSec: 0 })}</p>}</For>
      <ol class="barmap" aria-label={t("take.bars")}>
        <For each={bars()}>
          {({ bar, told: all, right }) => (
            <li style={{ "--right": right / all }} title={t("take.bar", { bar, right, notes: all })} aria-label={t("take.bar", { bar, right, notes: all })} />
          )}
        </For>
      </ol>
      <Show when={props.practice.three.length > 0} fallback={<p>{t("practice.nothing")}</p>}>
        <ol class="things">
          <For each={props.practice.three}>{(thing) => <OneThing thing={thing} />}</For>
        </ol>
      </Show>
    </div>
  );
}

function OneThing(props: { readonly thing: Thing }): JSX.Element {
  const goRound = (): void => {
    const from = Math.max(0, Math.round((props.thing.masterFromSec - 0.5) * SAMPLE_RATE));
    setLoop({ from, to: Math.round((props.thing.masterToSec + 0.5) * SAMPLE_RATE) });
    seek(from);
  };
  return (
    <li>
      <p>
        {told(`practice.${props.thing.code}`, props.thing.params)} <small>{clock(props.thing.masterFromSec * SAMPLE_RATE)}</small>
      </p>
      <div class="segments">
        <button type="button" class="mine" onClick={() => void hearPlace("mine", props.thing)}>
          {t("take.mine")}
        </button>
        <button type="button" onClick={() => void hearPlace("master", props.thing)}>
          {t("take.master")}
        </button>
        <button type="button" onClick={() => void hearPlace("both", props.thing)}>
          {t("take.both")}
        </button>
        <button type="button" class="go-round" onClick={goRound}>
          {t("take.loop")}
        </button>
      </div>
    </li>
  );
}
