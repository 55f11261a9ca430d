import { type Decibels, exp, exp2, type Hertz, log2 } from "@kuishi/base";
import measured from "./dombra-measured.json" with { type: "json" };
import { GLIDE, type PluckedParameters } from "./parameters.ts";

interface Response {
  readonly fromHertz: number;
  readonly step: number;
  readonly values: readonly number[];
}
/** On the straight line between its points, log frequency; flat beyond them. */
function at({ fromHertz, step, values }: Response, hertz: Hertz): number {
  const x = Math.min(values.length - 1.001, Math.max(0, log2(hertz / fromHertz) * step));
  const k = Math.floor(x);
  return values[k]! + (values[k + 1]! - values[k]!) * (x - k);
}
const body: Response = { fromHertz: measured.body.fromHertz, step: measured.body.pointsPerOctave, values: measured.body.dB };
const loss: Response = { fromHertz: measured.loss.fromHertz, step: measured.loss.pointsPerOctave, values: measured.loss.logNepers };
const pair = (values: readonly number[][], string: number): readonly number[] => values[Math.min(1, string)] as readonly number[];

/**
 * @param bodySize frequencies of the body against the measured one.
 * @param mellow dB per octave taken above 1 kHz.
 */
function dombra(bodySize: number, mellow: Decibels): PluckedParameters {
  return {
    strings: 2,
    open: [5000, 5500],
    twin: () => 0,
    level: (string, n, hertz) =>
      at(body, hertz / bodySize) + pair(measured.partialsDb, string)[Math.min(23, n - 1)]! - mellow * Math.max(0, log2(hertz / 1000)) - 31,
    // The measured strings are C3 and F3: a stopped length loses as much at the tuning asked for.
    loss: (string, fret, hertz) =>
      exp(at(loss, hertz) + measured.loss.string[Math.min(1, string)]! + measured.loss.perFret[Math.min(1, string)]! * Math.min(19, fret)),
    stiffness: (string, fret) => {
      const [atNut, perFret] = pair(measured.stiffness, string);
      return exp(atNut! + perFret! * fret);
    },
    rise: (string, fret) => {
      const [atNut, perFret] = pair(measured.attackMs, string);
      // 10-90 % of 1 - exp(-t / tau) takes 2.2 tau; of what was measured the first half is the finger that touches before it lets go
      return Math.max(2, atNut! + perFret! * fret) / 4400;
    },
    // Onset noise peaks of a real instrument (docs/sources.md#dombra-notes); decay of a soundboard slap 0.1-0.2 s (docs/sources.md#dombra-strokes).
    // The two lowest are what stands under the strings' own sound in the 40 notes.
    body: [
      [92 * bodySize, 0.32, -30],
      [158 * bodySize, 0.32, -30],
      [231 * bodySize, 0.18, -30],
      [331 * bodySize, 0.15, -32],
      [387 * bodySize, 0.16, -31],
      [590 * bodySize, 0.11, -26],
      [662 * bodySize, 0.1, -28],
      [773 * bodySize, 0.1, -28],
    ],
    place: 0.17,
    // the even frets' first 30 ms
    touch: { cutoff: 5000, noiseDb: -4, noiseHertz: 2000, noiseSeconds: 0.011 },
    sharp: (string, fret) => {
      const [atNut, perFret] = pair(measured.glideCents, string);
      // measured 35 ms after the string is let go
      return Math.max(0, atNut! + perFret! * fret) * exp(0.035 / GLIDE);
    },
    second: { cents: 0.5, dB: -10, loss: 0.6 },
    coupling: 0.35,
    sympathetic: [],
    partials: 24,
  };
}

/** The large pear-shaped dombra of the west and of orchestras: the one that was measured. */
export const western: PluckedParameters = dombra(1, 0);
/** The flat, broad one of the Arqa: mellow (SOAS); its body is not measured, so it is the measured one's, lower and darker. */
export const arqa: PluckedParameters = dombra(exp2(-1 / 6), 4);
