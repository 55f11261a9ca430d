import type { Heard, Score } from "@kuishi/score";
import { createSignal } from "solid-js";
import type { AudioChannels } from "../workers/messages.ts";
import { putMade } from "./project.ts";

/** What is open: its sound, and what was heard of it. */
export interface Tune {
  readonly name: string;
  readonly heard: Heard;
  readonly channels: AudioChannels;
  /** A tune that was written: all of its parts. What was heard is then the part that has the tune. */
  readonly score?: Score;
}
export const EXAMPLE = "balbyrauyn.flac";

const [tuneSignal, setTune] = createSignal<Tune>();
export const tune = tuneSignal;
/** Puts another tune in the place of the one that is open. */
export const showTune = (next: Tune | undefined): void => void setTune(next);

const [lookingSignal, setLooking] = createSignal<number>();
/** Seconds of the stroke that is being looked at. */
export const looking = lookingSignal;
export const lookAt = (seconds: number | undefined): void => void setLooking(seconds);

/** What was heard travels beside the records: it is large, and made anew rather than edited. */
export const HEARD = "heard.json";
export const keepHeard = (heard: Heard): Promise<void> => putMade(HEARD, new Blob([JSON.stringify(heard)]));

let openings = 0;
/** While a tune is being opened its corrections are not news to the ear. */
export const isOpening = (): boolean => openings > 0;
export async function whileOpening(run: () => Promise<void>): Promise<void> {
  openings++;
  try {
    await run();
  } finally {
    openings--;
  }
}
