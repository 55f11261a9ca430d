import { Complaint } from "@kuishi/base";
import { crc32 } from "./crc.ts";
import { ordered } from "./opus-in.ts";
import { concatenated, type PacketDecoder } from "./packets.ts";
import { vorbisModes } from "./vorbis-setup.ts";

const bad = (): Complaint => new Complaint("unreadable", "media.damaged");
/** An empty comment header. */
const COMMENT = Uint8Array.of(3, 0x76, 0x6f, 0x72, 0x62, 0x69, 0x73, 0, 0, 0, 0, 0, 0, 0, 0, 1);

/** What is needed of the headers to tell how long a packet sounds (Vorbis I, 4.2). */
interface Blocks {
  readonly sizes: readonly [number, number];
  /** By mode: is it of long blocks? */
  readonly long: readonly boolean[];
}

/** Lays packets into an Ogg, page after page, without a clock. */
function oggOf(packets: readonly Uint8Array[]): Uint8Array {
  const size = packets.reduce((sum, packet) => sum + packet.length + Math.floor(packet.length / 255) + 1, 0);
  const out = new Uint8Array(size + 28 * (packets.length + 2 + Math.ceil(size / 255 / 200)));
  const view = new DataView(out.buffer);
  let to = 0;
  let sequence = 0;
  const page = (lacing: readonly number[], content: readonly Uint8Array[], continued: boolean): void => {
    const from = to;
    out.set([0x4f, 0x67, 0x67, 0x53, 0, (continued ? 1 : 0) | (sequence === 0 ? 2 : 0), 255, 255, 255, 255, 255, 255, 255, 255], to);
    view.setUint32(to + 18, sequence++, true);
    out[to + 26] = lacing.length;
    out.set(lacing, to + 27);
    to += 27 + lacing.length;
    for (const piece of content) {
      out.set(piece, to);
      to += piece.length;
    }
    view.setUint32(from + 22, crc32(out, from, to), true);
  };
  let lacing: number[] = [];
  let content: Uint8Array[] = [];
  let continued = false;
  packets.forEach((packet, index) => {
    let start = 0;
    for (let at = 0; ; at += 255) {
      const part = Math.min(255, packet.length - at);
      lacing.push(part);
      if (lacing.length === 255) {
        page(lacing, [...content, packet.subarray(start, at + part)], continued);
        lacing = [];
        content = [];
        start = at + part;
        continued = part === 255;
      }
      if (part < 255) break;
    }
    if (lacing.length === 0) return;
    content.push(packet.subarray(start));
    // the identification header has a page of its own, and so have the other two
    if (index === 0 || index === 2) {
      page(lacing, content, continued);
      lacing = [];
      content = [];
      continued = false;
    }
  });
  if (lacing.length > 0) page(lacing, content, continued);
  return out.subarray(0, to);
}

/** A decoder that has broken down cannot be made anew: there is one for all. */
let broken = false;
/** Packets kept from before. */
const HISTORY = 3;
/** Packets that failed one by one before the rest of a damaged stretch is given up. */
const ALONE = 16;

