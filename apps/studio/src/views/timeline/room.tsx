import { type Snap, snaps } from "@kuishi/flow";
import { addTrack, type Clip } from "@kuishi/project";
import { ownWord } from "@kuishi/words";
import { createEffect, createMemo, For, type JSX, on, Show } from "solid-js";
import { from, perPixel, setFrom, setSnap, snap, snapped, width, zoom } from "../../state/axis.ts";
import { language, t } from "../../state/language.ts";
import { isNoteTrack } from "../../state/notes.ts";
import { bringFile, edit, session } from "../../state/project.ts";
import { clipped, level, monitoring, recording, setMonitoring } from "../../state/recorder.ts";
import { ending, lengthOf, plan, sounds } from "../../state/sound.ts";
import { beats, countIn, here, loop, looping, position, setCountIn } from "../../state/transport.ts";
import { tune } from "../../state/tune.ts";
import { fail, setSheet } from "../../state/ui.ts";
import { partKind } from "../../state/variations.ts";
import { ByKey } from "../bykey.tsx";
import { Canvas, type Colours } from "../canvas.tsx";
import { familyOf } from "../family.ts";
import { FileButton } from "../filebutton.tsx";
import { NoteEditor } from "../notes/editor.tsx";
import { Playhead } from "../playhead.tsx";
import { drawPart } from "../tune/drawpart.ts";
import { ClipButton, ClipTools, MarkerButton, TakeButton } from "./clips.tsx";
import { drawClip, drawGrid, drawSound } from "./draw.ts";
import { Head } from "./head.tsx";
import { type Row, rowsOf, topsOf } from "./rows.ts";
import { clipsOf, openTakes, selected, wholeRecording } from "./selection.ts";

const countInChoices = [0, 1, 2] as const;

/** Time from left to right, a row for each track: clips are buttons, so that hand, keyboard and screen reader have the same. */
export function Timeline(): JSX.Element {
  let scroller!: HTMLDivElement;
  const rows = createMemo(() =>
    rowsOf({ session: session(), strips: plan()?.strips ?? [], open: openTakes(), recording: ownWord(language(), "part", "recording") }),
  );
  const tops = createMemo(() => topsOf(rows()));
  const total = (): number => (ending() || 480_000) * 1.05;
  // what scrolls is the axis; the scroll bar shows where it stands
  createEffect(
    on([from, perPixel], () => {
      const x = from() / perPixel();
      if (Math.abs(scroller.scrollLeft - x) > 1) scroller.scrollLeft = x;
    }),
  );
  const draw = (context: CanvasRenderingContext2D, w: number, h: number, colours: Colours): void => {
    drawGrid(context, w, h, colours, tops().slice(0, -1));
    rows().forEach((row, k) => {
      const y = tops()[k]!;
      if (isNoteTrack(row.id)) drawPart(context, row.id, "lilac", y, row.height, w, colours);
      if (row.kind === "clips") for (const clip of clipsOf(row.id)) drawClip(context, clip, y, row.height, w, colours);
      else if (row.kind === "take") drawSound(context, row.take, y, row.height, w, colours, 0.6);
      else if (row.kind === "part") drawPart(context, row.id, familyOf(partKind(row.id)), y, row.height, w, colours);
    });
  };
  const importFile = async (file: File): Promise<void> => {
    try {
      const entry = await bringFile(file);
      const frames = await lengthOf(file);
      if (frames === undefined) return;
      edit("import", (draft) => {
        const asset = draft.newId("asset");
        draft.put({ id: asset, kind: "asset", name: file.name, entry, frames, origin: "file" });
        const track = addTrack(draft, file.name.replace(/\.[^.]*$/, ""));
        draft.put({ ...wholeRecording(), id: draft.newId("clip"), track, asset, at: snapped(position()), length: frames, fadeOut: 240 });
      });
    } catch (error) {
      fail(error);
    }
  };
  const chosen = (): Clip | undefined => [...session().clips, ...(tune() ? [wholeRecording()] : [])].find((clip) => clip.id === selected());
  return (
    <>
      <section class="timeline stage whole" aria-label={t("room.tracks")}>
        <div class="bar tools">
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
          <button type="button" id="add-track" onClick={() => edit("track", (draft) => void addTrack(draft))}>
            {t("track.add")}
          </button>
          <FileButton id="import" accept="audio/*,.opus,.ogg,.flac,.wav,.mp3,.m4a" onFile={(file) => void importFile(file)}>
            {t("track.import")}
          </FileButton>
          <button
            type="button"
            id="add-marker"
            onClick={() =>
              edit("marker", (draft) => draft.put({ id: draft.newId("marker"), kind: "marker", at: here(), name: String(draft.session.markers.length + 1) }))
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
            <meter min="0" max="1" low={0.5} high={0.9} value={level()} aria-label={t("ui.live.level")} />
            <Show when={clipped()}>
              <span class="notice">{t("ui.live.clips")}</span>
            </Show>
          </Show>
        </div>
        <Show when={chosen()}>{(clip) => <ClipTools clip={clip()} />}</Show>
        <div class="tracks-grid">
          <ul class="heads" style={{ height: `${tops().at(-1)}px` }}>
            <ByKey each={rows()} by={(row) => `${row.kind}/${row.id}`}>
              {(row, k) => <Head row={row()} top={tops()[k()]!} />}
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
            <div class="inside" style={{ width: `${total() / perPixel()}px`, height: `${tops().at(-1)}px` }}>
              <div class="window" style={{ width: `${width()}px` }}>
                <Canvas
                  class="picture"
                  on={() => [rows(), from(), perPixel(), width(), session(), plan(), sounds(), beats(), selected(), loop(), looping()]}
                  draw={draw}
                />
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
      <NoteEditor />
    </>
  );
}
