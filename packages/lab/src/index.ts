export { chromiumPath, keepMeasures, measured, startChromium } from "./browser.ts";
export { goldenFlac, readGolden, type SoundDistance, soundDistance } from "./golden.ts";
export { hasPulse, startLoop } from "./loop.ts";
export { serveFolder } from "./site.ts";
export { type MeasuredPartial, type MeasuredTone, measureTone, spectrumAt, toneDistance } from "./tone.ts";