/** How long packets sound, told by their first bits (Vorbis I, 1.3.2 and 4.3.1). */
class Timing {
  readonly #blocks: Blocks;
  readonly #modeBits: number;
  constructor(blocks: Blocks) {
    this.#blocks = blocks;
    this.#modeBits = 32 - Math.clz32(blocks.long.length - 1);
  }
  #bit(packet: Uint8Array, index: number): number {
    return ((packet[index >> 3] ?? 0) >> (index & 7)) & 1;
  }
  #mode(packet: Uint8Array): number {
    return (packet[0]! >> 1) & ((1 << this.#modeBits) - 1);
  }
  #isLong(packet: Uint8Array): boolean {
    return this.#blocks.long[this.#mode(packet)]!;
  }
  isSound(packet: Uint8Array): boolean {
    return packet.length > 0 && (packet[0]! & 1) === 0 && this.#mode(packet) < this.#blocks.long.length;
  }
  #size(packet: Uint8Array): number {
    return this.#blocks.sizes[this.#isLong(packet) ? 1 : 0];
  }
  /** Frames from the middle of each block to that of the next, all but the first. */
  between(packets: readonly Uint8Array[]): number {
    return packets.slice(1).reduce((sum, packet, i) => sum + (this.#size(packets[i]!) + this.#size(packet)) / 4, 0);
  }
  /** A long block beside a short one: the frames between its middle, or its edge, and the window they share. */
  #flat(packet: Uint8Array, side: "before" | "behind"): number {
    const besideLong = this.#bit(packet, 1 + this.#modeBits + (side === "behind" ? 1 : 0)) === 1;
    return this.#isLong(packet) && !besideLong ? (this.#blocks.sizes[1] - this.#blocks.sizes[0]) / 4 : 0;
  }
  /** Is a short block to come behind this long one? */
  endsEarly(packet: Uint8Array): boolean {
    return this.tail(packet) > 0;
  }
  /** Frames that come out behind the middle of the last block: up to where its last window begins. */
  tail(packet: Uint8Array): number {
    return this.#flat(packet, "behind");
  }
  /** Frames that the library gives for a file of these packets: of each but the first, from its first window to its last, less what it takes off the beginning. */
  given(packets: readonly Uint8Array[]): number {
    let frames = 0;
    for (const packet of packets.slice(1)) frames += this.#size(packet) / 2 + this.#flat(packet, "behind") - this.#flat(packet, "before");
    return Math.max(0, frames - this.#flat(packets[0]!, "behind"));
  }
}

/**
 * A decoder of raw Vorbis packets. The library takes whole files, so it is handed small ones: the headers, some packets from before, the packets asked for.
 * What a packet sounds like hangs on the one before; others stand before that because the library takes something off the beginning of a file.
 */
export async function openVorbis(head: readonly Uint8Array[]): Promise<PacketDecoder> {
  const [first, , setup] = head;
  if (!first || first.length < 30 || !setup || setup.length < 16) throw bad();
  const { StbVorbis } = await import("stb-vorbis");
  await StbVorbis.ready;
  const channels = first[11]!;
  const sampleRate = new DataView(first.buffer, first.byteOffset).getUint32(12, true);
  const [short, long] = [first[28]! & 15, first[28]! >> 4];
  if (channels < 1 || channels > 16 || sampleRate < 1000 || sampleRate > 768_000 || short < 6 || long > 13 || short > long) throw bad();
  const timing = new Timing({ sizes: [1 << short, 1 << long], long: vorbisModes(setup, channels) });

  /** The sound of packets after at least two others; null where it is not as long as it must be. */
  const whole = (before: readonly Uint8Array[], packets: readonly Uint8Array[]): readonly Float32Array[] | null => {
    if (broken) throw bad();
    const length = timing.between([before.at(-1)!, ...packets]);
    const from = timing.endsEarly(before.at(-2)!) ? -3 : -2;
    const all = [...before.slice(from), ...packets];
    const end = timing.given(all) - timing.tail(all.at(-1)!);
    try {
      const sound = StbVorbis.decode(oggOf([first, COMMENT, setup, ...all]));
      if (sound.channels.length !== channels || sound.channels[0]!.length !== timing.given(all) || end < length) return null;
      return sound.channels.map((channel) => channel.subarray(end - length, end));
    } catch (error) {
      if (error instanceof WebAssembly.RuntimeError) broken = true;
      return null;
    }
  };
  let alone = 0;
  /** The sound of packets, silence where one of them fails. @returns how many failed. */
  const decoded = (before: readonly Uint8Array[], packets: readonly Uint8Array[], into: (readonly Float32Array[])[]): number => {
    const sound = alone < ALONE ? whole(before, packets) : null;
    if (sound) {
      into.push(sound);
      return 0;
    }
    if (packets.length === 1 || alone >= ALONE) {
      alone += packets.length;
      const length = timing.between([before.at(-1)!, ...packets]);
      into.push(Array.from({ length: channels }, () => new Float32Array(length)));
      return packets.length;
    }
    const middle = packets.length >> 1;
    const [one, two] = [packets.slice(0, middle), packets.slice(middle)];
    return decoded(before, one, into) + decoded([...before, ...one].slice(-HISTORY), two, into);
  };

  let before: readonly Uint8Array[] = [];
  return {
    sampleRate,
    channels,
    skip: 0,
    decode: (list) => {
      let packets = list.filter((packet) => timing.isSound(packet));
      const failed = list.length - packets.length;
      if (packets.length === 0) return { channels: [], failed };
      if (before.length === 0) {
        // the first packet has no sound of its own; it stands for those before it
        before = Array.from({ length: HISTORY }, () => packets[0]!);
        packets = packets.slice(1);
      }
      const sound: (readonly Float32Array[])[] = [];
      alone = 0;
      const more = packets.length > 0 ? decoded(before, packets, sound) : 0;
      before = [...before, ...packets].slice(-HISTORY);
      return { channels: ordered(concatenated(sound, channels)), failed: failed + more };
    },
    free: () => {},
  };
}
