import { Complaint, checked } from "@kuishi/base";
import { z } from "zod";
import { readIsrc } from "./isrc.ts";

const line = z.string().max(300);
const words = z.string().max(20_000);
/** Shares are counted in hundredths of a percent, so that they add up. */
const WHOLE_SHARE = 10_000;

const Credit = z.looseObject({
  name: line.min(1),
  role: line.default(""),
  share: z.int().min(0).max(WHOLE_SHARE).optional(),
});
const Source = z.looseObject({
  composer: line.default("folk"),
  learnedFrom: line.default(""),
  arrangers: z.array(line).max(50).default([]),
  samples: z.array(line).max(200).default([]),
  place: line.default(""),
  labels: z.array(line).max(20).default([]),
});
const Track = z.looseObject({
  title: line.min(1),
  file: z.string().max(1000).default(""),
  isrc: z.string().max(20).default(""),
  credits: z.array(Credit).max(100).default([]),
  source: Source.default(Source.parse({})),
  lyrics: words.default(""),
});
const Release = z.looseObject({
  kuishi: z.literal("release/1"),
  title: line.min(1),
  artist: line.min(1),
  type: z.enum(["album", "single", "live"]).default("album"),
  date: z.iso.date(),
  about: words.default(""),
  licence: line.default(""),
  address: z.string().max(1000).default(""),
  cover: z.string().max(1000).default(""),
  downloads: z.boolean().default(true),
  tracks: z.array(Track).min(1).max(99),
});
/** Who took part, and what of the track's income is theirs. */
export interface Credit {
  readonly name: string;
  /** What the person did, in words. */
  readonly role: string;
  /** Hundredths of a percent. */
  readonly share?: number | undefined;
}
/** Where a tune comes from, and through whose hands it went. */
export interface TuneSource {
  /** Who composed it; `folk`: nobody is known. */
  readonly composer: string;
  /** The person or the recording it was learned from. */
  readonly learnedFrom: string;
  readonly arrangers: readonly string[];
  /** Recordings of others that are heard in it, as they want to be named. */
  readonly samples: readonly string[];
  /** Where it was played or written down. */
  readonly place: string;
  /** How the community it comes from wants it to be treated (Local Contexts labels, or its own words). */
  readonly labels: readonly string[];
}
/** A track of a release. */
export interface ReleaseTrack {
  readonly title: string;
  /** Of its sound, beside the file that says this. */
  readonly file: string;
  /** As it is stored; empty: it has none. */
  readonly isrc: string;
  readonly credits: readonly Credit[];
  readonly source: TuneSource;
  /** Words that are sung. */
  readonly lyrics: string;
}
/** `release/1`: an album, single or live set as its artist describes it. What else the file has is kept. */
export interface Release {
  readonly kuishi: "release/1";
  readonly title: string;
  readonly artist: string;
  readonly type: "album" | "single" | "live";
  /** Day it comes out, `YYYY-MM-DD`. */
  readonly date: string;
  readonly about: string;
  /** Of what listeners may do with it: a name, or the address of one. */
  readonly licence: string;
  /** Where its pages will stand, with a slash at its end; empty: nowhere yet. */
  readonly address: string;
  /** Of a picture, beside the file that says this; empty: one is drawn from the sound. */
  readonly cover: string;
  /** Whether listeners may take the files along. */
  readonly downloads: boolean;
  readonly tracks: readonly ReleaseTrack[];
}

/**
 * A release as its file has it; codes as they are stored, the address with a slash at its end.
 * @throws Complaint with the place of what is wrong.
 */
export function readRelease(data: unknown): Release {
  const release = checked(Release, "release.invalid", data);
  const address = release.address === "" ? "" : addressOf(release.address);
  const codes = release.tracks.map(({ isrc }, i) => (isrc === "" ? "" : codeOf(isrc, `tracks.${i}.isrc`)));
  for (const [i, code] of codes.entries())
    if (code !== "" && codes.indexOf(code) !== i) throw new Complaint("unreadable", "release.twice", { at: `tracks.${i}.isrc`, name: code });
  for (const [i, { credits }] of release.tracks.entries()) checkShares(credits, `tracks.${i}.credits`);
  return { ...release, address, tracks: release.tracks.map((track, i) => ({ ...track, isrc: codes[i]! })) };
}

function codeOf(text: string, at: string): string {
  const code = readIsrc(text);
  if (code === undefined) throw new Complaint("unreadable", "release.isrc", { at, text });
  return code;
}
function addressOf(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !["https:", "http:"].includes(url.protocol)) throw new Complaint("unreadable", "release.address", { text });
  url.search = url.hash = "";
  return url.href.endsWith("/") ? url.href : `${url.href}/`;
}
/** Shares are all there or none, and make a whole. */
function checkShares(credits: readonly Credit[], at: string): void {
  if (credits.every(({ share }) => share === undefined)) return;
  const sum = credits.reduce((total, { share = 0 }) => total + share, 0);
  if (sum !== WHOLE_SHARE) throw new Complaint("unreadable", "release.shares", { at, percent: sum / 100 });
}
