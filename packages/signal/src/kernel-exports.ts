// Written by tools/kernel-types.mjs from kernels/*.ts.
/* biome-ignore-all format: written by a tool */

/** An address in the kernels' memory. */
export type Address = number;

/** The functions of `kernels/`, one instance with its own memory. */
export interface KernelExports {
  readonly memory: WebAssembly.Memory;
  /** Zeroed memory, 16-byte aligned, in the arena that is open. Traps where there is no room. */
  alloc(bytes: number): Address;
  /** Opens an arena. @returns the one that was open, to be given to `arenaClose`. */
  arenaOpen(): Address;
  /** Closes the arena and opens the one before again. @returns the arena, to be given to `arenaFree`. */
  arenaClose(before: Address): Address;
  /** Gives back all that was made in an arena. */
  arenaFree(arena: Address): void;
  /** Zeroes `bytes` at `at`. */
  clear(at: Address, bytes: number): void;
  /** Where numbers that are not whole are handed over, up to sixteen f64: as arguments a host would wrap each in an object. */
  args(): Address;
  /** Number `k` that was handed over. */
  arg(k: number): number;
  /** Hands a number over to a function of ours. */
  handOver(k: number, x: number): void;
  arg32(k: number): number;
  /** Room for `count` dials, all at rest. */
  dialsMake(count: number): Address;
  /** Tells whether a dial moves in its logarithm. */
  dialKind(dials: Address, k: number, isLog: number): void;
  /** Puts a dial on `count` points; none: it rests where it is. */
  dialEnvelope(dials: Address, k: number, points: Address, count: number): void;
  /** From a frame on a dial goes to a value within `frames`. */
  dialGlide(dials: Address, k: number, values: Address, frame: number, frames: number, to: number): void;
  /** Writes what `count` dials are at a frame to their values. @returns whether any of them is another than before. */
  dialsTurn(dials: Address, count: number, values: Address, frame: number): number;
  /**
   * Gains of a fader for the 128 frames from `frame` on: 128 for the left side at `gains`, 128 for the right behind them, and 128 for each of
   * `sends` sends. They are exact every 32 frames and at every point; in between lines in the ratio. Left and right are 1 in the middle, constant power.
   */
  faderGains(dials: Address, values: Address, sends: number, gains: Address, frame: number): void;
  /** Plan of a real transform over `n` points (a power of two, at least 16). */
  fftMake(n: number): Address;
  /**
   * Power spectrum of `length` windowed samples, zero-padded to the plan's size.
   * Writes half + 1 values |X(k)|^2 to `out`.
   */
  fftPower(planAt: Address, signal: Address, window: Address, length: number, out: Address): void;
  /** `count` square roots in place. */
  sqrtAll(at: Address, count: number): void;
  /** A convolver of `parts` x 128 frames. */
  convolverMake(parts: number): Address;
  /** Sets part `index` of the response from 128 frames at `from`. */
  convolverLoad(at: Address, index: number, from: Address): void;
  /** Replaces 128 frames by their convolution. */
  convolverProcess(at: Address, io: Address): void;
  /**
   * Transforms a stereo pair at once, as left + i right: `n` windowed samples of each, n the number of points (the plan is made with
   * twice as many). Real gains, alike for k and n - k, keep the two apart.
   */
  pairForth(planAt: Address, left: Address, right: Address, window: Address, re: Address, im: Address): void;
  /** Power of both channels together in bins 0..n/2. */
  pairPower(planAt: Address, re: Address, im: Address, out: Address): void;
  /** Multiplies by gains of bins 0..n/2, transforms back, windows, and adds to `left` and `right`. */
  pairBack(planAt: Address, re: Address, im: Address, gains: Address, window: Address, left: Address, right: Address): void;
  /**
   * Polyphase resampling by up/down with a bank of `up` filters of `taps` (a multiple of 4)
   * coefficients. Output i reads input from floor(i down / up) on; the caller shifts the input so
   * that the filter is centred. `phase` is the position of the first output, in 1/up of an input.
   */
  resample(input: Address, output: Address, count: number, bank: Address, taps: number, up: number, down: number, phase: number): void;
  /** The same with a bank of `rows` + 1 filters, from one input sample to the next: what lies between two of them is mixed of both. */
  resampleBetween(input: Address, output: Address, count: number, bank: Address, rows: number, taps: number, up: number, down: number, phase: number): void;
  /** An instrument with `banks` banks, at most 31, of room for `room` partials each. */
  instrumentMake(banks: number, room: number): Address;
  /** Bank `k` of an instrument. */
  instrumentBank(at: Address, k: number): Address;
  /** Silences an instrument. */
  instrumentClear(at: Address): void;
  /** Silences a bank. Handed over: time in frames in which what is added from now on builds up, as 1 - exp(-t / frames); 0 for at once. */
  bankClear(at: Address): void;
  /** Where the bend and the damping wanted of a bank stand, two f64: written there, they hold from the next hop on. */
  bankWanted(at: Address): Address;
  /**
   * Adds a partial. Handed over: radians and nepers a frame, its complex amplitude. Beyond the room, above 0.95 of the Nyquist frequency or not
   * a number: nothing.
   */
  bankAdd(at: Address): void;
  addPartial(at: Address, w: number, s: number, re: number, im: number): void;
  /**
   * Adds `frames`, at most 128, of an instrument's banks and its noise to both sides. What a bank is given is heard sixteen frames later, and
   * DELAY_FRAMES for the interpolation. @returns a bit for each bank that sounds, and the sign while anything is left to hear.
   */
  instrumentProcess(at: Address, burst: Address, left: Address, right: Address, frames: number): number;
  burstMake(): Address;
  burstSounds(at: Address): number;
  /** A burst, unless a louder one still sounds. Handed over: level, frames to 1/e, centre of the band in Hz at 48 kHz, seed. */
  burstFire(at: Address): void;
  /** Silences it. */
  burstClear(at: Address): void;
  /** Adds `count` frames, at most 128, to `out`. */
  burstProcess(at: Address, out: Address, count: number): void;
  pluckMake(burst: Address, bodyBank: Address, modes: number, strings: number): Address;
  /** A note of a string that sounds on a bank. */
  stringNoteMake(bank: Address): Address;
  /** Which of `count` pitches (string and cents, f64 each) is this one; -1: none. Handed over: cents. */
  pluckFind(pitches: Address, count: number, string: number): number;
  /** Where its settings, its body's modes and the other strings' pitches stand. */
  pluckSettings(at: Address): Address;
  pluckBody(at: Address): Address;
  pluckOthers(at: Address): Address;
  /** Begins a stroke: what it does by chance follows from this. */
  pluckSeed(at: Address, seed: number): void;
  /**
   * Begins a note at a pitch: `count` partials, which stand at `pitch` as told below. `hand` is 1 for the left hand, which finds what is left of the note `before`, 2 where the
   * second of a course sounds an octave higher. Handed over: velocity, the pitch in cents, hardness of what plucks, and NaN or the note's own.
   */
  pluckStrike(at: Address, to: Address, before: Address, pitch: Address, count: number, hand: number, frame: number): void;
  /** A knock on the soundboard. Handed over: its force. */
  pluckTap(at: Address): void;
  /** The finger travels on the sounding string. Handed over: how hard, cents it goes to, frames it may take. */
  pluckSlide(at: Address, to: Address, frame: number): void;
  /** Sets the pitch of other string `k`. Handed over: cents. */
  pluckOther(at: Address, k: number): void;
  /** Where a note's pitch stands at a frame: tension, slide, and the bend, whose cents are handed over. @returns whether it still moves by itself. */
  pluckTune(at: Address, to: Address, frame: number): number;
  sampleMake(): Address;
  /**
   * Starts a sound of `length` frames at `left` and `right`; a loop from `loopFrom` to `loopTo`, or 0 and 0. Handed over: its rate
   * against ours, gain in dB, attack, decay and release in frames, sustain 0..1, cents above its own pitch, velocity.
   */
  sampleStart(at: Address, left: Address, right: Address, length: number, loopFrom: number, loopTo: number): void;
  sampleStop(at: Address): void;
  /** Handed over: cents beside the pitch it was begun at. */
  sampleBend(at: Address): void;
  /** Adds `count` frames to the pair. @returns 1 while it still sounds. */
  sampleProcess(at: Address, left: Address, right: Address, count: number): number;
  /** Room for a string of `room` points. */
  jivariMake(room: number): Address;
  /**
   * Sets pitch and nature; the string comes to rest. `contact` points (at most 60) may touch. Handed over: a0, a1, a2, b0, b1, stiffness, gain
   * as `engine/src/tanpura.ts` makes them.
   */
  jivariSet(at: Address, n: number, contact: number): void;
  /** Height of the bridge (handed over) under point `i`, from the bridge end. */
  jivariBridge(at: Address, i: number): void;
  /**
   * The flesh of a finger pulls the string at a little under half its length for about 8 ms and lets go; `chance` of a thousand moves both. Handed
   * over: velocity.
   */
  jivariPluck(at: Address, chance: number): void;
  jivariSounds(at: Address): number;
  /** Brings the string to rest. */
  jivariRest(at: Address): void;
  /** Adds `count` frames of the force on the bridge to `out`. */
  jivariProcess(at: Address, out: Address, count: number): void;
  /** A line. Handed over: its manner and the cents as they stand above. */
  lineMake(): Address;
  /**
   * Begins a note; a bound one sets out from where the line is. `chance` says by how much its vibrato differs. Handed over: cents of the bend of
   * the note before, cents of this one.
   */
  lineBegin(at: Address, frame: number, isBound: number, isBent: number, chance: number): void;
  /** Ends the note where it is. Handed over: cents of its bend. */
  lineEnd(at: Address, frame: number): void;
  /** Hands over, as the first number, the pitch at a frame in Hz. Handed over: cents of the note's bend. */
  linePitch(at: Address, frame: number): void;
  reedMake(size: number, rate: number): Address;
  /** The reed: resonance in Hz, damping (2 = critical), how far a unit of pressure closes it, loss at the bore's end 0..1, share of the square. */
  reedSet(at: Address, resonance: number, damping: number, stiffness: number, dull: number, square: number): void;
  /** A note: pressure, and the loudness to which it goes on from where it is, 14 dB an octave. Handed over: velocity, seconds in which a soft tongue lets it speak. */
  reedNote(at: Address, isBound: number, seed: number): void;
  /** No more breath, within so many frames. */
  reedEnd(at: Address, frames: number): void;
  /** `fresh` forgets what the ear had found for the pitch before. Handed over: pitch in Hz, and where the ear begins, frames. */
  reedPitch(at: Address, fresh: number): void;
  reedSounds(at: Address): number;
  /** What the player's ear has found, frames. */
  reedTrim(at: Address): number;
  /** Adds `count` frames to `out`. */
  reedProcess(at: Address, out: Address, count: number): void;
  /** A string with room for `size` frames (a power of two) of round trip. */
  bowedMake(size: number, rate: number): Address;
  /** The string: loss at the bridge 0..1, how much longer the longest hairs are (a part of the length), roughness to the bow. */
  bowedString(at: Address, dull: number, spread: number, rough: number): void;
  /**
   * A note under a finger, or touched at a node: soft flesh, and the bow nearer to the bridge; loud: nearer, too. Handed over: velocity, cents,
   * how much of the string is heard, and dB an octave that the hand gives high notes on top.
   */
  bowedNote(at: Address, isTouched: number): void;
  /** An open string, bowed along. Handed over: how much of it is heard. */
  bowedOpen(at: Address): void;
  /** Where the speed at which the bow is drawn is kept, f64. */
  bowedFull(at: Address): Address;
  /** Draws the bow one way (1) or the other (-1): a hard bow bites at once, a soft one takes its time. */
  bowedDraw(at: Address, way: number, seed: number): void;
  /** Lifts the bow. */
  bowedLift(at: Address): void;
  /** `fresh` forgets what the ear had found for the pitch before. Handed over: pitch in Hz, and where the ear begins, frames. */
  bowedPitch(at: Address, fresh: number): void;
  bowedSounds(at: Address): number;
  /** What the player's ear has found, frames. */
  bowedTrim(at: Address): number;
  /** Silences it at once. */
  bowedRest(at: Address): void;
  /** Adds `count` frames of the force on the bridge to `out`. */
  bowedProcess(at: Address, out: Address, count: number): void;
  /** A flute with room for `size` frames (a power of two). */
  fluteMake(size: number, rate: number): Address;
  /** The pipe: loss at its ends 0..1, and how far the jet leans to one side of the edge. */
  fluteSet(at: Address, dull: number, lean: number): void;
  /** A note. Handed over: velocity; loud is more breath, and sooner. */
  fluteNote(at: Address, seed: number): void;
  /** No more breath, within so many frames. */
  fluteEnd(at: Address, frames: number): void;
  /** Pitch as a partial of the bore. `fresh` forgets what the ear had found before. Handed over: Hz, and the note's own cents. */
  flutePitch(at: Address, partial: number, fresh: number): void;
  /** The voice. Handed over: level, cents, and its two formants in Hz. */
  fluteHum(at: Address): void;
  fluteSounds(at: Address): number;
  /** What the player's ear has found, frames. */
  fluteTrim(at: Address): number;
  /** Silences it at once. */
  fluteRest(at: Address): void;
  /** Adds `count` frames of what leaves the flute, and the singer, to `out`. */
  fluteProcess(at: Address, out: Address, count: number): void;
  /** A body with room for `count` modes. */
  bodyMake(count: number): Address;
  /** Mode `k`: centre frequency in Hz, quality, gain at the centre. */
  bodyMode(at: Address, k: number, hertz: number, quality: number, gain: number, rate: number): void;
  /** Direct sound: gain, and pole of the one-pole low-pass it passes. */
  bodyDirect(at: Address, direct: number, pole: number): void;
  /** Replaces `count` frames by the body's response. */
  bodyProcess(at: Address, io: Address, count: number): void;
  /** A silent drum voice. */
  drumMake(rate: number): Address;
  /**
   * Strikes with 20 settings at `s` (f32 each): hertz, sweep, sweepTau, tone, toneTau, ratio2, tone2,
   * tone2Tau, drive, click, metal, metalTau, noise, noiseTau, bursts, burstGap (frames),
   * filterHertz, filterDamping, highMix, bandMix. Taus in frames. Handed over: gain, seed.
   */
  drumStrike(at: Address, s: Address): void;
  /** Fades the voice out over about 5 ms (an open hat closed by the next one). */
  drumChoke(at: Address): void;
  /** Adds `count` frames, at most 128, of `voices` voices whose addresses stand at `list` to both sides; `mono` is room for a block. */
  drumsProcess(list: Address, voices: number, mono: Address, left: Address, right: Address, count: number): void;
  /** Four silent voices. */
  synthMake(rate: number): Address;
  /** Gives the voices a wavetable: `frames` frames at `table`, each OCTAVES x POINTS floats, every octave with half the partials of the one before. */
  synthTable(at: Address, table: Address, frames: number): void;
  /**
   * The voices' settings at `p` (f32 each), as they stand in `engine/src/devices.ts`: voices, detune (cents), shape, sub, breath, attack, decay,
   * sustain, release (seconds; sustain 0..1), cutoff (Hz), track (0..1), sweep (octaves), sweepTau (s), resonance (0..1), lfoHertz, lfoDepth
   * (octaves of cutoff), vibrato (LFO on pitch, cents); then, by `kind`: FM's ratio, index, indexTau (s), a wavetable's place and how far the
   * LFO moves it.
   */
  synthSet(at: Address, kind: number, p: Address): void;
  /** Starts a note in a lane. Handed over: cents, gain, brightness, cents it is bent by, seed. */
  synthStart(at: Address, lane: number): void;
  /** Pitch of the sounding note against that it was begun with, from the next tick on. Handed over: fourth, as to `synthStart`. */
  synthBend(at: Address, lane: number): void;
  /** The key is let go. */
  synthStop(at: Address, lane: number): void;
  /**
   * Adds `count` frames to the stereo pair `left`, `right`; `into` is how far into a tick of the song's grid the first of them lies, 0 to 31.
   * @returns a bit for each lane that still sounds.
   */
  synthProcess(at: Address, into: number, left: Address, right: Address, count: number): number;
  /** dst += src * gain, the gain moving in a straight line from `from` to `to` over `count` (multiple of 4) frames. */
  mixRamp(dst: Address, src: Address, count: number, from: number, to: number): void;
  /** Scales `count` frames in place, the gain moving in a straight line. */
  gainRamp(io: Address, count: number, from: number, to: number): void;
  /** Greatest absolute value of `count` (multiple of 4) frames. */
  peakOf(at: Address, count: number): number;
  /** dst += src * gain over `count` frames. */
  addInto(dst: Address, src: Address, count: number, gain: number): void;
  /** Adds `count` frames of a mono buffer to both sides. */
  addBoth(mono: Address, left: Address, right: Address, count: number): void;
  /** Whether both buffers hold nothing but zeros. */
  areSilent(left: Address, right: Address, count: number): number;
  /** Scales a block of 128 frames at `left`, and the right side behind it, by the gains of `faderGains`. */
  scale(left: Address, gains: Address): void;
  /**
   * A fader: scales a block of 128 frames at `left`, and the right side behind it, by the gains of `faderGains`, and adds them to `sumLeft`,
   * with its right side behind it; then, times their own gains, to `count` sends, whose left sides' addresses stand at `sends` (0 for none).
   * The greatest absolute value goes to `peak`.
   */
  stripMix(left: Address, gains: Address, sumLeft: Address, sends: Address, count: number, peak: Address): void;
  /** A chain of biquads over one channel; coefficients b0 b1 b2 a1 a2, state z1 z2 (transposed form II). */
  eqMake(sections: number): Address;
  /**
   * Sets section `k` as a band (R. Bristow-Johnson, Audio EQ Cookbook): 0 high-pass, 1 low shelf, 2 peak, 3 high shelf, 4 low-pass. Settings: Hz, dB
   * (of shelves and peaks), Q.
   */
  eqBand(at: Address, k: number, type: number, p: Address): void;
  /** Filters both channels of a pair in place, side by side; they share the coefficients of the first, each has its own state. */
  eqPair(at: Address, other: Address, left: Address, right: Address, count: number): void;
  compMake(): Address;
  /** Settings: threshold in dB, ratio, attack and release in ms, makeup in dB. */
  compSet(at: Address, p: Address): void;
  /** Compresses the pair in place, keyed by the pair `keyLeft`, `keyRight`. Gain is updated every 4 frames. */
  compProcess(at: Address, left: Address, right: Address, keyLeft: Address, keyRight: Address, count: number): void;
  /** Lines of `size` (power of two) frames each. */
  reverbMake(size: number, preSize: number): Address;
  /** Settings: seconds in which it falls by 60 dB, ms before it begins, damping 0..1. */
  reverbSet(at: Address, p: Address): void;
  /** Replaces the pair by its reverberation (wet only). */
  reverbProcess(at: Address, left: Address, right: Address, count: number): void;
  /** Room for `size` (power of two) frames. */
  echoMake(size: number): Address;
  /** Settings: feedback, damping 0..1. */
  echoSet(at: Address, p: Address): void;
  /** Delay in frames from now on. */
  echoTime(at: Address, length: number): void;
  /** Replaces the pair by its echoes (wet only). */
  echoProcess(at: Address, left: Address, right: Address, count: number): void;
  chorusMake(): Address;
  /** Settings: turns a second, depth and centre of the delays in ms. */
  chorusSet(at: Address, p: Address): void;
  /** Replaces the pair by its chorus (wet only). */
  chorusProcess(at: Address, left: Address, right: Address, count: number): void;
  phaserMake(): Address;
  /** Settings: Hz between which the corner sweeps, sweeps a second, feedback, share of it. */
  phaserSet(at: Address, settings: Address): void;
  /** Phases the pair in place; the sweep moves every 16 frames. */
  phaserProcess(at: Address, left: Address, right: Address, count: number): void;
  /** A gate that is shut. */
  gateMake(): Address;
  /** Settings: threshold and floor in dB, attack, hold and release in ms. It closes 4 dB under where it opens. */
  gateSet(at: Address, p: Address): void;
  gateProcess(at: Address, left: Address, right: Address, count: number): void;
  saturatorMake(): Address;
  /** Settings: drive into the curve in dB (what comes out is taken back by as much), share of it, and how far it leans to one side: even harmonics. */
  saturatorSet(at: Address, p: Address): void;
  saturatorProcess(at: Address, left: Address, right: Address, count: number): void;
  crossoverMake(): Address;
  /** Settings: the two frequencies, in whichever order. */
  crossoverSet(at: Address, p: Address): void;
  /** `low`, `mid` and `high` each receive `count` frames of one side (0 left, 1 right). */
  crossoverProcess(at: Address, side: number, input: Address, low: Address, mid: Address, high: Address, count: number): void;
  /** Sends `io` through the crossover's upper allpass, so that the low band stays in phase with the two above; `at` is a crossover of its own. */
  crossoverAlign(at: Address, side: number, io: Address, count: number): void;
  /** True-peak detector of one channel: 12 samples of history, twice, so that reads are contiguous. */
  truePeakMake(): Address;
  /** Raises the f64 at `to` to the greatest 4x-interpolated absolute value over `count` frames; where it cannot be raised, nothing is looked for. */
  truePeakProcess(at: Address, bank: Address, signal: Address, count: number, to: Address): void;
  /** K-weighting of one channel: coefficients (10 f64) and state (4 f64). */
  kWeightMake(): Address;
  /** Coefficient `k` of b0 b1 b2 a1 a2 (shelf), b0 b1 b2 a1 a2 (high-pass). */
  kWeightSet(at: Address, k: number, value: number): void;
  /** Adds the sum of squares of `count` K-weighted frames of both channels, side by side, to the f64 at `to`; `other` has the second channel's state. */
  kWeightPair(at: Address, other: Address, left: Address, right: Address, count: number, to: Address): void;
  /** Settings: the ceiling, dBTP. */
  limiterSet(at: Address, p: Address): void;
  /** `look` frames of look-ahead (at most 200); `release` is a one-pole coefficient per frame. */
  limiterMake(look: number, release: number): Address;
  /**
   * Limits the pair in place; the output is look + 11 frames late. The gain is the sliding minimum over
   * `look` frames of what each frame needs, with exponential release, averaged over `look` frames:
   * it reaches each need before the frame comes out.
   */
  limiterProcess(at: Address, bank: Address, left: Address, right: Address, count: number): void;
  /**
   * One layer of a convolutional network along frequency:
   * out[o][p] = bias[o] + sum over inputs i and taps t of weight * in[i][p + offset[t]], negative sums cut to 0 when `rectify`.
   * Rows of `input` and `out` lie `stride` floats apart; `outputs` and `count` are multiples of 4 and 8.
   * Weights come four outputs at a time: [output / 4][input][tap][4]. Offsets are in bytes.
   */
  convolve(input: Address, stride: number, inputs: number, offsets: Address, taps: number, weights: Address, bias: Address, out: Address, outputs: number, count: number, rectify: number): void;
}
