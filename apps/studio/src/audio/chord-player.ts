import { type Cents, SAMPLE_RATE } from "@kuishi/base";
import { type Plan, sourceOf, strumEvents, type TransportCommand } from "@kuishi/engine";
import { allMakes } from "@kuishi/tuning";
import { measure } from "../measure.ts";
import { makeEngineNode, peaksByName } from "./player.ts";

/** Chords of a song are tried on a guitar: it has the strings for them. */
const MAKE = "guitar-nylon";
/** How long one rings, milliseconds. */
const RINGS = 2400;
const VOICES = 8;

function planOf(): Plan {
  const known = allMakes().find(({ make }) => make.name === MAKE)!;
  return {
    frames: SAMPLE_RATE * 3600 * 12,
    seed: 1,
    strips: [{ id: "hand", source: sourceOf(known), events: [], gainDb: 0, inserts: [], pan: 0, sends: { reverb: -16 } }],
    buses: [{ id: "reverb", effect: { kind: "reverb", decaySec: 1.3, preDelayMs: 12, damping: 0.4 }, gainDb: 0 }],
    master: { gainDb: 0, ceilingDbtp: -1.25 },
  };
}
let context: AudioContext | undefined;
let made: Promise<AudioWorkletNode> | undefined;
async function makeNode(own: AudioContext): Promise<AudioWorkletNode> {
  const node = await makeEngineNode(own, planOf(), [], true);
  const reportOf = peaksByName();
  node.port.onmessage = ({ data }) => {
    const report = reportOf(data);
    if (report) measure("chord", report.peaks["hand"] ?? 0);
  };
  node.connect(own.destination);
  return node;
}

let turn = 0;
/** Strums a chord now, in place of the one that rings. @param cents absolute, the lowest first. */
export async function strumChord(cents: readonly Cents[]): Promise<void> {
  const own = ++turn;
  context ??= new AudioContext({ sampleRate: SAMPLE_RATE, latencyHint: "interactive" });
  await context.resume();
  made ??= makeNode(context);
  const node = await made;
  if (own !== turn) return;
  const send = (command: TransportCommand): void => node.port.postMessage(command);
  for (let k = 0; k < VOICES; k++) send({ type: "lift", strip: "hand", key: `c${k}` });
  const notes = cents.slice(0, VOICES).map((tone, string) => ({ string, cents: tone }));
  for (const event of strumEvents({ frame: 0, length: 1, notes, direction: "down", velocity: 0.7, spreadMs: 16 }, own))
    window.setTimeout(() => {
      if (own !== turn) return;
      send({ type: "press", strip: "hand", key: `c${event.voice}`, note: { cents: event.cents, velocity: event.velocity, voice: event.voice ?? 0 } });
    }, event.frame / 48);
  window.setTimeout(() => {
    if (own === turn) for (let k = 0; k < VOICES; k++) send({ type: "lift", strip: "hand", key: `c${k}` });
  }, RINGS);
}
