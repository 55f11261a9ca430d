import type { Choices, Style } from "@kuishi/blend";
import type { Plan } from "@kuishi/engine";
import type { ArrangementReport } from "@kuishi/flow";
import type { NamedAudio } from "../workers/messages.ts";

/** What a variation came to: enough to play it, and, frozen, to write exactly what was played. */
export interface Outcome {
  readonly choices: Choices;
  readonly ownStyles: readonly Style[];
  /** The singer, and how far she was drawn to the tune. */
  readonly voice: { readonly name: string; readonly correct: number } | null;
  /** What it was made of beside its choices, in a form that can be compared. */
  readonly given: string;
  /** LUFS for which its gain was found. */
  readonly loudness: number | null;
  /** Without what was set in the mixer. */
  readonly plan: Plan;
  readonly report: ArrangementReport;
  /** Sounds the plan needs beside the recording, or instead of it. */
  readonly clips: NamedAudio;
}
/** As it is kept: text, and the samples of its sounds one channel after the other. */
export interface PackedOutcome {
  readonly text: Blob;
  readonly samples: Blob;
}

export function packedOutcome({ clips, ...made }: Outcome): PackedOutcome {
  const shape = clips.map(([name, channels]) => [name, channels.length, channels[0]?.length ?? 0]);
  return {
    text: new Blob([JSON.stringify({ ...made, shape })]),
    samples: new Blob(clips.flatMap(([, channels]) => channels as readonly Float32Array<ArrayBuffer>[])),
  };
}
/** @throws where it was torn. */
export async function unpackedOutcome({ text, samples }: PackedOutcome): Promise<Outcome> {
  const { shape, ...made } = JSON.parse(await text.text()) as Omit<Outcome, "clips"> & { readonly shape: readonly (readonly [string, number, number])[] };
  const bytes = await samples.arrayBuffer();
  let at = 0;
  const clips = shape.map(([name, channels, frames]): NamedAudio[number] => [
    name,
    Array.from({ length: channels }, () => {
      const channel = new Float32Array(bytes.slice(at, at + 4 * frames));
      at += 4 * frames;
      if (channel.length < frames) throw new RangeError(`${name} was cut off`);
      return channel;
    }),
  ]);
  return { ...made, clips };
}
