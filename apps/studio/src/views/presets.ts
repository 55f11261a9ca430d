import type { Insert } from "@kuishi/engine";

/**
 * Chains of inserts, each named for what it is for. Starting points by hand, after common practice of mixing: what a
 * voice or a plucked string needs is cut and pressed first, coloured last.
 */
export const PRESETS: readonly { readonly name: string; readonly inserts: readonly Insert[] }[] = [
  {
    name: "dombraForward",
    inserts: [
      {
        kind: "eq",
        bands: [
          { type: "highPass", hertz: 80, q: 0.7 },
          { type: "peak", hertz: 320, gainDb: -2, q: 1 },
          { type: "peak", hertz: 2800, gainDb: 3, q: 0.8 },
        ],
      },
      { kind: "compressor", thresholdDb: -22, ratio: 2, attackMs: 15, releaseMs: 140, makeupDb: 2 },
    ],
  },
  {
    name: "dombraWarm",
    inserts: [
      {
        kind: "eq",
        bands: [
          { type: "lowShelf", hertz: 180, gainDb: 2, q: 0.7 },
          { type: "highShelf", hertz: 6000, gainDb: -3, q: 0.7 },
        ],
      },
      { kind: "saturation", driveDb: 6, mix: 0.5, even: 0.5 },
    ],
  },
  {
    name: "voiceClear",
    inserts: [
      { kind: "gate", thresholdDb: -52, floorDb: -12, attackMs: 2, holdMs: 120, releaseMs: 220 },
      {
        kind: "eq",
        bands: [
          { type: "highPass", hertz: 95, q: 0.7 },
          { type: "peak", hertz: 280, gainDb: -2, q: 0.9 },
          { type: "highShelf", hertz: 10_000, gainDb: 2, q: 0.7 },
        ],
      },
      { kind: "compressor", thresholdDb: -24, ratio: 2.6, attackMs: 8, releaseMs: 140, makeupDb: 3 },
    ],
  },
  {
    name: "voiceSoft",
    inserts: [
      {
        kind: "eq",
        bands: [
          { type: "highPass", hertz: 80, q: 0.7 },
          { type: "highShelf", hertz: 7000, gainDb: -2, q: 0.7 },
        ],
      },
      { kind: "compressor", thresholdDb: -28, ratio: 1.8, attackMs: 25, releaseMs: 300, makeupDb: 3 },
      { kind: "saturation", driveDb: 3, mix: 0.3, even: 0.6 },
    ],
  },
  {
    name: "reedSmooth",
    inserts: [
      {
        kind: "eq",
        bands: [
          { type: "highPass", hertz: 110, q: 0.7 },
          { type: "peak", hertz: 1100, gainDb: -2, q: 1.2 },
        ],
      },
      { kind: "compressor", thresholdDb: -20, ratio: 2.2, attackMs: 20, releaseMs: 200, makeupDb: 1 },
    ],
  },
  {
    name: "underTheTune",
    inserts: [
      { kind: "eq", bands: [{ type: "peak", hertz: 2400, gainDb: -3, q: 0.7 }] },
      { kind: "compressor", thresholdDb: -30, ratio: 1.8, attackMs: 3, releaseMs: 160, makeupDb: 0, key: "recording" },
    ],
  },
  {
    name: "drumsTight",
    inserts: [
      { kind: "compressor", thresholdDb: -18, ratio: 4, attackMs: 20, releaseMs: 80, makeupDb: 3 },
      { kind: "saturation", driveDb: 4, mix: 0.4, even: 0.2 },
    ],
  },
  { name: "wide", inserts: [{ kind: "phaser", lowHz: 300, highHz: 2400, rateHz: 0.15, feedback: 0.2, mix: 0.35 }] },
  { name: "empty", inserts: [] },
];
