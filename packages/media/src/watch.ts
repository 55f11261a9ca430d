import { breathe, Complaint, type Progress, stopIfCancelled } from "@kuishi/base";
import type { ByteSource } from "./source.ts";

/** Cells the source is divided into to see whether anything new is read. */
const CELL = 256;
/** Reads in a row that may bring nothing new. Players of indices and headers need some hundreds. */
const IDLE = 10_000;
/** Reads between two breaths of the host, so that a cancel can arrive. */
const BREATH = 512;

/**
 * A source that is not read in circles: whoever comes back to the same bytes again and again, and nothing new, is stopped by a complaint, however damaged the
 * file is. Each reading also stops where the user has cancelled.
 */
export function watched(source: ByteSource, progress: Progress): ByteSource {
  const seen = new Uint8Array(Math.ceil(source.size / CELL / 8) + 1);
  let idle = 0;
  let reads = 0;
  /** Is there a cell of [from, to) that was not read yet? */
  const isNew = (from: number, to: number): boolean => {
    let found = false;
    for (let cell = Math.floor(from / CELL); cell * CELL < to; cell++) {
      const bit = 1 << (cell & 7);
      if ((seen[cell >> 3]! & bit) !== 0) continue;
      found = true;
      seen[cell >> 3]! |= bit;
    }
    return found;
  };
  return {
    size: source.size,
    read: async (from, to) => {
      stopIfCancelled(progress);
      if (++reads % BREATH === 0) await breathe(progress);
      idle = isNew(Math.max(0, from), Math.min(to, source.size)) ? 0 : idle + 1;
      if (idle > IDLE) throw new Complaint("unreadable", "media.damaged");
      return await source.read(from, to);
    },
  };
}
