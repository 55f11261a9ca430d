import { BLOCK, type Cents, Complaint, clamp, type Progress, SAMPLE_RATE, type Seconds } from "@kuishi/base";
import { Engine, type PlanEvent, type Source, type Strip, sourceOf, strumEvents } from "@kuishi/engine";
import { understandTune } from "@kuishi/listen";
import type { Recording } from "@kuishi/media";
import {
  checkedSheet,
  groupsOf,
  type Heard,
  type HeardNote,
  type HeardStroke,
  readAbc,
  readMidiFile,
  readMidiScore,
  readMusicXml,
  type Score,
  type Sheet,
  type SheetBar,
  type SheetNote,
  scoreText,
  sheetOf,
} from "@kuishi/score";
import { Kernels } from "@kuishi/signal";
import { type Instrument, instrumentCalled, makeFor } from "@kuishi/tuning";
import { type HeardFile, type Host, instrumentOf } from "./hear.ts";

/** Whether a file is a written tune, by its name. */
export const isScore = (name: string): boolean => /\.(mid|midi|musicxml|xml|mxl|abc)$/i.test(name);

/** Reads a written score, MIDI, MusicXML or ABC by its name. @param tell is told what cannot be read and is left out. @throws Complaint that says where. */
export const readScore = (name: string, bytes: Uint8Array, tell?: (complaint: Complaint) => void): Score =>
  /\.midi?$/i.test(name) ? readMidiScore(bytes) : /\.abc$/i.test(name) ? readAbc(scoreText(bytes), tell) : readMusicXml(bytes);

/** Reads a written tune. @throws Complaint that says where. */
export async function readSheet(name: string, bytes: Uint8Array): Promise<Sheet> {
  if (/\.midi?$/i.test(name)) return sheetOfMidi(bytes);
  return sheetOf(readScore(name, bytes));
}

function sheetOfMidi(bytes: Uint8Array): Sheet {
  const { tracks, seconds, bars } = readMidiFile(bytes);
  const notes = tracks
    .filter((track) => !track.drums)
    .flatMap((track, i) =>
      track.notes.map(
        (note): SheetNote => ({ at: note.at, length: note.length, cents: note.cents, velocity: note.velocity, part: track.name || `track ${i + 1}` }),
      ),
    )
    .sort((a, b) => a.at - b.at || a.cents - b.cents);
  if (notes.length === 0) throw new Complaint("notEnough", "midi.empty");
  return checkedSheet({ title: "", composer: "", notes, bars: bars.map(({ at, beats, unit }): SheetBar => ({ at, ...meterOf(beats, unit) })), seconds });
}

/** The groups of a time signature; one that no bar can have is passed over, for MIDI's are often there for no reader. */
function meterOf(beats: number, unit: number): ReturnType<typeof groupsOf> {
  try {
    return groupsOf([beats], unit);
  } catch (error) {
    if (error instanceof Complaint) return groupsOf([4], 4);
    throw error;
  }
}

/** The part that has the tune: one named like an instrument of ours, else the highest of those that play often. */
function tuneOf(sheet: Sheet, instrument: Instrument): SheetNote[] {
  const parts = new Map<string, SheetNote[]>();
  for (const note of sheet.notes) {
    const list = parts.get(note.part);
    if (list) list.push(note);
    else parts.set(note.part, [note]);
  }
  const named = [...parts].find(([name]) => instrumentCalled(name)?.name === instrument.name);
  if (named) return named[1];
  const most = Math.max(...[...parts.values()].map((list) => list.length));
  const often = [...parts.values()].filter((list) => list.length > most * 0.4);
  const height = (list: SheetNote[]): number => list.reduce((sum, note) => sum + note.cents, 0) / list.length;
  return often.reduce((a, b) => (height(b) > height(a) ? b : a));
}

/** Rings so long where nothing else is struck on its string, at most. */
const RINGS = 2.2;

