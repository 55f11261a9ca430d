import type { Complaint, Progress } from "@kuishi/base";
import type { Reference } from "@kuishi/blend";
import { type ByteSource, loadRecording, memorySource } from "@kuishi/media";
import type { Heard } from "@kuishi/score";
import { Kernels } from "@kuishi/signal";
import { guitarProScore, isGuitarPro } from "./guitar-pro.ts";
import { type HeardFile, type Host, hearFile, type Passage } from "./hear.ts";
import { openScore } from "./open-score.ts";
import type { BlendRequest } from "./request.ts";
import { isScore } from "./scores.ts";
import { loadVoice } from "./singer.ts";
import { referenceOf } from "./tone.ts";

/** The largest file that travels inside its project, bytes. */
const CARRIED_BYTES = 64 * 1024 * 1024;
export const isCarried = (size: number): boolean => size <= CARRIED_BYTES;
/** A file as it travels inside its project; null where it is too large for that. */
export const carried = async (source: ByteSource): Promise<Uint8Array | null> => (isCarried(source.size) ? await source.read(0, source.size) : null);

/** How a file is to be heard. */
export interface HearOptions {
  readonly instrument?: string | undefined;
  /** Of a recording: a written tune is taken whole. */
  readonly passage?: Passage;
  /** Of a score: the parts that sound; all where none is named. */
  readonly parts?: readonly string[] | undefined;
  /** Of a score: of the players who play it. */
  readonly seed: number;
  /** What is known of it already, instead of hearing anew. */
  readonly analysis?: Heard | undefined;
  /** Is told what of a damaged score cannot be read. */
  readonly tell?: ((complaint: Complaint) => void) | undefined;
}
/** Hears whatever a file holds, by its name: a recording is listened to, a score played by its own parts. @throws Complaint. */
export async function hearAny(host: Host, name: string, source: ByteSource, options: HearOptions, progress: Progress): Promise<HeardFile> {
  const { instrument, passage, parts, seed, tell, analysis } = options;
  const known = analysis ? { analysis } : {};
  if (isGuitarPro(name)) {
    const own = await guitarProScore(name, await source.read(0, source.size));
    return hearAny(host, own.name, memorySource(own.bytes), options, progress);
  }
  if (isScore(name)) return await openScore(host, name, await source.read(0, source.size), { instrument, parts, seed, tell, ...known }, progress);
  return await hearFile(host, source, { instrument, ...(passage ? { passage } : {}), ...known }, progress);
}

/** Measures a finished record that a mix is to be like. @throws Complaint. */
export async function openReference(host: Host, name: string, source: ByteSource, progress: Progress): Promise<Reference> {
  const { channels } = await loadRecording(new Kernels(host.kernels), source, {}, progress);
  return referenceOf(host.kernels, name, channels);
}

/** Opens a singer's recording. @param correct how far she is drawn to the tune's own cents, 0..1. @throws Complaint. */
export async function openVoice(
  host: Host,
  name: string,
  source: ByteSource | Uint8Array,
  correct: number,
  progress: Progress,
): Promise<NonNullable<BlendRequest["voice"]>> {
  const from = source instanceof Uint8Array ? memorySource(source) : source;
  const { channels } = await loadVoice(host, from, progress);
  return { name, channels, bytes: source instanceof Uint8Array ? source : await carried(from), correct };
}
