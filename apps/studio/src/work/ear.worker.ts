import { breathe, Complaint, type Progress } from "@kuishi/base";
import {
  type ArrangementReport,
  alignment,
  apart,
  arrangementReport,
  atLoudness,
  atRate,
  convertAudio,
  convertText,
  finishBlend,
  type HeardFile,
  type Host,
  heardOf,
  hearFile,
  hearScore,
  isScore,
  type Listened,
  listenTo,
  loadVoice,
  type Prepared,
  type PrepareRequest,
  prepareBlend,
  RECORDING,
} from "@kuishi/flow";
import { blobSource, loadRecording } from "@kuishi/media";
import { bundleTexts, openBundle, sessionOf } from "@kuishi/project";
import { withLines } from "@kuishi/score";
import { Kernels } from "@kuishi/signal";
import kernelsUrl from "@kuishi/signal/kernels.wasm?url";
import { codecs } from "./codecs.ts";
import type { BlendAsk, NamedFile, NamedSounds, WorkAnswers, WorkAsk, WorkTold } from "./messages.ts";
import { BlobOutputs } from "./outputs.ts";
import { answer } from "./rpc.ts";
import { zipFiles } from "./zip.ts";

const CARRIED_BYTES = 64 * 1024 * 1024;
const tell = (told: WorkTold): void => self.postMessage(told);
const kernels = WebAssembly.compileStreaming(fetch(kernelsUrl)).catch(async () => WebAssembly.compile(await (await fetch(kernelsUrl)).arrayBuffer()));

let abort = new AbortController();
interface Current {
  readonly source: Blob;
  readonly name: string;
  readonly instrument: string;
  readonly passage: { readonly fromSec?: number; readonly toSec?: number };
  /** Made when it is first needed: a tune that comes with its hearing is not listened to until it is corrected. */
  listened: Listened | undefined;
  file: HeardFile;
}
let current: Current | undefined;
/** The blend made last, by what was asked for. */
let prepared: { readonly key: string; readonly blend: Prepared } | undefined;

const opened = (): Current => {
  if (!current) throw new Complaint("usage", "media.short");
  return current;
};

async function run(ask: WorkAsk): Promise<WorkAnswers[WorkAsk["do"]]> {
  if (ask.do === "cancel") {
    abort.abort();
    return null;
  }
  abort = new AbortController();
  const progress: Progress = { signal: abort.signal, report: (stage, done) => tell({ told: "progress", stage, done }) };
  const host: Host = { kernels: await kernels, clock: () => performance.now() / 1000 };
  switch (ask.do) {
    case "hear":
      return await hear(host, ask, progress);
    case "correct": {
      const own = opened();
      if (isScore(own.name)) throw new Complaint("usage", "score.fixed");
      own.listened ??= await listenTo(host, blobSource(own.source), own, progress);
      const file = await heardOf(host, own.listened, ask.locks, progress);
      own.file = { ...file, heard: withLines(file.heard, ask.lines) };
      prepared = undefined;
      return own.file.heard;
    }
    case "blend": {
      const blend = await prepareFor(host, ask, progress);
      const plan = await atLoudness(host, blend.plan, blend.clips, ask.loudness, progress);
      const report: ArrangementReport = arrangementReport(blend.file.heard, blend);
      const clips = [...apart(blend.clips)].filter(([name, sound]) => name !== RECORDING || sound !== opened().file.recording.channels);
      return { plan, report, clips };
    }
    case "export": {
      const own = opened();
      const outputs = new BlobOutputs();
      const blend = await prepareFor(host, ask, progress);
      const session = sessionOf(ask.records);
      const files = new Map(ask.files.map((file) => [file.name, file.blob]));
      const voice = ask.voice && { name: ask.voice.name, channels: [], bytes: null, correct: ask.voice.correct };
      const blended = await finishBlend(
        host,
        own.file,
        blend,
        {
          choices: ask.choices,
          ownStyles: ask.ownStyles,
          ...(voice ? { voice } : {}),
          loudness: ask.loudness,
          language: ask.language,
          provenance: session.song.provenance,
          original: { name: own.name, bytes: null },
          session,
          fileOf: async (entry) => ((blob) => blob && blobSource(blob))(files.get(entry)),
          bundle: { records: ask.records, files: await carried(ask.files) },
        },
        outputs,
        progress,
      );
      return { report: blended.report, files: outputs.list(blended.files) };
    }
    case "sounds": {
      const out: (readonly [string, readonly Float32Array[]])[] = [];
      for (const { name, rate, cents, file } of ask.wanted) {
        const sound = file ? (await loadRecording(new Kernels(host.kernels), blobSource(file), {}, progress)).channels : opened().file.recording.channels;
        out.push([name, rate === 1 && cents === 0 ? sound : await atRate(sound, rate, cents, progress)]);
      }
      return out satisfies NamedSounds;
    }
    case "slow": {
      const { channels } = prepared?.blend.file.recording ?? opened().file.recording;
      const part = channels.map((channel) => channel.slice(ask.from, ask.to));
      return ask.rate === 1 ? part : await atRate(part, ask.rate, 0, progress);
    }
    case "align": {
      const mono = async (file: Blob): Promise<Float32Array> =>
        (await loadRecording(new Kernels(host.kernels), blobSource(file), {}, progress)).channels[0] ?? new Float32Array(0);
      return alignment(new Kernels(host.kernels), await mono(ask.played), await mono(ask.taken));
    }
    case "encode":
      return new Blob([await convertAudio(host.kernels, blobSource(ask.file), ask.format, codecs, progress)]);
    case "bundle":
      return await zipFiles([...[...bundleTexts(ask)].map(([name, text]): NamedFile => ({ name, blob: new Blob([text]) })), ...ask.files]);
    case "unbundle": {
      const bundle = openBundle(new Uint8Array(await ask.file.arrayBuffer()));
      return { ...bundle, files: [...bundle.files].map(([name, bytes]) => ({ name, blob: new Blob([bytes as Uint8Array<ArrayBuffer>]) })) };
    }
    case "convert":
      return new Blob([await convertText(ask.name, new Uint8Array(await ask.file.arrayBuffer()), ask.to)]);
  }
}

