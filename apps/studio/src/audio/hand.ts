import { type Cents, Complaint, hertzToCents } from "@kuishi/base";
import { type Articulation, type Plan, plucked, type SampleZone, type Source, type SynthPatch, tanpuraCycle } from "@kuishi/engine";
import { readSoundFont, type SoundFont } from "@kuishi/media";
import { retune, tuningMessage } from "@kuishi/score";
import { degreeCents, PERSIAN_FRETS, type Scale } from "@kuishi/tuning";
import { createSignal } from "solid-js";
import type { Command, Report } from "./engine.worklet.ts";
import { makeEngineNode } from "./player.ts";

const patch = (own: Partial<SynthPatch>): SynthPatch => ({
  voices: 8,
  detuneCents: 0,
  shape: 0,
  sub: 0,
  breath: 0,
  attackSec: 0.008,
  decaySec: 0.3,
  sustain: 0.7,
  releaseSec: 0.08,
  cutoffHz: 1600,
  keyTrack: 0.4,
  sweepOctaves: 0.8,
  sweepSec: 0.2,
  resonance: 0.15,
  lfoHz: 0,
  lfoOctaves: 0,
  ...own,
});
/** What can be played by hand. Rows are strings, lowest first; a line of breath or a synthesiser has one row without frets. */
interface HandInstrument {
  readonly source: Source;
  readonly open: readonly Cents[];
  readonly frets: number;
  /** Where the frets of an octave stand above the nut; without it, semitones. */
  readonly octave?: readonly Cents[];
  readonly family: "plucked" | "line" | "keys" | "drums";
}
const strings = (model: keyof typeof plucked, frets: number): HandInstrument => ({
  source: { kind: "plucked", model, open: [], nail: 0.5 },
  open: plucked[model].open,
  frets,
  family: "plucked",
});
const keys = (own: Partial<SynthPatch>): HandInstrument => ({ source: { kind: "synth", patch: patch(own) }, open: [4800, 6000], frets: 12, family: "keys" });
export const DRUMS = ["kick", "snare", "clap", "hat", "openHat", "rim", "shaker", "frame"] as const;
export const hands: Readonly<Record<string, HandInstrument>> = {
  "dombra-western": strings("dombra-western", 19),
  "dombra-arqa": strings("dombra-arqa", 9),
  tar: strings("tar", 22),
  "tar-persian": { ...strings("tar-persian", 25), octave: PERSIAN_FRETS },
  "guitar-nylon": strings("guitar-nylon", 19),
  "guitar-steel": strings("guitar-steel", 20),
  balaban: { source: { kind: "balaban", steady: false }, open: [5600], frets: 15, family: "line" },
  tanpura: { source: { kind: "tanpura" }, open: [4300, 5500, 5502, 4302], frets: 0, family: "plucked" },
  "synth-bass": keys({ sub: 0.6, shape: 0.3, cutoffHz: 500, sweepOctaves: 1.6 }),
  "synth-pad": keys({ detuneCents: 12, attackSec: 0.2, sustain: 0.9, releaseSec: 0.3, cutoffHz: 1100 }),
  "synth-fm": keys({
    decaySec: 0.9,
    sustain: 0.05,
    releaseSec: 0.2,
    cutoffHz: 6000,
    sweepOctaves: 0,
    oscillator: { kind: "fm", ratio: 3.5, index: 2.2, indexSec: 0.25 },
  }),
  "synth-vowels": keys({
    attackSec: 0.08,
    sustain: 0.9,
    releaseSec: 0.15,
    cutoffHz: 5000,
    sweepOctaves: 0,
    lfoHz: 0.3,
    oscillator: { kind: "wavetable", table: "vowels", place: 0.4, move: 0.35 },
  }),
  drums: { source: { kind: "drums", kit: "house" }, open: [], frets: 0, family: "drums" },
};

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

const instrumentOf = (name: string): HandInstrument =>
  name === "own" ? { source: { kind: "sampler", zones: own()?.zones ?? [] }, open: [4800, 6000], frets: 12, family: "keys" } : (hands[name] as HandInstrument);
export const chosenHand = (): HandInstrument => instrumentOf(hand());

