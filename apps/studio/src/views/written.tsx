import type { BarPlace, Engraved } from "@kuishi/engrave";
import { barAt, momentAt, placeOf, type ScorePlace } from "@kuishi/engrave/places";
import { type Score, wholes } from "@kuishi/score";
import { createEffect, createMemo, createSignal, For, type JSX, onCleanup, onMount, Show } from "solid-js";
import { t } from "../state/language.ts";
import { loop, looping, playing, position, seek, setLoop, setLooping, togglePlay } from "../state/transport.ts";
import type { Written } from "../state/written.ts";
import { PrintButton } from "./printbutton.tsx";

/** Pixels of a unit: a staff is 27 px high. */
const UNIT = 0.75;
/** Widths are drawn in steps, so that a window that is being dragged is not drawn anew at every pixel. */
const WIDTH_STEP_PX = 40;

interface Drawn extends Engraved {
  readonly svg: string;
}
async function draw({ score, width, parts }: { readonly score: Score; readonly width: number; readonly parts: readonly string[] }): Promise<Drawn> {
  const { engrave, svgOf } = await import("../state/score-files.ts");
  const engraved = engrave(score, { width, parts });
  return { ...engraved, svg: svgOf(engraved.blocks, engraved.width, engraved.height) };
}

/** A score as it was written: parts chosen, the playhead in it, a click plays from there, bars that are dragged over go round. */
export function WrittenScore(props: { readonly written: Written; readonly name: string }): JSX.Element {
  const [width, setWidth] = createSignal(0);
  const [hidden, setHidden] = createSignal<ReadonlySet<string>>(new Set());
  const parts = createMemo(() => props.written.score.parts.filter(({ id }) => !hidden().has(id)).map(({ id }) => id));
  const [drawn, setDrawn] = createSignal<Drawn | "failed">();
  createEffect(() => {
    if (width() === 0) return;
    let stale = false;
    onCleanup(() => {
      stale = true;
    });
    void draw({ score: props.written.score, width: width(), parts: parts() })
      .catch(() => "failed" as const)
      .then((picture) => stale || setDrawn(picture));
  });
  const toggle = (id: string): void => {
    const next = new Set(hidden());
    if (!next.delete(id) && parts().length > 1) next.add(id);
    setHidden(next);
  };
  let room!: HTMLDivElement;
  onMount(() => {
    const watch = new ResizeObserver(() => setWidth(Math.max(WIDTH_STEP_PX * 10, Math.floor(room.clientWidth / UNIT / WIDTH_STEP_PX) * WIDTH_STEP_PX)));
    watch.observe(room);
    onCleanup(() => watch.disconnect());
  });
  return (
    <section class="written" aria-label={t("written.title")}>
      <div class="written-tools">
        <Show when={props.written.score.parts.length > 1}>
          <fieldset>
            <legend class="fine">{t("written.parts")}</legend>
            <For each={props.written.score.parts}>
              {(part, k) => (
                <button type="button" aria-pressed={!hidden().has(part.id)} onClick={() => toggle(part.id)}>
                  {part.name || `${k() + 1}`}
                </button>
              )}
            </For>
          </fieldset>
        </Show>
        <PrintButton score={() => props.written.score} name={props.name} parts={parts()} />
      </div>
      <div class="written-room" ref={room}>
        <Show when={drawn()} fallback={<p class="waiting">{t("written.drawing")}</p>}>
          {(picture) => (
            <Show when={shown(picture())} fallback={<p class="notice">{t("written.failed")}</p>}>
              {(own) => <Picture drawn={own()} written={props.written} />}
            </Show>
          )}
        </Show>
      </div>
      <p class="fine">{t("written.hint")}</p>
    </section>
  );
}

const shown = (drawn: Drawn | "failed"): Drawn | undefined => (drawn === "failed" ? undefined : drawn);

