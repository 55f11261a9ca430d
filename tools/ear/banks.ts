// Banks of real notes: the MIT single notes of a dombra, and instruments of a General MIDI sound font through FluidSynth.
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Cents, Hertz, Seconds } from "@kuishi/base";
import { exp2 } from "@kuishi/base";

/** Where FluidR3 (MIT) lies, unless `SOUNDFONT` says otherwise. */
const FONT = process.env["SOUNDFONT"] ?? "/usr/share/sounds/sf2/FluidR3_GM.sf2";

/** Whether instruments of a sound font can be played. */
export const hasSoundFont = (): boolean => existsSync(FONT) && spawnSync("fluidsynth", ["--version"], { stdio: "ignore" }).status === 0;

/** A single note, from its attack on. */
export interface Note {
  readonly sound: Float32Array;
  /** Where it sounds. */
  readonly cents: Cents;
  /** How hard it was struck, 0..1; one bank may hold a note at several. */
  readonly velocity: number;
}
/** The notes of each string, lowest string first. */
export type Bank = readonly (readonly Note[])[];

/** Notes of one instrument of the sound font, in the order asked for, dry, at `rate`. @throws Error without FluidSynth or the font. */
export function soundFontNotes(
  program: number,
  notes: readonly { readonly key: number; readonly velocity: number }[],
  rate: Hertz,
  seconds: Seconds = 3,
): Float32Array[] {
  const folder = mkdtempSync(join(tmpdir(), "kuishi-font-"));
  try {
    const [midi, wav] = [join(folder, "notes.mid"), join(folder, "notes.raw")];
    writeFileSync(midi, midiOf(program, notes, seconds));
    const dry = ["-R", "0", "-C", "0", "-g", "0.6", "-r", String(rate), "-T", "raw", "-O", "float", "-E", "little"];
    execFileSync("fluidsynth", ["-q", "-n", "-i", ...dry, "-F", wav, FONT, midi], { stdio: "ignore" });
    const raw = readFileSync(wav);
    const stereo = new Float32Array(raw.buffer.slice(raw.byteOffset, raw.byteOffset + raw.length - (raw.length % 8)));
    return notes.map((_, i) => {
      const from = Math.round(i * seconds * rate);
      return Float32Array.from({ length: Math.round(seconds * rate) }, (_, k) => 0.5 * ((stereo[2 * (from + k)] ?? 0) + (stereo[2 * (from + k) + 1] ?? 0)));
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** One note after the other, each held for all but its last 0.2 s: a Standard MIDI File of one track, a tick a millisecond. */
function midiOf(program: number, notes: readonly { readonly key: number; readonly velocity: number }[], seconds: Seconds): Uint8Array {
  const length = (ticks: number): number[] => [(ticks >> 14) | 0x80, ((ticks >> 7) & 0x7f) | 0x80, ticks & 0x7f];
  const held = Math.round(1000 * (seconds - 0.2));
  const track = [
    ...[0, 0xff, 0x51, 3, 0x07, 0xa1, 0x20], // 500,000 microseconds a quarter of 500 ticks
    ...[0, 0xc0, program],
    ...notes.flatMap(({ key, velocity }, i) => [...length(i === 0 ? 0 : 200), 0x90, key, velocity, ...length(held), 0x80, key, 0]),
    ...[...length(200), 0xff, 0x2f, 0],
  ];
  const word = (value: number): number[] => [value >>> 24, (value >> 16) & 255, (value >> 8) & 255, value & 255];
  return Uint8Array.from([...Buffer.from("MThd"), ...word(6), 0, 0, 0, 1, 500 >> 8, 500 & 255, ...Buffer.from("MTrk"), ...word(track.length), ...track]);
}

/** An instrument of the sound font from C2 to C6 at three strengths, the same notes on both strings. */
export function soundFontBank(program: number, rate: Hertz): Bank {
  const asked = [50, 85, 120].flatMap((velocity) => Array.from({ length: 49 }, (_, k) => ({ key: 36 + k, velocity })));
  const notes = soundFontNotes(program, asked, rate).map((sound, i) => {
    const { key, velocity } = asked[i]!;
    return noteOf(sound, 100 * key, velocity / 127, rate);
  });
  return [notes, notes];
}

/** The benchmark's dombra: a folder of u0..u19 (lower string) and d0..d19 (.m4a). @throws Error without ffmpeg. */
export function dombraBank(folder: string, rate: Hertz): Bank {
  return ["u", "d"].map((string) =>
    Array.from({ length: 20 }, (_, fret) => {
      const raw = execFileSync("ffmpeg", ["-v", "error", "-i", `${folder}/${string}${fret}.m4a`, "-f", "f32le", "-ac", "1", "-ar", String(rate), "-"], {
        maxBuffer: 1 << 26,
      });
      const sound = new Float32Array(raw.buffer.slice(raw.byteOffset, raw.byteOffset + raw.length));
      return noteOf(sound, (string === "u" ? 4770 : 5267) + 100 * fret, 1, rate);
    }),
  );
}

/** Cut at its attack, of one loudness over its first 150 ms, its pitch measured near the one it should have. */
function noteOf(sound: Float32Array, near: Cents, velocity: number, rate: Hertz): Note {
  let peak = 0;
  for (const v of sound) peak = Math.max(peak, Math.abs(v));
  const start = Math.max(
    0,
    sound.findIndex((v) => Math.abs(v) > 0.25 * peak),
  );
  const cut = sound.subarray(Math.max(0, start - Math.round(0.0025 * rate)));
  const first = Math.round(0.15 * rate);
  let power = 0;
  for (let i = 0; i < first; i++) power += (cut[i] ?? 0) ** 2;
  const scale = 0.1 / Math.sqrt(power / first);
  return { sound: cut.map((v) => v * scale), cents: pitchOf(cut, near, rate), velocity };
}

/** Pitch by autocorrelation near an expected one. */
function pitchOf(x: Float32Array, near: Cents, rate: Hertz): Cents {
  let best = -1;
  let cents = near;
  for (let c = near - 90; c <= near + 90; c += 1) {
    const lag = rate / (440 * exp2((c - 6900) / 1200));
    let sum = 0;
    for (let periods = 1; periods <= 4; periods++) {
      const [whole, part] = [Math.floor(lag * periods), (lag * periods) % 1];
      for (let i = 1500; i < 5500; i += 2) sum += (x[i] ?? 0) * ((x[i + whole] ?? 0) * (1 - part) + (x[i + whole + 1] ?? 0) * part);
    }
    if (sum > best) {
      best = sum;
      cents = c;
    }
  }
  return cents;
}
