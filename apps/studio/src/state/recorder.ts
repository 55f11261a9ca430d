import { Complaint, SAMPLE_RATE } from "@kuishi/base";
import type { RecordReport, RecordSetup } from "@kuishi/engine";
import { type Alignment, barAt, entryOf, laidTake, layTake, shiftTake, takeName } from "@kuishi/flow";
import { addTrack } from "@kuishi/project";
import { createSignal } from "solid-js";
import type { Anchor } from "../audio/player.ts";
import type { RecordCommand } from "../audio/record.worklet.ts";
import recordUrl from "../audio/record.worklet.ts?worker&url";
import { measure } from "../measure.ts";
import { quietly } from "./ear.ts";
import { closeMicrophone, input, openMicrophone } from "./microphone.ts";
import { beforeYield, dropFile, edit, getFile, note, onStore, placed, recordInto } from "./project.ts";
import { beats, countIn, loop, looping, onAnchor, pause, playAfter, position, seek, thePlayer } from "./transport.ts";
import { tune } from "./tune.ts";
import { fail, setNotice, setSheet } from "./ui.ts";

export const [recording, setRecording] = createSignal(false);
/** Greatest sample of the last moment, 0..1, and whether it was ever too loud. */
export const [level, setLevel] = createSignal(0);
export const [clipped, setClipped] = createSignal(false);
/** Track that records; the next free one where none is chosen. */
export const [armed, setArmed] = createSignal<string>();
/** Whether the microphone is heard while it records. */
export const [monitoring, setMonitoring] = createSignal(false);

/** The way out of the loudspeaker and back into the microphone, frames, as it was measured for an input. */
const delayKey = (id: string): string => `kuishi.delay.${id}`;
const [measuredNow, setMeasuredNow] = createSignal(0);
/** It for the input that is chosen; null where it was never measured. */
export function measuredDelay(): number | null {
  measuredNow();
  const kept = localStorage.getItem(delayKey(input()));
  return kept === null || !Number.isFinite(Number(kept)) ? null : Number(kept);
}
function keepDelay(frames: number): void {
  localStorage.setItem(delayKey(input()), String(Math.round(frames)));
  setMeasuredNow((count) => count + 1);
}

interface RecordingSession {
  readonly context: AudioContext;
  readonly stream: MediaStream;
  readonly node: AudioWorkletNode;
  readonly source: MediaStreamAudioSourceNode;
  readonly channels: number;
}

async function begin(): Promise<RecordingSession> {
  const player = await thePlayer();
  if (!player) throw new Complaint("usage", "ui.insecure");
  const stream = await openMicrophone();
  const { context } = player;
  await context.audioWorklet.addModule(recordUrl);
  const channels = Math.min(2, stream.getAudioTracks()[0]?.getSettings().channelCount ?? 1);
  const setup: RecordSetup = { channels };
  const node = new AudioWorkletNode(context, "kuishi-record", { numberOfInputs: 2, numberOfOutputs: 0, processorOptions: setup });
  // a microphone at another rate is brought to the context's by the browser here
  const source = context.createMediaStreamSource(stream);
  source.connect(node, 0, 0);
  player.output.connect(node, 0, 1);
  if (monitoring()) source.connect(context.destination);
  return { context, stream, node, source, channels };
}
async function end({ stream, node, source }: RecordingSession): Promise<void> {
  source.disconnect();
  const player = await thePlayer();
  try {
    player?.output.disconnect(node);
  } catch {
    // the player was made anew meanwhile
  }
  closeMicrophone(stream);
}

