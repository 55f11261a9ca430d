/** dst += src * gain, the gain moving in a straight line from `from` to `to` over `count` (multiple of 4) frames. */
export function mixRamp(dst: usize, src: usize, count: i32, from: f32, to: f32): void {
  if (from == 0 && to == 0) return;
  const step = (to - from) / <f32>count;
  let gain = f32x4.add(f32x4.splat(from), f32x4.mul(f32x4.splat(step), f32x4(0, 1, 2, 3)));
  const move = f32x4.splat(step * 4);
  for (let i = 0; i < count; i += 4) {
    const at = i << 2;
    v128.store(dst + at, f32x4.add(v128.load(dst + at), f32x4.mul(v128.load(src + at), gain)));
    gain = f32x4.add(gain, move);
  }
}
/** Scales `count` frames in place, the gain moving in a straight line. */
export function gainRamp(io: usize, count: i32, from: f32, to: f32): void {
  const step = (to - from) / <f32>count;
  let gain = f32x4.add(f32x4.splat(from), f32x4.mul(f32x4.splat(step), f32x4(0, 1, 2, 3)));
  const move = f32x4.splat(step * 4);
  for (let i = 0; i < count; i += 4) {
    const at = i << 2;
    v128.store(io + at, f32x4.mul(v128.load(io + at), gain));
    gain = f32x4.add(gain, move);
  }
}
/** Greatest absolute value of `count` (multiple of 4) frames. */
export function peakOf(at: usize, count: i32): f32 {
  let top = f32x4.splat(0);
  for (let i = 0; i < count; i += 4) top = f32x4.max(top, f32x4.abs(v128.load(at + (i << 2))));
  return max(max(f32x4.extract_lane(top, 0), f32x4.extract_lane(top, 1)), max(f32x4.extract_lane(top, 2), f32x4.extract_lane(top, 3)));
}
/** dst += src * gain over `count` frames. */
export function addInto(dst: usize, src: usize, count: i32, gain: f32): void {
  const gains = f32x4.splat(gain);
  let i = 0;
  for (; i + 4 <= count; i += 4) {
    const at = <usize>(i << 2);
    v128.store(dst + at, f32x4.add(v128.load(dst + at), f32x4.mul(v128.load(src + at), gains)));
  }
  for (; i < count; i++) {
    const at = <usize>(i << 2);
    store<f32>(dst + at, load<f32>(dst + at) + load<f32>(src + at) * gain);
  }
}
/** Adds `count` frames of a mono buffer to both sides. */
export function addBoth(mono: usize, left: usize, right: usize, count: i32): void {
  let i = 0;
  for (; i + 4 <= count; i += 4) {
    const at = <usize>(i << 2);
    const x = v128.load(mono + at);
    v128.store(left + at, f32x4.add(v128.load(left + at), x));
    v128.store(right + at, f32x4.add(v128.load(right + at), x));
  }
  for (; i < count; i++) {
    const at = <usize>(i << 2);
    const x = load<f32>(mono + at);
    store<f32>(left + at, load<f32>(left + at) + x);
    store<f32>(right + at, load<f32>(right + at) + x);
  }
}
/** Whether both buffers hold nothing but zeros. */
export function areSilent(left: usize, right: usize, count: i32): i32 {
  for (let i = 0; i < count; i += 4) {
    const at = <usize>(i << 2);
    if (v128.any_true(f32x4.ne(v128.or(v128.load(left + at), v128.load(right + at)), f32x4.splat(0)))) return 0;
  }
  return 1;
}
/** Scales a block of 128 frames at `left`, and the right side behind it, by the gains of `faderGains`. */
export function scale(left: usize, gains: usize): void {
  for (let at: usize = 0; at < 1024; at += 16) v128.store(left + at, f32x4.mul(v128.load(left + at), v128.load(gains + at)));
}
/**
 * A fader: scales a block of 128 frames at `left`, and the right side behind it, by the gains of `faderGains`, and adds them to `sumLeft`,
 * with its right side behind it; then, times their own gains, to `count` sends, whose left sides' addresses stand at `sends` (0 for none).
 * The greatest absolute value goes to `peak`.
 */
export function stripMix(left: usize, gains: usize, sumLeft: usize, sends: usize, count: i32, peak: usize): void {
  const right = left + 512;
  const sumRight = sumLeft + 512;
  let top = f32x4.splat(0);
  for (let at: usize = 0; at < 512; at += 16) {
    const l = f32x4.mul(v128.load(left + at), v128.load(gains + at));
    const r = f32x4.mul(v128.load(right + at), v128.load(gains + at, 512));
    v128.store(left + at, l);
    v128.store(right + at, r);
    v128.store(sumLeft + at, f32x4.add(v128.load(sumLeft + at), l));
    v128.store(sumRight + at, f32x4.add(v128.load(sumRight + at), r));
    top = f32x4.max(top, f32x4.max(f32x4.abs(l), f32x4.abs(r)));
  }
  for (let k = 0; k < count; k++) {
    const toLeft = <usize>load<u32>(sends + <usize>(k << 2));
    if (toLeft == 0) continue;
    const own = gains + <usize>((k + 2) << 9);
    for (let at: usize = 0; at < 512; at += 16) {
      const gain = v128.load(own + at);
      v128.store(toLeft + at, f32x4.add(v128.load(toLeft + at), f32x4.mul(v128.load(left + at), gain)));
      v128.store(toLeft + at, f32x4.add(v128.load(toLeft + at, 512), f32x4.mul(v128.load(right + at), gain)), 512);
    }
  }
  store<f32>(peak, max(max(f32x4.extract_lane(top, 0), f32x4.extract_lane(top, 1)), max(f32x4.extract_lane(top, 2), f32x4.extract_lane(top, 3))));
}
