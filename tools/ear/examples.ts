// Makes a set of what the ear's network learns from: moments of random playing on random lutes, seen as patches, with the truth.
//   node tools/ear/examples.ts OUT SET     (a set of recipe.json)
// Without banks the lutes are modelled; else two strings are played with the notes of one of the set's banks, drawn anew for each piece.
import { closeSync, mkdirSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { exp2, pow, type Random, seeded } from "@kuishi/base";
import {
  centsAt,
  composeTune,
  drawLine,
  drawLute,
  drawPractice,
  drawRoom,
  type Knock,
  LUTE_RATE,
  type Lute,
  type PracticeTake,
  place,
  renderTouches,
  type Touch,
} from "@kuishi/lab/lute";
import { Kernels } from "@kuishi/signal";
import { kernelModule } from "@kuishi/signal/node";
import { modes } from "@kuishi/tuning";
import { AnalysisSignal } from "../../packages/listen/src/analysis-signal.ts";
import { withProbes } from "../../packages/listen/src/onset-candidates.ts";
import { findOnsets } from "../../packages/listen/src/onsets.ts";
import { PATCH_SIZE, PatchExtractor } from "../../packages/listen/src/spectrogram-patch.ts";
import { type Bank, dombraBank, type Note, soundFontBank } from "./banks.ts";
import { type ExampleSet, recipe } from "./recipe.ts";

/** Six struck pitches and whether each is of a higher string, six sounding ones likewise (cents, 0 = none); kind, seconds to the event, direction; seconds to each struck pitch, and its fret (-1 = unknown). */
const LABELS = 39;
const [STRUCK, SOUNDS, KIND_AT, WHEN, FRET] = [0, 12, 24, 27, 33];
const KIND = { nothing: 0, plucked: 1, knock: 2, hammer: 3, pull: 3, slide: 4, damp: 0 } as const;
/** Notes of the benchmark, beside the project on developers' machines. */
const DOMBRA = join(import.meta.dirname, "../../../shared/bench/listening/samples");

const loaded = new Map<string, Bank>();
function bankOf(name: string): Bank {
  const found = loaded.get(name);
  if (found) return found;
  const source = recipe.banks[name];
  if (!source) throw new Error(`no bank ${name}`);
  const bank = source.program === undefined ? dombraBank(DOMBRA, LUTE_RATE) : soundFontBank(source.program, LUTE_RATE);
  loaded.set(name, bank);
  return bank;
}

/** The note whose pitch is nearest, of those the one struck most nearly as hard. */
const nearestNote = (notes: readonly Note[], cents: number, velocity: number): Note =>
  notes.reduce((a, b) => {
    const nearer = Math.abs(a.cents - cents) - Math.abs(b.cents - cents);
    return nearer > 30 || (nearer > -30 && Math.abs(b.velocity - velocity) < Math.abs(a.velocity - velocity)) ? b : a;
  });

/**
 * Plays real notes. True to the neck, each fret of the lute sounds with the note of that fret, so that string and fret
 * can be learned; else with the nearest note of either string, so that the ear does not take one instrument for all.
 */
function renderBank(random: Random, bank: Bank, lute: Lute, touches: readonly Touch[], seconds: number, trueNeck: boolean): Float32Array {
  const x = new Float32Array(Math.ceil(seconds * LUTE_RATE));
  const swap = !trueNeck && random.chance(0.3) ? 1 : 0;
  const shift = random.between(-250, 250);
  lute.strings.forEach((string, index) => {
    const own = touches.filter((touch) => touch.string === index).sort((a, b) => a.at - b.at);
    const source = bank[index ^ swap]!;
    // strings of one bank sound alike: each is a little duller or brighter
    const mellow = trueNeck ? 1 : random.between(0.55, 1);
    own.forEach((touch, i) => {
      if (touch.kind === "damp") return;
      const target = centsAt(string, touch.fret) + random.gauss() * 2;
      const note = trueNeck ? source[Math.min(19, Math.floor(touch.fret))]! : nearestNote(source, target - shift, touch.velocity);
      const ratio = exp2((target - note.cents) / 1200);
      const from = Math.round(touch.at * LUTE_RATE);
      const until = Math.round((own[i + 1]?.at ?? seconds) * LUTE_RATE);
      const soft = touch.kind === "plucked" ? 0 : 700;
      const gain = touch.velocity * string.level * pow(10, random.gauss() * 0.075) * (soft ? 0.5 : 1);
      const dull = mellow * (0.25 + 0.75 * touch.velocity);
      let low = 0;
      for (let k = from; k < Math.min(until, x.length); k++) {
        const p = (k - from) * ratio + soft;
        const n = Math.floor(p);
        if (n + 2 >= note.sound.length) break;
        const v = note.sound[n]! + (note.sound[n + 1]! - note.sound[n]!) * (p - n);
        low += dull * (v - low);
        const edge = Math.min(1, (until - k) / 190) * (soft ? Math.min(1, (k - from) / 150) : 1);
        x[k] = x[k]! + gain * low * edge;
      }
    });
  });
  return x;
}

/** A composed tune as practice: a player who plays music, where `drawPractice` plays exercises. */
function playTune(random: Random, lute: Lute, seconds: number): PracticeTake {
  const bars = random.pick([
    [[2, 2]],
    [[2, 3]],
    [[3, 2, 2]],
    [
      [2, 2],
      [2, 2, 2],
    ],
    [[3, 3]],
  ]);
  const tune = composeTune(random, lute, { bars, mode: random.pick(modes), seconds: seconds - 3, pulse: random.between(0.17, 0.3), rubato: 0.03 });
  const touches = tune.touches.filter((touch) => touch.at < seconds - 0.4);
  const strokes = tune.strokes
    .map(({ at, direction }) => ({ at, direction: direction === "down" ? 1 : -1, touches: touches.filter((touch) => touch.at >= at && touch.at < at + 0.03) }))
    .filter((stroke) => stroke.touches.length > 0);
  return { strokes, touches, knocks: [] };
}

function addKnocks(random: Random, lute: Lute, x: Float32Array, knocks: readonly Knock[]): void {
  const noise = renderTouches(random, { ...lute, strings: [] }, [], knocks, x.length / LUTE_RATE);
  for (let i = 0; i < x.length; i++) x[i] = x[i]! + noise[i]!;
}

/** Adds a pitch to one of the two lists of a label. */
function put(label: Float32Array, list: number, cents: number, higher: boolean, seconds = 0, fret = -1): void {
  for (let k = 0; k < 6; k++) {
    if (label[list + k] !== 0) continue;
    label[list + k] = cents;
    label[list + 6 + k] = higher ? 1 : 0;
    if (list === STRUCK) {
      label[WHEN + k] = seconds;
      label[FRET + k] = fret;
    }
    return;
  }
}

/** Factor that makes `y` as strong as `x`. */
function powerRatio(x: Float32Array, y: Float32Array): number {
  let [a, b] = [1e-12, 1e-12];
  for (let i = 0; i < x.length; i++) {
    a += x[i]! ** 2;
    b += y[i]! ** 2;
  }
  return Math.sqrt(a / b);
}

interface Piece {
  readonly lute: Lute;
  readonly practice: PracticeTake;
  readonly samples: Float32Array;
  /** Frets can be told by their sound. */
  readonly fretsKnown: boolean;
}

function drawPiece(random: Random, set: ExampleSet): Piece {
  const seconds = recipe.pieceSeconds;
  const what = random.next();
  const bank = set.banks.length > 0 ? random.pick(set.banks) : undefined;
  const trueNeck = bank === "dombra" && random.chance(0.75);
  // the dombra's notes are a fourth apart; they are not bent by more than a few semitones
  const near = { low: [4600, 5150] as const, interval: 497 + random.gauss() * 8, stray: random.pick([8, 15, 30]) };
  const kind = bank || what < 0.8 ? "dombra" : what < 0.9 ? "tar" : "guitar";
  const lute = drawLute(random, { kind, ...(trueNeck ? near : {}) });
  const practice = set.player === "tunes" ? playTune(random, lute, seconds) : drawPractice(random, lute, seconds);
  let x: Float32Array;
  if (bank) {
    x = renderBank(random, bankOf(bank), lute, practice.touches, seconds, trueNeck);
    addKnocks(random, lute, x, practice.knocks);
  } else x = renderTouches(random, lute, practice.touches, practice.knocks, seconds);
  // one piece of five has a singer or another player with it
  if (random.chance(0.2)) {
    const scale = Array.from({ length: 9 }, (_, k) => lute.strings[0]!.frets[0]! + random.between(0, 900) + k * 170);
    const line = drawLine(random, random.pick(["voice", "voice", "voice", "reed", "bowed", "flute"]), seconds, scale);
    const gain = powerRatio(x, line.samples) * pow(10, random.between(-9, 9) / 20);
    for (let i = 0; i < x.length; i++) x[i] = x[i]! + gain * line.samples[i]!;
  }
  place(random, drawRoom(random, random.chance(0.3)), x);
  return { lute, practice, samples: x, fretsKnown: !bank || trueNeck };
}

/** Moments to look at: what onset detection finds, the events it missed, and some at which nothing happens. */
function momentsOf(random: Random, kernels: Kernels, signal: AnalysisSignal, { strokes, knocks }: PracticeTake): number[] {
  const events = [...strokes.map(({ at }) => ({ at, stroke: true })), ...knocks.map(({ at }) => ({ at, stroke: false }))].sort((a, b) => a.at - b.at);
  const moments = withProbes(findOnsets(kernels, signal, 0.03)).map((onset) => onset.at + random.gauss() * (onset.strength > 0 ? 0.003 : 0.012));
  for (const event of events) {
    if (!event.stroke && random.chance(0.5)) continue;
    if (!moments.some((at) => Math.abs(at - event.at) < 0.025)) moments.push(event.at + random.gauss() * 0.006);
  }
  for (let k = 0; k < 25; k++) {
    const at = random.between(0.2, recipe.pieceSeconds - 0.3);
    if (!events.some((event) => Math.abs(event.at - at) < 0.05)) moments.push(at);
  }
  return moments.filter((at) => at >= 0.02);
}

/** What is true of a moment. */
function labelOf({ lute, practice, fretsKnown }: Piece, at: number): Float32Array {
  const label = new Float32Array(LABELS);
  const higher = (string: number): boolean => string >= lute.strings.length / 2;
  const centsOf = (touch: Touch): number => centsAt(lute.strings[touch.string]!, touch.fret);
  let kind: number = practice.knocks.some((knock) => Math.abs(knock.at - at) < 0.025) ? KIND.knock : KIND.nothing;
  for (const stroke of practice.strokes) {
    if (stroke.at <= at - 0.045 || stroke.at >= at + 0.035) continue;
    for (const touch of stroke.touches) {
      if (touch.kind === "damp") continue;
      put(label, STRUCK, centsOf(touch), higher(touch.string), touch.at - at, fretsKnown ? touch.fret : -1);
      kind = kind === KIND.plucked ? kind : KIND[touch.kind];
      label[KIND_AT + 1] = stroke.at - at;
      label[KIND_AT + 2] = stroke.direction;
    }
  }
  label[KIND_AT] = kind;
  for (let s = 0; s < lute.strings.length; s++) {
    const last = practice.touches.filter((touch) => touch.string === s && touch.at < at + 0.035).at(-1);
    if (last && last.kind !== "damp" && at - last.at < 1.2) put(label, SOUNDS, centsOf(last), higher(s));
  }
  return label;
}

const [out, name] = process.argv.slice(2) as [string, string];
const set = [...recipe.sets, ...recipe.stop].find((one) => one.name === name);
if (!set) throw new Error(`no set ${name} in recipe.json`);
mkdirSync(out, { recursive: true });
const patches = openSync(join(out, `${name}.patches.u8`), "w");
const labels = openSync(join(out, `${name}.labels.f32`), "w");
const patch = new Float32Array(PATCH_SIZE);
let kernels = new Kernels(kernelModule());
let extractor = new PatchExtractor(kernels);
let written = 0;
for (let index = 0; index < set.pieces; index++) {
  if (index % 40 === 39) {
    kernels = new Kernels(kernelModule());
    extractor = new PatchExtractor(kernels);
  }
  const random = seeded(set.seed * 100_000 + index, "ear");
  const piece = drawPiece(random, set);
  const signal = new AnalysisSignal(kernels, piece.samples);
  for (const at of momentsOf(random, kernels, signal, piece.practice)) {
    extractor.extract(signal, Math.round(at * LUTE_RATE), patch);
    writeSync(
      patches,
      Uint8Array.from(patch, (v) => Math.round(v * 255)),
    );
    writeSync(labels, new Uint8Array(labelOf(piece, at).buffer));
    written++;
  }
}
closeSync(patches);
closeSync(labels);
console.log(`${name}: ${written} moments of ${PATCH_SIZE} bytes`);
