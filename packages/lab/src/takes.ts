import { exp, type Frames, fromDb, PI, type Random, SAMPLE_RATE, seeded, sin } from "@kuishi/base";

/** A stretch of what was played that came back, so late. What lies in none was lost. */
interface Heard {
  readonly from: Frames;
  readonly to: Frames;
  readonly late: Frames;
}
/** A take as a machine might make it: what was sent out, what came in, and what no take tells, where each moment of it truly lies. */
export interface SimulatedTake {
  /** What is hard about it: what was played, what came of it, what else was heard. */
  readonly name: string;
  readonly played: Float32Array;
  readonly taken: Float32Array;
  /** Empty where nothing of what was played is in the take. */
  readonly truth: readonly Heard[];
  /** Whether the delay jumped. */
  readonly jumps: boolean;
}
/** What became of a simulated take: laid right, wrongly, or nothing claimed. */
export type Verdict = "right" | "wrong" | "refused";

const TAKE_FRAMES = 9 * SAMPLE_RATE;
/** What may be played, heard beside it, and happen on the way. */
const PLAYED = ["strokes", "strokes", "a band", "repeated bars", "clicks at uneven times", "a metronome", "a drone with strokes", "a late entry"] as const;
const OWN = ["nothing", "another tune", "the same tune", "a tuner's tone", "a phone's metronome", "noise", "beeps"] as const;
const FAULTS = [
  "none",
  "none",
  "dropped blocks",
  "a starved output",
  "repeated blocks",
  "silent blocks",
  "another latency",
  "a busy machine",
  "drift",
  "jitter",
] as const;

/** The take of so many in the sequence of a seed. */
export function simulatedTake(seed: number, count: number): SimulatedTake {
  const random = seeded(seed, `take ${count}`);
  const [playing, owning, fault] = [random.pick(PLAYED), random.pick(OWN), random.pick(FAULTS)];
  const headphones = random.chance(0.25);
  const tune = newTune(random);
  const played = playedSound(playing, tune, random);
  const truth = headphones ? [] : wayOf(fault, random);
  const taken = new Float32Array(TAKE_FRAMES);
  const wet = inRoom(played, random);
  const faint = fromDb(-random.between(0, 26));
  for (const piece of truth) for (let i = piece.from; i < piece.to; i++) addAt(taken, i + lateAt(piece, i, fault), faint * wet[i]!);
  const own = ownSound(owning, tune, random);
  const level = random.between(0.3, 1);
  for (let i = 0; i < TAKE_FRAMES; i++) taken[i] = taken[i]! + level * own[i]!;
  const floor = fromDb(-random.between(50, 85));
  for (let i = 0; i < TAKE_FRAMES; i++) taken[i] = taken[i]! + floor * (random.next() - 0.5);
  const way = truth.map((piece): Heard => ({ ...piece, late: lateAt(piece, (piece.from + piece.to) / 2, fault) }));
  return {
    name: `${playing}, ${headphones ? "headphones" : fault}, ${owning}`,
    played,
    taken,
    truth: fault === "drift" || fault === "jitter" ? finely(truth, fault) : way,
    jumps: truth.length > 1,
  };
}

/** How wrong a take may lie and still be right, frames: 3 ms; and the share of what sounded that may lie otherwise. */
const [RIGHT, STRAY] = [144, 0.1];
/** Whether what is claimed of a take is true. @param stretches as `alignment` gives them. */
export function judgedTake(take: SimulatedTake, stretches: readonly { readonly from: Frames; readonly late: Frames }[]): Verdict {
  if (stretches.length === 0) return "refused";
  if (take.truth.length === 0) return "wrong";
  const cells = soundingCells(take.played);
  let [told, astray] = [0, 0];
  for (const at of cells) {
    const piece = take.truth.find(({ from, to }) => from <= at && at + CELL_FRAMES <= to);
    if (!piece) continue;
    told++;
    const late = (stretches.findLast((one) => one.from <= at) ?? stretches[0]!).late;
    if (Math.abs(late - piece.late) > RIGHT) astray++;
  }
  return astray > told * STRAY ? "wrong" : "right";
}
const CELL_FRAMES = 480;
/** Cells of 10 ms in which something sounds. */
function soundingCells(sound: Float32Array): number[] {
  const energies: number[] = [];
  for (let at = 0; at + CELL_FRAMES <= sound.length; at += CELL_FRAMES) energies.push(sound.subarray(at, at + CELL_FRAMES).reduce((sum, x) => sum + x * x, 0));
  const top = Math.max(...energies);
  return energies.flatMap((energy, k) => (energy > top * 0.003 ? [k * CELL_FRAMES] : []));
}

