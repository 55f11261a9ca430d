import { BufferTarget, EncodedAudioPacketSource, EncodedPacket, OggOutputFormat, Output } from "mediabunny";
import { type AudioTags, metadataOf } from "./tags.ts";

/** What libopus' `.wasm` of `@evan/opus` exports, as far as it is used here. */
interface OpusExports {
  readonly memory: WebAssembly.Memory;
  malloc(bytes: number): number;
  _initialize?(): void;
  opus_encoder_get_size(channels: number): number;
  opus_encoder_init(at: number, rate: number, channels: number, application: number): number;
  opus_encoder_ctl_set(at: number, request: number, value: number): number;
  opus_encode(at: number, pcm: number, frames: number, out: number, room: number): number;
}
const AUDIO = 2049;
const SET_BITRATE = 4002;
const BUFFER_BYTES = 8192;

/** libopus at 48 kHz, 20 ms frames. The package's own loader reads files, which a page cannot. */
class OpusEncoder {
  readonly #opus: OpusExports;
  readonly #state: number;
  readonly #pcm: number;
  readonly #out: number;
  readonly #channels: number;

  constructor(module: WebAssembly.Module, channels: number, bitrate: number) {
    const nothing = (): number => 0;
    const instance = new WebAssembly.Instance(module, {
      wasi_snapshot_preview1: { fd_seek: nothing, fd_write: nothing, fd_close: nothing, proc_exit: nothing },
      env: { emscripten_notify_memory_growth: nothing },
    });
    this.#opus = instance.exports as unknown as OpusExports;
    this.#opus._initialize?.();
    this.#channels = channels;
    this.#state = this.#opus.malloc(this.#opus.opus_encoder_get_size(channels));
    if (this.#opus.opus_encoder_init(this.#state, 48_000, channels, AUDIO) < 0) throw new RangeError(`libopus does not take ${channels} channels`);
    this.#opus.opus_encoder_ctl_set(this.#state, SET_BITRATE, bitrate);
    this.#pcm = this.#opus.malloc(960 * channels * 2);
    this.#out = this.#opus.malloc(BUFFER_BYTES);
  }
  /** One packet from 960 interleaved frames. */
  encode(pcm: Int16Array): Uint8Array {
    new Int16Array(this.#opus.memory.buffer, this.#pcm, pcm.length).set(pcm);
    const length = this.#opus.opus_encode(this.#state, this.#pcm, pcm.length / this.#channels, this.#out, BUFFER_BYTES);
    if (length < 0) throw new RangeError(`libopus failed (${length})`);
    return new Uint8Array(this.#opus.memory.buffer, this.#out, length).slice();
  }
}

/** Samples libopus looks ahead; a player skips them. */
const PRE_SKIP = 312;
const FRAME = 960;

/** One or two channels at 48 kHz as Opus in Ogg, 160 kb/s. */
export async function encodeOpus(channels: readonly Float32Array[], module: WebAssembly.Module, tags?: AudioTags): Promise<Uint8Array<ArrayBuffer>> {
  const count = channels.length;
  const frames = channels[0]?.length ?? 0;
  const encoder = new OpusEncoder(module, count, 160_000);
  const output = new Output({ format: new OggOutputFormat(), target: new BufferTarget() });
  const source = new EncodedAudioPacketSource("opus");
  output.addAudioTrack(source);
  if (tags) output.setMetadataTags(metadataOf(tags, "opus"));
  await output.start();
  // OpusHead, RFC 7845 section 5.1
  const head = new Uint8Array([0x4f, 0x70, 0x75, 0x73, 0x48, 0x65, 0x61, 0x64, 1, count, PRE_SKIP & 255, PRE_SKIP >> 8, 0x80, 0xbb, 0, 0, 0, 0, 0]);
  const decoderConfig = { codec: "opus", numberOfChannels: count, sampleRate: 48_000, description: head };
  const pcm = new Int16Array(FRAME * count);
  for (let at = 0; at < frames + PRE_SKIP; at += FRAME) {
    for (let i = 0; i < FRAME; i++) {
      for (let c = 0; c < count; c++) pcm[i * count + c] = Math.max(-32768, Math.min(32767, Math.round((channels[c]![at + i] ?? 0) * 32768)));
    }
    await source.add(new EncodedPacket(encoder.encode(pcm), "key", at / 48_000, FRAME / 48_000), { decoderConfig });
  }
  await output.finalize();
  return new Uint8Array(output.target.buffer!);
}
