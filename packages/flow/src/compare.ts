import type { Progress } from "@kuishi/base";
import type { ByteSource } from "@kuishi/media";
import { compare, type Practice } from "@kuishi/practice";
import type { Heard } from "@kuishi/score";
import { type Host, hearFile } from "./hear.ts";
import { lookedInto } from "./tuner.ts";

/**
 * Hears a take and says what it was beside a master; `channels` is the take as it sounds.
 * @param options.instrument what plays in the take; the master's where nothing is said.
 * @throws Complaint where the take cannot be read or heard.
 */
export async function compareTake(
  host: Host,
  take: ByteSource,
  master: Heard,
  options: { instrument?: string | undefined; score?: boolean },
  progress: Progress,
): Promise<{ readonly practice: Practice; readonly channels: readonly Float32Array[] }> {
  const { heard, recording } = await hearFile(host, take, { instrument: options.instrument ?? (master.instrument || undefined) }, progress);
  const practice = compare(master, heard, lookedInto(host, recording.channels, recording.sampleRate), { score: options.score ?? false });
  progress.report("compare", 1);
  return { practice, channels: recording.channels };
}
