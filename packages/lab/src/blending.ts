import { BLOCK, type Cents, centsToHertz, clamp, log10, median, SAMPLE_RATE } from "@kuishi/base";
import { type Arrangement, curveAt, type Grid, strokeNear, violations } from "@kuishi/blend";
import { type Clips, Engine, type Plan } from "@kuishi/engine";
import type { Heard } from "@kuishi/score";
import { integrated, Kernels, LoudnessMeter, Spectrum } from "@kuishi/signal";
import { classDistance } from "@kuishi/tuning";

/** What a blend sounds like, for measuring: the recording, what was added, and energies of every stem per 100 ms. */
export interface SoundingBlend {
  readonly recording: Float32Array;
  readonly added: Float32Array;
  readonly energies: ReadonlyMap<string, readonly number[]>;
}

/** A plan without one of its buses: what only widens the recording is none of its company. */
export const withoutBus = (plan: Plan, id: string): Plan => ({
  ...plan,
  strips: plan.strips.map((strip) => ({ ...strip, sends: Object.fromEntries(Object.entries(strip.sends).filter(([bus]) => bus !== id)) })),
  buses: plan.buses.filter((bus) => bus.id !== id),
});

/** Renders a plan and keeps what measures need: mono sums, energies. Returns of sends count as added. */
export function sounding(module: WebAssembly.Module, plan: Plan, clips: Clips, recordingId: string): SoundingBlend {
  const kernels = new Kernels(module);
  const engine = Engine.of(new Kernels(module), plan, clips);
  const recording = new Float32Array(plan.frames);
  const added = new Float32Array(plan.frames);
  const meters = engine.stems.map((stem) => ({ stem, meter: new LoudnessMeter(kernels, false) }));
  for (let at = 0; at < plan.frames; at += BLOCK) {
    engine.render(false);
    for (const { stem, meter } of meters) {
      meter.push(stem.leftView, stem.rightView);
      const into = stem.id === recordingId ? recording : added;
      for (let i = 0; i < BLOCK && at + i < plan.frames; i++) into[at + i] = into[at + i]! + (stem.leftView[i]! + stem.rightView[i]!) / 2;
    }
  }
  // in the tune's own time
  const lead = plan.lead ?? 0;
  return {
    recording: recording.subarray(lead),
    added: added.subarray(lead),
    energies: new Map(meters.map(({ stem, meter }) => [stem.id, [...meter.energies].slice(Math.round((lead * 10) / SAMPLE_RATE))])),
  };
}

const mean = (list: readonly number[]): number => (list.length > 0 ? list.reduce((a, b) => a + b, 0) / list.length : 0);

/** Of generated onsets with a player's stroke within 60 ms: the share 20-60 ms away, and the median distance in ms; NaN where there is none. */
export function flams(
  arrangement: Arrangement,
  strokes: readonly { readonly at: number; readonly accent: number }[],
): { share: number; medianMs: number; near: number } {
  const distances = arrangement.parts.flatMap((part) =>
    part.events.flatMap((event) => {
      const stroke = strokeNear(strokes, event.at, 0.06);
      return stroke ? [Math.abs(stroke.at - event.at)] : [];
    }),
  );
  return {
    share: distances.filter((d) => d > 0.02).length / distances.length,
    medianMs: distances.length > 0 ? median(distances) * 1000 : Number.NaN,
    near: distances.length,
  };
}

/** The blend's own beats (where its groups begin) against known ones: F within 70 ms and the median error in ms; NaN where none is near. */
export function beatAlignment(grid: Grid, beats: readonly number[]): { f: number; medianMs: number } {
  const own = grid.bars.flatMap((bar) => bar.groups.map((group) => group.from));
  const inside = beats.filter((at) => at <= grid.end);
  const used = new Set<number>();
  const errors: number[] = [];
  for (const at of own) {
    let best = -1;
    inside.forEach((beat, k) => {
      if (!used.has(k) && Math.abs(beat - at) < 0.07 && (best < 0 || Math.abs(beat - at) < Math.abs(inside[best]! - at))) best = k;
    });
    if (best < 0) continue;
    used.add(best);
    errors.push(Math.abs(inside[best]! - at));
  }
  return { f: (2 * errors.length) / Math.max(1, own.length + inside.length), medianMs: errors.length > 0 ? median(errors) * 1000 : Number.NaN };
}

