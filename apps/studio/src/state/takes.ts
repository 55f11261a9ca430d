import { SAMPLE_RATE } from "@kuishi/base";
import { practicePlan } from "@kuishi/flow";
import type { Practice, Thing } from "@kuishi/practice";
import { createEffect, createRoot, createSignal, on } from "solid-js";
import { Player } from "../audio/player.ts";
import type { AudioChannels } from "../workers/messages.ts";
import { ask } from "./ear.ts";
import { noteRun } from "./practice-book.ts";
import { pause } from "./transport.ts";
import { tune } from "./tune.ts";
import { fail } from "./ui.ts";

/** A take that was compared with the tune that is open. */
export interface ComparedTake {
  readonly practice: Practice;
  readonly channels: AudioChannels;
}
const [take, setTake] = createSignal<ComparedTake>();
export const comparedTake = take;
// what was said of a take holds for the hearing it was compared with
createRoot(() => createEffect(on(tune, () => setTake(undefined), { defer: true })));

/** Hears a take and says what it is beside the tune that is open. */
export async function compareTake(file: Blob): Promise<void> {
  setTake(undefined);
  const answer = await ask("compare", { do: "compare", take: file });
  if (!answer) return;
  setTake(answer);
  noteRun(answer.practice);
}

let player: Player | undefined;
/** Plays a place of the take, of the master, or first one and then the other. */
export async function hearPlace(which: "mine" | "master" | "both", place: Thing): Promise<void> {
  const [own, master] = [take()?.channels, tune()?.channels];
  if (!own || !master) return;
  pause();
  await silenceTake();
  const sound = joined([
    ...(which === "mine" ? [] : [cut(master, place.masterFromSec, place.masterToSec)]),
    ...(which === "master" ? [] : [cut(own, place.takeFromSec, place.takeToSec)]),
  ]);
  try {
    const plan = practicePlan({ frames: sound[0]!.length, rate: 1, from: 0, beats: [], drone: null });
    const next = await Player.create(plan, new Map([["passage", sound]]), {
      report: (report) => void (report.ended && silenceTake()),
      anchor: () => {},
      refused: fail,
    });
    player = next;
    await next.play();
  } catch (error) {
    fail(error);
  }
}
export async function silenceTake(): Promise<void> {
  const own = player;
  player = undefined;
  await own?.close();
}
/** A little before and behind, so that the ear finds the place. */
const AROUND_SEC = 0.6;
const cut = (channels: AudioChannels, fromSec: number, toSec: number): AudioChannels =>
  channels.map((channel) => channel.slice(Math.max(0, Math.round((fromSec - AROUND_SEC) * SAMPLE_RATE)), Math.round((toSec + AROUND_SEC) * SAMPLE_RATE)));
/** One after the other, in stereo, with a breath between. */
function joined(parts: readonly AudioChannels[]): AudioChannels {
  const gap = Math.round(0.35 * SAMPLE_RATE);
  const length = parts.reduce((sum, part) => sum + (part[0]?.length ?? 0) + gap, 0);
  return [0, 1].map((side) => {
    const out = new Float32Array(length);
    let at = 0;
    for (const part of parts) {
      out.set(part[side] ?? part[0] ?? new Float32Array(0), at);
      at += (part[0]?.length ?? 0) + gap;
    }
    return out;
  });
}
