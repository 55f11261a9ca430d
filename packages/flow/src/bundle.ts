import { Complaint, type Progress } from "@kuishi/base";
import type { Choices } from "@kuishi/blend";
import type { Clips } from "@kuishi/engine";
import { loadRecording, memorySource } from "@kuishi/media";
import {
  addressOf,
  type Bundle,
  emptySong,
  type ProjectRecord,
  type RawRecord,
  RECORDING_TRACK,
  type Session,
  sessionOf,
  type Variation,
} from "@kuishi/project";
import { Kernels } from "@kuishi/signal";
import { readChoices, soundingBlendOf } from "./choices.ts";
import type { HeardFile, Host } from "./hear.ts";
import { hearAny, openVoice } from "./open.ts";
import type { BlendRequest, FileOf } from "./request.ts";
import { wantedClips } from "./session.ts";
import { stretched } from "./stretch.ts";

/** Ids of what every project begins with. */
export const RECORDING_ASSET = "asset-recording";
export const VOICE_ASSET = "asset-voice";

/** Name of a file in a project until it is whole and has its content's address. */
export const entryOf = (name: string): string => `audio/${name.replace(/[^\p{L}\p{N}._-]/gu, "_")}`;

/** The records with which a project of a recording begins. */
export function firstRecords(recording: {
  readonly name: string;
  readonly entry: string | null;
  readonly fromSec: number;
  readonly toSec: number | null;
}): ProjectRecord[] {
  const { name, entry, fromSec, toSec } = recording;
  return [
    { ...emptySong, recording: { asset: RECORDING_ASSET, fromSec, toSec } },
    { id: RECORDING_ASSET, kind: "asset", name, entry, frames: null, origin: "file" },
    { id: RECORDING_TRACK, kind: "track", name, order: 0 },
  ];
}

/** A variation of some choices, the `order`-th that was made: its id says no more, so that whoever makes the same project writes the same. */
export const variationOf = (choices: Choices, name: string, order: number): Variation => ({
  id: `variation-${order}`,
  kind: "variation",
  name,
  order,
  starred: false,
  choices: { ...choices },
});

/** A project's records with what this request asks of the blend, in place of what was asked before; of a variation that sounds, only another takes the place. */
export function asAsked(records: readonly RawRecord[], { choices, ownStyles = [], loudness }: BlendRequest): RawRecord[] {
  const session = sessionOf(records);
  const sounding = session.song.choices && soundingBlendOf(session).choices;
  const other = JSON.stringify(readChoices(choices)) === JSON.stringify(sounding) ? {} : { choices: { ...choices }, variation: null };
  return records.map((record) => (record["kind"] === "song" ? { ...record, ...other, styles: [...ownStyles], loudness } : record));
}

/** A project of one request, as the command line writes it. */
export function firstBundle(request: BlendRequest, { recording, heard }: HeardFile): Pick<Bundle, "records" | "files"> {
  const { original, voice } = request;
  const files = new Map<string, Uint8Array>();
  const entry = original.bytes ? addressOf(original.name, original.bytes) : null;
  if (entry && original.bytes) files.set(entry, original.bytes);
  const voiceEntry = voice?.bytes ? addressOf(voice.name, voice.bytes) : null;
  if (voiceEntry && voice?.bytes) files.set(voiceEntry, voice.bytes);
  const variation = variationOf(request.choices, "A", 1);
  const first = firstRecords({ name: original.name, entry, fromSec: recording.fromSec, toSec: recording.toSec });
  const records = [...first, variation].map(
    (record): ProjectRecord =>
      record.kind === "song"
        ? {
            ...record,
            instrument: heard.instrument,
            parts: [...(request.parts ?? [])],
            provenance: request.provenance,
            choices: { ...request.choices },
            variation: variation.id,
            styles: [...(request.ownStyles ?? [])],
            voice: voiceEntry && voice ? { asset: VOICE_ASSET, correct: voice.correct } : null,
            loudness: request.loudness,
          }
        : record,
  );
  if (voiceEntry && voice) records.push({ id: VOICE_ASSET, kind: "asset", name: voice.name, entry: voiceEntry, frames: null, origin: "file" });
  return { records, files };
}

/** Every sound that a session's clips want, decoded, stretched and transposed; one that is missing is left out. @throws Complaint. */
export async function soundsOf(host: Host, session: Session, recording: readonly Float32Array[], fileOf: FileOf, progress: Progress): Promise<Clips> {
  const plain = new Map<string, readonly Float32Array[]>();
  const own = session.song.recording?.asset;
  const out = new Map<string, readonly Float32Array[]>();
  for (const { name, asset, rate, cents } of wantedClips(session)) {
    let sound = asset === own ? recording : plain.get(asset);
    if (!sound) {
      const entry = session.assets.get(asset)?.entry;
      const source = entry ? await fileOf(entry) : undefined;
      if (!source) continue;
      sound = (await loadRecording(new Kernels(host.kernels), source, {}, progress)).channels;
      plain.set(asset, sound);
    }
    out.set(name, rate === 1 && cents === 0 ? sound : await atRate(sound, rate, cents, progress));
  }
  return out;
}

/** Sound played so many times as fast, at its own pitch or so many cents beside it. */
export async function atRate(sound: readonly Float32Array[], rate: number, cents: number, progress: Progress): Promise<readonly Float32Array[]> {
  const frames = Math.round((sound[0]?.length ?? 0) / rate);
  return await stretched(sound, [{ at: 0, from: 0, rate, cents }], frames, { formants: false, seed: 1, stage: "stretch" }, progress);
}

/** A bundle, opened far enough to be blended again. */
export interface Reopened {
  readonly hear: () => Promise<HeardFile>;
  readonly request: Omit<BlendRequest, "language">;
}

/** Opens what a bundle carries. @throws Complaint. */
export async function reopened(host: Host, bundle: Bundle, progress: Progress): Promise<Reopened> {
  const session = sessionOf(bundle.records);
  const { song, assets } = session;
  const asset = song.recording ? assets.get(song.recording.asset) : undefined;
  const bytes = asset?.entry ? bundle.files.get(asset.entry) : undefined;
  if (!song.recording || !asset || !bytes) throw new Complaint("unreadable", "project.norecording", { name: asset?.name ?? "" });
  const { fromSec, toSec } = song.recording;
  const passage = { fromSec, ...(toSec === null ? {} : { toSec }) };
  const analysis = bundle.heard ?? undefined;
  const { choices, ownStyles } = soundingBlendOf(session);
  const sung = song.voice ? assets.get(song.voice.asset) : undefined;
  const voiceBytes = sung?.entry ? bundle.files.get(sung.entry) : undefined;
  const voice = song.voice && sung && voiceBytes ? await openVoice(host, sung.name, voiceBytes, song.voice.correct, progress) : undefined;
  const hear = (): Promise<HeardFile> =>
    hearAny(host, asset.name, memorySource(bytes), { instrument: song.instrument, parts: song.parts, passage, seed: choices.seed, analysis }, progress);
  return {
    hear,
    request: {
      choices,
      ownStyles,
      ...(voice ? { voice } : {}),
      loudness: song.loudness,
      provenance: song.provenance,
      original: { name: asset.name, bytes },
      session,
      fileOf: (entry) => Promise.resolve(((file) => file && memorySource(file))(bundle.files.get(entry))),
      bundle,
    },
  };
}