function take(sound: OwnSound): void {
  if (sound.clips.reduce((sum, [, channels]) => sum + channels.reduce((count, channel) => count + channel.length, 0), 0) > MOST_SAMPLES)
    throw new Complaint("usage", "own.large");
  setOwn(sound);
  setHand("own");
  void silenceHand();
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
  context ??= new AudioContext({ sampleRate: 48_000, latencyHint: "interactive" });
  const buffer = await context.decodeAudioData(bytes.buffer).catch(() => {
    throw new Complaint("unreadable", "own.unreadable", { name: file.name });
  });
  const channels = Array.from({ length: Math.min(2, buffer.numberOfChannels) }, (_, k) => buffer.getChannelData(k).slice());
  const zone: SampleZone = {
    clip: "own",
    rate: 48_000,
    rootCents: pitchOf(channels[0] as Float32Array),
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
/** Pitch of a sound where it is loudest, by the first high peak of its normalised autocorrelation; middle C where there is none. */
function pitchOf(x: Float32Array): Cents {
  const size = 4096;
  let from = 0;
  let loudest = 0;
  for (let at = 0; at + 2 * size < x.length; at += size / 2) {
    let power = 0;
    for (let i = at; i < at + size; i++) power += (x[i] as number) * (x[i] as number);
    if (power > loudest) {
      loudest = power;
      from = at;
    }
  }
  const match = (lag: number): number => {
    let [same, power] = [0, 1e-12];
    for (let i = from; i < from + size; i++) {
      const [a, b] = [x[i] ?? 0, x[i + lag] ?? 0];
      same += a * b;
      power += a * a + b * b;
    }
    return (2 * same) / power;
  };
  for (let lag = 40; lag < 1000; lag++) {
    const here = match(lag);
    if (here < 0.85 || match(lag - 1) > here || match(lag + 1) > here) continue;
    const [a, b] = [match(lag - 1), match(lag + 1)];
    return hertzToCents(48_000 / (lag + (0.5 * (a - b)) / (a - 2 * here + b)));
  }
  return 6000;
}

export const [hand, setHand] = createSignal("dombra-western");
export const [droning, setDroning] = createSignal(false);
export const [sounding, setSounding] = createSignal(0);
export const [delay, setDelay] = createSignal<number>();
export const [midi, setMidi] = createSignal<string>();
/** A scale of the player's own, and where it stands. */
export const [scale, setScale] = createSignal<{ readonly scale: Scale; readonly tonic: Cents }>();

let context: AudioContext | undefined;
let node: AudioWorkletNode | undefined;
let made = "";
const send = (command: Command): void => node?.port.postMessage(command);

/** Far enough away that nobody reaches it. */
const FOREVER = 48_000 * 3600 * 12;

function planOf(name: string, drone: Cents | null): Plan {
  const { source } = instrumentOf(name);
  const plain = { inserts: [], pan: 0, sends: { reverb: -14 } };
  return {
    frames: FOREVER,
    seed: 1,
    strips: [
      { id: "hand", source, events: [], gainDb: 0, ...plain },
      { id: "drone", source: { kind: "tanpura" }, events: drone === null ? [] : tanpuraCycle(4800, 48_000 * 1800, drone, 702, 4.6, 1), gainDb: -8, ...plain },
    ],
    buses: [{ id: "reverb", effect: { kind: "reverb", decaySec: 1.3, preDelayMs: 12, damping: 0.4 }, gainDb: 0 }],
    master: { gainDb: 0, ceilingDbtp: -1.25 },
  };
}

/** Makes the instrument ready: the first touch allows the browser to sound. */
export async function ready(drone: Cents | null): Promise<void> {
  const wanted = `${hand()}/${drone}`;
  if (made === wanted && node) {
    await context?.resume();
    return;
  }
  made = wanted;
  context ??= new AudioContext({ sampleRate: 48_000, latencyHint: "interactive" });
  const next = await makeEngineNode(context, planOf(hand(), drone), own()?.clips ?? [], true);
  node?.disconnect();
  node = next;
  node.port.onmessage = ({ data }: MessageEvent<Report | { readonly type: string }>) => {
    if (!("type" in data)) setSounding(data.peaks["hand"] ?? 0);
  };
  node.connect(context.destination);
  await context.resume();
  setDelay((context.baseLatency + (context.outputLatency || 0)) * 1000 + 128 / 48);
}
export async function silenceHand(): Promise<void> {
  node?.disconnect();
  node = undefined;
  made = "";
  setSounding(0);
}
/** Begins a note; `key` is what it is let go by. */
export const press = (key: string, cents: Cents, velocity: number, voice: string | number, articulation?: Articulation): void =>
  send({ type: "press", strip: "hand", key, note: { cents, velocity, voice, ...(articulation ? { articulation } : {}) } });
export const lift = (key: string): void => send({ type: "lift", strip: "hand", key });
export const bend = (key: string, cents: Cents): void => send({ type: "bend", key, cents });

/** Where the 128 keys of a MIDI keyboard sound: the scale, else what tuning messages have made of equal semitones. */
const table = Float64Array.from({ length: 128 }, (_, key) => key * 100);
export function keyCents(key: number): Cents {
  const own = scale();
  return own ? degreeCents(own.scale, own.tonic, key - 60) : (table[key] as number);
}
/** Per channel: bend in cents of the range, which registered parameter 0 may set; members of an MPE zone have 48 semitones. */
const channels = Array.from({ length: 16 }, (_, channel) => ({ bend: 0, range: channel === 0 ? 2 : 48, rpn: -1 }));

/** One message of a MIDI keyboard; MPE keyboards send each note on a channel of its own. */
export function onMidi(data: Uint8Array): void {
  const status = data[0] ?? 0;
  if (status === 0xf0) {
    retune(table, data.subarray(0, data.length - 1));
    return;
  }
  const [kind, channel] = [status & 0xf0, status & 15];
  const state = channels[channel] as (typeof channels)[number];
  const [a, b] = [data[1] ?? 0, data[2] ?? 0];
  const key = `midi/${channel}/${a}`;
  if (kind === 0x90 && b > 0) {
    press(key, keyCents(a), b / 127, hand() === "drums" ? (DRUMS[a % DRUMS.length] as string) : "");
    if (state.bend !== 0) bend(key, state.bend);
    held.add(key);
  } else if (kind === 0x80 || kind === 0x90) {
    lift(key);
    held.delete(key);
  } else if (kind === 0xe0) {
    state.bend = ((((b << 7) | a) - 8192) / 8192) * state.range * 100;
    for (const other of held) if (other.startsWith(`midi/${channel}/`)) bend(other, state.bend);
  } else if (kind === 0xb0) {
    if (a === 101) state.rpn = (b << 7) | (state.rpn & 127);
    else if (a === 100) state.rpn = (state.rpn & ~127) | b;
    else if (a === 6 && state.rpn === 0) state.range = b;
  }
}
const held = new Set<string>();

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
