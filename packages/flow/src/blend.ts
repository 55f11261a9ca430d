import { breathe, type Lufs, type Progress, rounded, SAMPLE_RATE, stopIfCancelled } from "@kuishi/base";
import { blend as arrange, type Part } from "@kuishi/blend";
import type { Clips, Plan } from "@kuishi/engine";
import { packBundle, type Session } from "@kuishi/project";
import { DRUM_KEYS, type Heard, midiTimeOf, midiTrackOf, transcribe, writeMidiFile, writeMusicXml } from "@kuishi/score";
import { denoised, Kernels } from "@kuishi/signal";
import { type Scale, writeScl } from "@kuishi/tuning";
import { balance } from "./balance.ts";
import { asAsked, firstBundle, soundsOf } from "./bundle.ts";
import { stylesOf } from "./choices.ts";
import { compilePlan, pressedTo, RECORDING, slicesOf, VOICE, withFaders } from "./compile.ts";
import { followed } from "./follow.ts";
import type { HeardFile, Host } from "./hear.ts";
import { type Outputs, put } from "./outputs.ts";
import { liveGain, master, renderMix, renderStems, stemNames } from "./render.ts";
import { type BlendReport, blendReport, reportHtml } from "./report.ts";
import type { BlendRequest, Prepared, PrepareRequest } from "./request.ts";
import { handNotes, withSession } from "./session.ts";
import { sungIn, tunedVoice } from "./singer.ts";
import { timbreOf } from "./timbre.ts";

/** A plan with the gain at which it would come out about so loud, for playing before it is rendered. */
export async function atLoudness(host: Host, plan: Plan, clips: Clips, loudness: Lufs | null, progress: Progress): Promise<Plan> {
  if (loudness === null) return plan;
  const pressed = pressedTo(plan, loudness);
  const gainDb = await liveGain(host.kernels, pressed, clips, loudness, progress);
  return { ...pressed, master: { ...pressed.master, gainDb } };
}

/** Arranges and balances: everything but the rendering. @throws Complaint. */
export async function prepareBlend(host: Host, original: HeardFile, request: PrepareRequest, progress: Progress): Promise<Prepared> {
  const known = stylesOf(request.ownStyles);
  const { choices } = request;
  const started = host.clock();
  progress.report("arrange", 0);
  const tuned = request.voice && (await tunedVoice(host, request.voice.channels, request.voice.correct, original.heard, choices.seed, progress));
  const moved = await followed(original, choices, tuned, progress);
  const { voice } = moved;
  const clean = choices.clean ? await denoised(new Kernels(host.kernels), moved.file.recording.channels, progress) : undefined;
  const file: HeardFile = clean ? { ...moved.file, recording: { ...moved.file.recording, channels: clean.channels } } : moved.file;
  const { channels } = file.recording;
  await breathe(progress);
  const arrangement = arrange(file.heard, known, choices, { timbre: timbreOf(file), ...(voice ? { sung: sungIn(host.kernels, voice) } : {}) });
  const style = known.get(choices.style)!;
  stopIfCancelled(progress);
  const clips: Clips = new Map([[RECORDING, channels], ...(voice ? [[VOICE, voice] as const] : []), ...slicesOf(arrangement, channels)]);
  const open = compilePlan(arrangement, style, channels[0]?.length ?? 0, voice !== undefined);
  const faders = await balance(host, arrangement, style, open, clips, progress);
  const plan = withFaders(open, faders);
  const hissDb = clean && clean.channels !== moved.file.recording.channels ? clean.overFloorDb : null;
  return { original, file, hissDb, arrangement, style, plan, clips, faders, tookSec: host.clock() - started };
}

/** A finished blend. */
export interface Blended {
  readonly prepared: Prepared;
  readonly report: BlendReport;
  /** The plan with the gain the master came to, for live playing. */
  readonly plan: Plan;
  readonly files: readonly string[];
}

/** From a heard file to every output of the contract. @throws Complaint. */
export async function blendFile(host: Host, file: HeardFile, request: BlendRequest, outputs: Outputs, progress: Progress): Promise<Blended> {
  return await finishBlend(host, await prepareBlend(host, file, request, progress), request, outputs, progress);
}

