import { alloc } from "./memory";

/**
 * Values that move. A dial is one f32 value of a device: at rest, or on straight lines through points (frame, value), held before the first
 * and after the last, in its logarithm where it is felt so. What it is at a frame follows from the frame alone, so blocks may be cut
 * anywhere and jumps cost nothing. The device's values stand side by side, as it reads them.
 */
@unmanaged
class Dial {
  points: usize = 0; // i32 frame, f32 value each, in the order of the frames
  count: i32 = 0; // 0: at rest
  at: i32 = 0; // the point that was last behind it
  isLog: i32 = 0;
  // a short way of its own: two points
  frame0: i32 = 0;
  value0: f32 = 0;
  frame1: i32 = 0;
  value1: f32 = 0;
}
const DIAL_BYTES: i32 = 36;
const NEVER: i32 = i32.MAX_VALUE;

/** Room for `count` dials, all at rest. */
export function dialsMake(count: i32): usize {
  return alloc(count * DIAL_BYTES);
}
// @ts-ignore: decorator
@inline
function dial(dials: usize, k: i32): Dial {
  return changetype<Dial>(dials + <usize>(k * DIAL_BYTES));
}
/** Tells whether a dial moves in its logarithm. */
export function dialKind(dials: usize, k: i32, isLog: i32): void {
  dial(dials, k).isLog = isLog;
}
/** Puts a dial on `count` points; none: it rests where it is. */
export function dialEnvelope(dials: usize, k: i32, points: usize, count: i32): void {
  const d = dial(dials, k);
  d.points = points;
  d.count = count;
  d.at = 0;
}
/** From a frame on a dial goes to a value within `frames`. */
export function dialGlide(dials: usize, k: i32, values: usize, frame: i32, frames: i32, to: f32): void {
  const d = dial(dials, k);
  d.frame0 = frame;
  d.value0 = load<f32>(values + <usize>(k << 2));
  d.frame1 = frame + frames;
  d.value1 = to;
  dialEnvelope(dials, k, changetype<usize>(d) + offsetof<Dial>("frame0"), 2);
}
// @ts-ignore: decorator
@inline
function frameOf(d: Dial, i: i32): i32 {
  return load<i32>(d.points + <usize>(i << 3));
}
// @ts-ignore: decorator
@inline
function valueOf(d: Dial, i: i32): f32 {
  return load<f32>(d.points + <usize>(i << 3), 4);
}
/** Moves to the last point at or before a frame; -1 before the first. */
function find(d: Dial, frame: i32): i32 {
  let i = min(d.at, d.count - 1);
  if (i < 0 || frameOf(d, i) > frame) i = -1;
  // a jump: by halves; else the next one or two
  if (i + 2 < d.count && frameOf(d, i + 2) <= frame) {
    let to = d.count;
    while (i + 1 < to) {
      const middle = (i + to) >> 1;
      if (frameOf(d, middle) <= frame) i = middle;
      else to = middle;
    }
  } else if (i + 1 < d.count && frameOf(d, i + 1) <= frame) i++;
  d.at = max(i, 0);
  return i;
}
/** Value at `frame` on the line that begins at point `i`. */
function along(d: Dial, i: i32, frame: i32): f32 {
  if (i < 0) return valueOf(d, 0);
  const a = valueOf(d, i);
  if (i + 1 >= d.count) return a;
  const b = valueOf(d, i + 1);
  if (a == b) return a;
  const part = <f64>(frame - frameOf(d, i)) / <f64>(frameOf(d, i + 1) - frameOf(d, i));
  if (d.isLog != 0 && a > 0 && b > 0) return <f32>(<f64>a * NativeMath.exp(part * NativeMath.log(<f64>b / <f64>a)));
  return <f32>(<f64>a + (<f64>b - <f64>a) * part);
}
/** Writes what `count` dials are at a frame to their values. @returns whether any of them is another than before. */
export function dialsTurn(dials: usize, count: i32, values: usize, frame: i32): bool {
  let moved = false;
  for (let k = 0; k < count; k++) {
    const d = dial(dials, k);
    if (d.count == 0) continue;
    const now = along(d, find(d, frame), frame);
    const to = values + <usize>(k << 2);
    if (load<f32>(to) == now) continue;
    store<f32>(to, now);
    moved = true;
  }
  return moved;
}

