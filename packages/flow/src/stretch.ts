import { BLOCK, breathe, type Cents, type Progress, SAMPLE_RATE, type Seconds, seeded } from "@kuishi/base";

/** From a second of the result on, this second of the sound, so fast, so much higher. */
export interface StretchPoint {
  readonly at: Seconds;
  readonly from: Seconds;
  readonly rate: number;
  readonly cents: Cents;
}

interface Segment {
  readonly active: boolean;
  readonly input: Seconds;
  readonly output: Seconds;
  readonly rate: number;
  readonly semitones: number;
  readonly tonalityHz: number;
  readonly formantSemitones: number;
  readonly formantCompensation: boolean;
  readonly formantBaseHz: number;
  readonly loopStart: number;
  readonly loopEnd: number;
}
interface Processor {
  timeMap: Segment[];
  audioBuffers: Float32Array[][];
  audioBuffersStart: number;
  audioBuffersEnd: number;
  readonly port: Port;
  configure(): void;
  process(inputs: Float32Array[][], outputs: Float32Array[][], parameters: object): boolean;
}
interface Port {
  onmessage: ((event: { data: unknown[] }) => void) | null;
  postMessage(data: unknown[]): void;
}
type Maker = new (options: object) => Processor;

/** What the library's worklet side expects of the world around it. */
interface World {
  AudioWorkletProcessor: unknown;
  registerProcessor: unknown;
  crypto: unknown;
  sampleRate: number;
  currentTime: number;
}
/**
 * Does something in a world of its own, and leaves the true one as it was. Only what runs through without a pause may be done so: whoever
 * else runs never sees it.
 */
function inWorld<T>(own: Partial<World>, act: () => T): T {
  const names = Object.keys(own) as (keyof World)[];
  const before = names.map((name) => [name, Object.getOwnPropertyDescriptor(globalThis, name)] as const);
  for (const name of names) Object.defineProperty(globalThis, name, { configurable: true, writable: true, value: own[name] });
  try {
    return act();
  } finally {
    for (const [name, kept] of before) {
      if (kept) Object.defineProperty(globalThis, name, kept);
      else delete (globalThis as Partial<Record<keyof World, unknown>>)[name];
    }
  }
}

let maker: Promise<Maker> | undefined;
/**
 * The library registers an AudioWorklet processor; here it is taken by hand, so that every host runs the same blocks. While it is fetched, once, the
 * two names it looks for must stand; no window, worker or Node has them.
 */
async function processorClass(): Promise<Maker> {
  const world = globalThis as unknown as Partial<World>;
  let found: Maker | undefined;
  world.AudioWorkletProcessor = class {
    readonly port: Port = { onmessage: null, postMessage: () => {} };
  };
  world.registerProcessor = (_name: string, made: Maker) => {
    found = made;
  };
  try {
    await import("signalsmith-stretch");
  } finally {
    delete world.AudioWorkletProcessor;
    delete world.registerProcessor;
  }
  if (!found) throw new Error("signalsmith-stretch did not register its processor");
  return found;
}

/** A processor whose chance is seeded: it takes its source of random bytes where it is made. */
async function makeProcessor(channels: number, seed: number): Promise<Processor> {
  maker ??= processorClass();
  const StretchProcessor = await maker;
  const random = seeded(seed, "stretch");
  const crypto = {
    getRandomValues: (view: Uint8Array) => {
      for (let i = 0; i < view.length; i++) view[i] = random.int(0, 255);
      return view;
    },
  };
  const world = { sampleRate: SAMPLE_RATE, currentTime: 0 };
  // set up when the library's own wasm has come: then too it is told its rate
  class Timed extends StretchProcessor {
    override configure(): void {
      inWorld(world, () => super.configure());
    }
  }
  const processor = inWorld({ ...world, crypto }, () => new Timed({ numberOfOutputs: 1, outputChannelCount: [channels] }));
  await new Promise<void>((ready) => {
    processor.port.postMessage = (data) => {
      if (data[0] === "ready") ready();
    };
  });
  processor.port.postMessage = () => {};
  return processor;
}

/**
 * Stretches and transposes sound by Signalsmith Stretch, in blocks of 128 frames: the same bytes on every host.
 * @param points in order, the first at 0; @param frames of the result.
 */
export async function stretched(
  channels: readonly Float32Array[],
  points: readonly StretchPoint[],
  frames: number,
  options: { readonly formants: boolean; readonly seed: number; readonly stage: string },
  progress: Progress,
): Promise<Float32Array[]> {
  const processor = await makeProcessor(channels.length, options.seed);
  processor.audioBuffers = [channels.map((channel) => channel)];
  processor.audioBuffersStart = 0;
  processor.audioBuffersEnd = channels[0]?.length ?? 0;
  processor.timeMap = points.map(
    ({ at, from, rate, cents }): Segment => ({
      active: true,
      input: from,
      output: at,
      rate,
      semitones: cents / 100,
      tonalityHz: 8000,
      formantSemitones: 0,
      formantCompensation: options.formants,
      formantBaseHz: 0,
      loopStart: 0,
      loopEnd: 0,
    }),
  );
  const out = channels.map(() => new Float32Array(frames));
  const block = channels.map(() => new Float32Array(BLOCK));
  // the library begins to speak its own delay before a time; the first blocks are of before the start
  const lead = Math.ceil((0.25 * SAMPLE_RATE) / BLOCK) * BLOCK;
  for (let at = -lead; at < frames; at += BLOCK) {
    inWorld({ sampleRate: SAMPLE_RATE, currentTime: at / SAMPLE_RATE }, () => processor.process([], [block], {}));
    const [from, to] = [Math.max(0, -at), Math.min(BLOCK, frames - at)];
    if (to > from)
      block.forEach((channel, c) => {
        out[c]?.set(channel.subarray(from, to), at + from);
      });
    if (at % (BLOCK * 400) === 0) {
      progress.report(options.stage, Math.max(0, at) / frames);
      await breathe(progress);
    }
  }
  return out;
}
