import { BLOCK, hash, SAMPLE_RATE } from "@kuishi/base";
import type { Address, Kernels } from "@kuishi/signal";
import type { Note } from "./note.ts";
import { mixed, type SourceProcessor } from "./source-processor.ts";

/** Settings of one drum, in the order of `kernels/drums.ts`; taus in seconds here. */
interface DrumSettings {
  readonly hertz: number;
  readonly sweep: number;
  readonly sweepTau: number;
  readonly tone: number;
  readonly toneTau: number;
  readonly ratio2: number;
  readonly tone2: number;
  readonly tone2Tau: number;
  readonly drive: number;
  readonly click: number;
  readonly metal: number;
  readonly metalTau: number;
  readonly noise: number;
  readonly noiseTau: number;
  readonly bursts: number;
  readonly burstGap: number;
  readonly filterHz: number;
  readonly damping: number;
  readonly high: number;
  readonly band: number;
}
const off: DrumSettings = {
  hertz: 100,
  sweep: 0,
  sweepTau: 0.01,
  tone: 0,
  toneTau: 0.01,
  ratio2: 1,
  tone2: 0,
  tone2Tau: 0.01,
  drive: 0,
  click: 0,
  metal: 0,
  metalTau: 0.01,
  noise: 0,
  noiseTau: 0.01,
  bursts: 0,
  burstGap: 0,
  filterHz: 1000,
  damping: 1,
  high: 0,
  band: 0,
};

