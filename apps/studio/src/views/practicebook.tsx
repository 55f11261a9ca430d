import type { Progress } from "@kuishi/practice";
import { For, type JSX, onCleanup, Show } from "solid-js";
import { language, t } from "../state/language.ts";
import { nextTurn, type Practised, practised, startTurns, stopTurns, toTakeInTurns, turn } from "../state/practice-book.ts";
import { setLoop } from "../state/transport.ts";
import { dayIn } from "./say.ts";

const DAY = 86_400_000;
/** A share or a ratio in percent. */
const percent = (value: number): string => t("ui.percent", { value: Math.round(100 * value) });
/** When something comes again, as one says it. */
const inDays = (due: number): string => whenIn(Math.max(0, Math.ceil((due - Date.now()) / DAY)));
const whenIn = (days: number): string => (days === 0 ? t("diary.today") : days === 1 ? t("diary.tomorrow") : t("diary.days", { count: days }));
const nameOf = ({ loop }: Practised): string => loop?.name ?? t(practised().length > 1 ? "diary.elsewhere" : "learn.whole");

/** What has been practised, what is due, and passages in turns. */
export function PracticeBook(): JSX.Element {
  onCleanup(stopTurns);
  const first = (): number | undefined =>
    practised()
      .flatMap(({ memory }) => (memory.due === null ? [] : [memory.due]))
      .sort((a, b) => a - b)[0];
  return (
    <section aria-labelledby="book-title" id="practice-book">
      <h2 id="book-title">{t("diary.title")}</h2>
      <Show
        when={turn()}
        fallback={
          <Show
            when={toTakeInTurns().length > 0}
            fallback={<p class="fine">{first() === undefined ? t("diary.empty") : t("diary.later", { when: inDays(first()!) })}</p>}
          >
            <p class="fine">{t("diary.hint")}</p>
            <button type="button" id="turns" onClick={startTurns}>
              {t("diary.turns", { count: toTakeInTurns().length })}
            </button>
          </Show>
        }
      >
        {(now) => (
          <div class="turn" role="timer" aria-label={nameOf(now().passage)}>
            <b>{nameOf(now().passage)}</b>
            <span>
              {t("diary.turn", { number: now().index + 1, count: now().count })} · {Math.floor(now().leftSec / 60)}:
              {String(now().leftSec % 60).padStart(2, "0")}
            </span>
            <div class="segments">
              <button type="button" id="turn-next" onClick={nextTurn}>
                {t("diary.next")}
              </button>
              <button type="button" onClick={stopTurns}>
                {t("learn.stop")}
              </button>
            </div>
          </div>
        )}
      </Show>
      <ul class="practised">
        <For each={practised().filter(({ runs }) => runs.length > 0)}>{(one) => <Entry practised={one} />}</For>
      </ul>
    </section>
  );
}

/** One passage: when it comes again, how it went each time, and what can be claimed. */
function Entry(props: { readonly practised: Practised }): JSX.Element {
  const last = () => props.practised.runs.at(-1)!;
  const share = ({ right, told }: { readonly right: number; readonly told: number }): number => (told > 0 ? right / told : 0);
  return (
    <li>
      <button type="button" class="goto" onClick={() => setLoop(props.practised.loop && { from: props.practised.loop.from, to: props.practised.loop.to })}>
        {nameOf(props.practised)}
      </button>
      <small>{props.practised.memory.due === null ? t("diary.short") : t("diary.again", { when: inDays(props.practised.memory.due) })}</small>
      <ol class="runs" aria-label={t("diary.runs", { count: props.practised.runs.length })}>
        <For each={props.practised.runs.slice(-24)}>
          {(run) => <li style={{ "--right": share(run) }} title={`${dayIn(language(), new Date(run.at))}: ${percent(share(run))}`} />}
        </For>
      </ol>
      <small>{t("diary.last", { right: last().right, told: last().told, tempo: percent(last().tempo) })}</small>
      <For each={props.practised.progress}>
        {(claim: Progress) => <p class="fine claim">{t(`diary.claim.${claim.what}`, { before: percent(claim.before), now: percent(claim.now) })}</p>}
      </For>
    </li>
  );
}