/** Two files that grow on one clock: what came in and what went out. */
interface Rolling {
  readonly take: string;
  readonly played: string;
  /** Context frame of their first sample. */
  readonly began: Promise<number>;
  stop(): Promise<number>;
}
async function roll(own: RecordingSession, take: string, onGap: (frames: number) => void): Promise<Rolling> {
  const played = `${take}.played`;
  const [takeChannel, playedChannel] = [new MessageChannel(), new MessageChannel()];
  const written = new Promise<number>((resolve, reject) => {
    const off = onStore((told) => {
      if (told.entry !== take && told.entry !== played) return;
      if (told.told === "broken") {
        reject(new Complaint("cannotWrite", told.code));
        off();
      } else if (told.entry === take) {
        resolve(told.frames);
        off();
      }
    });
  });
  written.catch(() => void stopRecord());
  await recordInto(take, takeChannel.port2, own.channels);
  await recordInto(played, playedChannel.port2, 1);
  const began = new Promise<number>((resolve) => {
    own.node.port.onmessage = ({ data }: MessageEvent<RecordReport>) => {
      if (data.type === "began") resolve(data.context);
      else if (data.type === "gap") onGap(data.frames);
      else {
        setLevel(data.peak);
        if (data.peak > 0.985) setClipped(true);
      }
    };
  });
  const command = (one: RecordCommand, transfer: Transferable[] = []): void => own.node.port.postMessage(one, transfer);
  command({ type: "begin", take: takeChannel.port1, played: playedChannel.port1 }, [takeChannel.port1, playedChannel.port1]);
  return {
    take,
    played,
    began,
    stop: () => {
      command({ type: "end" });
      return written;
    },
  };
}
/** What the sound itself says of its delay; nothing where what was played is not in it. */
async function heardDelay(rolling: Rolling): Promise<Alignment | undefined> {
  const [taken, played] = [await getFile(rolling.take), await getFile(rolling.played)];
  const told = taken && played ? await quietly({ do: "align", taken, played }) : undefined;
  await dropFile(rolling.played);
  return told;
}

let current:
  | {
      readonly session: RecordingSession;
      readonly rolling: Rolling;
      readonly asset: string;
      readonly track: string;
      readonly start: number;
      readonly anchors: Anchor[];
      readonly offAnchor: () => void;
      gaps: number;
    }
  | undefined;
let busy = false;

/** Begins or ends a recording. */
export async function toggleRecord(): Promise<void> {
  if (busy) return;
  busy = true;
  try {
    await (recording() ? stopRecord() : startRecord());
  } catch (error) {
    setRecording(false);
    fail(error);
  } finally {
    busy = false;
  }
}

// another window that takes the project over finds the take whole
beforeYield(async () => {
  if (recording()) await toggleRecord();
});

async function startRecord(): Promise<void> {
  if (!tune()) return;
  await placed();
  const own = await begin();
  const name = entryOf(`take-${Date.now().toString(36)}.wav`);
  // what a record begins with lies before the tune, where nothing can lie of one's own
  const start = Math.max(0, looping() && loop() ? (loop()?.from ?? 0) : position());
  seek(start);
  const anchors: Anchor[] = [];
  const offAnchor = onAnchor((anchor) => anchors.push(anchor));
  let asset = "";
  let track = "";
  setClipped(false);
  const rolling = await roll(own, name, (frames) => {
    if (current) current.gaps += frames;
  });
  // written down before the first sample: should the page die, the take is found
  note((draft) => {
    asset = draft.newId("asset");
    const tracks = draft.session.tracks.filter((one) => one.id !== "recording");
    track = tracks.find((one) => one.id === armed())?.id ?? addTrack(draft, String(tracks.length + 1));
    draft.put({ id: asset, kind: "asset", name: name.replace("audio/", ""), entry: name, frames: null, origin: "take" });
    // where it will lie if nothing else can be said: after the count-in, the measured way back taken off
    draft.put({
      id: draft.newId("take"),
      kind: "take",
      track,
      asset,
      at: start,
      from: leadFrames(start) + Math.round(measuredDelay() ?? 0),
      length: 1,
      name: takeName(draft.session.takes.length),
    });
  });
  setArmed(track);
  current = { session: own, rolling, asset, track, start, anchors, offAnchor, gaps: 0 };
  own.stream.getAudioTracks()[0]?.addEventListener("ended", () => {
    setNotice({ code: "record.gone", params: {} });
    void toggleRecord();
  });
  await rolling.began;
  setRecording(true);
  await playAfter(leadFrames(start));
}
/** Frames of count-in before a frame. */
export const leadFrames = (at: number): number => Math.round(countIn() * barAt(beats(), at).length);