/** Drums of a kit. Frequencies and decays after the TR-808 figures (docs/sources.md#drums-808) unless noted; the 909-like kick is common practice. */
const KITS: Readonly<Record<string, Readonly<Record<string, DrumSettings>>>> = {
  house: {
    kick: { ...off, hertz: 49, sweep: 3.2, sweepTau: 0.022, tone: 1, toneTau: 0.2, drive: 1.2, click: 0.25 },
    clap: { ...off, noise: 1, noiseTau: 0.05, bursts: 3, burstGap: 0.011, filterHz: 1500, damping: 0.9, band: 1.1, high: 0.15 },
    snare: {
      ...off,
      hertz: 180,
      sweep: 0.5,
      sweepTau: 0.01,
      tone: 0.5,
      toneTau: 0.05,
      ratio2: 1.83,
      tone2: 0.3,
      tone2Tau: 0.03,
      noise: 0.8,
      noiseTau: 0.08,
      filterHz: 2200,
      damping: 1.2,
      high: 0.7,
      band: 0.2,
    },
    hat: { ...off, metal: 0.8, metalTau: 0.022, noise: 0.5, noiseTau: 0.02, filterHz: 9000, damping: 1, high: 0.8 },
    openHat: { ...off, metal: 0.8, metalTau: 0.13, noise: 0.5, noiseTau: 0.12, filterHz: 8000, damping: 1, high: 0.7 },
    rim: { ...off, hertz: 455, tone: 0.4, toneTau: 0.006, ratio2: 3.66, tone2: 0.5, tone2Tau: 0.005, click: 0.2 },
    shaker: { ...off, noise: 0.6, noiseTau: 0.03, filterHz: 7000, damping: 0.8, high: 0.5, band: 0.2 },
    frame: {
      ...off,
      hertz: 82,
      sweep: 0.25,
      sweepTau: 0.03,
      tone: 0.8,
      toneTau: 0.13,
      ratio2: 1.593,
      tone2: 0.4,
      tone2Tau: 0.07,
      noise: 0.25,
      noiseTau: 0.012,
      filterHz: 1800,
      damping: 1.4,
      band: 0.6,
    },
  },
  lofi: {
    kick: { ...off, hertz: 56, sweep: 1.8, sweepTau: 0.02, tone: 0.9, toneTau: 0.13, drive: 2, click: 0.08 },
    snare: {
      ...off,
      hertz: 173,
      tone: 0.5,
      toneTau: 0.05,
      ratio2: 1.94,
      tone2: 0.25,
      tone2Tau: 0.012,
      noise: 0.55,
      noiseTau: 0.07,
      filterHz: 1600,
      damping: 1.3,
      high: 0.35,
      band: 0.4,
    },
    rim: {
      ...off,
      hertz: 455,
      tone: 0.4,
      toneTau: 0.007,
      ratio2: 3.66,
      tone2: 0.3,
      tone2Tau: 0.005,
      noise: 0.1,
      noiseTau: 0.01,
      filterHz: 1500,
      damping: 1,
      band: 0.5,
    },
    hat: { ...off, metal: 0.4, metalTau: 0.018, noise: 0.5, noiseTau: 0.025, filterHz: 6500, damping: 1.2, high: 0.5, band: 0.2 },
    openHat: { ...off, metal: 0.4, metalTau: 0.08, noise: 0.5, noiseTau: 0.09, filterHz: 6000, damping: 1.2, high: 0.5 },
    shaker: { ...off, noise: 0.5, noiseTau: 0.04, filterHz: 5000, damping: 0.9, high: 0.3, band: 0.3 },
    frame: {
      ...off,
      hertz: 74,
      sweep: 0.2,
      sweepTau: 0.03,
      tone: 0.8,
      toneTau: 0.16,
      ratio2: 1.593,
      tone2: 0.35,
      tone2Tau: 0.09,
      noise: 0.2,
      noiseTau: 0.015,
      filterHz: 1200,
      damping: 1.4,
      band: 0.6,
    },
  },
  synth: {
    kick: { ...off, hertz: 52, sweep: 2.4, sweepTau: 0.03, tone: 1, toneTau: 0.16, drive: 0.8, click: 0.35 },
    snare: {
      ...off,
      hertz: 200,
      sweep: 0.6,
      sweepTau: 0.015,
      tone: 0.6,
      toneTau: 0.07,
      ratio2: 1.6,
      tone2: 0.3,
      tone2Tau: 0.05,
      noise: 0.9,
      noiseTau: 0.14,
      filterHz: 2600,
      damping: 1.1,
      high: 0.7,
      band: 0.3,
    },
    clap: { ...off, noise: 0.9, noiseTau: 0.07, bursts: 3, burstGap: 0.009, filterHz: 1400, damping: 0.8, band: 1, high: 0.2 },
    hat: { ...off, metal: 0.3, metalTau: 0.02, noise: 0.7, noiseTau: 0.03, filterHz: 8500, damping: 1, high: 0.7 },
    openHat: { ...off, metal: 0.3, metalTau: 0.1, noise: 0.7, noiseTau: 0.13, filterHz: 8000, damping: 1, high: 0.6 },
    rim: { ...off, hertz: 500, tone: 0.5, toneTau: 0.01, ratio2: 2.7, tone2: 0.3, tone2Tau: 0.006, click: 0.2 },
    shaker: { ...off, noise: 0.6, noiseTau: 0.025, filterHz: 7500, damping: 0.8, high: 0.5 },
    frame: {
      ...off,
      hertz: 95,
      sweep: 0.8,
      sweepTau: 0.04,
      tone: 0.9,
      toneTau: 0.18,
      ratio2: 1.593,
      tone2: 0.3,
      tone2Tau: 0.08,
      noise: 0.2,
      noiseTau: 0.02,
      filterHz: 2000,
      damping: 1.2,
      band: 0.5,
    },
  },
  /** TR-808 figures of docs/sources.md#drums-808: the long kick, 238 + 476 Hz, six squares. */
  "808": {
    kick: { ...off, hertz: 49.4, sweep: 1.6, sweepTau: 0.006, tone: 1, toneTau: 0.34, drive: 0.7, click: 0.18 },
    snare: {
      ...off,
      hertz: 238,
      tone: 0.6,
      toneTau: 0.03,
      ratio2: 2,
      tone2: 0.35,
      tone2Tau: 0.012,
      noise: 0.8,
      noiseTau: 0.06,
      filterHz: 2600,
      damping: 1.1,
      high: 0.8,
    },
    clap: { ...off, noise: 1, noiseTau: 0.043, bursts: 3, burstGap: 0.01, filterHz: 1200, damping: 0.8, band: 1.1, high: 0.1 },
    hat: { ...off, metal: 1, metalTau: 0.022, filterHz: 10500, damping: 1, high: 0.9 },
    openHat: { ...off, metal: 1, metalTau: 0.16, filterHz: 9000, damping: 1, high: 0.8 },
    rim: { ...off, hertz: 455, tone: 0.5, toneTau: 0.006, ratio2: 3.66, tone2: 0.6, tone2Tau: 0.005, click: 0.25 },
  },
  /** A drummer's set, by hand from common practice. */
  acoustic: {
    kick: {
      ...off,
      hertz: 58,
      sweep: 0.9,
      sweepTau: 0.012,
      tone: 0.9,
      toneTau: 0.09,
      drive: 0.5,
      click: 0.3,
      noise: 0.12,
      noiseTau: 0.006,
      filterHz: 3000,
      damping: 1.2,
      band: 0.5,
    },
    snare: {
      ...off,
      hertz: 188,
      sweep: 0.25,
      sweepTau: 0.01,
      tone: 0.55,
      toneTau: 0.06,
      ratio2: 1.593,
      tone2: 0.4,
      tone2Tau: 0.04,
      noise: 0.8,
      noiseTau: 0.1,
      filterHz: 1900,
      damping: 1.3,
      high: 0.55,
      band: 0.45,
    },
    hat: { ...off, metal: 0.6, metalTau: 0.03, noise: 0.4, noiseTau: 0.025, filterHz: 7500, damping: 1.1, high: 0.7 },
    openHat: { ...off, metal: 0.6, metalTau: 0.22, noise: 0.4, noiseTau: 0.16, filterHz: 7000, damping: 1.1, high: 0.7 },
    ride: { ...off, hertz: 640, metal: 0.7, metalTau: 0.42, tone: 0.08, toneTau: 0.2, noise: 0.15, noiseTau: 0.02, filterHz: 5200, damping: 1.1, high: 0.6 },
    rim: { ...off, hertz: 420, tone: 0.4, toneTau: 0.008, ratio2: 2.9, tone2: 0.4, tone2Tau: 0.006, click: 0.2 },
    shaker: { ...off, noise: 0.6, noiseTau: 0.035, filterHz: 6200, damping: 0.8, high: 0.4, band: 0.25 },
  },
  /** Hands on a frame drum (membrane ratios and decays: docs/sources.md#frame-drum), its rim, palms, a rattle. */
  hand: {
    frame: {
      ...off,
      hertz: 78,
      sweep: 0.22,
      sweepTau: 0.03,
      tone: 0.9,
      toneTau: 0.15,
      ratio2: 1.593,
      tone2: 0.4,
      tone2Tau: 0.08,
      noise: 0.22,
      noiseTau: 0.012,
      filterHz: 1500,
      damping: 1.4,
      band: 0.6,
    },
    tek: {
      ...off,
      hertz: 235,
      sweep: 0.1,
      sweepTau: 0.01,
      tone: 0.35,
      toneTau: 0.03,
      ratio2: 2.296,
      tone2: 0.4,
      tone2Tau: 0.02,
      noise: 0.5,
      noiseTau: 0.014,
      filterHz: 3400,
      damping: 1.1,
      band: 0.7,
      high: 0.2,
    },
    clap: { ...off, noise: 0.9, noiseTau: 0.03, bursts: 2, burstGap: 0.014, filterHz: 1700, damping: 0.9, band: 1, high: 0.2 },
    shaker: { ...off, noise: 0.6, noiseTau: 0.04, filterHz: 5600, damping: 0.9, high: 0.35, band: 0.3 },
  },
  /** Kettledrum (preferred modes 1 : 1.5), bass drum, triangle, side drum; by hand. */
  orchestra: {
    timpani: {
      ...off,
      hertz: 98,
      sweep: 0.04,
      sweepTau: 0.03,
      tone: 0.8,
      toneTau: 0.42,
      ratio2: 1.5,
      tone2: 0.5,
      tone2Tau: 0.3,
      noise: 0.15,
      noiseTau: 0.02,
      filterHz: 900,
      damping: 1.4,
      band: 0.5,
    },
    drum: {
      ...off,
      hertz: 46,
      sweep: 0.15,
      sweepTau: 0.04,
      tone: 1,
      toneTau: 0.34,
      ratio2: 1.593,
      tone2: 0.4,
      tone2Tau: 0.16,
      noise: 0.2,
      noiseTau: 0.04,
      filterHz: 700,
      damping: 1.4,
      band: 0.5,
    },
    triangle: {
      ...off,
      hertz: 2100,
      tone: 0.2,
      toneTau: 0.4,
      ratio2: 2.42,
      tone2: 0.3,
      tone2Tau: 0.5,
      metal: 0.5,
      metalTau: 0.5,
      filterHz: 9000,
      damping: 0.8,
      high: 0.6,
    },
    snare: {
      ...off,
      hertz: 205,
      tone: 0.35,
      toneTau: 0.04,
      ratio2: 1.593,
      tone2: 0.3,
      tone2Tau: 0.03,
      noise: 0.8,
      noiseTau: 0.07,
      filterHz: 2800,
      damping: 1.2,
      high: 0.6,
      band: 0.4,
    },
  },
};
const ROUND_ROBIN = 3;