/** Share of known bars whose groups the blend's bars have: the same starts of groups within 60 ms. */
export function groupAgreement(grid: Grid, bars: readonly { readonly at: number; readonly groups: readonly number[] }[]): number {
  const starts = grid.bars.flatMap((bar) => bar.groups.map((group) => group.from));
  const right = bars.slice(0, -1).filter((bar, i) => {
    const to = (bars[i + 1] as { at: number }).at;
    const pulses = bar.groups.reduce((a, b) => a + b, 0);
    let at = 0;
    const wanted = bar.groups.map((group) => {
      const time = bar.at + ((to - bar.at) * at) / pulses;
      at += group;
      return time;
    });
    const found = starts.filter((time) => time >= bar.at - 0.06 && time < to - 0.06);
    return found.length === wanted.length && wanted.every((time) => found.some((other) => Math.abs(other - time) < 0.06));
  });
  return right.length / Math.max(1, bars.length - 1);
}

/** Share of generated tones of 0.15 s or more that lie within 8 cents of the tune's scale; NaN where there is none: nothing meets no figure. */
export function inScale(arrangement: Arrangement, heard: Heard): number {
  const { tonicCents, degreesCents } = heard.mode;
  const tones = arrangement.parts
    .filter((part) => part.role !== "drums" && part.source.kind !== "recording")
    .flatMap((part) => part.events.filter((event) => event.length >= 0.15).map((event) => event.cents));
  return tones.filter((cents) => degreesCents.some((degree) => classDistance(cents, tonicCents + degree) <= 8)).length / tones.length;
}

/** Edges of bands an equivalent rectangle wide (Glasberg & Moore 1990), Hz. */
const ERB: readonly number[] = (() => {
  const edges = [120];
  while (edges.at(-1)! < 9000) edges.push(edges.at(-1)! + 24.7 * (0.00437 * edges.at(-1)! + 1));
  return edges;
})();
const FFT_SIZE = 4096;

/**
 * Share of the recording's note onsets that are heard through the blend: in at least two bands an equivalent rectangle wide that hold one of the note's
 * first six partials, its first 65 ms stand no lower than 4 dB under what was added (a tone is masked by noise some 4 dB above it in its band).
 */
export function audible(module: WebAssembly.Module, sound: SoundingBlend, heard: Heard): number {
  const kernels = new Kernels(module);
  const spectrum = new Spectrum(kernels, FFT_SIZE, 3120);
  const at = kernels.floats(FFT_SIZE);
  const bands = (x: Float32Array, from: number): Float64Array => {
    kernels.view(at, FFT_SIZE).fill(0);
    kernels.view(at, FFT_SIZE).set(x.subarray(from, from + 3120));
    const power = spectrum.power(at);
    return Float64Array.from({ length: ERB.length - 1 }, (_, b) => {
      let sum = 0;
      for (let k = Math.ceil((ERB[b]! * FFT_SIZE) / SAMPLE_RATE); k < (ERB[b + 1]! * FFT_SIZE) / SAMPLE_RATE; k++) sum += power[k]!;
      return sum;
    });
  };
  const notes = heard.notes.filter((note) => note.cents !== null && note.articulation !== "tap");
  const heardNotes = notes.filter((note) => {
    const from = Math.round((note.onset - 0.002) * SAMPLE_RATE);
    if (from < 0 || from + FFT_SIZE > sound.recording.length) return true;
    const [own, other] = [bands(sound.recording, from), bands(sound.added, from)];
    const partials = new Set<number>();
    for (let n = 1; n <= 6; n++) {
      const hertz = centsToHertz(note.cents!) * n;
      const band = ERB.findIndex((edge, k) => hertz >= edge && hertz < (ERB[k + 1] ?? 0));
      if (band >= 0) partials.add(band);
    }
    return [...partials].filter((band) => 10 * log10(own[band]! / Math.max(1e-12, other[band]!)) >= -4).length >= 2;
  });
  return heardNotes.length / Math.max(1, notes.length);
}

