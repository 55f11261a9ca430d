// The shared listening benchmark (../shared/bench/listening): its composer, played by its own dombra's notes or by any bank of notes, and its measures.
import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { median } from "@kuishi/base";
import { matched } from "@kuishi/lab/lute";
import { encodeAudio } from "@kuishi/media";
import type { Heard } from "@kuishi/score";
import { soundFontNotes } from "./banks.ts";

/** Where the benchmark lies on developers' machines. */
export const BENCHMARK = join(import.meta.dirname, "../../../shared/bench/listening");
/** A real performance and its published transcription. */
export const PERFORMANCE = join(BENCHMARK, "../../data/balbyrauyn-opening.flac");

/** Figures of one piece; F1s are those of mir_eval. */
export interface PieceFigures {
  readonly name: string;
  readonly pitch: number;
  readonly string: number;
  readonly fret: number;
  readonly offset: number;
  readonly beat: number;
  /** Median error of the pitches matched. */
  readonly cents: number;
  readonly timesRealTime: number;
}

/** Composes the benchmark's pieces into a folder; gives their names. @param bank folder of notes u0..u19, d0..d19; the benchmark's own dombra when left out. */
export function composePieces(folder: string, seed: number, hard: boolean, bank?: string): string[] {
  const environment = { ...process.env, ...(hard ? { HARD: "1" } : {}), ...(bank ? { DOMBRA_SAMPLES: bank } : {}) };
  execFileSync(process.execPath, [join(BENCHMARK, "gen.mjs"), folder, String(seed)], { stdio: "ignore", env: environment });
  return readdirSync(folder)
    .filter((file) => file.endsWith(".wav"))
    .map((file) => file.slice(0, -4));
}

/** Measures hearings of composed pieces. @param hear hears a WAV file. */
export async function scorePieces(folder: string, names: readonly string[], hear: (path: string) => Promise<Heard>): Promise<PieceFigures[]> {
  const metrics = await import(pathToFileURL(join(BENCHMARK, "metrics.mjs")).href);
  const figures: PieceFigures[] = [];
  for (const name of names) {
    const truth: { dur: number; beats: number[]; notes: { onset: number; midi: number }[] } = JSON.parse(readFileSync(join(folder, `${name}.json`), "utf8"));
    const heard = await hear(join(folder, `${name}.wav`));
    const notes = heard.notes.flatMap(({ onset, offset, cents, string, fret }) => (cents === null ? [] : [{ onset, offset, midi: cents / 100, string, fret }]));
    const score = metrics.score(truth.notes, notes);
    const off = truth.notes.flatMap(({ onset, midi }) => {
      const near = notes.find((other) => Math.abs(other.onset - onset) < 0.05 && Math.abs(other.midi - midi) < 0.5);
      return near ? [Math.abs(near.midi - midi) * 100] : [];
    });
    figures.push({
      name,
      pitch: score.onsetPitch.f,
      string: score.stringPitch?.f ?? 0,
      fret: score.stringFret?.f ?? 0,
      offset: score.onsetPitchOffset.f,
      beat: metrics.beatVariants(
        truth.beats,
        heard.beats.map(({ at }) => at),
      ).f,
      cents: median(off),
      timesRealTime: truth.dur / heard.elapsedSec,
    });
  }
  return figures;
}

/** Writes a General MIDI instrument as a bank the benchmark can play: open strings C3 and F3, 19 frets. */
export async function writeSoundFontBank(folder: string, program: number): Promise<void> {
  mkdirSync(folder, { recursive: true });
  for (const [string, open] of [
    ["u", 48],
    ["d", 53],
  ] as const) {
    const notes = soundFontNotes(
      program,
      Array.from({ length: 20 }, (_, fret) => ({ key: open + fret, velocity: 100 })),
      48_000,
    );
    for (const [fret, sound] of notes.entries()) {
      const peak = sound.reduce((most, v) => Math.max(most, Math.abs(v)), 1e-9);
      const scaled = sound.map((v) => (0.8 * v) / peak);
      // a WAV under the name the benchmark asks for: ffmpeg goes by what is in it
      writeFileSync(join(folder, `${string}${fret}.m4a`), await encodeAudio("wav", [scaled], () => Promise.reject(new Error("no codec is needed")), "pcm16"));
    }
  }
}

interface PerformedEvent {
  readonly bar: number;
  readonly beat: number;
  readonly t: number | null;
  readonly lower_string: string | null;
  readonly upper_string: string | null;
}
/** Onset+pitch F1 of the performance against its transcription as published, and as the audit in docs/audit corrects it. */
export async function scorePerformance(hear: (path: string) => Promise<Heard>): Promise<{ readonly published: number; readonly audited: number }> {
  const { events, tuning_offset_cents: offset }: { events: PerformedEvent[]; tuning_offset_cents: number } = JSON.parse(
    readFileSync(PERFORMANCE.replace(".flac", ".json"), "utf8"),
  );
  const audit: { shiftSec: number; changes: { bar: number; beat: number; t: number }[] } = JSON.parse(
    readFileSync(join(import.meta.dirname, "../../docs/audit/balbyrauyn-opening.json"), "utf8"),
  );
  const corrected = events.map((event) => {
    const change = audit.changes.find((other) => other.bar === event.bar && other.beat === event.beat);
    return { ...event, t: change ? change.t : event.t === null ? null : event.t + audit.shiftSec };
  });
  const heard = await hear(PERFORMANCE);
  const score = (list: readonly PerformedEvent[]): number => {
    const truth = list.flatMap(({ t, lower_string, upper_string }) => {
      // a unison of both strings is one sound
      const names = new Set([lower_string, upper_string].filter((name) => name !== null));
      return t === null ? [] : [...names].map((name) => ({ at: t, cents: centsOfName(name) + offset }));
    });
    const last = Math.max(...truth.map(({ at }) => at)) + 0.1;
    const found = heard.notes.flatMap(({ onset, cents }) => (cents === null || onset >= last ? [] : [{ at: onset, cents }]));
    const near = (a: { cents: number }, b: { cents: number }): boolean => Math.abs(a.cents - b.cents) < 50;
    const merged = found.filter((note, i) => !found.slice(0, i).some((other) => Math.abs(other.at - note.at) < 0.02 && near(other, note)));
    return matched(truth, merged, 0.05, near).f;
  };
  return { published: score(events), audited: score(corrected) };
}

const STEPS = new Map([..."C_D_EF_G_A_B"].map((letter, step) => [letter, step]));
/** Cents of a name as F#3. */
function centsOfName(name: string): number {
  const [, letter = "C", sharp, octave] = /^([A-G])(#?)(\d)$/.exec(name) ?? [];
  return 100 * ((STEPS.get(letter) ?? 0) + (sharp ? 1 : 0) + 12 * (Number(octave) + 1));
}
