import type { Plan } from "@kuishi/engine";
import { plainPlan, RECORDING, wantedClips, withSession } from "@kuishi/flow";
import { createEffect, createMemo, createRoot, createSignal, on, untrack } from "solid-js";
import type { AudioChannels, NamedAudio } from "../workers/messages.ts";
import { ask, quietly } from "./ear.ts";
import { getFile, session } from "./project.ts";
import { tune } from "./tune.ts";
import { fail } from "./ui.ts";
import { currentVariation } from "./variations.ts";

/** Sounds that the project's own clips want, decoded as they are asked for. */
const [decoded, setDecoded] = createSignal<ReadonlyMap<string, AudioChannels>>(new Map());
createRoot(() =>
  createEffect(
    on([session, tune], async ([now, open]) => {
      if (!open) return;
      const have = untrack(decoded);
      const missing = wantedClips(now).filter((one) => !have.has(one.name) && now.assets.get(one.asset)?.frames !== null);
      if (missing.length === 0) return;
      // claimed at once, so that the next change does not ask for them again
      const claimed = new Map(have);
      for (const one of missing) claimed.set(one.name, []);
      setDecoded(claimed);
      const wanted = await Promise.all(
        missing.map(async ({ name, asset, rate, cents }) => {
          const entry = now.assets.get(asset)?.entry;
          return { name, rate, cents, file: asset === now.song.recording?.asset ? null : ((entry ? await getFile(entry) : undefined) ?? new Blob([])) };
        }),
      );
      const long = wanted.some((one) => one.rate !== 1 || one.cents !== 0);
      const answer = long
        ? await ask("stretch", { do: "sounds", wanted })
        : await quietly({ do: "sounds", wanted }).catch((error: unknown) => void fail(error));
      if (answer) setDecoded(new Map([...untrack(decoded), ...answer]));
    }),
  ),
);
/** Every sound that a blend with clips of its own may ask for, by name. */
export function soundsWith(clips: NamedAudio): ReadonlyMap<string, AudioChannels> {
  const own = tune();
  return new Map([...(own ? [[RECORDING, own.channels] as const] : []), ...decoded(), ...clips]);
}
/** Every sound that can be played. */
export const sounds = createRoot(() => createMemo(() => soundsWith(currentVariation()?.clips ?? [])));

/** What is played: the blend, else the recording, with everything the project says. */
export const plan = createRoot(() =>
  createMemo((): Plan | undefined => {
    const own = tune();
    if (!own) return undefined;
    return withSession(currentVariation()?.plan ?? plainPlan(own.channels[0]?.length ?? 0), session());
  }),
);

/** Where what is played begins and ends, in frames of the recording: a record begins before it. */
export const beginning = (): number => -(plan()?.lead ?? 0);
export const ending = (): number => (plan()?.frames ?? 0) + beginning();

/** Length of a sound file, frames; undefined where it could not be read, which was told. */
export async function lengthOf(file: Blob): Promise<number | undefined> {
  const answer = await ask("decode", { do: "sounds", wanted: [{ name: "", rate: 1, cents: 0, file }] });
  return answer?.[0]?.[1][0]?.length;
}
/** A passage of the recording as it sounds in the blend, slower. */
export const slowed = (from: number, to: number, rate: number): Promise<AudioChannels | undefined> =>
  ask("slow", { do: "slow", sound: (sounds().get(RECORDING) ?? []).map((channel) => channel.slice(from, to)), rate });