interface Tune {
  readonly pulse: Frames;
  /** Strokes: when, how high, how loud, and the seed of its noise. */
  readonly strokes: readonly Pluck[];
}
interface Pluck {
  readonly at: Frames;
  readonly hertz: number;
  readonly loud: number;
}
function newTune(random: Random): Tune {
  const pulse = Math.round(SAMPLE_RATE * random.between(0.18, 0.42));
  const tonic = random.between(140, 240);
  const scale = [1, 9 / 8, 6 / 5, 4 / 3, 3 / 2, 27 / 16, 9 / 5, 2];
  const strokes: Pluck[] = [];
  for (let at = 2400; at < TAKE_FRAMES - 2400; at += pulse)
    if (random.chance(0.85)) strokes.push({ at: at + random.int(-300, 300), hertz: tonic * random.pick(scale), loud: random.between(0.3, 1) });
  return { pulse, strokes };
}
/** A string: how far off tune, how stiff, and where it is plucked, as a share of its length. */
interface Strung {
  readonly tuned: number;
  readonly stiff: number;
  readonly place: number;
}
const OURS: Strung = { tuned: 1, stiff: 0.0003, place: 0.21 };
/** A plucked stroke: partials that die away, the higher the sooner, and the noise of the plectrum. */
function pluck(to: Float32Array, { at, hertz, loud }: Pluck, random: Random, string: Strung = OURS): void {
  const start = Math.max(0, Math.round(at));
  const length = Math.min(to.length - start, 24_000);
  for (let n = 1; n <= 7; n++) {
    const turn = (2 * PI * hertz * string.tuned * n * (1 + string.stiff * n * n)) / SAMPLE_RATE;
    const fade = exp(-(1 + n) / 14_000);
    // where a string is plucked says which partials it has, and which way they begin
    let level = ((0.5 * loud) / n) * sin(PI * n * string.place);
    // a sine as a recurrence: x[i] = 2 cos(w) x[i-1] - x[i-2]
    const twice = 2 * sin(turn + PI / 2);
    let [before, now] = [-sin(turn), 0];
    for (let i = 0; i < length; i++) {
      to[start + i] = to[start + i]! + level * now;
      [before, now] = [now, twice * now - before];
      level *= fade;
    }
  }
  for (let i = 0; i < Math.min(length, 900); i++) to[start + i] = to[start + i]! + 0.15 * loud * (random.next() - 0.5) * (1 - i / 900);
}
function click(to: Float32Array, at: Frames, loud: number): void {
  const start = Math.max(0, Math.round(at));
  for (let i = 0; i < 400 && start + i < to.length; i++) to[start + i] = to[start + i]! + loud * sin(i * 0.35) * exp(-i / 60);
}
function playedSound(kind: (typeof PLAYED)[number], tune: Tune, random: Random): Float32Array {
  const out = new Float32Array(TAKE_FRAMES);
  const strokes = (from: number): void => {
    for (const stroke of tune.strokes) if (stroke.at >= from) pluck(out, stroke, random);
  };
  switch (kind) {
    case "strokes":
      strokes(0);
      break;
    case "a late entry":
      strokes(TAKE_FRAMES / 2);
      break;
    case "a band":
      strokes(0);
      for (let at = 2400; at < TAKE_FRAMES; at += tune.pulse) {
        if (random.chance(0.5)) pluck(out, { at, hertz: random.pick([70, 93, 105]), loud: 0.8 }, random);
        if (random.chance(0.7)) click(out, at, 0.4);
      }
      break;
    case "repeated bars": {
      const bar = new Float32Array(tune.pulse * 4);
      for (const { at, ...stroke } of tune.strokes.slice(0, 5)) pluck(bar, { at: at - 2100, ...stroke }, random);
      for (let i = 2400; i < TAKE_FRAMES; i++) out[i] = bar[(i - 2400) % bar.length]!;
      break;
    }
    case "clicks at uneven times":
      for (let at = 5000; at < TAKE_FRAMES; at += random.int(11_000, 25_000)) click(out, at, 0.7);
      break;
    case "a metronome": {
      const bar = random.int(2, 5);
      for (let k = 0, at = 4000; at < TAKE_FRAMES; k++, at += tune.pulse * 2) click(out, at, k % bar === 0 ? 0.8 : 0.4);
      break;
    }
    case "a drone with strokes":
      strokes(0);
      for (let n = 1; n < 6; n++) for (let i = 0; i < TAKE_FRAMES; i++) out[i] = out[i]! + (0.2 / n) * sin((2 * PI * 110 * n * i) / SAMPLE_RATE);
  }
  return out;
}
function ownSound(kind: (typeof OWN)[number], tune: Tune, random: Random): Float32Array {
  const out = new Float32Array(TAKE_FRAMES);
  const late = random.int(2000, 14_000);
  const string: Strung = { tuned: 1 + random.gauss() * 0.002, stiff: random.between(0.0001, 0.0006), place: random.between(0.08, 0.3) };
  switch (kind) {
    case "another tune":
      for (const stroke of newTune(random).strokes) pluck(out, stroke, random, string);
      break;
    case "the same tune":
      // with what is heard, as well as hands can
      for (const stroke of tune.strokes) pluck(out, { ...stroke, at: stroke.at + late + random.gauss() * 700 }, random, string);
      break;
    case "a tuner's tone":
      for (let i = 0; i < TAKE_FRAMES; i++) out[i] = 0.3 * sin((2 * PI * 440 * i) / SAMPLE_RATE);
      break;
    case "beeps":
      for (let i = 0; i < TAKE_FRAMES; i++) out[i] = i % SAMPLE_RATE < 4800 ? 0.4 * sin((2 * PI * 880 * i) / SAMPLE_RATE) : 0;
      break;
    case "a phone's metronome": {
      const gap = random.chance(0.5) ? tune.pulse * 2 : SAMPLE_RATE / 2;
      for (let at = late; at < TAKE_FRAMES; at += gap) click(out, at, 0.5);
      break;
    }
    case "noise":
      for (let i = 0; i < TAKE_FRAMES; i++) out[i] = 0.1 * (random.next() - 0.5);
  }
  return out;
}
/** Through a small loudspeaker and a room: no bass, walls near by, and what rings on. */
function inRoom(sound: Float32Array, random: Random): Float32Array {
  const thin = new Float32Array(sound.length);
  const keep = exp((-2 * PI * random.between(60, 350)) / SAMPLE_RATE);
  for (let i = 1; i < sound.length; i++) thin[i] = keep * (thin[i - 1]! + sound[i]! - sound[i - 1]!);
  const out = thin.slice();
  const [reflections, room] = [random.int(0, 40), random.between(2000, 9000)];
  for (let k = 0; k < reflections; k++) {
    const delay = random.int(100, Math.round(room));
    const level = 0.5 * exp((-3 * delay) / room) * (random.chance(0.5) ? 1 : -1) * random.next();
    for (let i = delay; i < sound.length; i++) out[i] = out[i]! + level * thin[i - delay]!;
  }
  return out;
}
/** What came back when: the delay, and what a machine under load does to it. */
function wayOf(fault: (typeof FAULTS)[number], random: Random): Heard[] {
  const first = random.int(400, 14_000);
  const pieces: Heard[] = [];
  let [late, from] = [first, 0];
  const cut = (at: Frames, lost: Frames, by: Frames): void => {
    pieces.push({ from, to: at, late });
    from = at + lost;
    late = Math.max(200, late + by);
  };
  const times = fault === "a busy machine" ? 14 : random.int(1, 3);
  const jumping = ["dropped blocks", "a starved output", "repeated blocks", "silent blocks", "another latency", "a busy machine"].includes(fault);
  for (let k = 0; jumping && k < times; k++) {
    const at = Math.round(((k + random.between(0.2, 0.8)) * TAKE_FRAMES) / times);
    const blocks = 128 * random.int(1, 20);
    if (fault === "dropped blocks") cut(at, blocks, -blocks);
    else if (fault === "silent blocks") cut(at, blocks, 0);
    else if (fault === "another latency") cut(at, random.int(0, 9600), random.int(-3000, 3000));
    else if (fault === "a busy machine") cut(at, random.chance(0.3) ? random.int(500, 12_000) : 0, first - late + random.int(-1000, 1000));
    else cut(at, 0, blocks);
  }
  pieces.push({ from, to: TAKE_FRAMES, late });
  return pieces.filter((piece) => piece.to > piece.from);
}
/** Clocks 60 millionths apart, or one that wavers by a third of a millisecond. */
const lateAt = (piece: Heard, at: Frames, fault: (typeof FAULTS)[number]): number =>
  piece.late + (fault === "drift" ? at * 6e-5 : fault === "jitter" ? 16 * sin(at / 30_000) : 0);
function finely([piece]: readonly Heard[], fault: (typeof FAULTS)[number]): Heard[] {
  return piece
    ? Array.from({ length: TAKE_FRAMES / 48_000 }, (_, k) => ({ from: k * 48_000, to: (k + 1) * 48_000, late: lateAt(piece, (k + 0.5) * 48_000, fault) }))
    : [];
}
/** A sample between two others. */
function addAt(to: Float32Array, at: number, value: number): void {
  const whole = Math.floor(at);
  const part = at - whole;
  if (whole < 0 || whole + 1 >= to.length) return;
  to[whole] = to[whole]! + value * (1 - part);
  to[whole + 1] = to[whole + 1]! + value * part;
}
