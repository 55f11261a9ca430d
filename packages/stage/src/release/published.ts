import { type Frames, type Lufs, SAMPLE_RATE } from "@kuishi/base";
import type { Release } from "./release.ts";

/** Formats of a track's sound: what is streamed, and what may be taken along. */
export const MEDIA_TYPES = { mp3: "audio/mpeg", opus: "audio/ogg; codecs=opus", flac: "audio/flac" } as const;
export type ReleaseFormat = keyof typeof MEDIA_TYPES;

/** One file of a track, beside the page. */
export interface PublishedFile {
  readonly format: ReleaseFormat;
  readonly name: string;
  readonly bytes: number;
}
/** What became of a track's sound. */
export interface PublishedTrack {
  readonly files: readonly PublishedFile[];
  /** At 48 kHz. */
  readonly frames: Frames;
  readonly lufs: Lufs;
  /** Highest true peak, dBTP. */
  readonly peak: number;
  /** Peaks of the sound in as many columns as its picture has, 0..1. */
  readonly peaks: readonly number[];
}
/** A release as it is published: what was said of it, and what its sound came to, track by track. */
export interface Published {
  readonly release: Release;
  readonly tracks: readonly PublishedTrack[];
  /** Of the cover, beside the page: pixels for players and cards, and what the page shows, which may be lighter. */
  readonly cover: string;
  readonly shown: string;
  /** Zips of all tracks, where they may be taken along. */
  readonly zips: readonly PublishedFile[];
}

const [MINUTE, HOUR] = [60, 3600];
/**
 * A length as players show it.
 * @example
 * clock(48_000 * 252); // => "4:12"
 * clock(48_000 * 3601); // => "1:00:01"
 */
export function clock(frames: Frames): string {
  const all = Math.round(frames / SAMPLE_RATE);
  const two = (n: number): string => String(n).padStart(2, "0");
  const [hours, minutes, seconds] = [Math.floor(all / HOUR), Math.floor((all % HOUR) / MINUTE), all % MINUTE];
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds)}` : `${minutes}:${two(seconds)}`;
}
/** A length in whole seconds as ISO 8601 writes it: `PT252S`. */
export const isoDuration = (frames: Frames): string => `PT${Math.round(frames / SAMPLE_RATE)}S`;
