import { breathe, type Frames, type Progress, SAMPLE_RATE, type Seconds } from "@kuishi/base";
import { type Plan, Transport, type TransportLead } from "@kuishi/engine";
import { liveEar } from "@kuishi/listen";
import { Accompanist, EarStrokes, Follower, type Lead } from "@kuishi/practice";
import type { Heard } from "@kuishi/score";
import { Kernels } from "@kuishi/signal";
import type { Instrument } from "@kuishi/tuning";
import type { Host } from "./hear.ts";

/** A plan as a band plays it beside someone: what was recorded is silent, for he plays it himself; it still presses what it is the key of. */
export const bandPlan = (plan: Plan): Plan => ({
  ...plan,
  strips: plan.strips.map((strip) => (strip.source.kind === "clips" ? { ...strip, source: { kind: "clips", pieces: [] } } : strip)),
});
/** Where a plan ends, in the tune's own seconds. */
export const endOfBand = ({ frames, lead = 0 }: Plan): Seconds => (frames - lead) / SAMPLE_RATE;

/** How the stream of a microphone lies in the time of the host that plays. */
export interface BandClock {
  /** The stream's first sample, seconds of the host. */
  readonly startSec: Seconds;
  /** The way out of the loudspeaker and back through the microphone: the band plays so much earlier. */
  readonly wayFrames: Frames;
  /** Frames of the plan before the tune's first. */
  readonly lead: Frames;
}
/** A lead in the frames of a transport. */
export const transportLead = ({ at, masterSec, rate, untilSec }: Lead, { startSec, wayFrames, lead }: BandClock): TransportLead => ({
  context: Math.round((startSec + at) * SAMPLE_RATE) - wayFrames,
  frame: Math.round(masterSec * SAMPLE_RATE) + lead,
  rate,
  until: Math.round(untilSec * SAMPLE_RATE) + lead,
});

/** Frames of the take, at 24 kHz, that are heard at once. */
const BLOCK = 480;
/**
 * A band beside a take that was recorded, as it would have played had it been there: causal, with the live ear.
 * @param take mono, 24 kHz. @returns both sides at 48 kHz, as long as the take; `MASTER_LATENCY` late.
 */
export async function accompanySound(
  host: Pick<Host, "kernels">,
  take: Float32Array,
  instrument: Instrument,
  master: Heard,
  plan: Plan,
  progress: Progress,
): Promise<readonly [Float32Array, Float32Array]> {
  const ear = liveEar(new Kernels(host.kernels), instrument);
  const [follower, strokes, band] = [new Follower(master), new EarStrokes(), new Accompanist({ endSec: endOfBand(plan) })];
  const transport = new Transport(host.kernels, { plan: bandPlan(plan), clips: [], running: true }, () => {});
  const clock: BandClock = { startSec: 0, wayFrames: 0, lead: plan.lead ?? 0 };
  const out = [0, 1].map(() => new Float32Array(2 * take.length)) as [Float32Array, Float32Array];
  for (let from = 0; from < take.length; from += BLOCK) {
    for (const event of ear.push(take.subarray(from, from + BLOCK))) for (const stroke of strokes.hear(event)) follower.hear(stroke);
    band.follow(follower.position(ear.seconds), ear.seconds);
    transport.obey({ type: "lead", lead: transportLead(band.lead, clock) });
    const [left, right] = out.map((side) => side.subarray(2 * from, 2 * (from + BLOCK))) as [Float32Array, Float32Array];
    // what was heard up to here is answered from here on
    transport.process(left, right, 2 * from + 2 * BLOCK);
    if (from % (100 * BLOCK) !== 0) continue;
    progress.report("follow", from / take.length);
    await breathe(progress);
  }
  return out;
}