/** A tune laid on the strings of an instrument: each moment's highest note on the highest string that has it, others below. */
function laid(notes: readonly SheetNote[], instrument: Instrument): { notes: HeardNote[]; strokes: HeardStroke[]; open: readonly Cents[] } {
  const open = instrument.tunings[0]?.open ?? [];
  const plucked = instrument.heard === "strokes" && open.length > 0;
  const sorted = [...notes].map((note) => note.cents).sort((a, b) => a - b);
  const middle = sorted[sorted.length >> 1]!;
  const [low, high] = plucked ? [open[0]!, open.at(-1)! + instrument.frets * 100] : [instrument.lowest, instrument.highest];
  // by octaves to where the instrument has most of it
  const target = plucked ? open.at(-1)! + 500 : (low + high) / 2;
  const move = Math.round((target - middle) / 1200) * 1200;
  const out: HeardNote[] = [];
  const strokes: HeardStroke[] = [];
  for (let i = 0; i < notes.length; ) {
    const at = notes[i]!.at;
    let to = i;
    while (to < notes.length && notes[to]!.at - at < 0.03) to++;
    const chord = notes.slice(i, to).sort((a, b) => b.cents - a.cents);
    i = to;
    const taken = new Set<number>();
    const ids: string[] = [];
    for (const note of chord) {
      let cents = note.cents + move;
      while (cents < low - 1) cents += 1200;
      while (cents > high + 1) cents -= 1200;
      let string: number | null = null;
      if (plucked) {
        // a melody note lies on the highest string that has it
        for (let k = open.length - 1; k >= 0 && string === null; k--)
          if (!taken.has(k) && cents >= open[k]! - 30 && cents <= open[k]! + instrument.frets * 100) string = k;
        if (string === null) continue;
        taken.add(string);
      } else if (ids.length > 0) continue;
      const id = `n${out.length + 1}`;
      ids.push(id);
      const fret = string === null ? null : Math.max(0, Math.round((cents - open[string]!) / 50) / 2);
      out.push({
        id,
        onset: at,
        offset: at + Math.max(0.05, note.length),
        cents,
        string,
        fret,
        articulation: plucked ? "plucked" : "sustained",
        confidence: { onset: 1, pitch: 1, string: 1, fret: 1 },
      });
    }
    const accent = clamp(Math.max(...chord.map((note) => note.velocity)), 0, 1);
    if (plucked && ids.length > 0) strokes.push({ at, direction: null, noteIds: ids, accent, confidence: 1 });
  }
  return { notes: out, strokes, open };
}

/** Beats: where the groups of each bar begin; a bar's last group ends with the next bar. */
function timed(bars: readonly SheetBar[], seconds: Seconds): { bars: { at: Seconds; groups: readonly number[] }[]; beats: Seconds[] } {
  const beats: Seconds[] = [];
  bars.forEach((bar, i) => {
    const pulses = bar.groups.reduce((sum, group) => sum + group, 0);
    const before = bars[i - 1];
    const to = bars[i + 1]?.at ?? (before ? bar.at + (bar.at - before.at) : seconds);
    let at = 0;
    for (const group of bar.groups) {
      beats.push(bar.at + ((to - bar.at) * at) / pulses);
      at += group;
    }
  });
  return { bars: bars.map(({ at, groups }) => ({ at, groups })), beats };
}

/**
 * Takes a written tune as if it had been recorded: our own instrument plays it, and what a listener would hear is known exactly.
 * @param options.analysis a corrected hearing of it, used instead. @throws Complaint.
 */
