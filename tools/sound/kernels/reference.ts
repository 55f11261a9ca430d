// The C++ reference of plucked voices (shared/bench/render/native/scalar.h) feature for feature, four voices a vector, for
// the speed table alone: 32 voices with two polarisations, 4 bodies of 8 resonators. Not part of the kernels.
const RING: i32 = 1024;
const COMB: i32 = 512;
const ROW: i32 = (RING + 8) << 2; // a voice's ring, its first samples again behind its end
const COMB_ROW: i32 = (COMB + 8) << 2;

@unmanaged
class Quad {
  v: usize = 0;
  h: usize = 0;
  comb: usize = 0;
  at: i32 = 0;
  dv: usize = 0; // i32 x 4 each
  dh: usize = 0;
  m: usize = 0;
  period: usize = 0;
  counter: usize = 0;
  k: usize = 0; // 14 vectors of constants
  s: usize = 0; // 13 vectors of state
}
function room(bytes: i32): usize {
  const at = heap.alloc(<usize>bytes + 16);
  const aligned = (at + 15) & ~15;
  memory.fill(aligned, 0, <usize>bytes);
  return aligned;
}
const quads = new StaticArray<usize>(8);
const bus = room(4 * 128 * 4);
const outL = room(512);
const outR = room(512);
const mixed = room(4 * 128 * 4);
const summed = room(4 * 128 * 4);
const bodyK = room(26 * 16);
const bodyS = room(18 * 16);
const parameters = room(1152 * 4);
export function params(): usize {
  return parameters;
}
export function left(): usize {
  return outL;
}
export function right(): usize {
  return outR;
}
function value(voice: i32, index: i32): f32 {
  return load<f32>(parameters + ((voice * 32 + index) << 2));
}
export function init(): void {
  for (let q = 0; q < 8; q++) {
    const quad = changetype<Quad>(room(offsetof<Quad>()));
    quad.v = room(4 * ROW);
    quad.h = room(4 * ROW);
    quad.comb = room(4 * COMB_ROW);
    quad.dv = room(16);
    quad.dh = room(16);
    quad.m = room(16);
    quad.period = room(16);
    quad.counter = room(16);
    quad.k = room(14 * 16);
    quad.s = room(13 * 16);
    for (let lane = 0; lane < 4; lane++) {
      const voice = q * 4 + lane;
      const o = lane << 2;
      store<i32>(quad.dv + o, <i32>value(voice, 0));
      store<i32>(quad.dh + o, <i32>value(voice, 1));
      store<i32>(quad.m + o, <i32>value(voice, 2));
      store<i32>(quad.period + o, <i32>value(voice, 18));
      store<i32>(quad.counter + o, <i32>value(voice, 19));
      for (let i = 0; i < 14; i++) store<f32>(quad.k + (i << 4) + o, value(voice, 3 + i));
      store<i32>(quad.s + o, <i32>value(voice, 17));
    }
    quads[q] = changetype<usize>(quad);
  }
  memory.fill(bodyS, 0, 18 * 16);
  for (let i = 0; i < 26; i++) for (let lane = 0; lane < 4; lane++) store<f32>(bodyK + (i << 4) + (lane << 2), load<f32>(parameters + ((1024 + lane * 32 + i) << 2)));
}
// @ts-ignore: decorator
@inline
function from(base: usize, row: i32, delays: usize, lane: i32, at: i32, mask: i32): v128 {
  return v128.load(base + <usize>(lane * row) + <usize>(((at - load<i32>(delays + (lane << 2))) & mask) << 2));
}
// @ts-ignore: decorator
@inline
function keep(base: usize, row: i32, lane: i32, at: i32, size: i32, x: v128): void {
  const to = base + <usize>(lane * row);
  v128.store(to + <usize>(at << 2), x);
  if (at == 0) v128.store(to + <usize>(size << 2), x);
}
function process4(quad: Quad, out: usize): void {
  const k = quad.k;
  const cv0 = v128.load(k), cv1 = v128.load(k, 16), cv2 = v128.load(k, 32), cv3 = v128.load(k, 48);
  const ch0 = v128.load(k, 64), ch1 = v128.load(k, 80), ch2 = v128.load(k, 96), ch3 = v128.load(k, 112);
  const b0 = v128.load(k, 128), b1 = v128.load(k, 144), a1 = v128.load(k, 160), kc = v128.load(k, 176);
  const dec = v128.load(k, 192), lpc = v128.load(k, 208);
  const s = quad.s;
  let seed = v128.load(s), env = v128.load(s, 16), low = v128.load(s, 32);
  let xv = v128.load(s, 48), yv = v128.load(s, 64), xh = v128.load(s, 80), yh = v128.load(s, 96);
  let v1 = v128.load(s, 112), v2 = v128.load(s, 128), v3 = v128.load(s, 144);
  let h1 = v128.load(s, 160), h2 = v128.load(s, 176), h3 = v128.load(s, 192);
  for (let lane = 0; lane < 4; lane++) {
    const o = lane << 2;
    const left = load<i32>(quad.counter + o) - 1;
    if (left <= 0) {
      store<i32>(quad.counter + o, load<i32>(quad.period + o));
      store<f32>(s + 16 + o, 1);
      env = v128.load(s, 16);
    } else store<i32>(quad.counter + o, left);
  }
  const mul = i32x4.splat(1103515245);
  const add = i32x4.splat(12345);
  const scale = f32x4.splat(4.656612873077393e-10);
  const g8 = f32x4.splat(0.8);
  const g3 = f32x4.splat(0.3);
  const g6 = f32x4.splat(0.6);
  let p = quad.at;
  for (let i = 0; i < 128; i += 4) {
    const at = p & (RING - 1);
    const cat = p & (COMB - 1);
    // noise, four frames
    seed = i32x4.add(i32x4.mul(seed, mul), add);
    env = f32x4.mul(env, dec);
    low = f32x4.add(low, f32x4.mul(lpc, f32x4.sub(f32x4.mul(f32x4.mul(f32x4.convert_i32x4_s(seed), scale), env), low)));
    const l0 = low;
    seed = i32x4.add(i32x4.mul(seed, mul), add);
    env = f32x4.mul(env, dec);
    low = f32x4.add(low, f32x4.mul(lpc, f32x4.sub(f32x4.mul(f32x4.mul(f32x4.convert_i32x4_s(seed), scale), env), low)));
    const l1 = low;
    seed = i32x4.add(i32x4.mul(seed, mul), add);
    env = f32x4.mul(env, dec);
    low = f32x4.add(low, f32x4.mul(lpc, f32x4.sub(f32x4.mul(f32x4.mul(f32x4.convert_i32x4_s(seed), scale), env), low)));
    const l2 = low;
    seed = i32x4.add(i32x4.mul(seed, mul), add);
    env = f32x4.mul(env, dec);
    low = f32x4.add(low, f32x4.mul(lpc, f32x4.sub(f32x4.mul(f32x4.mul(f32x4.convert_i32x4_s(seed), scale), env), low)));
    const l3 = low;
    let a = v128.shuffle<f32>(l0, l1, 0, 4, 1, 5), b = v128.shuffle<f32>(l0, l1, 2, 6, 3, 7), c = v128.shuffle<f32>(l2, l3, 0, 4, 1, 5), d = v128.shuffle<f32>(l2, l3, 2, 6, 3, 7);
    keep(quad.comb, COMB_ROW, 0, cat, COMB, v128.shuffle<f32>(a, c, 0, 1, 4, 5));
    keep(quad.comb, COMB_ROW, 1, cat, COMB, v128.shuffle<f32>(a, c, 2, 3, 6, 7));
    keep(quad.comb, COMB_ROW, 2, cat, COMB, v128.shuffle<f32>(b, d, 0, 1, 4, 5));
    keep(quad.comb, COMB_ROW, 3, cat, COMB, v128.shuffle<f32>(b, d, 2, 3, 6, 7));
    // the comb's other end, both rings: a voice a row, turned to a frame a row
    let r0 = from(quad.comb, COMB_ROW, quad.m, 0, cat, COMB - 1), r1 = from(quad.comb, COMB_ROW, quad.m, 1, cat, COMB - 1);
    let r2 = from(quad.comb, COMB_ROW, quad.m, 2, cat, COMB - 1), r3 = from(quad.comb, COMB_ROW, quad.m, 3, cat, COMB - 1);
    a = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5); b = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7); c = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5); d = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7);
    const e0 = f32x4.sub(l0, v128.shuffle<f32>(a, c, 0, 1, 4, 5)), e1 = f32x4.sub(l1, v128.shuffle<f32>(a, c, 2, 3, 6, 7));
    const e2 = f32x4.sub(l2, v128.shuffle<f32>(b, d, 0, 1, 4, 5)), e3 = f32x4.sub(l3, v128.shuffle<f32>(b, d, 2, 3, 6, 7));
    r0 = from(quad.v, ROW, quad.dv, 0, at, RING - 1); r1 = from(quad.v, ROW, quad.dv, 1, at, RING - 1);
    r2 = from(quad.v, ROW, quad.dv, 2, at, RING - 1); r3 = from(quad.v, ROW, quad.dv, 3, at, RING - 1);
    a = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5); b = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7); c = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5); d = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7);
    const va = v128.shuffle<f32>(a, c, 0, 1, 4, 5), vb = v128.shuffle<f32>(a, c, 2, 3, 6, 7), vc = v128.shuffle<f32>(b, d, 0, 1, 4, 5), vd = v128.shuffle<f32>(b, d, 2, 3, 6, 7);
    r0 = from(quad.h, ROW, quad.dh, 0, at, RING - 1); r1 = from(quad.h, ROW, quad.dh, 1, at, RING - 1);
    r2 = from(quad.h, ROW, quad.dh, 2, at, RING - 1); r3 = from(quad.h, ROW, quad.dh, 3, at, RING - 1);
    a = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5); b = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7); c = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5); d = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7);
    const ha = v128.shuffle<f32>(a, c, 0, 1, 4, 5), hb = v128.shuffle<f32>(a, c, 2, 3, 6, 7), hc = v128.shuffle<f32>(b, d, 0, 1, 4, 5), hd = v128.shuffle<f32>(b, d, 2, 3, 6, 7);
    // Lagrange, four frames
    const wa = f32x4.add(f32x4.add(f32x4.mul(cv0, va), f32x4.mul(cv1, v1)), f32x4.add(f32x4.mul(cv2, v2), f32x4.mul(cv3, v3)));
    const wb = f32x4.add(f32x4.add(f32x4.mul(cv0, vb), f32x4.mul(cv1, va)), f32x4.add(f32x4.mul(cv2, v1), f32x4.mul(cv3, v2)));
    const wc = f32x4.add(f32x4.add(f32x4.mul(cv0, vc), f32x4.mul(cv1, vb)), f32x4.add(f32x4.mul(cv2, va), f32x4.mul(cv3, v1)));
    const wd = f32x4.add(f32x4.add(f32x4.mul(cv0, vd), f32x4.mul(cv1, vc)), f32x4.add(f32x4.mul(cv2, vb), f32x4.mul(cv3, va)));
    v1 = vd; v2 = vc; v3 = vb;
    const ga = f32x4.add(f32x4.add(f32x4.mul(ch0, ha), f32x4.mul(ch1, h1)), f32x4.add(f32x4.mul(ch2, h2), f32x4.mul(ch3, h3)));
    const gb = f32x4.add(f32x4.add(f32x4.mul(ch0, hb), f32x4.mul(ch1, ha)), f32x4.add(f32x4.mul(ch2, h1), f32x4.mul(ch3, h2)));
    const gc = f32x4.add(f32x4.add(f32x4.mul(ch0, hc), f32x4.mul(ch1, hb)), f32x4.add(f32x4.mul(ch2, ha), f32x4.mul(ch3, h1)));
    const gd = f32x4.add(f32x4.add(f32x4.mul(ch0, hd), f32x4.mul(ch1, hc)), f32x4.add(f32x4.mul(ch2, hb), f32x4.mul(ch3, ha)));
    h1 = hd; h2 = hc; h3 = hb;
    // loss filters, coupling
    yv = f32x4.add(f32x4.add(f32x4.mul(b0, wa), f32x4.mul(b1, xv)), f32x4.mul(a1, yv));
    yh = f32x4.add(f32x4.add(f32x4.mul(b0, ga), f32x4.mul(b1, xh)), f32x4.mul(a1, yh));
    let x = f32x4.mul(kc, f32x4.sub(yh, yv));
    const na = f32x4.add(f32x4.add(yv, x), f32x4.mul(g8, e0)), ma = f32x4.add(f32x4.sub(yh, x), f32x4.mul(g3, e0));
    yv = f32x4.add(f32x4.add(f32x4.mul(b0, wb), f32x4.mul(b1, wa)), f32x4.mul(a1, yv));
    yh = f32x4.add(f32x4.add(f32x4.mul(b0, gb), f32x4.mul(b1, ga)), f32x4.mul(a1, yh));
    x = f32x4.mul(kc, f32x4.sub(yh, yv));
    const nb = f32x4.add(f32x4.add(yv, x), f32x4.mul(g8, e1)), mb = f32x4.add(f32x4.sub(yh, x), f32x4.mul(g3, e1));
    yv = f32x4.add(f32x4.add(f32x4.mul(b0, wc), f32x4.mul(b1, wb)), f32x4.mul(a1, yv));
    yh = f32x4.add(f32x4.add(f32x4.mul(b0, gc), f32x4.mul(b1, gb)), f32x4.mul(a1, yh));
    x = f32x4.mul(kc, f32x4.sub(yh, yv));
    const nc = f32x4.add(f32x4.add(yv, x), f32x4.mul(g8, e2)), mc = f32x4.add(f32x4.sub(yh, x), f32x4.mul(g3, e2));
    yv = f32x4.add(f32x4.add(f32x4.mul(b0, wd), f32x4.mul(b1, wc)), f32x4.mul(a1, yv));
    yh = f32x4.add(f32x4.add(f32x4.mul(b0, gd), f32x4.mul(b1, gc)), f32x4.mul(a1, yh));
    x = f32x4.mul(kc, f32x4.sub(yh, yv));
    const nd = f32x4.add(f32x4.add(yv, x), f32x4.mul(g8, e3)), md = f32x4.add(f32x4.sub(yh, x), f32x4.mul(g3, e3));
    xv = wd;
    xh = gd;
    a = v128.shuffle<f32>(na, nb, 0, 4, 1, 5); b = v128.shuffle<f32>(na, nb, 2, 6, 3, 7); c = v128.shuffle<f32>(nc, nd, 0, 4, 1, 5); d = v128.shuffle<f32>(nc, nd, 2, 6, 3, 7);
    keep(quad.v, ROW, 0, at, RING, v128.shuffle<f32>(a, c, 0, 1, 4, 5));
    keep(quad.v, ROW, 1, at, RING, v128.shuffle<f32>(a, c, 2, 3, 6, 7));
    keep(quad.v, ROW, 2, at, RING, v128.shuffle<f32>(b, d, 0, 1, 4, 5));
    keep(quad.v, ROW, 3, at, RING, v128.shuffle<f32>(b, d, 2, 3, 6, 7));
    a = v128.shuffle<f32>(ma, mb, 0, 4, 1, 5); b = v128.shuffle<f32>(ma, mb, 2, 6, 3, 7); c = v128.shuffle<f32>(mc, md, 0, 4, 1, 5); d = v128.shuffle<f32>(mc, md, 2, 6, 3, 7);
    keep(quad.h, ROW, 0, at, RING, v128.shuffle<f32>(a, c, 0, 1, 4, 5));
    keep(quad.h, ROW, 1, at, RING, v128.shuffle<f32>(a, c, 2, 3, 6, 7));
    keep(quad.h, ROW, 2, at, RING, v128.shuffle<f32>(b, d, 0, 1, 4, 5));
    keep(quad.h, ROW, 3, at, RING, v128.shuffle<f32>(b, d, 2, 3, 6, 7));
    // four voices summed, a frame a lane
    const oa = f32x4.add(wa, f32x4.mul(g6, ga)), ob = f32x4.add(wb, f32x4.mul(g6, gb)), oc = f32x4.add(wc, f32x4.mul(g6, gc)), od = f32x4.add(wd, f32x4.mul(g6, gd));
    a = v128.shuffle<f32>(oa, ob, 0, 4, 1, 5); b = v128.shuffle<f32>(oa, ob, 2, 6, 3, 7); c = v128.shuffle<f32>(oc, od, 0, 4, 1, 5); d = v128.shuffle<f32>(oc, od, 2, 6, 3, 7);
    const sum = f32x4.add(f32x4.add(v128.shuffle<f32>(a, c, 0, 1, 4, 5), v128.shuffle<f32>(a, c, 2, 3, 6, 7)), f32x4.add(v128.shuffle<f32>(b, d, 0, 1, 4, 5), v128.shuffle<f32>(b, d, 2, 3, 6, 7)));
    const to = out + <usize>(i << 2);
    v128.store(to, f32x4.add(v128.load(to), sum));
    p += 4;
  }
  quad.at = p & 0xffff;
  v128.store(s, seed); v128.store(s, env, 16); v128.store(s, low, 32);
  v128.store(s, xv, 48); v128.store(s, yv, 64); v128.store(s, xh, 80); v128.store(s, yh, 96);
  v128.store(s, v1, 112); v128.store(s, v2, 128); v128.store(s, v3, 144);
  v128.store(s, h1, 160); v128.store(s, h2, 176); v128.store(s, h3, 192);
}
export function process(): void {
  memory.fill(bus, 0, 4 * 512);
  for (let q = 0; q < 8; q++) process4(changetype<Quad>(quads[q]), bus + <usize>((q >> 1) * 512));
  // bodies: an instrument a lane
  let x1 = v128.load(bodyS, 256), x2 = v128.load(bodyS, 272);
  for (let i = 0; i < 128; i += 4) {
    const o = <usize>(i << 2);
    const r0 = v128.load(bus + o), r1 = v128.load(bus + o, 512), r2 = v128.load(bus + o, 1024), r3 = v128.load(bus + o, 1536);
    const a = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5), b = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7), c = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5), d = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7);
    const to = mixed + (o << 2);
    v128.store(to, v128.shuffle<f32>(a, c, 0, 1, 4, 5));
    v128.store(to, v128.shuffle<f32>(a, c, 2, 3, 6, 7), 16);
    v128.store(to, v128.shuffle<f32>(b, d, 0, 1, 4, 5), 32);
    v128.store(to, v128.shuffle<f32>(b, d, 2, 3, 6, 7), 48);
  }
  const pl = v128.load(bodyK, 384), pr = v128.load(bodyK, 400);
  // four resonators at a time, their states in registers
  for (let half = 0; half < 2; half++) {
    const co = bodyK + <usize>(half * 192);
    const st = bodyS + <usize>(half * 128);
    const c0 = v128.load(co), c1 = v128.load(co, 48), c2 = v128.load(co, 96), c3 = v128.load(co, 144);
    let p1 = v128.load(st), p2 = v128.load(st, 16), q1 = v128.load(st, 32), q2 = v128.load(st, 48);
    let r1 = v128.load(st, 64), r2 = v128.load(st, 80), s1 = v128.load(st, 96), s2 = v128.load(st, 112);
    let u1 = x1, u2 = x2;
    for (let i = 0; i < 128; i++) {
      const x = v128.load(mixed + <usize>(i << 4));
      const dx = f32x4.sub(x, u2);
      u2 = u1;
      u1 = x;
      const p = f32x4.sub(f32x4.sub(f32x4.mul(c0, dx), f32x4.mul(v128.load(co, 32), p2)), f32x4.mul(v128.load(co, 16), p1));
      const q = f32x4.sub(f32x4.sub(f32x4.mul(c1, dx), f32x4.mul(v128.load(co, 80), q2)), f32x4.mul(v128.load(co, 64), q1));
      const r = f32x4.sub(f32x4.sub(f32x4.mul(c2, dx), f32x4.mul(v128.load(co, 128), r2)), f32x4.mul(v128.load(co, 112), r1));
      const z = f32x4.sub(f32x4.sub(f32x4.mul(c3, dx), f32x4.mul(v128.load(co, 176), s2)), f32x4.mul(v128.load(co, 160), s1));
      p2 = p1; p1 = p; q2 = q1; q1 = q; r2 = r1; r1 = r; s2 = s1; s1 = z;
      const y = f32x4.add(f32x4.add(p, q), f32x4.add(r, z));
      const to = summed + <usize>(i << 4);
      v128.store(to, f32x4.add(half == 0 ? x : v128.load(to), y));
    }
    v128.store(st, p1); v128.store(st, p2, 16); v128.store(st, q1, 32); v128.store(st, q2, 48);
    v128.store(st, r1, 64); v128.store(st, r2, 80); v128.store(st, s1, 96); v128.store(st, s2, 112);
    if (half == 1) {
      x1 = u1;
      x2 = u2;
    }
  }
  for (let i = 0; i < 128; i += 4) {
    const at = summed + <usize>(i << 4);
    const y0 = v128.load(at), y1 = v128.load(at, 16), y2 = v128.load(at, 32), y3 = v128.load(at, 48);
    v128.store(outL + <usize>(i << 2), across(f32x4.mul(pl, y0), f32x4.mul(pl, y1), f32x4.mul(pl, y2), f32x4.mul(pl, y3)));
    v128.store(outR + <usize>(i << 2), across(f32x4.mul(pr, y0), f32x4.mul(pr, y1), f32x4.mul(pr, y2), f32x4.mul(pr, y3)));
  }
  v128.store(bodyS, x1, 256);
  v128.store(bodyS, x2, 272);
}
// @ts-ignore: decorator
@inline
function across(r0: v128, r1: v128, r2: v128, r3: v128): v128 {
  const a = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5), b = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7), c = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5), d = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7);
  return f32x4.add(f32x4.add(v128.shuffle<f32>(a, c, 0, 1, 4, 5), v128.shuffle<f32>(a, c, 2, 3, 6, 7)), f32x4.add(v128.shuffle<f32>(b, d, 0, 1, 4, 5), v128.shuffle<f32>(b, d, 2, 3, 6, 7)));
}
