import type { Frames } from "@kuishi/base";

/**
 * Takes blocks of samples as they are now: whoever is handed them copies them, and the memory is filled anew. So the audio thread, which
 * hands them on, allocates nothing. `null` ends them.
 */
type Sink = (samples: Float32Array | null) => void;
type Channels = readonly Float32Array[] | undefined;

/** Frames handed on at once, 20 ms. */
const RECORD_FRAMES = 960;
/** Frames between two reports of the level. */
const REPORT_FRAMES = 2048;

/** What a recorder is made with. */
export interface RecordSetup {
  readonly channels: number;
}
/** What a recorder tells. Reports of the level are one object, filled anew each time. */
export type RecordReport =
  /** Context frame of the first sample. */
  | { readonly type: "began"; readonly context: Frames }
  | { readonly type: "level"; readonly peak: number; readonly frames: Frames }
  /** The audio thread was late: so many frames are silence. */
  | { readonly type: "gap"; readonly frames: Frames };

/**
 * Takes the microphone, interleaved, and beside it what was played at the same frames, mono, sample by sample on one clock; what the thread
 * misses is filled with silence, so that time stays true.
 */
export class Recorder {
  readonly #channels: number;
  readonly #tell: (report: RecordReport) => void;
  readonly #taken: Float32Array;
  readonly #heard = new Float32Array(RECORD_FRAMES);
  readonly #level = { type: "level" as const, peak: 0, frames: 0 };
  #take: Sink | undefined;
  #played: Sink | undefined;
  #used = 0;
  #next: Frames = -1;
  #since = 0;

  constructor({ channels }: RecordSetup, tell: (report: RecordReport) => void) {
    this.#channels = channels;
    this.#tell = tell;
    this.#taken = new Float32Array(RECORD_FRAMES * channels);
  }
  /** From the next block on. */
  begin(take: Sink, played: Sink): void {
    this.#take = take;
    this.#played = played;
    this.#next = -1;
  }
  /** What is left is handed on, then the end. */
  end(): void {
    this.#take?.(this.#taken.slice(0, this.#used * this.#channels));
    this.#played?.(this.#heard.slice(0, this.#used));
    this.#take?.(null);
    this.#played?.(null);
    this.#take = this.#played = undefined;
    this.#used = 0;
  }
  /** A block of both, whose first frame is `frame` of the context. */
  process(input: Channels, played: Channels, frame: Frames): void {
    const length = input?.[0]?.length ?? played?.[0]?.length ?? 128;
    if (this.#take) {
      this.#catchUp(frame);
      this.#next = frame + length;
      this.#add(input, played, length);
    } else if (input?.[0]) this.#listen(input[0]);
    this.#since += length;
    if (this.#since < REPORT_FRAMES) return;
    this.#since = 0;
    this.#tell(this.#level);
    this.#level.peak = 0;
  }
  #catchUp(frame: Frames): void {
    if (this.#next < 0) this.#tell({ type: "began", context: frame });
    else if (frame > this.#next) {
      this.#tell({ type: "gap", frames: frame - this.#next });
      this.#add(undefined, undefined, frame - this.#next);
    }
  }
  #listen(first: Float32Array): void {
    for (let i = 0; i < first.length; i++) {
      const size = Math.abs(first[i]!);
      if (size > this.#level.peak) this.#level.peak = size;
    }
  }
  #add(input: Channels, played: Channels, length: number): void {
    const left = played?.[0];
    const right = played?.[1] ?? left;
    for (let i = 0; i < length; i++) {
      for (let c = 0; c < this.#channels; c++) {
        const x = (input?.[c] ?? input?.[0])?.[i] ?? 0;
        this.#taken[this.#used * this.#channels + c] = x;
        if (Math.abs(x) > this.#level.peak) this.#level.peak = Math.abs(x);
      }
      this.#heard[this.#used] = ((left?.[i] ?? 0) + (right?.[i] ?? 0)) / 2;
      this.#level.frames++;
      if (++this.#used < RECORD_FRAMES) continue;
      this.#take?.(this.#taken);
      this.#played?.(this.#heard);
      this.#used = 0;
    }
  }
}

/** Frames handed on at once, 5 ms. */
const CAPTURE_FRAMES = 256;

/** Hands on what the microphone hears, mixed to one channel. */
export class Capture {
  readonly #block = new Float32Array(CAPTURE_FRAMES);
  #used = 0;

  /** A block of the microphone. */
  process(input: readonly Float32Array[], to: Sink): void {
    const length = input[0]?.length ?? 0;
    for (let i = 0; i < length; i++) {
      let sum = 0;
      for (let c = 0; c < input.length; c++) sum += input[c]![i]!;
      this.#block[this.#used++] = sum / input.length;
      if (this.#used < CAPTURE_FRAMES) continue;
      to(this.#block);
      this.#used = 0;
    }
  }
}
