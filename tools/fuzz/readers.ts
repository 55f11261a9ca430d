import { silent } from "@kuishi/base";
import { readStyle, styles } from "@kuishi/blend";
import { blendOf, convertText, readAnalysis, readChoices, readLocks, readScore } from "@kuishi/flow";
import { loadRecording, memorySource, readSoundFont } from "@kuishi/media";
import { Journal, MemoryStore, openBundle, packBundle, sessionOf } from "@kuishi/project";
import { ProjectDocument } from "@kuishi/project/document";
import { heardFromText, playOut, readMidiFile } from "@kuishi/score";
import { Kernels } from "@kuishi/signal";
import { kernelModule } from "@kuishi/signal/node";
import type { Structure } from "./mutate.ts";

/** A door through which files come in. */
export interface Reader {
  readonly structure: Structure;
  /** Reads a file and does with it what the product would; what it gives is looked through for numbers that are none. */
  read(bytes: Uint8Array<ArrayBuffer>): Promise<unknown>;
}

const plain = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const parsed = (bytes: Uint8Array): unknown => {
  try {
    return JSON.parse(plain(bytes));
  } catch {
    return undefined;
  }
};

/** A score, read and written in every way, and as a tune to be played. */
const score = (name: string, structure: Structure): Reader => ({
  structure,
  read: async (bytes) => {
    const written = await Promise.all(["y.musicxml", "y.abc", "y.mid"].map((to) => convertText(name, bytes, to)));
    for (const text of written.slice(0, 2).map(plain))
      if (/\b(?:NaN|Infinity|undefined|\[object)\b/.test(text.replace(/"[^"]*"|>[^<]*<|![^!\n]*!|^(?:[A-Za-z]:|%%).*$/gm, "")))
        throw new Error("written without sense");
    return [playOut(readScore(name, bytes)), readMidiFile(written[2]!)];
  },
});
const sound = (structure: Structure = "bytes"): Reader => ({
  structure,
  read: async (bytes) => (await loadRecording(new Kernels(kernelModule()), memorySource(bytes), {}, silent)).channels,
});

export const readers: Readonly<Record<string, Reader>> = {
  abc: score("x.abc", "text"),
  midi: score("x.mid", "bytes"),
  musicxml: score("x.musicxml", "text"),
  mxl: score("x.mxl", "zip"),
  chordpro: { structure: "text", read: async (bytes) => [await convertText("x.cho", bytes, "x.cho"), await convertText("x.cho", bytes, "x.txt")] },
  scl: { structure: "text", read: (bytes) => convertText("x.scl", bytes, "y.scl") },
  kbm: { structure: "text", read: (bytes) => convertText("x.kbm", bytes, "y.kbm") },
  kuishi: {
    structure: "zip",
    read: async (bytes) => {
      const bundle = openBundle(bytes);
      const session = sessionOf(bundle.records);
      packBundle(bundle);
      if (bundle.heard) for (const to of ["x.musicxml", "x.mid", "x.abc", "x.scl"]) await convertText("x.kuishi", bytes, to);
      return [bundle, blendOf(session.song).choices];
    },
  },
  style: { structure: "json", read: async (bytes) => readStyle(parsed(bytes)) },
  choices: { structure: "json", read: async (bytes) => readChoices(parsed(bytes)) },
  analysis: { structure: "json", read: async (bytes) => readAnalysis(plain(bytes)) },
  locks: { structure: "json", read: async (bytes) => readLocks(plain(bytes)) },
  journal: {
    structure: "bytes",
    read: async (bytes) => {
      const store = new MemoryStore();
      await store.append("journal-1", bytes);
      const { updates } = await Journal.open(store);
      return new ProjectDocument(updates).state().length;
    },
  },
  soundfont: {
    structure: "bytes",
    read: async (bytes) => {
      const font = await readSoundFont(bytes);
      return font.presets.slice(0, 4).map((_, k) => font.preset(k));
    },
  },
  ...Object.fromEntries(["wav", "flac", "mp3", "webm", "mkv", "mp4", "mov", "m4a", "aiff", "caf"].map((name) => [name, sound()])),
  opus: sound("ogg"),
  vorbis: sound("ogg"),
};

/** Readers with a fault, to show that faults are found. */
export const faulty: Readonly<Record<string, Reader>> = {
  throws: { structure: "bytes", read: () => Promise.reject(new TypeError("x is not a function")) },
  nonsense: { structure: "bytes", read: () => Promise.resolve({ notes: [{ at: Number.NaN }] }) },
  hangs: {
    structure: "bytes",
    read: () => {
      for (;;);
    },
  },
  bursts: {
    structure: "bytes",
    read: () => {
      const all: unknown[] = [];
      // large ones, for a collector that moves many small ones works until it hangs first
      for (;;) all.push(new Array(100_000).fill(all.length));
    },
  },
};

/** Styles and a hearing as good data. */
export const goodStyles = (): readonly unknown[] => [...styles.values()];
export const goodHeard = () => heardFromText("2+3/8 pulse=0.25 tonic=5500 | d0 d2 d3+u0 d5 d7 | d7 d5 d3 d2 d0+u0 | d0 . d3 d5 d7");
