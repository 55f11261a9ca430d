import { type Lufs, type Progress, SAMPLE_RATE, type Seconds } from "@kuishi/base";
import type { Plan } from "@kuishi/engine";
import type { Heard } from "@kuishi/score";

import { type Blended, blendVariation } from "./blend.ts";
import { RECORDING, VOICE } from "./compile.ts";
import type { HeardFile, Host } from "./hear.ts";
import type { Outputs } from "./outputs.ts";
import { renderMix } from "./render.ts";
import type { PrepareRequest } from "./request.ts";

/** Other versions of one record. `dj`: long beginning and end to mix over. `radio`: short. `instrumental`: without what was recorded. `acappella`: that alone. */
export const versions = ["dj", "radio", "instrumental", "acappella"] as const;
export type Version = (typeof versions)[number];

/** Bars before and after the tune for a DJ, and for the radio. */
const [DJ, RADIO] = [
  { head: 16, tail: 16 },
  { head: 2, tail: 1 },
];
/** A radio edit is no longer. */
const RADIO_SEC = 210;

/** Writes a version of a finished blend as a file of its own, `VERSION.wav`. @throws Complaint. */
export async function writeVersion(
  host: Host,
  version: Version,
  { file, blended, request }: { readonly file: HeardFile; readonly blended: Blended; readonly request: PrepareRequest & { readonly loudness: Lufs | null } },
  outputs: Outputs,
  progress: Progress,
): Promise<void> {
  const name = `${version}.wav`;
  const { choices } = request;
  if (version === "dj") return blendVariation(host, file, { ...request, choices: { ...choices, ...DJ } }, outputs, name, progress);
  if (version === "radio") return blendVariation(host, shortened(file, blended), { ...request, choices: { ...choices, ...RADIO } }, outputs, name, progress);
  const own = blended.prepared.clips;
  await renderMix(host, onlyPart(blended.plan, version === "acappella"), own, outputs, progress, name);
}

/** A plan with nothing but what was recorded, or with all but that; what presses others still does. */
const onlyPart = (plan: Plan, recorded: boolean): Plan => ({
  ...plan,
  strips: plan.strips.map((strip) => ((strip.id === RECORDING || strip.id === VOICE) === recorded ? strip : { ...strip, mute: true })),
});

/** The recording to the end of the last section that fits; a short one as it is. */
function shortened(file: HeardFile, { prepared }: Blended): HeardFile {
  const fitting = prepared.arrangement.sections.filter((section) => section.to <= RADIO_SEC && section.to < file.heard.durationSec - 1);
  const last = fitting.at(-1);
  if (file.heard.durationSec <= RADIO_SEC || !last) return file;
  const channels = file.recording.channels.map((channel) => channel.slice(0, Math.round(last.to * SAMPLE_RATE)));
  return { heard: until(file.heard, last.to), recording: { ...file.recording, channels } };
}

/** What was heard before a time. */
function until(heard: Heard, end: Seconds): Heard {
  const strokes = heard.strokes.filter((stroke) => stroke.at < end - 0.02);
  const notes = heard.notes.filter((note) => note.onset < end - 0.02).map((note) => ({ ...note, offset: Math.min(note.offset, end) }));
  const kept = new Set(notes.map((note) => note.id));
  const before = <T extends { readonly at: Seconds }>(list: readonly T[]): T[] => list.filter((one) => one.at < end - 0.02);
  return {
    ...heard,
    durationSec: end,
    notes,
    strokes: strokes.map((stroke) => ({ ...stroke, noteIds: stroke.noteIds.filter((id) => kept.has(id)) })),
    beats: before(heard.beats),
    downbeats: heard.downbeats.filter((at) => at < end - 0.02),
    form: heard.form.filter((section) => section.fromSec < end - 0.5).map((section) => ({ ...section, toSec: Math.min(section.toSec, end) })),
    ...(heard.tempo ? { tempo: before(heard.tempo) } : {}),
    ...(heard.chords ? { chords: before(heard.chords) } : {}),
  };
}
