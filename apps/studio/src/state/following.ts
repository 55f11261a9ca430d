import { SAMPLE_RATE, type Seconds } from "@kuishi/base";
import { EarStrokes, Follower } from "@kuishi/practice";
import { createSignal } from "solid-js";
import { measure } from "../measure.ts";
import { show } from "./axis.ts";
import { startLive } from "./live.ts";
import { compareTake } from "./takes.ts";
import { pause, playing, seek, setPosition } from "./transport.ts";
import { tune } from "./tune.ts";

/** Where the player is in the tune that is open, while a take is played. */
export type Place = { readonly at: "found" | "waiting"; readonly masterSec: Seconds } | { readonly at: "lost" };
const [placeSignal, setPlace] = createSignal<Place>();
export const place = placeSignal;

/** Listens to a take: the playhead goes with the player; when the take ends it is compared. */
export async function playTake(): Promise<void> {
  const master = tune()?.heard;
  if (!master) return;
  pause();
  const [follower, strokes] = [new Follower(master), new EarStrokes()];
  await startLive({
    hears: (told, heardSec) => {
      for (const event of told) for (const stroke of strokes.hear(event)) follower.hear(stroke);
      goWith(follower, heardSec);
    },
    ended: (take) => {
      const last = placeSignal();
      setPlace(undefined);
      // where he ended it goes on from there
      if (last && last.at !== "lost") seek(last.masterSec * SAMPLE_RATE);
      void compareTake(take);
    },
  });
}

function goWith(follower: Follower, heardSec: Seconds): void {
  const { masterSec, waiting } = follower.position(heardSec);
  setPlace(masterSec === null ? { at: "lost" } : { at: waiting ? "waiting" : "found", masterSec });
  if (masterSec === null) return;
  measure("followed", { heardSec, masterSec });
  // what is played back meanwhile moves the playhead itself
  if (playing()) return;
  const frame = Math.round(masterSec * SAMPLE_RATE);
  setPosition(frame);
  show(frame);
}
