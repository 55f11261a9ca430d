import { type Decibels, fromDb, type Lufs } from "@kuishi/base";
import type { MetadataTags } from "mediabunny";

/** What a file of sound says of itself. */
export interface AudioTags {
  readonly title: string;
  readonly artist: string;
  readonly album?: string;
  readonly trackNumber?: number;
  readonly tracksTotal?: number;
  /** `YYYY-MM-DD`. */
  readonly date?: string;
  readonly composer?: string;
  readonly arranger?: string;
  readonly isrc?: string;
  readonly licence?: string;
  readonly lyrics?: string;
  readonly comment?: string;
  /** Loudness and true peak of the track, from which players that level all alike reckon. */
  readonly lufs?: Lufs;
  readonly peakDbtp?: Decibels;
  readonly cover?: { readonly bytes: Uint8Array; readonly mimeType: string };
}

/** What ReplayGain 2.0 and EBU R 128 bring a track to. */
const [REPLAY_GAIN_LUFS, R128_LUFS] = [-18, -23];
const Q78 = 256;

/** Names that the field has for what the library's own do not cover: Vorbis comments, and ID3's frames. */
function raw(tags: AudioTags, format: "flac" | "opus" | "mp3"): NonNullable<MetadataTags["raw"]> {
  const { composer, arranger, isrc, licence, lufs, peakDbtp } = tags;
  const level: Record<string, string> =
    lufs === undefined || !Number.isFinite(lufs)
      ? {}
      : format === "opus"
        ? { R128_TRACK_GAIN: String(Math.round((R128_LUFS - lufs) * Q78)) } // RFC 7845, section 5.2.1
        : {
            REPLAYGAIN_TRACK_GAIN: `${(REPLAY_GAIN_LUFS - lufs).toFixed(2)} dB`,
            ...(peakDbtp === undefined ? {} : { REPLAYGAIN_TRACK_PEAK: fromDb(peakDbtp).toFixed(6) }),
          };
  const given = (names: Readonly<Record<string, string | undefined>>): Record<string, string> =>
    Object.fromEntries(Object.entries(names).filter((entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== ""));
  if (format === "mp3")
    return {
      ...(tags.lyrics ? { USLT: lyricsFrame(tags.lyrics) } : {}),
      ...given({ TCOM: composer, TSRC: isrc, TCOP: licence }),
      TXXX: { ...given({ ARRANGER: arranger }), ...level },
    };
  return { ...given({ COMPOSER: composer, ARRANGER: arranger, ISRC: isrc, LICENSE: licence }), ...level };
}

/** Body of an ID3v2.4 `USLT` frame in UTF-8, language not told: the library counts letters beyond Latin-1 as one byte each. */
const lyricsFrame = (text: string): Uint8Array => new Uint8Array([3, 0x75, 0x6e, 0x64, 0, ...new TextEncoder().encode(text), 0]);

/** The tags as the library that writes the files takes them. */
export function metadataOf(tags: AudioTags, format: "flac" | "opus" | "mp3"): MetadataTags {
  const { title, artist, album, trackNumber, tracksTotal, date, lyrics, comment, cover } = tags;
  return {
    title,
    artist,
    ...(album ? { album, albumArtist: artist } : {}),
    ...(trackNumber ? { trackNumber } : {}),
    ...(tracksTotal ? { tracksTotal } : {}),
    ...(date ? { date: new Date(`${date}T00:00:00Z`) } : {}),
    ...(lyrics && format !== "mp3" ? { lyrics } : {}),
    ...(comment ? { comment } : {}),
    ...(cover ? { images: [{ data: cover.bytes, mimeType: cover.mimeType, kind: "coverFront" as const }] } : {}),
    raw: raw(tags, format),
  };
}
