import { eachColumn, type Peaks, peaksOf } from "@kuishi/draw";
import { clipName, entryOf } from "@kuishi/flow";
import { type Clip, comp, type Draft, duplicate, fade, type Marker, move, RECORDING_TRACK, slip, split, stretch, type Take, trim } from "@kuishi/project";
import { meterAt } from "@kuishi/score";
import { ownWord } from "@kuishi/words";
import { createEffect, createMemo, createSignal, For, type JSX, on, onCleanup, onMount, Show } from "solid-js";
import { armed, clipped, level, monitoring, recording, setArmed, setMonitoring } from "../audio/recorder.ts";
import { fit, follow, frameAt, from, perPixel, type Snap, setFrom, setSnap, setWidth, snap, snapped, snaps, stepped, width, xOf, zoom } from "../state/axis.ts";
import { language, t } from "../state/language.ts";
import { edit, placed, putFile, session, setStrip } from "../state/project.ts";
import { beats, countIn, loop, looping, position, seek, setCountIn, setLoop, setLooping } from "../state/transport.ts";
import { lengthOf, made, plan, sounds, tune } from "../state/tune.ts";
import { fail, setSheet } from "../state/ui.ts";
import { ByKey } from "./bykey.tsx";
import { Canvas, type Colours } from "./canvas.tsx";
import { Playhead } from "./playhead.tsx";
import { barText, clock } from "./transport.tsx";

/** Heights of the rows, pixels. */
const [RULER, LANE, TALL, LOW, TAKE] = [30, 22, 72, 30, 26];

type Row =
  | { readonly kind: "ruler" | "meter" | "form"; readonly id: string; readonly height: number }
  | { readonly kind: "clips"; readonly id: string; readonly height: number; readonly name: string }
  | { readonly kind: "take"; readonly id: string; readonly height: number; readonly take: Take }
  | { readonly kind: "part"; readonly id: string; readonly height: number };

const countInChoices = [0, 1, 2] as const;
const [selected, setSelected] = createSignal<string>();
const [openTakes, setOpenTakes] = createSignal<ReadonlySet<string>>(new Set());

const peaks = new WeakMap<Float32Array, Peaks>();
function peaksFor(channel: Float32Array): Peaks {
  const own = peaks.get(channel) ?? peaksOf(channel);
  peaks.set(channel, own);
  return own;
}
const framesOf = (clip: Clip): number => {
  const own = sounds().get(clipName({ ...clip, rate: 1, cents: 0 }, session().song.recording?.asset));
  return session().assets.get(clip.asset)?.frames ?? own?.[0]?.length ?? Math.ceil(clip.from + clip.length * clip.rate);
};
/** The recording lies on its track as one clip until it is first cut. */
const wholeRecording = (): Clip => ({
  id: "clip-recording",
  kind: "clip",
  track: RECORDING_TRACK,
  asset: session().song.recording?.asset ?? "",
  at: 0,
  from: 0,
  length: Math.max(1, tune()?.channels[0]?.length ?? 1),
  gainDb: 0,
  fadeIn: 240,
  fadeOut: 9600,
  rate: 1,
  cents: 0,
  mute: false,
});
const clipsOf = (track: string): readonly Clip[] => {
  const own = session().clips.filter((clip) => clip.track === track);
  return own.length === 0 && track === RECORDING_TRACK && tune() ? [wholeRecording()] : own;
};
/** Does something to a clip; the recording's own becomes one that can be changed. */
function act(label: string, id: string, change: (draft: Draft) => void): void {
  edit(label, (draft) => {
    if (id === "clip-recording" && !draft.get("clip", id)) draft.put(wholeRecording());
    change(draft);
  });
}

