import { BLOCK, type Cents, Complaint, SAMPLE_RATE } from "@kuishi/base";
import { type Articulation, type Plan, type SampleZone, type TransportCommand, type TransportMessage, tanpuraCycle } from "@kuishi/engine";
import { readSoundFont, type SoundFont } from "@kuishi/media";
import { LiveKeyboard, tuningMessage } from "@kuishi/score";
import { tonePitch } from "@kuishi/signal";
import { degreeCents, type Scale } from "@kuishi/tuning";
import { createSignal } from "solid-js";
import { DRUMS, type PlayInstrument, playInstruments } from "./playable.ts";
import { makeEngineNode, peaksByName } from "./player.ts";

/** The user's own sound: zones of a sampler, and what they play. */
export interface OwnSound {
  readonly name: string;
  readonly zones: readonly SampleZone[];
  readonly clips: readonly (readonly [string, readonly Float32Array[]])[];
}
export const [own, setOwn] = createSignal<OwnSound>();
/** The sound font that is open, and its presets. */
export const [font, setFont] = createSignal<SoundFont>();
/** Samples the engine's memory takes beside everything else. */
const MOST_SAMPLES = 12_000_000;

const instrumentOf = (name: string): PlayInstrument =>
  name === "own" ? { source: { kind: "sampler", zones: own()?.zones ?? [] }, open: [4800, 6000], frets: 12, played: "keys" } : playInstruments()[name]!;
export const chosenInstrument = (): PlayInstrument => instrumentOf(instrumentName());

function take(sound: OwnSound): void {
  if (sound.clips.reduce((sum, [, channels]) => sum + channels.reduce((count, channel) => count + channel.length, 0), 0) > MOST_SAMPLES)
    throw new Complaint("usage", "own.large");
  setOwn(sound);
  setInstrumentName("own");
  void silenceInstrument();
}
/** Takes a preset of the open sound font. */
export function takePreset(index: number): void {
  const preset = font()?.preset(index);
  if (!preset) return;
  take({
    name: preset.name,
    zones: preset.zones.map(({ sound, ...zone }) => ({ ...zone, clip: `sound${sound}` })),
    clips: preset.sounds.map((sound, i) => [`sound${i}`, [sound]] as const),
  });
}
/** Opens the user's own sound: a sound font, or any recording, whose pitch is found. @throws Complaint where it cannot be read. */
export async function openOwn(file: File): Promise<void> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  if (new TextDecoder("latin1").decode(bytes.subarray(8, 12)) === "sfbk") {
    setFont(await readSoundFont(bytes));
    takePreset(0);
    return;
  }
  context ??= new AudioContext({ sampleRate: SAMPLE_RATE, latencyHint: "interactive" });
  const buffer = await context.decodeAudioData(bytes.buffer).catch(() => {
    throw new Complaint("unreadable", "own.unreadable", { name: file.name });
  });
  const channels = Array.from({ length: Math.min(2, buffer.numberOfChannels) }, (_, k) => buffer.getChannelData(k).slice());
  const zone: SampleZone = {
    clip: "own",
    rate: SAMPLE_RATE,
    // a sound without a pitch is laid on middle C
    rootCents: tonePitch(channels[0]!) ?? 6000,
    fromCents: -1200,
    toCents: 16_000,
    fromVelocity: 0,
    toVelocity: 2,
    loop: null,
    gainDb: -3,
    attackSec: 0.002,
    decaySec: 1,
    sustain: 1,
    releaseSec: 0.08,
  };
  setFont(undefined);
  take({ name: file.name, zones: [zone], clips: [["own", channels]] });
}
export const [instrumentName, setInstrumentName] = createSignal("dombra-western");
export const [droning, setDroning] = createSignal(false);
export const [sounding, setSounding] = createSignal(0);
export const [delay, setDelay] = createSignal<number>();
export const [midi, setMidi] = createSignal<string>();
/** A scale of the player's own, and where it stands. */
export const [scale, setScale] = createSignal<{ readonly scale: Scale; readonly tonic: Cents }>();

let context: AudioContext | undefined;
let node: AudioWorkletNode | undefined;
let made = "";
const send = (command: TransportCommand): void => node?.port.postMessage(command);

/** Far enough away that nobody reaches it. */
const FOREVER = SAMPLE_RATE * 3600 * 12;