const sumOf = (energies: ReadonlyMap<string, readonly number[]>, keep: (id: string) => boolean): number[] => {
  const out: number[] = [];
  for (const [id, list] of energies) {
    if (!keep(id)) continue;
    list.forEach((energy, i) => {
      out[i] = (out[i] ?? 0) + energy;
    });
  }
  return out;
};

/** Correlation of three-second loudness with the energy, as long as the tune goes on. */
export function energyCorrelation(arrangement: Arrangement, sound: SoundingBlend, heard: Heard): number {
  const seconds = Math.max(...heard.notes.map((note) => note.onset)) + 1;
  const total = sumOf(sound.energies, () => true);
  const pairs: [number, number][] = [];
  for (let at = 0; at + 3 <= seconds; at += 0.5) {
    const window = total.slice(Math.round(at * 10), Math.round((at + 3) * 10));
    let wanted = 0;
    for (let k = 0; k < 30; k++) wanted += curveAt(arrangement.energy, at + k / 10) / 30;
    pairs.push([wanted, 10 * log10(Math.max(1e-12, mean(window)))]);
  }
  const [mx, my] = [mean(pairs.map(([x]) => x)), mean(pairs.map(([, y]) => y))];
  const [sxy, sx, sy] = pairs.reduce(([a, b, c], [x, y]) => [a + (x - mx) * (y - my), b + (x - mx) * (x - mx), c + (y - my) * (y - my)], [0, 0, 0]);
  return sxy / Math.max(1e-12, Math.sqrt(sx * sy));
}

/** What must stand beside the figures, so that emptiness meets none of them. */
export interface Floors {
  /** LU of what was added against the recording, outside intro and free passages. */
  readonly accompaniment: number;
  /** LU of the climax over the first section. */
  readonly climb: number;
  /** Parts that sound in the climax. */
  readonly parts: number;
  /** Least number of roots in 16 bars. */
  readonly roots: number;
  /** Attacks a second outside intro and outro. */
  readonly density: number;
  /** Of the ends of sections that can have one, the share with a fill. */
  readonly fills: number;
  /** Pairs of neighbouring sections that are the same. */
  readonly twins: number;
}

/** Measures the floors. */
export function floorsOf(arrangement: Arrangement, sound: SoundingBlend, recordingId: string, fill: string, grid: Grid): Floors {
  const { sections, parts, harmony } = arrangement;
  const tune = arrangement.edges.tail?.from ?? Number.POSITIVE_INFINITY;
  const slice = (list: readonly number[], from: number, to: number): number[] => list.slice(Math.round(from * 10), Math.round(Math.min(to, tune) * 10));
  const recording = sumOf(sound.energies, (id) => id === recordingId);
  const added = sumOf(sound.energies, (id) => id !== recordingId);
  const total = sumOf(sound.energies, () => true);
  const first = sections[0];
  const begin = first?.role === "intro" ? first.to : 0;
  const end = sections.at(-1)?.to ?? 0;
  const climax = sections.find((section) => section.role === "climax") ?? sections[sections.length >> 1];
  const inside = (at: number, one: { from: number; to: number } | undefined): boolean => one !== undefined && at >= one.from - 0.02 && at < one.to - 0.02;
  const main = sections.filter((section) => section.role !== "intro" && section.role !== "outro");
  const seconds = main.reduce((sum, section) => sum + section.to - section.from, 0);
  const roots: number[] = [];
  for (let k = 0; k + 16 <= grid.bars.length; k += 8) {
    const [from, to] = [grid.bars[k]?.from ?? 0, grid.bars[k + 15]?.to ?? 0];
    roots.push(new Set(harmony.filter((h) => h.to > from + 0.05 && h.from < to - 0.05).map((h) => Math.round(h.root))).size);
  }
  const ends = sections.slice(0, -1).filter((section) => section.energy >= 0.2);
  const fills = ends.filter((section) =>
    parts.some(
      (part) =>
        part.role === "drums" &&
        part.id.startsWith(fill) &&
        part.events.some((event) => event.reason.code === "why.fill" && event.at > section.to - 4 && event.at <= section.to),
    ),
  );
  const print = (section: { from: number; to: number }): string => {
    // what happens, bar by bar, on a grid of 50 ms
    const from = grid.bars.find((bar) => bar.from >= section.from - 0.02)?.from ?? section.from;
    return parts
      .map(
        (part) =>
          `${part.id}:${part.events.filter((event) => inside(event.at, section)).map((event) => `${Math.round((event.at - from) * 20)}/${Math.round(event.velocity * 10)}/${Math.round(event.cents / 50)}`)}`,
      )
      .join(" ");
  };
  return {
    accompaniment: integrated(slice(added, begin, end)) - integrated(slice(recording, begin, end)),
    climb: climax && first ? integrated(slice(total, climax.from, climax.to)) - integrated(slice(total, first.from, first.to)) : 0,
    parts: climax
      ? [...sound.energies].filter(([id, list]) => parts.some((part) => part.id === id) && integrated(slice(list, climax.from, climax.to)) > -60).length
      : 0,
    roots: roots.length > 0 ? Math.min(...roots) : 3,
    density:
      attacks(parts.flatMap((part) => part.events.map((event) => event.at).filter((at) => main.some((one) => inside(at, one))))) / Math.max(0.5, seconds),
    fills: ends.length > 0 ? fills.length / ends.length : 1,
    twins: sections.slice(1).filter((section, i) => print(section) === print(sections[i]!)).length,
  };
}

