/**
 * One layer of a convolutional network along frequency:
 * out[o][p] = bias[o] + sum over inputs i and taps t of weight * in[i][p + offset[t]], negative sums cut to 0 when `rectify`.
 * Rows of `input` and `out` lie `stride` floats apart; `outputs` and `count` are multiples of 4 and 8.
 * Weights come four outputs at a time: [output / 4][input][tap][4]. Offsets are in bytes.
 */
export function convolve(
  input: usize,
  stride: i32,
  inputs: i32,
  offsets: usize,
  taps: i32,
  weights: usize,
  bias: usize,
  out: usize,
  outputs: i32,
  count: i32,
  rectify: i32,
): void {
  const row = <usize>(stride << 2);
  const zero = f32x4.splat(0);
  for (let o = 0; o < outputs; o += 4) {
    const block = weights + <usize>((o * inputs * taps) << 2);
    for (let p = 0; p < count; p += 8) {
      let a0 = v128.load32_splat(bias + (o << 2));
      let a1 = v128.load32_splat(bias + (o << 2), 4);
      let a2 = v128.load32_splat(bias + (o << 2), 8);
      let a3 = v128.load32_splat(bias + (o << 2), 12);
      let b0 = a0;
      let b1 = a1;
      let b2 = a2;
      let b3 = a3;
      let w = block;
      let from = input + <usize>(p << 2);
      for (let i = 0; i < inputs; i++) {
        for (let t = 0; t < taps; t++) {
          const at = from + <usize>load<i32>(offsets + (t << 2));
          const x = v128.load(at);
          const y = v128.load(at, 16);
          const w0 = v128.load32_splat(w);
          const w1 = v128.load32_splat(w, 4);
          const w2 = v128.load32_splat(w, 8);
          const w3 = v128.load32_splat(w, 12);
          a0 = f32x4.add(a0, f32x4.mul(x, w0));
          b0 = f32x4.add(b0, f32x4.mul(y, w0));
          a1 = f32x4.add(a1, f32x4.mul(x, w1));
          b1 = f32x4.add(b1, f32x4.mul(y, w1));
          a2 = f32x4.add(a2, f32x4.mul(x, w2));
          b2 = f32x4.add(b2, f32x4.mul(y, w2));
          a3 = f32x4.add(a3, f32x4.mul(x, w3));
          b3 = f32x4.add(b3, f32x4.mul(y, w3));
          w += 16;
        }
        from += row;
      }
      if (rectify) {
        a0 = f32x4.max(a0, zero);
        b0 = f32x4.max(b0, zero);
        a1 = f32x4.max(a1, zero);
        b1 = f32x4.max(b1, zero);
        a2 = f32x4.max(a2, zero);
        b2 = f32x4.max(b2, zero);
        a3 = f32x4.max(a3, zero);
        b3 = f32x4.max(b3, zero);
      }
      const to = out + <usize>((o * stride + p) << 2);
      v128.store(to, a0);
      v128.store(to, b0, 16);
      v128.store(to + row, a1);
      v128.store(to + row, b1, 16);
      v128.store(to + 2 * row, a2);
      v128.store(to + 2 * row, b2, 16);
      v128.store(to + 3 * row, a3);
      v128.store(to + 3 * row, b3, 16);
    }
  }
}
