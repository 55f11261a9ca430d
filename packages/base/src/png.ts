import { zlibSync } from "fflate";
import { crc32 } from "./crc32.ts";

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const [TRUECOLOUR, NO_FILTER, UP] = [2, 0, 2];

function chunk(type: string, data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(12 + data.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, data.length);
  for (let k = 0; k < 4; k++) bytes[4 + k] = type.charCodeAt(k);
  bytes.set(data, 8);
  view.setUint32(8 + data.length, crc32(bytes.subarray(4, 8 + data.length)));
  return bytes;
}

/** A picture of 8-bit RGB pixels as PNG (ISO/IEC 15948): every line as what it differs from the one above. */
export function pngOf(pixels: Uint8Array, width: number, height: number): Uint8Array<ArrayBuffer> {
  const head = new Uint8Array(13);
  const view = new DataView(head.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  head[8] = 8;
  head[9] = TRUECOLOUR;
  const line = width * 3;
  const filtered = new Uint8Array(height * (line + 1));
  for (let y = 0; y < height; y++) {
    filtered[y * (line + 1)] = y === 0 ? NO_FILTER : UP;
    for (let x = 0; x < line; x++) filtered[y * (line + 1) + 1 + x] = pixels[y * line + x]! - (y === 0 ? 0 : pixels[(y - 1) * line + x]!);
  }
  const parts = [new Uint8Array(SIGNATURE), chunk("IHDR", head), chunk("IDAT", zlibSync(filtered, { level: 9 })), chunk("IEND", new Uint8Array(0))];
  const png = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    png.set(part, at);
    at += part.length;
  }
  return png;
}
