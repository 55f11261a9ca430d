// How near a band that follows is to a player who drifts and waits: its own hits, in the sound it makes, against his strokes.
import { SAMPLE_RATE, type Seconds } from "@kuishi/base";
import { MASTER_LATENCY, type Plan } from "@kuishi/engine";
import type { Retake, Touch } from "@kuishi/lab/lute";

/** What one take shows of a band. */
export interface BandFigures {
  /** How much later than the player, at each stroke while they are together. */
  readonly late: readonly Seconds[];
  /** Seconds from where the player goes on after a wait or a jump until they are together again. */
  readonly recovery: readonly Seconds[];
}
/** They are together where two strokes one after the other are so near; what is farther is no hit for a stroke. */
const [TOGETHER, FARTHEST]: readonly [Seconds, Seconds] = [0.06, 0.5];
const CELL = 48;

/** A plan of one drum that is struck at each of the master's strokes. */
export function strokesPlan(master: readonly Touch[], seconds: Seconds): Plan {
  const times = [...new Set(master.map(({ at }) => Math.round(at * SAMPLE_RATE)))]
    .sort((a, b) => a - b)
    .filter((at, i, all) => i === 0 || at - all[i - 1]! > 0.03 * SAMPLE_RATE);
  const events = times.map((frame) => ({ frame, length: 100, cents: 6000, velocity: 1, voice: "rim" }));
  const strip = { id: "drums", source: { kind: "drums", kit: "house" } as const, events, inserts: [], gainDb: 0, pan: 0, sends: {} };
  return { frames: Math.ceil(seconds * SAMPLE_RATE), seed: 1, strips: [strip], buses: [], master: { gainDb: 0, ceilingDbtp: -1 } };
}
/** Moments at which the drum is heard, seconds. */
function hitsIn(sound: Float32Array): Seconds[] {
  const hits: Seconds[] = [];
  let before = 0;
  for (let at = 0; at + CELL <= sound.length; at += CELL) {
    let loud = 0;
    for (let i = at; i < at + CELL; i++) loud = Math.max(loud, Math.abs(sound[i]!));
    const time = (at - MASTER_LATENCY) / SAMPLE_RATE;
    if (loud > 0.02 && loud > 2.5 * before && time - (hits.at(-1) ?? -1) > 0.03) hits.push(time);
    before = Math.max(loud, 0.97 * before);
  }
  return hits;
}
/** Measures what a band played against a take whose truth is known. */
export function bandFigures(sound: Float32Array, { truth, breaks }: Retake): BandFigures {
  const hits = hitsIn(sound);
  const strokes = [...new Set(truth.flatMap(({ at, master }) => (at === null || master === null ? [] : [at])))]
    .sort((a, b) => a - b)
    .filter((at, i, all) => i === 0 || at - all[i - 1]! > 0.03);
  const lateAt = (at: Seconds): Seconds => hits.reduce((best, hit) => (Math.abs(hit - at) < Math.abs(best) ? hit - at : best), FARTHEST);
  const late = strokes.map((at) => ({ at, late: lateAt(at) }));
  const recovery = breaks.map((from) => {
    const together = late.find((one, k) => one.at >= from - 0.03 && Math.abs(one.late) < TOGETHER && Math.abs(late[k + 1]?.late ?? 0) < TOGETHER);
    return Math.max(0, (together?.at ?? late.at(-1)!.at) - from);
  });
  const lost = (at: Seconds): boolean => breaks.some((from, i) => at >= from - 0.03 && at < from + recovery[i]!);
  return { late: late.filter(({ at }, k) => k > 6 && !lost(at)).map((one) => one.late), recovery };
}
