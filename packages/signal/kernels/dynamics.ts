import { alloc } from "./memory";
import { bounded, radians, ratioOf, setting, smoothing, RATE } from "./units";

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
/** A gate that is shut. */
export function gateMake(): usize {
  const at = alloc(offsetof<Gate>());
  changetype<Gate>(at).gain = -1;
  return at;
}
/** Settings: threshold and floor in dB, attack, hold and release in ms. It closes 4 dB under where it opens. */
export function gateSet(at: usize, p: usize): void {
  const g = changetype<Gate>(at);
  g.open = ratioOf(setting(p, 0));
  g.close = g.open * <f32>0.63;
  g.floor = ratioOf(min<f64>(0, setting(p, 1)));
  g.attack = smoothing(setting(p, 2), 1);
  g.hold = <i32>nearest((setting(p, 3) / 1000) * RATE);
  g.release = smoothing(setting(p, 4), 1);
  if (g.gain < 0) g.gain = g.floor;
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
export function saturatorMake(): usize {
  return alloc(offsetof<Saturator>());
}
/** Settings: drive into the curve in dB (what comes out is taken back by as much), share of it, and how far it leans to one side: even harmonics. */
export function saturatorSet(at: usize, p: usize): void {
  const s = changetype<Saturator>(at);
  const isNew = s.drive == 0;
  s.drive = ratioOf(bounded(setting(p, 0), -24, 48));
  s.level = 1 / s.drive;
  s.mix = <f32>bounded(setting(p, 1), 0, 1);
  s.bias = <f32>(0.6 * bounded(setting(p, 2), 0, 1));
  if (isNew) s.xl = s.xr = s.bias;
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
export function crossoverMake(): usize {
  const at = alloc(offsetof<Crossover>());
  changetype<Crossover>(at).z = alloc(2 * 6 * 8);
  return at;
}
/** Settings: the two frequencies, in whichever order. */
export function crossoverSet(at: usize, p: usize): void {
  const c = changetype<Crossover>(at);
  c.g1 = <f32>NativeMath.tan(radians(min<f64>(setting(p, 0), setting(p, 1))) * 0.5);
  c.g2 = <f32>NativeMath.tan(radians(max<f64>(setting(p, 0), setting(p, 1))) * 0.5);
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
