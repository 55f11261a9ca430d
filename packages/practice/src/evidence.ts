import { type Cents, centsToHertz, cos, exp2, log, log2, PI, type Seconds, toDb } from "@kuishi/base";
import { fft } from "@kuishi/signal";

/** Mono sound. */
export interface TakeSound {
  readonly samples: Float32Array;
  readonly sampleRate: number;
}
/** What the sound says of a note that is expected in it. */
export interface Evidence {
  /** How far from the expected pitch it sounds, cents; null where nothing stands out. */
  readonly off: Cents | null;
  /** How far its partials stand out of what surrounds them, dB. */
  readonly clear: number;
  /** How much its partials rose at its onset, dB. */
  readonly rise: number;
  /** Partials that nothing else covers. */
  readonly partials: number;
  /**
   * The same with the partials on which one of another string falls near where the note is expected: where even so another pitch stands out, and
   * none of theirs, it was that. Null where nothing does.
   */
  readonly beside: Standing | null;
}
/** The pitch at which partials stand out most together. */
export interface Standing {
  /** How far from the expected pitch, cents. */
  readonly off: Cents;
  readonly clear: number;
  readonly partials: number;
}

/** Partials that are asked, how far from the expected pitch one looks and in which steps, cents. */
const [MOST_PARTIALS, AROUND, STEP_CENTS] = [9, 170, 5];
/** Steps to either side, and the frequency ratio of each. */
const STEPS = Math.round(AROUND / STEP_CENTS);
const RATIOS = Float64Array.from({ length: 2 * STEPS + 1 }, (_, k) => exp2(((k - STEPS) * STEP_CENTS) / 1200));
/** Seconds looked at: after the attack's noise; before the onset. */
const [SKIP_SEC, LONGEST_SEC, SHORTEST_SEC, GUARD_SEC, BEFORE_SEC] = [0.014, 0.17, 0.045, 0.008, 0.09];
/** Width of a Hann window's peak, in inverse lengths of the window, that another partial covers. */
const COVERED = 2.2;
/** A partial of another string that lies so near an expected one falls together with it; what stands out must lie so far from all of those, cents. */
const [TOGETHER_CENTS, ELSEWHERE_CENTS] = [30, 16];
const POINTS = 8192;

/** Amplitudes of two Hann-windowed stretches in bins of `sampleRate / POINTS`, and how long the first is; null where it is too short. */
interface Pictures {
  readonly after: Float64Array;
  readonly before: Float64Array;
  readonly seconds: Seconds;
}

/** Rooms every picture is drawn in; nothing is kept in them. */
const [re, im] = [new Float64Array(POINTS), new Float64Array(POINTS)];
const windows = new Map<number, Float64Array>();
/** Hann windows by their length, scaled so that a sinusoid shows its amplitude. */
function windowOf(length: number): Float64Array {
  const known = windows.get(length);
  if (known) return known;
  const made = Float64Array.from({ length }, (_, i) => (2 - 2 * cos((2 * PI * (i + 0.5)) / length)) / length);
  if (windows.size > 64) windows.clear();
  windows.set(length, made);
  return made;
}

function windowed(room: Float64Array, samples: Float32Array, from: number, length: number): void {
  room.fill(0);
  const window = windowOf(length);
  for (let i = 0; i < length; i++) room[i] = samples[from + i]! * window[i]!;
}

/** The pictures made last, and of what: both strings of a strum are looked at in the same. */
const last = { samples: null as Float32Array | null, from: 0, length: 0, begin: 0 };
const [after, before] = [new Float64Array(POINTS / 2), new Float64Array(POINTS / 2)];
/** The sound after an onset and before it, by one transform of both; good until the next are made. */
function pictures({ samples, sampleRate }: TakeSound, at: Seconds, to: Seconds): Pictures | null {
  const steps = (seconds: Seconds): number => Math.max(0, Math.round(seconds * sampleRate));
  // lengths in steps of 4 ms: few windows
  const grain = Math.max(1, steps(0.004));
  const from = steps(at + SKIP_SEC);
  const length = Math.floor(Math.min(POINTS, samples.length - from, steps(to) - from) / grain) * grain;
  if (length < SHORTEST_SEC * sampleRate) return null;
  const end = steps(at - GUARD_SEC);
  const begin = Math.max(0, end - steps(BEFORE_SEC));
  const shot: Pictures = { after, before, seconds: length / sampleRate };
  if (last.samples === samples && last.from === from && last.length === length && last.begin === begin) return shot;
  Object.assign(last, { samples, from, length, begin });
  windowed(re, samples, from, length);
  const past = Math.floor((end - begin) / grain) * grain;
  if (past > 0) windowed(im, samples, begin, past);
  else im.fill(0);
  fft(re, im, -1);
  for (let k = 1; k < POINTS / 2; k++) {
    const [ar, ai, br, bi] = [re[k]!, im[k]!, re[POINTS - k]!, im[POINTS - k]!];
    after[k] = 0.5 * Math.sqrt((ar + br) * (ar + br) + (ai - bi) * (ai - bi));
    before[k] = 0.5 * Math.sqrt((ai + bi) * (ai + bi) + (br - ar) * (br - ar));
  }
  return shot;
}

