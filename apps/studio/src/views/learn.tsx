import { SAMPLE_RATE } from "@kuishi/base";
import type { Plan } from "@kuishi/engine";
import { practicePlan } from "@kuishi/flow";
import { createEffect, createMemo, createSignal, For, type JSX, on, onCleanup, Show } from "solid-js";
import { Player } from "../audio/player.ts";
import { t } from "../state/language.ts";
import { edit, isSong, session } from "../state/project.ts";
import { ending, slowed } from "../state/sound.ts";
import { beats, canPlay, here, loop, looping, pause, position, seek, setLoop, setLooping, setPosition } from "../state/transport.ts";
import { tune } from "../state/tune.ts";
import { fail, work } from "../state/ui.ts";
import { BandCard } from "./band.tsx";
import { DroneCard } from "./drone.tsx";
import { Icon } from "./icon.tsx";
import { MetronomeCard } from "./metronome.tsx";
import { soundingNotes, stepNote } from "./moment.ts";
import { fingersText } from "./neck.tsx";
import { NeckDock } from "./neckdock.tsx";
import { PracticeBook } from "./practicebook.tsx";
import { noteName } from "./say.ts";
import { ScoreView } from "./score.tsx";
import { TakeBesideMaster } from "./takes.tsx";
import { barText, clock } from "./transport.tsx";
import { NoteLanes } from "./tune/lanes.tsx";

const RATES = [0.25, 0.4, 0.5, 0.6, 0.75, 0.9, 1, 1.1];
/** Longest passage that is slowed at once, frames: a minute and a half. */
const MAX_PASSAGE_FRAMES = 90 * SAMPLE_RATE;

/** A passage that goes round, slower, with clicks and drone as they are chosen. */
function practice() {
  const [rate, setRate] = createSignal(0.5);
  const [clicks, setClicks] = createSignal(true);
  const [drone, setDrone] = createSignal(false);
  const [running, setRunning] = createSignal(false);
  let player: Player | undefined;
  const passage = createMemo(() => {
    const own = loop();
    const end = tune()?.channels[0]?.length ?? 0;
    if (own && own.to > own.from) return { from: Math.floor(own.from / 128) * 128, to: Math.min(end, own.to, own.from + MAX_PASSAGE_FRAMES) };
    return { from: 0, to: Math.min(end, MAX_PASSAGE_FRAMES) };
  });
  const stop = async (): Promise<void> => {
    setRunning(false);
    const own = player;
    player = undefined;
    await own?.close();
  };
  onCleanup(() => void stop());
  // another passage or speed is another sound
  createEffect(on([rate, passage, clicks, drone, tune], () => void stop(), { defer: true }));
  const practise = async (): Promise<void> => {
    if (running()) {
      await stop();
      return;
    }
    const own = tune();
    if (!own) return;
    pause();
    const { from, to } = passage();
    const speed = rate();
    const sound = await slowed(from, to, speed);
    if (!sound) return;
    try {
      const made: Plan = practicePlan({
        frames: sound[0]?.length ?? 0,
        rate: speed,
        from,
        beats: clicks() ? beats().filter((beat) => beat.at >= from && beat.at < to) : [],
        drone: drone() ? own.heard.mode.tonicCents : null,
      });
      const next = await Player.create(made, new Map([["passage", sound]]), {
        report: (report) => setPosition(from + Math.min(to - from, report.frame * speed)),
        anchor: () => {},
        refused: fail,
      });
      player = next;
      next.loop({ from: 0, to: Math.floor((sound[0]?.length ?? 0) / 128) * 128 });
      await next.play();
      setRunning(true);
    } catch (error) {
      fail(error);
    }
  };
  return { rate, setRate, clicks, setClicks, drone, setDrone, running, passage, practise };
}

/** Hears the note under the playhead once. */
function oneNote() {
  const [sounding, setSounding] = createSignal(false);
  const hearOne = async (): Promise<void> => {
    const own = tune();
    if (!own || sounding()) return;
    setSounding(true);
    const from = Math.max(0, Math.floor(position()));
    const sound = own.channels.map((channel) => channel.slice(from, from + 24_000));
    const made = practicePlan({ frames: 24_000, rate: 1, from, beats: [], drone: null });
    try {
      const one = await Player.create(made, new Map([["passage", sound]]), { report: () => {}, anchor: () => {}, refused: fail });
      await one.play();
      await new Promise((resolve) => setTimeout(resolve, 700));
      await one.close();
    } finally {
      setSounding(false);
    }
  };
  return { sounding, hearOne };
}

/** Slow it down, go round in it, stand still on a note: where the fingers are is seen all the while. */
export function LearnRoom(): JSX.Element {
  return (
    <>
      <div class="stage">
        <Show when={tune()} fallback={<p class="waiting">{t(isSong() ? "write.noTune" : "ui.opening")}</p>}>
          {(u) => (
            <>
              <NoteLanes tune={u()} />
              <div class="panel">
                <ScoreView heard={u().heard} />
              </div>
            </>
          )}
        </Show>
      </div>
      <section class="inspector learn" aria-labelledby="learn-title">
        <Practice />
        <TakeBesideMaster />
        <BandCard />
        <PracticeBook />
        <ByNote />
        <MetronomeCard />
        <DroneCard />
      </section>
      <NeckDock />
    </>
  );
}

