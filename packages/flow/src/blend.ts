import { breathe, type Decibels, type Lufs, type Progress, rounded, SAMPLE_RATE, stopIfCancelled } from "@kuishi/base";
import { type Arrangement, blend as arrange, type Choices, type Style } from "@kuishi/blend";
import type { Clips, Plan } from "@kuishi/engine";
import { type Bundle, type Provenance, packBundle, type Session } from "@kuishi/project";
import { type Heard, transcribe, writeMidiFile, writeMusicXml } from "@kuishi/score";
import { denoised, Kernels } from "@kuishi/signal";
import { type Scale, writeScl } from "@kuishi/tuning";
import { balance } from "./balance.ts";
import { type FileOf, firstBundle, soundsOf } from "./bundle.ts";
import { stylesOf } from "./choices.ts";
import { compilePlan, type Faders, RECORDING, slicesOf, VOICE } from "./compile.ts";
import { followed } from "./follow.ts";
import type { HeardFile, Host } from "./hear.ts";
import { type Outputs, put } from "./outputs.ts";
import { liveGain, master, renderMix, renderStems, stemNames } from "./render.ts";
import { type BlendReport, blendReport, reportHtml } from "./report.ts";
import { withSession } from "./session.ts";
import { sungIn, tunedVoice } from "./singer.ts";
import { timbreOf } from "./timbre.ts";

/** What a blend is asked for. */
export interface BlendRequest {
  readonly choices: Choices;
  /** Styles of the user's own, beside those that come with Kuishi. */
  readonly ownStyles?: readonly Style[];
  /** A singer's recording, as long as she sings, from the same start. */
  readonly voice?: {
    readonly name: string;
    readonly channels: readonly Float32Array[];
    readonly bytes: Uint8Array | null /** How far she is drawn to the tune's own cents, 0..1. */;
    readonly correct: number;
  };
  /** Integrated loudness of the mix; null leaves it where the ceiling allows. */
  readonly loudness: Lufs | null;
  readonly provenance: Provenance;
  /** Language of the report. */
  readonly language: "kk" | "ru" | "en";
  /** The file as it was, to travel inside the project; null when it is too large. */
  readonly original: { readonly name: string; readonly bytes: Uint8Array | null };
  /** What a person did with tracks and mixer, and where the files are that their clips play. */
  readonly session?: Session;
  readonly fileOf?: FileOf;
  /** What goes into the bundle; without it, what this request says. */
  readonly bundle?: Pick<Bundle, "records" | "files">;
}

/** A blend, ready to play or to render. */
export interface Prepared {
  /** The recording and its hearing as they are blended: straightened, transposed, cleaned. */
  readonly file: HeardFile;
  /** How far the music stood over the hiss that was taken out, dB; null where there was none worth it. */
  readonly hissDb: Decibels | null;
  readonly arrangement: Arrangement;
  readonly style: Style;
  readonly plan: Plan;
  readonly clips: Clips;
  readonly faders: Faders;
}

/** What an arrangement is made for. */
export type PrepareRequest = Pick<BlendRequest, "choices" | "ownStyles" | "voice">;

/** A plan with the gain at which it would come out about so loud, for playing before it is rendered. */
export async function atLoudness(host: Host, plan: Plan, clips: Clips, loudness: Lufs | null, progress: Progress): Promise<Plan> {
  if (loudness === null) return plan;
  const gainDb = await liveGain(host.kernels, plan, clips, loudness, progress);
  return { ...plan, master: { ...plan.master, gainDb } };
}

/** Arranges and balances: everything but the rendering. @throws Complaint. */
export async function prepareBlend(host: Host, original: HeardFile, request: PrepareRequest, progress: Progress): Promise<Prepared> {
  const known = stylesOf(request.ownStyles);
  const { choices } = request;
  progress.report("arrange", 0);
  const tuned = request.voice && (await tunedVoice(host, request.voice.channels, request.voice.correct, original.heard, choices.seed, progress));
  const moved = await followed(original, choices, tuned, progress);
  const { voice } = moved;
  const clean = choices.clean ? await denoised(new Kernels(host.kernels), moved.file.recording.channels, progress) : undefined;
  const file: HeardFile = clean ? { ...moved.file, recording: { ...moved.file.recording, channels: clean.channels } } : moved.file;
  const { channels } = file.recording;
  await breathe(progress);
  const arrangement = arrange(file.heard, known, choices, { timbre: timbreOf(file), ...(voice ? { sung: sungIn(host.kernels, voice) } : {}) });
  const style = known.get(choices.style) as Style;
  stopIfCancelled(progress);
  const clips: Clips = new Map([[RECORDING, channels], ...(voice ? [[VOICE, voice] as const] : []), ...slicesOf(arrangement, channels)]);
  const frames = channels[0]?.length ?? 0;
  const faders = await balance(host.kernels, arrangement, style, frames, clips, progress);
  const plan = compilePlan(arrangement, style, frames, faders, 0, voice !== undefined);
  const hissDb = clean && clean.channels !== moved.file.recording.channels ? clean.overFloorDb : null;
  return { file, hissDb, arrangement, style, plan, clips, faders };
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
  const started = host.clock();
  const prepared = await prepareBlend(host, file, request, progress);
  return await finishBlend(host, file, prepared, request, outputs, progress, host.clock() - started);
}

