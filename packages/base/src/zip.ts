import { Inflate, strFromU8 } from "fflate";

/** Why a zip was not opened: it is damaged or lies about its entries, or it would grow beyond what was allowed. */
export class ZipFault extends Error {
  readonly kind: "broken" | "huge";
  constructor(kind: "broken" | "huge", reason: string) {
    super(`zip: ${reason}`);
    this.name = "ZipFault";
    this.kind = kind;
  }
}

/** Signatures and fixed lengths of the records of a zip (APPNOTE.TXT 6.3.10, sections 4.3.7, 4.3.12 and 4.3.16). */
const LOCAL = { mark: 0x04034b50, length: 30 };
const ENTRY = { mark: 0x02014b50, length: 46 };
const END = { mark: 0x06054b50, length: 22, comment: 0xffff };
const [STORED, DEFLATED] = [0, 8];
const UTF8 = 1 << 11;
/** Deflate makes at most this many bytes of one (zlib's technical notes). */
const MOST_RATIO = 1032;
/** So many packed bytes are inflated at a time: what a liar can make beyond its promise is 1032 times this. */
const INFLATE_STEP_BYTES = 1 << 14;

interface Entry {
  readonly name: string;
  readonly method: number;
  /** Where its local header stands. */
  readonly at: number;
  /** Bytes as packed, and as the directory promises them unpacked. */
  readonly packed: number;
  readonly size: number;
}

/** Whether an entry stays where it is unpacked: relative, nothing that leads up, no drive, no backslash. */
export const isInside = (name: string): boolean =>
  name !== "" && !/^\/|\\|^[A-Za-z]:|\0/.test(name) && !name.split("/").some((part) => part === ".." || part === ".");

/**
 * The files of a zip in memory. The bytes that are really inflated are counted, not those that the
 * directory promises; entries that would lie outside of the folder they are unpacked into are left out.
 * @param most bytes that all wanted entries may have together.
 * @param wanted which entries are unpacked.
 * @throws ZipFault
 */
export function unzipWithin(bytes: Uint8Array, most: number, wanted: (name: string) => boolean = () => true): Map<string, Uint8Array<ArrayBuffer>> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  try {
    const entries = directory(bytes, view).filter(({ name }) => !name.endsWith("/") && isInside(name) && wanted(name));
    if (entries.reduce((sum, entry) => sum + entry.size, 0) > most) throw new ZipFault("huge", "grows too large");
    for (const entry of entries) files.set(entry.name, unpacked(bytes, view, entry));
  } catch (error) {
    throw error instanceof ZipFault ? error : new ZipFault("broken", error instanceof Error ? error.message : String(error));
  }
  return files;
}

/** What the directory at the end of a zip lists. */
function directory(bytes: Uint8Array, view: DataView): Entry[] {
  let end = bytes.length - END.length;
  const earliest = Math.max(0, end - END.comment);
  while (end >= earliest && view.getUint32(end, true) !== END.mark) end--;
  if (end < earliest) throw new ZipFault("broken", "no directory");
  const count = view.getUint16(end + 10, true);
  const entries: Entry[] = [];
  let at = view.getUint32(end + 16, true);
  for (let k = 0; k < count; k++) {
    if (view.getUint32(at, true) !== ENTRY.mark) throw new ZipFault("broken", "a damaged directory");
    const [name, extra, comment] = [28, 30, 32].map((offset) => view.getUint16(at + offset, true)) as [number, number, number];
    entries.push({
      name: strFromU8(bytes.subarray(at + ENTRY.length, at + ENTRY.length + name), (view.getUint16(at + 8, true) & UTF8) === 0),
      method: view.getUint16(at + 10, true),
      packed: view.getUint32(at + 20, true),
      size: view.getUint32(at + 24, true),
      at: view.getUint32(at + 42, true),
    });
    at += ENTRY.length + name + extra + comment;
  }
  return entries;
}

/** One entry's bytes. @throws ZipFault where they are not as many as were promised. */
function unpacked(bytes: Uint8Array, view: DataView, { name, method, at, packed, size }: Entry): Uint8Array<ArrayBuffer> {
  if (view.getUint32(at, true) !== LOCAL.mark) throw new ZipFault("broken", `no ${name} where the directory says`);
  const from = at + LOCAL.length + view.getUint16(at + 26, true) + view.getUint16(at + 28, true);
  const data = bytes.subarray(from, from + packed);
  if (data.length < packed) throw new ZipFault("broken", `${name} is cut off`);
  const lie = (): ZipFault => new ZipFault("broken", `${name} is not as long as promised`);
  if (method === STORED && packed === size) return new Uint8Array(data);
  if (method !== DEFLATED || size > packed * MOST_RATIO) throw lie();
  const out = new Uint8Array(size);
  let filled = 0;
  const inflate = new Inflate((part) => {
    if (filled + part.length > size) throw lie();
    out.set(part, filled);
    filled += part.length;
  });
  for (let k = 0; k < packed; k += INFLATE_STEP_BYTES) inflate.push(data.subarray(k, k + INFLATE_STEP_BYTES), k + INFLATE_STEP_BYTES >= packed);
  if (filled < size) throw lie();
  return out;
}
