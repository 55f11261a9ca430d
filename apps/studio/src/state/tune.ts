import { Complaint } from "@kuishi/base";
import type { Choices } from "@kuishi/blend";
import type { Plan } from "@kuishi/engine";
import { type Alignment, type ArrangementReport, entryOf, firstRecords, plainPlan, RECORDING, VOICE_ASSET, wantedClips, withSession } from "@kuishi/flow";
import type { AudioFormat } from "@kuishi/media";
import { Provenance } from "@kuishi/project";
import { type Heard, type Locks, noLocks } from "@kuishi/score";
import { createEffect, createMemo, createRoot, createSignal, on, untrack } from "solid-js";
import type { Sound, WorkAnswers, WorkAsk, WorkTold } from "../work/messages.ts";
import { asker } from "../work/rpc.ts";
import { choices, ownStyles } from "./choices.ts";
import { language } from "./language.ts";
import { allFiles, beginExample, beginProject, edit, getFile, lastProject, note, openStored, placed, putFile, putMade, records, session } from "./project.ts";
import { fail, setFailure, setNotice, setWork, work } from "./ui.ts";

/** What is open: its sound, and what was heard of it. */
export interface Tune {
  readonly name: string;
  readonly heard: Heard;
  readonly channels: Sound;
}
/** A blend that can be played. */
export interface Made {
  /** A, B, C: in the order they were made. */
  readonly name: string;
  readonly choices: Choices;
  /** At the project's loudness, without what was set in the mixer. */
  readonly plan: Plan;
  readonly report: ArrangementReport;
  /** Sounds the plan needs beside the recording, or instead of it. */
  readonly clips: readonly (readonly [string, Sound])[];
}
/** Variations that are kept. */
const KEPT = 8;
export const EXAMPLE = "balbyrauyn.flac";

export const [tune, setTune] = createSignal<Tune>();
export const [made, setMade] = createSignal<Made>();
export const [variations, setVariations] = createSignal<readonly Made[]>([]);
/** What was heard has changed since the blend was made. */
export const [stale, setStale] = createSignal(false);
/** What was written last; empty again when something changes. */
export const [exported, setExported] = createSignal<WorkAnswers["export"]>();
/** Seconds of the stroke that is being looked at. */
export const [looking, setLooking] = createSignal<number>();

const worker = new Worker(new URL("../work/ear.worker.ts", import.meta.url), { type: "module" });
const rawAsk = asker<WorkAsk>(worker, (told) => {
  const { stage, done } = told as WorkTold;
  if (work()) setWork({ stage, done });
});
/** Asks the worker, shows its progress, and tells what goes wrong. @returns undefined where it was told. */
async function ask<D extends WorkAsk["do"]>(stage: string, question: Extract<WorkAsk, { do: D }>): Promise<WorkAnswers[D] | undefined> {
  setFailure(undefined);
  setWork({ stage, done: 0 });
  try {
    return (await rawAsk(question)) as WorkAnswers[D];
  } catch (error) {
    fail(error);
    return undefined;
  } finally {
    setWork(undefined);
  }
}
export const cancel = (): void => void rawAsk({ do: "cancel" });

/** Corrections of the open project, as the ear takes them. */
export const locks = createRoot(() =>
  createMemo<Locks>(
    () => {
      const { strokes, bars, song } = session();
      return {
        ...noLocks,
        strokes: strokes.map(({ at, notes }) => ({ at, notes: notes.map((one) => ({ ...one })) })),
        bars: bars.map(({ at, groups }) => ({ at, ...(groups.length > 0 ? { groups: [...groups] } : {}) })),
        open: [...song.open],
        ...(song.tonicCents === null ? {} : { tonicCents: song.tonicCents }),
      };
    },
    noLocks,
    { equals: (a, b) => JSON.stringify(a) === JSON.stringify(b) },
  ),
);
const lines = createRoot(() => createMemo(() => session().lines, [], { equals: (a, b) => JSON.stringify(a) === JSON.stringify(b) }));

const titleOf = (name: string): string => name.replace(/\.[^.]*$/, "");
const isBundle = (name: string): boolean => /\.kuishi$/i.test(name);
/** Larger files stay outside the project. */
const CARRIED_BYTES = 64 * 1024 * 1024;

