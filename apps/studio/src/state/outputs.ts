import type { Version } from "@kuishi/flow";
import type { AudioFormat } from "@kuishi/media";
import { createEffect, createRoot, createSignal, on, untrack } from "solid-js";
import type { WorkAnswers } from "../workers/messages.ts";
import { ask } from "./ear.ts";
import { language } from "./language.ts";
import { allFiles, rawProject, session } from "./project.ts";
import { plan } from "./sound.ts";
import { tune } from "./tune.ts";
import { busily, setNotice } from "./ui.ts";
import { blend, currentVariation, frozenOf } from "./variations.ts";

/** What was written last, and of what. */
const [written, setWritten] = createSignal<WorkAnswers["export"] & { readonly sounded: string }>();
/** What was written last; empty again when something else sounds. */
export const exported = (): WorkAnswers["export"] | undefined => written();
const sounded = (): string => JSON.stringify([plan(), session().song.loudness, session().song.provenance]);
createRoot(() =>
  createEffect(on([plan, session], () => untrack(written) && untrack(written)?.sounded !== sounded() && setWritten(undefined), { defer: true })),
);

/** Other versions that are written beside the mix. */
export const [askedVersions, setAskedVersions] = createSignal<readonly Version[]>([]);

/** Writes everything: mix, stems, score, tuning, project, report. What is written is what sounds: the variation that was made and picked, with tracks and mixer. */
export const exportAll = (): Promise<void> => busily(writeAll);
async function writeAll(): Promise<void> {
  if (!tune()) return;
  if (!currentVariation()) await blend();
  const now = currentVariation();
  if (!now) return;
  const { choices, ownStyles, voice, clips } = now;
  const frozen = (await frozenOf(now.id)) ?? null;
  const of = sounded();
  const { loudness } = session().song;
  const answer = await ask("render", {
    do: "export",
    ...{ choices, ownStyles, voice, clips, frozen, loudness },
    ...rawProject(),
    files: await allFiles(),
    language: language(),
    versions: askedVersions(),
  });
  if (answer) setWritten({ ...answer, sounded: of });
}
/** A mix in another format. */
export const encode = (file: Blob, format: AudioFormat): Promise<Blob | undefined> => ask("encode", { do: "encode", file, format });
/** The project as one file. */
export const bundle = async (): Promise<Blob | undefined> =>
  ask("bundle", { do: "bundle", ...rawProject(), heard: tune()?.heard ?? null, files: await allFiles() });
/** A file in another format, by its ending; what could not be read or written is told. */
export async function convertFile(file: Blob, name: string, to: string): Promise<Blob | undefined> {
  const made = await ask("encode", { do: "convert", file, name, to });
  if (made?.told[0]) setNotice(made.told[0]);
  return made?.file;
}
