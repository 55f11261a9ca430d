import { type Cents, clamp, exp, log, pow } from "@kuishi/base";
import type { Kernels } from "@kuishi/signal";
import { type Atom, type AtomMaker, COLOURS, COMPRESSION, gram, normalise, project } from "./atoms.ts";
import type { Onset } from "./onsets.ts";
import type { Sound } from "./sound.ts";
import { look, type Views } from "./views.ts";

/** One string's part in a stroke. */
export interface Struck {
  readonly cents: Cents;
  /** Amplitude in the compressed, whitened spectrum. */
  readonly level: number;
  /** Was it struck here, or does it ring on from before? 0..1. */
  readonly struck: number;
  /** How clearly this pitch beats its rivals, 0..1. */
  readonly sure: number;
}
/** What sounds after an onset: one or two pitches, lower first. */
export interface Decoded {
  readonly onset: Onset;
  readonly pitches: readonly Struck[];
}

const GRID = 25; // cents between candidates of the first pass
const PAIR_COST = 0.07; // share of energy a second pitch must explain
const LEAST_SHARE = 0.4; // weaker of two pitches against the stronger
const ROUNDS = 4;
const CANDIDATES = 14;
const STRETCH = 4000; // onsets, about five minutes of fast strokes

/** The pitches of a recording and what each looks like through each window length. */
interface Dictionary {
  readonly pitches: readonly Cents[];
  /** By length, then by pitch. */
  readonly atoms: readonly (readonly Atom[])[];
}

/**
 * Decodes each onset into at most two pitches by least squares on harmonic atoms: first on a
 * fine grid that knows no scale, then on the pitches the recording turned out to use, whose
 * spectra are learned from it (hard EM), with a Viterbi pass over onsets.
 */
export function decodePitches(kernels: Kernels, sound: Sound, onsets: readonly Onset[], range: readonly [Cents, Cents]): Decoded[] {
  // A long recording is learned stretch by stretch: its tuning may drift, and its spectra would not fit in memory.
  const stretches = Math.ceil(onsets.length / STRETCH);
  return Array.from({ length: stretches }, (_, k) =>
    decodeStretch(kernels, sound, onsets.slice(Math.floor((k * onsets.length) / stretches), Math.floor(((k + 1) * onsets.length) / stretches)), range),
  ).flat();
}

function decodeStretch(kernels: Kernels, sound: Sound, onsets: readonly Onset[], range: readonly [Cents, Cents]): Decoded[] {
  const views = look(kernels, sound, onsets);
  const grid: Cents[] = [];
  for (let cents = range[0]; cents <= range[1]; cents += GRID) for (const _ of COLOURS) grid.push(cents);
  const colours = COLOURS.length;
  const combs = views.makers.map((maker) => grid.map((cents, i) => maker.comb(cents, COLOURS[i % colours])));
  const first = solve(views, { pitches: grid, atoms: combs }, 80).map((list) => list[0] as Candidate);
  let dictionary = plain(views, (globalThis as any).ORACLE ?? pitchSet(views, first, grid));
  for (let round = 0; ; round++) {
    const lists = solve(views, dictionary, 45);
    const path = viterbi(lists, onsets, dictionary.pitches);
    if (round === ROUNDS) return verdict(views, onsets, lists, path, dictionary);
    dictionary = adapt(views, path, dictionary);
  }
}

/** Atoms that have learned nothing yet. */
const plain = (views: Views, pitches: readonly Cents[]): Dictionary => ({
  pitches,
  atoms: views.makers.map((maker) => pitches.map((cents) => maker.comb(cents))),
});

/** One explanation of a spectrum: atom indices (b = -1 for a single pitch), amplitudes, share of energy explained. */
interface Candidate {
  readonly score: number;
  readonly a: number;
  readonly b: number;
  readonly x: number;
  readonly y: number;
}

