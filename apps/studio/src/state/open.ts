import { Complaint, SAMPLE_RATE } from "@kuishi/base";
import type { Choices } from "@kuishi/blend";
import type { Plan } from "@kuishi/engine";
import { type ArrangementReport, entryOf, firstRecords, guitarProScore, isCarried, isGuitarPro, isScore, scoreNames, variationOf } from "@kuishi/flow";
import { addressOf, emptySong, Provenance, type RawRecord } from "@kuishi/project";
import { type BookTune, type Heard, noLocks, type Score } from "@kuishi/score";
import { batch } from "solid-js";
import type { WorkAnswers } from "../workers/messages.ts";
import { lines, locks } from "./corrections.ts";
import { ask, quietly } from "./ear.ts";
import { beginExample, beginProject, edit, getFile, getMade, isSong, lastProject, note, openStored, session } from "./project.ts";
import { arrived, localOf } from "./together.ts";
import { EXAMPLE, HEARD, keepHeard, lookAt, showTune, type Tune, tune, whileOpening } from "./tune.ts";
import { busily, fail, goTo, room, setNotice, showBook } from "./ui.ts";
import { beginWith, blend, currentVariation, fetchOutcome, forgetVariations, keepFrozen, makeAgain, showOutcome } from "./variations.ts";

const titleOf = (name: string): string => name.replace(/\.[^.]*$/, "");
const isBundle = (name: string): boolean => /\.kuishi$/i.test(name);

function forget(): void {
  lookAt(undefined);
  showTune(undefined);
  forgetVariations();
  setNotice(undefined);
}

/** A song begins with an empty verse. */
const FIRST_LINES: readonly RawRecord[] = [
  { id: "arrangement-1", kind: "arrangement", name: "A", order: 0 },
  { id: "section-1", kind: "section", role: "verse" },
  { id: "place-1", kind: "place", arrangement: "arrangement-1", section: "section-1", order: 0, energy: 0.4 },
  { id: "lyric-1", kind: "lyric", section: "section-1", order: 0 },
];
/** Begins a song from nothing. */
export const newSong = (): Promise<void> =>
  busily(async () => {
    const from = room();
    await whileOpening(async () => {
      forget();
      await beginProject([{ ...emptySong }, ...FIRST_LINES], []);
    });
    // who went elsewhere meanwhile stays there
    if (room() === from) goTo("write");
  });
const isSongText = (name: string): boolean => /\.(cho|crd|chopro|chordpro|pro)$/i.test(name);
/** Opens words with chords (ChordPro) as a song of its own; `here`: as the words of what is open, where it has none yet. */
export const openSong = (file: Blob, name: string, here = false): Promise<void> =>
  busily(async () => {
    const from = room();
    try {
      const { layDown, scoreText, songFromChordPro } = await import("./song-files.ts");
      const song = songFromChordPro(scoreText(new Uint8Array(await file.arrayBuffer())));
      if (here && tune() && !isSong()) edit("words", (draft) => layDown(draft, song, "A"));
      else
        await whileOpening(async () => {
          forget();
          await beginProject([{ ...emptySong }], []);
          note((draft) => layDown(draft, { ...song, title: song.title ?? titleOf(name) }, "A"));
        });
      if (room() === from) goTo("write");
    } catch (error) {
      fail(error);
    }
  });

