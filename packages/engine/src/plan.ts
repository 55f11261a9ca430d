import type { Cents, Decibels, Frames, Hertz } from "@kuishi/base";
import type { Band } from "@kuishi/signal";

/** Something an instrument does at a frame. */
export interface PlanEvent {
  readonly frame: Frames;
  /** Frames until the note is let go; drums ignore it. */
  readonly length: Frames;
  readonly cents: Cents;
  /** 0..1 */
  readonly velocity: number;
  /** String of an instrument that has some, or which drum of a kit. */
  readonly voice: string | number;
  /** How a string is made to sound; without it, plucked or bowed. A `tap` is on the soundboard, a `harmonic` touched at a node. */
  readonly articulation?: Articulation;
  /** What strikes the string: 0 flesh .. 1 nail or plectrum; without it, the strip's own. */
  readonly touch?: number;
  /** The pitch as it moves: [frames from the start, cents beside `cents`], straight lines between, held after the last. */
  readonly bend?: Bend;
}
export type Articulation = "hammerOn" | "pullOff" | "slide" | "muted" | "tap" | "harmonic";
export type Bend = readonly (readonly [Frames, Cents])[];

/** A synthesiser's sound. Units as in `kernels/synth.ts`. */
export interface SynthPatch {
  readonly voices: number;
  readonly detuneCents: number;
  readonly shape: number;
  readonly sub: number;
  readonly breath: number;
  readonly attackSec: number;
  readonly decaySec: number;
  readonly sustain: number;
  readonly releaseSec: number;
  readonly cutoffHz: number;
  readonly keyTrack: number;
  readonly sweepOctaves: number;
  readonly sweepSec: number;
  readonly resonance: number;
  readonly lfoHz: number;
  readonly lfoOctaves: number;
  /** Without it, band-limited saw and square. */
  readonly oscillator?:
    | { readonly kind: "fm"; readonly ratio: number; readonly index: number; readonly indexSec: number }
    /** `place` among the table's frames, 0..1, and how far the LFO moves it. */
    | { readonly kind: "wavetable"; readonly table: Wavetable; readonly place: number; readonly move: number };
  /** By how much the LFO moves the pitch. */
  readonly vibratoCents?: Cents;
}
export type Wavetable = "vowels" | "organ" | "glass";

/** A recorded sound over a range of pitches. */
export interface SampleZone {
  /** Name among the clips, one or two channels. */
  readonly clip: string;
  /** Frames a second of the clip: 48,000 where it was read as a recording. */
  readonly rate: number;
  /** Pitch it sounds at its own speed, and the pitches and velocities it is used for. */
  readonly rootCents: Cents;
  readonly fromCents: Cents;
  readonly toCents: Cents;
  readonly fromVelocity: number;
  readonly toVelocity: number;
  /** Frames between which it goes round while it is held. */
  readonly loop: readonly [Frames, Frames] | null;
  readonly gainDb: Decibels;
  readonly attackSec: number;
  readonly decaySec: number;
  readonly sustain: number;
  readonly releaseSec: number;
}

/** A stretch of recorded sound on the timeline, with straight fades at both ends. */
export interface Piece {
  /** Name among the clips. */
  readonly clip: string;
  readonly at: Frames;
  /** Where in the clip it begins. */
  readonly from: Frames;
  readonly length: Frames;
  readonly fadeIn: Frames;
  readonly fadeOut: Frames;
  readonly gainDb: Decibels;
}

/** What each kind of source is made of. A model of an instrument adds its own by declaration merging (see `models.ts`). */
export interface Sources {
  clips: { readonly pieces: readonly Piece[] };
  sampler: { readonly zones: readonly SampleZone[] };
  drums: { readonly kit: string };
  synth: { readonly patch: SynthPatch };
}
/** What makes the sound of a strip. */
export type Source = { [K in keyof Sources]: { readonly kind: K } & Sources[K] }[keyof Sources];