/** Time from left to right, a row for each track: clips are buttons, so that hand, keyboard and screen reader have the same. */
export function Timeline(): JSX.Element {
  let scroller!: HTMLDivElement;
  const rows = createMemo((): Row[] => {
    const out: Row[] = [
      { kind: "ruler", id: "ruler", height: RULER },
      { kind: "meter", id: "meter", height: LANE },
      { kind: "form", id: "form", height: LANE },
    ];
    const tracks = session().tracks;
    const all = tracks.some((track) => track.id === RECORDING_TRACK) ? tracks : [{ id: RECORDING_TRACK, name: "", order: 0 }, ...tracks];
    for (const track of all) {
      out.push({ kind: "clips", id: track.id, height: TALL, name: track.id === RECORDING_TRACK ? ownWord(language(), "part", "recording") : track.name });
      if (openTakes().has(track.id))
        for (const take of session().takes) if (take.track === track.id) out.push({ kind: "take", id: take.id, height: TAKE, take });
    }
    const own = new Set(all.map((track) => track.id));
    for (const strip of plan()?.strips ?? []) if (!own.has(strip.id) && strip.id !== "recording") out.push({ kind: "part", id: strip.id, height: LOW });
    return out;
  });
  const tops = createMemo(() => {
    let y = 0;
    return rows().map((row) => {
      const top = y;
      y += row.height;
      return top;
    });
  });
  const total = (): number => (plan()?.frames ?? 480_000) * 1.05;
  onMount(() => {
    const watch = new ResizeObserver(() => setWidth(scroller.clientWidth));
    watch.observe(scroller);
    onCleanup(() => watch.disconnect());
    setWidth(scroller.clientWidth);
    if (from() === 0 && plan()) fit(plan()?.frames ?? 1);
  });
  createEffect(
    on(
      () => plan()?.frames,
      (frames) => frames && from() === 0 && fit(frames),
    ),
  );
  createEffect(on(position, follow));
  // what scrolls is the axis; the scroll bar shows where it stands
  createEffect(
    on([from, perPixel], () => {
      const x = from() / perPixel();
      if (Math.abs(scroller.scrollLeft - x) > 1) scroller.scrollLeft = x;
    }),
  );
  const draw = (context: CanvasRenderingContext2D, w: number, h: number, colours: Colours): void => {
    drawGrid(context, w, h, colours, tops(), rows());
    rows().forEach((row, k) => {
      const y = tops()[k] as number;
      if (row.kind === "clips") for (const clip of clipsOf(row.id)) drawClip(context, clip, y, row.height, w, colours);
      else if (row.kind === "take") drawSound(context, row.take, y, row.height, w, colours, 0.6);
      else if (row.kind === "part") drawPart(context, row.id, y, row.height, w, colours);
    });
  };
  const importFile = async (file: File | undefined): Promise<void> => {
    if (!file) return;
    try {
      await placed();
      const entry = entryOf(`${Date.now().toString(36)}-${file.name}`);
      await putFile(entry, file);
      const frames = await lengthOf(file);
      if (frames === undefined) return;
      edit("import", (draft) => {
        const asset = draft.newId("asset");
        const track = draft.newId("track");
        draft.put({ id: asset, kind: "asset", name: file.name, entry, frames, origin: "file" });
        draft.put({
          id: track,
          kind: "track",
          name: file.name.replace(/\.[^.]*$/, ""),
          order: Math.max(0, ...draft.session.tracks.map((one) => one.order)) + 1,
        });
        draft.put({ ...wholeRecording(), id: draft.newId("clip"), track, asset, at: snapped(position()), length: frames, fadeOut: 240 });
      });
    } catch (error) {
      fail(error);
    }
  };
  const chosen = (): Clip | undefined => [...session().clips, ...(tune() ? [wholeRecording()] : [])].find((clip) => clip.id === selected());
  return (
    <section class="timeline panel" aria-label={t("room.tracks")}>
      <div class="bar tools">
        <button type="button" class="icon" aria-label={t("axis.out")} title={t("axis.out")} onClick={() => zoom(1.5)}>
          −
        </button>
        <button type="button" class="icon" aria-label={t("axis.in")} title={t("axis.in")} onClick={() => zoom(1 / 1.5)}>
          +
        </button>
        <button type="button" class="icon" aria-label={t("axis.fit")} title={t("axis.fit")} onClick={() => fit(plan()?.frames ?? 1)}>
          ↔
        </button>
        <label>
          {t("axis.snap")}
          <select id="snap" onChange={(event) => setSnap(event.currentTarget.value as Snap)}>
            <For each={snaps}>
              {(one) => (
                <option value={one} selected={one === snap()}>
                  {t(`snap.${one}`)}
                </option>
              )}
            </For>
          </select>
        </label>
        <label>
          {t("record.countIn")}
          <select id="count-in" onChange={(event) => setCountIn(Number(event.currentTarget.value))}>
            <For each={countInChoices}>
              {(bars) => (
                <option value={bars} selected={bars === countIn()}>
                  {t("record.bars", { bars })}
                </option>
              )}
            </For>
          </select>
        </label>
        <button
          type="button"
          id="add-track"
          onClick={() =>
            edit("track", (draft) =>
              draft.put({
                id: draft.newId("track"),
                kind: "track",
                name: String(draft.session.tracks.length + 1),
                order: Math.max(0, ...draft.session.tracks.map((one) => one.order)) + 1,
              }),
            )
          }
        >
          {t("track.add")}
        </button>
        <label class="button file">
          {t("track.import")}
          <input
            type="file"
            id="import"
            accept="audio/*,.opus,.ogg,.flac,.wav,.mp3,.m4a"
            onChange={(event) => void importFile(event.currentTarget.files?.[0])}
          />
        </label>
        <button
          type="button"
          id="add-marker"
          onClick={() =>
            edit("marker", (draft) =>
              draft.put({ id: draft.newId("marker"), kind: "marker", at: Math.round(position()), name: String(draft.session.markers.length + 1) }),
            )
          }
        >
          {t("marker.add")}
        </button>
        <button type="button" onClick={() => setSheet("calibrate")} id="calibrate">
          {t("record.calibrate")}
        </button>
        <label class="check">
          <input type="checkbox" checked={monitoring()} onChange={(event) => setMonitoring(event.currentTarget.checked)} />
          {t("record.monitor")}
        </label>
        <Show when={recording()}>
          <meter min="0" max="1" high={0.9} value={level()} aria-label={t("ui.live.level")} />
          <Show when={clipped()}>
            <span class="notice">{t("ui.live.clips")}</span>
          </Show>
        </Show>
      </div>
      <Show when={chosen()}>{(clip) => <ClipTools clip={clip()} />}</Show>
      <div class="tracks-grid">
        <ul class="heads" style={{ height: `${(tops().at(-1) ?? 0) + (rows().at(-1)?.height ?? 0)}px` }}>
          <ByKey each={rows()} by={(row) => `${row.kind}/${row.id}`}>
            {(row, k) => <Head row={row()} top={tops()[k()] as number} />}
          </ByKey>
        </ul>
        <div
          class="scroller"
          ref={scroller}
          onScroll={() => {
            const frame = scroller.scrollLeft * perPixel();
            if (Math.abs(frame - from()) > perPixel()) setFrom(frame);
          }}
          onWheel={(event) => {
            if (!event.ctrlKey) return;
            event.preventDefault();
            zoom(event.deltaY > 0 ? 1.2 : 1 / 1.2, event.clientX - scroller.getBoundingClientRect().left);
          }}
        >
          <div class="inside" style={{ width: `${total() / perPixel()}px`, height: `${(tops().at(-1) ?? 0) + (rows().at(-1)?.height ?? 0)}px` }}>
            <div class="window" style={{ width: `${width()}px` }}>
              <Canvas
                class="picture"
                on={() => [rows(), from(), perPixel(), width(), session(), plan(), sounds(), beats(), selected(), loop(), looping()]}
                draw={draw}
              />
              <Ruler />
              <Playhead />
            </div>
            <ByKey each={rows()} by={(row) => `${row.kind}/${row.id}`}>
              {(row, k) => (
                <div class={`row of-${row().kind}`} style={{ top: `${tops()[k()]}px`, height: `${row().height}px` }}>
                  <Show when={row().kind === "clips"}>
                    <ByKey each={clipsOf(row().id)} by={(clip) => clip.id}>
                      {(clip) => <ClipButton clip={clip()} height={row().height} tracks={rows().flatMap((one) => (one.kind === "clips" ? [one.id] : []))} />}
                    </ByKey>
                  </Show>
                  <Show when={row().kind === "take"}>
                    <TakeButton take={(row() as Extract<Row, { kind: "take" }>).take} />
                  </Show>
                  <Show when={row().kind === "form"}>
                    <ByKey each={session().markers} by={(marker) => marker.id}>
                      {(marker) => <MarkerButton marker={marker()} />}
                    </ByKey>
                  </Show>
                </div>
              )}
            </ByKey>
          </div>
        </div>
      </div>
    </section>
  );
}

