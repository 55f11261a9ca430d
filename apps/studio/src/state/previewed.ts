import type { Plan } from "@kuishi/engine";
import { withSession } from "@kuishi/flow";
import { createMemo, createRoot, createSignal } from "solid-js";
import type { AudioChannels } from "../workers/messages.ts";
import type { Outcome } from "./outcome.ts";
import { session } from "./project.ts";
import { sounds, soundsWith } from "./sound.ts";

const [previewedSignal, setPreviewed] = createSignal<Outcome>();
/** A blend that is tried by ear, in the place of the one that sounds. */
export const previewed = previewedSignal;
export const showPreviewed = (made: Outcome | undefined): void => void setPreviewed(made);

/** Its plan, with everything the project says. */
export const previewedPlan = createRoot(() =>
  createMemo((): Plan | undefined => {
    const own = previewed();
    return own && withSession(own.plan, session());
  }),
);
/** Every sound that what is played may ask for. */
export const playedSounds = createRoot(() =>
  createMemo((): ReadonlyMap<string, AudioChannels> => {
    const own = previewed();
    return own ? soundsWith(own.clips) : sounds();
  }),
);
