/** What stood in a ring so many frames ago, at least 2: third-order Lagrange. */
// @ts-ignore: decorator
@inline
export function tapped(ring: usize, mask: i32, write: i32, frames: f32): f32 {
  const whole = <i32>frames;
  const d = frames - <f32>whole;
  const p = write - whole;
  const y0 = load<f32>(ring + (((p + 1) & mask) << 2));
  const y1 = load<f32>(ring + ((p & mask) << 2));
  const y2 = load<f32>(ring + (((p - 1) & mask) << 2));
  const y3 = load<f32>(ring + (((p - 2) & mask) << 2));
  return y1 + d * (-y0 * <f32>0.33333333 - y1 * <f32>0.5 + y2 - y3 * <f32>0.16666667 + d * (y0 * <f32>0.5 - y1 + y2 * <f32>0.5 + d * (-y0 + 3 * y1 - 3 * y2 + y3) * <f32>0.16666667));
}