/** How many moments something begins at: what begins within 20 ms is one attack. */
function attacks(times: readonly number[]): number {
  let last = -1;
  let count = 0;
  for (const at of [...times].sort((a, b) => a - b)) {
    if (at - last <= 0.02) continue;
    count++;
    last = at;
  }
  return count;
}

/** What no player could do, counted over all parts. */
export const unplayable = (arrangement: Arrangement): number => arrangement.parts.reduce((sum, part) => sum + violations(part).length, 0);

/** Mean motion of the held voices from one sonority to the next, cents a voice. */
export function voiceLeading(arrangement: Arrangement): number {
  const moves: number[] = [];
  for (const part of arrangement.parts.filter((one) => one.role === "pad")) {
    const chords = new Map<number, Cents[]>();
    for (const event of part.events) chords.set(event.at, [...(chords.get(event.at) ?? []), event.cents]);
    const list = [...chords.values()];
    list.slice(1).forEach((chord, i) => {
      const before = list[i]!;
      for (const cents of chord) moves.push(Math.min(...before.map((other) => Math.abs(other - cents))));
    });
  }
  return mean(moves);
}

const HOP_FRAMES = 480;
const FFT = 2048;
const BANDS = [40, 90, 160, 300, 600, 1200, 2400, 4000, 6500, 10_000, 16_000] as const;

/**
 * What a classifier may know of a blend: of its sound alone. `colour`: shares of ten bands, flux rate and periodicity of low, middle and
 * high sound, how sustained it is. `tune`: pitch classes in 20-cent steps, and the rhythm of its onsets.
 */
