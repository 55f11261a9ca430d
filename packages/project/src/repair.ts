import { type Clip, emptySong, type Kind, type ProjectRecord, type RecordOf } from "./records.ts";

/** One step of a repair: the fields to set on a record, or its removal. */
export type Mend = { readonly id: string; readonly set: Readonly<Record<string, unknown>> } | { readonly id: string; readonly remove: true };

/**
 * What must be changed so that a document is a valid project: a pure function of the document, so that
 * every peer that has merged the same changes makes the same repair.
 * @param records as they stand in the document, by id; null for what could not be read.
 */
export function repair(records: ReadonlyMap<string, ProjectRecord | null>): Mend[] {
  const mends: Mend[] = [];
  const valid = new Map<string, ProjectRecord>();
  for (const id of [...records.keys()].sort()) {
    const record = records.get(id);
    if (record) valid.set(id, record);
    // a song with a broken field becomes an empty one rather than none
    else if (id !== "song") mends.push({ id, remove: true });
  }
  if (!valid.has("song")) mends.push({ id: "song", set: { ...emptySong } });
  const kept = <K extends Kind>(kind: K): RecordOf<K>[] => [...valid.values()].filter((record): record is RecordOf<K> => record.kind === kind);
  const tracks = new Set(kept("track").map((track) => track.id));
  const assets = new Set(kept("asset").map((asset) => asset.id));
  const song = valid.get("song");
  if (song?.kind === "song") {
    const set = {
      ...(song.recording && !assets.has(song.recording.asset) ? { recording: null } : {}),
      ...(song.voice && !assets.has(song.voice.asset) ? { voice: null } : {}),
    };
    if (Object.keys(set).length > 0) mends.push({ id: "song", set });
  }
  for (const record of [...kept("clip"), ...kept("take")])
    if (!tracks.has(record.track) || !assets.has(record.asset)) {
      mends.push({ id: record.id, remove: true });
      valid.delete(record.id);
    }
  for (const loop of kept("loop"))
    if (loop.to <= loop.from) mends.push({ id: loop.id, set: { from: Math.min(loop.from, loop.to), to: Math.max(loop.from, loop.to) + 1 } });
  for (const track of tracks) mends.push(...apart(kept("clip").filter((clip) => clip.track === track)));
  return mends;
}

/** On one track no clip lies on another, but for the length of a crossfade: the later one keeps its start, the earlier ends there. */
function apart(clips: readonly Clip[]): Mend[] {
  const mends: Mend[] = [];
  const sorted = [...clips].sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1));
  sorted.forEach((clip, i) => {
    const next = sorted[i + 1];
    const room = next ? next.at + next.fadeIn - clip.at : Number.POSITIVE_INFINITY;
    if (next && next.at === clip.at) {
      mends.push({ id: clip.id, remove: true });
      return;
    }
    const length = Math.min(clip.length, room);
    const fadeIn = Math.min(clip.fadeIn, length);
    const fadeOut = Math.min(clip.fadeOut, length);
    if (length !== clip.length || fadeIn !== clip.fadeIn || fadeOut !== clip.fadeOut) mends.push({ id: clip.id, set: { length, fadeIn, fadeOut } });
  });
  return mends;
}
