import { Complaint } from "@kuishi/base";
import { languages } from "@kuishi/words";
import { DOMParser } from "@xmldom/xmldom";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { coverPixels, coverSvg } from "./cover.ts";
import { atomFeed, jsonFeed, playlist, rssFeed } from "./feeds.ts";
import { readIsrc } from "./isrc.ts";
import { fileName, trackName } from "./names.ts";
import { pageName, releasePage } from "./page.ts";
import { clock, type Published } from "./published.ts";
import { type Release, readRelease } from "./release.ts";

const seed = Number(process.env["KUISHI_SEED"] ?? 1);
const base = { kuishi: "release/1", title: "Дала", artist: "Айгүл", date: "2026-12-12", address: "https://example.org/dala", tracks: [{ title: "Кеңес" }] };
const published = (release: Release): Published => ({
  release,
  tracks: release.tracks.map((_, i) => ({
    files: (["opus", "mp3"] as const).map((format) => ({ format, name: `${trackName(release, i)}.${format}`, bytes: 1000 + i })),
    frames: 48_000 * (60 + i),
    lufs: -14,
    peak: -1,
    peaks: [0.1, 1, 0.5],
  })),
  cover: "cover.png",
  shown: "cover.svg",
  zips: [],
});
const fault = (data: object): unknown => {
  try {
    readRelease(data);
  } catch (error) {
    return error instanceof Complaint ? { code: error.code, ...error.params } : error;
  }
  return undefined;
};
const xml = (text: string): ReturnType<DOMParser["parseFromString"]> =>
  new DOMParser({
    onError: (level, message) => {
      throw new Error(`${level}: ${message}`);
    },
  }).parseFromString(text, "text/xml");

describe("a release as its file has it", () => {
  test("what is not said has its default, and what is not known is kept", () => {
    const release = readRelease({ ...base, catalogue: 7 });
    expect(release).toMatchObject({ type: "album", licence: "", downloads: true, catalogue: 7, address: "https://example.org/dala/" });
    expect(release.tracks[0]!.source).toMatchObject({ composer: "folk", labels: [] });
  });
  test("codes are read as people write them, and never twice", () => {
    expect(readIsrc("KZ-A1B-26-00001")).toBe("KZA1B2600001");
    expect(readIsrc("kza1b2600001")).toBe("KZA1B2600001");
    for (const wrong of ["KZA1B260000", "1ZA1B2600001", "KZ-A1B-26-0000X", ""]) expect(readIsrc(wrong)).toBeUndefined();
    const tracks = ["KZA1B2600001", "kz-a1b-26-00001"].map((isrc) => ({ title: "x", isrc }));
    expect(fault({ ...base, tracks })).toMatchObject({ code: "release.twice", at: "tracks.1.isrc" });
    expect(fault({ ...base, tracks: [{ title: "x", isrc: "12" }] })).toMatchObject({ code: "release.isrc", at: "tracks.0.isrc" });
  });
  test("shares make a whole or are not told at all", () => {
    const shared = (...shares: readonly (number | undefined)[]): object => ({
      ...base,
      tracks: [{ title: "x", credits: shares.map((share) => ({ name: "n", ...(share === undefined ? {} : { share }) })) }],
    });
    expect(fault(shared(3333, 3333, 3334))).toBeUndefined();
    expect(fault(shared(undefined, undefined))).toBeUndefined();
    expect(fault(shared(5000, undefined))).toMatchObject({ code: "release.shares", percent: 50 });
    expect(fault(shared(6000, 5000))).toMatchObject({ code: "release.shares", percent: 110 });
  });
  test("what is wrong is told with its place", () => {
    expect(fault({ ...base, tracks: [] })).toMatchObject({ code: "release.invalid", at: "tracks" });
    expect(fault({ ...base, date: "tomorrow" })).toMatchObject({ code: "release.invalid", at: "date" });
    expect(fault({ ...base, address: "javascript:alert(1)" })).toMatchObject({ code: "release.address" });
  });
});

test("any title makes a name that every file system takes", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 400 }), (text) => {
      const name = fileName(text);
      expect(name).not.toMatch(/[<>:"/\\|?*#%&]|^[\s.]|[\s.]$|^(con|nul|aux|prn)(\.|$)/i);
      expect(name.length).toBeGreaterThan(0);
      expect([...name].length).toBeLessThanOrEqual(121);
    }),
    { seed, numRuns: 500 },
  );
});

