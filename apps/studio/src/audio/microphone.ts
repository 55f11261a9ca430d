import { median } from "@kuishi/base";
import type { LiveTold } from "@kuishi/listen";
import { createSignal } from "solid-js";
import { session as project } from "../state/project.ts";
import { openFile } from "../state/tune.ts";
import { setFailure } from "../state/ui.ts";
import type { LiveAsk, LiveTell } from "../work/messages.ts";
import captureUrl from "./capture.worklet.ts?worker&url";
import { canPlay } from "./player.ts";

type Stroke = Extract<LiveTold, { type: "stroke" }>;
type Point = Extract<LiveTold, { type: "pitch" }>;

/** Seconds the picture remembers. */
export const SPAN = 8;

export const [live, setLive] = createSignal(false);
export const [strokes, setStrokes] = createSignal<readonly Stroke[]>([]);
export const [points, setPoints] = createSignal<readonly Point[]>([]);
export const [now, setNow] = createSignal(0);
export const [level, setLevel] = createSignal(0);
/** Milliseconds from a stroke to when the page knew it; null before the first. */
export const [delay, setDelay] = createSignal<number | null>(null);
export const [onset, setOnset] = createSignal(0);

let session: { readonly context: AudioContext; readonly stream: MediaStream; readonly worker: Worker } | undefined;
/** When each stroke was first told, for those who measure: seconds of the stream behind it, milliseconds behind it on this page. */
const measured: { at: number; cents: number[]; streamSec: number; pageMs: number }[] = [];
Object.assign(globalThis, { kuishiLive: measured });

/** Asks for the microphone and listens until `stopLive`. What goes wrong is told as a failure. */
export async function startLive(): Promise<void> {
  if (session || !canPlay()) return;
  setFailure(undefined);
  let stream: MediaStream;
  try {
    // what a telephone call wants spoils an instrument
    const plain = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
    stream = await navigator.mediaDevices.getUserMedia({ audio: plain });
  } catch (error) {
    setFailure({ code: "live.denied", params: { reason: error instanceof Error ? error.message : String(error) } });
    return;
  }
  const context = new AudioContext({ sampleRate: 48_000, latencyHint: "interactive" });
  await context.audioWorklet.addModule(captureUrl);
  const worker = new Worker(new URL("../work/live.worker.ts", import.meta.url), { type: "module" });
  const channel = new MessageChannel();
  const node = new AudioWorkletNode(context, "kuishi-capture", { numberOfOutputs: 0 });
  node.port.postMessage(channel.port1, [channel.port1]);
  worker.onmessage = ({ data }: MessageEvent<LiveTell>) => take(data, worker);
  worker.onerror = (event) => setFailure({ code: "bug", params: { text: event.message } });
  const ask: LiveAsk = { type: "start", instrument: project().song.instrument, port: channel.port2, rate: context.sampleRate };
  worker.postMessage(ask, [channel.port2]);
  context.createMediaStreamSource(stream).connect(node);
  await context.resume();
  session = { context, stream, worker };
  measured.length = 0;
  setStrokes([]);
  setPoints([]);
  setDelay(null);
  setLive(true);
}

function take(message: LiveTell, worker: Worker): void {
  if (message.type === "take") {
    worker.terminate();
    if (message.file) void openFile(message.file, "take.wav");
    return;
  }
  const { told, heardSec } = message;
  const clock = (session?.context.currentTime ?? 0) - message.startSec;
  const known = new Map(strokes().map((stroke) => [stroke.id, stroke]));
  for (const one of told) {
    if (one.type === "onset") setOnset(one.at);
    else if (one.type === "stroke") {
      if (!known.has(one.id))
        measured.push({ at: one.at, cents: one.notes.map((note) => note.cents), streamSec: heardSec - one.at, pageMs: (clock - one.at) * 1000 });
      known.set(one.id, one);
    }
  }
  const from = heardSec - SPAN;
  if (measured.length > 0) setDelay(median(measured.slice(-9).map((one) => one.pageMs)));
  setStrokes([...known.values()].filter((stroke) => stroke.at > from));
  const line = told.filter((one) => one.type === "pitch");
  if (line.length > 0) setPoints([...points(), ...line].filter((point) => point.at > from));
  setNow(heardSec);
  setLevel(message.level);
}

/** Stops; the take is then heard as a whole. */
export async function stopLive(): Promise<void> {
  if (!session) return;
  const { context, stream, worker } = session;
  session = undefined;
  for (const track of stream.getTracks()) track.stop();
  const ask: LiveAsk = { type: "stop" };
  worker.postMessage(ask);
  setLive(false);
  await context.close();
}