/** Renders, masters and writes what was prepared, with what a person did to it. @throws Complaint. */
export async function finishBlend(host: Host, prepared: Prepared, request: BlendRequest, outputs: Outputs, progress: Progress): Promise<Blended> {
  const started = host.clock();
  const { session, fileOf } = request;
  const mixed = pressedTo(session ? withSession(prepared.plan, session) : prepared.plan, request.loudness);
  const own = session && fileOf ? await soundsOf(host, session, prepared.file.recording.channels, fileOf, progress) : new Map();
  const clips: Clips = new Map([...prepared.clips, ...own]);
  const rendered = await renderStems(host, mixed, clips, outputs, progress);
  const renderedAt = host.clock();
  const mastered = await master(host.kernels, mixed, rendered.premaster, request.loudness, outputs, progress);
  const masteredAt = host.clock();
  const report = blendReport(prepared.file, prepared, rendered, mastered, request);
  await writePapers(prepared, request, report, outputs);
  const timing = {
    hearSec: prepared.original.heard.elapsedSec,
    balanceSec: rounded(prepared.tookSec, 3),
    renderSec: rounded(renderedAt - started, 3),
    masterSec: rounded(masteredAt - renderedAt, 3),
    papersSec: rounded(host.clock() - masteredAt, 3),
    audioSec: rounded(mixed.frames / SAMPLE_RATE, 3),
  };
  await put(outputs, "timing.json", `${JSON.stringify(timing, null, 1)}\n`);
  const plan = { ...mixed, master: { ...mixed.master, gainDb: mastered.gainDb } };
  return {
    prepared,
    report,
    plan,
    files: [
      "mix.wav",
      "premaster.wav",
      ...stemNames(plan),
      "score.musicxml",
      "score.mid",
      "tuning.scl",
      "project.kuishi",
      "report.json",
      "report.html",
      "timing.json",
    ],
  };
}

/** Another blend of the same tune beside the first, as one finished file at the same loudness. @throws Complaint. */
export async function blendVariation(
  host: Host,
  file: HeardFile,
  request: PrepareRequest & { readonly loudness: Lufs | null },
  outputs: Outputs,
  name: string,
  progress: Progress,
): Promise<void> {
  const { plan: open, clips } = await prepareBlend(host, file, request, progress);
  const plan = pressedTo(open, request.loudness);
  let gainDb = 0;
  for (let round = 0; round < 3; round++) {
    const { integrated } = await renderMix(host, { ...plan, master: { ...plan.master, gainDb } }, clips, outputs, progress, name);
    if (request.loudness === null || !Number.isFinite(integrated) || Math.abs(integrated - request.loudness) < 0.2) return;
    gainDb += request.loudness - integrated;
  }
}

/** What a part plays: as the hand has it, where it took the part. */
const playedBy = (part: Part, session: Session | undefined): readonly Pick<Part["events"][number], "at" | "length" | "cents" | "velocity" | "voice">[] =>
  (session && handNotes(session, part.id)?.map((note) => ({ ...note, at: note.at / SAMPLE_RATE, length: note.length / SAMPLE_RATE }))) ?? part.events;

/** Hearing time is a clock's word; files that must come out the same do not carry it. */
const timeless = (heard: Heard): Heard => ({ ...heard, elapsedSec: 0 });

async function writePapers(prepared: Prepared, request: BlendRequest, report: BlendReport, outputs: Outputs): Promise<void> {
  const { heard, written } = prepared.file;
  const { title, composer } = request.provenance;
  const transcription = transcribe(heard, { title, composer });
  await put(outputs, "score.musicxml", writeMusicXml(written?.score ?? transcription.score));
  const parts = prepared.arrangement.parts
    .filter((part) => part.source.kind !== "recording")
    .map((part) => ({
      name: part.id,
      drums: part.role === "drums",
      // a score begins with the recording
      notes: playedBy(part, request.session)
        .filter((event) => event.at >= 0)
        .map((event) => ({
          at: event.at,
          length: event.length,
          cents: part.role === "drums" ? (DRUM_KEYS[String(event.voice)] ?? 76) * 100 : event.cents,
          velocity: event.velocity,
        })),
    }));
  await put(
    outputs,
    "score.mid",
    writeMidiFile(midiTimeOf(transcription), [...(written?.tracks ?? [midiTrackOf(heard)]), ...parts]) as Uint8Array<ArrayBuffer>,
  );
  const scale: Scale = { name: `${request.provenance.title}: ${heard.mode.name}`, degrees: heard.mode.degreesCents, period: 1200 };
  await put(
    outputs,
    "tuning.scl",
    writeScl(scale, `tuning.scl\nheard by Kuishi; 1/1 at ${heard.mode.tonicCents} absolute cents (6900 = 440 Hz)${certainty(heard)}`),
  );
  const bundle = request.bundle ?? firstBundle(request, prepared.original);
  await put(outputs, "project.kuishi", packBundle({ ...bundle, records: asAsked(bundle.records, request), heard: timeless(prepared.original.heard) }));
  await put(outputs, "report.json", `${JSON.stringify(report, null, 1)}\n`);
  await put(outputs, "report.html", reportHtml(timeless(heard), prepared, report, request));
}

/** How sure each degree of the scale is, as a comment. */
function certainty({ mode }: Heard): string {
  const sure = mode.degreeConfidence?.slice(1).map((part) => Math.round(part * 100));
  return sure && sure.length === mode.degreesCents.length - 1 ? `\ncertainty of each degree in percent: ${sure.join(" ")}` : "";
}
