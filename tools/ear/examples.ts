// Makes what the ear's network learns from: moments of random practice on random lutes, seen as patches, with the truth.
//   node tools/ear/examples.ts OUT SEED PIECES [BANK]
// BANK is a folder of single notes u0..u19, d0..d19 (.m4a), played on two pieces of five beside the modelled lutes.
import { execFileSync } from "node:child_process";
import { closeSync, existsSync, mkdirSync, openSync, writeSync } from "node:fs";
import { type Cents, exp2, pow, type Random, seeded } from "@kuishi/base";
import { centsAt, drawLine, drawLute, drawPractice, drawRoom, type Knock, LUTE_RATE, type Lute, place, renderTouches, type Touch } from "@kuishi/lab/lute";
import { Kernels } from "@kuishi/signal";
import { kernelModule } from "@kuishi/signal/node";
import { candidates } from "../../packages/listen/src/moments.ts";
import { findOnsets } from "../../packages/listen/src/onsets.ts";
import { PATCH_SIZE, Patcher } from "../../packages/listen/src/patch.ts";
import { Sound } from "../../packages/listen/src/sound.ts";

const [out, seedText, countText, bankFolder] = process.argv.slice(2) as [string, string, string, string?];
const SECONDS = 16;
/** Of the pieces for two strings, this part is played with real notes. */
const REAL = 0.6;
/** Six struck pitches and whether each is of a higher string, six sounding ones likewise (cents, 0 = none); kind, seconds to the event, direction; seconds to each struck pitch, and its fret (-1 = unknown). */
const LABELS = 39;
const [STRUCK, SOUNDS, KIND_AT, WHEN, FRET] = [0, 12, 24, 27, 33];
const KIND = { nothing: 0, plucked: 1, knock: 2, hammer: 3, pull: 3, slide: 4, damp: 0 } as const;

/** A bank of real notes: samples at 24 kHz and where each sounds. */
type Bank = { readonly sound: Float32Array; readonly cents: Cents }[][];

function loadBank(folder: string): Bank {
  return ["u", "d"].map((string) =>
    Array.from({ length: 20 }, (_, fret) => {
      const raw = execFileSync("ffmpeg", ["-v", "error", "-i", `${folder}/${string}${fret}.m4a`, "-f", "f32le", "-ac", "1", "-ar", String(LUTE_RATE), "-"], {
        maxBuffer: 1 << 26,
      });
      const y = new Float32Array(raw.buffer.slice(raw.byteOffset, raw.byteOffset + raw.length));
      let peak = 0;
      for (const v of y) peak = Math.max(peak, Math.abs(v));
      const start = Math.max(0, y.findIndex((v) => Math.abs(v) > 0.25 * peak) - 60);
      const sound = y.subarray(start);
      let power = 0;
      for (let i = 0; i < 3600; i++) power += (sound[i] ?? 0) ** 2;
      const scale = 0.1 / Math.sqrt(power / 3600);
      return { sound: sound.map((v) => v * scale), cents: pitchOf(sound, (string === "u" ? 4770 : 5267) + 100 * fret) };
    }),
  );
}

/** Pitch by autocorrelation near an expected one. */
function pitchOf(x: Float32Array, near: Cents): Cents {
  let best = -1;
  let cents = near;
  for (let c = near - 90; c <= near + 90; c += 1) {
    const lag = LUTE_RATE / (440 * exp2((c - 6900) / 1200));
    let sum = 0;
    for (let periods = 1; periods <= 4; periods++) {
      const [whole, part] = [Math.floor(lag * periods), (lag * periods) % 1];
      for (let i = 1500; i < 5500; i += 2) sum += (x[i] as number) * ((x[i + whole] as number) * (1 - part) + (x[i + whole + 1] as number) * part);
    }
    if (sum > best) {
      best = sum;
      cents = c;
    }
  }
  return cents;
}

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
    const source = bank[index ^ swap] as Bank[number];
    own.forEach((touch, i) => {
      if (touch.kind === "damp") return;
      const target = centsAt(string, touch.fret) + random.gauss() * 2;
      const note = trueNeck
        ? (source[Math.min(19, Math.floor(touch.fret))] as Bank[number][number])
        : source.reduce((a, b) => (Math.abs(b.cents + shift - target) < Math.abs(a.cents + shift - target) ? b : a));
      const ratio = exp2((target - note.cents) / 1200);
      const from = Math.round(touch.at * LUTE_RATE);
      const until = Math.round((own[i + 1]?.at ?? seconds) * LUTE_RATE);
      const soft = touch.kind === "plucked" ? 0 : 700;
      const gain = touch.velocity * string.level * pow(10, random.gauss() * 0.075) * (soft ? 0.5 : 1);
      const dull = 0.25 + 0.75 * touch.velocity;
      let low = 0;
      for (let k = from; k < Math.min(until, x.length); k++) {
        const p = (k - from) * ratio + soft;
        const n = Math.floor(p);
        if (n + 2 >= note.sound.length) break;
        const v = (note.sound[n] as number) + ((note.sound[n + 1] as number) - (note.sound[n] as number)) * (p - n);
        low += dull * (v - low);
        const edge = Math.min(1, (until - k) / 190) * (soft ? Math.min(1, (k - from) / 150) : 1);
        x[k] = (x[k] as number) + gain * low * edge;
      }
    });
  });
  return x;
}

function addKnocks(random: Random, lute: Lute, x: Float32Array, knocks: readonly Knock[]): void {
  const noise = renderTouches(random, { ...lute, strings: [] }, [], knocks, x.length / LUTE_RATE);
  for (let i = 0; i < x.length; i++) x[i] = (x[i] as number) + (noise[i] as number);
}

