import type { Cents } from "@kuishi/base";
import type { Instrument, Make } from "./instrument.ts";
import { balaban } from "./instruments/balaban.ts";
import { dombra, dombraVoice } from "./instruments/dombra.ts";
import { guitar } from "./instruments/guitar.ts";
import { qobyz } from "./instruments/qobyz.ts";
import { sybyzgy } from "./instruments/sybyzgy.ts";
import { tanpura } from "./instruments/tanpura.ts";
import { tar } from "./instruments/tar.ts";
import { voice } from "./instruments/voice.ts";

const known = [dombra, dombraVoice, tar, guitar, voice, balaban, qobyz, sybyzgy, tanpura];
const registry = new Map<string, Instrument>(known.map((instrument) => [instrument.name, instrument]));
/** Instruments by name. */
export const instruments: ReadonlyMap<string, Instrument> = registry;

/** Names of those the ear knows. */
export const heardInstruments = (): string[] => [...registry.values()].filter((instrument) => instrument.heard).map((instrument) => instrument.name);

/** Makes an instrument known everywhere. @throws RangeError where its name or one of its makes is taken. */
export function registerInstrument(instrument: Instrument): void {
  const taken = registry.has(instrument.name) || instrument.makes.some((make) => makeNamed(make.name));
  if (taken) throw new RangeError(`instrument ${instrument.name} is there already`);
  registry.set(instrument.name, instrument);
}

/** A make, and what it is a make of. */
export interface KnownMake {
  readonly instrument: Instrument;
  readonly make: Make;
}
/** Every make there is. */
export const allMakes = (): KnownMake[] => [...registry.values()].flatMap((instrument) => instrument.makes.map((make) => ({ instrument, make })));

/** The make that has a name. */
export const makeNamed = (name: string): KnownMake | undefined => allMakes().find(({ make }) => make.name === name);

/** The make that a plan's or a style's source is; undefined for synthesisers, drums and recordings. */
export const makeOf = (source: { readonly kind: string; readonly model?: string }): KnownMake | undefined =>
  allMakes().find(({ make }) => make.source.kind === source.kind && make.source.model === source.model);

/** The make that plays for an instrument: its own first one, or that of its stand-in. */
export function makeFor(instrument: Instrument): KnownMake | undefined {
  const own = instrument.makes[0];
  if (own) return { instrument, make: own };
  const other = registry.get(instrument.standIn ?? "");
  return other && makeFor(other);
}

/** The make for a General MIDI program, from 0, set as that program asks. */
export function makeForProgram(program: number): KnownMake | undefined {
  const known = allMakes().find(({ make }) => make.programs?.[program]);
  return known && { ...known, make: { ...known.make, source: { ...known.make.source, ...known.make.programs?.[program] } } };
}

/** The instrument that a part or a track is named after, in any of the three languages. */
export function instrumentCalled(name: string): Instrument | undefined {
  const words = name.toLowerCase().match(/[\p{L}\p{M}]+/gu) ?? [];
  const called = ({ answersTo }: Instrument): boolean => answersTo.some((own) => words.some((word) => (own.length > 3 ? word.startsWith(own) : word === own)));
  return [...registry.values()].find(called);
}

/** Open strings of a make, lowest first, or where its lines begin. */
export const openOf = ({ instrument, make }: KnownMake): readonly Cents[] => make.open ?? instrument.tunings[0]?.open ?? [instrument.lowest];
/** Frets of a make. */
export const fretsOf = ({ instrument, make }: KnownMake): number => make.frets ?? instrument.frets;
