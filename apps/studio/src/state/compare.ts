import type { Plan } from "@kuishi/engine";
import { RECORDING } from "@kuishi/flow";
import { createEffect, createMemo, createRoot, createSignal, on } from "solid-js";
import type { AudioChannels } from "../workers/messages.ts";
import { quietly } from "./ear.ts";
import { previewedPlan } from "./previewed.ts";
import { session } from "./project.ts";
import { plan, sounds } from "./sound.ts";
import { fail } from "./ui.ts";
import { currentVariation } from "./variations.ts";

/** The recording alone, as loud as the blend. */
interface Alone {
  readonly sound: AudioChannels;
  readonly loudness: number | null;
  readonly plan: Plan;
}
const [alone, setAlone] = createSignal<Alone>();
const [wanted, setWanted] = createSignal(false);
const recording = (): AudioChannels | undefined => sounds().get(RECORDING);
const isFresh = (own: Alone | undefined): boolean => own !== undefined && own.sound === recording() && own.loudness === session().song.loudness;

/** Whether the recording is heard alone, in the place of the blend. */
export const comparing = createRoot(() => createMemo(() => wanted() && currentVariation() !== undefined && isFresh(alone())));
/** Goes from the blend to the recording at equal loudness, or back, at the same moment of the tune. */
export async function toggleCompare(): Promise<void> {
  const sound = recording();
  if (wanted() || !sound || !currentVariation()) {
    setWanted(false);
    return;
  }
  setWanted(true);
  const { loudness } = session().song;
  if (isFresh(alone())) return;
  try {
    setAlone({ sound, loudness, plan: await quietly({ do: "alone", sound, loudness }) });
  } catch (error) {
    setWanted(false);
    fail(error);
  }
}
// another tune begins with its blend
createRoot(() => createEffect(on(recording, () => setWanted(false), { defer: true })));

/** What is played: the plan, or the recording beside it, or a style that is tried by ear. */
export const playedPlan = createRoot(() => createMemo((): Plan | undefined => previewedPlan() ?? (comparing() ? alone()?.plan : plan())));
