// Makes examples/balbyrauyn.flac: the opening of the küi Balbyrauyn, played with single real dombra
// notes (MIT) placed at a performer's stroke times. Needs ffmpeg.
//   node tools/make-example.mjs NOTES_DIR STROKES.json
// NOTES_DIR holds u0..u19 (lower-pitched string) and d0..d19 (higher) as .m4a; STROKES.json lists
// events {bar, t, lower_string, upper_string} with note names as played (D3-G3 tuning).
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

const [notesDir, strokesFile] = process.argv.slice(2);
if (!strokesFile) throw new Error("usage: node tools/make-example.mjs NOTES_DIR STROKES.json");
const RATE = 44100;
const decode = (file) => {
  const bytes = execFileSync("ffmpeg", ["-v", "error", "-i", file, "-ac", "1", "-ar", String(RATE), "-f", "f32le", "-"], { maxBuffer: 1 << 28 });
  return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2);
};
/** A note from its attack on, brought to one level. */
const load = (name) => {
  const x = decode(`${notesDir}/${name}.m4a`);
  let peak = 0;
  for (let i = 0; i < Math.min(x.length, RATE * 0.4); i++) peak = Math.max(peak, Math.abs(x[i]));
  let at = 0;
  while (Math.abs(x[at]) < peak * 0.08) at++;
  const start = Math.max(0, at - 88);
  const y = x.slice(start);
  let sum = 0;
  for (let i = 0; i < RATE * 0.15; i++) sum += y[i] * y[i];
  const gain = 0.1 / Math.sqrt(sum / (RATE * 0.15));
  return y.map((v, i) => v * gain * Math.min(1, i / 44));
};
const midi = (name) => {
  const [, letter, sharp, octave] = /^([A-G])([#b]?)(-?\d)$/.exec(name);
  return { C: 0, D: 2, E: 4, F: 5, G: 7, A: 9, B: 11 }[letter] + (sharp === "#" ? 1 : sharp === "b" ? -1 : 0) + 12 * (Number(octave) + 1);
};
const { events } = JSON.parse(readFileSync(strokesFile, "utf8"));
const bank = new Map();
const note = (string, fret) => {
  const name = `${string}${fret}`;
  if (!bank.has(name)) bank.set(name, load(name));
  return bank.get(name);
};
// The physically lower string is the higher-pitched one: G3; the upper is D3.
const frets = (event) => ({ d: event.lower_string ? midi(event.lower_string) - 55 : null, u: event.upper_string ? midi(event.upper_string) - 50 : null });
const first = events[0].t;
const passLength = events.at(-1).t - first + 0.17;
let seed = 7;
const random = () => (seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0) / 2 ** 32 - 0.5;
const strokes = [];
for (let pass = 0; pass < 2; pass++) {
  events.forEach((event, i) => {
    const accent = event.beat === 0 ? 1 : event.beat === 1 ? 0.85 : 0.68;
    strokes.push({
      t: 0.4 + pass * passLength + event.t - first + 0.004 * random(),
      ...frets(event),
      down: i % 2 === 0,
      gain: accent * (0.92 + 0.16 * random()) * (pass ? 1.08 : 1),
    });
  });
}
strokes.push({ t: 0.4 + 2 * passLength + 0.02, d: 0, u: 5, down: true, gain: 1.15 });
const out = new Float32Array(Math.ceil((strokes.at(-1).t + 2.6) * RATE));
for (const string of ["u", "d"]) {
  const own = strokes.filter((stroke) => stroke[string] !== null && stroke[string] >= 0 && stroke[string] < 20);
  own.forEach((stroke, i) => {
    const late = (string === "u") === stroke.down ? 0 : 0.009;
    const sound = note(string, stroke[string]);
    const from = Math.round((stroke.t + late) * RATE);
    const next = own[i + 1];
    const stop = next ? Math.round((next.t - 0.002) * RATE) : out.length;
    for (let k = 0; k < sound.length && from + k < stop; k++) out[from + k] += stroke.gain * sound[k] * Math.min(1, (stop - from - k) / 300);
  });
}
let peak = 0;
for (const v of out) peak = Math.max(peak, Math.abs(v));
execFileSync(
  "ffmpeg",
  [
    "-y",
    "-v",
    "error",
    "-f",
    "f32le",
    "-ar",
    String(RATE),
    "-ac",
    "1",
    "-i",
    "-",
    "-sample_fmt",
    "s16",
    "-metadata",
    "title=Balbyrauyn (opening)",
    "-metadata",
    "composer=Qurmanghazy Sagyrbaiuly",
    "-fflags",
    "+bitexact",
    "-compression_level",
    "12",
    "examples/balbyrauyn.flac",
  ],
  { input: Buffer.from(out.map((v) => (v * 0.5) / peak).buffer) },
);
