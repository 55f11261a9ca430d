import { Complaint, type Progress } from "@kuishi/base";
import { blendFile, type HeardFile, type Host, heardOf, hearScore, isScore, type Listened, listenTo, loadVoice } from "@kuishi/flow";
import { blobSource } from "@kuishi/media";
import { Provenance } from "@kuishi/project";
import { noLocks } from "@kuishi/score";
import kernelsUrl from "@kuishi/signal/kernels.wasm?url";
import { BlobOutputs } from "./memory.ts";
import type { Ask, Tell } from "./messages.ts";

const CARRIED_BYTES = 64 * 1024 * 1024;
const tell = (message: Tell): void => self.postMessage(message);
const kernels = WebAssembly.compileStreaming(fetch(kernelsUrl)).catch(async () => WebAssembly.compile(await (await fetch(kernelsUrl)).arrayBuffer()));

let abort = new AbortController();
let current: { listened: Listened | undefined; file: HeardFile; name: string; bytes: Uint8Array | null } | undefined;

async function run(ask: Exclude<Ask, { type: "cancel" }>): Promise<void> {
  abort = new AbortController();
  const progress: Progress = { signal: abort.signal, report: (stage, done) => tell({ type: "progress", stage, done }) };
  const host: Host = { kernels: await kernels, clock: () => performance.now() / 1000 };
  if (ask.type === "hear") {
    const bytes = ask.file.size <= CARRIED_BYTES ? new Uint8Array(await ask.file.arrayBuffer()) : null;
    const written = isScore(ask.name) && bytes !== null;
    const listened = written ? undefined : await listenTo(host, blobSource(ask.file), { instrument: ask.instrument }, progress);
    const file = listened
      ? await heardOf(host, listened, noLocks, progress)
      : await hearScore(host, ask.name, bytes as Uint8Array, { instrument: ask.instrument, seed: 1 }, progress);
    current = { listened, file, name: ask.name, bytes };
    tell({ type: "heard", heard: file.heard, channels: file.recording.channels });
    return;
  }
  if (!current) throw new Complaint("usage", "media.short");
  if (ask.type === "correct") {
    if (!current.listened) throw new Complaint("usage", "score.fixed");
    const file = await heardOf(host, current.listened, ask.locks, progress);
    current = { ...current, file };
    tell({ type: "corrected", heard: file.heard });
    return;
  }
  const outputs = new BlobOutputs();
  const { channels } = current.file.recording;
  const voice = ask.voice && {
    name: ask.voice.name,
    channels: (await loadVoice(host, blobSource(ask.voice.file), progress)).channels,
    bytes: ask.voice.file.size <= CARRIED_BYTES ? new Uint8Array(await ask.voice.file.arrayBuffer()) : null,
    correct: ask.voice.correct,
  };
  const title = current.name.replace(/\.[^.]*$/, "");
  const blended = await blendFile(
    host,
    current.file,
    {
      choices: ask.choices,
      ownStyles: ask.ownStyles,
      ...(voice ? { voice } : {}),
      loudness: -14,
      language: ask.language,
      provenance: Provenance.parse({ title, learnedFrom: current.name }),
      original: { name: current.name, bytes: current.bytes },
    },
    outputs,
    progress,
  );
  const clips = [...blended.prepared.clips]
    .filter(([, sound]) => sound !== channels)
    // a piece cut from the recording would take the whole of it along
    .map(([name, sound]) => [name, sound.map((channel) => (channel.byteLength < channel.buffer.byteLength ? channel.slice() : channel))] as const);
  tell({ type: "blended", choices: ask.choices, plan: blended.plan, report: blended.report, clips, files: outputs.list(blended.files) });
}

self.onmessage = (event: MessageEvent<Ask>) => {
  if (event.data.type === "cancel") {
    abort.abort();
    return;
  }
  run(event.data).catch((error: unknown) => {
    if (error instanceof Complaint) tell({ type: "failed", code: error.code, params: error.params, cancelled: error.kind === "cancelled" });
    else tell({ type: "failed", code: "bug", params: { text: error instanceof Error ? error.message : String(error) }, cancelled: false });
  });
};
