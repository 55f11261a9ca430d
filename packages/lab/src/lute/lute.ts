import { type Cents, exp2, type Random } from "@kuishi/base";

/** A made-up plucked lute: every instrument drawn has its own body, strings, frets and hand. */
export interface Lute {
  readonly strings: readonly LuteString[];
  /** Body resonances: Hz, quality, level in dB. */
  readonly body: readonly (readonly [number, number, number])[];
  /** Gain of the body between its resonances, dB. */
  readonly ground: number;
  /** A small body does not carry low partials: where it begins to, Hz, and how steeply. */
  readonly small: readonly [number, number];
  /** And high ones only so far: where it ceases to, Hz, how steeply, and dB left beyond. */
  readonly dull: readonly [number, number, number];
  /** Deviation of single partials, in level (octaves of gain) and in decay (octaves). */
  readonly ripple: readonly [number, number];
  /** Seconds a note takes to stand. */
  readonly attack: number;
  /** The body's own knock at each stroke: dB beside the tone, and its decay, seconds. */
  readonly thump: readonly [number, number];
  /** Noise of nail or plectrum beside the tone, dB, and how long it lasts, seconds. */
  readonly nail: number;
  readonly nailSeconds: number;
  /** How fast a stopped string dies when another note takes it, seconds. */
  readonly cut: number;
  /** Sharpening of a hard stroke, cents, dying within about 50 ms. */
  readonly bend: Cents;
}
/** One string (or course) of it. */
export interface LuteString {
  /** Where the nut and each fret sounds. */
  readonly frets: readonly Cents[];
  /** Stiffness B of the open string; it doubles every six frets. */
  readonly stiffness: number;
  /** Where it is plucked, as a part of the open string's length. */
  readonly pluck: number;
  /** Slope of the excitation: partial h starts at h^-slope. */
  readonly slope: number;
  /** Loss per second: s0 + s2 (f/kHz)^2. */
  readonly loss: readonly [number, number];
  /** Difference between the two polarisations, Hz. */
  readonly split: number;
  readonly level: number;
  /** Two strings side by side, this many cents apart; 0 for a single one. */
  readonly twin: Cents;
}

/** What a drawn lute must respect. */
export interface LuteWish {
  readonly kind?: LuteKind;
  /** Range of the low open string. */
  readonly low?: readonly [Cents, Cents];
  /** Cents between open strings. */
  readonly interval?: Cents;
  /** Largest distance of a fret from its semitone. */
  readonly stray?: Cents;
}

/** Open strings above the lowest: two strings a drawn interval apart, three courses of a tar, six of a guitar. */
const COURSES = { dombra: undefined, tar: [0, 700, 1200], guitar: [0, 500, 1000, 1500, 1900, 2400] } as const;
export type LuteKind = keyof typeof COURSES;

/** Draws a lute. Losses, stiffness, body and attack lie around those measured on dombras (docs/sources.md#dombra-notes), and well beyond. */
export function drawLute(random: Random, wish: LuteWish = {}): Lute {
  const kind = wish.kind ?? "dombra";
  const open = random.between(
    ...(wish.low ?? (kind === "guitar" ? ([4000, 4350] as const) : kind === "tar" ? ([4500, 5000] as const) : ([4500, 5750] as const))),
  );
  const which = random.next();
  const interval = wish.interval ?? (which < 0.5 ? 498 + random.gauss() * 6 : which < 0.65 ? 702 + random.gauss() * 6 : random.between(300, 800));
  const opens = COURSES[kind] ?? [0, interval];
  const twin = kind === "tar" ? random.between(0.5, 5) : 0;
  const stray = wish.stray ?? random.pick([8, 15, 30, 60, 200]);
  const [slope, pluck, s0, s2] = [random.between(0.1, 1.3), random.between(0.06, 0.35), random.between(1.2, 5), random.between(1, 7)];
  const stiff = random.between(-4.8, -3.8);
  const strings = opens.map((above, index): LuteString => {
    const nut = open + above + (index > 1 ? random.gauss() * 5 : 0);
    const frets: Cents[] = [nut];
    let drift = 0;
    for (let k = 1; k <= 19; k++) {
      drift = 0.6 * drift + random.gauss() * stray * 0.5;
      drift = Math.max(-stray, Math.min(stray, drift));
      frets.push(Math.max(frets.at(-1)! + 55, nut + 100 * k + drift));
    }
    return {
      frets,
      stiffness: exp2((stiff + random.gauss() * 0.1) * 3.3219),
      pluck: Math.max(0.04, pluck + random.gauss() * 0.02),
      slope: slope + random.gauss() * 0.12,
      loss: [s0 * exp2(random.gauss() * 0.25), s2 * exp2(random.gauss() * 0.25)],
      split: random.between(0.05, 0.9),
      level: exp2(random.gauss() * 0.25),
      twin: twin * (0.5 + random.next()),
    };
  });
  const body: [number, number, number][] = [];
  const modes = random.int(5, 14);
  for (let k = 0; k < modes; k++) body.push([140 * exp2(random.between(0, 4.8)), random.between(4, 25), random.between(-8, 10)]);
  return {
    strings,
    body,
    ground: random.between(-8, 2),
    small: [random.between(50, 240), random.between(1, 7)],
    dull: random.chance(0.65) ? [400 * exp2(random.between(0, 2.8)), random.between(2, 8), random.between(-32, -2)] : [5000, 1, -3],
    ripple: [random.between(0.1, 0.9), random.between(0.1, 0.7)],
    attack: 0.0006 * exp2(random.between(0, 5.7)),
    thump: [random.between(-45, -8), random.between(0.01, 0.05)],
    nail: random.between(-40, -9),
    nailSeconds: random.between(0.001, 0.006),
    cut: random.between(0.003, 0.02),
    bend: random.chance(0.3) ? random.between(2, 14) : 0,
  };
}

/** Where a string sounds at a fret that need not be whole (a slide, a quarter-tone fret). */
export function centsAt(string: LuteString, fret: number): Cents {
  const below = Math.floor(fret);
  const from = string.frets[below]!;
  const to = string.frets[below + 1] ?? from + 100;
  return from + (to - from) * (fret - below);
}