/** Best explanations of each spectrum by one or two atoms at least `apart` cents from each other. */
function solve(views: Views, dictionary: Dictionary, apart: Cents): Candidate[][] {
  const n = dictionary.pitches.length;
  const cents = Float64Array.from(dictionary.pitches);
  const inners = dictionary.atoms.map((atoms, lens) => (views.lens.includes(lens) ? gram(atoms, views.bins) : new Float32Array(0)));
  return views.post.map((spectrum, i) => {
    const atoms = dictionary.atoms[views.lens[i] as number] as readonly Atom[];
    const inner = inners[views.lens[i] as number] as Float32Array;
    let energy = 1e-12;
    for (const v of spectrum) energy += v * v;
    const c = Float32Array.from(atoms, (atom) => project(atom, spectrum));
    const list: Candidate[] = [];
    let worst = -1;
    const offer = (candidate: Candidate): void => {
      if (list.length >= CANDIDATES && candidate.score <= worst) return;
      let at = list.length;
      while (at > 0 && (list[at - 1] as Candidate).score < candidate.score) at--;
      list.splice(at, 0, candidate);
      if (list.length > CANDIDATES) list.pop();
      worst = (list.at(-1) as Candidate).score;
    };
    for (let a = 0; a < n; a++) {
      const ca = c[a] as number;
      offer({ score: (ca * ca) / energy, a, b: -1, x: ca, y: 0 });
      for (let b = a + 1; b < n; b++) {
        if ((cents[b] as number) - (cents[a] as number) < apart) continue;
        const g = inner[a * n + b] as number;
        const det = 1 - g * g;
        if (det < 0.05) continue;
        const cb = c[b] as number;
        const x = (ca - g * cb) / det;
        const y = (cb - g * ca) / det;
        if (x <= 0 || y <= 0 || Math.min(x, y) < LEAST_SHARE * Math.max(x, y)) continue;
        const score = (x * ca + y * cb) / energy - PAIR_COST;
        if (list.length < CANDIDATES || score > worst) offer({ score, a, b, x, y });
      }
    }
    return list;
  });
}

/** The pitches a recording uses: peaks of a histogram of what the first pass found, each refined against the spectra. */
function pitchSet(views: Views, decoded: readonly Candidate[], grid: readonly Cents[]): Cents[] {
  const low = grid[0] as Cents;
  const bins = new Float64Array(((grid.at(-1) as Cents) - low) / 5 + 60); // 5 cents each
  decoded.forEach((candidate, i) => {
    for (const index of candidate.b < 0 ? [candidate.a] : [candidate.a, candidate.b]) {
      const cents = refine(views.makers[views.lens[i] as number] as AtomMaker, views.post[i] as Float32Array, grid[index] as Cents);
      const centre = Math.round((cents - low) / 5) + 20;
      for (let k = -12; k <= 12; k++) {
        const at = centre + k;
        if (at >= 0 && at < bins.length) bins[at] = (bins[at] as number) + exp((-k * k) / 18) * candidate.score;
      }
    }
  });
  const peaks: { cents: Cents; height: number }[] = [];
  for (let k = 1; k + 1 < bins.length; k++) {
    const value = bins[k] as number;
    if (value > 0.2 && value >= (bins[k - 1] as number) && value > (bins[k + 1] as number)) peaks.push({ cents: low + (k - 20) * 5, height: value });
  }
  peaks.sort((a, b) => b.height - a.height);
  const kept: { cents: Cents; height: number }[] = [];
  const total = decoded.length;
  for (const peak of peaks) {
    if (peak.height < 0.0025 * total) break;
    const near = kept.find((other) => Math.abs(other.cents - peak.cents) < 62);
    if (!near) kept.push(peak);
    if (kept.length >= 44) break;
  }
  return kept.map((peak) => peak.cents).sort((a, b) => a - b);
}

/** Shifts a pitch by up to 20 cents to where its comb fits best. */
function refine(maker: AtomMaker, spectrum: Float32Array, cents: Cents): Cents {
  let best = -1;
  let at = cents;
  for (let shift = -20; shift <= 20; shift += 5) {
    const value = project(comb(maker, cents + shift), spectrum);
    if (value > best) {
      best = value;
      at = cents + shift;
    }
  }
  return at;
}
const combs = new WeakMap<AtomMaker, Map<number, Atom>>();
function comb(maker: AtomMaker, cents: Cents): Atom {
  let known = combs.get(maker);
  if (!known) combs.set(maker, (known = new Map()));
  let atom = known.get(cents);
  if (!atom) known.set(cents, (atom = maker.comb(cents)));
  return atom;
}

