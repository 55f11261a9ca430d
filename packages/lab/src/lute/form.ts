import type { Random } from "@kuishi/base";
import type { Lute } from "./lute.ts";
import type { Touch } from "./render.ts";

export type FormKind = "tokpe" | "shertpe" | "song";
export type Zone = "bas" | "orta" | "kishi" | "ulken";

/** A piece in a known form. Sections of one label play the same phrases, varied. */
export interface FormedPiece {
  readonly kind: FormKind;
  readonly touches: readonly Touch[];
  readonly seconds: number;
  readonly sections: readonly { readonly from: number; readonly to: number; readonly label: string; readonly zone?: Zone }[];
}

/** Frets of each register (docs/sources.md#kui-form). */
const ZONES: Readonly<Record<Zone, readonly [number, number]>> = { bas: [0, 5], orta: [5, 8], kishi: [9, 12], ulken: [12, 17] };

/** A phrase: what is struck in each half pulse, and where the melody stands. */
interface Event {
  /** Half pulses from the start of the phrase. */
  readonly slot: number;
  readonly step: number;
  readonly both: boolean;
  readonly loud: number;
  readonly left: boolean;
}
type Phrase = { readonly events: readonly Event[]; readonly slots: number };

/** Orders a küi's registers take; the low one returns (docs/sources.md#kui-form, the Qosalqa's order shortened). */
const TOKPE_ORDERS: readonly (readonly Zone[])[] = [
  ["bas", "orta", "bas", "kishi", "bas"],
  ["bas", "kishi", "bas", "ulken", "bas"],
  ["bas", "orta", "kishi", "orta", "bas"],
  ["bas", "orta", "bas", "kishi", "ulken", "bas"],
];
const OTHER_ORDERS: Readonly<Record<"shertpe" | "song", readonly string[]>> = { shertpe: ["ABA", "AABA", "ABAC", "ABCA"], song: ["ABAB", "ABABAB", "AABB"] };

/** Draws a piece of about 40-70 s. */
export function composeForm(random: Random, lute: Lute, kind: FormKind): FormedPiece {
  const touches: Touch[] = [];
  const sections: { from: number; to: number; label: string; zone?: Zone }[] = [];
  const pulse = kind === "tokpe" ? random.between(0.2, 0.27) : kind === "shertpe" ? random.between(0.3, 0.5) : random.between(0.26, 0.42);
  const scale = random.pick([
    [0, 2, 4, 5, 7, 9, 10, 12],
    [0, 2, 3, 5, 7, 9, 10, 12],
    [0, 2, 4, 5, 7, 9, 11, 12],
    [0, 2, 3, 5, 7, 8, 10, 12],
    [0, 2, 4, 7, 9, 12, 14, 16],
  ]);
  const rhythm = drawRhythm(random, kind);
  const order = kind === "tokpe" ? random.pick(TOKPE_ORDERS) : [...random.pick(OTHER_ORDERS[kind])];
  const material = new Map<string, readonly Phrase[]>();
  const home = random.int(0, 4);
  let at = 0.4;
  for (const label of order) {
    const zone = kind === "tokpe" ? (label as Zone) : undefined;
    if (!material.has(label))
      material.set(
        label,
        Array.from({ length: random.int(2, 3) }, () => drawPhrase(random, kind, rhythm)),
      );
    const base = zone ? ZONES[zone][0] + (zone === "bas" ? 2 : 0) : home + (label === "A" ? 0 : label === "B" ? random.pick([3, 5, 7]) : 2);
    const [least, most] = zone ? ZONES[zone] : [0, 14];
    const from = at;
    for (const phrase of material.get(label)!) {
      const lasts = phrase.slots * (pulse / 2);
      for (const event of phrase.events) {
        const swing = kind === "shertpe" ? random.gauss() * 0.02 : random.gauss() * 0.004;
        const t = at + event.slot * (pulse / 2) + swing;
        const degree = scale[((event.step % scale.length) + scale.length) % scale.length]!;
        // small changes each time a phrase returns
        const fret = Math.max(
          least,
          Math.min(most, base + Math.round(degree * (zone === "orta" || zone === "kishi" ? 0.4 : 0.6)) + (random.chance(0.04) ? 1 : 0)),
        );
        const velocity = event.loud * random.between(0.9, 1.05);
        if (event.both) touches.push({ at: t, string: 0, fret: lowFret(random, kind, fret), velocity: velocity * 0.8, kind: "plucked" });
        touches.push({ at: t + (event.both ? 0.006 : 0), string: 1, fret, velocity, kind: "plucked" });
        if (event.left) {
          const to = Math.max(0, fret + random.pick([-2, -1, 2]));
          if (to !== fret)
            touches.push({ at: t + random.between(0.1, 0.16), string: 1, fret: to, velocity: velocity * 0.7, kind: to > fret ? "hammer" : "pull" });
        }
      }
      at += lasts + (kind === "shertpe" ? random.between(0, 0.5) : 0);
    }
    sections.push({ from, to: at, label: zone ?? label, ...(zone ? { zone } : {}) });
  }
  const open = lute.strings.length > 1;
  touches.push(
    { at, string: 0, fret: 0, velocity: 0.8, kind: "plucked" },
    { at: at + 0.008, string: open ? 1 : 0, fret: home, velocity: 0.9, kind: "plucked" },
  );
  return { kind, touches: thinned(touches), seconds: at + 2, sections };
}

