import type { Draft } from "./document.ts";
import type { Clip, Take } from "./records.ts";

/**
 * What a hand does with clips. Each works inside an edit; times are frames of the timeline. The asset
 * of a clip runs `rate` times as fast as the timeline.
 */

/** Sounds are cut with this much of a fade, frames: short enough not to be heard, long enough not to click. */
const CUT = 240;

/** What a clip has that nobody has touched yet. */
export const newClip = { kind: "clip", gainDb: 0, fadeIn: CUT, fadeOut: CUT, rate: 1, cents: 0, mute: false } as const satisfies Partial<Clip>;

/** Cuts a clip in two at a moment inside it. @returns the id of the right half; undefined where there is nothing to cut. */
export function split(draft: Draft, id: string, at: number): string | undefined {
  const clip = draft.get("clip", id);
  if (!clip || at <= clip.at || at >= clip.at + clip.length) return undefined;
  const left = at - clip.at;
  const right = draft.newId("clip");
  draft.set("clip", id, { length: left, fadeOut: Math.min(CUT, left), fadeIn: Math.min(clip.fadeIn, left) });
  const length = clip.length - left;
  draft.put({
    ...clip,
    id: right,
    at,
    from: clip.from + Math.round(left * clip.rate),
    length,
    fadeIn: Math.min(CUT, length),
    fadeOut: Math.min(clip.fadeOut, length),
  });
  return right;
}

/** Moves an edge of a clip; what lies under it stays where it is. @param frames how many the asset has, timeline frames at rate 1. */
export function trim(draft: Draft, id: string, edge: "start" | "end", to: number, frames: number): void {
  const clip = draft.get("clip", id);
  if (!clip) return;
  if (edge === "end") {
    const most = Math.floor((frames - clip.from) / clip.rate);
    const length = Math.max(1, Math.min(most, to - clip.at));
    draft.set("clip", id, { length, fadeOut: Math.min(clip.fadeOut, length), fadeIn: Math.min(clip.fadeIn, length) });
    return;
  }
  const end = clip.at + clip.length;
  const earliest = Math.max(0, clip.at - Math.floor(clip.from / clip.rate));
  const at = Math.max(earliest, Math.min(end - 1, to));
  const length = end - at;
  const from = Math.max(0, clip.from + Math.round((at - clip.at) * clip.rate));
  draft.set("clip", id, { at, from, length, fadeOut: Math.min(clip.fadeOut, length), fadeIn: Math.min(clip.fadeIn, length) });
}

/** Puts a clip elsewhere, also on another track; clips that lie there give way. */
export function move(draft: Draft, id: string, at: number, track?: string): void {
  const clip = draft.get("clip", id);
  if (!clip) return;
  const to = track ?? clip.track;
  const start = Math.max(0, at);
  clear(draft, to, start, start + clip.length, id);
  draft.set("clip", id, { at: start, track: to });
}

/** Moves the sound under a clip whose place stays. @param frames how many the asset has. */
export function slip(draft: Draft, id: string, by: number, frames: number): void {
  const clip = draft.get("clip", id);
  if (!clip) return;
  const most = Math.max(0, frames - Math.ceil(clip.length * clip.rate));
  draft.set("clip", id, { from: Math.max(0, Math.min(most, clip.from - Math.round(by * clip.rate))) });
}

/** Makes a clip longer or shorter by playing it slower or faster at its own pitch. */
export function stretch(draft: Draft, id: string, length: number): void {
  const clip = draft.get("clip", id);
  if (!clip || length < 1) return;
  const source = clip.length * clip.rate;
  const rate = Math.max(0.25, Math.min(4, source / length));
  const fits = Math.max(1, Math.round(source / rate));
  clear(draft, clip.track, clip.at, clip.at + fits, id);
  draft.set("clip", id, { rate, length: fits, fadeIn: Math.min(clip.fadeIn, fits), fadeOut: Math.min(clip.fadeOut, fits) });
}

/** Puts the same again right behind. @returns its id. */
export function duplicate(draft: Draft, id: string, at?: number): string | undefined {
  const clip = draft.get("clip", id);
  if (!clip) return undefined;
  const start = at ?? clip.at + clip.length;
  clear(draft, clip.track, start, start + clip.length);
  const copy = draft.newId("clip");
  draft.put({ ...clip, id: copy, at: start });
  return copy;
}

/** Sets a fade, no longer than leaves the other one its place. */
export function fade(draft: Draft, id: string, side: "fadeIn" | "fadeOut", length: number): void {
  const clip = draft.get("clip", id);
  if (!clip) return;
  const other = side === "fadeIn" ? clip.fadeOut : clip.fadeIn;
  const fits = Math.max(0, Math.min(Math.round(length), clip.length - other));
  draft.set("clip", id, side === "fadeIn" ? { fadeIn: fits } : { fadeOut: fits });
}

/** Makes room on a track: what lies between two moments is cut out. @param except a clip that is left alone. */
export function clear(draft: Draft, track: string, from: number, to: number, except?: string): void {
  for (const clip of draft.session.clips) {
    if (clip.track !== track || clip.id === except) continue;
    const end = clip.at + clip.length;
    if (end <= from || clip.at >= to) continue;
    if (clip.at < from && end > to) {
      const right = split(draft, clip.id, to);
      if (right) shorten(draft, clip.id, from);
    } else if (clip.at < from) shorten(draft, clip.id, from);
    else if (end > to) behead(draft, clip, to);
    else draft.remove(clip.id);
  }
}
function shorten(draft: Draft, id: string, end: number): void {
  const clip = draft.get("clip", id)!;
  const length = end - clip.at;
  draft.set("clip", id, { length, fadeOut: Math.min(CUT, length), fadeIn: Math.min(clip.fadeIn, length) });
}
function behead(draft: Draft, clip: Clip, at: number): void {
  const length = clip.at + clip.length - at;
  draft.set("clip", clip.id, {
    at,
    length,
    from: clip.from + Math.round((at - clip.at) * clip.rate),
    fadeIn: Math.min(CUT, length),
    fadeOut: Math.min(clip.fadeOut, length),
  });
}

/** Comping: between two moments a take is what is heard of its track. @returns the id of the new clip. */
export function comp(draft: Draft, takeId: string, from: number, to: number): string | undefined {
  const take: Take | undefined = draft.get("take", takeId);
  if (!take) return undefined;
  const start = Math.max(from, take.at);
  const end = Math.min(to, take.at + take.length);
  if (end - start < 1) return undefined;
  clear(draft, take.track, start, end);
  const id = draft.newId("clip");
  const length = end - start;
  const fade = Math.min(CUT, length >> 1);
  draft.put({ ...newClip, id, track: take.track, asset: take.asset, at: start, from: take.from + start - take.at, length, fadeIn: fade, fadeOut: fade });
  return id;
}

/** A track below all others. @param name without one, its number. @returns its id. */
export function addTrack(draft: Draft, name?: string): string {
  const { tracks } = draft.session;
  const id = draft.newId("track");
  draft.put({ id, kind: "track", name: name ?? String(tracks.length + 1), order: Math.max(0, ...tracks.map((track) => track.order)) + 1 });
  return id;
}
