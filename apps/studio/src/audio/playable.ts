import type { Cents } from "@kuishi/base";
import { plainPatch, type Source, type SynthPatch, sourceOf } from "@kuishi/engine";
import { allMakes, fretsOf, type Instrument, openOf } from "@kuishi/tuning";

/** Keys that speak a little more brightly than a new synthesiser does. */
const patch = (own: Partial<SynthPatch>): SynthPatch => ({
  ...plainPatch,
  voices: 8,
  attackSec: 0.008,
  decaySec: 0.3,
  releaseSec: 0.08,
  cutoffHz: 1600,
  sweepOctaves: 0.8,
  resonance: 0.15,
  ...own,
});
/** What can be played by hand: an instrument that `tuning` knows, a synthesiser or drums. Rows are strings, lowest first, or lines. */
export interface PlayInstrument {
  readonly source: Source;
  readonly open: readonly Cents[];
  readonly frets: number;
  /** Where the frets of an octave stand above the nut; without it, semitones. */
  readonly octave?: readonly Cents[];
  /** Partials of each row's lowest tone that are marked. */
  readonly partials?: readonly number[];
  readonly played: Instrument["played"] | "keys" | "drums";
}
const keys = (own: Partial<SynthPatch>): PlayInstrument => ({ source: { kind: "synth", patch: patch(own) }, open: [4800, 6000], frets: 12, played: "keys" });
export const DRUMS = ["kick", "snare", "clap", "hat", "openHat", "rim", "shaker", "frame"] as const;
const electronic: Readonly<Record<string, PlayInstrument>> = {
  "synth-bass": keys({ sub: 0.6, shape: 0.3, cutoffHz: 500, sweepOctaves: 1.6 }),
  "synth-pad": keys({ detuneCents: 12, attackSec: 0.2, sustain: 0.9, releaseSec: 0.3, cutoffHz: 1100 }),
  "synth-fm": keys({
    decaySec: 0.9,
    sustain: 0.05,
    releaseSec: 0.2,
    cutoffHz: 6000,
    sweepOctaves: 0,
    oscillator: { kind: "fm", ratio: 3.5, index: 2.2, indexSec: 0.25 },
  }),
  "synth-vowels": keys({
    attackSec: 0.08,
    sustain: 0.9,
    releaseSec: 0.15,
    cutoffHz: 5000,
    sweepOctaves: 0,
    lfoHz: 0.3,
    oscillator: { kind: "wavetable", table: "vowels", place: 0.4, move: 0.35 },
  }),
  drums: { source: { kind: "drums", kit: "house" }, open: [], frets: 0, played: "drums" },
};

/** All that can be played by hand, by name. */
export function playInstruments(): Readonly<Record<string, PlayInstrument>> {
  const made = allMakes().map((known): [string, PlayInstrument] => [
    known.make.name,
    {
      source: sourceOf(known),
      open: openOf(known),
      frets: fretsOf(known),
      played: known.instrument.played,
      ...(known.make.octave ? { octave: known.make.octave } : {}),
      ...(known.instrument.partials ? { partials: known.instrument.partials } : {}),
    },
  ]);
  return { ...Object.fromEntries(made), ...electronic };
}