/** Opens a recording, a score, a song or a bundle; what was open before is kept in the list of projects. A book of tunes is shown first, to choose from. */
export async function openFile(file: Blob, name: string): Promise<void> {
  if (isBundle(name)) {
    await openBundleFile(file);
    return;
  }
  if (isSongText(name)) {
    await openSong(file, name);
    return;
  }
  if (isGuitarPro(name)) {
    await openGuitarPro(file, name);
    return;
  }
  if (/\.abc$/i.test(name)) {
    const { abcBook, scoreText } = await import("./song-files.ts");
    const tunes = abcBook(scoreText(new Uint8Array(await file.arrayBuffer())));
    if (tunes.length > 1) {
      showBook({ name, tunes });
      return;
    }
  }
  await openTune(file, name, isScore(name) ? {} : { instrument: session().song.instrument });
}
/** Opens a Guitar Pro file as the score that it holds. */
async function openGuitarPro(file: Blob, name: string): Promise<void> {
  try {
    const own = await guitarProScore(name, new Uint8Array(await file.arrayBuffer()));
    await openTune(new Blob([own.bytes]), own.name, {});
  } catch (error) {
    fail(error);
  }
}
/** Opens one tune of a book, as a file of its own. */
export async function openFromBook({ title, text }: BookTune, book: string): Promise<void> {
  const name = `${title.replace(/[/\\]/g, " ").trim() || titleOf(book)}.abc`;
  showBook(undefined);
  await openTune(new Blob([text]), name, {});
}
async function openTune(file: Blob, name: string, as: { readonly instrument?: string }): Promise<void> {
  const heard = await ask("decode", { do: "hear", file, name, ...as, locks: noLocks, lines: [] });
  if (!heard) return;
  await whileOpening(async () => {
    forget();
    const entry = isCarried(file.size) ? await entryFor(name, file) : null;
    const begin = recordsOf(name, entry, heard);
    if (name === EXAMPLE && entry) await beginExample(begin, { entry, blob: file });
    else await beginProject(begin, entry ? [{ entry, blob: file }] : []);
    if (!entry) setNotice({ code: "warning.noaudio", params: {} });
    else if (heard.told[0]) setNotice(heard.told[0]);
    await keepHeard(heard.heard);
    showTune(tuneOf(name, heard));
  });
}
const tuneOf = (name: string, { heard, channels, score }: WorkAnswers["hear"]): Tune => ({ name, heard, channels, ...(score ? { score } : {}) });
/** Where a recording is kept. The store gives sounds their contents' addresses in its worker; the example has no place in it until it is edited. */
const entryFor = async (name: string, file: Blob): Promise<string> =>
  name === EXAMPLE ? addressOf(name, new Uint8Array(await file.arrayBuffer())) : entryOf(name);
function recordsOf(
  name: string,
  entry: string | null,
  { fromSec, toSec, heard, score }: Pick<WorkAnswers["hear"], "fromSec" | "toSec" | "heard"> & { readonly score?: Score | null },
) {
  const provenance = Provenance.parse({ title: titleOf(name), ...(score ? scoreNames(score) : {}), learnedFrom: name });
  return firstRecords({ name, entry, fromSec, toSec }).map((record) =>
    record.kind === "song" ? { ...record, instrument: heard.instrument, provenance } : record,
  );
}

/** Opens a `.kuishi` bundle as a project of its own. */
async function openBundleFile(file: Blob): Promise<void> {
  const bundle = await ask("decode", { do: "unbundle", file });
  if (!bundle) return;
  const files = bundle.files.map(({ name, blob }) => ({ entry: name, blob }));
  await opened(async () => {
    await beginProject(bundle.records, files, bundle.meta);
    if (bundle.heard) await keepHeard(bundle.heard);
    return bundle.heard ?? undefined;
  });
}
/** Opens a project of the browser's own. */
export const openProject = (id: string): Promise<void> =>
  opened(async () => {
    await openStored(id);
    await arrived();
    const kept = await getMade(HEARD);
    try {
      return kept && (JSON.parse(await kept.text()) as Heard);
    } catch {
      // it was torn, and is heard anew
      return undefined;
    }
  });
/** Opens a project that is shared with this person: its copy here, and what the server has. */
export const openShared = (shared: string): Promise<void> => openProject(localOf(shared));
/**
 * Opens a project: its sound, what is known of it, and the blend that sounded, as it was; nothing is made again that is there.
 * @param place opens the records, and says what was heard of the recording.
 */
async function opened(place: () => Promise<Heard | undefined>): Promise<void> {
  try {
    await busily(async () => {
      await whileOpening(async () => {
        forget();
        await showProject(await place());
      });
      const { variation, choices } = session().song;
      if (!tune() || currentVariation()) return;
      if (variation !== null) await makeAgain(variation);
      else if (choices) await blend();
    });
  } catch (error) {
    fail(error);
  }
}
async function showProject(heard: Heard | undefined): Promise<void> {
  const { song, assets } = session();
  const asset = song.recording ? assets.get(song.recording.asset) : undefined;
  const file = asset?.entry ? await getFile(asset.entry) : undefined;
  // a song that began with words
  if (!song.recording && isSong()) return;
  if (!asset || !file || !song.recording) throw new Complaint("unreadable", "project.norecording", { name: asset?.name ?? "" });
  const { fromSec, toSec } = song.recording;
  const own = { file, name: asset.name, instrument: song.instrument, parts: song.parts, passage: { fromSec, toSec }, ...(heard ? { heard } : {}) };
  const [answer, made] = await Promise.all([
    ask("decode", { do: "hear", ...own, locks: locks(), lines: lines() }),
    song.variation === null ? undefined : fetchOutcome(song.variation),
  ]);
  if (!answer) return;
  if (!heard) await keepHeard(answer.heard);
  batch(() => {
    if (song.variation !== null && made) showOutcome(song.variation, made);
    showTune(tuneOf(asset.name, answer));
  });
}

