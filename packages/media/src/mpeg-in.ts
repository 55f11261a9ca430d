import { Complaint, type Warning } from "@kuishi/base";
import type { Piece } from "./pieces.ts";
import { quiet } from "./quiet.ts";
import { mpegFrame } from "./recognise.ts";
import type { ByteSource } from "./source.ts";

const READ_BYTES = 1 << 17;

/** Length of an MP3 from its Xing or Info frame; null when it has none. */
export async function mpegDuration(source: ByteSource, from: number): Promise<number | null> {
  const bytes = await source.read(from, from + (1 << 18));
  let at = 0;
  while (at < bytes.length && mpegFrame(bytes, at) === 0) at++;
  const header = bytes.subarray(at, at + 200);
  if (header.length < 60) return null;
  const version = (header[1]! >> 3) & 3;
  const mono = header[3]! >> 6 === 3;
  const tag = 4 + (version === 3 ? (mono ? 17 : 32) : mono ? 9 : 17);
  const name = String.fromCharCode(...header.subarray(tag, tag + 4));
  if (name !== "Xing" && name !== "Info") return null;
  const view = new DataView(header.buffer, header.byteOffset, header.byteLength);
  if ((view.getUint32(tag + 4) & 1) === 0) return null;
  const rate = [44100, 48000, 32000][(header[2]! >> 2) & 3]! / (version === 3 ? 1 : version === 2 ? 2 : 4);
  return (view.getUint32(tag + 8) * (version === 3 ? 1152 : 576)) / rate;
}

/** The bytes of a source in parts. */
export async function* parts(source: ByteSource, from = 0): AsyncGenerator<Uint8Array> {
  for (let at = from; at < source.size; at += READ_BYTES) yield await source.read(at, Math.min(at + READ_BYTES, source.size));
}

/**
 * Decodes a stream of MPEG audio frames.
 * @param gapless leaves out what a Xing frame says encoder and decoder added
 * @throws Complaint `unreadable` where nothing can be decoded.
 */
export async function* mpegPieces(stream: AsyncIterable<Uint8Array>, gapless: boolean, durationSec: number | null, warnings: Warning[]): AsyncGenerator<Piece> {
  const { MPEGDecoder } = await import("mpg123-decoder");
  const decoder = new MPEGDecoder({ enableGapless: gapless });
  await decoder.ready;
  let made = 0;
  let rate = 0;
  let damaged = false;
  let whole = true;
  for await (const bytes of stream) {
    let decoded: ReturnType<typeof decoder.decode>;
    try {
      decoded = quiet(() => decoder.decode(bytes.slice()));
    } catch {
      // it has broken down and may not even be freed; what is still to come is lost
      whole = false;
      break;
    }
    damaged ||= decoded.errors.length > 0;
    const { samplesDecoded } = decoded;
    if (samplesDecoded === 0) continue;
    // Length is told by frames, time by the rate: a change of rate is for the reader of pieces to judge.
    rate = decoded.sampleRate;
    // The decoder uses its buffers again.
    yield { channels: decoded.channelData.map((channel) => channel.slice(0, samplesDecoded)), sampleRate: rate, atSec: made / rate };
    made += samplesDecoded;
  }
  if (whole) decoder.free();
  if (made === 0) throw new Complaint("unreadable", "media.damaged");
  // Encoders trim some milliseconds; a fifth of a second is more than any of them.
  if (durationSec !== null && made / rate < durationSec - 0.2) warnings.push({ code: "truncated" });
  else if (damaged || !whole) warnings.push({ code: "damaged" });
}