/** Presses down what is louder than the threshold. */
export interface Compression {
  readonly thresholdDb: Decibels;
  readonly ratio: number;
  readonly attackMs: number;
  readonly releaseMs: number;
  readonly makeupDb: Decibels;
}
/** What a strip's sound passes through before its fader, in order. */
export type Insert =
  | { readonly kind: "eq"; readonly bands: readonly Band[] }
  | (Compression & {
      readonly kind: "compressor";
      /** Strip that presses this one down; it must stand earlier in the plan. Without it, its own sound. */
      readonly key?: string;
    })
  /** Three bands of their own, split at two frequencies (Linkwitz-Riley of fourth order: they add up flat). */
  | { readonly kind: "multiband"; readonly splitHz: readonly [Hertz, Hertz]; readonly bands: readonly [Compression, Compression, Compression] }
  /** `even` 0..1 leans the curve to one side: even harmonics. */
  | { readonly kind: "saturation"; readonly driveDb: Decibels; readonly mix: number; readonly even: number }
  | {
      readonly kind: "gate";
      readonly thresholdDb: Decibels;
      readonly floorDb: Decibels;
      readonly attackMs: number;
      readonly holdMs: number;
      readonly releaseMs: number;
    }
  | { readonly kind: "phaser"; readonly lowHz: Hertz; readonly highHz: Hertz; readonly rateHz: number; readonly feedback: number; readonly mix: number };

/** A value that moves in straight lines through [frame, value] points, held before the first and after the last. */
export type Envelope = readonly (readonly [Frames, number])[];
/** A value of a strip, a bus or the master that moves: `["pan"]`, `["sends", "reverb"]`, `["inserts", 0, "thresholdDb"]`, `["source", "nail"]`, `["effect", "damping"]`. */
export interface Automation {
  readonly path: readonly (string | number)[];
  /** In the value's own unit; straight in its logarithm where the device's table says so. */
  readonly envelope: Envelope;
}

/** One strip of the mixer. */
export interface Strip {
  readonly id: string;
  readonly source: Source;
  readonly events: readonly PlanEvent[];
  readonly inserts: readonly Insert[];
  readonly gainDb: Decibels;
  /** -1 left .. 1 right. */
  readonly pan: number;
  readonly sends: Readonly<Record<string, Decibels>>;
  /** Decibels on top of the fader: the ride of the arrangement. */
  readonly envelope?: Envelope;
  readonly automation?: readonly Automation[];
  /** Silent, though it still presses down what it is the key of. */
  readonly mute?: boolean;
}

/** An effect fed by sends; its return is a stem of its own. */
export interface Bus {
  readonly id: string;
  readonly effect:
    | { readonly kind: "reverb"; readonly decaySec: number; readonly preDelayMs: number; readonly damping: number }
    | { readonly kind: "chorus"; readonly rateHz: number; readonly depthMs: number; readonly delayMs: number }
    /** A clip as the response of a room; up to 10 s of it. */
    | { readonly kind: "convolution"; readonly clip: string }
    | { readonly kind: "delay"; readonly times: readonly (readonly [Frames, Frames])[]; readonly feedback: number; readonly damping: number };
  readonly gainDb: Decibels;
  readonly automation?: readonly Automation[];
}

/** The master chain. It alone may be non-linear above a stem. */
export interface Master {
  /** Before the gain, in order; none has a side-chain. */
  readonly inserts?: readonly Insert[];
  readonly gainDb: Decibels;
  readonly ceilingDbtp: Decibels;
  readonly automation?: readonly Automation[];
}

/** Everything the engine needs, frozen. 48 kHz. */
export interface Plan {
  readonly frames: Frames;
  /** Frames before the recording's first, of those; without it none. */
  readonly lead?: Frames;
  /** How far true peaks may stand over the loudness the mix is brought to; without it as far as the ceiling lets them. */
  readonly peakToLoudness?: Decibels;
  readonly seed: number;
  readonly strips: readonly Strip[];
  readonly buses: readonly Bus[];
  readonly master: Master;
}

/** Recorded sound a plan refers to by name: one or two channels at 48 kHz. */
export type Clips = ReadonlyMap<string, readonly Float32Array[]>;
