import { alloc } from "./memory";

/** A gate: opens above its threshold, holds, closes. */
@unmanaged
class Gate {
  open: f32 = 0;
  close: f32 = 0;
  attack: f32 = 0;
  release: f32 = 0;
  hold: i32 = 0;
  left: i32 = 0;
  level: f32 = 0;
  gain: f32 = 0;
  floor: f32 = 0;
}
/** Threshold and floor as ratios, attack and release as one-pole coefficients per frame, hold in frames. It closes 4 dB under where it opens. */
export function gateMake(threshold: f32, floor: f32, attack: f32, release: f32, hold: i32): usize {
  const at = alloc(offsetof<Gate>());
  gateSet(at, threshold, floor, attack, release, hold);
  changetype<Gate>(at).gain = floor;
  return at;
}
/** Sets a gate otherwise while it runs. */
export function gateSet(at: usize, threshold: f32, floor: f32, attack: f32, release: f32, hold: i32): void {
  const g = changetype<Gate>(at);
  g.open = threshold;
  g.close = threshold * <f32>0.63;
  g.attack = attack;
  g.release = release;
  g.hold = hold;
  g.floor = floor;
}
export function gateProcess(at: usize, left: usize, right: usize, count: i32): void {
  const g = changetype<Gate>(at);
  for (let i = 0; i < count; i++) {
    const o = i << 2;
    const l = load<f32>(left + o);
    const r = load<f32>(right + o);
    const m = max<f32>(abs(l), abs(r));
    g.level = m > g.level ? m : g.level * <f32>0.9995;
    if (g.level > g.open) g.left = g.hold;
    else if (g.left > 0 && g.level < g.close) g.left--;
    const target: f32 = g.left > 0 ? 1 : g.floor;
    g.gain += (target - g.gain) * (target > g.gain ? g.attack : g.release);
    store<f32>(left + o, l * g.gain);
    store<f32>(right + o, r * g.gain);
  }
  if (g.level < 1e-15) g.level = 0;
}

/** Saturation with first-order antiderivative anti-aliasing (Parker, Zavalishin, Le Bivic, DAFx 2016). */
@unmanaged
class Saturator {
  drive: f32 = 1;
  level: f32 = 1;
  mix: f32 = 1;
  bias: f32 = 0;
  xl: f32 = 0;
  xr: f32 = 0;
}
/** Gain into the curve, gain after it, share of it, and an offset that makes even harmonics. */
export function saturatorMake(drive: f32, level: f32, mix: f32, bias: f32): usize {
  const at = alloc(offsetof<Saturator>());
  saturatorSet(at, drive, level, mix, bias);
  const s = changetype<Saturator>(at);
  s.xl = s.xr = bias;
  return at;
}
/** Sets a saturator otherwise while it runs. */
export function saturatorSet(at: usize, drive: f32, level: f32, mix: f32, bias: f32): void {
  const s = changetype<Saturator>(at);
  s.drive = drive;
  s.level = level;
  s.mix = mix;
  s.bias = bias;
}
// x / sqrt(1 + x^2), whose integral is sqrt(1 + x^2)
// @ts-ignore: decorator
@inline
function curve(x: f32, last: f32): f32 {
  const d = x - last;
  if (abs(d) < 1e-3) {
    const m = (x + last) * <f32>0.5;
    return m / sqrt<f32>(1 + m * m);
  }
  return (sqrt<f32>(1 + x * x) - sqrt<f32>(1 + last * last)) / d;
}
export function saturatorProcess(at: usize, left: usize, right: usize, count: i32): void {
  const s = changetype<Saturator>(at);
  const rest = s.bias / sqrt<f32>(1 + s.bias * s.bias);
  for (let i = 0; i < count; i++) {
    const o = i << 2;
    const l = load<f32>(left + o);
    const r = load<f32>(right + o);
    const xl = min<f32>(max<f32>(l * s.drive + s.bias, -100), 100);
    const xr = min<f32>(max<f32>(r * s.drive + s.bias, -100), 100);
    store<f32>(left + o, l + s.mix * ((curve(xl, s.xl) - rest) * s.level - l));
    store<f32>(right + o, r + s.mix * ((curve(xr, s.xr) - rest) * s.level - r));
    s.xl = xl;
    s.xr = xr;
  }
}

/** Splits a pair into three bands that add up flat: Linkwitz-Riley of fourth order, the low band through the upper crossover's allpass. */
@unmanaged
class Crossover {
  /** Second-order sections in state-variable form: per side and stage two states. */
  z: usize = 0;
  g1: f32 = 0;
  g2: f32 = 0;
}
const DAMP: f32 = 1.4142135;
export function crossoverMake(lowW: f64, highW: f64): usize {
  const at = alloc(offsetof<Crossover>());
  changetype<Crossover>(at).z = alloc(2 * 6 * 8);
  crossoverSet(at, lowW, highW);
  return at;
}
/** Moves the two frequencies while it runs. */
export function crossoverSet(at: usize, lowW: f64, highW: f64): void {
  const c = changetype<Crossover>(at);
  c.g1 = <f32>NativeMath.tan(min(max(lowW, 1e-4), 3.0) * 0.5);
  c.g2 = <f32>NativeMath.tan(min(max(highW, 1e-4), 3.0) * 0.5);
}
let outLow: f32 = 0;
let outBand: f32 = 0;
let outHigh: f32 = 0;
// @ts-ignore: decorator
@inline
function svf(z: usize, x: f32, g: f32): void {
  const i1 = load<f32>(z);
  const i2 = load<f32>(z + 4);
  const h = (x - (DAMP + g) * i1 - i2) / (1 + g * (DAMP + g));
  const b = g * h + i1;
  const l = g * b + i2;
  store<f32>(z, g * h + b);
  store<f32>(z + 4, g * b + l);
  outLow = l;
  outBand = b;
  outHigh = h;
}
/** `low`, `mid` and `high` each receive `count` frames of one side (0 left, 1 right). */
export function crossoverProcess(at: usize, side: i32, input: usize, low: usize, mid: usize, high: usize, count: i32): void {
  const c = changetype<Crossover>(at);
  const z = c.z + side * 48;
  for (let i = 0; i < count; i++) {
    const o = i << 2;
    const x = load<f32>(input + o) + <f32>1e-18;
    svf(z, x, c.g1);
    const l1 = outLow;
    const h1 = outHigh;
    svf(z + 8, l1, c.g1);
    const lows = outLow;
    svf(z + 16, h1, c.g1);
    const rest = outHigh;
    svf(z + 24, rest, c.g2);
    const l2 = outLow;
    const h2 = outHigh;
    svf(z + 32, l2, c.g2);
    store<f32>(mid + o, outLow);
    svf(z + 40, h2, c.g2);
    store<f32>(high + o, outHigh);
    store<f32>(low + o, lows);
  }
}
/** Sends `io` through the crossover's upper allpass, so that the low band stays in phase with the two above; `at` is a crossover of its own. */
export function crossoverAlign(at: usize, side: i32, io: usize, count: i32): void {
  const c = changetype<Crossover>(at);
  const z = c.z + side * 48;
  for (let i = 0; i < count; i++) {
    const o = i << 2;
    svf(z, load<f32>(io + o) + <f32>1e-18, c.g2);
    store<f32>(io + o, outLow - DAMP * outBand + outHigh);
  }
}
