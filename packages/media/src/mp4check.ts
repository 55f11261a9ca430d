import { Complaint } from "@kuishi/base";
import type { ByteSource } from "./source.ts";

/** Where `moov` is looked for, from each end of a file. */
export const ATOMS_BYTES: number = 1 << 20;

/** Atoms of one kind in some bytes, found by name: where their content begins, and how many entries they hold. */
function tables(bytes: Uint8Array, name: string): { readonly at: number; readonly size: number; readonly word: (at: number) => number }[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const word = (at: number): number => (at + 4 <= bytes.length ? view.getUint32(at) : 0);
  const wanted = [...name].reduce((sum, char) => sum * 256 + char.charCodeAt(0), 0);
  const found = [];
  for (let at = bytes.indexOf(0x73, 4); at >= 4; at = bytes.indexOf(0x73, at + 1)) {
    if (word(at) === wanted) found.push({ at: at + 4, size: word(at - 4), word });
  }
  return found;
}

/**
 * A look over the tables of an MP4 before the library reads it: for each packet it adds up the packets of its chunk, as many as the table says,
 * and a damaged table says billions (ISO/IEC 14496-12, 8.7.3 and 8.7.4).
 * @throws Complaint `unreadable` where a chunk holds more packets than there are.
 */
export async function checkMp4(source: ByteSource): Promise<void> {
  const ends = source.size > ATOMS_BYTES ? [0, source.size - ATOMS_BYTES] : [0];
  for (const from of ends) {
    const bytes = await source.read(from, Math.min(source.size, from + ATOMS_BYTES));
    const most = Math.max(0, ...tables(bytes, "stsz").map(({ at, word }) => word(at + 8)));
    for (const { at, size, word } of tables(bytes, "stsc")) {
      const count = word(at + 4);
      // sound may hold those four letters by chance
      if (size !== 16 + 12 * count) continue;
      for (let k = 0; k < count; k++) if (most > 0 && word(at + 12 + 12 * k) > most) throw new Complaint("unreadable", "media.damaged");
    }
  }
}