function planOf(name: string, drone: Cents | null): Plan {
  const { source } = instrumentOf(name);
  const plain = { inserts: [], pan: 0, sends: { reverb: -14 } };
  return {
    frames: FOREVER,
    seed: 1,
    strips: [
      { id: "hand", source, events: [], gainDb: 0, ...plain },
      {
        id: "drone",
        source: { kind: "tanpura" },
        events: drone === null ? [] : tanpuraCycle(4800, SAMPLE_RATE * 1800, drone, 702, 4.6, 1),
        gainDb: -8,
        ...plain,
      },
    ],
    buses: [{ id: "reverb", effect: { kind: "reverb", decaySec: 1.3, preDelayMs: 12, damping: 0.4 }, gainDb: 0 }],
    master: { gainDb: 0, ceilingDbtp: -1.25 },
  };
}

/** Makes the instrument ready: the first touch allows the browser to sound. */
export async function ready(drone: Cents | null): Promise<void> {
  const wanted = `${instrumentName()}/${drone}`;
  if (made === wanted && node) {
    await context?.resume();
    return;
  }
  made = wanted;
  context ??= new AudioContext({ sampleRate: SAMPLE_RATE, latencyHint: "interactive" });
  const next = await makeEngineNode(context, planOf(instrumentName(), drone), own()?.clips ?? [], true);
  node?.disconnect();
  node = next;
  const reportOf = peaksByName();
  node.port.onmessage = ({ data }: MessageEvent<TransportMessage>) => {
    const report = reportOf(data);
    if (report) setSounding(report.peaks["hand"] ?? 0);
  };
  node.connect(context.destination);
  await context.resume();
  setDelay((context.baseLatency + (context.outputLatency || 0)) * 1000 + (1000 * BLOCK) / SAMPLE_RATE);
}
export async function silenceInstrument(): Promise<void> {
  node?.disconnect();
  node = undefined;
  made = "";
  setSounding(0);
}
/** What a hand does, for whoever writes it down. */
export type HandGesture =
  | { readonly type: "press"; readonly key: string; readonly cents: Cents; readonly velocity: number; readonly voice: string | number }
  | { readonly type: "lift"; readonly key: string }
  | { readonly type: "bend"; readonly key: string; readonly cents: Cents };
const listeners = new Set<(gesture: HandGesture) => void>();
/** Told of everything that is played by hand, as it is played. @returns ends it. */
export function onPlayed(listener: (gesture: HandGesture) => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
const tell = (gesture: HandGesture): void => {
  for (const listener of listeners) listener(gesture);
};
/** Begins a note; `key` is what it is let go by. */
export function press(key: string, cents: Cents, velocity: number, voice: string | number, articulation?: Articulation): void {
  send({ type: "press", strip: "hand", key, note: { cents, velocity, voice, ...(articulation ? { articulation } : {}) } });
  tell({ type: "press", key, cents, velocity, voice });
}
export function lift(key: string): void {
  send({ type: "lift", strip: "hand", key });
  tell({ type: "lift", key });
}
export function bend(key: string, cents: Cents): void {
  send({ type: "bend", key, cents });
  tell({ type: "bend", key, cents });
}

const keyboard = new LiveKeyboard({
  press: (key, note, velocity) => press(key, keyCents(note), velocity, instrumentName() === "drums" ? DRUMS[note % DRUMS.length]! : ""),
  lift,
  bend,
});
/** One message of a MIDI keyboard. */
export const onMidi = (data: Uint8Array): void => keyboard.take(data);
/** Where the 128 keys of a MIDI keyboard sound: the scale, else what tuning messages have made of equal semitones. */
export function keyCents(key: number): Cents {
  const own = scale();
  return own ? degreeCents(own.scale, own.tonic, key - 60) : keyboard.tuning[key]!;
}

let access: MIDIAccess | undefined;
/** Asks for MIDI keyboards and listens to all of them. */
export async function connectMidi(drone: Cents | null): Promise<void> {
  await ready(drone);
  access = await navigator.requestMIDIAccess({ sysex: true });
  const listen = (): void => {
    const names: string[] = [];
    for (const input of access?.inputs.values() ?? []) {
      names.push(input.name ?? "MIDI");
      input.onmidimessage = (event) => event.data && onMidi(event.data);
    }
    setMidi(names.join(", "));
  };
  access.onstatechange = listen;
  listen();
}
/** Tells every MIDI output where our keys sound (MIDI Tuning Standard). */
export function tellTuning(): number {
  const pairs = Array.from({ length: 128 }, (_, key): [number, Cents] => [key, keyCents(key)]);
  let told = 0;
  for (const output of access?.outputs.values() ?? []) {
    output.send(tuningMessage(pairs.slice(0, 127)));
    told++;
  }
  return told;
}
