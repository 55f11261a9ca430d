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
/** Adds white noise that falls by `fall` a frame to `count` frames; `state` is that of the first. @returns the state of the frame after them. */
export function addNoise(out: usize, state: u32, level: f32, fall: f32, count: i32): u32 {
  // a^4 and c (1 + a + a^2 + a^3): four steps of the generator at once
  const mul = i32x4.splat(1664525 * 1664525 * 1664525 * 1664525);
  const add = i32x4.splat(1013904223 * (1 + 1664525 + 1664525 * 1664525 + 1664525 * 1664525 * 1664525));
  const second = nextNoise(state);
  const third = nextNoise(second);
  let states = i32x4(state, second, third, nextNoise(third));
  let levels = f32x4.mul(f32x4.splat(level * <f32>4.656612873077393e-10), f32x4(1, fall, fall * fall, fall * fall * fall));
  const sink = f32x4.splat(fall * fall * fall * fall);
  let i = 0;
  for (; i + 4 <= count; i += 4) {
    const to = out + <usize>(i << 2);
    v128.store(to, f32x4.add(v128.load(to), f32x4.mul(f32x4.convert_i32x4_s(states), levels)));
    states = i32x4.add(i32x4.mul(states, mul), add);
    levels = f32x4.mul(levels, sink);
  }
  let one = <u32>i32x4.extract_lane(states, 0);
  let rest = f32x4.extract_lane(levels, 0);
  for (; i < count; i++) {
    const to = out + <usize>(i << 2);
    store<f32>(to, load<f32>(to) + <f32>(<i32>one) * rest);
    one = nextNoise(one);
    rest *= fall;
  }
  return one;
}
/** x to the power of a whole number that is not negative. */
export function power(x: f32, n: i32): f32 {
  let y: f32 = 1;
  for (; n > 0; n >>= 1) {
    if (n & 1) y *= x;
    x *= x;
  }
  return y;
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
/** Four phases in turns, back in [0, 1). */
// @ts-ignore: decorator
@inline
export function wrapped(phase: v128): v128 {
  return f32x4.sub(phase, f32x4.floor(phase));
}
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
