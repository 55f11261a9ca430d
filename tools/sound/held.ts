import { log10, median, SAMPLE_RATE, silent } from "@kuishi/base";
import { spectrumAt } from "@kuishi/lab";
import { hear } from "@kuishi/listen";
import type { HeardNote } from "@kuishi/score";
import { Kernels } from "@kuishi/signal";
import { kernelModule } from "@kuishi/signal/node";
import { instruments } from "@kuishi/tuning";

const FFT_SIZE = 8192;
const HOP_FRAMES = 480;
const LEVELS = 10;

/** What a bowed or blown recording is like where notes are held: medians over them. */
export interface HeldSound {
  /** Partials 1 to 10 against the strongest of them, dB. */
  readonly levels: readonly number[];
  /** What stands half-way between partials 1 to 5, against the strongest partial, dB. */
  readonly noise: number;
  /** 60-10,000 Hz. */
  readonly centroid: number;
  /** By how much pitch (cents) and level (dB) stray within a note: standard deviations, slopes taken off. */
  readonly pitchStray: number;
  readonly levelStray: number;
  /** Turns a second of the vibrato of notes longer than a second that have some. */
  readonly vibrato: number;
  /** Milliseconds in which notes out of silence rise from a tenth of their amplitude to nine tenths. */
  readonly attack: number;
}

/** Notes of a recording at 48 kHz as our ear finds them, those that last. */
export async function heldNotes(x: Float32Array, instrument: string): Promise<HeardNote[]> {
  const heard = await hear(new Kernels(kernelModule()), [x], instruments.get(instrument)!, silent, () => 0);
  return heard.notes.filter((note) => note.cents !== null && note.offset - note.onset > 0.4);
}

const spread = (values: readonly number[]): number => {
  const middle = (values.length - 1) / 2;
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  let [up, down] = [0, 1e-12];
  for (const [i, v] of values.entries()) {
    up += (i - middle) * (v - mean);
    down += (i - middle) ** 2;
  }
  return Math.sqrt(values.reduce((sum, v, i) => sum + (v - mean - ((i - middle) * up) / down) ** 2, 0) / values.length);
};
const dB = (power: number): number => 10 * log10(power + 1e-20);

/** Measures what is held in a recording, the same way on a real one and on ours. */
export function measureHeld(x: Float32Array, notes: readonly HeardNote[]): HeldSound {
  const levels: number[][] = Array.from({ length: LEVELS }, () => []);
  const [noises, centroids, pitches, strays, vibratos, attacks]: number[][] = [[], [], [], [], [], []];
  let before = -1;
  for (const note of notes) {
    const curve = note.curve ?? [[note.onset, note.cents!]];
    for (let at = note.onset + 0.12; at + FFT_SIZE / SAMPLE_RATE < note.offset; at += FFT_SIZE / 2 / SAMPLE_RATE) {
      const centre = at + FFT_SIZE / 2 / SAMPLE_RATE;
      const cents = curve.reduce((a, b) => (Math.abs(b[0] - centre) < Math.abs(a[0] - centre) ? b : a))[1];
      const hertz = 440 * 2 ** ((cents - 6900) / 1200);
      const power = spectrumAt(x, Math.round(at * SAMPLE_RATE), FFT_SIZE);
      const around = (frequency: number): number => {
        const bin = Math.round((frequency * FFT_SIZE) / SAMPLE_RATE);
        return power.subarray(bin - 3, bin + 4).reduce((a, b) => a + b, 0);
      };
      const own = Array.from({ length: LEVELS }, (_, n) => dB(around((n + 1) * hertz)));
      const top = Math.max(...own);
      for (const [n, level] of own.entries()) levels[n]!.push(level - top);
      noises!.push(median([1, 2, 3, 4, 5].map((n) => dB(around((n + 0.5) * hertz)))) - top);
      let [sum, weighed] = [1e-20, 0];
      for (let bin = 10; bin < (10_000 * FFT_SIZE) / SAMPLE_RATE; bin++) {
        sum += power[bin]!;
        weighed += (power[bin]! * bin * SAMPLE_RATE) / FFT_SIZE;
      }
      centroids!.push(weighed / sum);
    }
    const steady = curve.filter(([at]) => at > note.onset + 0.1 && at < note.offset - 0.05).map(([, cents]) => cents);
    if (steady.length > 8) pitches!.push(spread(steady));
    const envelope: number[] = [];
    for (let i = Math.round(note.onset * SAMPLE_RATE); i + HOP_FRAMES < note.offset * SAMPLE_RATE; i += HOP_FRAMES)
      envelope.push(x.subarray(i, i + HOP_FRAMES).reduce((sum, v) => sum + v * v, 0));
    strays!.push(spread(envelope.slice(15, -5).map(dB)));
    if (note.offset - note.onset > 1 && steady.length > 40) {
      // beside its own mean over a turn of about 5 Hz, where it goes up and down by what an ear notices
      const held = curve.filter(([at]) => at > note.onset + 0.4 && at < note.offset - 0.1);
      const beside = held.map(([at, cents]) => {
        const near = held.filter(([other]) => Math.abs(other - at) < 0.1).map(([, one]) => one);
        return cents - near.reduce((sum, one) => sum + one, 0) / near.length;
      });
      const turns = beside.filter((v, i) => i > 0 && beside[i - 1]! < 0 && v >= 0).length;
      if (Math.sqrt(beside.reduce((sum, v) => sum + v * v, 0) / beside.length) > 4) vibratos!.push(turns / (note.offset - note.onset - 0.5));
    }
    if (note.onset - before > 0.15) {
      const top = Math.max(...envelope.slice(0, 60));
      attacks!.push((envelope.findIndex((v) => v > 0.81 * top) - envelope.findIndex((v) => v > 0.01 * top)) * 10);
    }
    before = note.offset;
  }
  const of = (list: readonly number[] | undefined): number => (list && list.length > 0 ? median([...list]) : Number.NaN);
  return {
    levels: levels.map(of),
    noise: of(noises),
    centroid: of(centroids),
    pitchStray: of(pitches),
    levelStray: of(strays),
    vibrato: of(vibratos),
    attack: of(attacks),
  };
}