/** The other string: a drone, or in a strummed küi a parallel voice. */
const lowFret = (random: Random, kind: FormKind, fret: number): number =>
  kind === "tokpe" && random.chance(0.35) ? Math.max(0, fret - random.pick([0, 2, 5])) : 0;

/** Which half pulses of a bar of four pulses are struck. */
function drawRhythm(random: Random, kind: FormKind): readonly boolean[] {
  if (kind === "tokpe")
    return random.pick([
      [true, false, true, true, true, false, true, true],
      [true, true, true, true, true, true, true, true],
      [true, true, true, false, true, true, true, false],
    ]);
  if (kind === "song")
    return random.pick([
      [true, false, true, false, true, false, true, false],
      [true, false, false, true, true, false, true, false],
    ]);
  return Array.from({ length: 8 }, (_, k) => k === 0 || random.chance(0.4));
}

function drawPhrase(random: Random, kind: FormKind, rhythm: readonly boolean[]): Phrase {
  const bars = random.pick([4, 4, 3]);
  const events: Event[] = [];
  let step = random.int(0, 3);
  for (let bar = 0; bar < bars; bar++) {
    const own = kind === "shertpe" ? drawRhythm(random, kind) : rhythm;
    own.forEach((struck, k) => {
      if (!struck) return;
      if (k % 2 === 0 || kind === "shertpe") step = Math.max(0, Math.min(7, step + random.pick([-2, -1, -1, 0, 1, 1, 2])));
      const both = kind === "tokpe" ? random.chance(0.9) : kind === "song" ? random.chance(k % 4 === 0 ? 0.75 : 0.3) : random.chance(0.12);
      const loud = k === 0 ? 0.95 : k % 4 === 0 ? 0.8 : 0.62;
      events.push({ slot: bar * 8 + k, step, both, loud, left: kind === "shertpe" ? random.chance(0.25) : random.chance(0.03) });
    });
  }
  return { events, slots: bars * 8 };
}

/** No two touches of a string closer than 40 ms: the earlier stays. */
function thinned(touches: readonly Touch[]): Touch[] {
  const last: number[] = [];
  return touches
    .slice()
    .sort((a, b) => a.at - b.at)
    .filter((touch) => {
      const free = touch.at - (last[touch.string] ?? -1) >= 0.04;
      if (free) last[touch.string] = touch.at;
      return free;
    });
}
