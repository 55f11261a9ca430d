import { Complaint } from "@kuishi/base";
import type { Draft, ReleasedTrack, ReleaseSheet } from "@kuishi/project";
import { creditsFrom, readRelease } from "@kuishi/stage";
import { createSignal } from "solid-js";
import type { WorkAnswers } from "../workers/messages.ts";
import { ask } from "./ear.ts";
import { language } from "./language.ts";
import { exportAll, exported } from "./outputs.ts";
import { bringFile, edit, getFile, session } from "./project.ts";
import { tune } from "./tune.ts";
import { busily, fail } from "./ui.ts";

/** What was published last, whole, as one zip; gone when what is said of it changes. */
const [publishedSignal, setPublished] = createSignal<WorkAnswers["publish"]>();
export const published = publishedSignal;

const today = (): string => new Date().toISOString().slice(0, 10);
/** What is said of the release; where nothing is said yet, what the project says of itself. */
export function sheetShown(): ReleaseSheet {
  const own = session().release;
  const { title, arrangers } = session().song.provenance;
  return { ...own, title: own.title || title, artist: own.artist || arrangers.join(", "), date: own.date || today() };
}
/** The tracks; where none was named, the project's own sound. */
export function tracksShown(): readonly ReleasedTrack[] {
  const { released, song } = session();
  if (released.length > 0) return released;
  const { title, composer, learnedFrom, arrangers } = song.provenance;
  return tune() ? [{ ...EMPTY_TRACK, title, composer, learnedFrom, arrangers: arrangers.join(", "), lyrics: song.lyrics.slice(0, 20_000) }] : [];
}
const OWN = "released-own";
const EMPTY_TRACK: ReleasedTrack = {
  id: OWN,
  kind: "released",
  order: 0,
  title: "",
  asset: null,
  composer: "folk",
  learnedFrom: "",
  place: "",
  arrangers: "",
  isrc: "",
  credits: "",
  lyrics: "",
};

/** What is shown becomes what is said, before the first change of it. */
function said(draft: Draft): void {
  if (session().release.title === "" && session().release.artist === "") draft.put(sheetShown());
  if (session().released.length === 0) for (const track of tracksShown()) draft.put(track);
}
function change(make: (draft: Draft) => void): void {
  setPublished(undefined);
  edit("release", (draft) => {
    said(draft);
    make(draft);
  });
}
export const setSheet = (fields: Partial<ReleaseSheet>): void => change((draft) => draft.set("release", "release", fields));
export const setTrack = (id: string, fields: Partial<ReleasedTrack>): void => change((draft) => draft.set("released", id, fields));
export const removeTrack = (id: string): void => change((draft) => draft.remove(id));
/** Moves a track up (-1) or down (1). */
export function moveTrack(id: string, by: -1 | 1): void {
  const tracks = tracksShown();
  const at = tracks.findIndex((track) => track.id === id);
  const other = tracks[at + by];
  if (other)
    change((draft) => {
      tracks.forEach((track, order) => draft.set("released", track.id, { order }));
      draft.set("released", id, { order: at + by });
      draft.set("released", other.id, { order: at });
    });
}

/** Puts a file among the project's. */
async function asAsset(draftOf: (put: (draft: Draft) => string) => void, file: File): Promise<void> {
  const entry = await bringFile(file);
  draftOf((draft) => {
    const asset = draft.newId("asset");
    draft.put({ id: asset, kind: "asset", name: file.name, entry, frames: null, origin: "file" });
    return asset;
  });
}
/** Adds finished sound as a track. */
export const addTrackFile = (file: File): Promise<void> =>
  busily(() =>
    asAsset(
      (put) =>
        change((draft) =>
          draft.put({ ...EMPTY_TRACK, id: draft.newId("released"), order: tracksShown().length, title: file.name.replace(/\.[^.]*$/, ""), asset: put(draft) }),
        ),
      file,
    ),
  ).catch(fail);
export const setCover = (file: File): Promise<void> =>
  busily(() => asAsset((put) => change((draft) => draft.set("release", "release", { cover: put(draft) })), file)).catch(fail);

async function soundOf(track: ReleasedTrack): Promise<Blob | undefined> {
  if (track.asset !== null) {
    const entry = session().assets.get(track.asset)?.entry;
    return entry ? await getFile(entry) : undefined;
  }
  if (!exported()) await exportAll();
  return exported()?.files.find(({ name }) => name === "mix.wav")?.blob;
}

/** Makes pages, sound and feeds of it. */
export const publish = (): Promise<void> => busily(publishAll).catch(fail);
async function publishAll(): Promise<void> {
  const [sheet, tracks] = [sheetShown(), tracksShown()];
  // what is wrong is told before anything is made
  const missing = (["title", "artist"] as const).find((key) => sheet[key].trim() === "");
  if (missing) throw new Complaint("usage", missing === "title" ? "publish.noTitle" : "publish.noArtist");
  const release = readRelease({
    kuishi: "release/1",
    ...{ title: sheet.title, artist: sheet.artist, type: sheet.type, date: sheet.date, about: sheet.about },
    ...{ licence: sheet.licence, address: sheet.address, downloads: sheet.downloads },
    tracks: tracks.map(({ title, isrc, credits, lyrics, composer, learnedFrom, place, arrangers }) => ({
      ...{ title, isrc, lyrics },
      credits: creditsFrom(credits),
      source: {
        ...{ composer: composer.trim() === "" ? "folk" : composer, learnedFrom, place },
        arrangers: arrangers
          .split(",")
          .map((name) => name.trim())
          .filter((name) => name !== ""),
      },
    })),
  });
  const sounds: Blob[] = [];
  for (const track of tracks) {
    const sound = await soundOf(track);
    if (!sound) return;
    sounds.push(sound);
  }
  const cover = sheet.cover === null ? undefined : session().assets.get(sheet.cover)?.entry;
  const made = await ask("publish", {
    do: "publish",
    release,
    sounds,
    cover: cover ? ((await getFile(cover)) ?? null) : null,
    language: language(),
    loudness: session().song.loudness ?? -14,
  });
  if (made) setPublished(made);
}
