import { meterAt } from "@kuishi/score";
import { numberIn } from "@kuishi/words";
import type { JSX } from "solid-js";
import { frameAt, from, perPixel, snapped, width, xOf } from "../../state/axis.ts";
import { language, t } from "../../state/language.ts";
import { plan } from "../../state/sound.ts";
import { beats, loop, looping, seek, setLoop, setLooping } from "../../state/transport.ts";
import { tune } from "../../state/tune.ts";
import { currentVariation } from "../../state/variations.ts";
import { Canvas, type Colours, FACE } from "../canvas.tsx";
import { Playhead } from "../playhead.tsx";
import { clock } from "../transport.tsx";
import { chip, frame, stroke } from "./geometry.ts";

/** How reasons of what sounds together are coded. */
const SONORITY = /^why\.sonority\./;
/** Heights of the rows: bars with their groups, meter and tempo, harmony. */
const [BARS, TEMPO, HARMONY] = [24, 20, 18];
export const RULER_HEIGHT = BARS + TEMPO + HARMONY;

/** Bars as groups, drawn from the top down to a height. */
function drawBars(context: CanvasRenderingContext2D, w: number, colours: Colours): void {
  const all = beats();
  let last = -1000;
  context.font = `600 12px ${FACE}`;
  for (const beat of all) {
    const x = xOf(beat.at);
    if (x < -60 || x > w) continue;
    const bar = beat.rank === "bar";
    if (beat.rank === "pulse" && perPixel() > 500) continue;
    context.globalAlpha = bar ? 0.8 : beat.rank === "group" ? 0.4 : 0.18;
    context.strokeStyle = colours.dim;
    stroke(context, x, bar ? 3 : beat.rank === "group" ? 10 : 17, x, BARS);
    if (!bar || x - last < 30) continue;
    last = x;
    context.globalAlpha = 1;
    context.fillStyle = colours.ink;
    context.fillText(String(beat.bar), x + 5, 12);
  }
  if (all.length > 0) return;
  // free rhythm: seconds
  const step = [1, 5, 10, 30, 60].find((seconds) => frame(seconds) / perPixel() > 60) ?? 120;
  context.fillStyle = colours.dim;
  for (let s = Math.floor(from() / 48_000 / step) * step; frame(s) < frameAt(w); s += step) context.fillText(clock(frame(s)), xOf(frame(s)) + 3, 12);
}

/** Meter where it changes, and the tempo as it breathes. */
function drawTempo(context: CanvasRenderingContext2D, w: number, colours: Colours): void {
  const heard = tune()?.heard;
  if (!heard) return;
  const tempo = heard.tempo ?? [];
  const values = tempo.map((one) => one.pulsesPerMinute);
  const [low, high] = [Math.min(...values) * 0.97, Math.max(...values) * 1.03];
  context.globalAlpha = 0.9;
  context.lineWidth = 1.5;
  context.strokeStyle = colours.gold;
  context.beginPath();
  for (const one of tempo) context.lineTo(xOf(frame(one.at)), BARS + TEMPO - 4 - ((one.pulsesPerMinute - low) / (high - low)) * (TEMPO - 8));
  if (tempo.length > 1) context.stroke();
  context.lineWidth = 1;
  context.font = `11px ${FACE}`;
  let [said, end] = ["", -1000];
  heard.downbeats.forEach((at, i) => {
    const meter = meterAt(heard, i + 1);
    const text = `${meter.groups.join("+")}/${meter.unit}`;
    const x = xOf(frame(at));
    if (text === said || x > w || x < end) return;
    said = text;
    end = x + context.measureText(text).width + 12;
    if (x < -80) return;
    context.globalAlpha = 0.85;
    context.fillStyle = colours.s1;
    context.fillRect(x + 2, BARS + 3, end - x - 6, TEMPO - 5);
    context.globalAlpha = 1;
    context.fillStyle = colours.gold;
    context.fillText(text, x + 5, BARS + TEMPO / 2);
  });
}

/** What the blend's harmony stands on, where it changes. */
function drawHarmony(context: CanvasRenderingContext2D, w: number, colours: Colours): void {
  const parts = currentVariation()?.report.parts ?? [];
  const carrier = parts.find((part) => part.why.some((event) => SONORITY.test(event.code))) ?? parts.find((part) => part.why[0]?.code === "why.drone.pa");
  const changes = (carrier?.why ?? []).filter((event, k, all) => k === 0 || event.at > all[k - 1]!.at + 0.05);
  const end = currentVariation()?.report.sections.at(-1)?.to ?? 0;
  changes.forEach((event, k) => {
    const [x, to] = [xOf(frame(event.at)), xOf(frame(changes[k + 1]?.at ?? end))];
    if (to < 0 || x > w || to - x < 4) return;
    context.globalAlpha = 1;
    context.fillStyle = colours.s3;
    chip(context, x + 1, BARS + TEMPO + 1, to - x - 3, HARMONY - 4, 4);
    const name = SONORITY.test(event.code) ? t(`harmony.${event.code.replace(SONORITY, "")}` as "harmony.quint") : t("ui.colour.drone");
    context.fillStyle = colours.ink;
    const degree = event.params?.["degree"];
    if (to - x > 24)
      context.fillText(degree ? `${numberIn(language(), Number(degree))} · ${name}` : name, Math.max(4, x + 7), BARS + TEMPO + HARMONY / 2 - 1, to - x - 12);
  });
}

/** Where in time: a click goes there, a drag makes a loop. The position slider and the keys A and E do the same by keyboard. */
export function Ruler(): JSX.Element {
  let startX = 0;
  let dragging = false;
  const place = (event: PointerEvent & { currentTarget: HTMLElement }): number => event.clientX - event.currentTarget.getBoundingClientRect().left;
  const draw = (context: CanvasRenderingContext2D, w: number, h: number, colours: Colours): void => {
    context.textBaseline = "middle";
    const passage = loop();
    if (passage) {
      context.globalAlpha = looping() ? 0.35 : 0.15;
      context.fillStyle = colours.gold;
      context.fillRect(xOf(passage.from), 0, (passage.to - passage.from) / perPixel(), h);
    }
    drawBars(context, w, colours);
    drawTempo(context, w, colours);
    drawHarmony(context, w, colours);
    context.globalAlpha = 1;
  };
  return (
    <div
      class="scrub"
      style={{ height: `${RULER_HEIGHT}px` }}
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
        if (b <= a) return;
        setLoop({ from: a, to: b });
        setLooping(true);
      }}
      onPointerUp={(event) => {
        if (!dragging) seek(frameAt(place(event)));
      }}
    >
      <Canvas
        class="picture"
        on={() => [tune(), plan(), currentVariation(), beats(), from(), perPixel(), width(), loop(), looping(), language()]}
        draw={draw}
      />
      <Playhead />
    </div>
  );
}