/** Cheapest way through the candidates: pitches change seldom and by small steps, the less so the shorter the gap. */
function viterbi(lists: readonly Candidate[][], onsets: readonly Onset[], pitches: readonly Cents[]): Candidate[] {
  const cents = (index: number): number => (index < 0 ? -1 : (pitches[index] as Cents));
  const voice = (from: number, to: number): number => {
    if (from < 0 && to < 0) return 0;
    if (from < 0 || to < 0) return 0.012;
    const d = Math.abs(cents(from) - cents(to));
    return d === 0 ? 0 : 0.008 + 0.0014 * Math.min(8, d / 100);
  };
  const cost = (p: Candidate, q: Candidate): number => {
    // compare as two voices; a single pitch may be either
    if (p.b >= 0 && q.b >= 0) return voice(p.a, q.a) + voice(p.b, q.b);
    if (p.b < 0 && q.b < 0) return voice(p.a, q.a);
    const [one, two] = p.b < 0 ? [p, q] : [q, p];
    return 0.01 + Math.min(voice(one.a, two.a), voice(one.a, two.b));
  };
  let scores = (lists[0] as Candidate[]).map((candidate) => candidate.score);
  const back: Int32Array[] = [];
  for (let i = 1; i < lists.length; i++) {
    const gap = (onsets[i] as Onset).at - (onsets[i - 1] as Onset).at;
    const weight = Math.min(1, 0.25 / Math.max(0.06, gap));
    const from = lists[i - 1] as Candidate[];
    const links = new Int32Array((lists[i] as Candidate[]).length);
    scores = (lists[i] as Candidate[]).map((q, j) => {
      let best = -Infinity;
      from.forEach((p, k) => {
        const value = (scores[k] as number) - weight * cost(p, q);
        if (value > best) {
          best = value;
          links[j] = k;
        }
      });
      return best + q.score;
    });
    back.push(links);
  }
  let at = scores.indexOf(Math.max(...scores));
  const path: Candidate[] = [];
  for (let i = lists.length - 1; i >= 0; i--) {
    path[i] = (lists[i] as Candidate[])[at] as Candidate;
    if (i > 0) at = (back[i - 1] as Int32Array)[at] as number;
  }
  return path;
}

/** Re-estimates each pitch's cents, and its spectrum through each window length, from the onsets it was heard at. */
function adapt(views: Views, path: readonly Candidate[], dictionary: Dictionary): Dictionary {
  const { pitches } = dictionary;
  const { bins } = views;
  const sums = views.makers.map(() => pitches.map(() => new Float32Array(0)));
  const counts = views.makers.map(() => new Float32Array(pitches.length));
  const model = new Float32Array(bins);
  path.forEach((candidate, i) => {
    const spectrum = views.post[i] as Float32Array;
    const lens = views.lens[i] as number;
    const atoms = dictionary.atoms[lens] as readonly Atom[];
    const parts: (readonly [number, number])[] =
      candidate.b < 0
        ? [[candidate.a, candidate.x]]
        : [
            [candidate.a, candidate.x],
            [candidate.b, candidate.y],
          ];
    model.fill(1e-9);
    for (const [index, level] of parts) {
      const atom = atoms[index] as Atom;
      atom.bins.forEach((bin, k) => {
        model[bin] = (model[bin] as number) + level * (atom.weights[k] as number);
      });
    }
    for (const [index, level] of parts) {
      const atom = atoms[index] as Atom;
      const row = sums[lens] as Float32Array[];
      if ((row[index] as Float32Array).length === 0) row[index] = new Float32Array(bins);
      const sum = row[index] as Float32Array;
      atom.bins.forEach((bin, k) => {
        const share = (level * (atom.weights[k] as number)) / (model[bin] as number);
        sum[bin] = (sum[bin] as number) + (spectrum[bin] as number) * share;
      });
      const count = counts[lens] as Float32Array;
      count[index] = (count[index] as number) + 1;
    }
  });
  const kept = pitches.map((_, i) => i).filter((i) => counts.some((count) => (count[i] as number) > 0));
  const moved = kept.map((i) => {
    let best = -1;
    let cents = pitches[i] as Cents;
    for (let shift = -15; shift <= 15; shift += 3) {
      let value = 0;
      views.makers.forEach((maker, lens) => {
        const sum = sums[lens]?.[i] as Float32Array;
        if (sum.length > 0) value += project(comb(maker, (pitches[i] as Cents) + shift), sum);
      });
      if (value > best) {
        best = value;
        cents = (pitches[i] as Cents) + shift;
      }
    }
    return cents;
  });
  const atoms = views.makers.map((maker, lens) =>
    kept.map((i, k): Atom => {
      const generic = comb(maker, moved[k] as Cents);
      const sum = sums[lens]?.[i] as Float32Array;
      if (sum.length === 0) return generic;
      const learned = Float32Array.from(generic.bins, (bin) => sum[bin] as number);
      normalise(learned);
      const count = counts[lens]?.[i] as number;
      const trust = count / (count + 3);
      const weights = learned.map((w, j) => trust * w + (1 - trust) * (generic.weights[j] as number));
      normalise(weights);
      return { cents: generic.cents, bins: generic.bins, weights };
    }),
  );
  return { pitches: moved, atoms };
}

