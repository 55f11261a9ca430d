import { alloc } from "./memory";
import { nextNoise, white } from "./noise";

/** A burst of noise through a band-pass: nail, plectrum, fingertip on a fret. */
@unmanaged
class Burst {
  level: f32 = 0;
  fall: f32 = 0;
  f: f32 = 0;
  low: f32 = 0;
  band: f32 = 0;
  seed: u32 = 0;
}
export function burstMake(): usize {
  return alloc(offsetof<Burst>());
}
/** A burst, unless a louder one still sounds: level, frames to 1/e, centre of the band in Hz at 48 kHz. */
export function burstFire(at: usize, level: f32, frames: f32, hertz: f32, seed: u32): void {
  const b = changetype<Burst>(at);
  if (!(level > b.level)) return;
  b.level = level;
  b.fall = NativeMathf.exp(-1 / max<f32>(frames, 1));
  b.f = 2 * NativeMathf.sin((<f32>Math.PI * min<f32>(max<f32>(hertz, 20), 7000)) / 48000);
  b.seed = seed;
}
/** Adds `count` frames to `out`. */
export function burstProcess(at: usize, out: usize, count: i32): void {
  const b = changetype<Burst>(at);
  if (b.level < 5e-5) return;
  let seed = b.seed;
  let low = b.low;
  let band = b.band;
  let level = b.level;
  const f = b.f;
  const fall = b.fall;
  for (let i = 0; i < count; i++) {
    seed = nextNoise(seed);
    low += f * band;
    band += f * (white(seed) * level - low - band);
    level *= fall;
    store<f32>(out + (i << 2), load<f32>(out + (i << 2)) + band);
  }
  b.seed = seed;
  b.low = low;
  b.band = band;
  b.level = level;
  if (level < 5e-5) b.low = b.band = b.level = 0;
}