export function features(module: WebAssembly.Module, x: Float32Array, from: number, to: number): { colour: number[]; tune: number[] } {
  const kernels = new Kernels(module);
  const spectrum = new Spectrum(kernels, FFT, FFT);
  const fine = new Spectrum(kernels, 16384, 16384);
  const at = kernels.floats(16384);
  const frames = Math.max(8, Math.floor(((to - from) * SAMPLE_RATE - FFT) / HOP_FRAMES));
  const edges = BANDS.map((hertz) => Math.round((hertz * FFT) / SAMPLE_RATE));
  const energies: number[][] = [];
  for (let f = 0; f < frames; f++) {
    const start = Math.round(from * SAMPLE_RATE) + f * HOP_FRAMES;
    kernels.view(at, FFT).set(x.subarray(start, start + FFT).length === FFT ? x.subarray(start, start + FFT) : new Float32Array(FFT));
    const power = spectrum.power(at);
    energies.push(
      edges.slice(1).map((edge, b) => {
        let sum = 1e-9;
        for (let k = edges[b]!; k < Math.max(edge, edges[b]! + 1); k++) sum += power[k]!;
        return sum;
      }),
    );
  }
  const bands = edges.slice(1).map((_, b) => mean(energies.map((row) => row[b]!)));
  const all = bands.reduce((a, b) => a + b, 0);
  const fluxes = [
    [0, 2],
    [3, 6],
    [7, 9],
  ].map(([a, b]) =>
    energies.map((row, f) => {
      const before = energies[Math.max(0, f - 2)]!;
      let sum = 0;
      for (let k = a!; k <= b!; k++) sum += Math.max(0, log10(row[k]! / before[k]!));
      return sum;
    }),
  );
  const rates = fluxes.map((flux) => {
    const level = mean(flux) * 1.8;
    return flux.filter((value, i) => value > level && value >= (flux[i - 1] ?? 0) && value > (flux[i + 1] ?? 0)).length / (to - from);
  });
  const levels = energies.map((row) => 10 * log10(row.reduce((a, b) => a + b, 0))).sort((a, b) => a - b);
  const spread = levels[Math.floor(levels.length * 0.9)]! - levels[Math.floor(levels.length * 0.2)]!;
  const crests = fluxes.map((flux) => Math.max(...flux) / Math.max(1e-9, mean(flux)));
  const colour = [...bands.map((value) => 10 * log10(value / all)), ...rates.map((rate) => 3 * rate), spread, ...crests];
  // rhythm: autocorrelation of the onsets between 80 ms and 2.4 s
  const flux = fluxes[0]!.map((value, i) => value + fluxes[1]![i]! + fluxes[2]![i]!);
  const level = mean(flux);
  const rhythm = Array.from({ length: 58 }, (_, k) => {
    const lag = 8 + 4 * k;
    let sum = 0;
    for (let i = 0; i + lag < flux.length; i++) sum += (flux[i]! - level) * (flux[i + lag]! - level);
    return sum / Math.max(1, flux.length - lag);
  });
  const classes = new Float64Array(60);
  for (let start = Math.round(from * SAMPLE_RATE); start + 16384 < to * SAMPLE_RATE; start += 24_000) {
    kernels.view(at, 16384).set(x.subarray(start, start + 16384));
    const power = fine.power(at);
    for (let k = 24; k < 700; k++) {
      const [a, b, c] = [power[k - 1]!, power[k]!, power[k + 1]!];
      if (b <= a || b < c) continue;
      const peak = k + clamp((0.5 * (log10(a + 1e-12) - log10(c + 1e-12))) / (log10(a + 1e-12) - 2 * log10(b + 1e-12) + log10(c + 1e-12) - 1e-9), -0.5, 0.5);
      const cents = 6900 + 1200 * (log10((peak * SAMPLE_RATE) / 16384 / 440) / log10(2));
      const bin = ((Math.round(cents / 20) % 60) + 60) % 60;
      classes[bin] = classes[bin]! + Math.sqrt(b);
    }
  }
  const unit = (list: readonly number[]): number[] => {
    const size = Math.sqrt(list.reduce((sum, value) => sum + value * value, 0)) || 1;
    return list.map((value) => value / size);
  };
  return { colour, tune: [...unit([...classes]), ...unit(rhythm)] };
}

/** Names the class of each item by the nearest mean of the other groups' items, features scaled by their spread; the share named right. */
export function namedRight(
  items: readonly { readonly label: string; readonly group: string; readonly features: readonly number[] }[],
  scaled: boolean,
): { right: number; wrong: string[] } {
  const wrong: string[] = [];
  for (const item of items) {
    const others = items.filter((other) => other.group !== item.group);
    const width = item.features.length;
    const spread = Array.from({ length: width }, (_, k) => {
      const list = others.map((other) => other.features[k]!);
      const middle = mean(list);
      return scaled ? Math.sqrt(mean(list.map((value) => (value - middle) * (value - middle)))) || 1 : 1;
    });
    const labels = [...new Set(others.map((other) => other.label))];
    const distances = labels.map((label) => {
      const own = others.filter((other) => other.label === label);
      return Array.from({ length: width }, (_, k) => (mean(own.map((other) => other.features[k]!)) - item.features[k]!) / spread[k]!).reduce(
        (sum, d) => sum + d * d,
        0,
      );
    });
    const named = labels[distances.indexOf(Math.min(...distances))];
    if (named !== item.label) wrong.push(`${item.group}: ${item.label} as ${named}`);
  }
  return { right: 1 - wrong.length / Math.max(1, items.length), wrong };
}