/** Adds a pitch to one of the two lists of a label. */
function put(label: Float32Array, list: number, cents: Cents, higher: boolean, seconds = 0, fret = -1): void {
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
    a += (x[i] as number) ** 2;
    b += (y[i] as number) ** 2;
  }
  return Math.sqrt(a / b);
}

mkdirSync(out, { recursive: true });
const bank = bankFolder && existsSync(bankFolder) ? loadBank(bankFolder) : undefined;
const patches = openSync(`${out}/patches-${seedText}.u8`, "w");
const labels = openSync(`${out}/labels-${seedText}.f32`, "w");
const patch = new Float32Array(PATCH_SIZE);
const bytes = new Uint8Array(PATCH_SIZE);
let kernels = new Kernels(kernelModule());
let patcher = new Patcher(kernels);
let written = 0;
for (let piece = 0; piece < Number(countText); piece++) {
  if (piece % 40 === 39) {
    kernels = new Kernels(kernelModule());
    patcher = new Patcher(kernels);
  }
  const random = seeded(Number(seedText) * 100_000 + piece, "ear");
  const what = random.next();
  const real = bank !== undefined && what < 0.8 && random.chance(REAL);
  const trueNeck = real && random.chance(0.75);
  // the real notes are a fourth apart; they are not bent by more than a few semitones
  const near = { low: [4600, 5150] as const, interval: 497 + random.gauss() * 8, stray: random.pick([8, 15, 30]) };
  const lute = drawLute(random, { kind: what < 0.8 ? "dombra" : what < 0.9 ? "tar" : "guitar", ...(trueNeck ? near : {}) });
  const practice = drawPractice(random, lute, SECONDS);
  let x: Float32Array;
  if (bank && real) {
    x = renderBank(random, bank, lute, practice.touches, SECONDS, trueNeck);
    addKnocks(random, lute, x, practice.knocks);
  } else x = renderTouches(random, lute, practice.touches, practice.knocks, SECONDS);
  // one piece of five has a singer or another player with it
  if (random.chance(0.2)) {
    const scale = Array.from({ length: 9 }, (_, k) => ((lute.strings[0] as Lute["strings"][number]).frets[0] as number) + random.between(0, 900) + k * 170);
    const line = drawLine(random, random.pick(["voice", "voice", "voice", "reed", "bowed", "flute"]), SECONDS, scale);
    const gain = powerRatio(x, line.samples) * pow(10, random.between(-9, 9) / 20);
    for (let i = 0; i < x.length; i++) x[i] = (x[i] as number) + gain * (line.samples[i] as number);
  }
  place(random, drawRoom(random, random.chance(0.3)), x);
  const sound = new Sound(kernels, x);
  const events = [
    ...practice.strokes.map((stroke) => ({ at: stroke.at, stroke })),
    ...practice.knocks.map((knock) => ({ at: knock.at, stroke: undefined })),
  ].sort((a, b) => a.at - b.at);
  const moments = candidates(findOnsets(kernels, sound, 0.03)).map((onset) => onset.at + random.gauss() * (onset.strength > 0 ? 0.003 : 0.012));
  for (const event of events) {
    if (!event.stroke && random.chance(0.5)) continue;
    if (!moments.some((at) => Math.abs(at - event.at) < 0.025)) moments.push(event.at + random.gauss() * 0.006);
  }
  for (let k = 0; k < 25; k++) {
    const at = random.between(0.2, SECONDS - 0.3);
    if (!events.some((event) => Math.abs(event.at - at) < 0.05)) moments.push(at);
  }
  for (const at of moments) {
    if (at < 0.02) continue;
    const label = new Float32Array(LABELS);
    const about = events.filter((event) => event.at > at - 0.045 && event.at < at + 0.035 && (event.stroke || Math.abs(event.at - at) < 0.025));
    let kind: number = KIND.nothing;
    for (const { stroke } of about) {
      if (!stroke) {
        if (kind === 0) kind = KIND.knock;
        continue;
      }
      for (const touch of stroke.touches) {
        if (touch.kind === "damp") continue;
        const fret = real && !trueNeck ? -1 : touch.fret;
        put(
          label,
          STRUCK,
          centsAt(lute.strings[touch.string] as Lute["strings"][number], touch.fret),
          touch.string >= lute.strings.length / 2,
          touch.at - at,
          fret,
        );
        kind = kind === KIND.plucked ? kind : KIND[touch.kind];
        label[KIND_AT + 1] = stroke.at - at;
        label[KIND_AT + 2] = stroke.direction;
      }
    }
    label[KIND_AT] = kind;
    for (let s = 0; s < lute.strings.length; s++) {
      const last = practice.touches.filter((touch) => touch.string === s && touch.at < at + 0.035).at(-1);
      if (last && last.kind !== "damp" && at - last.at < 1.2)
        put(label, SOUNDS, centsAt(lute.strings[s] as Lute["strings"][number], last.fret), s >= lute.strings.length / 2);
    }
    patcher.look(sound, Math.round(at * LUTE_RATE), patch);
    for (let i = 0; i < PATCH_SIZE; i++) bytes[i] = Math.round((patch[i] as number) * 255);
    writeSync(patches, bytes);
    writeSync(labels, new Uint8Array(label.buffer));
    written++;
  }
}
closeSync(patches);
closeSync(labels);
console.log(`${written} moments, ${PATCH_SIZE} bytes each`);
