import { median, SAMPLE_RATE } from "@kuishi/base";
import type { LiveEvent } from "@kuishi/listen";
import { createSignal } from "solid-js";
import captureUrl from "../audio/capture.worklet.ts?worker&url";
import { canPlay } from "../audio/player.ts";
import { measure } from "../measure.ts";
import type { LiveAsk, LiveTell } from "../workers/messages.ts";
import { closeMicrophone, openMicrophone } from "./microphone.ts";
import { openFile } from "./open.ts";
import { session as project } from "./project.ts";
import { fail, setFailure } from "./ui.ts";

type LiveStroke = Extract<LiveEvent, { type: "stroke" }>;
type LivePitch = Extract<LiveEvent, { type: "pitch" }>;

/** Seconds the picture remembers. */
export const SPAN_SEC = 8;

export const [live, setLive] = createSignal(false);
export const [strokes, setStrokes] = createSignal<readonly LiveStroke[]>([]);
export const [points, setPoints] = createSignal<readonly LivePitch[]>([]);
export const [now, setNow] = createSignal(0);
export const [level, setLevel] = createSignal(0);
/** Milliseconds from a stroke to when the page knew it; null before the first. */
export const [delay, setDelay] = createSignal<number | null>(null);
export const [onset, setOnset] = createSignal(0);

let session: { readonly context: AudioContext; readonly stream: MediaStream; readonly worker: Worker; close(): Promise<void> } | undefined;
/** When each stroke was first told: seconds of the stream behind it, milliseconds behind it on this page. */
const measured: { at: number; cents: number[]; streamSec: number; pageMs: number }[] = [];

/** What is made of what is played. */
interface Listening {
  /** The context it shares; without it, its own. */
  readonly context?: AudioContext;
  /** All the live ear tells, with the seconds of the stream it has heard, and the context's time at which that began. */
  hears?(told: readonly LiveEvent[], heardSec: number, startSec: number): void;
  /** What was played, when listening ends. */
  ended(take: Blob): void;
}
const OPENING: Listening = { ended: (take) => void openFile(take, "take.wav") };

/**
 * Asks for the microphone and listens until `stopLive`. What goes wrong is told as a failure.
 * @param listening what is made of it; the take is opened as a recording where nothing else is wanted.
 */
export async function startLive(listening: Listening = OPENING): Promise<void> {
  if (session || !canPlay()) return;
  setFailure(undefined);
  let stream: MediaStream;
  try {
    stream = await openMicrophone();
  } catch (error) {
    fail(error);
    return;
  }
  const context = listening.context ?? new AudioContext({ sampleRate: SAMPLE_RATE, latencyHint: "interactive" });
  await context.audioWorklet.addModule(captureUrl);
  const worker = new Worker(new URL("../workers/live.worker.ts", import.meta.url), { type: "module" });
  const channel = new MessageChannel();
  const node = new AudioWorkletNode(context, "kuishi-capture", { numberOfOutputs: 0 });
  node.port.postMessage(channel.port1, [channel.port1]);
  worker.onmessage = ({ data }: MessageEvent<LiveTell>) => take(data, worker, listening);
  worker.onerror = (event) => setFailure({ code: "bug", params: { text: event.message } });
  const ask: LiveAsk = { type: "start", instrument: project().song.instrument, port: channel.port2, rate: context.sampleRate };
  worker.postMessage(ask, [channel.port2]);
  const source = context.createMediaStreamSource(stream);
  source.connect(node);
  await context.resume();
  const close = async (): Promise<void> => {
    source.disconnect();
    if (!listening.context) await context.close();
  };
  session = { context, stream, worker, close };
  measured.length = 0;
  setStrokes([]);
  setPoints([]);
  setDelay(null);
  setLive(true);
}

function take(message: LiveTell, worker: Worker, listening: Listening): void {
  if (message.type === "take") {
    worker.terminate();
    if (message.file) listening.ended(message.file);
    return;
  }
  const { told, heardSec } = message;
  const clock = (session?.context.currentTime ?? 0) - message.startSec;
  const known = new Map(strokes().map((stroke) => [stroke.id, stroke]));
  for (const one of told) {
    if (one.type === "onset") setOnset(one.at);
    else if (one.type === "stroke") {
      if (!known.has(one.id)) {
        const stroke = { at: one.at, cents: one.notes.map((note) => note.cents), streamSec: heardSec - one.at, pageMs: (clock - one.at) * 1000 };
        measured.push(stroke);
        measure("stroke", stroke);
      }
      known.set(one.id, one);
    }
  }
  listening.hears?.(told, heardSec, message.startSec);
  const from = heardSec - SPAN_SEC;
  if (measured.length > 0) setDelay(median(measured.slice(-9).map((one) => one.pageMs)));
  setStrokes([...known.values()].filter((stroke) => stroke.at > from));
  const line = told.filter((one) => one.type === "pitch");
  if (line.length > 0) setPoints([...points(), ...line].filter((point) => point.at > from));
  setNow(heardSec);
  measure("heard", heardSec);
  setLevel(message.level);
}

/** Stops; the take is then heard as a whole. */
export async function stopLive(): Promise<void> {
  if (!session) return;
  const { stream, worker, close } = session;
  session = undefined;
  closeMicrophone(stream);
  const ask: LiveAsk = { type: "stop" };
  worker.postMessage(ask);
  setLive(false);
  await close();
}
