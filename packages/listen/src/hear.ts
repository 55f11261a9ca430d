import { breathe, Complaint, clamp, type Progress, rounded, SAMPLE_RATE } from "@kuishi/base";
import type { Heard, HeardStroke } from "@kuishi/score";
import type { Kernels } from "@kuishi/signal";
import type { Instrument } from "@kuishi/tuning";
import { findForm } from "./form.ts";
import { fretTable, placeOnStrings } from "./fretboard.ts";
import { findMode } from "./mode.ts";
import { findMoments } from "./moments.ts";
import { isHeard, strokesOf, tunePitches, writeNotes } from "./notes.ts";
import { pitchesUsed } from "./pitches.ts";
import { Sound } from "./sound.ts";
import { findTime, type TimedBar, tempoOf } from "./time.ts";

/**
 * Hears a recording.
 * @param channels at 48 kHz.
 * @param clock seconds, for `elapsedSec`; the hearing itself reads no clock.
 * @throws Complaint `notEnough` when there is too little to hear.
 */
export async function hear(
  kernels: Kernels,
  channels: readonly Float32Array[],
  instrument: Instrument,
  progress: Progress,
  clock: () => number,
): Promise<Heard> {
  const started = clock();
  const seconds = (channels[0]?.length ?? 0) / SAMPLE_RATE;
  if (seconds < 1) throw new Complaint("notEnough", "listen.short", { seconds: rounded(seconds, 2) });
  const sound = Sound.of(kernels, channels);
  if (sound.rms < 1e-5) throw new Complaint("notEnough", "listen.silence");
  progress.report("onsets", 0);
  const { moments } = findMoments(kernels, sound);
  await breathe(progress);
  progress.report("pitches", 0.6);
  const rough = pitchesUsed(moments);
  const first = placeOnStrings(moments, rough, instrument);
  const heard = first.strokes.filter(isHeard);
  if (heard.length < 3) throw new Complaint("notEnough", "listen.few", { count: heard.length });
  const tuned = tunePitches(kernels, sound, heard, rough);
  const placed = heard.map((stroke) => ({ ...stroke, pitches: stroke.pitches.map((note) => ({ ...note, cents: tuned[note.pitch] as number })) }));
  const { open } = first;
  await breathe(progress);
  progress.report("structure", 0.8);
  const played = strokesOf(sound, placed);
  const { notes, strokes } = writeNotes(kernels, sound, played, open.sure);
  const time = findTime(played, seconds);
  const { free } = time;
  const downbeats = free ? [] : time.bars.map((bar) => rounded(bar.at, 4));
  await breathe(progress);
  const sounding = notes.filter((note) => note.cents !== null);
  const loud = new Map(strokes.flatMap((stroke) => stroke.noteIds.map((id) => [id, stroke.accent] as const)));
  const byId = new Map(sounding.map((note) => [note.id, note]));
  // the highest note of a stroke, unless it is the open low string alone
  const melody = new Set(
    strokes.flatMap((stroke) => {
      const own = stroke.noteIds.flatMap((id) => byId.get(id) ?? []).sort((a, b) => (b.cents as number) - (a.cents as number));
      const top = own[0];
      return top && !(own.length === 1 && top.string === 0 && top.fret === 0) ? [top.id] : [];
    }),
  );
  const mode = findMode(
    sounding.map((note) => ({ at: note.onset, cents: note.cents as number, seconds: note.offset - note.onset, loud: loud.get(note.id) ?? 0.5, melody: melody.has(note.id) })),
    open.low,
    seconds - (sounding.at(-1)?.onset ?? seconds) > 0.6,
  );
  const form = findForm(
    sounding.map((note) => ({ at: note.onset, cents: note.cents as number, loud: loud.get(note.id) ?? 0.5 })),
    downbeats,
    seconds,
    mode.tonicCents,
  );
  const bpm = tempoOf(time.beats);
  const doubtful = notes.reduce((sum, note) => sum + note.confidence.pitch, 0) / Math.max(1, notes.length) < 0.6;
  progress.report("structure", 1);
  return {
    kuishi: "listen/1",
    durationSec: rounded(seconds, 4),
    elapsedSec: rounded(clock() - started, 4),
    instrument: instrument.name,
    tuning: { strings: fretTable(placed, open, instrument.frets) },
    notes,
    strokes: withDirections(strokes, time.strokeSlots, time.perPulse),
    beats: time.beats.map((beat) => ({ at: rounded(beat.at, 4), confidence: rounded(beat.confidence, 3) })),
    downbeats,
    tempoBpm: bpm === null ? null : rounded(bpm, 2),
    meter: free ? [{ fromSec: 0, toSec: rounded(seconds, 4), free: true }] : meters(time.bars, time.confidence),
    mode,
    form,
    warnings: [...(doubtful ? [{ code: "doubtful" }] : []), ...(free ? [{ code: "free" }] : [])],
  };
}

/** Where a stroke says nothing of itself, the alternating hand is read from its place: never sure. */
function withDirections(strokes: readonly HeardStroke[], slots: readonly number[], perPulse: number): HeardStroke[] {
  // The hand goes with the grid's slots or with its pulses: what the two-string strokes show decides, and which way.
  const known = strokes
    .map((stroke, i) => ({ slot: slots[i] as number, down: stroke.direction === "down", told: stroke.direction !== null }))
    .filter((one) => one.told);
  const tried = [1, Math.max(1, perPulse / 2), perPulse].map((step) => {
    const agree = known.filter((one) => (Math.round(one.slot / step) % 2 === 0) === one.down).length;
    return { step, even: agree * 2 >= known.length, share: known.length === 0 ? 0.5 : Math.max(agree, known.length - agree) / known.length };
  });
  const best = tried.reduce((a, b) => (b.share > a.share ? b : a));
  const sure = clamp((best.share - 0.5) * 2, 0, 1) * Math.min(1, known.length / 12);
  return strokes.map((stroke, i) => {
    if (stroke.direction !== null || sure < 0.5) return stroke;
    const even = Math.round((slots[i] as number) / best.step) % 2 === 0;
    return { ...stroke, direction: even === best.even ? "down" : "up", confidence: rounded(stroke.confidence * sure * 0.8, 3) };
  });
}

function meters(bars: readonly TimedBar[], confidence: number): Heard["meter"] {
  const out: Heard["meter"] = [];
  let last = "";
  bars.forEach((bar, i) => {
    const name = bar.groups.join("+");
    if (name === last) return;
    last = name;
    out.push({ fromBar: i + 1, groups: [...bar.groups], unit: 8, confidence: rounded(clamp(confidence, 0.05, 0.97), 3) });
  });
  return out;
}
