import { BLOCK } from "@kuishi/base";
import { beatsOf, type CountIn, metronomePlan } from "@kuishi/flow";
import { createEffect, createMemo, createRoot, createSignal, on, untrack } from "solid-js";
import { type Anchor, canPlay, Player, type Report } from "../audio/player.ts";
import { playedPlan } from "./compare.ts";
import { nextBar } from "./passage.ts";
import { playedSounds, previewed } from "./previewed.ts";
import { beginning, ending } from "./sound.ts";
import { tune } from "./tune.ts";
import { fail } from "./ui.ts";
import { isFresh } from "./variations.ts";

export { canPlay };
export const [position, setPosition] = createSignal(0);
/** Where something of one's own may be put: under the playhead, and never before the tune, where only a blend's head is. Frames. */
export const here = (): number => Math.max(0, Math.round(position()));
export const [playing, setPlaying] = createSignal(false);
export const [peaks, setPeaks] = createSignal<Readonly<Record<string, number>>>({});
export const [loudness, setLoudness] = createSignal<Report["loudness"]>();
/** Passage that goes round while `looping`: whole blocks of the engine, so that each pass of a recording is exactly as long. */
const [loopSignal, setLoopSignal] = createSignal<{ readonly from: number; readonly to: number } | null>(null);
export const loop = loopSignal;
export function setLoop(next: { readonly from: number; readonly to: number } | null): void {
  const block = (frame: number): number => Math.max(0, Math.round(frame / BLOCK) * BLOCK);
  setLoopSignal(next && { from: block(next.from), to: block(next.to) });
}
export const [looping, setLooping] = createSignal(false);
export const [metronome, setMetronome] = createSignal(false);
/** Bars of count-in before a recording. */
export const [countIn, setCountIn] = createSignal(1);

let player: Player | undefined;
let making: Promise<Player | undefined> | undefined;
const anchors = new Set<(anchor: Anchor) => void>();
/** Told whenever the plan begins to run from a frame. @returns ends it. */
export function onAnchor(listener: (anchor: Anchor) => void): () => void {
  anchors.add(listener);
  return () => anchors.delete(listener);
}

/** The player of the open tune, made at the first sound. */
export function thePlayer(): Promise<Player | undefined> {
  making ??= (async () => {
    const first = playedPlan();
    if (!first || !canPlay()) {
      making = undefined;
      return undefined;
    }
    player = await Player.create(first, playedSounds(), {
      report: (report) => {
        // standing still, the playhead is where it was put, not where the engine's block begins
        if (playing() && !player?.isOld(report)) setPosition(report.frame);
        setPeaks(report.peaks);
        setLoudness(report.loudness);
        if (report.ended && !player?.isOld(report)) {
          setPlaying(false);
          player?.seek(beginning());
          setPosition(beginning());
        }
      },
      anchor: (anchor) => {
        for (const listener of anchors) listener(anchor);
      },
      refused: fail,
    });
    const now = playedPlan();
    if (now) player.update(now, playedSounds());
    player.loop(looping() ? loop() : null);
    player.seek(position());
    player.side(side());
    return player;
  })();
  return making;
}
/** Beats and groups of the open tune, for the metronome and for snapping. */
export const beats = createRoot(() =>
  createMemo(() => {
    const own = tune();
    return own ? beatsOf(own.heard) : [];
  }),
);
/** Clicks of a count-in that is about to be played. */
const [counting, setCounting] = createSignal<CountIn | null>(null);
const side = createRoot(() => createMemo(() => (metronome() || counting() ? metronomePlan(beats(), ending(), metronome(), counting()) : undefined)));

createRoot(() => {
  createEffect(
    on([playedPlan, playedSounds], ([now, all]) => {
      if (!now) return;
      // a blend that was just made comes in at the next bar
      const fresh = isFresh();
      const at = untrack(() => (fresh && playing() && !previewed() ? nextBar(beats(), position()) : undefined));
      player?.update(now, all, at);
    }),
  );
  createEffect(on([loop, looping], ([passage, on]) => player?.loop(on ? passage : null)));
  createEffect(on(side, (now) => player?.side(now)));
  // another sound is another player; a correction is not
  const sound = createMemo(() => tune()?.channels);
  createEffect(on(sound, () => void stop(), { defer: true }));
});

// the first sound comes at once: the engine stands ready, silent, as soon as there is something to play
createRoot(() =>
  createEffect(
    on(tune, (own) => {
      if (own && !making) setTimeout(() => void thePlayer(), 0);
    }),
  ),
);

/** Plays or pauses. */
export async function togglePlay(): Promise<void> {
  if (playing()) {
    player?.pause();
    setPlaying(false);
    return;
  }
  const own = await thePlayer();
  if (!own) return;
  const passage = loop();
  if (looping() && passage && (position() < passage.from || position() >= passage.to)) seek(passage.from);
  setCounting(null);
  if (!looping() && position() === 0 && beginning() < 0) seek(beginning());
  await own.play();
  setPlaying(true);
}
/** Plays from where it is. */
export async function playOn(): Promise<void> {
  await (await thePlayer())?.play();
  setPlaying(true);
}
/** Waits until what is to be played is what sounds: as soon as the device runs. */
export async function standsReady(): Promise<void> {
  const own = await thePlayer();
  await own?.context.resume();
  await own?.settled();
}
/** Plays from where it is, after so many frames of counting. */
export async function playAfter(lead: number): Promise<void> {
  const own = await thePlayer();
  if (!own) return;
  setCounting({ from: untrack(position), lead });
  own.side(side());
  // the clicks are built block by block: give them the time of a few
  await new Promise((resolve) => setTimeout(resolve, 60));
  await own.play(lead);
  setPlaying(true);
}
export function pause(): void {
  player?.pause();
  setPlaying(false);
  setCounting(null);
}
/** Goes to a frame, playing or not. */
export function seek(frame: number): void {
  const to = Math.max(beginning(), Math.min(ending(), Math.round(frame)));
  setPosition(to);
  player?.seek(to);
}
/** Ends playing and gives the sound device back. */
export async function stop(): Promise<void> {
  setPlaying(false);
  setPosition(0);
  setLoop(null);
  setLooping(false);
  const own = player;
  player = undefined;
  making = undefined;
  await own?.close();
}