async function carried(files: readonly NamedFile[]): Promise<Map<string, Uint8Array>> {
  const out = new Map<string, Uint8Array>();
  for (const { name, blob } of files) if (blob.size <= CARRIED_BYTES) out.set(name, new Uint8Array(await blob.arrayBuffer()));
  return out;
}

async function hear(host: Host, ask: Extract<WorkAsk, { do: "hear" }>, progress: Progress): Promise<WorkAnswers["hear"]> {
  current = undefined;
  prepared = undefined;
  await breathe(progress);
  const { file: source, name, instrument } = ask;
  const passage = { fromSec: ask.passage?.fromSec ?? 0, ...(ask.passage?.toSec == null ? {} : { toSec: ask.passage.toSec }) };
  let listened: Listened | undefined;
  let file: HeardFile;
  if (isScore(name))
    file = await hearScore(
      host,
      name,
      new Uint8Array(await source.arrayBuffer()),
      { instrument, seed: 1, ...(ask.heard ? { analysis: ask.heard } : {}) },
      progress,
    );
  else if (ask.heard) file = await hearFile(host, blobSource(source), { passage, instrument, analysis: ask.heard }, progress);
  else {
    listened = await listenTo(host, blobSource(source), { instrument, passage }, progress);
    const first = await heardOf(host, listened, ask.locks, progress);
    file = { ...first, heard: withLines(first.heard, ask.lines) };
  }
  current = { source, name, instrument, passage, listened, file };
  const { channels, fromSec, toSec } = file.recording;
  return { heard: file.heard, channels, fromSec, toSec };
}

/** The blend of some choices; the one made last is kept, so that writing it does not arrange it again. */
async function prepareFor(host: Host, ask: BlendAsk, progress: Progress): Promise<Prepared> {
  const voice = ask.voice && { file: ask.voice.file, name: ask.voice.name, correct: ask.voice.correct };
  const key = JSON.stringify([ask.choices, ask.ownStyles, voice && [voice.name, voice.file.size, voice.correct]]);
  if (prepared?.key === key) return prepared.blend;
  const request: PrepareRequest = {
    choices: ask.choices,
    ownStyles: ask.ownStyles,
    ...(voice
      ? { voice: { name: voice.name, channels: (await loadVoice(host, blobSource(voice.file), progress)).channels, bytes: null, correct: voice.correct } }
      : {}),
  };
  prepared = { key, blend: await prepareBlend(host, opened().file, request, progress) };
  return prepared.blend;
}

// one thing after the other: what is asked while a tune is being opened is of that tune
let last: Promise<unknown> = Promise.resolve();
answer<WorkAsk>((ask) => {
  if (ask.do === "cancel") return run(ask);
  const next = last.catch(() => {}).then(() => run(ask));
  last = next;
  return next;
});
