import { Heard } from "@kuishi/score";
import { z } from "zod";
import { checked } from "./checked.ts";
import { emptySong, type ProjectRecord, Provenance, RECORDING_TRACK } from "./records.ts";

/** The first format: one object, no tracks of the person's own. */
const First = z.object({
  kuishi: z.literal("project/1"),
  provenance: Provenance,
  recording: z.object({ entry: z.string().nullable(), name: z.string(), fromSec: z.number().min(0), toSec: z.number().min(0).nullable() }),
  heard: Heard,
  style: z.string(),
  seed: z.int(),
  choices: z.looseObject({}).optional(),
  styles: z.array(z.looseObject({ name: z.string() })).optional(),
  voice: z.object({ entry: z.string(), name: z.string(), correct: z.number().min(0).max(1).default(0) }).optional(),
  loudness: z.number().nullable(),
});

/** A project of an older format as records. @throws Complaint with the place of the first fault. */
export function migrated(data: unknown): { readonly records: readonly ProjectRecord[]; readonly heard: Heard } {
  const old = checked(First, data);
  const { entry, name, fromSec, toSec } = old.recording;
  const records: ProjectRecord[] = [
    {
      ...emptySong,
      provenance: old.provenance,
      recording: { asset: "asset-recording", fromSec, toSec },
      instrument: old.heard.instrument,
      // what the first version did not say is left to be filled in by `blend`
      choices: { ...old.choices, style: old.style, seed: old.seed },
      styles: old.styles ?? [],
      voice: old.voice ? { asset: "asset-voice", correct: old.voice.correct } : null,
      loudness: old.loudness,
    },
    { id: "asset-recording", kind: "asset", name, entry, frames: null, origin: "file" },
    { id: RECORDING_TRACK, kind: "track", name, order: 0 },
    ...(old.voice ? [{ id: "asset-voice", kind: "asset", name: old.voice.name, entry: old.voice.entry, frames: null, origin: "file" } as const] : []),
  ];
  return { records, heard: old.heard };
}
