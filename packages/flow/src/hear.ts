import { Complaint, type Progress, type Warning } from "@kuishi/base";
import { hear as listen } from "@kuishi/listen";
import { type ByteSource, loadRecording, type Recording } from "@kuishi/media";
import { fitHeard, Heard } from "@kuishi/score";
import { Kernels } from "@kuishi/signal";
import { instruments } from "@kuishi/tuning";

/** Which part of a file, in seconds. */
export interface Passage {
  readonly fromSec?: number;
  readonly toSec?: number;
}
/** A hearing and the recording it was made from. */
export interface HeardFile {
  readonly recording: Recording;
  readonly heard: Heard;
}
/** What the use cases need from their host. */
export interface Host {
  readonly kernels: WebAssembly.Module;
  /** Seconds on any clock; used for timing alone. */
  readonly clock: () => number;
}

/** Opens a file and hears it. @param analysis a corrected hearing, used instead of hearing anew. @throws Complaint. */
export async function hearFile(
  host: Host,
  source: ByteSource,
  options: { passage?: Passage; instrument?: string; analysis?: Heard },
  progress: Progress,
): Promise<HeardFile> {
  const instrument = instruments.get(options.instrument ?? "dombra");
  if (!instrument) throw new Complaint("usage", "instrument.unknown", { name: options.instrument ?? "", known: [...instruments.keys()].join(", ") });
  const recording = await loadRecording(new Kernels(host.kernels), source, options.passage ?? {}, progress);
  const seconds = (recording.channels[0]?.length ?? 0) / recording.sampleRate;
  if (options.analysis) return { recording, heard: fitHeard(options.analysis, seconds) };
  const heard = await listen(new Kernels(host.kernels), recording.channels, instrument, progress, host.clock);
  return { recording, heard: { ...heard, warnings: [...heard.warnings, ...recording.warnings.map(plain)] } };
}
const plain = (warning: Warning): Heard["warnings"][number] => ({
  code: warning.code,
  ...(warning.fromSec === undefined ? {} : { fromSec: warning.fromSec }),
  ...(warning.toSec === undefined ? {} : { toSec: warning.toSec }),
});

/** Reads a hearing from JSON. @throws Complaint with the place of the first fault. */
export function readAnalysis(text: string): Heard {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    throw new Complaint("unreadable", "analysis.json");
  }
  const result = Heard.safeParse(data);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw new Complaint("unreadable", "analysis.invalid", { at: issue?.path.join(".") ?? "", text: issue?.message ?? "" });
}
