/** Frames a second. */
export const RATE: f64 = 48000;
/** Value `k` of a device's settings at `p`. */
// @ts-ignore: decorator
@inline
export function setting(p: usize, k: i32): f64 {
  return <f64>load<f32>(p + <usize>(k << 2));
}
/** Amplitude ratio of decibels. */
export function ratioOf(decibels: f64): f32 {
  return <f32>NativeMath.exp(decibels * 0.11512925464970229);
}
/** One-pole coefficient that reaches 63 % in so many milliseconds, for steps of `frames`. */
export function smoothing(ms: f64, frames: f64): f32 {
  return <f32>(1 - NativeMath.exp(-frames / max<f64>(1, (ms / 1000) * RATE)));
}
/** Radians a frame. */
export function radians(hertz: f64): f64 {
  return (2 * Math.PI * bounded(hertz, 5, 0.45 * RATE)) / RATE;
}
// @ts-ignore: decorator
@inline
export function bounded(x: f64, low: f64, high: f64): f64 {
  return min<f64>(max<f64>(x, low), high);
}
