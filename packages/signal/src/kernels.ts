/** An address in the kernels' memory. */
export type Address = number;

/** The functions of `kernels/`, one instance with its own memory. Arguments as documented there. */
export interface KernelExports {
  readonly memory: WebAssembly.Memory;
  alloc(bytes: number): Address;
  clear(at: Address, bytes: number): void;
  fftMake(n: number): Address;
  fftPower(plan: Address, signal: Address, window: Address, length: number, out: Address): void;
  pairForth(plan: Address, left: Address, right: Address, window: Address, re: Address, im: Address): void;
  pairPower(plan: Address, re: Address, im: Address, out: Address): void;
  pairBack(plan: Address, re: Address, im: Address, gains: Address, window: Address, left: Address, right: Address): void;
  sqrtAll(at: Address, count: number): void;
  convolve(
    input: Address,
    stride: number,
    inputs: number,
    offsets: Address,
    taps: number,
    weights: Address,
    bias: Address,
    out: Address,
    outputs: number,
    count: number,
    rectify: number,
  ): void;
  resample(input: Address, output: Address, count: number, bank: Address, taps: number, up: number, down: number, phase: number): void;
  instrumentMake(banks: number, room: number): Address;
  instrumentBank(at: Address, k: number): Address;
  instrumentClear(at: Address): void;
  instrumentProcess(at: Address, burst: Address, left: Address, right: Address, frames: number): number;
  bankClear(at: Address, riseFrames: number): void;
  bankWanted(at: Address): Address;
  bankAdd(at: Address, w: number, s: number, re: number, im: number): void;
  burstMake(): Address;
  burstClear(at: Address): void;
  burstFire(at: Address, level: number, frames: number, hertz: number, seed: number): void;
  sampleMake(): Address;
  sampleStart(
    at: Address,
    left: Address,
    right: Address,
    length: number,
    loopFrom: number,
    loopTo: number,
    speed: number,
    gain: number,
    attack: number,
    decay: number,
    sustain: number,
    release: number,
  ): void;
  sampleStop(at: Address): void;
  sampleBend(at: Address, bend: number): void;
  sampleProcess(at: Address, left: Address, right: Address, count: number): number;
  jivariMake(room: number): Address;
  jivariSet(at: Address, n: number, a0: number, a1: number, a2: number, b0: number, b1: number, stiff: number, gain: number, contact: number): void;
  jivariBridge(at: Address, i: number, height: number): void;
  jivariPluck(at: Address, place: number, force: number, frames: number): void;
  jivariSounds(at: Address): number;
  jivariRest(at: Address): void;
  jivariProcess(at: Address, out: Address, count: number): void;
  reedMake(size: number, rate: number): Address;
  reedSet(at: Address, resonance: number, damping: number, stiffness: number, dull: number, square: number): void;
  reedBlow(at: Address, pressure: number, frames: number, noise: number, seed: number): void;
  reedPitch(at: Address, hertz: number, fresh: number, trim: number): void;
  reedSounds(at: Address): number;
  reedTrim(at: Address): number;
  reedProcess(at: Address, out: Address, count: number): void;
  bodyMake(count: number): Address;
  bodyMode(at: Address, k: number, hertz: number, quality: number, gain: number, rate: number): void;
  bodyDirect(at: Address, direct: number, pole: number): void;
  bodyProcess(at: Address, io: Address, count: number): void;
  drumMake(rate: number): Address;
  drumStrike(at: Address, settings: Address, gain: number, seed: number): void;
  drumChoke(at: Address): void;
  drumsProcess(list: Address, voices: number, mono: Address, left: Address, right: Address, count: number): void;
  synthMake(rate: number): Address;
  synthTable(at: Address, table: Address, frames: number): void;
  synthSet(at: Address, settings: Address): void;
  synthStart(at: Address, lane: number, hertz: number, gain: number, seed: number, brightness: number): void;
  synthBend(at: Address, lane: number, bend: number): void;
  synthStop(at: Address, lane: number): void;
  synthProcess(at: Address, left: Address, right: Address, count: number): number;
  mixRamp(dst: Address, src: Address, count: number, from: number, to: number): void;
  gainRamp(io: Address, count: number, from: number, to: number): void;
  addBoth(mono: Address, left: Address, right: Address, count: number): void;
  stripMix(
    left: Address,
    right: Address,
    fromL: number,
    toL: number,
    fromR: number,
    toR: number,
    sumLeft: Address,
    sumRight: Address,
    sends: Address,
    count: number,
  ): number;
  areSilent(left: Address, right: Address, count: number): number;
  peakOf(at: Address, count: number): number;
  eqMake(sections: number): Address;
  eqSet(at: Address, k: number, b0: number, b1: number, b2: number, a1: number, a2: number): void;
  eqPair(at: Address, other: Address, left: Address, right: Address, count: number): void;
  compMake(threshold: number, slope: number, attack: number, release: number, makeup: number): Address;
  compSet(at: Address, threshold: number, slope: number, attack: number, release: number, makeup: number): void;
  compProcess(at: Address, left: Address, right: Address, keyLeft: Address, keyRight: Address, count: number): void;
  reverbMake(size: number, preSize: number, preLength: number, pole: number): Address;
  reverbSet(at: Address, preLength: number, pole: number): void;
  reverbLine(at: Address, k: number, length: number, gain: number): void;
  reverbProcess(at: Address, left: Address, right: Address, count: number): void;
  echoMake(size: number, feedback: number, pole: number): Address;
  echoSet(at: Address, feedback: number, pole: number): void;
  echoTime(at: Address, length: number): void;
  echoProcess(at: Address, left: Address, right: Address, count: number): void;
  chorusMake(centre: number, depth: number, turn: number): Address;
  chorusSet(at: Address, centre: number, depth: number, turn: number): void;
  chorusProcess(at: Address, left: Address, right: Address, count: number): void;
  phaserMake(low: number, high: number, turn: number, feedback: number, mix: number): Address;
  phaserSet(at: Address, low: number, high: number, turn: number, feedback: number, mix: number): void;
  phaserProcess(at: Address, left: Address, right: Address, count: number): void;
  gateMake(threshold: number, floor: number, attack: number, release: number, hold: number): Address;
  gateSet(at: Address, threshold: number, floor: number, attack: number, release: number, hold: number): void;
  gateProcess(at: Address, left: Address, right: Address, count: number): void;
  saturatorMake(drive: number, level: number, mix: number, bias: number): Address;
  saturatorSet(at: Address, drive: number, level: number, mix: number, bias: number): void;
  saturatorProcess(at: Address, left: Address, right: Address, count: number): void;
  crossoverMake(low: number, high: number): Address;
  crossoverSet(at: Address, low: number, high: number): void;
  crossoverProcess(at: Address, side: number, input: Address, low: Address, mid: Address, high: Address, count: number): void;
  crossoverAlign(at: Address, side: number, io: Address, count: number): void;
  convolverMake(parts: number): Address;
  convolverLoad(at: Address, index: number, from: Address): void;
  convolverProcess(at: Address, io: Address): void;
  truePeakMake(): Address;
  truePeakProcess(at: Address, bank: Address, signal: Address, count: number): number;
  kWeightMake(): Address;
  kWeightSet(at: Address, k: number, value: number): void;
  kWeightPair(at: Address, other: Address, left: Address, right: Address, count: number): number;
  limiterMake(ceiling: number, look: number, release: number): Address;
  limiterProcess(at: Address, bank: Address, left: Address, right: Address, count: number): void;
}

