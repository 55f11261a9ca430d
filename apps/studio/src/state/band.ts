import { SAMPLE_RATE, type Seconds } from "@kuishi/base";
import { bandPlan, barAt, endOfBand, metronomePlan, transportLead } from "@kuishi/flow";
import type { LiveEvent } from "@kuishi/listen";
import { Accompanist, EarStrokes, Follower } from "@kuishi/practice";
import { createSignal } from "solid-js";
import { Player } from "../audio/player.ts";
import { measure } from "../measure.ts";
import { show } from "./axis.ts";
import { live, startLive, stopLive } from "./live.ts";
import { guessed, measuredDelay } from "./recorder.ts";
import { ending, plan, sounds } from "./sound.ts";
import { compareTake } from "./takes.ts";
import { beats, loop, pause, position, setPosition } from "./transport.ts";
import { tune } from "./tune.ts";
import { fail, setNotice } from "./ui.ts";

/** What the band does: nothing, it is being made ready, it counts, it is with the player, waits for his stroke, or looks for his place. */
export type BandState = "off" | "opening" | "ready" | "counting" | "found" | "waiting" | "lost";
const [stateSignal, setState] = createSignal<BandState>("off");
export const bandState = stateSignal;
/** Whether it counts a bar in. */
const [countsSignal, setCounts] = createSignal(true);
export const countsIn = countsSignal;
export const setCountsIn = setCounts;

interface Band {
  readonly player: Player;
  readonly follower: Follower;
  readonly strokes: EarStrokes;
  readonly leader: Accompanist;
  readonly lead: number;
  readonly wayFrames: number;
  /** Seconds of the context at which the stream of the microphone began, and how much of it was heard. */
  startSec: Seconds | undefined;
  heardSec: Seconds;
  /** When the player is to begin, seconds of the stream: what is heard of a count-in is no playing. */
  beginsSec: Seconds;
}
/** So much too early he may begin. */
const EARLY: Seconds = 0.25;
let band: Band | undefined;
/** Starts and ends so far: what is ready too late is let go. */
let turn = 0;

/** Makes the band ready and begins: with a count-in at the playhead or the passage that was chosen, else with the player's first stroke. */
export async function startBand(): Promise<void> {
  const [own, sounding] = [tune(), plan()];
  if (!own || !sounding || bandState() !== "off" || live()) return;
  const mine = ++turn;
  pause();
  setState("opening");
  try {
    const player = await Player.create(bandPlan(sounding), sounds(), { report: ({ frame, ended }) => shown(frame, ended), anchor: began, refused: fail });
    if (mine !== turn) return await player.close();
    const from = loop()?.from ?? Math.max(0, position());
    const made: Band = {
      player,
      follower: new Follower(own.heard),
      strokes: new EarStrokes(),
      leader: new Accompanist({ endSec: endOfBand(sounding) }),
      lead: sounding.lead ?? 0,
      wayFrames: measuredDelay() ?? guessedWay(player.context),
      startSec: undefined,
      heardSec: 0,
      beginsSec: 0,
    };
    band = made;
    made.leader.stand(from / SAMPLE_RATE);
    tellBand(made);
    await startLive({ context: player.context, hears: (told, heardSec, startSec) => hear(made, told, heardSec, startSec), ended: take });
    if (!live() || mine !== turn) return await stopBand();
    await enter(made, from);
  } catch (error) {
    fail(error);
    await stopBand();
  }
}
/** What the browser says of the way, before it was ever measured. */
const guessedWay = (context: AudioContext): number => guessed({ context, stream: new MediaStream() });

/** Where the band is about to begin, until it has. */
let entry: number | undefined;
async function enter(own: Band, from: number): Promise<void> {
  const lead = countsIn() ? Math.round(barAt(beats(), from).length) : 0;
  own.follower.enter(from / SAMPLE_RATE);
  own.leader.stand(from / SAMPLE_RATE);
  tellBand(own);
  own.player.seek(from);
  own.player.side(lead > 0 ? metronomePlan(beats(), ending(), false, { from, lead }) : undefined);
  entry = lead > 0 ? from : undefined;
  own.beginsSec = lead > 0 ? Number.POSITIVE_INFINITY : own.heardSec;
  setState(lead > 0 ? "counting" : "ready");
  // the clicks are built block by block: give them the time of a few
  if (lead > 0) await new Promise((resolve) => setTimeout(resolve, 60));
  await own.player.play(lead);
}
/** The count-in has begun: the band begins where it ends, with the player. */
function began({ context, frame }: { readonly context: number; readonly frame: number }): void {
  if (!band || entry === undefined || band.startSec === undefined) return;
  const at = (context + (entry - frame) + band.wayFrames) / SAMPLE_RATE - band.startSec;
  band.leader.begin(at, entry / SAMPLE_RATE);
  band.beginsSec = at - EARLY;
  tellBand(band);
  entry = undefined;
}
function tellBand({ player, leader, startSec = 0, wayFrames, lead }: Band): void {
  player.leadBy(transportLead(leader.lead, { startSec, wayFrames, lead }));
}
function hear(own: Band, told: readonly LiveEvent[], heardSec: Seconds, startSec: Seconds): void {
  // what was on its way when it ended
  if (own !== band) return;
  own.startSec = startSec;
  own.heardSec = heardSec;
  for (const event of told) for (const stroke of own.strokes.hear(event)) if (stroke.at >= own.beginsSec) own.follower.hear(stroke);
  const place = own.follower.position(heardSec);
  own.leader.follow(place, heardSec);
  tellBand(own);
  if (!place.struck) return;
  setState(place.masterSec === null ? "lost" : place.waiting ? "waiting" : "found");
  measure("band", { heardSec, masterSec: place.masterSec, bandSec: own.leader.placeAt(heardSec) });
}
function shown(frame: number, ended: boolean): void {
  if (ended) return void stopBand();
  setPosition(frame);
  show(frame);
}
/** Goes on at the next section, counted in or with the next stroke. */
export async function nextSection(): Promise<void> {
  const own = band;
  const next = tune()?.heard.form.find(({ fromSec }) => fromSec * SAMPLE_RATE > position() + SAMPLE_RATE / 4);
  if (own && next) await enter(own, Math.round(next.fromSec * SAMPLE_RATE)).catch(fail);
}
/** Ends it; what was played may still be looked at. */
export async function stopBand(): Promise<void> {
  turn++;
  entry = undefined;
  const own = band;
  band = undefined;
  setState("off");
  await stopLive();
  await own?.player.close();
}
function take(file: Blob): void {
  setNotice({ code: "band.ended", params: {}, acts: [{ code: "band.compare", run: () => void compareTake(file) }] });
}
