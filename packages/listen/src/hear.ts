import { breathe, Complaint, clamp, type Progress, rounded, SAMPLE_RATE } from "@kuishi/base";
import type { Heard, HeardStroke } from "@kuishi/score";
import type { Kernels } from "@kuishi/signal";
import type { Instrument } from "@kuishi/tuning";
import { type Bar, findBars, type Pulse, subdivision, tempoOf, trackBeats } from "./beats.ts";
import { findForm } from "./form.ts";
import { fretTable, placeOnStrings } from "./fretboard.ts";
import { findMode } from "./mode.ts";
import { findMoments } from "./moments.ts";
import { isHeard, type Stroke, strokesOf, tunePitches, writeNotes } from "./notes.ts";
import { pitchesUsed } from "./pitches.ts";
import { Sound } from "./sound.ts";

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
  const pulses = toPulses(played);
  const beatTrack = trackBeats(pulses, seconds);
  const free = beatTrack.free;
  const { bars, confidence } = findBars(pulses, beatTrack.beats);
  const sub = subdivision(pulses, beatTrack.beats);
  const downbeats = free ? [] : bars.map((bar) => rounded((beatTrack.beats[bar.firstBeat] as { at: number }).at, 4));
  await breathe(progress);
  const sounding = notes.filter((note) => note.cents !== null);
  const loud = new Map(strokes.flatMap((stroke) => stroke.noteIds.map((id) => [id, stroke.accent] as const)));
  const mode = findMode(
    sounding.map((note) => ({ cents: note.cents as number, seconds: note.offset - note.onset, loud: loud.get(note.id) ?? 0.5 })),
    open.low,
    seconds - (sounding.at(-1)?.onset ?? seconds) > 0.6,
  );
  const form = findForm(
    sounding.map((note) => ({ at: note.onset, cents: note.cents as number, loud: loud.get(note.id) ?? 0.5 })),
    downbeats,
    seconds,
    mode.tonicCents,
  );
  const bpm = tempoOf(beatTrack.beats);
  const doubtful = notes.reduce((sum, note) => sum + note.confidence.pitch, 0) / Math.max(1, notes.length) < 0.6;
  progress.report("structure", 1);
  return {
    kuishi: "listen/1",
    durationSec: rounded(seconds, 4),
    elapsedSec: rounded(clock() - started, 4),
    instrument: instrument.name,
    tuning: { strings: fretTable(placed, open, instrument.frets) },
    notes,
    strokes: withDirections(strokes, beatTrack.beats, sub),
    beats: beatTrack.beats.map((beat) => ({ at: rounded(beat.at, 4), confidence: rounded(beat.confidence, 3) })),
    downbeats,
    tempoBpm: bpm === null ? null : rounded(bpm, 2),
    meter: free ? [{ fromSec: 0, toSec: rounded(seconds, 4), free: true }] : meters(bars, sub, confidence * beatTrack.regularity),
    mode,
    form,
    warnings: [...(doubtful ? [{ code: "doubtful" }] : []), ...(free ? [{ code: "free" }] : [])],
  };
}

/** Strokes as marks of a beginning: the bass struck, the melody moved, a long note after. */
function toPulses(strokes: readonly Stroke[]): Pulse[] {
  let melody = 0;
  return strokes.map((stroke, i): Pulse => {
    const top = stroke.pitches.at(-1)?.cents ?? melody;
    const moved = Math.abs(top - melody) > 40;
    melody = top;
    const bass = stroke.pitches.some((pitch) => pitch.string === 0);
    const gap = ((strokes[i + 1]?.at ?? stroke.at + 0.5) - stroke.at) / 0.5;
    const weight = clamp(stroke.strength, 0.1, 1.3);
    return { at: stroke.at, weight, mark: (moved ? 0.3 : 0) + (bass ? 0.2 : 0) + 0.4 * clamp(gap, 0, 1) };
  });
}

/** Down on the pulse, up between: the alternating hand, inferred from time alone and so never sure. */
function withDirections(strokes: readonly HeardStroke[], beats: readonly { at: number }[], sub: number): HeardStroke[] {
  return strokes.map((stroke) => {
    let i = beats.findIndex((beat) => beat.at > stroke.at + 0.03) - 1;
    if (i === -2) i = beats.length - 2;
    const [a, b] = [beats[i], beats[i + 1]];
    if (!a || !b) return stroke;
    const slot = Math.round(((stroke.at - a.at) / (b.at - a.at)) * sub * 2);
    return { ...stroke, direction: slot % 2 === 0 ? "down" : "up", confidence: rounded(stroke.confidence * 0.6, 3) };
  });
}

function meters(bars: readonly Bar[], sub: 2 | 3, confidence: number): Heard["meter"] {
  const out: Heard["meter"] = [];
  let last = 0;
  bars.forEach((bar, i) => {
    if (bar.beats === last) return;
    last = bar.beats;
    out.push({ fromBar: i + 1, groups: Array.from({ length: bar.beats }, () => sub), unit: 8, confidence: rounded(clamp(confidence, 0.05, 0.95), 3) });
  });
  return out;
}
