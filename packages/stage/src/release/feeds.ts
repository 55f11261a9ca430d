import { SAMPLE_RATE } from "@kuishi/base";
import { type Language, text } from "@kuishi/words";
import { type Html, html } from "./html.ts";
import { href } from "./names.ts";
import { sourceLines } from "./origin.ts";
import { clock, MEDIA_TYPES, type Published, type PublishedFile } from "./published.ts";

/** What podcast players take: MP3. */
const enclosed = (files: readonly PublishedFile[]): PublishedFile => files.find(({ format }) => format === "mp3") ?? files[0]!;
const midnight = (date: string): Date => new Date(`${date}T00:00:00Z`);
const SECOND = 1000;

/** The text under a track in a feed: where its tune comes from, and who took part. */
const shownNotes = ({ release }: Published, index: number, language: Language): string => {
  const track = release.tracks[index]!;
  return [...sourceLines(track, language), ...track.credits.map(({ name, role }) => (role === "" ? name : `${name}: ${role}`))].join("\n");
};

/**
 * RSS 2.0 of an album with `podcast:medium` music, as music players for podcasts read it (podcast namespace 1.0). Players order by date:
 * tracks lie a second apart, the first the youngest.
 */
export function rssFeed(published: Published, language: Language): string {
  const { release, tracks, cover } = published;
  const at = (path: string): string => release.address + href(path);
  const item = (index: number): Html => {
    const [track, sound] = [release.tracks[index]!, tracks[index]!];
    const file = enclosed(sound.files);
    return html`<item>
<title>${track.title}</title>
<guid isPermaLink="false">${at(file.name)}</guid>
<pubDate>${new Date(midnight(release.date).getTime() - index * SECOND).toUTCString()}</pubDate>
<description>${shownNotes(published, index, language)}</description>
<enclosure url="${at(file.name)}" length="${file.bytes}" type="${MEDIA_TYPES[file.format]}"/>
<itunes:duration>${clock(sound.frames)}</itunes:duration>
<itunes:episode>${index + 1}</itunes:episode>
<podcast:episode>${index + 1}</podcast:episode>
${track.credits.map(({ name, role }) => html`<podcast:person role="${role}" group="music">${name}</podcast:person>\n`)}</item>
`;
  };
  return html`${XML}<rss version="2.0" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" xmlns:podcast="https://podcastindex.org/namespace/1.0" xmlns:atom="http://www.w3.org/2005/Atom">
<channel>
<title>${release.title}</title>
<link>${release.address}</link>
<atom:link href="${at("feed.xml")}" rel="self" type="application/rss+xml"/>
<description>${release.about === "" ? `${release.artist} - ${release.title}` : release.about}</description>
<language>${language}</language>
<generator>Kuishi</generator>
<pubDate>${midnight(release.date).toUTCString()}</pubDate>
<itunes:author>${release.artist}</itunes:author>
<itunes:explicit>false</itunes:explicit>
<itunes:category text="Music"/>
<itunes:image href="${at(cover)}"/>
<image><url>${at(cover)}</url><title>${release.title}</title><link>${release.address}</link></image>
<podcast:medium>music</podcast:medium>
${release.licence === "" ? undefined : html`<podcast:license>${release.licence}</podcast:license>\n`}<podcast:locked>yes</podcast:locked>
${tracks.map((_, index) => item(index))}</channel>
</rss>
`.text;
}
const XML = html`<?xml version="1.0" encoding="UTF-8"?>\n`;

/** Atom (RFC 4287) of an album. */
export function atomFeed(published: Published, language: Language): string {
  const { release, tracks } = published;
  const at = (path: string): string => release.address + href(path);
  const when = midnight(release.date).toISOString();
  const entry = (index: number): Html => {
    const file = enclosed(tracks[index]!.files);
    return html`<entry>
<id>${at(file.name)}</id>
<title>${release.tracks[index]!.title}</title>
<updated>${when}</updated>
<link rel="alternate" href="${release.address}"/>
<link rel="enclosure" href="${at(file.name)}" length="${file.bytes}" type="${MEDIA_TYPES[file.format]}"/>
<summary>${shownNotes(published, index, language)}</summary>
</entry>
`;
  };
  return html`${XML}<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="${language}">
<id>${release.address}</id>
<title>${release.title}</title>
<updated>${when}</updated>
<author><name>${release.artist}</name></author>
<link rel="self" href="${at("feed.atom")}"/>
<link rel="alternate" href="${release.address}"/>
${tracks.map((_, index) => entry(index))}</feed>
`.text;
}

/** JSON Feed 1.1 of an album. */
export function jsonFeed(published: Published, language: Language): object {
  const { release, tracks, cover } = published;
  const at = (path: string): string => release.address + href(path);
  return {
    version: "https://jsonfeed.org/version/1.1",
    title: release.title,
    home_page_url: release.address,
    feed_url: at("feed.json"),
    description: release.about === "" ? text(language, "release.by", { title: release.title, artist: release.artist }) : release.about,
    icon: at(cover),
    language,
    authors: [{ name: release.artist }],
    items: tracks.map((track, index) => ({
      id: at(enclosed(track.files).name),
      url: release.address,
      title: release.tracks[index]!.title,
      content_text: shownNotes(published, index, language) || release.tracks[index]!.title,
      date_published: midnight(release.date).toISOString(),
      attachments: track.files.map((file) => ({
        url: at(file.name),
        mime_type: MEDIA_TYPES[file.format],
        size_in_bytes: file.bytes,
        duration_in_seconds: Math.round(track.frames / SAMPLE_RATE),
      })),
    })),
  };
}

/** All tracks in turn, for players of files (extended M3U). */
export const playlist = ({ release, tracks }: Published): string =>
  `#EXTM3U\n${tracks.map(({ files, frames }, i) => `#EXTINF:${Math.round(frames / SAMPLE_RATE)},${release.artist} - ${release.tracks[i]!.title}\n${href(enclosed(files).name)}\n`).join("")}`;
