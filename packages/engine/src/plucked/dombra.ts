import { type Decibels, exp, exp2, type Hertz, log2 } from "@kuishi/base";
import measured from "./dombra-measured.json" with { type: "json" };
import { GLIDE, type PluckedSound } from "./sound.ts";

interface Curve {
  readonly fromHertz: number;
  readonly step: number;
  readonly values: readonly number[];
}
/** On the straight line between its points, log frequency; flat beyond them. */
function at({ fromHertz, step, values }: Curve, hertz: Hertz): number {
  const x = Math.min(values.length - 1.001, Math.max(0, log2(hertz / fromHertz) * step));
  const k = Math.floor(x);
  return (values[k] as number) + ((values[k + 1] as number) - (values[k] as number)) * (x - k);
}
const body: Curve = { fromHertz: measured.body.fromHertz, step: measured.body.pointsPerOctave, values: measured.body.dB };
const loss: Curve = { fromHertz: measured.loss.fromHertz, step: measured.loss.pointsPerOctave, values: measured.loss.logNepers };
const pair = (values: readonly number[][], string: number): readonly number[] => values[Math.min(1, string)] as readonly number[];

/**
 * @param bodySize frequencies of the body against the measured one.
 * @param mellow dB per octave taken above 1 kHz.
 */
function dombra(bodySize: number, mellow: Decibels): PluckedSound {
  return {
    strings: 2,
    open: [5000, 5500],
    twin: () => 0,
    level: (string, n, hertz) =>
      at(body, hertz / bodySize) + (pair(measured.partialsDb, string)[Math.min(23, n - 1)] as number) - mellow * Math.max(0, log2(hertz / 1000)) - 31,
    // The measured strings are C3 and F3: a stopped length loses as much at the tuning asked for.
    loss: (string, fret, hertz) =>
      exp(
        at(loss, hertz) + (measured.loss.string[Math.min(1, string)] as number) + (measured.loss.perFret[Math.min(1, string)] as number) * Math.min(19, fret),
      ),
    stiffness: (string, fret) => {
      const [ground, perFret] = pair(measured.stiffness, string);
      return exp((ground as number) + (perFret as number) * fret);
    },
    rise: (string, fret) => {
      const [ground, perFret] = pair(measured.attackMs, string);
      // 10-90 % of 1 - exp(-t / tau) takes 2.2 tau; of what was measured the first half is the finger that touches before it lets go
      return Math.max(2, (ground as number) + (perFret as number) * fret) / 4400;
    },
    // Onset noise peaks of a real instrument (musicology 1.1.3); decay of a soundboard slap 0.1-0.2 s (2.1.10).
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
      const [ground, perFret] = pair(measured.glideCents, string);
      // measured 35 ms after the string is let go
      return Math.max(0, (ground as number) + (perFret as number) * fret) * exp(0.035 / GLIDE);
    },
    second: { cents: 0.5, dB: -10, loss: 0.6 },
    coupling: 0.35,
    ringing: [],
    partials: 24,
  };
}

/** The large pear-shaped dombra of the west and of orchestras: the one that was measured. */
export const western: PluckedSound = dombra(1, 0);
/** The flat, broad one of the Arqa: mellow (SOAS); its body is not measured, so it is the measured one's, lower and darker. */
export const arqa: PluckedSound = dombra(exp2(-1 / 6), 4);
