import { type Cents, clamp, median, type Progress, SAMPLE_RATE, type Seconds } from "@kuishi/base";
import type { Choices } from "@kuishi/blend";
import { type Heard, type MidiTrack, meterAt } from "@kuishi/score";
import type { HeardFile } from "./hear.ts";
import { type StretchPoint, stretched } from "./stretch.ts";

/** No stretch of the recording is slowed or hurried by more. */
const MOST_STRETCH = 0.04;

/** Time of the recording to time of the blend, straight between points. */
export interface TimeMap {
  readonly points: readonly { readonly from: Seconds; readonly to: Seconds }[];
}

/**
 * The map that brings the player's groups to one length a pulse, each by no more than 4 %: what strays further keeps part of its
 * freedom. Free passages and what lies outside the beats stay as they are.
 */
export function straightening(heard: Heard): TimeMap {
  const beats = heard.beats.map((beat) => beat.at);
  const still = [{ from: 0, to: 0 }];
  if (beats.length < 3 || heard.meter.some((entry) => "free" in entry)) return { points: still };
  const groups = beats.slice(1).map((to, i) => ({ from: beats[i]!, to, pulses: pulsesAt(heard, beats[i]!) }));
  const pulse = median(groups.map((group) => (group.to - group.from) / group.pulses));
  const points = [...still, { from: beats[0]!, to: beats[0]! }];
  for (const group of groups) {
    const length = group.to - group.from;
    const wanted = clamp(pulse * group.pulses, length / (1 + MOST_STRETCH), length * (1 + MOST_STRETCH));
    points.push({ from: group.to, to: (points.at(-1) as { to: number }).to + wanted });
  }
  return { points };
}

/** Pulses of the group that begins at a beat. */
function pulsesAt(heard: Heard, at: Seconds): number {
  const bar = heard.downbeats.findLastIndex((downbeat) => downbeat <= at + 0.01);
  const { groups } = meterAt(heard, bar + 1);
  const from = heard.downbeats[bar] ?? at;
  const index = heard.beats.filter((beat) => beat.at >= from - 0.01 && beat.at < at - 0.01).length;
  return groups[Math.min(index, groups.length - 1)] ?? 2;
}

/**
 * Where a time of the recording comes to lie.
 * @example
 * mapped({ points: [{ from: 0, to: 0 }, { from: 2, to: 1.9 }] }, 1); // => 0.95
 */
export function mapped({ points }: TimeMap, at: Seconds): Seconds {
  const k = Math.max(
    0,
    points.findLastIndex((point) => point.from <= at),
  );
  const [a, b] = [points[k]!, points[k + 1]];
  return b ? a.to + ((at - a.from) * (b.to - a.to)) / (b.from - a.from) : a.to + at - a.from;
}

const pointsOf = ({ points }: TimeMap, cents: Cents): StretchPoint[] =>
  points.map((point, i) => {
    const next = points[i + 1];
    return { at: point.to, from: point.from, rate: next ? (next.from - point.from) / Math.max(1e-6, next.to - point.to) : 1, cents };
  });

/** A hearing whose times and pitches are moved with its recording. */
function moved(heard: Heard, map: TimeMap, cents: Cents, durationSec: Seconds): Heard {
  const at = (time: Seconds): Seconds => Math.max(0, Math.round(mapped(map, time) * 1e5) / 1e5);
  const up = (pitch: Cents): Cents => pitch + cents;
  return {
    ...heard,
    durationSec,
    notes: heard.notes.map((note) => ({
      ...note,
      onset: at(note.onset),
      offset: at(note.offset),
      cents: note.cents === null ? null : up(note.cents),
      ...(note.curve ? { curve: note.curve.map(([time, pitch]): [number, number] => [at(time), up(pitch)]) } : {}),
    })),
    strokes: heard.strokes.map((stroke) => ({ ...stroke, at: at(stroke.at) })),
    beats: heard.beats.map((beat) => ({ ...beat, at: at(beat.at) })),
    downbeats: heard.downbeats.map(at),
    meter: heard.meter.map((entry) => ("free" in entry ? { ...entry, fromSec: at(entry.fromSec), toSec: at(entry.toSec) } : entry)),
    form: heard.form.map((section) => ({ ...section, fromSec: at(section.fromSec), toSec: at(section.toSec) })),
    tuning: {
      strings: heard.tuning.strings.map((string) => ({
        ...string,
        openCents: up(string.openCents),
        fretCents: string.fretCents.map((pitch) => (pitch === null ? null : up(pitch))),
      })),
    },
    mode: { ...heard.mode, tonicCents: up(heard.mode.tonicCents) },
    ...(heard.tempo ? { tempo: heard.tempo.map((point) => ({ ...point, at: at(point.at) })) } : {}),
    ...(heard.chords ? { chords: heard.chords.map((chord) => ({ ...chord, at: at(chord.at), rootCents: up(chord.rootCents) })) } : {}),
  };
}

/** What a part plays, moved with its recording. */
function movedTrack(track: MidiTrack, map: TimeMap, cents: Cents): MidiTrack {
  const notes = track.notes.map((note) => {
    const at = mapped(map, note.at);
    return { ...note, at, length: mapped(map, note.at + note.length) - at, cents: track.drums ? note.cents : note.cents + cents };
  });
  return { ...track, notes };
}

/** Brings a recording, its hearing and a singer's track to what was chosen: straightened, transposed, or as they are. */
export async function followed(
  file: HeardFile,
  choices: Choices,
  voice: readonly Float32Array[] | undefined,
  progress: Progress,
): Promise<{ readonly file: HeardFile; readonly voice: readonly Float32Array[] | undefined }> {
  if (choices.follow !== "grid" && choices.transpose === 0) return { file, voice };
  const map: TimeMap = choices.follow === "grid" ? straightening(file.heard) : { points: [{ from: 0, to: 0 }] };
  const points = pointsOf(map, choices.transpose);
  const length = (frames: number): number => Math.round(mapped(map, frames / SAMPLE_RATE) * SAMPLE_RATE);
  const options = { formants: false, seed: choices.seed, stage: "stretch" };
  const move = (channels: readonly Float32Array[], formants: boolean): Promise<Float32Array[]> =>
    stretched(channels, points, length(channels[0]?.length ?? 0), { ...options, formants }, progress);
  const channels = await move(file.recording.channels, false);
  const heard = moved(file.heard, map, choices.transpose, (channels[0]?.length ?? 0) / SAMPLE_RATE);
  const written = file.written && { ...file.written, tracks: file.written.tracks.map((track) => movedTrack(track, map, choices.transpose)) };
  return { file: { heard, recording: { ...file.recording, channels }, ...(written ? { written } : {}) }, voice: voice && (await move(voice, true)) };
}