/** A file's sound at 48 kHz by the browser's decoder; undefined where it has none for it. */
async function quickly(file: Blob): Promise<Pick<WorkAnswers["hear"], "channels" | "fromSec" | "toSec"> | undefined> {
  try {
    const buffer = await new OfflineAudioContext(1, 1, SAMPLE_RATE).decodeAudioData(await file.arrayBuffer());
    return { channels: Array.from({ length: buffer.numberOfChannels }, (_, c) => buffer.getChannelData(c)), fromSec: 0, toSec: null };
  } catch {
    return undefined;
  }
}

interface Opening {
  readonly heard: Heard;
  readonly choices: Choices;
  readonly plan: Plan;
  readonly report: ArrangementReport;
}
/** The example as it comes with the studio: heard and blended when it was built, so that it sounds at once. */
export async function openExample(): Promise<void> {
  const at = (name: string): URL => new URL(`./example/${name}`, document.baseURI);
  const sound = fetch(at(EXAMPLE));
  const ready = fetch(at("opening.json"));
  try {
    const blob = await (await sound).blob();
    const response = await ready;
    if (!response.ok) {
      await openFile(blob, EXAMPLE);
      return;
    }
    const { heard, choices: chosen, plan, report } = (await response.json()) as Opening;
    // the browser's own decoder is there at once; the worker, which writes, opens it with ours meanwhile
    const worked = quietly({ do: "hear", file: blob, name: EXAMPLE, instrument: "dombra", heard, locks: noLocks, lines: [] });
    worked.catch(fail);
    const answer = (await quickly(blob)) ?? (await worked);
    const variation = variationOf(chosen, "A", 1);
    await whileOpening(async () => {
      forget();
      const entry = await entryFor(EXAMPLE, blob);
      const begin = recordsOf(EXAMPLE, entry, { ...answer, heard }).map((record) =>
        record.kind === "song" ? { ...record, choices: { ...chosen }, variation: variation.id } : record,
      );
      await beginExample([...begin, variation], { entry, blob });
      await keepHeard(heard);
      await beginWith(variation.id, { choices: chosen, ownStyles: [], voice: null, loudness: session().song.loudness, plan, report, clips: [] });
      showTune({ name: EXAMPLE, heard, channels: answer.channels });
    });
    const frozen = await fetch(at("frozen.json"));
    if (frozen.ok) await keepFrozen(variation.id, await frozen.blob());
  } catch (error) {
    fail(error);
  }
}
/** What is there when the page opens: the project that was open last, else the example. */
export async function openFirst(): Promise<void> {
  const last = await lastProject();
  if (last) await openProject(last);
  if (!tune() && !isSong()) await openExample();
}
/** Hears the open file again, as another instrument; of a score, gives the tune to another instrument. */
export const hearAs = (instrument: string): Promise<void> => again({ instrument });
/** Lets these parts of the open score sound, by their ids; all where none is told. */
export const playParts = (parts: readonly string[]): Promise<void> => again({ parts });
async function again(change: { readonly instrument?: string; readonly parts?: readonly string[] }): Promise<void> {
  const { song, assets } = session();
  const asset = song.recording ? assets.get(song.recording.asset) : undefined;
  const file = asset?.entry ? await getFile(asset.entry) : undefined;
  if (!file || !asset) return;
  const { fromSec, toSec } = song.recording ?? { fromSec: 0, toSec: null };
  // other parts may have the tune on another instrument
  const as = { parts: song.parts, ...(change.parts ? {} : { instrument: song.instrument }), ...change };
  const answer = await ask("decode", { do: "hear", file, name: asset.name, ...as, passage: { fromSec, toSec }, locks: noLocks, lines: [] });
  if (!answer) return;
  await whileOpening(async () => {
    edit(change.parts ? "parts" : "instrument", (draft) => {
      draft.set("song", "song", { instrument: answer.heard.instrument, parts: [...as.parts], open: [], tonicCents: null, variation: null });
      for (const variation of draft.session.variations) draft.remove(variation.id);
      // corrections were of strings that this instrument may not have
      for (const fix of [...draft.session.strokes, ...draft.session.bars, ...draft.session.lines]) draft.remove(fix.id);
    });
    showTune(tuneOf(asset.name, answer));
  });
  await keepHeard(answer.heard);
}
