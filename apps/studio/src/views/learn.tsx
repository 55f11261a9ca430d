import { exp2 } from "@kuishi/base";
import type { Plan } from "@kuishi/engine";
import { practicePlan } from "@kuishi/flow";
import type { HeardNote } from "@kuishi/score";
import { createEffect, createMemo, createSignal, For, type JSX, on, onCleanup, Show } from "solid-js";
import type { Report } from "../audio/engine.worklet.ts";
import { Player } from "../audio/player.ts";
import { t } from "../state/language.ts";
import { edit, session } from "../state/project.ts";
import { beats, canPlay, loop, looping, pause, position, seek, setLoop, setLooping, setPosition } from "../state/transport.ts";
import { plan, setLooking, slowed, tune } from "../state/tune.ts";
import { fail, work } from "../state/ui.ts";
import { NoteLanes } from "./notes.tsx";
import { barText, clock } from "./transport.tsx";

const RATES = [0.25, 0.4, 0.5, 0.6, 0.75, 0.9, 1, 1.1];
/** Longest passage that is slowed at once, frames: a minute and a half. */
const LONGEST = 90 * 48_000;

/** Slow it down, go round in it, stand still on a note: where the fingers are is seen all the while. */
export function LearnRoom(): JSX.Element {
  const [rate, setRate] = createSignal(0.5);
  const [clicks, setClicks] = createSignal(true);
  const [drone, setDrone] = createSignal(false);
  const [running, setRunning] = createSignal(false);
  const [name, setName] = createSignal("");
  let player: Player | undefined;
  const passage = createMemo(() => {
    const own = loop();
    const end = tune()?.channels[0]?.length ?? 0;
    if (own && own.to > own.from) return { from: Math.floor(own.from / 128) * 128, to: Math.min(end, own.to, own.from + LONGEST) };
    return { from: 0, to: Math.min(end, LONGEST) };
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
        report: (report: Report) => setPosition(from + Math.min(to - from, report.frame * speed)),
        anchor: () => {},
      });
      player = next;
      next.loop({ from: 0, to: Math.floor((sound[0]?.length ?? 0) / 128) * 128 });
      await next.play();
      setRunning(true);
    } catch (error) {
      fail(error);
    }
  };
  const keep = (): void => {
    const { from, to } = passage();
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
  // notes one by one
  const moments = createMemo(() =>
    [...new Set((tune()?.heard.notes ?? []).filter((note) => note.cents !== null).map((note) => note.onset))].sort((a, b) => a - b),
  );
  const step = (by: -1 | 1): void => {
    const now = position() / 48_000;
    const next = by > 0 ? moments().find((at) => at > now + 0.01) : moments().findLast((at) => at < now - 0.01);
    if (next === undefined) return;
    setLooking(next);
    seek(next * 48_000);
  };
  /** Hears the note under the playhead once, as long as it lasts. */
  const [sounding, setSounding] = createSignal(false);
  const hearOne = async (): Promise<void> => {
    const own = tune();
    if (!own || sounding()) return;
    setSounding(true);
    const from = Math.max(0, Math.floor(position()));
    const sound = own.channels.map((channel) => channel.slice(from, from + 24_000));
    const made = practicePlan({ frames: 24_000, rate: 1, from, beats: [], drone: null });
    try {
      const one = await Player.create(made, new Map([["passage", sound]]), { report: () => {}, anchor: () => {} });
      await one.play();
      await new Promise((resolve) => setTimeout(resolve, 700));
      await one.close();
    } finally {
      setSounding(false);
    }
  };
  const now = createMemo((): HeardNote[] => {
    const at = position() / 48_000 + 0.012;
    return (tune()?.heard.notes ?? []).filter((note) => note.cents !== null && note.onset <= at && note.offset > at);
  });
  const coming = createMemo((): HeardNote[] => {
    const at = position() / 48_000 + 0.012;
    const next = moments().find((moment) => moment > at);
    return next === undefined ? [] : (tune()?.heard.notes ?? []).filter((note) => Math.abs(note.onset - next) < 0.02);
  });
  return (
    <section class="panel learn" aria-labelledby="learn-title">
      <h2 id="learn-title">{t("room.learn")}</h2>
      <p class="fine">{t("learn.hint")}</p>
      <div class="bar">
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
        <label>
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
        <label class="check">
          <input type="checkbox" id="learn-clicks" checked={clicks()} onChange={(event) => setClicks(event.currentTarget.checked)} />
          {t("ui.metronome")}
        </label>
        <label class="check">
          <input type="checkbox" id="learn-drone" checked={drone()} onChange={(event) => setDrone(event.currentTarget.checked)} />
          {t("learn.drone")}
        </label>
      </div>
      <div class="bar">
        <span class="passage" id="passage">
          {t("learn.passage", { from: clock(passage().from), to: clock(passage().to), bars: `${barText(passage().from)} – ${barText(passage().to)}` })}
        </span>
        <button
          type="button"
          id="set-a"
          onClick={() => setLoop({ from: Math.round(position()), to: Math.max(loop()?.to ?? plan()?.frames ?? 0, Math.round(position()) + 24_000) })}
        >
          {t("learn.a")}
        </button>
        <button
          type="button"
          id="set-b"
          onClick={() => setLoop({ from: Math.min(loop()?.from ?? 0, Math.max(0, Math.round(position()) - 24_000)), to: Math.round(position()) })}
        >
          {t("learn.b")}
        </button>
        <label>
          <span class="sr">{t("learn.name")}</span>
          <input type="text" id="loop-name" placeholder={t("learn.name")} value={name()} onInput={(event) => setName(event.currentTarget.value)} />
        </label>
        <button type="button" id="keep-loop" onClick={keep}>
          {t("learn.keep")}
        </button>
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
      </div>
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
                  ✕
                </button>
              </li>
            )}
          </For>
        </ul>
      </Show>
      <div class="bar">
        <button type="button" id="note-before" onClick={() => step(-1)}>
          ← {t("learn.before")}
        </button>
        <button type="button" id="note-next" onClick={() => step(1)}>
          {t("learn.next")} →
        </button>
        <button type="button" id="note-hear" disabled={sounding()} onClick={() => void hearOne()}>
          {t("learn.hear")}
        </button>
        <output class="pitch" id="fingers">
          {now()
            .map((note) =>
              note.string === null
                ? t("ui.live.cents", { cents: Math.round(note.cents as number) })
                : t("learn.finger", { string: note.string + 1, fret: note.fret ?? 0 }),
            )
            .join(" + ")}
        </output>
      </div>
      <Neck now={now()} coming={coming()} />
      <Show when={tune()}>{(u) => <NoteLanes tune={u()} />}</Show>
    </section>
  );
}

