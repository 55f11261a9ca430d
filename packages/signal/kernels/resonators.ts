import { alloc } from "./memory";

/** A body: parallel two-pole resonators plus a share of the direct sound through a low-pass. */
@unmanaged
class Body {
  count: i32 = 0;
  modes: usize = 0; // per mode: gain, a1, a2, y1, y2
  direct: f32 = 0;
  pole: f32 = 0;
  low: f32 = 0;
  x1: f32 = 0;
  x2: f32 = 0;
}
/** A body with room for `count` modes. */
export function bodyMake(count: i32): usize {
  const body = changetype<Body>(alloc(offsetof<Body>()));
  body.count = count;
  body.modes = alloc(count * 20);
  return changetype<usize>(body);
}
/** Mode `k`: centre frequency in Hz, quality, gain at the centre. */
export function bodyMode(at: usize, k: i32, hertz: f64, quality: f64, gain: f64, rate: f64): void {
  const body = changetype<Body>(at);
  const w = (2 * Math.PI * hertz) / rate;
  const alpha = NativeMath.sin(w) / (2 * quality);
  const m = body.modes + k * 20;
  store<f32>(m, <f32>((gain * alpha) / (1 + alpha)));
  store<f32>(m + 4, <f32>((-2 * NativeMath.cos(w)) / (1 + alpha)));
  store<f32>(m + 8, <f32>((1 - alpha) / (1 + alpha)));
}
/** Direct sound: gain, and pole of the one-pole low-pass it passes. */
export function bodyDirect(at: usize, direct: f32, pole: f32): void {
  const body = changetype<Body>(at);
  body.direct = direct;
  body.pole = pole;
}
/** Replaces `count` frames by the body's response. */
export function bodyProcess(at: usize, io: usize, count: i32): void {
  const body = changetype<Body>(at);
  for (let i = 0; i < count; i++) {
    const x = load<f32>(io + (i << 2)) + <f32>1e-18;
    const d = x - body.x2; // band-pass numerator 1 - z^-2
    body.x2 = body.x1;
    body.x1 = x;
    body.low += body.pole * (x - body.low);
    let y = body.direct * body.low;
    for (let k = 0; k < body.count; k++) {
      const m = body.modes + k * 20;
      const y1 = load<f32>(m + 12);
      const out = load<f32>(m) * d - load<f32>(m + 4) * y1 - load<f32>(m + 8) * load<f32>(m + 16);
      store<f32>(m + 16, y1);
      store<f32>(m + 12, out);
      y += out;
    }
    store<f32>(io + (i << 2), y);
  }
}
