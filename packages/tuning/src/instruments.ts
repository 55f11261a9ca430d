import type { Cents } from "@kuishi/base";

/** An instrument as data. Cents are absolute. */
export interface Instrument {
  readonly name: string;
  readonly family: "plucked" | "reed" | "voice";
  /** Preset open strings, lowest first; the ear learns the real ones. */
  readonly tunings: readonly { readonly name: string; readonly open: readonly Cents[]; readonly source: string }[];
  readonly frets: number;
  readonly lowest: Cents;
  readonly highest: Cents;
}

/**
 * The dombra. Tunings: dombyra.kz simulator, Grove; 19 frets on the modern instrument; measured
 * dombras lie up to a fourth off D3-G3, so the ear searches two octaves and a half.
 */
export const dombra: Instrument = {
  name: "dombra",
  family: "plucked",
  tunings: [
    { name: "on buraw", open: [5000, 5500], source: "dombyra.kz simulator; Grove" },
    { name: "teris buraw", open: [4800, 5500], source: "dombyra.kz simulator" },
  ],
  frets: 19,
  lowest: 4350,
  highest: 8000,
};

/** Instruments by name. */
export const instruments: ReadonlyMap<string, Instrument> = new Map([[dombra.name, dombra]]);