/** A marker: Enter goes there, arrows move it by the grid, Delete removes it. */
function MarkerButton(props: { readonly marker: Marker }): JSX.Element {
  const id = (): string => props.marker.id;
  const keys = (event: KeyboardEvent): void => {
    if (event.code === "Delete") edit("marker", (draft) => draft.remove(id()));
    else if (event.code === "ArrowLeft" || event.code === "ArrowRight")
      edit("marker", (draft) => draft.set("marker", id(), { at: stepped(props.marker.at, event.code === "ArrowLeft" ? -1 : 1) }));
    else if (event.code === "F2") rename();
    else return;
    event.preventDefault();
  };
  const rename = (): void => {
    const name = window.prompt(t("marker.name"), props.marker.name);
    if (name !== null) edit("marker", (draft) => draft.set("marker", id(), { name }));
  };
  return (
    <button
      type="button"
      class="marker"
      style={{ left: `${props.marker.at / perPixel()}px` }}
      aria-label={t("marker.at", { name: props.marker.name, at: barText(props.marker.at) })}
      onClick={() => seek(props.marker.at)}
      onDblClick={rename}
      onKeyDown={keys}
    >
      {props.marker.name}
    </button>
  );
}

/** A track's name, and what is set there. */
function Head(props: { readonly row: Row; readonly top: number }): JSX.Element {
  const row = (): Row => props.row;
  const settings = () => session().strips.get(row().id);
  const name = (): string => {
    const own = row();
    if (own.kind === "clips") return own.name;
    if (own.kind === "take") return t("take.name", { name: own.take.name });
    if (own.kind === "part") return ownWord(language(), "part", own.id);
    return t(`lane.${own.kind}`);
  };
  const takes = (): boolean => session().takes.some((take) => take.track === row().id);
  return (
    <li class={row().kind} style={{ top: `${props.top}px`, height: `${row().height}px` }}>
      <Show when={row().kind === "clips" && row().id !== RECORDING_TRACK} fallback={<span class="name">{name()}</span>}>
        <input
          type="text"
          class="name"
          value={name()}
          aria-label={t("track.name")}
          onChange={(event) => edit("track", (draft) => draft.set("track", row().id, { name: event.currentTarget.value }))}
        />
      </Show>
      <Show when={row().kind === "clips" || row().kind === "part"}>
        <span class="acts">
          <button
            type="button"
            class="mini"
            aria-pressed={settings()?.mute ?? false}
            aria-label={t("ui.mute", { part: name() })}
            onClick={() => setStrip(row().id, { mute: !settings()?.mute })}
          >
            {t("ui.mute.short")}
          </button>
          <button
            type="button"
            class="mini"
            aria-pressed={settings()?.solo ?? false}
            aria-label={t("ui.solo", { part: name() })}
            onClick={() => setStrip(row().id, { solo: !settings()?.solo })}
          >
            {t("ui.solo.short")}
          </button>
          <Show when={row().kind === "clips" && row().id !== RECORDING_TRACK}>
            <button
              type="button"
              class="mini rec"
              aria-pressed={armed() === row().id}
              aria-label={t("track.arm", { part: name() })}
              onClick={() => setArmed(armed() === row().id ? undefined : row().id)}
            >
              ●
            </button>
            <Show when={takes()}>
              <button
                type="button"
                class="mini"
                aria-expanded={openTakes().has(row().id)}
                aria-label={t("take.show", { part: name() })}
                onClick={() => {
                  const next = new Set(openTakes());
                  if (!next.delete(row().id)) next.add(row().id);
                  setOpenTakes(next);
                }}
              >
                ≣
              </button>
            </Show>
            <button
              type="button"
              class="mini"
              aria-label={t("track.remove", { part: name() })}
              onClick={() =>
                edit("track", (draft) => {
                  for (const clip of draft.session.clips) if (clip.track === row().id) draft.remove(clip.id);
                  draft.remove(row().id);
                })
              }
            >
              ✕
            </button>
          </Show>
        </span>
      </Show>
    </li>
  );
}

