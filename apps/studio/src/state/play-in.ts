import { SAMPLE_RATE } from "@kuishi/base";
import { addNoteTrack, layNotes, removeNotes } from "@kuishi/project";
import { createSignal } from "solid-js";
import { chosenInstrument, instrumentName, onPlayed, ready } from "../audio/play-instrument.ts";
import type { Anchor } from "../audio/player.ts";
import { measure } from "../measure.ts";
import { Capture } from "./capture.ts";
import { told } from "./language.ts";
import { beforeYield, edit, placed, session } from "./project.ts";
import { leadFrames } from "./recorder.ts";
import { here, loop, looping, onAnchor, pause, playAfter, seek, thePlayer } from "./transport.ts";
import { tune } from "./tune.ts";
import { fail, setNotice } from "./ui.ts";

/** Whether what is played by hand is being recorded. */
export const [playingIn, setPlayingIn] = createSignal(false);
/** Whether it is added to what the track has, instead of taking its place. */
export const [overdub, setOverdub] = createSignal(true);

/** A recording that goes on. */
interface TakeInHand {
  readonly capture: Capture;
  readonly start: number;
  /** The frame that is heard now. */
  now(): number;
  end(): void;
}
let running: TakeInHand | undefined;
let busy = false;

/** Begins, after the count-in, or ends the recording of what is played by hand. */
export async function togglePlayIn(): Promise<void> {
  if (busy) return;
  busy = true;
  try {
    await (running ? stop() : start());
  } catch (error) {
    fail(error);
  } finally {
    busy = false;
  }
}
beforeYield(async () => {
  if (running) await stop();
});

async function start(): Promise<void> {
  if (!tune()) return;
  if (instrumentName() === "own") {
    setNotice({ code: "playIn.own", params: {} });
    return;
  }
  await placed();
  await ready(null);
  const player = await thePlayer();
  if (!player) return;
  const { context } = player;
  const from = looping() && loop() ? loop()!.from : here();
  const capture = new Capture();
  let anchor: Anchor | undefined;
  const now = (): number => {
    // what the hand plays to is what comes out of the loudspeaker
    const { contextTime = 0, performanceTime = 0 } = context.getOutputTimestamp();
    const heard = contextTime > 0 ? contextTime + (performance.now() - performanceTime) / 1000 : context.currentTime - (context.outputLatency || 0);
    return anchor ? anchor.frame + heard * SAMPLE_RATE - anchor.context : from;
  };
  const offAnchor = onAnchor((next) => {
    if (anchor && looping() && loop()) capture.turn(loop()!.to);
    anchor = next;
  });
  const offPlayed = onPlayed((gesture) => anchor && capture.take(gesture, Math.max(from, now())));
  running = {
    capture,
    start: from,
    now,
    end: () => {
      offAnchor();
      offPlayed();
    },
  };
  seek(from);
  setPlayingIn(true);
  await playAfter(leadFrames(from));
}

async function stop(): Promise<void> {
  const own = running;
  if (!own) return;
  running = undefined;
  const end = own.now();
  pause();
  own.end();
  setPlayingIn(false);
  const passes = own.capture.done(end);
  measure("playedIn", passes);
  if (passes.length === 0) {
    setNotice({ code: "playIn.nothing", params: {} });
    return;
  }
  lay(passes, own.start, looping() && loop() ? loop()!.to : Math.max(end, own.start + 1));
}
/** Lays what was played on the track of its instrument: the last pass is what is heard, those before it are kept beside it. */
function lay(passes: ReturnType<Capture["done"]>, from: number, to: number): void {
  const { source } = chosenInstrument();
  edit("record", (draft) => {
    const same = draft.session.tracks.findLast((track) => JSON.stringify(track.instrument) === JSON.stringify(source));
    const track = same?.id ?? addNoteTrack(draft, told(`hand.${instrumentName()}`), { ...source });
    if (!overdub())
      for (const clip of draft.session.noteClips)
        if (clip.track === track && clip.at < to && clip.at + clip.length > from) draft.set("notes", clip.id, { mute: true });
    for (const [k, notes] of passes.entries()) {
      const count = draft.session.noteClips.filter((clip) => clip.track === track).length;
      const id = layNotes(draft, track, Math.round(from), Math.round(to), notes, String(count + 1));
      if (!overdub() && k < passes.length - 1) draft.set("notes", id, { mute: true });
    }
  });
}
/** Stretches that were played in, by their tracks. */
export const playedIn = () => session().tracks.flatMap((track) => (track.instrument ? session().noteClips.filter((clip) => clip.track === track.id) : []));
export const silenceStretch = (id: string, mute: boolean): void => edit("take", (draft) => draft.set("notes", id, { mute }));
export const dropStretch = (id: string): void => edit("remove", (draft) => removeNotes(draft, id));
