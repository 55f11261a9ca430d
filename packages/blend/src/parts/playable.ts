import type { Cents, Seconds } from "@kuishi/base";
import type { KnownMake } from "@kuishi/tuning";
import { playedBy } from "../played.ts";
import type { BlendEvent, Part } from "./context.ts";
import { neckOf } from "./fingering.ts";

/** Something no player could do. */
export interface Violation {
  readonly part: string;
  readonly at: Seconds;
  readonly what: "string" | "fret" | "reach" | "together" | "range" | "breath";
}

/** Whether strings of an instrument are stopped: it has some, and they are more than a drone. */
export const isStopped = ({ instrument }: KnownMake): boolean => instrument.tunings.length > 0 && instrument.frets > 0;
/** What an instrument can reach: its compass, from its lowest string up where it has some. */
export const compass = ({ instrument }: KnownMake, open = instrument.tunings[0]?.open): readonly [Cents, Cents] => [
  open?.[0] ?? instrument.lowest,
  instrument.highest,
];

/** What a human could not play of a part: strings, frets and reach of plucked ones, range and breath of those that sustain. */
export function violations(part: Part): Violation[] {
  const known = playedBy(part.source);
  if (!known) return [];
  if (known.instrument.sustains) return sustained(part, known, part.role === "dem" ? null : known.instrument.sustains.breath);
  return isStopped(known) ? plucked(part, known) : [];
}

function plucked(part: Part, known: KnownMake): Violation[] {
  const neck = neckOf(known, 0, []);
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

/** @param breathSec one breath; null for a bow, and for a drone that is breathed round in a circle. */
function sustained(part: Part, known: KnownMake, breathSec: Seconds | null): Violation[] {
  const out: Violation[] = [];
  const [low, high] = compass(known, part.open);
  let [breath, end] = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const event of part.events) {
    if (event.cents < low - 30 || event.cents > high + 30) out.push({ part: part.id, at: event.at, what: "range" });
    if (event.at < end - 0.06) out.push({ part: part.id, at: event.at, what: "together" });
    if (event.at > end + 0.15) breath = event.at;
    end = event.at + event.length;
    if (breathSec !== null && end - breath > breathSec + 0.5) out.push({ part: part.id, at: event.at, what: "breath" });
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
