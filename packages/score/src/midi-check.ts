import { MOST_EVENTS } from "@kuishi/base";

/**
 * Walks over a MIDI file before a library reads it: chunks and events lie inside what they are part of, lengths are lengths. The library
 * takes a length above 2^28 for a negative one and goes back in the file, for ever. What is cut off at the end is left to it.
 * @returns whether the file ends before its tracks do.
 * @throws Error that says what is wrong.
 */
export function checkMidi(bytes: Uint8Array): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 14 || view.getUint32(0) !== 0x4d546864) throw new Error("no header");
  const tracks = view.getUint16(10);
  let events = 0;
  let at = chunk(view, 0);
  let k = 0;
  for (; k < tracks && at + 8 <= bytes.length; k++) {
    const end = chunk(view, at);
    const { count, fault } = soundEvents(bytes, at + 8, Math.min(end, bytes.length));
    events += count;
    if (fault) throw new Error(fault);
    if (events > MOST_EVENTS) throw new Error("too many events");
    at = end;
  }
  return k < tracks || at > bytes.length;
}

/** The events of a track: up to where they are whole, how many, and what is wrong with the next; an event that the file's own end cuts is no fault. */
export function soundEvents(bytes: Uint8Array, from: number, end: number): { readonly to: number; readonly count: number; readonly fault?: string } {
  let at = from;
  let status = 0;
  let count = 0;
  let fault: string | undefined;
  /** A variable-length quantity: at most four bytes, seven bits each. */
  const quantity = (): number => {
    let value = 0;
    for (let k = 0; k < 4 && at < end; k++) {
      const byte = bytes[at++]!;
      value = (value << 7) | (byte & 0x7f);
      if ((byte & 0x80) === 0) return value;
    }
    if (at < end) fault = "a quantity of more than four bytes";
    return value;
  };
  const data = (): void => {
    const length = quantity();
    at += length;
    if (at > end && end < bytes.length) fault = "an event longer than its track";
  };
  for (; at < end; count++) {
    const start = at;
    if (count > MOST_EVENTS) return { to: start, count, fault: "too many events" };
    quantity();
    const byte = bytes[at] ?? 0;
    if (byte === 0xff) {
      at += 2;
      data();
    } else if (byte === 0xf0 || byte === 0xf7) {
      at++;
      data();
    } else if (byte > 0xf0) fault = "no event of a file";
    else {
      // a byte below 128 is the first datum of an event like the one before
      if (byte >= 0x80) {
        status = byte;
        at++;
      }
      if (status === 0) fault = "an event without a status";
      at += status >= 0xc0 && status < 0xe0 ? 1 : 2;
    }
    if (fault) return { to: start, count, fault };
    if (at > end) return { to: start, count };
  }
  return { to: at, count };
}
/** Where a chunk ends. */
function chunk(view: DataView, at: number): number {
  const size = view.getUint32(at + 4);
  if (size >= 0x8000_0000) throw new Error("a chunk of no length");
  return at + 8 + size;
}
