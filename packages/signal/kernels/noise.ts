/** Next state of the 32-bit generator (Numerical Recipes LCG). */
// @ts-ignore: decorator
@inline
export function nextNoise(state: u32): u32 {
  return state * 1664525 + 1013904223;
}
/** White value in [-1, 1) of a generator state. */
// @ts-ignore: decorator
@inline
export function white(state: u32): f32 {
  return <f32>(<i32>state) * <f32>4.656612873077393e-10;
}
/** Rational tanh-like saturation, exact slope 1 at 0, clipped beyond +-3. */
// @ts-ignore: decorator
@inline
export function saturate(x: f32): f32 {
  const c = x < -3 ? <f32>-3 : x > 3 ? <f32>3 : x;
  return (c * (27 + c * c)) / (27 + 9 * c * c);
}
