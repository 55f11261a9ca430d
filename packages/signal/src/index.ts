export { type Band, bandTypes } from "./band.ts";
export { type DelayPath, delayPath } from "./delay-path.ts";
export { type Denoised, denoised } from "./denoise.ts";
export { fft } from "./fft.ts";
export { type Address, type Held, Kernels } from "./kernels.ts";
export { integrated, LiveLoudness, type Loudness, LoudnessMeter, truePeakBank } from "./loudness.ts";
export { tonePitch } from "./pitch.ts";
export { Resampler, resampled } from "./resampler.ts";
export { Spectrum } from "./spectrum.ts";