/** A drum machine: three voices a drum, so that tails overlap; the closed hat chokes the open one. */
export class DrumKit implements SourceProcessor {
  readonly #kernels: Kernels;
  readonly #drums = new Map<string | number, { readonly voices: readonly Address[]; readonly settings: Address; readonly name: number; next: number }>();
  /** Addresses of all voices. */
  readonly #voices: Address;
  readonly #count: number;
  readonly #mono: Address;
  readonly #seed: number;

  /** @throws RangeError for a kit that does not exist. */
  constructor(kernels: Kernels, kit: string, seed: number) {
    const settings = KITS[kit];
    if (!settings) throw new RangeError(`no drum kit ${kit}`);
    this.#kernels = kernels;
    this.#seed = seed;
    this.#mono = kernels.floats(BLOCK);
    for (const [name, s] of Object.entries(settings)) {
      const t = SAMPLE_RATE;
      const values = [
        s.hertz,
        s.sweep,
        s.sweepTau * t,
        s.tone,
        s.toneTau * t,
        s.ratio2,
        s.tone2,
        s.tone2Tau * t,
        s.drive,
        s.click,
        s.metal,
        s.metalTau * t,
        s.noise,
        s.noiseTau * t,
        s.bursts,
        s.burstGap * t,
        s.filterHz,
        s.damping,
        s.high,
        s.band,
      ];
      this.#drums.set(name, {
        voices: Array.from({ length: ROUND_ROBIN }, () => kernels.call.drumMake(SAMPLE_RATE)),
        settings: kernels.put(values),
        name: hash(name) | 0,
        next: 0,
      });
    }
    this.#voices = kernels.putWhole([...this.#drums.values()].flatMap(({ voices }) => voices));
    this.#count = ROUND_ROBIN * this.#drums.size;
  }

  start(event: Note): void {
    const drum = this.#drums.get(event.voice);
    if (!drum) return;
    const { args, call } = this.#kernels;
    if (event.voice === "hat") this.#choke("openHat");
    const voice = drum.voices[drum.next]!;
    drum.next = (drum.next + 1) % ROUND_ROBIN;
    args[0] = event.velocity;
    args[1] = mixed(this.#seed, event.frame, drum.name) >>> 0;
    call.drumStrike(voice, drum.settings);
  }
  #choke(name: string): void {
    const drum = this.#drums.get(name);
    if (drum) for (let k = 0; k < drum.voices.length; k++) this.#kernels.call.drumChoke(drum.voices[k]!);
  }
  stop(): void {}
  process(left: Address, right: Address, _frame: number, count: number): void {
    this.#kernels.call.drumsProcess(this.#voices, this.#count, this.#mono, left, right, count);
  }
  silence(): void {
    for (const drum of this.#drums.values()) for (const voice of drum.voices) this.#kernels.call.drumChoke(voice);
  }
}

/** Names of the kits a style may ask for. */
export const kits: readonly string[] = Object.keys(KITS);
/** The drums of a kit. */
export const drumsOf = (kit: string): readonly string[] => Object.keys(KITS[kit] ?? {});
