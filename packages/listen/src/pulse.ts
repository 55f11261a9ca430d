import { clamp, cos, log2, PI, type Seconds } from "@kuishi/base";

/** The finest even grid under the strokes. */
export interface PulseGrid {
  /** Which slot each stroke falls on; the first is 0. */
  readonly slots: readonly number[];
  /** When each slot is, seconds, slot 0 first. */
  readonly times: readonly Seconds[];
  /** Median slot length. */
  readonly period: Seconds;
  /** How well the strokes keep to it: 1 exactly, 0 not at all. */
  readonly fit: number;
}

/** How strongly a stroke pulls the grid's phase and tempo. */
const PULLS: readonly (readonly [phase: number, tempo: number])[] = [
  [0.25, 0.05],
  [0.15, 0.03],
  [0.3, 0.03],
  [0.4, 0.1],
  [0.6, 0.18],
];

/**
 * Finds the slot length whose multiples explain the gaps between strokes best (the mean of
 * cos(2 pi gap / period), which longer periods win until a gap contradicts them), then follows it through the tune:
 * each stroke pulls the grid's phase and tempo (a phase-locked loop). Stiff loops slip where a player bends the
 * tempo, loose ones where strokes are ragged: one grid for each pull is given, the stiff ones first.
 */
export function findPulseGrids(at: readonly Seconds[]): PulseGrid[] {
  const period = bestPeriod(at);
  return PULLS.map((pull) => followPulse(at, period, pull));
}

function followPulse(at: readonly Seconds[], period: Seconds, [pullPhase, pullTempo]: readonly [number, number]): PulseGrid {
  const slots: number[] = [];
  let tempo = period;
  let place = at[0] ?? 0;
  let slot = 0;
  let error = 0;
  at.forEach((t, i) => {
    if (i > 0) {
      const steps = Math.max(1, Math.round((t - place) / tempo));
      const off = t - (place + steps * tempo);
      error += Math.min(1, Math.abs(off) / tempo / 0.25);
      slot += steps;
      place += steps * tempo + pullPhase * off;
      // a long gap says little about the tempo inside it
      if (steps <= 8) tempo = clamp(tempo + (pullTempo * off) / steps, period * 0.7, period * 1.4);
      else place = t;
    }
    slots.push(slot);
  });
  return { slots, times: between(at, slots), period, fit: 1 - error / Math.max(1, at.length - 1) };
}

function bestPeriod(at: readonly Seconds[]): Seconds {
  const gaps: number[] = [];
  for (let i = 1; i < at.length; i++) {
    gaps.push(at[i]! - at[i - 1]!);
    if (i > 1) gaps.push(at[i]! - at[i - 2]!);
  }
  const short = gaps.filter((gap) => gap < 2.2);
  let best = -Infinity;
  let period = 0.15;
  for (let tau = 0.068; tau < 0.48; tau *= 1.006) {
    let sum = 0;
    for (const gap of short) sum += cos((2 * PI * gap) / tau);
    // a grid far finer than the gaps fits anything
    const score = sum / Math.max(1, short.length) - 0.04 * Math.max(0, log2(0.14 / tau));
    if (score > best) {
      best = score;
      period = tau;
    }
  }
  return period;
}

/** Times of all slots: strokes where there are any, straight lines between. */
function between(at: readonly Seconds[], slots: readonly number[]): Seconds[] {
  const times: Seconds[] = [];
  slots.forEach((slot, i) => {
    const from = slots[i - 1] ?? slot;
    for (let s = from + 1; s < slot; s++) times[s] = at[i - 1]! + ((at[i]! - at[i - 1]!) * (s - from)) / (slot - from);
    times[slot] = at[i]!;
  });
  return times;
}