const between = (row: Float64Array, at: number): number => {
  const below = Math.floor(at);
  return below < 0 || below + 1 >= row.length ? 0 : row[below]! + (row[below + 1]! - row[below]!) * (at - below);
};

/**
 * Asks the sound for a note that is expected in it, instead of asking what it holds: over the partials that no other sounding note covers, the pitch
 * around the expected one at which they stand out most together (harmonic sum, Noll 1970), and how much they rose at the onset.
 * @param next when the same string sounds something else. @param others what else sounds, absolute cents.
 */
export function evidenceFor(sound: TakeSound, at: Seconds, next: Seconds, cents: Cents, others: readonly Cents[]): Evidence {
  const nothing: Evidence = { off: null, clear: 0, rise: 0, partials: 0, beside: null };
  const shot = pictures(sound, at, Math.min(next - GUARD_SEC, at + SKIP_SEC + LONGEST_SEC));
  if (!shot) return nothing;
  const hertz = centsToHertz(cents);
  const bin = sound.sampleRate / POINTS;
  const near = COVERED / shot.seconds;
  /** Cents from a partial to those of other strings that cover it. */
  const covering = (partial: number): Cents[] =>
    others.flatMap((other) => {
      const own = centsToHertz(other);
      const its = Math.max(1, Math.round(partial / own)) * own;
      return Math.abs(partial - its) < near ? [1200 * log2(its / partial)] : [];
    });
  const [partials, beside, together]: [number[], number[], Cents[]] = [[], [], []];
  for (let h = 1; h <= MOST_PARTIALS && h * hertz < sound.sampleRate * 0.45; h++) {
    const covers = covering(h * hertz);
    if (covers.length === 0) partials.push(h);
    if (covers.some((off) => Math.abs(off) >= TOGETHER_CENTS)) continue;
    beside.push(h);
    together.push(...covers);
  }
  const whole = beside.length > partials.length ? standing(shot, hertz / bin, beside) : null;
  const all = whole && together.every((off) => Math.abs(whole.off - off) > ELSEWHERE_CENTS) ? whole : null;
  const own = standing(shot, hertz / bin, partials);
  if (!own) return { ...nothing, beside: all };
  const height = (row: Float64Array): number => {
    let power = 1e-14;
    for (const h of partials) {
      const value = between(row, (h * hertz * exp2(own.off / 1200)) / bin);
      power += value * value;
    }
    return Math.sqrt(power);
  };
  return { ...own, rise: toDb(height(shot.after) / height(shot.before)), beside: all };
}

/** The middle of an odd number of values. */
const middleOf = (row: Float64Array): number => row.slice().sort()[row.length >> 1]!;

/** @param expected the first partial, in bins. @returns null where nothing sounds. */
function standing({ after }: Pictures, expected: number, partials: readonly number[]): Standing | null {
  if (partials.length === 0) return null;
  // each partial against the median of its own surroundings, so that a loud one does not speak alone
  const total = new Float64Array(RATIOS.length);
  let floor = 0;
  for (const h of partials) {
    const row = RATIOS.map((ratio) => between(after, h * expected * ratio));
    const ground = middleOf(row) + 1e-7;
    floor += ground;
    const weight = 1 / Math.sqrt(h);
    row.forEach((value, k) => {
      total[k] = total[k]! + weight * log(1 + value / ground);
    });
  }
  if (floor <= 0) return null;
  let peak = 1;
  for (let k = 1; k < total.length - 1; k++) if (total[k]! > total[peak]! || peak === 0) peak = k;
  const [a, b, c] = [total[peak - 1]!, total[peak]!, total[peak + 1]!];
  const bend = a - 2 * b + c;
  const weights = partials.reduce((sum, h) => sum + 1 / Math.sqrt(h), 0);
  return {
    off: (peak - STEPS + (bend < 0 ? (0.5 * (a - c)) / bend : 0)) * STEP_CENTS,
    clear: 8.686 * ((b - middleOf(total)) / weights),
    partials: partials.length,
  };
}