function forget(): void {
  setLooking(undefined);
  setMade(undefined);
  setVariations([]);
  setExported(undefined);
  setStale(false);
  setTune(undefined);
  setNotice(undefined);
}
/** While a tune is being opened its corrections are not news to the ear. */
let opening = false;

/** Opens a recording, a written tune or a bundle; what was open before is kept in the list of projects. */
export async function openFile(file: Blob, name: string, instrument = session().song.instrument): Promise<void> {
  if (isBundle(name)) {
    await openBundleFile(file);
    return;
  }
  const heard = await ask("decode", { do: "hear", file, name, instrument, locks: noLocks, lines: [] });
  if (!heard) return;
  opening = true;
  forget();
  const entry = file.size <= CARRIED_BYTES ? entryOf(name) : null;
  const begin = recordsOf(name, entry, heard, instrument);
  if (name === EXAMPLE && entry) beginExample(begin, { entry, blob: file });
  else await beginProject(begin, entry ? [{ entry, blob: file }] : []);
  if (!entry) setNotice({ code: "warning.noaudio", params: {} });
  await putHeard(heard.heard);
  setTune({ name, heard: heard.heard, channels: heard.channels });
  opening = false;
}
function recordsOf(name: string, entry: string | null, { fromSec, toSec }: Pick<WorkAnswers["hear"], "fromSec" | "toSec">, instrument: string) {
  return firstRecords({ name, entry, fromSec, toSec }).map((record) =>
    record.kind === "song" ? { ...record, instrument, provenance: Provenance.parse({ title: titleOf(name), learnedFrom: name }) } : record,
  );
}
/** What was heard travels beside the records: it is large, and made anew rather than edited. */
const HEARD = "heard.json";
const putHeard = async (heard: Heard): Promise<void> => {
  await putMade(HEARD, new Blob([JSON.stringify(heard)]));
};

/** Opens a `.kuishi` bundle as a project of its own. */
async function openBundleFile(file: Blob): Promise<void> {
  const bundle = await ask("decode", { do: "unbundle", file });
  if (!bundle) return;
  opening = true;
  forget();
  await beginProject(
    bundle.records,
    bundle.files.map(({ name, blob }) => ({ entry: name, blob })),
  );
  if (bundle.heard) await putHeard(bundle.heard);
  await openHeard(bundle.heard ?? undefined);
}
/** Opens a project of the browser's own. */
export async function openProject(id: string): Promise<void> {
  opening = true;
  forget();
  try {
    await openStored(id);
    const kept = await getFile(HEARD);
    let heard: Heard | undefined;
    try {
      if (kept) heard = JSON.parse(await kept.text()) as Heard;
    } catch {
      // heard anew then
    }
    await openHeard(heard);
  } catch (error) {
    opening = false;
    fail(error);
  }
}
/** The sound of the open project, with what is known of it; then its blend, where it has one. */
async function openHeard(heard: Heard | undefined): Promise<void> {
  const { song, assets } = session();
  const asset = song.recording ? assets.get(song.recording.asset) : undefined;
  const file = asset?.entry ? await getFile(asset.entry) : undefined;
  if (!asset || !file || !song.recording) {
    opening = false;
    fail(new Complaint("unreadable", "project.norecording", { name: asset?.name ?? "" }));
    return;
  }
  const { fromSec, toSec } = song.recording;
  const answer = await ask("decode", {
    do: "hear",
    file,
    name: asset.name,
    instrument: song.instrument,
    passage: { fromSec, toSec },
    ...(heard ? { heard } : {}),
    locks: locks(),
    lines: lines(),
  });
  opening = false;
  if (!answer) return;
  if (!heard) await putHeard(answer.heard);
  setTune({ name: asset.name, heard: answer.heard, channels: answer.channels });
  if (song.choices) await blend();
}

