import { breathe, Complaint, type Progress, Queue } from "@kuishi/base";
import {
  type ArrangementReport,
  alignment,
  arrangementReport,
  atLoudness,
  atRate,
  type BlendRequest,
  compareTake,
  convertAudio,
  convertText,
  copyForTransfer,
  type Frozen,
  finishBlend,
  frozen,
  type HeardFile,
  type Host,
  hearAny,
  heardOf,
  isCarried,
  isScore,
  type ListenedRecording,
  listenTo,
  makeRelease,
  openReference,
  openVoice,
  ownSounds,
  plainPlan,
  prepareBlend,
  RECORDING,
  readPicture,
  thawed,
  VOICE,
  writeVersion,
} from "@kuishi/flow";
import { blobSource, loadRecording } from "@kuishi/media";
import { codecs } from "@kuishi/media/browser";
import { bundleTexts, openBundle, sessionOf } from "@kuishi/project";
import { withDrawnLines } from "@kuishi/score";
import { Kernels } from "@kuishi/signal";
import kernelsUrl from "@kuishi/signal/kernels.wasm?url";
import { rankContest, readContest, verifyContest } from "@kuishi/stage";
import type { NamedAudio, NamedFile, Told, WorkAnswers, WorkAsk, WorkTold } from "./messages.ts";
import { BlobOutputs } from "./outputs.ts";
import { answer } from "./rpc.ts";
import { workerThreads } from "./threads.ts";
import { zipFiles } from "./zip.ts";

const tell = (told: WorkTold): void => self.postMessage(told);
const kernels = WebAssembly.compileStreaming(fetch(kernelsUrl)).catch(async () => WebAssembly.compile(await (await fetch(kernelsUrl)).arrayBuffer()));

let abort = new AbortController();
interface Current {
  readonly source: Blob;
  readonly name: string;
  readonly instrument: string | undefined;
  readonly passage: { readonly fromSec?: number; readonly toSec?: number };
  /** Made when it is first needed: a tune that comes with its hearing is not listened to until it is corrected. */
  listened: ListenedRecording | undefined;
  file: HeardFile;
}
let current: Current | undefined;

const opened = (): Current => {
  if (!current) throw new Complaint("usage", "media.short");
  return current;
};

