import { clipName } from "@kuishi/flow";
import { type Clip, type Draft, newClip, RECORDING_TRACK } from "@kuishi/project";
import { createSignal } from "solid-js";
import { edit, session } from "../../state/project.ts";
import { sounds } from "../../state/sound.ts";
import { tune } from "../../state/tune.ts";

/** The clip that tools and keys work on, and the tracks whose takes are shown. */
export const [selected, setSelected] = createSignal<string>();
export const [openTakes, setOpenTakes] = createSignal<ReadonlySet<string>>(new Set());

export const framesOf = (clip: Clip): number => {
  const own = sounds().get(clipName({ ...clip, rate: 1, cents: 0 }, session().song.recording?.asset));
  return session().assets.get(clip.asset)?.frames ?? own?.[0]?.length ?? Math.ceil(clip.from + clip.length * clip.rate);
};
/** The recording lies on its track as one clip until it is first cut. */
export const wholeRecording = (): Clip => ({
  ...newClip,
  id: "clip-recording",
  track: RECORDING_TRACK,
  asset: session().song.recording?.asset ?? "",
  at: 0,
  from: 0,
  length: Math.max(1, tune()?.channels[0]?.length ?? 1),
  fadeOut: 9600,
});
export const clipsOf = (track: string): readonly Clip[] => {
  const own = session().clips.filter((clip) => clip.track === track);
  return own.length === 0 && track === RECORDING_TRACK && tune() ? [wholeRecording()] : own;
};
/** Does something to a clip; the recording's own becomes one that can be changed. */
export function act(label: string, id: string, change: (draft: Draft) => void): void {
  edit(label, (draft) => {
    if (id === "clip-recording" && !draft.get("clip", id)) draft.put(wholeRecording());
    change(draft);
  });
}
