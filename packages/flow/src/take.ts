import { type Frames, SAMPLE_RATE } from "@kuishi/base";
import { MASTER_LATENCY } from "@kuishi/engine";
import { clear, type Draft, newClip } from "@kuishi/project";
import type { Alignment, DelayStretch } from "./align.ts";

/** What is known of a take when it has ended. All frames are of one audio clock but where they are said to be the tune's. */
interface TakeTiming {
  /** From this context frame on the tune ran from this frame of its own: at the start, after a count-in, at each turn of a loop. */
  readonly anchors: readonly { readonly context: Frames; readonly frame: Frames }[];
  /** Context frame of the take's first sample, and how many it has. */
  readonly began: Frames;
  readonly frames: Frames;
  /** Frame of the tune from which it was recorded; what came before is count-in. */
  readonly start: Frames;
  /** How late it lies, from frames of its own clock on at which something was played; at least one. */
  readonly stretches: readonly DelayStretch[];
}
/** A stretch of a take on the timeline: from `from` of the take on, at `at` of the tune. */
interface PlacedStretch {
  readonly at: Frames;
  readonly from: Frames;
  readonly length: Frames;
}
/** One pass through the tune: where it lies as a whole, and in pieces where the delay jumped inside it. */
interface TakePass extends PlacedStretch {
  readonly pieces: readonly PlacedStretch[];
}
/** A pass shorter than this is none, frames. */
const SHORTEST = 2400;

/** Puts a take where it was played, pass by pass. @returns the passes, and which of them is heard: the last that was not broken off before its half. */
export function passesOf({ anchors, began, frames, start, stretches }: TakeTiming): { readonly passes: readonly TakePass[]; readonly heard: number } {
  const lateAt = (played: Frames): Frames => (stretches.findLast((one) => one.from <= played) ?? stretches[0]!).late;
  const passes = anchors.flatMap((anchor, k): TakePass[] => {
    const at = Math.max(start, anchor.frame);
    // frames of the take's own clock between which this pass was sent out
    const played = anchor.context + at - anchor.frame - began;
    const end = (anchors[k + 1]?.context ?? Number.POSITIVE_INFINITY) - began;
    const from = Math.max(0, Math.round(played + lateAt(played)));
    const length = Math.round(Math.min(frames - from, end - played));
    if (length < SHORTEST) return [];
    const cuts = [played, ...stretches.map((one) => one.from).filter((cut) => cut > played && cut < played + length), played + length];
    const pieces = cuts.slice(0, -1).flatMap((cut, i): PlacedStretch[] => {
      const source = Math.max(0, Math.round(cut + lateAt(cut)));
      const fits = Math.min(cuts[i + 1]! - cut, frames - source);
      return fits > 0 ? [{ at: Math.round(at + cut - played), from: source, length: Math.round(fits) }] : [];
    });
    return [{ at, from, length, pieces }];
  });
  const [before, last] = [passes.at(-2), passes.at(-1)];
  return { passes, heard: before && last && last.length < before.length / 2 ? passes.length - 2 : passes.length - 1 };
}

/** What a take is laid by. */
export interface RecordedTake extends Omit<TakeTiming, "stretches"> {
  /** What its own sound says; undefined where that could not be read. */
  readonly told: Alignment | undefined;
  /** The way from loudspeaker to microphone as it was measured before, and as the system says, frames. */
  readonly measured: Frames | null;
  readonly guessed: Frames;
  /** Frames that the audio thread missed. */
  readonly gaps: Frames;
}
/** Where a take lies, what is said of it, and the way from loudspeaker to microphone where it can be relied on from now on. */
export interface LaidTake extends ReturnType<typeof passesOf> {
  readonly notice: { readonly code: string; readonly params: Readonly<Record<string, number>> };
  readonly way: Frames | null;
  /** Whether the delay jumped and the take was left whole all the same: to be asked about. */
  readonly asks: boolean;
  /** Whether it lies where its own sound says. */
  readonly sure: boolean;
}
/** Clocks that run apart by more than this are told, frames a minute: 2 ms. */
const DRIFT = 96;
/** A way is relied on where so many moments told one and the same. */
const ENOUGH = 4;

/**
 * Finds where a take lies: by its own sound, or by the way that was measured, or by what the system says.
 * @param cut whether it is cut where the delay jumped; else it stays whole, laid by the delay that lasted longest.
 */
