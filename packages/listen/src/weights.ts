import { PACKED } from "./packed.ts";

let weights: Float32Array | undefined;

/** The weights of the ear's network, unpacked once. */
export function earWeights(): Float32Array {
  if (weights) return weights;
  const bytes = Uint8Array.from(atob(PACKED), (letter) => letter.charCodeAt(0));
  const halves = new Uint16Array(bytes.buffer);
  weights = Float32Array.from(halves, (half) => {
    // IEEE 754 half precision; numbers this network does not have (infinities) are left out
    const mantissa = half & 0x3ff;
    const exponent = (half >> 10) & 0x1f;
    const size = exponent === 0 ? mantissa / 16777216 : (1 + mantissa / 1024) * scaleOf(exponent - 15);
    return half & 0x8000 ? -size : size;
  });
  return weights;
}

function scaleOf(exponent: number): number {
  let scale = 1;
  for (let k = 0; k < exponent; k++) scale *= 2;
  for (let k = 0; k > exponent; k--) scale /= 2;
  return scale;
}