/** A file's sound at 48 kHz by the browser's decoder; undefined where it has none for it. */
async function quickly(file: Blob): Promise<Pick<WorkAnswers["hear"], "channels" | "fromSec" | "toSec"> | undefined> {
  try {
    const buffer = await new OfflineAudioContext(1, 1, 48_000).decodeAudioData(await file.arrayBuffer());
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
      await openFile(blob, EXAMPLE, "dombra");
      return;
    }
    const { heard, choices: chosen, plan, report } = (await response.json()) as Opening;
    // the browser's own decoder is there at once; the worker, which writes, opens it with ours meanwhile
    const opened = rawAsk({ do: "hear", file: blob, name: EXAMPLE, instrument: "dombra", heard, locks: noLocks, lines: [] }) as Promise<WorkAnswers["hear"]>;
    opened.catch(fail);
    const answer = (await quickly(blob)) ?? (await opened);
    opening = true;
    forget();
    const entry = entryOf(EXAMPLE);
    const begin = recordsOf(EXAMPLE, entry, answer, "dombra").map((record) => (record.kind === "song" ? { ...record, choices: { ...chosen } } : record));
    beginExample(begin, { entry, blob });
    setTune({ name: EXAMPLE, heard, channels: answer.channels });
    keepVariation({ name: "", choices: chosen, plan, report, clips: [] });
    opening = false;
  } catch (error) {
    opening = false;
    fail(error);
  }
}
/** What is there when the page opens: the project that was open last, else the example. */
export async function openFirst(): Promise<void> {
  const last = await lastProject();
  if (last) await openProject(last);
  if (!tune()) await openExample();
}
/** Hears the open file again, as another instrument. */
export async function hearAs(instrument: string): Promise<void> {
  const { song, assets } = session();
  const asset = song.recording ? assets.get(song.recording.asset) : undefined;
  const file = asset?.entry ? await getFile(asset.entry) : undefined;
  if (!file || !asset) return;
  const { fromSec, toSec } = song.recording ?? { fromSec: 0, toSec: null };
  const answer = await ask("decode", { do: "hear", file, name: asset.name, instrument, passage: { fromSec, toSec }, locks: noLocks, lines: [] });
  if (!answer) return;
  opening = true;
  edit("instrument", (draft) => {
    draft.set("song", "song", { instrument, open: [], tonicCents: null });
    // corrections were of strings that this instrument may not have
    for (const fix of [...draft.session.strokes, ...draft.session.bars, ...draft.session.lines]) draft.remove(fix.id);
  });
  setTune({ name: asset.name, heard: answer.heard, channels: answer.channels });
  setMade(undefined);
  setVariations([]);
  opening = false;
  await putHeard(answer.heard);
}

// What the listener corrected is heard at once, also when a correction is taken back.
createRoot(() =>
  createEffect(
    on(
      [locks, lines],
      async ([now, drawn]) => {
        if (opening || !untrack(tune)) return;
        const heard = await ask("structure", { do: "correct", locks: now, lines: drawn });
        const own = untrack(tune);
        if (!heard || !own) return;
        setTune({ ...own, heard });
        setStale(true);
        setExported(undefined);
        await putHeard(heard);
      },
      { defer: true },
    ),
  ),
);

function keepVariation(next: Made): void {
  const alike = variations().find((other) => JSON.stringify(other.choices) === JSON.stringify(next.choices));
  const used = new Set(variations().map((other) => other.name));
  const free = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZ"].find((letter) => !used.has(letter)) ?? "Z";
  const named: Made = { ...next, name: alike?.name ?? free };
  const list = alike ? variations().map((other) => (other === alike ? named : other)) : [...variations(), named];
  setVariations(list.slice(-KEPT));
  setMade(named);
  setStale(false);
  setExported(undefined);
}
/** Puts another variation in place of the one that plays, at the same moment. */
export function pickVariation(variation: Made): void {
  if (variation !== made()) setMade(variation);
}

