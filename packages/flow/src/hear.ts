import { Complaint, checked, type Progress, type Warning } from "@kuishi/base";
import { Ear } from "@kuishi/listen";
import { type ByteSource, loadRecording, type Recording } from "@kuishi/media";
import { fitHeard, Heard, Locks, type MidiTrack, noLocks, type Score } from "@kuishi/score";
import { Kernels } from "@kuishi/signal";
import { heardInstruments, type Instrument, instruments } from "@kuishi/tuning";
import type { Threads } from "./threads/messages.ts";

/** Which part of a file, in seconds. */
export interface Passage {
  readonly fromSec?: number;
  readonly toSec?: number;
}
/** A tune that is open: its sound, and what is known of it. */
export interface HeardFile {
  readonly recording: Recording;
  /** What was heard; of a score, the part that has the tune as it was read. */
  readonly heard: Heard;
  /** Of a written tune: the score itself, and what its parts play in the seconds of the recording. */
  readonly written?: { readonly score: Score; readonly tracks: readonly MidiTrack[] };
}
/** What the use cases need from their host. */
export interface Host {
  readonly kernels: WebAssembly.Module;
  /** Seconds on any clock; used for timing alone. */
  readonly clock: () => number;
  /** Threads that strips may be rendered in; without them everything runs in one. */
  readonly threads?: Threads;
}

/** A recording and the ear that listened to it, ready to think again. */
export interface ListenedRecording {
  readonly recording: Recording;
  readonly ear: Ear;
}

/** Opens a file and listens to it. @throws Complaint. */
export async function listenTo(
  host: Host,
  source: ByteSource,
  options: { passage?: Passage; instrument?: string | undefined },
  progress: Progress,
): Promise<ListenedRecording> {
  const instrument = instrumentOf(options.instrument);
  const recording = await loadRecording(new Kernels(host.kernels), source, options.passage ?? {}, progress);
  return { recording, ear: await Ear.of(new Kernels(host.kernels), recording.channels, instrument, progress, host.clock) };
}

/** What was heard, with what the listener corrected. @throws Complaint. */
export async function heardOf(host: Host, { recording, ear }: ListenedRecording, locks: Locks, progress: Progress): Promise<HeardFile> {
  const heard = await ear.hear(locks, progress, host.clock);
  return { recording, heard: { ...heard, warnings: [...heard.warnings, ...recording.warnings.map(plain)] } };
}

/** Opens a file and hears it. @param analysis a corrected hearing, used instead of hearing anew. @throws Complaint. */
export async function hearFile(
  host: Host,
  source: ByteSource,
  options: { passage?: Passage; instrument?: string | undefined; analysis?: Heard; locks?: Locks },
  progress: Progress,
): Promise<HeardFile> {
  if (!options.analysis) return heardOf(host, await listenTo(host, source, options, progress), options.locks ?? noLocks, progress);
  instrumentOf(options.instrument);
  const recording = await loadRecording(new Kernels(host.kernels), source, options.passage ?? {}, progress);
  return { recording, heard: fitHeard(options.analysis, (recording.channels[0]?.length ?? 0) / recording.sampleRate) };
}

/** The instrument a recording is to be heard as. @throws Complaint for one the ear does not know. */
export function instrumentOf(name = "dombra"): Instrument {
  const instrument = instruments.get(name);
  if (!instrument?.heard) throw new Complaint("usage", "instrument.unknown", { name, known: heardInstruments().join(", ") });
  return instrument;
}
const plain = (warning: Warning): Heard["warnings"][number] => ({
  code: warning.code,
  ...(warning.fromSec === undefined ? {} : { fromSec: warning.fromSec }),
  ...(warning.toSec === undefined ? {} : { toSec: warning.toSec }),
});

/** Reads a hearing from JSON. @throws Complaint with the place of the first fault. */
export const readAnalysis = (text: string): Heard => checked(Heard, "analysis.invalid", parsed(text));

/** Reads corrections from JSON: their own file, or a hearing that carries them. @throws Complaint as above. */
export const readLocks = (text: string): Locks => {
  const data = parsed(text);
  const own = typeof data === "object" && data !== null && "kuishi" in data ? ((data as { locks?: unknown }).locks ?? {}) : data;
  return checked(Locks, "analysis.invalid", own);
};

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Complaint("unreadable", "analysis.json");
  }
}
