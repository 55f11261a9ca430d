import { Complaint } from "@kuishi/base";
import type { Choices } from "@kuishi/blend";
import { RECORDING } from "@kuishi/flow";
import type { Session } from "@kuishi/project";
import { createEffect, createRoot, createSignal, on } from "solid-js";
import type { AudioChannels, NamedAudio, WorkAnswers, WorkAsk } from "../workers/messages.ts";
import { ownStyles } from "./choices.ts";
import { lines, locks } from "./corrections.ts";
import { ahead, ask, giveWay } from "./ear.ts";
import type { Outcome } from "./outcome.ts";
import { getFile, session } from "./project.ts";
import { tune } from "./tune.ts";
import { showWork } from "./ui.ts";

/** A blend as it was made, with what `flow` needs to write it as it was played. */
export interface MadeBlend {
  readonly made: Outcome;
  readonly frozen: Blob;
}
/** Blends that are kept beside those of the project: one for each style, and some. */
const MAX_BLENDS = 20;

/** What a blend is made of beside its choices. */
export const given = (): string => JSON.stringify([locks(), lines(), session().song.voice, session().song.styles]);

/** What was made of the open tune, by everything it was made of, the latest last. */
const known = new Map<string, MadeBlend>();
/** Recordings that were cleaned, straightened or transposed, by what they were made of: the same for every style, and long. */
const recordings = new Map<string, AudioChannels>();
/** How often something was made, so that who looks at `isMade` looks again. */
const [count, setCount] = createSignal(0);
createRoot(() =>
  createEffect(
    on(
      () => tune()?.channels,
      () => {
        known.clear();
        recordings.clear();
        setCount((n) => n + 1);
      },
    ),
  ),
);
const keyOf = (chosen: Choices): string => JSON.stringify([chosen, given(), session().song.loudness]);
export function isMade(chosen: Choices): boolean {
  count();
  return known.has(keyOf(chosen));
}

async function voiceOf({ song, assets }: Session) {
  const asset = song.voice ? assets.get(song.voice.asset) : undefined;
  const file = asset?.entry ? await getFile(asset.entry) : undefined;
  return song.voice && asset && file ? { file, name: asset.name, correct: song.voice.correct } : undefined;
}
type BlendAsk = Extract<WorkAsk, { do: "blend" }>;
function shared(clips: NamedAudio, made: string): NamedAudio {
  return clips.map(([name, sound]) => {
    if (name !== RECORDING) return [name, sound];
    const there = recordings.get(made) ?? sound;
    recordings.set(made, there);
    return [name, there];
  });
}
/** Makes a blend by a worker that is asked so, unless it is there. @returns undefined where another tune was opened meanwhile, or the asker told why not. */
async function madeBy(chosen: Choices, by: (question: BlendAsk) => Promise<WorkAnswers["blend"] | undefined>): Promise<MadeBlend | undefined> {
  const key = keyOf(chosen);
  const there = known.get(key);
  if (there) return there;
  const channels = tune()?.channels;
  const voice = await voiceOf(session());
  const own = { choices: chosen, ownStyles: ownStyles(), loudness: session().song.loudness };
  const of = given();
  const answer = await by({ do: "blend", ...own, ...(voice ? { voice } : {}) });
  if (!answer || tune()?.channels !== channels) return undefined;
  const { frozen, clips, ...rest } = answer;
  const sound = { ...rest, clips: shared(clips, JSON.stringify([chosen.clean, chosen.follow, chosen.transpose, chosen.seed, of])) };
  const made = { made: { ...own, voice: voice ? { name: voice.name, correct: voice.correct } : null, given: of, ...sound }, frozen };
  known.set(key, made);
  for (const old of [...known.keys()].slice(0, Math.max(0, known.size - MAX_BLENDS))) known.delete(old);
  setCount((n) => n + 1);
  return made;
}
/** What is being made ahead now. */
let underway: { readonly key: string; readonly made: Promise<MadeBlend | undefined> } | undefined;

/** Makes a blend of the open tune, and shows how far it is. */
export async function make(chosen: Choices): Promise<MadeBlend | undefined> {
  // what is on its way is waited for, not begun anew
  if (underway?.key === keyOf(chosen)) {
    showWork({ stage: "arrange", done: 0 });
    await underway.made.finally(() => showWork(undefined));
  }
  return await madeBy(chosen, (question) => ask("arrange", question));
}
/** Makes a blend that may be wanted, one at a time. @param soon somebody waits for it. @returns undefined where it gave way to what was asked for. */
export async function makeAhead(chosen: Choices, soon = false): Promise<MadeBlend | undefined> {
  if (underway?.key === keyOf(chosen)) return await underway.made;
  if (soon && underway && !isMade(chosen)) {
    giveWay();
    await underway.made;
  }
  const quiet = async (question: BlendAsk): Promise<WorkAnswers["blend"] | undefined> => {
    try {
      return await ahead({ ...question, ...(soon ? {} : { ahead: true as const }) });
    } catch (error) {
      if (error instanceof Complaint) return undefined;
      throw error;
    }
  };
  const made = madeBy(chosen, quiet);
  const own = { key: keyOf(chosen), made };
  underway = own;
  try {
    return await made;
  } finally {
    if (underway === own) underway = undefined;
  }
}
