import { joinedBytes } from "@kuishi/base";

/**
 * A message on the wire, or a record in a log: four bytes (little-endian) with the length of a head in JSON, the head,
 * and behind it the bytes that its fields of bytes had, in the order in which the head's `bytes` names them.
 */
const HEAD_LENGTH_BYTES = 4;
/** A head holds names and numbers, and lists of people at the most. */
const MAX_HEAD_BYTES = 1 << 18;

/** Fields by name; those of bytes travel as they are. */
export type Fields = Readonly<Record<string, unknown>>;

/**
 * Fields as one run of bytes.
 * @example
 * unpacked(packed({ say: "update", update: Uint8Array.of(1, 2) })); // => { say: "update", update: Uint8Array.of(1, 2) }
 */
export function packed(fields: Fields): Uint8Array<ArrayBuffer> {
  const parts: (readonly [string, Uint8Array])[] = [];
  const plain: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(fields))
    if (value instanceof Uint8Array) parts.push([name, value]);
    else plain[name] = value;
  const head = new TextEncoder().encode(JSON.stringify({ ...plain, bytes: parts.map(([name, part]) => [name, part.length]) }));
  const length = new Uint8Array(HEAD_LENGTH_BYTES);
  new DataView(length.buffer).setUint32(0, head.length, true);
  return joinedBytes([length, head, ...parts.map(([, part]) => part)]);
}

/** What was packed; undefined for bytes that are nothing of the kind. Whether the fields are the right ones, a schema says. */
export function unpacked(frame: Uint8Array): Fields | undefined {
  if (frame.length < HEAD_LENGTH_BYTES) return undefined;
  const length = new DataView(frame.buffer, frame.byteOffset, frame.byteLength).getUint32(0, true);
  let at = HEAD_LENGTH_BYTES + length;
  if (length > MAX_HEAD_BYTES || at > frame.length) return undefined;
  try {
    const { bytes, ...fields } = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(frame.subarray(HEAD_LENGTH_BYTES, at)));
    const out: Record<string, unknown> = fields;
    for (const [name, size] of bytes) {
      if (typeof name !== "string" || name === "__proto__" || !Number.isInteger(size) || size < 0 || at + size > frame.length) return undefined;
      out[name] = frame.subarray(at, at + size);
      at += size;
    }
    return at === frame.length ? out : undefined;
  } catch {
    return undefined;
  }
}