export async function hearScore(
  host: Host,
  name: string,
  bytes: Uint8Array,
  options: { readonly instrument?: string | undefined; readonly seed: number; readonly analysis?: Heard },
  progress: Progress,
): Promise<HeardFile> {
  const instrument = instrumentOf(options.instrument);
  const sheet = await readSheet(name, bytes);
  const lead = 0.25;
  const tune = tuneOf(sheet, instrument).map((note) => ({ ...note, at: note.at + lead }));
  const { notes, strokes, open } = laid(tune, instrument);
  if (notes.length < 3) throw new Complaint("notEnough", "listen.few", { count: notes.length });
  const end = Math.max(...notes.map((note) => note.offset)) + 1.2;
  const time = timed(
    sheet.bars.map((bar) => ({ ...bar, at: bar.at + lead })).filter((bar) => bar.at < end - 1),
    end,
  );
  const alternating = strokes.map((stroke, i): HeardStroke => ({ ...stroke, direction: i % 2 === 0 ? "down" : "up" }));
  const strings = open.map((openCents) => ({
    openCents,
    fretCents: Array.from({ length: instrument.frets + 1 }, (_, fret) => openCents + fret * 100),
    fretConfidence: Array(instrument.frets + 1).fill(1),
    confidence: 1,
  }));
  const heard =
    options.analysis ??
    (await understandTune({ notes, strokes: alternating, strings, bars: time.bars, beats: time.beats, seconds: end }, instrument, progress));
  return { heard, recording: playHeard(host, heard, instrument, end, options.seed, progress) };
}

/** Sound of a hearing's notes on one of our instruments, mono at 48 kHz. */
export function playHeard(host: Host, heard: Heard, instrument: Instrument, seconds: Seconds, seed: number, progress: Progress): Recording {
  const known = makeFor(instrument);
  if (!known) throw new RangeError(`nothing plays ${instrument.name}`);
  const open = heard.tuning.strings.map((string) => string.openCents);
  const source = { ...sourceOf(known), ...(open.length > 0 ? { open } : {}) } as Source;
  const frame = (at: Seconds): number => Math.round(at * SAMPLE_RATE);
  const byId = new Map(heard.notes.map((note) => [note.id, note]));
  const events: PlanEvent[] =
    heard.strokes.length > 0
      ? heard.strokes.flatMap((stroke, i) => {
          const struck = stroke.noteIds.flatMap((id) => byId.get(id) ?? []).filter((note) => note.cents !== null);
          if (struck.length === 0) return [];
          return strumEvents(
            {
              frame: frame(stroke.at),
              length: frame(RINGS),
              notes: struck.map((note) => ({ string: note.string ?? 0, cents: note.cents! })),
              direction: stroke.direction ?? (i % 2 === 0 ? "down" : "up"),
              velocity: 0.35 + 0.6 * stroke.accent,
              spreadMs: 7,
            },
            seed,
          );
        })
      : heard.notes.flatMap((note): PlanEvent[] =>
          note.cents === null ? [] : [{ frame: frame(note.onset), length: frame(note.offset - note.onset), cents: note.cents, velocity: 0.7, voice: "" }],
        );
  const strip: Strip = { id: "tune", source, events: events.sort((a, b) => a.frame - b.frame), inserts: [], gainDb: -6, pan: 0, sends: { room: -16 } };
  const frames = frame(seconds);
  const engine = Engine.of(
    new Kernels(host.kernels),
    {
      frames,
      seed,
      strips: [strip],
      buses: [{ id: "room", effect: { kind: "reverb", decaySec: 0.5, preDelayMs: 8, damping: 0.6 }, gainDb: 0 }],
      master: { gainDb: 0, ceilingDbtp: -1 },
    },
    new Map(),
  );
  const left = new Float32Array(frames);
  const right = new Float32Array(frames);
  for (let at = 0; at < frames; at += BLOCK) {
    engine.render(false);
    const count = Math.min(BLOCK, frames - at);
    left.set(engine.premaster.leftView.subarray(0, count), at);
    right.set(engine.premaster.rightView.subarray(0, count), at);
    if (at % (BLOCK * 2000) === 0) progress.report("decode", at / frames);
  }
  return {
    channels: [left, right],
    sampleRate: SAMPLE_RATE,
    source: { container: "score", sampleRate: SAMPLE_RATE, channels: 2 },
    fromSec: 0,
    toSec: null,
    warnings: [],
  };
}