/** One instance of the kernels: its functions, and typed views of its memory. */
export class Kernels {
  readonly call: KernelExports;
  readonly #floats: Float32Array;

  constructor(module: WebAssembly.Module) {
    // The kernels import nothing: whatever host, the same bytes run alone in fixed memory.
    this.call = new WebAssembly.Instance(module, {}).exports as unknown as KernelExports;
    this.#floats = new Float32Array(this.call.memory.buffer);
  }

  /** Room for `count` zeroed floats. @throws RangeError when the fixed memory is used up. */
  floats(count: number): Address {
    try {
      return this.call.alloc(count * 4);
    } catch {
      throw new RangeError(`no room for ${count} floats in the kernels' memory`);
    }
  }
  /** The floats at an address, to read and write. */
  view(at: Address, count: number): Float32Array {
    return this.#floats.subarray(at >> 2, (at >> 2) + count);
  }
  /** The whole numbers at an address, to read and write. */
  viewWhole(at: Address, count: number): Uint32Array {
    return new Uint32Array(this.call.memory.buffer, at, count);
  }
  /** The 64-bit floats at an address that is a multiple of 8. */
  doubles(at: Address, count: number): Float64Array {
    return new Float64Array(this.call.memory.buffer, at, count);
  }
  /** Copies whole numbers into fresh kernel memory. */
  putWhole(values: readonly number[]): Address {
    const at = this.floats(values.length);
    new Uint32Array(this.call.memory.buffer, at, values.length).set(values);
    return at;
  }
  /** Copies values into fresh kernel memory. */
  put(values: ArrayLike<number>): Address {
    const at = this.floats(values.length);
    this.view(at, values.length).set(values);
    return at;
  }
}