async function stopRecord(): Promise<void> {
  const own = current;
  if (!own) return;
  current = undefined;
  pause();
  own.offAnchor();
  const began = await own.rolling.began;
  setRecording(false);
  let frames = 0;
  try {
    // what was played last is still on its way round
    await new Promise((resolve) => setTimeout(resolve, 150));
    frames = await own.rolling.stop();
  } catch (error) {
    fail(error);
  }
  await end(own.session);
  const told = frames > 0 ? await heardDelay(own.rolling).catch(() => undefined) : undefined;
  lay(own, began, frames, told);
}

/** What a take is moved by at once, frames: 10 ms. */
const NUDGE = 480;
/** Lays a take, and says how. */
function lay(own: NonNullable<typeof current>, began: number, frames: number, told: Alignment | undefined): void {
  const { anchors, start, gaps, asset, track } = own;
  const recorded = { told, measured: measuredDelay(), guessed: guessed(own.session), anchors, start, began, frames, gaps };
  const put = (cut: boolean): void => {
    const laid = laidTake(recorded, cut);
    if (laid.way !== null) keepDelay(laid.way);
    edit("record", (draft) => layTake(draft, asset, track, frames, laid));
    const move = (code: string, by: number) => ({ code, run: () => edit("slip", (draft) => shiftTake(draft, asset, by)) });
    // nothing is cut without asking, and what could not be placed surely is moved by ear
    const mend = laid.asks ? [{ code: "record.mend", run: () => put(true) }] : [];
    const moves = laid.sure ? [] : [move("record.earlier", NUDGE), move("record.later", -NUDGE)];
    setNotice({ ...laid.notice, acts: [...mend, ...moves] });
  };
  put(false);
  measure("take", { began, anchors, stretches: told?.stretches ?? [], told: told?.told ?? 0, gaps });
}
/** What the system says of its own delay: nothing a take is laid by where anything better is known. */
export function guessed({ context, stream }: Pick<RecordingSession, "context" | "stream">): number {
  const settings = stream.getAudioTracks()[0]?.getSettings() as (MediaTrackSettings & { latency?: number }) | undefined;
  return Math.round((context.baseLatency + (context.outputLatency || 0) + (settings?.latency ?? 0.01)) * SAMPLE_RATE);
}

export const [calibrating, setCalibrating] = createSignal(false);
/** Plays three sweeps and listens to them come back: the delay of this loudspeaker and this microphone. */
export async function calibrate(): Promise<void> {
  if (busy) return;
  busy = true;
  setCalibrating(true);
  try {
    await placed();
    const own = await begin();
    const { context } = own;
    await context.resume();
    const rolling = await roll(own, entryOf("calibration.wav"), () => {});
    await rolling.began;
    const sweep = new AudioBuffer({ length: SAMPLE_RATE, sampleRate: SAMPLE_RATE, numberOfChannels: 1 });
    const samples = sweep.getChannelData(0);
    for (let i = 0; i < 24_000; i++) {
      const s = i / SAMPLE_RATE;
      samples[i] = 0.35 * Math.sin(2 * Math.PI * (200 * s + ((6000 - 200) / 2 / 0.5) * s * s)) * Math.min(1, i / 500, (24_000 - i) / 500);
    }
    for (let k = 0; k < 3; k++) {
      const node = new AudioBufferSourceNode(context, { buffer: sweep });
      node.connect(context.destination);
      node.connect(own.node, 0, 1);
      node.start(context.currentTime + 0.2 + k * 0.8);
    }
    await new Promise((resolve) => setTimeout(resolve, 3400));
    await rolling.stop();
    await end(own);
    const told = await heardDelay(rolling);
    const first = told?.stretches[0];
    if (!first || (told?.told ?? 0) < 2) throw new Complaint("notEnough", "record.notHeard");
    keepDelay(first.late);
    setNotice({ code: "record.calibrated", params: { ms: Math.round((first.late / SAMPLE_RATE) * 1000) } });
  } catch (error) {
    fail(error);
  } finally {
    busy = false;
    setCalibrating(false);
    setSheet(undefined);
  }
}
