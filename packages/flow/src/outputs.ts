import { type Frames, SAMPLE_RATE } from "@kuishi/base";
import { type WavFormat, wavBytes, wavHeader } from "@kuishi/media";

/** A file being written, front to back. */
export interface OutputFile {
  /** Takes the bytes as they are now; the caller may use their memory again. */
  write(bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  close(): Promise<void>;
}
/** Where a job puts its files: a folder on disk, or memory in the page. Nothing is seen until the job is done. */
export interface Outputs {
  create(name: string): Promise<OutputFile>;
  /** Reads back what was written and closed. */
  read(name: string, from: number, to: number): Promise<Uint8Array>;
}

/** What `blend`, `render` and `release` call their files, from the root of their folder. */
const OUTPUT =
  /^(?:(?:mix|premaster|variation-\d|dj|radio|instrumental|acappella)\.wav|stems\/\d{2,}_[a-zA-Z0-9-]*\.wav|score\.(?:musicxml|mid)|tuning\.scl|project\.kuishi|report\.(?:json|html)|(?:timing|album|release)\.json|index(?:\.[a-z]{2,3})?\.html|pages\.css|player\.js|all\.m3u8|feed\.(?:xml|atom|json)|cover\.(?:svg|png|jpg))$/;
/** Whether a file of an output folder is one that Kuishi writes: what a later run may replace. @param name with `/` between folders. */
export const isOutput = (name: string): boolean => OUTPUT.test(name);

/** Writes a whole small file. */
export async function put(outputs: Outputs, name: string, content: string | Uint8Array<ArrayBuffer>): Promise<void> {
  const file = await outputs.create(name);
  await file.write(typeof content === "string" ? new TextEncoder().encode(content) : content);
  await file.close();
}

const BUFFER_FRAMES = 16384;

/** A stereo WAV written block by block. */
export class WavSink {
  readonly #file: OutputFile;
  readonly #format: WavFormat;
  readonly #left = new Float32Array(BUFFER_FRAMES);
  readonly #right = new Float32Array(BUFFER_FRAMES);
  readonly #bytes = new ArrayBuffer(BUFFER_FRAMES * 8);
  #held = 0;
  #missing: Frames;

  private constructor(file: OutputFile, format: WavFormat, frames: Frames) {
    this.#file = file;
    this.#format = format;
    this.#missing = frames;
  }
  /** @param frames the exact length; what is pushed beyond it is dropped. */
  static async create(outputs: Outputs, name: string, format: WavFormat, frames: Frames): Promise<WavSink> {
    const file = await outputs.create(name);
    await file.write(wavHeader(format, SAMPLE_RATE, 2, frames));
    return new WavSink(file, format, frames);
  }
  /** Takes the next frames; true when a full buffer waits for `drain`. */
  push(left: Float32Array, right: Float32Array): boolean {
    const take = Math.min(left.length, this.#missing, BUFFER_FRAMES - this.#held);
    // nearly always all of it: a view for each block of each stem would be most of the garbage
    this.#left.set(take < left.length ? left.subarray(0, take) : left, this.#held);
    this.#right.set(take < right.length ? right.subarray(0, take) : right, this.#held);
    this.#held += take;
    this.#missing -= take;
    return this.#held > BUFFER_FRAMES - 256;
  }
  async drain(): Promise<void> {
    if (this.#held === 0) return;
    await this.#file.write(wavBytes(this.#format, [this.#left.subarray(0, this.#held), this.#right.subarray(0, this.#held)], this.#bytes));
    this.#held = 0;
  }
  async close(): Promise<void> {
    await this.drain();
    await this.#file.close();
  }
}
