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
const ROOM = 8192;

/** libopus at 48 kHz, 20 ms frames. The package's own loader reads files, which a page cannot. */
export class OpusEncoder {
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
    this.#out = this.#opus.malloc(ROOM);
  }
  /** One packet from 960 interleaved frames. */
  encode(pcm: Int16Array): Uint8Array {
    new Int16Array(this.#opus.memory.buffer, this.#pcm, pcm.length).set(pcm);
    const length = this.#opus.opus_encode(this.#state, this.#pcm, pcm.length / this.#channels, this.#out, ROOM);
    if (length < 0) throw new RangeError(`libopus failed (${length})`);
    return new Uint8Array(this.#opus.memory.buffer, this.#out, length).slice();
  }
}
