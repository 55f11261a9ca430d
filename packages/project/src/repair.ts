import { type Clip, emptySong, type Kind, type ProjectRecord, type RecordOf } from "./records.ts";

/** One step of a repair: the fields to see otherwise on a record, or its absence. */
export type Mend = { readonly id: string; readonly set: Readonly<Record<string, unknown>> } | { readonly id: string; readonly remove: true };

/** A project that fits together, and what it took. */
export interface Repaired {
  readonly records: ReadonlyMap<string, ProjectRecord>;
  readonly mends: readonly Mend[];
}

/**
 * How a document is seen so that it is a valid project: a pure function of it, so that every peer that
 * has merged the same changes sees the same. Nothing is thrown away: the document itself stays as it is.
 * @param read records as they could be read, by id; null for what could not.
 */
export function repaired(read: ReadonlyMap<string, ProjectRecord | null>): Repaired {
  const records = new Map<string, ProjectRecord>();
  for (const [id, record] of read) if (record) records.set(id, record);
  const mends: Mend[] = [];
  // a mend may make the next one possible; three rounds have always been enough, ten are a bound
  for (let round = 0; round < 10; round++) {
    const next = repair(records);
    if (next.length === 0) break;
    mends.push(...next);
    for (const mend of next) {
      const { id } = mend;
      if ("remove" in mend) records.delete(id);
      else records.set(id, { ...records.get(id), ...mend.set } as ProjectRecord);
    }
  }
  return { records, mends };
}

/** What must be seen otherwise, one round of it. */
export function repair(records: ReadonlyMap<string, ProjectRecord>): Mend[] {
  const mends: Mend[] = [];
  const valid = new Map([...records].sort(([a], [b]) => (a < b ? -1 : 1)));
  if (!valid.has("song")) mends.push({ id: "song", set: { ...emptySong } });
  const kept = <K extends Kind>(kind: K): RecordOf<K>[] => [...valid.values()].filter((record): record is RecordOf<K> => record.kind === kind);
  const tracks = new Set(kept("track").map((track) => track.id));
  const assets = new Set(kept("asset").map((asset) => asset.id));
  const variations = new Set(kept("variation").map((variation) => variation.id));
  const song = valid.get("song");
  if (song?.kind === "song") {
    const set = {
      ...(song.recording && !assets.has(song.recording.asset) ? { recording: null } : {}),
      ...(song.variation !== null && !variations.has(song.variation) ? { variation: null } : {}),
      ...(song.arrangement !== null && valid.get(song.arrangement)?.kind !== "arrangement" ? { arrangement: null } : {}),
      ...(song.voice && !assets.has(song.voice.asset) ? { voice: null } : {}),
    };
    if (Object.keys(set).length > 0) mends.push({ id: "song", set });
  }
  for (const record of [...kept("clip"), ...kept("take")])
    if (!tracks.has(record.track) || !assets.has(record.asset)) {
      mends.push({ id: record.id, remove: true });
      valid.delete(record.id);
    }
  for (const note of kept("note")) if (valid.get(note.clip)?.kind !== "notes") mends.push({ id: note.id, remove: true });
  for (const released of kept("released")) if (released.asset !== null && !assets.has(released.asset)) mends.push({ id: released.id, remove: true });
  const sheet = valid.get("release");
  if (sheet?.kind === "release" && sheet.cover !== null && !assets.has(sheet.cover)) mends.push({ id: "release", set: { cover: null } });
  const leads = (to: string, kind: Kind): boolean => valid.get(to)?.kind === kind;
  for (const place of kept("place"))
    if (!leads(place.section, "section") || !leads(place.arrangement, "arrangement")) mends.push({ id: place.id, remove: true });
  for (const lyric of kept("lyric"))
    if (!leads(lyric.section, "section")) mends.push({ id: lyric.id, remove: true });
    else {
      // of two people one shortened the words, one put a chord at their end
      const end = lyric.text.length;
      if (lyric.chords.some((chord) => chord.at > end))
        mends.push({ id: lyric.id, set: { chords: lyric.chords.map((chord) => ({ ...chord, at: Math.min(chord.at, end) })) } });
    }
  for (const loop of kept("loop"))
    if (loop.to <= loop.from) mends.push({ id: loop.id, set: { from: Math.min(loop.from, loop.to), to: Math.max(loop.from, loop.to) + 1 } });
  for (const track of tracks) mends.push(...cutOverlaps(kept("clip").filter((clip) => clip.track === track)));
  return mends;
}

/** On one track no clip lies on another, but for the length of a crossfade: the later one keeps its start, the earlier ends there. */
function cutOverlaps(clips: readonly Clip[]): Mend[] {
  const mends: Mend[] = [];
  const inTime = [...clips].sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1));
  inTime.forEach((clip, i) => {
    const next = inTime[i + 1];
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
