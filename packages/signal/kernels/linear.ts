import { alloc } from "./memory";

/**
 * A linear filter of two states, four frames at a time: what its next four outputs and the states after them take of the states and
 * of the four inputs, twelve vectors (block form of a state-space filter; Burrus 1972). The chain from one four to the next is one
 * product and one sum long, where a frame by itself takes a dozen.
 */
@unmanaged
class Linear {
  shares: usize = 0;
  s1: f32 = 0;
  s2: f32 = 0;
  m11: f32 = 0;
  m12: f32 = 0;
  m21: f32 = 0;
  m22: f32 = 0;
  n1: f32 = 0;
  n2: f32 = 0;
  c1: f32 = 0;
  c2: f32 = 0;
  d: f32 = 0;
}
export function linearMake(): usize {
  const l = changetype<Linear>(alloc(offsetof<Linear>()));
  l.shares = alloc(12 * 16);
  return changetype<usize>(l);
}
/** From rest, each frame: y = c1 s1 + c2 s2 + d x, then s1 = m11 s1 + m12 s2 + n1 x and s2 = m21 s1 + m22 s2 + n2 x. */
export function linearSet(at: usize, m11: f32, m12: f32, m21: f32, m22: f32, n1: f32, n2: f32, c1: f32, c2: f32, d: f32): void {
  const l = changetype<Linear>(at);
  l.m11 = m11;
  l.m12 = m12;
  l.m21 = m21;
  l.m22 = m22;
  l.n1 = n1;
  l.n2 = n2;
  l.c1 = c1;
  l.c2 = c2;
  l.d = d;
  for (let column = 0; column < 6; column++) {
    const to = l.shares + <usize>(column << 4);
    l.s1 = column == 0 ? 1 : 0;
    l.s2 = column == 1 ? 1 : 0;
    for (let i = 0; i < 4; i++) store<f32>(to + <usize>(i << 2), next(l, column - 2 == i ? 1 : 0));
    store<f32>(to, l.s1, 96);
    store<f32>(to, l.s2, 100);
  }
  l.s1 = l.s2 = 0;
}
// @ts-ignore: decorator
@inline
function next(l: Linear, x: f32): f32 {
  const s1 = l.s1;
  const s2 = l.s2;
  l.s1 = l.m11 * s1 + l.m12 * s2 + l.n1 * x;
  l.s2 = l.m21 * s1 + l.m22 * s2 + l.n2 * x;
  return l.c1 * s1 + l.c2 * s2 + l.d * x;
}
/** Filters `count` frames in place. */
export function linearProcess(at: usize, io: usize, count: i32): void {
  const l = changetype<Linear>(at);
  const k = l.shares;
  const y1 = v128.load(k), y2 = v128.load(k, 16), ya = v128.load(k, 32), yb = v128.load(k, 48), yc = v128.load(k, 64), yd = v128.load(k, 80);
  const z1 = v128.load(k, 96), z2 = v128.load(k, 112), za = v128.load(k, 128), zb = v128.load(k, 144), zc = v128.load(k, 160), zd = v128.load(k, 176);
  let s1 = f32x4.splat(l.s1);
  let s2 = f32x4.splat(l.s2);
  let i = 0;
  for (; i + 4 <= count; i += 4) {
    const to = io + <usize>(i << 2);
    const a = v128.load32_splat(to), b = v128.load32_splat(to, 4), c = v128.load32_splat(to, 8), d = v128.load32_splat(to, 12);
    const y = f32x4.add(f32x4.add(f32x4.mul(ya, a), f32x4.mul(yb, b)), f32x4.add(f32x4.mul(yc, c), f32x4.mul(yd, d)));
    const z = f32x4.add(f32x4.add(f32x4.mul(za, a), f32x4.mul(zb, b)), f32x4.add(f32x4.mul(zc, c), f32x4.mul(zd, d)));
    v128.store(to, f32x4.add(y, f32x4.add(f32x4.mul(y1, s1), f32x4.mul(y2, s2))));
    const s = f32x4.add(z, f32x4.add(f32x4.mul(z1, s1), f32x4.mul(z2, s2)));
    s1 = v128.shuffle<f32>(s, s, 0, 0, 0, 0);
    s2 = v128.shuffle<f32>(s, s, 1, 1, 1, 1);
  }
  l.s1 = f32x4.extract_lane(s1, 0);
  l.s2 = f32x4.extract_lane(s2, 0);
  for (; i < count; i++) store<f32>(io + <usize>(i << 2), next(l, load<f32>(io + <usize>(i << 2))));
}
