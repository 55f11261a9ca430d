import { eachColumn, type Peaks, peaksOf } from "@kuishi/draw";
import { clipName } from "@kuishi/flow";
import type { Clip, Take } from "@kuishi/project";
import { meterAt } from "@kuishi/score";
import { ownWord } from "@kuishi/words";
import { frameAt, from, perPixel, xOf } from "../../state/axis.ts";
import { language } from "../../state/language.ts";
import { session } from "../../state/project.ts";
import { beats, loop, looping } from "../../state/transport.ts";
import { made, plan, sounds, tune } from "../../state/tune.ts";
import type { Colours } from "../canvas.tsx";
import { clock } from "../transport.tsx";
import { LANE, type Row, RULER } from "./rows.ts";

const peaks = new WeakMap<Float32Array, Peaks>();
function peaksFor(channel: Float32Array): Peaks {
  const own = peaks.get(channel) ?? peaksOf(channel);
  peaks.set(channel, own);
  return own;
}

/** Bars as groups, meter and tempo, form, loop: what lies behind the tracks. */
export function drawGrid(context: CanvasRenderingContext2D, w: number, h: number, colours: Colours, tops: readonly number[], rows: readonly Row[]): void {
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
/** A clip's sound and its fades. */
export function drawClip(context: CanvasRenderingContext2D, clip: Clip, y: number, height: number, w: number, colours: Colours): void {
  drawSound(context, clip, y, height, w, colours, clip.mute ? 0.25 : 0.9);
  const [x, end] = [xOf(clip.at), xOf(clip.at + clip.length)];
  context.globalAlpha = 0.7;
  context.strokeStyle = colours.ochre;
  if (clip.fadeIn > 480) line(context, x, y + height - 4, xOf(clip.at + clip.fadeIn), y + 4);
  if (clip.fadeOut > 480) line(context, xOf(clip.at + clip.length - clip.fadeOut), y + 4, end, y + height - 4);
  context.globalAlpha = 1;
}
/** The sound of a clip or a take, as much of it as is in sight. */
export function drawSound(context: CanvasRenderingContext2D, piece: Clip | Take, y: number, height: number, w: number, colours: Colours, alpha: number): void {
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
export function drawPart(context: CanvasRenderingContext2D, id: string, y: number, height: number, w: number, colours: Colours): void {
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
