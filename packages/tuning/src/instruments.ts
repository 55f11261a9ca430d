import type { Cents } from "@kuishi/base";

/** An instrument as data. Cents are absolute. */
export interface Instrument {
  readonly name: string;
  /** Plucked ones are heard stroke by stroke, the others as one line of continuous pitch. */
  readonly family: "plucked" | "reed" | "bowed" | "flute" | "voice";
  /** Preset open strings, lowest first; the ear learns the real ones. */
  readonly tunings: readonly { readonly name: string; readonly open: readonly Cents[]; readonly source: string }[];
  readonly frets: number;
  readonly lowest: Cents;
  readonly highest: Cents;
  /** Range of someone who sings with it. */
  readonly singer?: readonly [Cents, Cents];
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

const line = (name: string, family: Instrument["family"], lowest: Cents, highest: Cents): Instrument => ({
  name,
  family,
  tunings: [],
  frets: 0,
  lowest,
  highest,
});

/** One singer, bass to soprano (textbook ranges). */
export const voice: Instrument = line("voice", "voice", 4000, 8400);
/** Root about A3, a ninth to an eleventh (Grove; maisonduduk.com); other sizes lie up to a fifth off. */
export const balaban: Instrument = line("balaban", "reed", 4800, 8100);
/** Open D3 and A3, natural harmonics to partial 8 (instrument_ranges.json). */
export const qobyz: Instrument = line("qobyz", "bowed", 4700, 9300);
/** Open pipes of 50-70 cm, partials 2-5 (artandcrafts.cultural.kz). */
export const sybyzgy: Instrument = line("sybyzgy", "flute", 5800, 9200);

/** The commonest Kazakh recording: someone sings and plays. Voices from bass to alto (textbook ranges). */
export const dombraVoice: Instrument = { ...dombra, name: "dombra-voice", singer: [4300, 7600] };

/**
 * The Azerbaijani tar's three double courses of melody (of its 11 strings, one of 13 tunings: saxonianfolkways vol. 05);
 * 22 frets (musicmuseum.az). The Persian tar has the same courses, the lowest an octave pair.
 */
export const tar: Instrument = {
  name: "tar",
  family: "plucked",
  tunings: [{ name: "c g c1", open: [4800, 5500, 6000], source: "saxonianfolkways.wordpress.com, Music of Azerbaijan vol. 05" }],
  frets: 22,
  lowest: 4700,
  highest: 8400,
};

/** Frets of the Persian tar above the nut, an octave of them: means of Farhat 1966. */
export const PERSIAN_FRETS: readonly Cents[] = [0, 90, 135, 205, 295, 340, 410, 500, 565, 630, 700, 790, 835, 905, 995, 1040, 1110];

/** Six strings, standard tuning (textbook). */
export const guitar: Instrument = {
  name: "guitar",
  family: "plucked",
  tunings: [
    { name: "E A D g b e1", open: [4000, 4500, 5000, 5500, 5900, 6400], source: "textbook" },
    { name: "D A D g b e1", open: [3800, 4500, 5000, 5500, 5900, 6400], source: "textbook" },
  ],
  frets: 20,
  lowest: 3800,
  highest: 8400,
};

/** Instruments by name. */
export const instruments: ReadonlyMap<string, Instrument> = new Map(
  [dombra, dombraVoice, tar, guitar, voice, balaban, qobyz, sybyzgy].map((instrument) => [instrument.name, instrument]),
);
