import { alloc, arg, arg32 } from "./memory";

/** One voice of a sampler: a recorded sound at any speed, read by third-order Hermite polynomials, looped where told, under an envelope. */
@unmanaged
class Sample {
  left: usize = 0;
  right: usize = 0;
  length: i32 = 0;
  loopFrom: i32 = 0;
  loopTo: i32 = 0; // 0: plays to its end
  at: f64 = 0;
  speed: f64 = 1;
  bend: f64 = 1;
  gain: f32 = 0;
  stage: i32 = 0; // 0 silent, 1 attack, 2 decay and sustain, 3 release
  amp: f32 = 0;
  attack: f32 = 0;
  decay: f32 = 0;
  sustain: f32 = 0;
  release: f32 = 0;
}
export function sampleMake(): usize {
  return alloc(offsetof<Sample>());
}
/**
 * Starts a sound of `length` frames at `left` and `right`; a loop from `loopFrom` to `loopTo`, or 0 and 0. Handed over: its rate
 * against ours, gain in dB, attack, decay and release in frames, sustain 0..1, cents above its own pitch, velocity.
 */
export function sampleStart(at: usize, left: usize, right: usize, length: i32, loopFrom: i32, loopTo: i32): void {
  const s = changetype<Sample>(at);
  const speed = arg(0) * NativeMath.pow(2, arg(6) / 1200);
  s.left = left;
  s.right = right;
  s.length = length;
  const looped = loopTo > loopFrom && loopFrom >= 0 && loopTo <= length;
  s.loopFrom = looped ? loopFrom : 0;
  s.loopTo = looped ? loopTo : 0;
  s.at = 0;
  s.speed = speed > 0 && speed < 64 ? speed : 1;
  s.bend = 1;
  s.gain = <f32>(NativeMath.exp(arg(1) * 0.11512925464970229) * arg(7) * Math.sqrt(arg(7)));
  s.amp = 0;
  s.attack = 1 / max<f32>(arg32(2), 24);
  s.decay = 1 - NativeMathf.exp(-1 / max<f32>(arg32(3), 24));
  s.sustain = arg32(5);
  s.release = 1 - NativeMathf.exp(-1 / max<f32>(arg32(4), 24));
  s.stage = length > 3 ? 1 : 0;
}
export function sampleStop(at: usize): void {
  const s = changetype<Sample>(at);
  if (s.stage != 0) s.stage = 3;
}
/** Handed over: cents beside the pitch it was begun at. */
export function sampleBend(at: usize): void {
  const s = changetype<Sample>(at);
  const bend = NativeMath.pow(2, arg(0) / 1200);
  if (bend > 0.01 && bend < 32) s.bend = bend;
}
// @ts-ignore: decorator
@inline
function hermite(data: usize, k: i32, last: i32, f: f32): f32 {
  const a = load<f32>(data + (max(k - 1, 0) << 2));
  const b = load<f32>(data + (k << 2));
  const c = load<f32>(data + (min(k + 1, last) << 2));
  const d = load<f32>(data + (min(k + 2, last) << 2));
  return b + <f32>0.5 * f * (c - a + f * (2 * a - 5 * b + 4 * c - d + f * (3 * (b - c) + d - a)));
}
/** Adds `count` frames to the pair. @returns 1 while it still sounds. */
export function sampleProcess(at: usize, left: usize, right: usize, count: i32): i32 {
  const s = changetype<Sample>(at);
  if (s.stage == 0) return 0;
  const step = s.speed * s.bend;
  const last = s.length - 1;
  for (let i = 0; i < count; i++) {
    const k = <i32>s.at;
    if (k >= last) {
      s.stage = 0;
      break;
    }
    const f = <f32>(s.at - <f64>k);
    if (s.stage == 1) {
      s.amp += s.attack;
      if (s.amp >= 1) {
        s.amp = 1;
        s.stage = 2;
      }
    } else if (s.stage == 2) s.amp += (s.sustain - s.amp) * s.decay;
    else s.amp -= s.amp * s.release;
    const g = s.amp * s.gain;
    const o = i << 2;
    store<f32>(left + o, load<f32>(left + o) + hermite(s.left, k, last, f) * g);
    store<f32>(right + o, load<f32>(right + o) + hermite(s.right, k, last, f) * g);
    s.at += step;
    if (s.loopTo > 0 && s.stage != 3) {
      const length = <f64>(s.loopTo - s.loopFrom);
      while (s.at >= <f64>s.loopTo) s.at -= length;
    } else if (s.loopTo > 0 && s.at >= <f64>s.loopTo) s.at -= <f64>(s.loopTo - s.loopFrom);
    if (s.stage >= 2 && s.amp < 2e-4 && (s.stage == 3 || s.sustain < 2e-4)) {
      s.stage = 0;
      break;
    }
  }
  return s.stage != 0 ? 1 : 0;
}