describe("pages and feeds", () => {
  const nasty = fc.oneof(
    fc.constantFrom("</script><script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "]]>", "&#0;", "\u0000\u202e", "<!--", "{{name}}", "$&"),
    fc.string({ unit: "binary", maxLength: 60 }),
  );
  const filled = fc.record({
    title: nasty,
    artist: nasty,
    about: nasty,
    licence: nasty,
    track: nasty,
    lyrics: nasty,
    composer: nasty,
    person: nasty,
    role: nasty,
  });
  const releaseOf = (words: Readonly<Record<string, string>>): Release => {
    const text = (key: string): string => words[key] || "x";
    return readRelease({
      ...base,
      title: text("title"),
      artist: text("artist"),
      about: text("about"),
      licence: text("licence"),
      tracks: [
        {
          title: text("track"),
          lyrics: text("lyrics"),
          source: { composer: text("composer"), place: text("about") },
          credits: [{ name: text("person"), role: text("role") }],
        },
      ],
    });
  };
  test("whatever people write stays text", () => {
    fc.assert(
      fc.property(filled, (words) => {
        const shown = published(releaseOf(words));
        for (const language of languages) {
          const page = releasePage(shown, language, "kk");
          expect(page.match(/<script/g)).toHaveLength(2);
          expect(page.match(/<\/script/g)).toHaveLength(2);
          expect(page).not.toMatch(/<img src=x|<!--/);
        }
        expect(() => xml(rssFeed(shown, "ru"))).not.toThrow();
        expect(() => xml(atomFeed(shown, "ru"))).not.toThrow();
        expect(() => xml(coverSvg(words["title"], [[0.2, 1]]))).not.toThrow();
      }),
      { seed, numRuns: 150 },
    );
  });
  test("a page needs nothing from elsewhere and is light", () => {
    const release = readRelease({ ...base, tracks: Array.from({ length: 12 }, (_, i) => ({ title: `Күй ${i}` })) });
    const page = releasePage(published(release), "kk", "kk");
    const fetched = [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map((found) => found[1]!);
    expect(fetched.filter((url) => /^(https?:)?\/\//.test(url) && !url.startsWith(release.address))).toEqual([]);
    expect(page.length).toBeLessThan(30_000);
    expect(page.match(/<audio controls preload="none">/g)).toHaveLength(12);
    expect(languages.map((language) => pageName(language, "kk"))).toEqual(["index.html", "index.ru.html", "index.en.html"]);
  });
  test("the feed says music, in the album's order, with lengths and types", () => {
    const release = readRelease({ ...base, tracks: [{ title: "A", credits: [{ name: "Б", role: "домбыра" }] }, { title: "B" }] });
    const feed = xml(rssFeed(published(release), "kk"));
    const texts = (name: string): string[] => [...feed.getElementsByTagName(name)].map((one) => one.textContent ?? "");
    expect(texts("podcast:medium")).toEqual(["music"]);
    expect(texts("podcast:person")).toEqual(["Б"]);
    const dates = texts("pubDate")
      .slice(1)
      .map((date) => Date.parse(date));
    expect(dates[0]).toBeGreaterThan(dates[1]!);
    expect([...feed.getElementsByTagName("enclosure")].map((one) => [one.getAttribute("url"), one.getAttribute("length"), one.getAttribute("type")])).toEqual([
      [`https://example.org/dala/${encodeURIComponent("01 Айгүл - A.mp3")}`, "1000", "audio/mpeg"],
      [`https://example.org/dala/${encodeURIComponent("02 Айгүл - B.mp3")}`, "1001", "audio/mpeg"],
    ]);
    expect(jsonFeed(published(release), "kk")).toMatchObject({ items: [{ attachments: [{ duration_in_seconds: 60 }, {}] }, {}] });
    expect(playlist(published(release)).split("\n")[1]).toBe("#EXTINF:60,Айгүл - A");
    expect(clock(48_000 * 3601)).toBe("1:00:01");
  });
});

test("a cover is drawn from title and sound: other sound, other cover; picture and pixels agree", () => {
  const [a, b] = [
    [0.1, 0.9, 0.4, 0.7],
    [0.9, 0.1, 0.6, 0.2],
  ];
  expect(coverSvg("Дала", [a])).toBe(coverSvg("Дала", [a]));
  expect(coverSvg("Дала", [a])).not.toBe(coverSvg("Дала", [b]));
  const side = 60;
  const pixels = coverPixels("Дала", [a], side);
  const [, top] = /stop-color="(#[0-9a-f]{6})"/.exec(coverSvg("Дала", [a]))!;
  const first = `#${[...pixels.slice(0, 3)].map((byte) => byte.toString(16).padStart(2, "0")).join("")}`;
  const distance = [1, 3, 5].reduce((sum, at) => sum + Math.abs(Number.parseInt(first.slice(at, at + 2), 16) - Number.parseInt(top!.slice(at, at + 2), 16)), 0);
  expect(distance).toBeLessThan(6);
  expect(new Set(Array.from({ length: side * side }, (_, i) => pixels.slice(i * 3, i * 3 + 3).join())).size).toBeGreaterThan(60);
});