/** Rise in dB of a pitch's own partials over the onset, where the other pitch does not cover them. */
function rise(views: Views, i: number, atom: Atom, other: Atom | undefined): number {
  const post = views.post[i] as Float32Array;
  const pre = views.pre[i] as Float32Array;
  const cover = new Map<number, number>();
  other?.bins.forEach((bin, k) => cover.set(bin, other.weights[k] as number));
  let after = 1e-9;
  let before = 1e-9;
  atom.bins.forEach((bin, k) => {
    const w = atom.weights[k] as number;
    if (w < 0.004) return;
    const own = w * (w / (w + 1.5 * (cover.get(bin) ?? 0)));
    after += own * pow(post[bin] as number, 1 / COMPRESSION);
    before += own * pow(pre[bin] as number, 1 / COMPRESSION);
  });
  return 8.686 * log(after / before);
}

function verdict(views: Views, onsets: readonly Onset[], lists: readonly Candidate[][], path: readonly Candidate[], dictionary: Dictionary): Decoded[] {
  let before: readonly Cents[] = [];
  return path.map((candidate, i) => {
    const onset = onsets[i] as Onset;
    const atoms = dictionary.atoms[views.lens[i] as number] as readonly Atom[];
    const a = atoms[candidate.a] as Atom;
    const b = candidate.b < 0 ? undefined : (atoms[candidate.b] as Atom);
    const rival = (lists[i] as Candidate[]).find((other) =>
      b ? other.a !== candidate.a && other.b !== candidate.b : other.a !== candidate.a && other.b !== candidate.a,
    );
    const lead = candidate.score - (rival?.score ?? 0);
    const sure = clamp(0.5 + lead * 4, 0.05, 1);
    const parts: [Atom, number, Atom | undefined][] = [[a, candidate.x, b]];
    if (b) parts.push([b, candidate.y, a]);
    const pitches = parts.map(([atom, level, other]) => {
      const dB = rise(views, i, atom, other);
      const rang = before.some((cents) => Math.abs(cents - atom.cents) < 30);
      const weaker = Math.max(candidate.x, candidate.y) / level - 1;
      const threshold = (rang ? -9 : -7) + 7 * Math.min(weaker, 2);
      return { cents: atom.cents, level: level * atom.weights.reduce((top, w) => Math.max(top, w), 0), struck: clamp(0.5 + (dB - threshold) / 8, 0, 1), sure };
    });
    // something was struck, or there would be no onset
    if (!pitches.some((pitch) => pitch.struck >= 0.5)) {
      const most = pitches.reduce((x, y) => (y.struck > x.struck ? y : x));
      pitches[pitches.indexOf(most)] = { ...most, struck: 0.5 };
    }
    before = pitches.map((pitch) => pitch.cents);
    return { onset, pitches };
  });
}
