import { MOST_EVENTS } from "@kuishi/base";

/**
 * Walks over a MIDI file before a library reads it: chunks and events lie inside what they are part of, lengths are lengths. The library
 * takes a length above 2^28 for a negative one and goes back in the file, for ever. What is cut off at the end is left to it.
 * @throws Error that says what is wrong.
 */
export function checkMidi(bytes: Uint8Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 14 || view.getUint32(0) !== 0x4d546864) throw new Error("no header");
  let events = 0;
  let at = 0;
  /** A variable-length quantity: at most four bytes, seven bits each. */
  const quantity = (end: number): number => {
    let value = 0;
    for (let k = 0; k < 4 && at < end; k++) {
      const byte = bytes[at++]!;
      value = (value << 7) | (byte & 0x7f);
      if ((byte & 0x80) === 0) return value;
    }
    if (at < end) throw new Error("a quantity of more than four bytes");
    return value;
  };
  const data = (end: number): void => {
    const length = quantity(end);
    if (at + length > end && end < bytes.length) throw new Error("an event longer than its track");
    at += length;
  };
  const track = (end: number): void => {
    let status = 0;
    while (at < end) {
      if (++events > MOST_EVENTS) throw new Error("too many events");
      quantity(end);
      const byte = bytes[at] ?? 0;
      if (byte === 0xff) {
        at += 2;
        data(end);
      } else if (byte === 0xf0 || byte === 0xf7) {
        at++;
        data(end);
      } else if (byte > 0xf0) throw new Error("no event of a file");
      else {
        // a byte below 128 is the first datum of an event like the one before
        if (byte >= 0x80) {
          status = byte;
          at++;
        }
        if (status === 0) throw new Error("an event without a status");
        at += status >= 0xc0 && status < 0xe0 ? 1 : 2;
      }
    }
  };
  const tracks = view.getUint16(10);
  at = chunk(view, 0);
  for (let k = 0; k < tracks && at + 8 <= bytes.length; k++) {
    const end = chunk(view, at);
    at += 8;
    track(Math.min(end, bytes.length));
    at = end;
  }
}
/** Where a chunk ends. */
function chunk(view: DataView, at: number): number {
  const size = view.getUint32(at + 4);
  if (size >= 0x8000_0000) throw new Error("a chunk of no length");
  return at + 8 + size;
}
