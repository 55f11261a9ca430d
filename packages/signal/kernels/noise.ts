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
/** sin(2 pi t) for t in [0, 1], to 2e-6: odd polynomial on the folded quarter. */
// @ts-ignore: decorator
@inline
export function sineTurn(t: f32): f32 {
  // fold to [-1/4, 1/4]
  let x: f32 = <f32>0.5 - t;
  if (x > 0.25) x = <f32>0.5 - x;
  else if (x < -0.25) x = <f32>-0.5 - x;
  const y = x * x;
  return x * (<f32>6.2831835 + y * (<f32>-41.341148 + y * (<f32>81.596573 + y * (<f32>-76.581292 + y * <f32>39.7101))));
}
/** Constants as vectors in memory: written out in code, they would be built anew in every turn of a loop. */
const vectors: usize = heap.alloc(12 * 16 + 16);
// @ts-ignore: decorator
@inline
export function vector(k: i32): v128 {
  return v128.load(((vectors + 15) & ~15) + (k << 4));
}
function keep(k: i32, x: f32): void {
  v128.store(((vectors + 15) & ~15) + (k << 4), f32x4.splat(x));
}
keep(0, 1);
keep(1, 0.5);
keep(2, 0.25);
keep(3, 6.2831835);
keep(4, -41.341148);
keep(5, 81.596573);
keep(6, -76.581292);
keep(7, 39.7101);
keep(8, -0.0);
v128.store(((vectors + 15) & ~15) + (9 << 4), f32x4(1, 2, 3, 4));
keep(10, 0);
/** sin(2 pi t) for four t in [0, 1]. */
// @ts-ignore: decorator
@inline
export function sineTurns(t: v128): v128 {
  const x0 = f32x4.sub(vector(1), t);
  // |x| <= 1/2: fold by 1/4 - | |x| - 1/4 | with the sign of x
  const sign = v128.and(x0, vector(8));
  const x = v128.or(f32x4.sub(vector(2), f32x4.abs(f32x4.sub(f32x4.abs(x0), vector(2)))), sign);
  const y = f32x4.mul(x, x);
  const y2 = f32x4.mul(y, y);
  // Estrin: shorter than Horner's chain
  const low = f32x4.add(vector(3), f32x4.mul(y, vector(4)));
  const high = f32x4.add(f32x4.add(vector(5), f32x4.mul(y, vector(6))), f32x4.mul(y2, vector(7)));
  return f32x4.mul(x, f32x4.add(low, f32x4.mul(y2, high)));
}