export function laidTake({ told, measured, guessed, gaps, ...timing }: RecordedTake, cut: boolean): LaidTake {
  const found = told?.stretches ?? [];
  const known = cut ? found : lasting(found, timing.frames);
  const asks = found.length > known.length;
  const [first] = known;
  // what is played leaves the engine a little late: its limiter looks ahead
  const stretches = (first ? known : [{ from: 0, late: measured ?? guessed }]).map((one) => ({ ...one, late: one.late + MASTER_LATENCY }));
  const way = first && found.length === 1 && (told?.told ?? 0) >= ENOUGH ? first.late : null;
  return { ...passesOf({ ...timing, stretches }), way, notice: noticeOf(), asks, sure: first !== undefined && !asks };

  function noticeOf(): LaidTake["notice"] {
    if (!first) return measured === null ? { code: "record.guessed", params: { ms: ms(guessed) } } : { code: "record.unchecked", params: { ms: ms(measured) } };
    const drift = told?.driftPerMinute ?? 0;
    if (found.length > 1) return { code: asks ? "record.jumped" : "record.mended", params: { count: found.length - 1 } };
    if (Math.abs(drift) > DRIFT) return { code: "record.drifts", params: { ms: ms(drift) } };
    if (gaps > 0) return { code: "record.gaps", params: { ms: Math.max(1, ms(gaps)) } };
    return { code: "record.checked", params: { ms: ms(first.late) } };
  }
}
/** The stretch that lasts longest, for the whole of a take; none where there is none. */
function lasting(found: readonly DelayStretch[], frames: Frames): DelayStretch[] {
  const length = (k: number): Frames => (found[k + 1]?.from ?? frames) - found[k]!.from;
  const longest = found.reduce((best, _, k) => (length(k) > length(best) ? k : best), 0);
  return found.slice(longest, longest + 1).map((one) => ({ ...one, from: 0 }));
}
const ms = (frames: Frames): number => Math.round((frames / SAMPLE_RATE) * 1000);

/** Letters, and then letters with a number. */
export const takeName = (count: number): string => String.fromCharCode(65 + (count % 26)) + (count >= 26 ? String(Math.floor(count / 26)) : "");

/** Puts what was recorded where it was played: each pass as a take, the one that is heard as clips of its track. What was noted of it gives way. */
export function layTake(draft: Draft, asset: string, track: string, frames: Frames, { passes, heard }: LaidTake): void {
  if (passes.length === 0) {
    finishTake(draft, asset, 0);
    return;
  }
  for (const take of draft.session.takes) if (take.asset === asset) draft.remove(take.id);
  draft.set("asset", asset, { frames });
  for (const [k, { pieces, ...pass }] of passes.entries()) {
    draft.put({ id: draft.newId("take"), kind: "take", track, asset, ...pass, name: takeName(draft.session.takes.length) });
    if (k !== heard) continue;
    clear(draft, track, pass.at, pass.at + pass.length);
    for (const piece of pieces) draft.put({ ...newClip, id: draft.newId("clip"), track, asset, ...piece });
  }
}
/** Moves what a take holds, and what is heard of it, by so many frames: earlier where they are positive. No edge of a clip moves but where the take ends. */
export function shiftTake(draft: Draft, asset: string, by: Frames): void {
  const frames = draft.session.assets.get(asset)?.frames ?? Number.POSITIVE_INFINITY;
  const { takes, clips } = draft.session;
  for (const one of [...takes, ...clips]) {
    if (one.asset !== asset) continue;
    const rate = one.kind === "clip" ? one.rate : 1;
    const from = Math.max(0, Math.min(frames - rate, one.from + Math.round(by * rate)));
    draft.set(one.kind, one.id, { from, length: Math.max(1, Math.min(one.length, Math.floor((frames - from) / rate))) });
  }
}
/** A take of which no more is known than what was noted as it began, and how long it came to: it gets its length, and sounds where its track is free. */
export function finishTake(draft: Draft, asset: string, frames: Frames): void {
  if (frames < SHORTEST) {
    for (const take of draft.session.takes) if (take.asset === asset) draft.remove(take.id);
    draft.remove(asset);
    return;
  }
  draft.set("asset", asset, { frames });
  for (const take of draft.session.takes) {
    if (take.asset !== asset) continue;
    const length = Math.max(1, frames - take.from);
    draft.set("take", take.id, { length });
    const free = draft.session.clips.every((clip) => clip.track !== take.track || clip.at >= take.at + length || clip.at + clip.length <= take.at);
    if (free) draft.put({ ...newClip, id: draft.newId("clip"), track: take.track, asset, at: take.at, from: take.from, length });
  }
}