/** The passage, its speed, and passages that were kept. */
function Practice(): JSX.Element {
  const { rate, setRate, clicks, setClicks, drone, setDrone, running, passage, practise } = practice();
  const hasBars = (): boolean => (tune()?.heard.downbeats.length ?? 0) > 0;
  return (
    <section>
      <h2 id="learn-title">{t("room.learn")}</h2>
      <p class="fine">{t("learn.hint")}</p>
      <div class="passage-card">
        <span class="passage" id="passage">
          {hasBars()
            ? t("learn.passage", { from: clock(passage().from), to: clock(passage().to), bars: `${barText(passage().from)} – ${barText(passage().to)}` })
            : `${clock(passage().from)}–${clock(passage().to)}`}
        </span>
        <div class="segments">
          <button type="button" id="set-a" onClick={() => setLoop({ from: here(), to: Math.max(loop()?.to ?? ending(), here() + 24_000) })}>
            {t("learn.a")}
          </button>
          <button
            type="button"
            id="set-b"
            onClick={() => setLoop({ from: Math.min(loop()?.from ?? 0, Math.max(0, here() - 24_000)), to: Math.max(here(), 24_000) })}
          >
            {t("learn.b")}
          </button>
        </div>
      </div>
      <button
        type="button"
        class="primary"
        id="practise"
        disabled={!tune() || !canPlay() || work() !== undefined}
        aria-pressed={running()}
        onClick={() => void practise()}
      >
        {running() ? t("learn.stop") : t("learn.start")}
      </button>
      <label class="row-of">
        {t("learn.speed")}
        <select id="speed" onChange={(event) => setRate(Number(event.currentTarget.value))}>
          <For each={RATES}>
            {(one) => (
              <option value={one} selected={one === rate()}>
                {Math.round(100 * one)} %
              </option>
            )}
          </For>
        </select>
      </label>
      <label class="row-of">
        {t("ui.metronome")}
        <input type="checkbox" id="learn-clicks" checked={clicks()} onChange={(event) => setClicks(event.currentTarget.checked)} />
      </label>
      <label class="row-of">
        {t("learn.drone")}
        <input type="checkbox" id="learn-drone" checked={drone()} onChange={(event) => setDrone(event.currentTarget.checked)} />
      </label>
      <Passages passage={passage()} />
    </section>
  );
}

/** Passages by name. */
function Passages(props: { readonly passage: { readonly from: number; readonly to: number } }): JSX.Element {
  const [name, setName] = createSignal("");
  const keep = (): void => {
    const { from, to } = props.passage;
    edit("loop", (draft) =>
      draft.put({
        id: draft.newId("loop"),
        kind: "loop",
        from: Math.round(from),
        to: Math.round(to),
        name: name() || t("learn.loopName", { from: barText(from), to: barText(to) }),
      }),
    );
    setName("");
  };
  return (
    <>
      <div class="row-of">
        <label>
          <span class="sr">{t("learn.name")}</span>
          <input type="text" id="loop-name" placeholder={t("learn.name")} value={name()} onInput={(event) => setName(event.currentTarget.value)} />
        </label>
        <button type="button" id="keep-loop" onClick={keep}>
          {t("learn.keep")}
        </button>
      </div>
      <Show when={loop()}>
        <button
          type="button"
          id="whole"
          onClick={() => {
            setLoop(null);
            setLooping(false);
          }}
        >
          {t("learn.whole")}
        </button>
      </Show>
      <Show when={session().loops.length > 0}>
        <ul class="loops" aria-label={t("ui.loops")}>
          <For each={session().loops}>
            {(one) => (
              <li>
                <button
                  type="button"
                  aria-pressed={loop()?.from === one.from && loop()?.to === one.to}
                  onClick={() => {
                    setLoop({ from: one.from, to: one.to });
                    if (looping()) seek(one.from);
                  }}
                >
                  {one.name} <small>{`${clock(one.from)}–${clock(one.to)}`}</small>
                </button>
                <button
                  type="button"
                  class="mini"
                  aria-label={t("learn.forget", { name: one.name })}
                  onClick={() => edit("loop", (draft) => draft.remove(one.id))}
                >
                  <Icon name="close" size={14} />
                </button>
              </li>
            )}
          </For>
        </ul>
      </Show>
    </>
  );
}

/** From note to note, each as often as one likes. */
function ByNote(): JSX.Element {
  const { sounding, hearOne } = oneNote();
  return (
    <section>
      <h2>{t("learn.byNote")}</h2>
      <div class="segments">
        <button type="button" id="note-before" aria-label={t("learn.before")} onClick={() => stepNote(-1)}>
          <Icon name="before" />
        </button>
        <button type="button" id="note-hear" disabled={sounding()} onClick={() => void hearOne()}>
          {t("learn.hear")}
        </button>
        <button type="button" id="note-next" aria-label={t("learn.next")} onClick={() => stepNote(1)}>
          <Icon name="next" />
        </button>
      </div>
      <output class="pitch" id="fingers">
        {soundingNotes().some((note) => note.string === null)
          ? soundingNotes()
              .map((note) => noteName(note.cents!))
              .join(" + ")
          : fingersText(soundingNotes())}
      </output>
    </section>
  );
}
