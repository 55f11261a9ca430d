import { eachColumn } from "@kuishi/draw";
import type { JSX } from "solid-js";
import { frameAt, from, perPixel, setFrom, width } from "../../state/axis.ts";
import { choices } from "../../state/choices.ts";
import { language, t } from "../../state/language.ts";
import { ending, plan } from "../../state/sound.ts";
import { loop, position, seek } from "../../state/transport.ts";
import { tune } from "../../state/tune.ts";
import { currentVariation } from "../../state/variations.ts";
import { Canvas, type Colours, FACE } from "../canvas.tsx";
import { chip, fitted, frame } from "./geometry.ts";
import { shownSections } from "./sections.ts";
import { drawnGain, peaksFor } from "./sound.ts";

/** The whole tune at a glance: sections, waveform, energy, and the window that the view below shows; dragging moves it. */
export function Overview(): JSX.Element {
  const frames = (): number => Math.max(1, ending());
  const draw = (context: CanvasRenderingContext2D, w: number, h: number, colours: Colours): void => {
    const x = (at: number): number => (at / frames()) * w;
    context.font = `11px ${FACE}`;
    context.textBaseline = "alphabetic";
    for (const section of shownSections()) {
      const [a, b] = [x(frame(section.from)), x(frame(section.to))];
      context.fillStyle = colours[section.family];
      context.globalAlpha = 0.2;
      context.fillRect(a, 0, b - a - 1, h);
      context.globalAlpha = 1;
      context.fillRect(a, 0, b - a - 1, 3);
    }
    const channel = tune()?.channels[0];
    if (channel) {
      const played = x(position());
      const half = (h - 20) / 2;
      const tall = half * drawnGain(channel);
      eachColumn(channel, peaksFor(channel), 0, frames() / w, w, (column, low, high) => {
        context.globalAlpha = column < played ? 0.9 : 0.5;
        context.fillStyle = column < played ? colours.sky : colours.dim;
        if (column % 2 === 0) context.fillRect(column, 19 + half - high * tall, 1.4, Math.max(1, (high - low) * tall));
      });
    }
    const energy = choices().energy.length > 0 ? choices().energy : currentVariation()?.report.energy;
    if (energy) {
      context.globalAlpha = 0.9;
      context.strokeStyle = colours.gold;
      context.lineWidth = 1.5;
      context.beginPath();
      for (const [at, level] of energy) context.lineTo(x(frame(at)), h - 3 - level * (h - 12));
      context.stroke();
    }
    context.globalAlpha = 1;
    context.fillStyle = colours.ink;
    for (const section of shownSections()) {
      const [a, b] = [x(frame(section.from)), x(frame(section.to))];
      context.fillText(fitted(context, section.name, b - a - 10), a + 6, 15);
    }
    const passage = loop();
    if (passage) {
      context.globalAlpha = 0.25;
      context.fillStyle = colours.gold;
      context.fillRect(x(passage.from), 3, x(passage.to) - x(passage.from), h);
    }
    // what is seen below
    const [a, b] = [Math.max(1, x(from())), Math.min(w - 1, x(frameAt(width())))];
    context.globalAlpha = 0.08;
    context.fillStyle = colours.ink;
    context.fillRect(a, 1, b - a, h - 2);
    context.globalAlpha = 1;
    context.strokeStyle = colours.ink;
    context.lineWidth = 1.5;
    context.strokeRect(a, 1, b - a, h - 2);
    context.fillStyle = colours.ink;
    chip(context, x(position()) - 1, 0, 2, h, 1);
  };
  let moved = false;
  const at = (event: PointerEvent & { currentTarget: HTMLElement }): number => {
    const box = event.currentTarget.getBoundingClientRect();
    return ((event.clientX - box.left) / box.width) * frames();
  };
  return (
    <div
      class="overview"
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        moved = false;
      }}
      onPointerMove={(event) => {
        if (!event.currentTarget.hasPointerCapture(event.pointerId)) return;
        moved ||= Math.abs(event.movementX) > 0;
        if (moved) setFrom(Math.max(0, at(event) - (width() * perPixel()) / 2));
      }}
      onPointerUp={(event) => {
        if (!moved) seek(at(event));
      }}
    >
      <Canvas
        class="picture"
        label={t("ui.form")}
        on={() => [tune(), plan(), currentVariation(), choices(), from(), perPixel(), width(), loop(), Math.round((position() / frames()) * 600), language()]}
        draw={draw}
      />
    </div>
  );
}