/** Bars and loop: a click goes there, a drag makes the loop. The position slider and the keys A and E do the same by keyboard. */
function Ruler(): JSX.Element {
  let startX = 0;
  let dragging = false;
  const place = (event: PointerEvent & { currentTarget: HTMLElement }): number => event.clientX - event.currentTarget.getBoundingClientRect().left;
  return (
    <div
      class="scrub"
      style={{ height: `${RULER}px` }}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        startX = place(event);
        dragging = false;
      }}
      onPointerMove={(event) => {
        if (!event.currentTarget.hasPointerCapture(event.pointerId)) return;
        const x = place(event);
        if (!dragging && Math.abs(x - startX) < 5) return;
        dragging = true;
        const [a, b] = [snapped(frameAt(Math.min(x, startX))), snapped(frameAt(Math.max(x, startX)))];
        if (b > a) {
          setLoop({ from: a, to: b });
          setLooping(true);
        }
      }}
      onPointerUp={(event) => {
        if (!dragging) seek(frameAt(place(event)));
      }}
    />
  );
}

const KEYS_BY = 2400;
/** A clip as a button: dragged by its middle it moves, by its edges it is trimmed; every key of the sheet works when it has the focus. */
function ClipButton(props: { readonly clip: Clip; readonly height: number; readonly tracks: readonly string[] }): JSX.Element {
  const clip = (): Clip => props.clip;
  const [ghost, setGhost] = createSignal<{ readonly at: number; readonly length: number }>();
  const at = (): number => ghost()?.at ?? clip().at;
  const length = (): number => ghost()?.length ?? clip().length;
  const name = (): string => session().assets.get(clip().asset)?.name ?? "";
  let drag: { readonly x: number; readonly how: "move" | "start" | "end" | "slip" | "stretch" } | undefined;
  const moved = (event: PointerEvent): { at: number; length: number } => {
    const by = (event.clientX - (drag?.x ?? 0)) * perPixel();
    const own = clip();
    const end = own.at + own.length;
    if (drag?.how === "start") {
      const start = Math.max(Math.max(0, own.at - own.from / own.rate), Math.min(end - KEYS_BY, snapped(own.at + by)));
      return { at: start, length: end - start };
    }
    if (drag?.how === "end" || drag?.how === "stretch") return { at: own.at, length: Math.max(KEYS_BY, snapped(end + by) - own.at) };
    if (drag?.how === "slip") return { at: own.at, length: own.length };
    return { at: snapped(own.at + by), length: own.length };
  };
  const finish = (event: PointerEvent): void => {
    const how = drag?.how;
    const by = Math.round((event.clientX - (drag?.x ?? 0)) * perPixel());
    const to = moved(event);
    drag = undefined;
    setGhost(undefined);
    if (!how || Math.abs(by / perPixel()) < 3) return;
    const own = clip();
    if (how === "slip") act("slip", own.id, (draft) => slip(draft, own.id, by, framesOf(own)));
    else if (how === "stretch") act("stretch", own.id, (draft) => stretch(draft, own.id, to.length));
    else if (how === "move") act("move", own.id, (draft) => move(draft, own.id, to.at));
    else act("trim", own.id, (draft) => trim(draft, own.id, how, how === "start" ? to.at : to.at + to.length, framesOf(own)));
  };
  const keys = (event: KeyboardEvent): void => {
    const own = clip();
    const { id } = own;
    const end = own.at + own.length;
    const arrow = event.code === "ArrowLeft" ? -1 : event.code === "ArrowRight" ? 1 : 0;
    const here = Math.round(position());
    const acts: Readonly<Record<string, () => void>> = {
      KeyS: () => act("split", id, (draft) => void split(draft, id, here)),
      KeyD: () => act("duplicate", id, (draft) => void duplicate(draft, id)),
      KeyM: () => act("muteClip", id, (draft) => draft.set("clip", id, { mute: !own.mute })),
      Delete: () => act("remove", id, (draft) => draft.remove(id)),
      Backspace: () => act("remove", id, (draft) => draft.remove(id)),
      BracketLeft: () => act("trim", id, (draft) => trim(draft, id, "start", here, framesOf(own))),
      BracketRight: () => act("trim", id, (draft) => trim(draft, id, "end", here, framesOf(own))),
      KeyF: () => act("fade", id, (draft) => fade(draft, id, "fadeIn", own.fadeIn + (event.shiftKey ? -KEYS_BY : KEYS_BY))),
      KeyG: () => act("fade", id, (draft) => fade(draft, id, "fadeOut", own.fadeOut + (event.shiftKey ? -KEYS_BY : KEYS_BY))),
      Minus: () => act("gain", id, (draft) => draft.set("clip", id, { gainDb: Math.max(-60, own.gainDb - 1) })),
      Equal: () => act("gain", id, (draft) => draft.set("clip", id, { gainDb: Math.min(24, own.gainDb + 1) })),
      ArrowUp: () => toTrack(-1),
      ArrowDown: () => toTrack(1),
    };
    const toTrack = (by: number): void => {
      const next = props.tracks[props.tracks.indexOf(own.track) + by];
      if (next && next !== RECORDING_TRACK && own.track !== RECORDING_TRACK) act("move", id, (draft) => move(draft, id, own.at, next));
    };
    if (arrow !== 0) {
      const side = arrow < 0 ? -1 : 1;
      if (event.ctrlKey || event.metaKey) act("stretch", id, (draft) => stretch(draft, id, stepped(end, side) - own.at));
      else if (event.shiftKey) act("trim", id, (draft) => trim(draft, id, "end", stepped(end, side), framesOf(own)));
      else if (event.altKey) act("slip", id, (draft) => slip(draft, id, side * KEYS_BY, framesOf(own)));
      else act("move", id, (draft) => move(draft, id, stepped(own.at, side)));
    } else {
      if (event.ctrlKey || event.altKey || event.metaKey) return;
      const one = acts[event.code];
      if (!one) return;
      one();
    }
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <button
      type="button"
      class="clip"
      data-clip={clip().id}
      classList={{ selected: selected() === clip().id, muted: clip().mute }}
      style={{ left: `${at() / perPixel()}px`, width: `${Math.max(4, length() / perPixel())}px`, height: `${props.height - 6}px` }}
      aria-pressed={selected() === clip().id}
      aria-label={t("clip.label", { name: name(), at: barText(clip().at), clock: clock(clip().at), seconds: (clip().length / 48_000).toFixed(1) })}
      onFocus={() => setSelected(clip().id)}
      onClick={() => setSelected(clip().id)}
      onKeyDown={keys}
      onPointerDown={(event) => {
        const x = event.offsetX;
        const w = event.currentTarget.clientWidth;
        event.currentTarget.setPointerCapture(event.pointerId);
        const how = event.altKey ? "slip" : x > w - 8 ? (event.ctrlKey ? "stretch" : "end") : x < 8 ? "start" : "move";
        drag = { x: event.clientX, how };
      }}
      onPointerMove={(event) => drag && setGhost(moved(event))}
      onPointerUp={finish}
      onPointerCancel={() => {
        drag = undefined;
        setGhost(undefined);
      }}
    >
      <span>{name()}</span>
    </button>
  );
}

