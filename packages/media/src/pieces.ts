import type { Warning } from "@kuishi/base";

/** Decoded sound on its way: equally long channels, -1..1, and where in the file they begin. */
export interface Piece {
  readonly channels: readonly Float32Array[];
  readonly sampleRate: number;
  readonly atSec: number;
}

/** What a format's reader gives. */
export interface Opened {
  /** Length where the header tells it. */
  readonly durationSec: number | null;
  /** @param warnings is added to on the way */
  pieces(fromSec: number, warnings: Warning[]): AsyncGenerator<Piece>;
}

const PIECE_FRAMES = 1 << 15;

/** Lays decoded blocks behind each other, to be handed on in pieces of a useful length. */
export class Gather {
  readonly sampleRate: number;
  channels: Float32Array[];
  /** Frames that lie in `channels`. */
  filled = 0;
  #before = 0;

  constructor(sampleRate: number, channels: number, madeBefore = 0) {
    this.sampleRate = sampleRate;
    this.channels = Array.from({ length: channels }, () => new Float32Array(PIECE_FRAMES));
    this.#before = madeBefore;
  }
  /** Frames gathered from the beginning on. */
  get made(): number {
    return this.#before + this.filled;
  }
  /** Hands on what must go before `frames` more fit in; makes room for them. */
  *before(frames: number): Generator<Piece> {
    if (this.filled + frames <= this.channels[0]!.length) return;
    yield* this.rest();
    this.channels = this.channels.map(() => new Float32Array(Math.max(PIECE_FRAMES, frames)));
  }
  /** Hands on what there is. */
  *rest(): Generator<Piece> {
    const { filled, sampleRate } = this;
    if (filled === 0) return;
    const channels = this.channels.map((channel) => channel.subarray(0, filled));
    const atSec = this.#before / sampleRate;
    this.#before += filled;
    this.filled = 0;
    this.channels = this.channels.map((channel) => new Float32Array(channel.length));
    yield { channels, sampleRate, atSec };
  }
  /** Silence of some frames. */
  *silence(frames: number): Generator<Piece> {
    for (let left = frames; left > 0; ) {
      const part = Math.min(left, PIECE_FRAMES);
      yield* this.before(part);
      for (const channel of this.channels) channel.fill(0, this.filled, this.filled + part);
      this.filled += part;
      left -= part;
    }
  }
}
