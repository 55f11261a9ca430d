import { joinedBytes } from "@kuishi/base";
import { crc32 } from "../../packages/media/src/crc.ts";

/** An Ogg page (RFC 3533): its head as far as the number of its segments, their lengths, and what it carries. */
export interface OggPage {
  readonly head: Uint8Array;
  readonly lacing: Uint8Array;
  readonly body: Uint8Array<ArrayBuffer>;
}
const HEAD = 26;
const isPage = (bytes: Uint8Array, at: number): boolean => [0x4f, 0x67, 0x67, 0x53].every((byte, i) => bytes[at + i] === byte);

/** The pages of a good file. */
export function pagesOf(bytes: Uint8Array): OggPage[] {
  const pages: OggPage[] = [];
  for (let at = 0; at + HEAD < bytes.length && isPage(bytes, at); ) {
    const lacing = bytes.slice(at + HEAD + 1, at + HEAD + 1 + bytes[at + HEAD]!);
    const from = at + HEAD + 1 + lacing.length;
    const to = from + lacing.reduce((sum, length) => sum + length, 0);
    pages.push({ head: bytes.slice(at, at + HEAD), lacing, body: bytes.slice(from, to) });
    at = to;
  }
  return pages;
}

/** Lengths of the same packets in a body that has become longer or shorter: the last one takes the difference, as far as a page holds it. */
function laced({ lacing, body }: OggPage): Uint8Array {
  const out: number[] = [];
  let left = body.length;
  for (const length of lacing) {
    if (length > left) break;
    out.push(length);
    left -= length;
  }
  for (; left >= 255 && out.length < 254; left -= 255) out.push(255);
  if (out.length < 255) out.push(Math.min(left, 254));
  return Uint8Array.from(out);
}

/** A file of these pages, each as long as it says and with its right checksum: damage inside reaches the decoder. */
export function oggOf(pages: readonly OggPage[]): Uint8Array<ArrayBuffer> {
  return joinedBytes(
    pages.map((page) => {
      const fits = page.lacing.reduce((sum, length) => sum + length, 0) === page.body.length;
      const lacing = fits ? page.lacing : laced(page);
      const bytes = joinedBytes([
        page.head,
        Uint8Array.of(lacing.length),
        lacing,
        page.body.subarray(
          0,
          lacing.reduce((sum, length) => sum + length, 0),
        ),
      ]);
      const view = new DataView(bytes.buffer);
      view.setUint32(22, 0);
      view.setUint32(22, crc32(bytes, 0, bytes.length), true);
      return bytes;
    }),
  );
}