// The values of a fader, in this order; behind them the sends, dB.
const GAIN: i32 = 0; // dB
const RIDE: i32 = 1; // dB, on top
const PAN: i32 = 2; // -1 .. 1
const OPEN: i32 = 3; // 0 .. 1
const FADER: i32 = 4;
/** A send as low as this is none. */
const NOTHING: f32 = -200;

// @ts-ignore: decorator
@inline
function ratio(decibels: f64): f64 {
  return decibels <= NOTHING ? 0 : NativeMath.exp(decibels * 0.11512925464970229);
}
/** What a dial is on the line it is on at `from`, at a frame not beyond that line's end. */
function on(dials: usize, values: usize, k: i32, from: i32, frame: i32): f64 {
  const d = dial(dials, k);
  return d.count == 0 ? <f64>load<f32>(values + <usize>(k << 2)) : <f64>along(d, find(d, from), frame);
}
/** The next frame behind `from` at which a dial has a point. */
function nextPoint(dials: usize, k: i32, from: i32): i32 {
  const d = dial(dials, k);
  if (d.count == 0) return NEVER;
  const i = find(d, from) + 1;
  return i < d.count ? frameOf(d, i) : NEVER;
}
/** `count` gains in a straight line. */
function line(to: usize, count: i32, a: f64, b: f64): void {
  const step = (b - a) / <f64>count;
  for (let i = 0; i < count; i++) store<f32>(to + <usize>(i << 2), <f32>(a + step * <f64>i));
}
/**
 * Gains of a fader for the 128 frames from `frame` on: 128 for the left side at `gains`, 128 for the right behind them, and 128 for each of
 * `sends` sends. They are exact every 32 frames and at every point; in between lines in the ratio. Left and right are 1 in the middle, constant power.
 */
export function faderGains(dials: usize, values: usize, sends: i32, gains: usize, frame: i32): void {
  const end = frame + 128;
  for (let from = frame; from < end; ) {
    let to = min(end, from + 32);
    for (let k = 0; k < FADER; k++) to = min(to, nextPoint(dials, k, from));
    const out = gains + <usize>((from - frame) << 2);
    const a = loudness(dials, values, from, from);
    const b = loudness(dials, values, from, to);
    const panA = angle(on(dials, values, PAN, from, from));
    const panB = angle(on(dials, values, PAN, from, to));
    line(out, to - from, a * NativeMath.cos(panA) * Math.SQRT2, b * NativeMath.cos(panB) * Math.SQRT2);
    line(out + 512, to - from, a * NativeMath.sin(panA) * Math.SQRT2, b * NativeMath.sin(panB) * Math.SQRT2);
    from = to;
  }
  for (let k = FADER; k < FADER + sends; k++) {
    const out = gains + <usize>((k - 2) << 9);
    for (let from = frame; from < end; ) {
      const to = min(min(end, from + 32), nextPoint(dials, k, from));
      line(out + <usize>((from - frame) << 2), to - from, ratio(on(dials, values, k, from, from)), ratio(on(dials, values, k, from, to)));
      from = to;
    }
  }
}
// @ts-ignore: decorator
@inline
function loudness(dials: usize, values: usize, from: i32, frame: i32): f64 {
  return ratio(on(dials, values, GAIN, from, frame) + on(dials, values, RIDE, from, frame)) * on(dials, values, OPEN, from, frame);
}
// @ts-ignore: decorator
@inline
function angle(pan: f64): f64 {
  return (min(max(pan, -1), 1) + 1) * (Math.PI / 4);
}
