import { breathe, Complaint, type Lufs, type Progress, pngOf, stopIfCancelled } from "@kuishi/base";
import { type AudioTags, type ByteSource, type CodecLoader, loadRecording } from "@kuishi/media";
import { Kernels } from "@kuishi/signal";
import {
  atomFeed,
  coverPixels,
  coverSvg,
  fileName,
  jsonFeed,
  type Published,
  type PublishedFile,
  type PublishedTrack,
  pageName,
  playerScript,
  playlist,
  type Release,
  type ReleaseFormat,
  releasePage,
  releaseStyle,
  rssFeed,
  sourceLines,
  trackName,
} from "@kuishi/stage";
import { type Language, languages } from "@kuishi/words";
import { downloadZip } from "client-zip";
import { albumLevels, broughtTo, loudnessOf } from "./album.ts";
import { encodeUnderCeiling } from "./convert.ts";
import type { Host } from "./hear.ts";
import { type Outputs, put } from "./outputs.ts";

/** A picture as it is, by its content. */
export interface Picture {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly type: "png" | "jpg";
}
/** What is published, and how. */
export interface ReleaseRequest {
  readonly release: Release;
  /** Opens a track's sound for some work; asked twice. */
  withSound<T>(index: number, work: (source: ByteSource) => Promise<T>): Promise<T>;
  /** None: a cover is drawn from the sound. */
  readonly cover?: Picture | undefined;
  readonly codecs: CodecLoader;
  /** The language of `index.html`. */
  readonly language: Language;
  readonly loudness: Lufs;
  /** Also all tracks in one file of each format. */
  readonly zips: boolean;
}

/** What listeners stream, the first that their player takes; FLAC is for taking along. */
const STREAMED: readonly ReleaseFormat[] = ["opus", "mp3"];
const ZIPPED: readonly ReleaseFormat[] = ["flac", "mp3"];
const COLUMNS = 160;
const COVER_SIDE = 1500;
/** Measuring, and levelling and encoding, as shares of the work. */
const MEASURING = 0.15;

/** A picture that pages and players show, recognised by its first bytes. @throws Complaint. */
export function readPicture(bytes: Uint8Array<ArrayBuffer>, path: string): Picture {
  const starts = (...first: readonly number[]): boolean => first.every((byte, k) => bytes[k] === byte);
  if (starts(0x89, 0x50, 0x4e, 0x47)) return { bytes, type: "png" };
  if (starts(0xff, 0xd8, 0xff)) return { bytes, type: "jpg" };
  throw new Complaint("unreadable", "release.cover", { path });
}

/**
 * Publishes a release as a folder that any host can serve: pages in every language that need no script, sound to stream and to take along,
 * tagged and at one level, cover, feeds (where the address is known), playlist, and `release.json`.
 * @throws Complaint.
 */
export async function makeRelease(host: Host, request: ReleaseRequest, outputs: Outputs, progress: Progress): Promise<Published> {
  const { release } = request;
  // one bar for the whole work: what its parts tell of themselves is left out
  const quiet: Progress = { ...progress, report: () => {} };
  const sound = (index: number): Promise<readonly Float32Array[]> =>
    request.withSound(index, async (source) => (await loadRecording(new Kernels(host.kernels), source, {}, quiet)).channels);
  const own: Lufs[] = [];
  const peaks: number[][] = [];
  for (const [index, { title }] of release.tracks.entries()) {
    const channels = await sound(index);
    own.push(await loudnessOf(host, channels, progress));
    if (!Number.isFinite(own[index])) throw new Complaint("unreadable", "release.silent", { title });
    peaks.push(peaksOf(channels));
    progress.report("publish", (MEASURING * (index + 1)) / release.tracks.length);
  }
  const cover = request.cover ?? { bytes: pngOf(coverPixels(release.title, peaks, COVER_SIDE), COVER_SIDE, COVER_SIDE), type: "png" as const };
  const wanted = albumLevels(own, request.loudness);
  const tracks: PublishedTrack[] = [];
  for (const index of release.tracks.keys()) {
    stopIfCancelled(progress);
    const { channels, loudness } = await broughtTo(host, await sound(index), own[index]!, wanted[index]!, progress);
    const level = { lufs: loudness.integrated, peak: loudness.truePeak };
    const files: PublishedFile[] = [];
    for (const format of release.downloads ? ([...STREAMED, "flac"] as const) : STREAMED) {
      const tags = {
        ...tagsOf(release, index, request.language),
        lufs: level.lufs,
        peakDbtp: level.peak,
        cover: { bytes: cover.bytes, mimeType: cover.type === "png" ? "image/png" : "image/jpeg" },
      };
      const bytes = await encodeUnderCeiling(host.kernels, channels, format, request.codecs, quiet, tags);
      const name = `${trackName(release, index)}.${format}`;
      await put(outputs, name, bytes);
      files.push({ format, name, bytes: bytes.length });
      await breathe(progress);
    }
    tracks.push({ files, frames: channels[0]!.length, ...level, peaks: peaks[index]! });
    progress.report("publish", MEASURING + ((1 - MEASURING) * (index + 1)) / release.tracks.length);
  }
  const drawn = request.cover === undefined;
  if (drawn) await put(outputs, "cover.svg", coverSvg(release.title, peaks));
  await put(outputs, `cover.${cover.type}`, cover.bytes);
  const published: Published = { release, tracks, cover: `cover.${cover.type}`, shown: drawn ? "cover.svg" : `cover.${cover.type}`, zips: [] };
  const zips = request.zips && release.downloads ? await zipTracks(published, cover.bytes.length, request.language, outputs) : [];
  await writePages({ ...published, zips }, request.language, outputs);
  return { ...published, zips };
}

