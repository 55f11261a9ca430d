export * from "./biquad.ts";
export * from "./delay.ts";
export { type Denoised, denoised } from "./denoise.ts";
export { fft } from "./fft.ts";
export * from "./kernels.ts";
export * from "./loudness.ts";
export * from "./resampler.ts";
export * from "./spectrum.ts";
