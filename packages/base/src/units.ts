/**
 * Quantities by name. They are plain numbers: the name in a signature is the unit.
 * Pitches are absolute cents (100 x MIDI number, fractional): 6900 is A4 at 440 Hz.
 */

/** Cycles per second. */
export type Hertz = number;
/** 1/1200 of an octave. Absolute pitches count from MIDI number 0. */
export type Cents = number;
/** Sample frames: one index covers every channel. */
export type Frames = number;
/** Musical time, 960 to the quarter note. */
export type Ticks = number;
/** Wall or media time. */
export type Seconds = number;
/** Level ratio in decibels. */
export type Decibels = number;
/** Loudness after ITU-R BS.1770. */
export type Lufs = number;

/** The one rate the engine runs at. */
export const SAMPLE_RATE = 48_000;
/** Frames the engine renders at a time. */
export const BLOCK = 128;
/** Ticks to the quarter note. */
export const TICKS_PER_QUARTER = 960;