/** Peaks of a sound in columns, its highest 1. */
function peaksOf(channels: readonly Float32Array[]): number[] {
  const frames = channels[0]!.length;
  const columns = Array.from({ length: COLUMNS }, (_, column) => {
    let most = 0;
    for (let i = Math.floor((column * frames) / COLUMNS), end = Math.floor(((column + 1) * frames) / COLUMNS); i < end; i++)
      for (const channel of channels) most = Math.max(most, Math.abs(channel[i]!));
    return most;
  });
  const top = Math.max(...columns, 1e-9);
  return columns.map((peak) => Math.round((peak / top) * 1000) / 1000);
}

function tagsOf(release: Release, index: number, language: Language): AudioTags {
  const track = release.tracks[index]!;
  return {
    title: track.title,
    artist: release.artist,
    album: release.title,
    trackNumber: index + 1,
    tracksTotal: release.tracks.length,
    date: release.date,
    ...(track.source.composer === "folk" ? {} : { composer: track.source.composer }),
    arranger: track.source.arrangers.join(", "),
    isrc: track.isrc,
    licence: release.licence,
    lyrics: track.lyrics,
    comment: sourceLines(track, language).join("\n"),
  };
}

/** Who made what, as a text that goes with the files. */
function creditsText({ release }: Published, language: Language): string {
  const track = (index: number): string => {
    const own = release.tracks[index]!;
    const credits = own.credits.map(({ name, role }) => (role === "" ? name : `${name}: ${role}`));
    return [trackName(release, index), ...sourceLines(own, language), ...credits, ...(own.lyrics === "" ? [] : ["", own.lyrics])].join("\n");
  };
  return `${release.artist} - ${release.title}\n${release.date}\n${release.about}\n\n${release.tracks.map((_, index) => track(index)).join("\n\n")}\n`;
}

async function zipTracks(published: Published, coverBytes: number, language: Language, outputs: Outputs): Promise<PublishedFile[]> {
  const { release, tracks, cover } = published;
  const lastModified = new Date(`${release.date}T00:00:00Z`);
  const zips: PublishedFile[] = [];
  for (const format of ZIPPED) {
    const wanted = [...tracks.map(({ files }) => files.find((file) => file.format === format)!), { name: cover, bytes: coverBytes }];
    async function* entries(): AsyncGenerator<{ name: string; input: Uint8Array<ArrayBuffer> | string; lastModified: Date }> {
      for (const { name, bytes } of wanted) yield { name, input: new Uint8Array(await outputs.read(name, 0, bytes)), lastModified };
      yield { name: "credits.txt", input: creditsText(published, language), lastModified };
    }
    const name = `${fileName(`${release.artist} - ${release.title}`)} (${format.toUpperCase()}).zip`;
    const file = await outputs.create(name);
    let bytes = 0;
    for await (const part of downloadZip(entries()).body as unknown as AsyncIterable<Uint8Array<ArrayBuffer>>) {
      await file.write(part);
      bytes += part.length;
    }
    await file.close();
    zips.push({ format, name, bytes });
  }
  return zips;
}

async function writePages(published: Published, first: Language, outputs: Outputs): Promise<void> {
  for (const language of languages) await put(outputs, pageName(language, first), releasePage(published, language, first));
  await put(outputs, "pages.css", releaseStyle);
  await put(outputs, "player.js", playerScript());
  await put(outputs, "all.m3u8", playlist(published));
  // beside what was said of it the names of its files, by which a later run knows them
  const files = [...published.tracks.flatMap((track) => track.files), ...published.zips].map(({ name }) => name);
  await put(outputs, "release.json", `${JSON.stringify({ ...published.release, files }, null, 1)}\n`);
  if (published.release.address === "") return;
  await put(outputs, "feed.xml", rssFeed(published, first));
  await put(outputs, "feed.atom", atomFeed(published, first));
  await put(outputs, "feed.json", `${JSON.stringify(jsonFeed(published, first), null, 1)}\n`);
}
