/** What a number that a person may set can be. */
export interface Range {
  readonly unit: "dB" | "Hz" | "ms" | "s" | "cents" | "octaves" | "part" | "ratio" | "count";
  readonly low: number;
  readonly high: number;
  /** What a new device has. */
  readonly initial: number;
  /** Steps of equal ratio rather than of equal size. */
  readonly log?: boolean;
}
/** A value of an instrument's model that a person may set. */
export type Setting = { readonly range: Range } | { readonly flag: boolean };

/** A part of a whole, 0..1. */
export const part = (initial: number): Setting => ({ range: { unit: "part", low: 0, high: 1, initial } });
