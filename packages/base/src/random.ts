import { cos, log, PI } from "./maths.ts";

/** A seeded source of chance: the same seed gives the same sequence on every host. */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
  /** Uniform in [low, high). */
  between(low: number, high: number): number;
  /** Whole number in [low, high]. */
  int(low: number, high: number): number;
  /** True with the given probability. */
  chance(probability: number): boolean;
  /** One of the items; throws RangeError when there are none. */
  pick<T>(items: readonly T[]): T;
  /** Normal deviate, mean 0, deviation 1. */
  gauss(): number;
}

/** 32-bit hash of a text (FNV-1a), to derive seeds from names. */
export function hash(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return h >>> 0;
}

/**
 * Seeded generator: sfc32 by C. Doty-Humphrey (PractRand).
 * @example
 * seeded(7, "kick").next() === seeded(7, "kick").next(); // => true
 * seeded(7, "kick").next() === seeded(7, "snare").next(); // => false
 */
export function seeded(seed: number, name = ""): Random {
  let a = seed | 0;
  let b = hash(name) | 0;
  let c = 0x9e3779b9 | 0;
  let counter = 1;
  const step = (): number => {
    const t = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + t) | 0;
    return (t >>> 0) / 4294967296;
  };
  for (let i = 0; i < 15; i++) step();
  return {
    next: step,
    between: (low, high) => low + (high - low) * step(),
    int: (low, high) => low + Math.floor((high - low + 1) * step()),
    chance: (probability) => step() < probability,
    pick: (items) => {
      if (items.length === 0) throw new RangeError("pick from nothing");
      return items[Math.floor(step() * items.length)] as (typeof items)[number];
    },
    gauss: () => Math.sqrt(-2 * log(1 - step())) * cos(2 * PI * step()),
  };
}
