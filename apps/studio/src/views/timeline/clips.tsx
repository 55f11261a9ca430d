import { SAMPLE_RATE } from "@kuishi/base";
import { type Clip, comp, duplicate, fade, type Marker, move, RECORDING_TRACK, slip, split, stretch, type Take, trim } from "@kuishi/project";
import type { Key } from "@kuishi/words";
import { createSignal, type JSX } from "solid-js";
import { perPixel, snapped, stepped } from "../../state/axis.ts";
import { t } from "../../state/language.ts";
import { edit, session } from "../../state/project.ts";
import { here, loop, looping, seek } from "../../state/transport.ts";
import { barText, clock } from "../transport.tsx";
import { act, framesOf, selected, setSelected } from "./selection.ts";

const KEYS_BY = 2400;
/** A clip as a button: dragged by its middle it moves, by its edges it is trimmed; every key of the sheet works when it has the focus. */
export function ClipButton(props: { readonly clip: Clip; readonly height: number; readonly tracks: readonly string[] }): JSX.Element {
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
    const acts: Readonly<Record<string, () => void>> = {
      KeyS: () => act("split", id, (draft) => void split(draft, id, here())),
      KeyD: () => act("duplicate", id, (draft) => void duplicate(draft, id)),
      KeyM: () => act("muteClip", id, (draft) => draft.set("clip", id, { mute: !own.mute })),
      Delete: () => act("remove", id, (draft) => draft.remove(id)),
      Backspace: () => act("remove", id, (draft) => draft.remove(id)),
      BracketLeft: () => act("trim", id, (draft) => trim(draft, id, "start", here(), framesOf(own))),
      BracketRight: () => act("trim", id, (draft) => trim(draft, id, "end", here(), framesOf(own))),
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
      aria-label={t("clip.label", { name: name(), at: barText(clip().at), clock: clock(clip().at), seconds: (clip().length / SAMPLE_RATE).toFixed(1) })}
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
export function TakeButton(props: { readonly take: Take }): JSX.Element {
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

/** A marker: Enter goes there, arrows move it by the grid, Delete removes it. */
export function MarkerButton(props: { readonly marker: Marker }): JSX.Element {
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

/** Everything that can be done to the chosen clip, for fingers. */
export function ClipTools(props: { readonly clip: Clip }): JSX.Element {
  const id = (): string => props.clip.id;
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
  readonly name: Key;
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
