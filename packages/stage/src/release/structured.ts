import { href } from "./names.ts";
import { isoDuration, type Published } from "./published.ts";

const NAMES = { album: "AlbumRelease", single: "SingleRelease", live: "AlbumRelease" } as const;
/** The release as search engines read it (schema.org MusicAlbum, JSON-LD). */
export function structuredData({ release, tracks, cover }: Published): object {
  const at = (path: string): string => release.address + href(path);
  const by = { "@type": "MusicGroup", name: release.artist };
  return {
    "@context": "https://schema.org",
    "@type": "MusicAlbum",
    name: release.title,
    byArtist: by,
    datePublished: release.date,
    albumReleaseType: `https://schema.org/${NAMES[release.type]}`,
    ...(release.type === "live" ? { albumProductionType: "https://schema.org/LiveAlbum" } : {}),
    ...(release.licence === "" ? {} : { license: release.licence }),
    image: at(cover),
    numTracks: tracks.length,
    track: release.tracks.map((track, i) => ({
      "@type": "MusicRecording",
      position: i + 1,
      name: track.title,
      byArtist: by,
      duration: isoDuration(tracks[i]!.frames),
      ...(track.isrc === "" ? {} : { isrcCode: track.isrc }),
      ...(track.credits.length === 0
        ? {}
        : { contributor: track.credits.map(({ name, role }) => ({ "@type": "Role", roleName: role, contributor: { "@type": "Person", name } })) }),
      recordingOf: {
        "@type": "MusicComposition",
        name: track.title,
        ...(track.source.composer === "folk" ? {} : { composer: { "@type": "Person", name: track.source.composer } }),
      },
    })),
  };
}