const GAP = 46;
/** A phone's neck ends at the highest fret the tune needs, so that a finger is seen. */
const narrow = window.matchMedia("(max-width: 640px)");
/** The neck as it was heard: every fret where the recording has it, fingers now filled, the next ones as rings. */
function Neck(props: { readonly now: readonly HeardNote[]; readonly coming: readonly HeardNote[] }): JSX.Element {
  const strings = () => tune()?.heard.tuning.strings ?? [];
  const [small, setSmall] = createSignal(narrow.matches);
  const change = (): void => void setSmall(narrow.matches);
  narrow.addEventListener("change", change);
  onCleanup(() => narrow.removeEventListener("change", change));
  const width = (): number => (small() ? 520 : 1000);
  const used = createMemo(() => (tune()?.heard.notes ?? []).reduce((most, note) => Math.max(most, note.fret ?? 0), 7));
  const frets = (): number => (small() ? Math.ceil(used()) : Math.max(12, ...strings().map((string) => string.fretCents.length - 1)));
  const x = (cents: number, open: number): number => 40 + (width() - 70) * ((1 - exp2(-(cents - open) / 1200)) / (1 - exp2(-(frets() + 1) / 12)));
  const y = (string: number): number => 24 + (strings().length - 1 - string) * GAP;
  const place = (note: HeardNote): { cx: number; cy: number } | undefined => {
    const string = note.string === null ? undefined : strings()[note.string];
    if (!string || note.string === null || note.fret === null || note.cents === null) return undefined;
    const here = x(note.cents, string.openCents);
    const before = x(string.fretCents[Math.floor(note.fret) - 1] ?? string.openCents, string.openCents);
    return { cx: note.fret === 0 ? 22 : (here + before) / 2, cy: y(note.string) };
  };
  const label = (): string => props.now.map((note) => t("learn.finger", { string: (note.string ?? 0) + 1, fret: note.fret ?? 0 })).join(", ");
  return (
    <Show when={strings().length > 0}>
      <svg viewBox={`0 0 ${width()} ${24 + strings().length * GAP}`} class="neck" role="img" aria-label={`${t("learn.neck")} ${label()}`}>
        <For each={strings()}>
          {(string, s) => (
            <>
              <For each={Array.from({ length: frets() + 1 }, (_, fret) => fret)}>
                {(fret) => {
                  const cents = (): number => string.fretCents[fret] ?? string.openCents + fret * 100;
                  return (
                    <>
                      <line
                        x1={x(cents(), string.openCents)}
                        x2={x(cents(), string.openCents)}
                        y1={y(s()) - GAP / 2}
                        y2={y(s()) + GAP / 2}
                        class={fret === 0 ? "nut" : "fret"}
                        opacity={string.fretCents[fret] == null ? 0.25 : 1}
                      />
                      <Show when={s() === 0 && fret > 0}>
                        <text
                          x={(x(cents(), string.openCents) + x(string.fretCents[fret - 1] ?? string.openCents + (fret - 1) * 100, string.openCents)) / 2}
                          y={y(0) + GAP / 2 + 14}
                          text-anchor="middle"
                        >
                          {fret}
                        </text>
                      </Show>
                    </>
                  );
                }}
              </For>
              <line x1="10" x2={width() - 10} y1={y(s())} y2={y(s())} class="string" />
            </>
          )}
        </For>
        <For each={props.coming}>
          {(note) => <Show when={place(note)}>{(at) => <circle cx={at().cx} cy={at().cy} r="12" class={`next s${note.string}`} />}</Show>}
        </For>
        <For each={props.now}>{(note) => <Show when={place(note)}>{(at) => <circle cx={at().cx} cy={at().cy} r="12" class={`s${note.string}`} />}</Show>}</For>
      </svg>
    </Show>
  );
}