/** A take below its track: Enter or a click puts it, or what the loop spans of it, into the track. */
function TakeButton(props: { readonly take: Take }): JSX.Element {
  const pick = (): void => {
    const passage = looping() ? loop() : null;
    edit("comp", (draft) => void comp(draft, props.take.id, passage?.from ?? props.take.at, passage?.to ?? props.take.at + props.take.length));
  };
  return (
    <button
      type="button"
      class="take"
      data-take={props.take.id}
      style={{ left: `${props.take.at / perPixel()}px`, width: `${Math.max(4, props.take.length / perPixel())}px` }}
      aria-label={t("take.pick", { name: props.take.name, at: barText(props.take.at) })}
      onClick={pick}
      onKeyDown={(event) => {
        if (event.code !== "Delete") return;
        event.preventDefault();
        edit("take", (draft) => draft.remove(props.take.id));
      }}
    >
      <span>{props.take.name}</span>
    </button>
  );
}

/** Everything that can be done to the chosen clip, for fingers. */
function ClipTools(props: { readonly clip: Clip }): JSX.Element {
  const id = (): string => props.clip.id;
  const here = (): number => Math.round(position());
  return (
    <div class="bar clip-tools" role="toolbar" aria-label={t("clip.tools")}>
      <button type="button" data-act="split" onClick={() => act("split", id(), (draft) => void split(draft, id(), here()))}>
        {t("key.split")}
      </button>
      <button type="button" onClick={() => act("duplicate", id(), (draft) => void duplicate(draft, id()))}>
        {t("key.duplicate")}
      </button>
      <button type="button" onClick={() => act("remove", id(), (draft) => draft.remove(id()))}>
        {t("key.remove")}
      </button>
      <button
        type="button"
        aria-pressed={props.clip.mute}
        onClick={() => act("muteClip", id(), (draft) => draft.set("clip", id(), { mute: !props.clip.mute }))}
      >
        {t("key.mute")}
      </button>
      <ClipNumber
        name="clip.gain"
        value={props.clip.gainDb}
        low={-60}
        high={24}
        step={0.5}
        set={(value) => act("gain", id(), (draft) => draft.set("clip", id(), { gainDb: value }))}
      />
      <ClipNumber
        name="clip.fadeIn"
        value={props.clip.fadeIn / 48}
        low={0}
        high={props.clip.length / 48}
        step={10}
        set={(value) => act("fade", id(), (draft) => fade(draft, id(), "fadeIn", value * 48))}
      />
      <ClipNumber
        name="clip.fadeOut"
        value={props.clip.fadeOut / 48}
        low={0}
        high={props.clip.length / 48}
        step={10}
        set={(value) => act("fade", id(), (draft) => fade(draft, id(), "fadeOut", value * 48))}
      />
      <ClipNumber
        name="clip.rate"
        value={Math.round(100 * props.clip.rate)}
        low={25}
        high={400}
        step={1}
        set={(value) => act("stretch", id(), (draft) => stretch(draft, id(), (props.clip.length * props.clip.rate) / (value / 100)))}
      />
      <ClipNumber
        name="clip.cents"
        value={props.clip.cents}
        low={-2400}
        high={2400}
        step={10}
        set={(value) => act("transpose", id(), (draft) => draft.set("clip", id(), { cents: value }))}
      />
    </div>
  );
}
function ClipNumber(props: {
  readonly name: string;
  readonly value: number;
  readonly low: number;
  readonly high: number;
  readonly step: number;
  readonly set: (value: number) => void;
}): JSX.Element {
  return (
    <label>
      {t(props.name)}
      <input
        type="number"
        min={props.low}
        max={props.high}
        step={props.step}
        value={Math.round(props.value * 100) / 100}
        onChange={(event) => {
          const value = event.currentTarget.valueAsNumber;
          if (Number.isFinite(value)) props.set(Math.max(props.low, Math.min(props.high, value)));
        }}
      />
    </label>
  );
}

