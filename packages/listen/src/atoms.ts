import { type Cents, centsToHertz, cos, exp2, PI, pow } from "@kuishi/base";
import { RATE } from "./sound.ts";

/** Highest frequency the decoder looks at. */
export const TOP_HERTZ = 6000;
const PARTIALS = 16;

/** The spectrum one sounding pitch is expected to have, unit norm, on the bins where it has any. */
export interface Atom {
  readonly cents: Cents;
  readonly bins: Int32Array;
  weights: Float32Array;
}

/** Exponent that compresses magnitudes before they are compared. */
export const COMPRESSION = 0.6;

/** How the partials of a comb are weighted: as h^-fall, the first times `first`. */
export interface Colour {
  readonly fall: number;
  readonly first: number;
}
/** Even, and hollow: a small body or a phone loses the fundamental. */
export const COLOURS: readonly [Colour, Colour] = [
  { fall: 0.55, first: 1 },
  { fall: 0.4, first: 0.12 },
];

/** Makes atoms for spectra of one window length. */
export class AtomMaker {
  readonly #perHertz: number;
  readonly #lobe: number;
  readonly bins: number;

  /** @param size transform size; @param length samples under the Hann window. */
  constructor(size: number, length: number) {
    this.#perHertz = size / RATE;
    this.#lobe = (2 * size) / length;
    this.bins = Math.floor(TOP_HERTZ * this.#perHertz);
  }

  /** A harmonic comb of the given colour. Stiffness B = 5e-5 x 2^(0.14 per fret), as measured on a real dombra (4.9e-5 and 6.3e-5 open). */
  comb(cents: Cents, colour: Colour = COLOURS[0]): Atom {
    const f0 = centsToHertz(cents);
    const stiffness = 5e-5 * exp2(0.14 * Math.max(0, (cents - 5200) / 100));
    const at: number[] = [];
    const values: number[] = [];
    for (let h = 1; h <= PARTIALS; h++) {
      const centre = f0 * h * Math.sqrt(1 + stiffness * h * h) * this.#perHertz;
      if (centre > this.bins - 3) break;
      const height = pow(h, -colour.fall) * (h === 1 ? colour.first : 1);
      const first = Math.max(1, Math.ceil(centre - this.#lobe));
      const last = Math.min(this.bins - 1, Math.floor(centre + this.#lobe));
      for (let k = first; k <= last; k++) {
        const distance = (k - centre) / this.#lobe;
        const value = height * pow(0.5 + 0.5 * cos(PI * distance), 2 * COMPRESSION);
        const seen = at.length - 1;
        if (seen >= 0 && at[seen] === k) values[seen] = Math.max(values[seen] as number, value);
        else if (seen >= 0 && (at[seen] as number) > k) {
          const back = at.lastIndexOf(k);
          if (back >= 0) values[back] = Math.max(values[back] as number, value);
        } else {
          at.push(k);
          values.push(value);
        }
      }
    }
    const atom: Atom = { cents, bins: Int32Array.from(at), weights: Float32Array.from(values) };
    normalise(atom.weights);
    return atom;
  }
}

/** Scales to unit norm. */
export function normalise(weights: Float32Array): void {
  let sum = 0;
  for (const w of weights) sum += w * w;
  const scale = sum > 0 ? 1 / Math.sqrt(sum) : 0;
  for (let i = 0; i < weights.length; i++) weights[i] = (weights[i] as number) * scale;
}

/** Inner product of an atom and a spectrum. */
export function project(atom: Atom, spectrum: Float32Array): number {
  let sum = 0;
  const { bins, weights } = atom;
  for (let i = 0; i < bins.length; i++) sum += (weights[i] as number) * (spectrum[bins[i] as number] as number);
  return sum;
}

/** Inner products of every pair of atoms, row by row. */
export function gram(atoms: readonly Atom[], bins: number): Float32Array {
  const n = atoms.length;
  const out = new Float32Array(n * n);
  const dense = new Float32Array(bins + 1);
  for (let a = 0; a < n; a++) {
    dense.fill(0);
    const atom = atoms[a] as Atom;
    atom.bins.forEach((bin, i) => {
      dense[bin] = atom.weights[i] as number;
    });
    for (let b = 0; b <= a; b++) {
      const value = project(atoms[b] as Atom, dense);
      out[a * n + b] = value;
      out[b * n + a] = value;
    }
  }
  return out;
}