/** Renders, masters and writes what was prepared, with what a person did to it. @throws Complaint. */
export async function finishBlend(
  host: Host,
  file: HeardFile,
  prepared: Prepared,
  request: BlendRequest,
  outputs: Outputs,
  progress: Progress,
  balanceSec = 0,
): Promise<Blended> {
  const balanced = host.clock();
  const { session, fileOf } = request;
  const mixed = session ? withSession(prepared.plan, session) : prepared.plan;
  const own = session && fileOf ? await soundsOf(host, session, prepared.file.recording.channels, fileOf, progress) : new Map();
  const clips: Clips = new Map([...prepared.clips, ...own]);
  const rendered = await renderStems(host.kernels, mixed, clips, outputs, progress);
  const renderedAt = host.clock();
  const mastered = await master(host.kernels, mixed, rendered.premaster, request.loudness, outputs, progress);
  const masteredAt = host.clock();
  const report = blendReport(prepared.file, prepared, rendered, mastered, request);
  await writePapers(file, prepared, request, report, outputs);
  const timing = {
    hearSec: file.heard.elapsedSec,
    balanceSec: rounded(balanceSec, 3),
    renderSec: rounded(renderedAt - balanced, 3),
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
  const { plan, clips } = await prepareBlend(host, file, request, progress);
  let gainDb = 0;
  for (let round = 0; round < 3; round++) {
    const { integrated } = await renderMix(host.kernels, { ...plan, master: { ...plan.master, gainDb } }, clips, outputs, progress, name);
    if (request.loudness === null || !Number.isFinite(integrated) || Math.abs(integrated - request.loudness) < 0.2) return;
    gainDb += request.loudness - integrated;
  }
}

/** Hearing time is a clock's word; files that must come out the same do not carry it. */
const timeless = (heard: Heard): Heard => ({ ...heard, elapsedSec: 0 });

async function writePapers(file: HeardFile, prepared: Prepared, request: BlendRequest, report: BlendReport, outputs: Outputs): Promise<void> {
  const { heard } = prepared.file;
  const transcript = transcribe(heard);
  await put(outputs, "score.musicxml", writeMusicXml(transcript, request.provenance.title, heard.instrument));
  const accents = new Map(heard.strokes.flatMap((stroke) => stroke.noteIds.map((id) => [id, stroke.accent] as const)));
  const tune = heard.notes
    .filter((note) => note.cents !== null)
    .map((note) => ({ at: note.onset, length: note.offset - note.onset, cents: note.cents as number, velocity: 0.4 + 0.6 * (accents.get(note.id) ?? 0.5) }));
  const parts = prepared.arrangement.parts
    .filter((part) => part.source.kind !== "recording")
    .map((part) => ({
      name: part.id,
      drums: part.role === "drums",
      notes: part.events.map((event) => ({
        at: event.at,
        length: event.length,
        cents: part.role === "drums" ? (DRUM_KEYS[String(event.voice)] ?? 76) * 100 : event.cents,
        velocity: event.velocity,
      })),
    }));
  await put(outputs, "score.mid", writeMidiFile(transcript, [{ name: heard.instrument, drums: false, notes: tune }, ...parts]) as Uint8Array<ArrayBuffer>);
  const scale: Scale = { name: `${request.provenance.title}: ${heard.mode.name}`, degrees: heard.mode.degreesCents, period: 1200 };
  await put(
    outputs,
    "tuning.scl",
    writeScl(scale, `tuning.scl\nheard by Kuishi; 1/1 at ${heard.mode.tonicCents} absolute cents (6900 = 440 Hz)${certainty(heard)}`),
  );
  const bundle = request.bundle ?? firstBundle(request, file.recording);
  await put(outputs, "project.kuishi", packBundle({ ...bundle, heard: timeless(file.heard) }));
  await put(outputs, "report.json", `${JSON.stringify(report, null, 1)}\n`);
  await put(outputs, "report.html", reportHtml(timeless(heard), prepared, report, request));
}

/** How sure each degree of the scale is, as a comment. */
function certainty({ mode }: Heard): string {
  const sure = mode.degreeConfidence?.slice(1).map((part) => Math.round(part * 100));
  return sure && sure.length === mode.degreesCents.length - 1 ? `\ncertainty of each degree in percent: ${sure.join(" ")}` : "";
}

/** General MIDI percussion keys. */
const DRUM_KEYS: Readonly<Record<string, number>> = {
  kick: 36,
  snare: 38,
  clap: 39,
  hat: 42,
  openHat: 46,
  rim: 37,
  shaker: 70,
  frame: 64,
  tek: 63,
  ride: 51,
  timpani: 47,
  drum: 35,
  triangle: 81,
};