function drawGrid(context: CanvasRenderingContext2D, w: number, h: number, colours: Colours, tops: readonly number[], rows: readonly Row[]): void {
  const all = beats();
  const heard = tune()?.heard;
  context.font = "11px system-ui, sans-serif";
  context.textBaseline = "middle";
  const passage = loop();
  if (passage) {
    context.globalAlpha = looping() ? 0.22 : 0.1;
    context.fillStyle = colours.ochre;
    context.fillRect(xOf(passage.from), 0, (passage.to - passage.from) / perPixel(), h);
  }
  // bars as groups: every second group shaded, so that 2+3 looks other than 3+2
  const far = frameAt(w);
  const groupWidth = all.length > 1 ? 24_000 / perPixel() : 0;
  let shade = false;
  let lastBarX = -1000;
  all.forEach((beat, k) => {
    if (beat.rank === "bar") shade = false;
    else if (beat.rank === "group") shade = !shade;
    if (beat.at > far) return;
    const next = all.slice(k + 1, k + 8).find((other) => other.rank !== "pulse");
    const x = xOf(beat.at);
    const end = next ? xOf(next.at) : x + groupWidth;
    if (end < 0) return;
    if (beat.rank !== "pulse" && shade && groupWidth > 6) {
      context.globalAlpha = 0.05;
      context.fillStyle = colours.ink;
      context.fillRect(x, RULER, end - x, h - RULER);
    }
    if (x < -40) return;
    if (beat.rank === "bar") {
      if (x - lastBarX < 6) return;
      context.globalAlpha = 0.5;
      context.strokeStyle = colours.ink;
      line(context, x, 8, x, h);
      if (x - lastBarX > 26 || lastBarX < -500) {
        context.globalAlpha = 0.9;
        context.fillStyle = colours.ink;
        context.fillText(String(beat.bar), x + 3, 15);
        lastBarX = x;
      }
    } else if (groupWidth > (beat.rank === "group" ? 8 : 40)) {
      context.globalAlpha = beat.rank === "group" ? 0.25 : 0.12;
      context.strokeStyle = colours.ink;
      line(context, x, beat.rank === "group" ? 18 : RULER, x, h);
    }
  });
  if (all.length === 0) {
    // free rhythm: seconds
    const step = [1, 5, 10, 30, 60].find((seconds) => (seconds * 48_000) / perPixel() > 60) ?? 120;
    context.globalAlpha = 0.6;
    context.fillStyle = colours.ink;
    for (let s = Math.floor(from() / 48_000 / step) * step; s * 48_000 < far; s += step) context.fillText(clock(s * 48_000), xOf(s * 48_000) + 3, 15);
  }
  // meter and tempo, form
  const meterY = tops[rows.findIndex((row) => row.kind === "meter")] ?? 0;
  const formY = tops[rows.findIndex((row) => row.kind === "form")] ?? 0;
  if (heard) {
    let said = "";
    heard.downbeats.forEach((at, i) => {
      const meter = meterAt(heard, i + 1);
      const text = `${meter.groups.join("+")}/${meter.unit}`;
      const x = xOf(at * 48_000);
      if (text === said || x > w) return;
      said = text;
      context.globalAlpha = 1;
      context.fillStyle = colours.ochre;
      if (x > -80) context.fillText(text, x + 3, meterY + LANE / 2);
    });
    const tempo = heard.tempo ?? [];
    if (tempo.length > 1) {
      const values = tempo.map((one) => one.pulsesPerMinute).sort((a, b) => a - b);
      const [low, high] = [(values[0] as number) * 0.95, (values.at(-1) as number) * 1.05];
      context.globalAlpha = 0.8;
      context.strokeStyle = colours.sky;
      context.beginPath();
      for (const one of tempo) context.lineTo(xOf(one.at * 48_000), meterY + LANE - 3 - ((one.pulsesPerMinute - low) / (high - low)) * (LANE - 6));
      context.stroke();
    }
    for (const section of heard.form) {
      const [x, end] = [xOf(section.fromSec * 48_000), xOf(section.toSec * 48_000)];
      if (end < 0 || x > w) continue;
      context.globalAlpha = 0.18 + 0.2 * section.confidence;
      context.fillStyle = colours.sky;
      context.fillRect(x + 1, formY + 2, end - x - 2, LANE - 4);
      context.globalAlpha = 1;
      context.fillStyle = colours.ink;
      context.fillText(ownWord(language(), "section", section.label), Math.max(4, x + 5), formY + LANE / 2, Math.max(10, end - x - 10));
    }
  }
  context.globalAlpha = 0.3;
  context.strokeStyle = colours.line;
  for (const y of tops) line(context, 0, y + 0.5, w, y + 0.5);
  context.globalAlpha = 1;
}
function line(context: CanvasRenderingContext2D, x1: number, y1: number, x2: number, y2: number): void {
  context.beginPath();
  context.moveTo(x1, y1);
  context.lineTo(x2, y2);
  context.stroke();
}
function drawClip(context: CanvasRenderingContext2D, clip: Clip, y: number, height: number, w: number, colours: Colours): void {
  drawSound(context, clip, y, height, w, colours, clip.mute ? 0.25 : 0.9);
  const [x, end] = [xOf(clip.at), xOf(clip.at + clip.length)];
  context.globalAlpha = 0.7;
  context.strokeStyle = colours.ochre;
  if (clip.fadeIn > 480) line(context, x, y + height - 4, xOf(clip.at + clip.fadeIn), y + 4);
  if (clip.fadeOut > 480) line(context, xOf(clip.at + clip.length - clip.fadeOut), y + 4, end, y + height - 4);
  context.globalAlpha = 1;
}
function drawSound(context: CanvasRenderingContext2D, piece: Clip | Take, y: number, height: number, w: number, colours: Colours, alpha: number): void {
  const rate = "rate" in piece ? piece.rate : 1;
  const gain = "gainDb" in piece ? 10 ** (piece.gainDb / 20) : 1;
  const sound =
    sounds().get(clipName({ asset: piece.asset, rate: 1, cents: 0 }, session().song.recording?.asset)) ??
    sounds().get(clipName({ asset: piece.asset, rate, cents: "cents" in piece ? piece.cents : 0 }, session().song.recording?.asset));
  const channel = sound?.[0];
  if (!channel || channel.length === 0) return;
  const [x0, x1] = [Math.max(0, Math.floor(xOf(piece.at))), Math.min(w, Math.ceil(xOf(piece.at + piece.length)))];
  if (x1 <= x0) return;
  const middle = y + height / 2;
  const scale = (height / 2 - 6) * gain;
  context.globalAlpha = alpha;
  context.fillStyle = colours.sky;
  const start = piece.from + (frameAt(x0) - piece.at) * rate;
  eachColumn(channel, peaksFor(channel), start, perPixel() * rate, x1 - x0, (x, low, high) => {
    const [top, bottom] = [Math.max(y + 3, middle - high * scale), Math.min(y + height - 3, middle - low * scale)];
    context.fillRect(x0 + x, top, 1, Math.max(1, bottom - top));
  });
  context.globalAlpha = 1;
}
/** What a part of the blend plays: each event a stroke, higher ones higher. */
function drawPart(context: CanvasRenderingContext2D, id: string, y: number, height: number, w: number, colours: Colours): void {
  const events = plan()?.strips.find((strip) => strip.id === id)?.events ?? [];
  if (events.length === 0) return;
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const event of events) {
    low = Math.min(low, event.cents);
    high = Math.max(high, event.cents);
  }
  const range = Math.max(100, high - low);
  context.fillStyle = made()?.report.choices.seeds[id] === undefined ? colours.ochre : colours.red;
  const far = frameAt(w);
  for (const event of events) {
    if (event.frame > far) break;
    const x = xOf(event.frame);
    const long = Math.min(event.length, 480_000) / perPixel();
    if (x + long < 0) continue;
    context.globalAlpha = 0.35 + 0.6 * event.velocity;
    context.fillRect(x, y + height - 7 - ((event.cents - low) / range) * (height - 12), Math.max(2, long - 1), 3);
  }
  context.globalAlpha = 1;
}