/** How often something was stopped: what was asked before and has not begun is stopped with it. */
let cancels = 0;
/** What brings a tune back that was heard already is nothing a user waits for, or would stop. */
const isRestoring = (ask: WorkAsk): boolean => ask.do === "hear" && ask.heard !== undefined;
function inTurn(ask: WorkAsk): Promise<WorkAnswers[WorkAsk["do"]]> {
  const before = cancels;
  return queue.run(() => {
    if (cancels !== before && !isRestoring(ask)) throw new Complaint("cancelled", "cancelled");
    return run(ask);
  });
}
async function run(ask: WorkAsk): Promise<WorkAnswers[WorkAsk["do"]]> {
  if (ask.do === "cancel") {
    cancels++;
    abort.abort();
    return null;
  }
  abort = new AbortController();
  const signal = isRestoring(ask) ? new AbortController().signal : abort.signal;
  const progress: Progress = { signal, report: (stage, done) => tell({ told: "progress", stage, done }) };
  const alone: Host = { kernels: await kernels, clock: () => performance.now() / 1000 };
  const host: Host = { ...alone, threads: workerThreads };
  switch (ask.do) {
    case "hear":
      return await looked(ask.name, ask.file, () => hear(host, ask, progress));
    case "correct": {
      const own = opened();
      if (isScore(own.name)) throw new Complaint("usage", "score.fixed");
      own.listened ??= await listenTo(host, blobSource(own.source), own, progress);
      const file = await heardOf(host, own.listened, ask.locks, progress);
      own.file = { ...file, heard: withDrawnLines(file.heard, ask.lines) };
      return own.file.heard;
    }
    case "alone":
      return await atLoudness(host, plainPlan(ask.sound[0]?.length ?? 0), new Map([[RECORDING, ask.sound]]), ask.loudness, progress);
    case "blend": {
      const sung = ask.voice;
      const voice = sung && (await looked(sung.name, sung.file, () => openVoice(host, sung.name, blobSource(sung.file), sung.correct, progress)));
      const blend = await prepareBlend(
        ask.ahead ? alone : host,
        opened().file,
        { choices: ask.choices, ownStyles: ask.ownStyles, ...(voice ? { voice } : {}) },
        progress,
      );
      const plan = await atLoudness(host, blend.plan, blend.clips, ask.loudness, progress);
      const report: ArrangementReport = arrangementReport(blend.file.heard, blend);
      return { plan, report, clips: [...copyForTransfer(ownSounds(blend))], frozen: new Blob([JSON.stringify(frozen(blend))]) };
    }
    case "export": {
      const own = opened();
      const outputs = new BlobOutputs();
      const blend = ask.frozen
        ? thawed(JSON.parse(await ask.frozen.text()) as Frozen, own.file, new Map(ask.clips))
        : await prepareBlend(host, own.file, { choices: ask.choices, ownStyles: ask.ownStyles }, progress);
      const session = sessionOf(ask.records);
      const files = new Map(ask.files.map((file) => [file.name, file.blob]));
      const voice = ask.voice && { name: ask.voice.name, channels: [], bytes: null, correct: ask.voice.correct };
      const request = {
        choices: ask.choices,
        ownStyles: ask.ownStyles,
        ...(voice ? { voice } : {}),
        loudness: ask.loudness,
        language: ask.language,
        provenance: session.song.provenance,
        original: { name: own.name, bytes: null },
        session,
        fileOf: async (entry) => ((blob) => blob && blobSource(blob))(files.get(entry)),
        bundle: { records: ask.records, meta: ask.meta, files: await carried(ask.files) },
      } satisfies BlendRequest;
      const blended = await finishBlend(host, blend, request, outputs, progress);
      // the singer as she came out of the blend
      const sung = blend.clips.get(VOICE);
      const again = voice && sung ? { ...request, voice: { ...voice, channels: sung, correct: 0 } } : request;
      for (const version of ask.versions) await writeVersion(host, version, { file: own.file, blended, request: again }, outputs, progress);
      return { report: blended.report, files: outputs.list([...blended.files, ...ask.versions.map((version) => `${version}.wav`)]) };
    }
    case "reference":
      return await looked(ask.name, ask.file, () => openReference(host, ask.name, blobSource(ask.file), progress));
    case "sounds": {
      const out: (readonly [string, readonly Float32Array[]])[] = [];
      for (const { name, rate, cents, file } of ask.wanted) {
        const sound = file
          ? (await looked(name, file, () => loadRecording(new Kernels(host.kernels), blobSource(file), {}, progress))).channels
          : opened().file.recording.channels;
        out.push([name, rate === 1 && cents === 0 ? sound : await atRate(sound, rate, cents, progress)]);
      }
      return out satisfies NamedAudio;
    }
    case "slow": {
      return ask.rate === 1 ? ask.sound : await atRate(ask.sound, ask.rate, 0, progress);
    }
    case "align": {
      const mono = async (file: Blob): Promise<Float32Array> =>
        (await loadRecording(new Kernels(host.kernels), blobSource(file), {}, progress)).channels[0] ?? new Float32Array(0);
      return alignment(new Kernels(host.kernels), await mono(ask.played), await mono(ask.taken));
    }
    case "compare":
      return await looked("take.wav", ask.take, () => compareTake(host, blobSource(ask.take), opened().file.heard, {}, progress));
    case "encode":
      return new Blob([await convertAudio(host.kernels, blobSource(ask.file), ask.format, codecs, progress)]);
    case "bundle": {
      const texts = [...bundleTexts(ask)].map(([name, text]): NamedFile => ({ name, blob: new Blob([text]) }));
      return await zipFiles([...texts, ...ask.files.filter(({ name }) => texts.every((text) => text.name !== name))]);
    }
    case "unbundle": {
      const bundle = await looked(".kuishi", ask.file, async () => openBundle(new Uint8Array(await ask.file.arrayBuffer()), { newer: true }));
      return { ...bundle, files: [...bundle.files].map(([name, bytes]) => ({ name, blob: new Blob([bytes as Uint8Array<ArrayBuffer>]) })) };
    }
    case "publish": {
      const outputs = new BlobOutputs();
      const { release, sounds, language, loudness } = ask;
      const cover = ask.cover ? readPicture(new Uint8Array(await ask.cover.arrayBuffer()), ask.cover instanceof File ? ask.cover.name : "") : undefined;
      const made = await makeRelease(
        host,
        { release, withSound: (index, work) => work(blobSource(sounds[index]!)), cover, codecs, language, loudness, zips: false },
        outputs,
        progress,
      );
      return { zip: await zipFiles(outputs.all()), cover: outputs.list([made.cover])[0]!.blob };
    }
    case "contest":
      return contestOf(ask.data);
    case "convert": {
      const told: Told[] = [];
      const convert = async (): Promise<Uint8Array<ArrayBuffer>> =>
        convertText(ask.name, new Uint8Array(await ask.file.arrayBuffer()), ask.to, (code, params) => told.push({ code, params }));
      return { file: new Blob([await looked(ask.name, ask.file, convert)]), told };
    }
  }
}