function Picture(props: { readonly drawn: Drawn; readonly written: Written }): JSX.Element {
  const places = createMemo(() => new Map(props.drawn.bars.map((place) => [place.bar, place])));
  const lengthOf = (bar: number): number => wholes(props.written.score.bars[bar]?.length ?? [1, 1]);
  /** Which of the bars played sounds at a frame. */
  const turnAt = (frame: number): number =>
    Math.max(
      0,
      props.written.played.findLastIndex(({ from }) => from <= frame),
    );
  const turn = createMemo(() => turnAt(position()));
  const place = createMemo(() => places().get(props.written.played[turn()]?.bar ?? -1));
  const playhead = (): number | undefined => {
    const [own, now] = [place(), props.written.played[turn()]];
    if (!own || !now) return undefined;
    const gone = Math.min(1, Math.max(0, (position() - now.from) / Math.max(1, now.to - now.from)));
    return placeOf(own, gone * lengthOf(now.bar), lengthOf(now.bar));
  };
  /** The frame of a moment; of a bar that is played again, the time nearest to where the playhead is. */
  const frameOf = ({ bar, at }: ScorePlace): number | undefined => {
    const times = props.written.played.filter((one) => one.bar === bar);
    const away = ({ from, to }: (typeof times)[number]): number => Math.max(0, from - position(), position() - to);
    const nearest = times.toSorted((a, b) => away(a) - away(b))[0];
    return nearest && nearest.from + ((nearest.to - nearest.from) * at) / lengthOf(bar);
  };
  const play = (moment: ScorePlace): void => {
    const frame = frameOf(moment);
    if (frame === undefined) return;
    seek(frame);
    if (!playing()) void togglePlay();
  };
  const goRound = (a: number, b: number): void => {
    const [first, last] = [frameOf({ bar: Math.min(a, b), at: 0 }), frameOf({ bar: Math.max(a, b), at: lengthOf(Math.max(a, b)) })];
    if (first === undefined || last === undefined || last <= first) return;
    setLoop({ from: first, to: last });
    setLooping(true);
    if (position() < first || position() >= last) seek(first);
  };
  const inLoop = (bar: number): boolean => {
    const passage = looping() ? loop() : null;
    return passage !== null && props.written.played.some((one) => one.bar === bar && one.from >= passage.from - 64 && one.to <= passage.to + 64);
  };
  let marker: HTMLElement | undefined;
  // the page goes with the music when it comes to another line
  createEffect(() => {
    if (place()?.y !== undefined && playing()) marker?.scrollIntoView({ block: "nearest" });
  });
  const percent = (bar: BarPlace): JSX.CSSProperties => ({
    left: `${(bar.x / props.drawn.width) * 100}%`,
    top: `${(bar.y / props.drawn.height) * 100}%`,
    width: `${(bar.width / props.drawn.width) * 100}%`,
    height: `${(bar.height / props.drawn.height) * 100}%`,
  });
  const { down, move, up, from, to } = dragging(() => props.drawn, { play, goRound });
  const chosen = (bar: number): boolean => from() !== undefined && to() !== undefined && bar >= Math.min(from()!, to()!) && bar <= Math.max(from()!, to()!);
  return (
    <figure class="written-picture" onPointerDown={down} onPointerMove={move} onPointerUp={up}>
      {/* The picture is drawn by our own code from a score; its bars are buttons over it. */}
      <div innerHTML={props.drawn.svg} aria-hidden="true" />
      <For each={props.drawn.bars}>
        {(bar) => (
          <button
            type="button"
            classList={{ now: place()?.bar === bar.bar, round: inLoop(bar.bar) || chosen(bar.bar) }}
            style={percent(bar)}
            aria-label={t("ui.bar", { bar: props.written.score.bars[bar.bar]?.number ?? bar.bar + 1 })}
            onKeyDown={(event) => {
              if (event.key !== "Enter") return;
              event.preventDefault();
              if (event.shiftKey) goRound(props.written.played[turn()]?.bar ?? bar.bar, bar.bar);
              else play({ bar: bar.bar, at: 0 });
            }}
          />
        )}
      </For>
      <Show when={place()}>
        {(own) => (
          <i
            class="written-playhead"
            ref={marker}
            style={{ left: `${((playhead() ?? 0) / props.drawn.width) * 100}%`, top: percent(own()).top!, height: percent(own()).height! }}
          />
        )}
      </Show>
    </figure>
  );
}

/** A press plays, a drag from bar to bar chooses what goes round. */
function dragging(drawn: () => Drawn, does: { readonly play: (moment: ScorePlace) => void; readonly goRound: (from: number, to: number) => void }) {
  const [from, setFrom] = createSignal<number>();
  const [to, setTo] = createSignal<number>();
  const point = (event: PointerEvent & { readonly currentTarget: HTMLElement }): readonly [number, number] => {
    const box = event.currentTarget.getBoundingClientRect();
    return [((event.clientX - box.left) / box.width) * drawn().width, ((event.clientY - box.top) / box.height) * drawn().height];
  };
  type Pointer = PointerEvent & { readonly currentTarget: HTMLElement };
  const down = (event: Pointer): void => {
    if (event.button === 0) setFrom(barAt(drawn().bars, ...point(event))?.bar);
  };
  const move = (event: Pointer): void => {
    if (from() === undefined || event.buttons === 0) return;
    const bar = barAt(drawn().bars, ...point(event))?.bar;
    if (bar !== from() || to() !== undefined) setTo(bar);
  };
  const up = (event: Pointer): void => {
    const [first, last] = [from(), to()];
    setFrom(undefined);
    setTo(undefined);
    if (first === undefined) return;
    const moment = momentAt(drawn().bars, ...point(event));
    if (last !== undefined) does.goRound(first, last);
    else if (moment) does.play(moment);
  };
  return { down, move, up, from, to };
}
