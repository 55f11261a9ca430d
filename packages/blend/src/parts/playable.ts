import type { Cents, Seconds } from "@kuishi/base";
import { neckOf } from "./fingering.ts";
import type { BlendEvent, Part } from "./ground.ts";

/** Something no player could do. */
export interface Violation {
  readonly part: string;
  readonly at: Seconds;
  readonly what: "string" | "fret" | "reach" | "together" | "range" | "breath";
}

/** The balaban's compass (instrument_ranges.json: root about A3, a ninth to an eleventh; other sizes a fifth off), and one breath. */
export const BALABAN = { low: 4800, high: 8100, breathSec: 10 } as const;

/** What a human could not play of a part: strings, frets and reach of plucked ones, range and breath of winds. */
export function violations(part: Part): Violation[] {
  const { source } = part;
  if (source.kind === "plucked") return plucked(part, source.model);
  if (source.kind === "balaban") return blown(part, source.steady);
  return [];
}

function plucked(part: Part, model: string): Violation[] {
  const neck = neckOf(model, 0, []);
  const open = part.open ?? neck.open;
  const out: Violation[] = [];
  let chord: { event: BlendEvent; fret: number }[] = [];
  const close = (): void => {
    const stopped = chord.filter((one) => one.fret > 0.4).map((one) => one.fret);
    const at = chord[0]?.event.at ?? 0;
    if (stopped.length > 0 && Math.max(...stopped) - Math.min(...stopped) > neck.span + 0.01) out.push({ part: part.id, at, what: "reach" });
    if (new Set(chord.map((one) => one.event.voice)).size < chord.length) out.push({ part: part.id, at, what: "together" });
    chord = [];
  };
  for (const event of part.events) {
    const nut = open[Number(event.voice)];
    if (nut === undefined) {
      out.push({ part: part.id, at: event.at, what: "string" });
      continue;
    }
    const fret = (event.cents - nut) / 100;
    if (fret < -0.3 || fret > neck.frets + 0.6) out.push({ part: part.id, at: event.at, what: "fret" });
    if (chord.length > 0 && event.at - (chord[0] as { event: BlendEvent }).event.at > 0.035) close();
    chord.push({ event, fret });
  }
  close();
  return out;
}

function blown(part: Part, circular: boolean): Violation[] {
  const out: Violation[] = [];
  let [breath, end] = [-1, -1];
  for (const event of part.events) {
    if (event.cents < BALABAN.low - 30 || event.cents > BALABAN.high + 30) out.push({ part: part.id, at: event.at, what: "range" });
    if (event.at < end - 0.06) out.push({ part: part.id, at: event.at, what: "together" });
    if (event.at > end + 0.15) breath = event.at;
    end = event.at + event.length;
    if (!circular && end - breath > BALABAN.breathSec + 0.5) out.push({ part: part.id, at: event.at, what: "breath" });
  }
  return out;
}

/** A pitch moved by octaves into a range; the nearest end's octave where the range is narrower. */
export function within(cents: Cents, low: Cents, high: Cents): Cents {
  let out = cents;
  while (out < low) out += 1200;
  while (out > high && out - 1200 >= low) out -= 1200;
  return out;
}
