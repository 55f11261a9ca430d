// Time, measured: printed bars of real küi, their repeats, and whether they stand when the recording is changed so little that nobody hears it.
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { median, SAMPLE_RATE, type Seconds, seeded } from "@kuishi/base";
import type { Heard } from "@kuishi/score";
import { againstPrint, type PrintedBars, repeatsAlike, steadiness } from "./bars.ts";
import { BENCHMARK } from "./benchmark.ts";

/** Hears mono samples at 48 kHz. */
export type HearSamples = (samples: Float32Array) => Promise<Heard>;

const RECORDINGS = join(BENCHMARK, "../../data");

/** Samples of an audio file as FFmpeg reads it, mono at 48 kHz, through a filter. */
function decoded(path: string, filter = "anull"): Float32Array {
  const bytes = execFileSync("ffmpeg", ["-v", "error", "-i", path, "-af", filter, "-ac", "1", "-ar", String(SAMPLE_RATE), "-f", "f32le", "-"], {
    maxBuffer: 1 << 30,
  });
  return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength >> 2).slice();
}
/** The same through an MP3 of 64 kbit/s. */
function throughMp3(path: string): Float32Array {
  const mp3 = execFileSync("ffmpeg", ["-v", "error", "-i", path, "-ac", "1", "-b:a", "64k", "-f", "mp3", "-"], { maxBuffer: 1 << 30 });
  const bytes = execFileSync("ffmpeg", ["-v", "error", "-f", "mp3", "-i", "-", "-ar", String(SAMPLE_RATE), "-f", "f32le", "-"], {
    input: mp3,
    maxBuffer: 1 << 30,
  });
  return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength >> 2).slice();
}

/** Copies that leave the music as it is: what was done, the samples, how much longer a second of the recording is than one of the copy. */
function copies(path: string, whole: Float32Array, seed: number): readonly (readonly [string, Float32Array, number])[] {
  const random = seeded(seed, path);
  const level = Math.sqrt(whole.reduce((sum, value) => sum + value * value, 0) / whole.length);
  return [
    ["+30 cents", decoded(path, "rubberband=pitch=1.01748"), 1],
    ["5 % faster", decoded(path, "atempo=1.05"), 1.05],
    ["MP3 64k", throughMp3(path), 1],
    ["20 dB noise", whole.map((value) => value + 0.1 * level * random.gauss()), 1],
    ["first half", whole.slice(0, whole.length >> 1), 1],
  ];
}

export interface RealBars {
  readonly name: string;
  /** Against print; absent where no print is known. */
  readonly printed?: ReturnType<typeof againstPrint>;
  readonly repeats: ReturnType<typeof repeatsAlike>;
  readonly confidence: number;
  readonly copies: readonly { readonly name: string; readonly beats: number; readonly groups: number }[];
  readonly barSeconds: Seconds;
}

/** Measures every recording beside the project that has printed bars or many repeats. */
export async function measureRealBars(hear: HearSamples, seed: number, only = ""): Promise<RealBars[]> {
  const rows: RealBars[] = [];
  const files = existsSync(RECORDINGS) ? readdirSync(RECORDINGS).filter((file) => /\.(mp3|flac)$/.test(file)) : [];
  for (const file of files) {
    const name = file.replace(/\.[^.]+$/, "");
    const truth = join(RECORDINGS, `${name}.bars.json`);
    if (!name.includes(only) || !(existsSync(truth) || name === "aqsaq-qulan")) continue;
    const path = join(RECORDINGS, file);
    const whole = decoded(path);
    const heard = await hear(whole);
    const steady = [];
    for (const [copy, samples, scale] of copies(path, whole, seed)) steady.push({ name: copy, ...steadiness(heard, await hear(samples), scale) });
    const print: PrintedBars | undefined = existsSync(truth) ? JSON.parse(readFileSync(truth, "utf8")) : undefined;
    const sure = heard.meter.map((meter) => ("confidence" in meter ? meter.confidence : 0));
    rows.push({
      name,
      ...(print ? { printed: againstPrint(heard, print) } : {}),
      repeats: repeatsAlike(heard),
      confidence: sure[0] ?? 0,
      copies: steady,
      barSeconds: median(heard.downbeats.slice(1).map((at, i) => at - heard.downbeats[i]!)),
    });
  }
  return rows;
}
