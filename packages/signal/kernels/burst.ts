import { linearMake, linearProcess, linearSet } from "./linear";
import { alloc, arg, arg32 } from "./memory";
import { addInto } from "./mix";
import { addNoise, nextNoise, power } from "./noise";

/** A burst of noise through a band-pass (a state-variable filter; Chamberlin 1985): nail, plectrum, fingertip on a fret. */
@unmanaged
class Burst {
  level: f32 = 0;
  fall: f32 = 0;
  seed: u32 = 0; // of the next frame
  left: i32 = 0; // frames until it is 86 dB down: told once, so that it ends there wherever a block is cut
  filter: usize = 0;
  own: usize = 0; // 128 frames
}
const FAINT: f32 = 5e-5;
export function burstMake(): usize {
  const b = changetype<Burst>(alloc(offsetof<Burst>()));
  b.filter = linearMake();
  b.own = alloc(512);
  return changetype<usize>(b);
}
export function burstSounds(at: usize): bool {
  return changetype<Burst>(at).left > 0;
}
/** A burst, unless a louder one still sounds. Handed over: level, frames to 1/e, centre of the band in Hz at 48 kHz, seed. */
export function burstFire(at: usize): void {
  const b = changetype<Burst>(at);
  const level = arg32(0);
  const hertz = arg32(2);
  if (!(level > (b.left > 0 ? b.level : FAINT))) return;
  const frames = max<f32>(arg32(1), 1);
  b.level = level;
  b.fall = NativeMathf.exp(-1 / frames);
  b.left = <i32>(frames * NativeMathf.log(level / FAINT)) + 1;
  b.seed = nextNoise(<u32>arg(3));
  // low += f band, then band += f (noise - low - band); the states are band and low, band is heard
  const f: f32 = 2 * NativeMathf.sin((<f32>Math.PI * min<f32>(max<f32>(hertz, 20), 7000)) / 48000);
  const keep: f32 = 1 - f - f * f;
  linearSet(b.filter, keep, -f, f, 1, f, 0, keep, -f, f);
}
/** Silences it. */
export function burstClear(at: usize): void {
  changetype<Burst>(at).left = 0;
}
/** Adds `count` frames, at most 128, to `out`. */
export function burstProcess(at: usize, out: usize, count: i32): void {
  const b = changetype<Burst>(at);
  if (b.left <= 0) return;
  memory.fill(b.own, 0, 512);
  count = min(count, b.left);
  b.left -= count;
  b.seed = addNoise(b.own, b.seed, b.level, b.fall, count);
  b.level *= power(b.fall, count);
  linearProcess(b.filter, b.own, count);
  addInto(out, b.own, count, 1);
}