async function blendAsk() {
  const { song, assets } = session();
  const asset = song.voice ? assets.get(song.voice.asset) : undefined;
  const file = asset?.entry ? await getFile(asset.entry) : undefined;
  return {
    choices: choices(),
    ownStyles: ownStyles(),
    loudness: song.loudness,
    ...(song.voice && asset && file ? { voice: { file, name: asset.name, correct: song.voice.correct } } : {}),
  };
}
/** Blends the open tune as it is chosen. */
export async function blend(): Promise<void> {
  if (!tune()) return;
  const question = await blendAsk();
  const answer = await ask("arrange", { do: "blend", ...question });
  if (!answer) return;
  if (!session().song.choices) note((draft) => draft.set("song", "song", { choices: { ...question.choices } }));
  keepVariation({ name: "", choices: question.choices, ...answer });
}
/** Writes everything: mix, stems, score, tuning, project, report. */
export async function exportAll(): Promise<void> {
  if (!tune()) return;
  const answer = await ask("render", { do: "export", ...(await blendAsk()), records: records(), files: await allFiles(), language: language() });
  if (answer) setExported(answer);
}
/** Length of a sound file, frames; undefined where it could not be read, which was told. */
export async function lengthOf(file: Blob): Promise<number | undefined> {
  const answer = await ask("decode", { do: "sounds", wanted: [{ name: "", rate: 1, cents: 0, file }] });
  return answer?.[0]?.[1][0]?.length;
}
/** How late a take lies behind what was played to it. */
export const align = (taken: Blob, played: Blob): Promise<Alignment> => rawAsk({ do: "align", taken, played }) as Promise<Alignment>;
/** A mix in another format. */
export const encode = (file: Blob, format: AudioFormat): Promise<Blob | undefined> => ask("encode", { do: "encode", file, format });
/** The project as one file. */
export const bundle = async (): Promise<Blob | undefined> =>
  ask("bundle", { do: "bundle", records: records(), heard: tune()?.heard ?? null, files: await allFiles() });
/** A file in another format, by its ending. */
export const convertFile = (file: Blob, name: string, to: string): Promise<Blob | undefined> => ask("encode", { do: "convert", file, name, to });
/** A passage of what is heard, slower. */
export const slowed = (from: number, to: number, rate: number): Promise<Sound | undefined> => ask("slow", { do: "slow", from, to, rate });

/** A singer's recording, as an asset of the project. */
export async function addVoice(file: File): Promise<void> {
  await placed();
  const entry = entryOf(`voice-${file.name}`);
  await putFile(entry, file);
  edit("voice", (draft) => {
    draft.put({ id: VOICE_ASSET, kind: "asset", name: file.name, entry, frames: null, origin: "file" });
    draft.set("song", "song", { voice: { asset: VOICE_ASSET, correct: 0 } });
  });
}

/** Sounds that the project's own clips want, decoded as they are asked for. */
const [decoded, setDecoded] = createSignal<ReadonlyMap<string, Sound>>(new Map());
createRoot(() =>
  createEffect(
    on([session, tune], async ([now, open]) => {
      if (!open) return;
      const have = untrack(decoded);
      const missing = wantedClips(now).filter((one) => !have.has(one.name) && now.assets.get(one.asset)?.frames !== null);
      if (missing.length === 0) return;
      // claimed at once, so that the next change does not ask for them again
      const claimed = new Map(have);
      for (const one of missing) claimed.set(one.name, []);
      setDecoded(claimed);
      const wanted = await Promise.all(
        missing.map(async ({ name, asset, rate, cents }) => {
          const entry = now.assets.get(asset)?.entry;
          return { name, rate, cents, file: asset === now.song.recording?.asset ? null : ((entry ? await getFile(entry) : undefined) ?? new Blob([])) };
        }),
      );
      const long = wanted.some((one) => one.rate !== 1 || one.cents !== 0);
      const answer = long
        ? await ask("stretch", { do: "sounds", wanted })
        : await (rawAsk({ do: "sounds", wanted }) as Promise<WorkAnswers["sounds"]>).catch((error: unknown) => void fail(error));
      if (answer) setDecoded(new Map([...untrack(decoded), ...answer]));
    }),
  ),
);
/** Every sound that can be played, by name. */
export const sounds = createRoot(() =>
  createMemo((): ReadonlyMap<string, Sound> => {
    const own = tune();
    return new Map([...(own ? [[RECORDING, own.channels] as const] : []), ...decoded(), ...(made()?.clips ?? [])]);
  }),
);

/** What is played: the blend, else the recording, with everything the project says. */
export const plan = createRoot(() =>
  createMemo((): Plan | undefined => {
    const own = tune();
    if (!own) return undefined;
    return withSession(made()?.plan ?? plainPlan(own.channels[0]?.length ?? 0), session());
  }),
);
