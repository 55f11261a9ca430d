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
    store<f32>(output + (i << 2), product(input + (whole << 2), bank + ((row * taps) << 2), taps));
    at += down;
  }
}

/** The same with a bank of `rows` + 1 filters, from one input sample to the next: what lies between two of them is mixed of both. */
export function resampleBetween(input: usize, output: usize, count: i32, bank: usize, rows: i32, taps: i32, up: i32, down: i32, phase: i32): void {
  let at: i64 = phase;
  for (let i = 0; i < count; i++) {
    const whole = <i32>(at / up);
    const place = (<f64>(at - <i64>whole * up) * rows) / up;
    const row = <i32>place;
    const a = input + (whole << 2);
    const b = bank + ((row * taps) << 2);
    const low = product(a, b, taps);
    const high = product(a, b + (taps << 2), taps);
    store<f32>(output + (i << 2), low + <f32>(place - row) * (high - low));
    at += down;
  }
}

// @ts-ignore: decorator
@inline
function product(a: usize, b: usize, taps: i32): f32 {
  let sum = f32x4.splat(0);
  for (let k = 0; k < taps; k += 4) {
    sum = f32x4.add(sum, f32x4.mul(v128.load(a + (k << 2)), v128.load(b + (k << 2))));
  }
  return f32x4.extract_lane(sum, 0) + f32x4.extract_lane(sum, 1) + f32x4.extract_lane(sum, 2) + f32x4.extract_lane(sum, 3);
}
