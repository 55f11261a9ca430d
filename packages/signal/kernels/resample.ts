/**
 * Polyphase resampling by up/down with a bank of `up` filters of `taps` (a multiple of 4)
 * coefficients. Output i reads input from floor(i down / up) on; the caller shifts the input so
 * that the filter is centred. `phase` is the position of the first output, in 1/up of an input.
 */
export function resample(input: usize, output: usize, count: i32, bank: usize, taps: i32, up: i32, down: i32, phase: i32): void {
  let at: i64 = phase;
  for (let i = 0; i < count; i++) {
    const whole = <i32>(at / up);
    const row = <i32>(at - <i64>whole * up);
    let a = input + (whole << 2);
    let b = bank + ((row * taps) << 2);
    let sum = f32x4.splat(0);
    for (let k = 0; k < taps; k += 4) {
      sum = f32x4.add(sum, f32x4.mul(v128.load(a), v128.load(b)));
      a += 16;
      b += 16;
    }
    store<f32>(output + (i << 2), f32x4.extract_lane(sum, 0) + f32x4.extract_lane(sum, 1) + f32x4.extract_lane(sum, 2) + f32x4.extract_lane(sum, 3));
    at += down;
  }
}
