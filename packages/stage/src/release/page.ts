import { type Language, languageName, languages, numberIn, text } from "@kuishi/words";
import { type Html, html, jsonInPage, paragraphs } from "./html.ts";
import { href } from "./names.ts";
import { sourceLines } from "./origin.ts";
import { releasePlayer } from "./player.ts";
import { clock, MEDIA_TYPES, type Published, type PublishedTrack } from "./published.ts";
import { structuredData } from "./structured.ts";

/** What the pages of a release are called: the first language is where visitors arrive. */
export const pageName = (language: Language, first: Language): string => (language === first ? "index.html" : `index.${language}.html`);
/** The player of a release's pages, as a script. */
export const playerScript = (): string => `(${releasePlayer})();\n`;

/**
 * The page of a release: readable and playable without scripts, in one language, with everything it needs beside it.
 * @param first the language of `index.html`.
 */
export function releasePage(published: Published, language: Language, first: Language): string {
  const { release, tracks, cover, shown } = published;
  const say = (code: Parameters<typeof text>[1], params: Readonly<Record<string, string | number>> = {}): string => text(language, code, params);
  const frames = tracks.reduce((sum, track) => sum + track.frames, 0);
  const title = say("release.by", { title: release.title, artist: release.artist });
  const about = release.about === "" ? title : release.about.slice(0, 200);
  return html`<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${title}</title>
<meta name="description" content="${about}">
<meta property="og:type" content="music.album">
<meta property="og:title" content="${title}">
<meta property="og:description" content="${about}">
<meta property="og:image" content="${release.address}${href(cover)}">
${release.address === "" ? undefined : html`<link rel="canonical" href="${release.address}${language === first ? "" : pageName(language, first)}"><meta property="og:url" content="${release.address}"><link rel="alternate" type="application/rss+xml" title="RSS" href="feed.xml"><link rel="alternate" type="application/feed+json" title="JSON Feed" href="feed.json"><link rel="alternate" type="application/atom+xml" title="Atom" href="feed.atom">`}
${languages.map((other) => html`<link rel="alternate" hreflang="${other}" href="${release.address}${pageName(other, first)}">`)}
<link rel="icon" href="${href(shown)}">
<link rel="stylesheet" href="pages.css">
<script type="application/ld+json">${jsonInPage(structuredData(published))}</script>
<script src="player.js" defer></script>
</head>
<body>
<header><nav aria-label="${say("release.languages")}">${languages.map((other) => (other === language ? html`<span aria-current="true">${languageName(other)}</span> ` : html`<a href="${pageName(other, first)}" lang="${other}" hreflang="${other}">${languageName(other)}</a> `))}</nav></header>
<main>
<section class="top">
<img src="${href(shown)}" alt="" width="480" height="480">
<div>
<p class="kind">${say(`release.${release.type}`)} · ${say("release.tracks", { count: tracks.length })} · ${clock(frames)}</p>
<h1>${release.title}</h1>
<p class="artist">${release.artist}</p>
${paragraphs(release.about)}
<p class="acts"><button id="listen" class="main" type="button" hidden>${say("release.listen")}</button> ${published.zips.map(({ name, format, bytes }) => html`<a class="button" href="${href(name)}" download>${say("release.download", { format: format.toUpperCase(), size: megabytes(bytes, language) })}</a> `)}</p>
</div>
</section>
<ol class="tracks">
${tracks.map((track, index) => trackRow(published, track, index, language))}</ol>
</main>
<footer>
<p>${release.licence === "" ? say("release.rights", { name: release.artist, year: release.date.slice(0, 4) }) : say("release.licence", { name: release.licence })} · ${release.date}</p>
<p>${say("release.level")}${release.address === "" ? undefined : html` · <a href="feed.xml">RSS</a> · <a href="feed.json">JSON Feed</a>`} · <a href="all.m3u8">M3U</a></p>
</footer>
<section id="player" aria-label="${say("release.player")}" data-artist="${release.artist}" data-album="${release.title}" hidden><button type="button" id="previous" aria-label="${say("release.previous")}">${SKIP}</button><button type="button" id="toggle" aria-label="${say("release.toggle")}">▶</button><button type="button" id="next" aria-label="${say("release.next")}">${SKIP}</button><span id="now"></span><input type="range" min="0" max="1" step="0.1" value="0" aria-label="${say("release.position")}"></section>
</body>
</html>
`.text;
}

/** To the next track; turned round, to the previous one. */
const SKIP = html`<svg viewBox="0 0 24 24" width="20" height="20" aria-hidden="true"><path d="M5 4v16l11-8zM17 4h3v16h-3z" fill="currentColor"/></svg>`;
const megabytes = (bytes: number, language: Language): string => numberIn(language, Math.max(0.1, Math.round(bytes / 1e5) / 10));

function trackRow({ release }: Published, sound: PublishedTrack, index: number, language: Language): Html {
  const track = release.tracks[index]!;
  const say = (code: Parameters<typeof text>[1], params: Readonly<Record<string, string | number>> = {}): string => text(language, code, params);
  const { composer, place } = track.source;
  const origin = [composer === "folk" ? say("release.folkShort") : composer, place].filter((one) => one !== "").join(" · ");
  const credits = track.credits.map(({ name, role }) => html`<li>${role === "" ? name : `${name}: ${role}`}</li>`);
  return html`<li data-track="${track.title}" data-frames="${sound.frames}">
<div class="row"><button type="button" class="play" aria-label="${say("release.play", { title: track.title })}" hidden>▶</button>
<div class="name"><h2>${track.title}</h2><small>${origin}</small></div><span class="time">${clock(sound.frames)}</span></div>
${wave(sound.peaks)}
<audio controls preload="none">${sound.files.map(({ name, format }) => html`<source src="${href(name)}" type="${MEDIA_TYPES[format]}">`)}</audio>
<details><summary>${say("release.about")}</summary>
<ul>${sourceLines(track, language).map((line) => html`<li>${line}</li>`)}${credits}${track.isrc === "" ? undefined : html`<li>ISRC ${track.isrc}</li>`}</ul>
${track.lyrics === "" ? undefined : html`<h3>${say("release.words")}</h3><pre>${track.lyrics}</pre>`}
${release.downloads ? html`<p>${sound.files.map(({ name, format, bytes }) => html`<a href="${href(name)}" download>${format.toUpperCase()} (${megabytes(bytes, language)} MB)</a> `)}</p>` : undefined}
</details>
</li>
`;
}
/** Peaks as upright bars. */
function wave(peaks: readonly number[]): Html {
  const bars = peaks.map((peak, x) => {
    const half = Math.max(0.5, Math.round(peak * 19));
    return `M${x * 4 + 1} ${20 - half}v${2 * half}`;
  });
  return html`<svg class="wave" viewBox="0 0 ${peaks.length * 4} 40" preserveAspectRatio="none" aria-hidden="true"><path d="${bars.join("")}"/></svg>`;
}