/** Ranks a contest and looks whether what its file claims is the same. */
function contestOf(data: unknown): WorkAnswers["contest"] {
  const ranking = rankContest(readContest(data));
  try {
    verifyContest(data);
    return { ...ranking, claim: "holds" };
  } catch (error) {
    if (!(error instanceof Complaint)) throw error;
    return error.code === "contest.unranked"
      ? { ...ranking, claim: "none" }
      : { ...ranking, claim: "differs", fault: { code: error.code, params: error.params } };
  }
}

async function carried(files: readonly NamedFile[]): Promise<Map<string, Uint8Array>> {
  const out = new Map<string, Uint8Array>();
  for (const { name, blob } of files) if (isCarried(blob.size)) out.set(name, new Uint8Array(await blob.arrayBuffer()));
  return out;
}

async function hear(host: Host, ask: Extract<WorkAsk, { do: "hear" }>, progress: Progress): Promise<WorkAnswers["hear"]> {
  await breathe(progress);
  const { file: source, name, instrument, parts } = ask;
  const passage = { fromSec: ask.passage?.fromSec ?? 0, ...(ask.passage?.toSec == null ? {} : { toSec: ask.passage.toSec }) };
  const told: Told[] = [];
  let listened: ListenedRecording | undefined;
  let file: HeardFile;
  if (isScore(name) || ask.heard)
    file = await hearAny(
      host,
      name,
      blobSource(source),
      { instrument, passage, parts, seed: 1, analysis: ask.heard, tell: ({ code, params }) => told.push({ code, params }) },
      progress,
    );
  else {
    listened = await listenTo(host, blobSource(source), { instrument, passage }, progress);
    const first = await heardOf(host, listened, ask.locks, progress);
    file = { ...first, heard: withDrawnLines(first.heard, ask.lines) };
  }
  current = { source, name, instrument, passage, listened, file };
  const { channels, fromSec, toSec } = file.recording;
  return { heard: file.heard, channels, fromSec, toSec, score: file.written?.score ?? null, told };
}

/** Reads a file while the page looks on: it ends this thread where a reader goes on for ever. */
async function looked<T>(name: string, file: Blob, read: () => Promise<T>): Promise<T> {
  tell({ told: "reading", name: file instanceof File ? file.name : name, bytes: file.size });
  try {
    return await read();
  } finally {
    tell({ told: "read" });
  }
}

// one thing after the other: what is asked while a tune is being opened is of that tune
const queue = new Queue();
answer<WorkAsk, WorkAnswers>((ask) => (ask.do === "cancel" ? run(ask) : inTurn(ask)));
