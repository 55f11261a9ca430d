import { breathe, type Progress, rounded, type Seconds } from "@kuishi/base";
import { liveEar } from "@kuishi/listen";
import { type ByteSource, loadRecording } from "@kuishi/media";
import { EarStrokes, type Followed, Follower } from "@kuishi/practice";
import type { Heard } from "@kuishi/score";
import { Kernels } from "@kuishi/signal";
import { dombra, type Instrument, instruments } from "@kuishi/tuning";
import type { Host } from "./hear.ts";
import { lookedInto } from "./tuner.ts";

/** Places are told so often; blocks in which the take is heard. */
const [ROW_SEC, BLOCK] = [0.05, 480];

/**
 * Follows sound through a master as if it were just being played: each row is told from what was heard up to its time.
 * @param take mono, 24 kHz.
 */
export async function followSound(
  host: Pick<Host, "kernels">,
  take: Float32Array,
  instrument: Instrument,
  master: Heard,
  progress: Progress,
): Promise<Followed> {
  const ear = liveEar(new Kernels(host.kernels), instrument);
  const follower = new Follower(master);
  const strokes = new EarStrokes();
  const rows: [Seconds, Seconds | null, number][] = [];
  for (let from = 0; from < take.length; from += BLOCK) {
    for (const event of ear.push(take.subarray(from, from + BLOCK))) for (const stroke of strokes.hear(event)) follower.hear(stroke);
    const now = rounded((rows.length + 1) * ROW_SEC, 2);
    if (ear.seconds < now) continue;
    const { masterSec, confidence } = follower.position(now);
    rows.push([now, masterSec === null ? null : rounded(masterSec, 3), rounded(confidence, 3)]);
    if (rows.length % 100 !== 0) continue;
    progress.report("follow", from / take.length);
    await breathe(progress);
  }
  progress.report("follow", 1);
  return { kuishi: "follow/1", at: rows };
}

/** Follows a recording of a take through a master. @throws Complaint where it cannot be read. */
export async function followTake(
  host: Host,
  source: ByteSource,
  master: Heard,
  options: { instrument?: string | undefined },
  progress: Progress,
): Promise<Followed> {
  const { channels, sampleRate } = await loadRecording(new Kernels(host.kernels), source, {}, progress);
  const instrument = instruments.get(options.instrument ?? master.instrument) ?? dombra;
  return followSound(host, lookedInto(host, channels, sampleRate).samples, instrument, master, progress);
}
