import type { Choices } from "@kuishi/blend";
import type { Plan, StripControl } from "@kuishi/engine";
import type { BlendReport } from "@kuishi/flow";
import { type Heard, type Locks, noLocks } from "@kuishi/score";
import { type Language, languageOf, languages, text } from "@kuishi/words";
import { createSignal } from "solid-js";
import { choices, forgetTune, ownStyles } from "./choices.ts";
import type { Ask, Tell } from "./messages.ts";
import { canPlay, Player } from "./player.ts";

const stored = (): Language => {
  const kept = localStorage.getItem("kuishi.language");
  return languages.find((language) => language === kept) ?? languageOf(navigator.language);
};
export const [language, setLanguageSignal] = createSignal<Language>(stored());
/** Sets the language of the page and keeps it. */
export function setLanguage(next: Language): void {
  localStorage.setItem("kuishi.language", next);
  setLanguageSignal(next);
}
/** A sentence in the page's language. */
export const t = (code: string, params?: Readonly<Record<string, string | number>>): string => text(language(), code, params);

export interface Tune {
  readonly name: string;
  readonly heard: Heard;
  readonly channels: readonly Float32Array[];
}
export interface Made {
  /** A, B, C: in the order they were made. */
  readonly name: string;
  readonly choices: Choices;
  readonly plan: Plan;
  readonly report: BlendReport;
  /** Sound the plan needs beside the recording, or instead of it. */
  readonly clips: readonly (readonly [string, readonly Float32Array[]])[];
  /** Empty where it has been put away: blending again with its choices brings the same back. */
  readonly files: readonly { readonly name: string; readonly blob: Blob }[];
}
/** Variations that are kept, and of how many of them the files too. */
const [KEPT, WITH_FILES] = [6, 2];
export interface Work {
  readonly stage: string;
  readonly done: number;
}
export const [tune, setTune] = createSignal<Tune>();
export const [made, setMade] = createSignal<Made>();
export const [work, setWork] = createSignal<Work>();
export const [failure, setFailure] = createSignal<{ code: string; params: Readonly<Record<string, string | number>> }>();
export const [variations, setVariations] = createSignal<readonly Made[]>([]);
/** A singer's recording, and how far she is drawn to the tune's cents. */
export const [voice, setVoice] = createSignal<File>();
export const [voiceTuning, setVoiceTuning] = createSignal(0);
export const [position, setPosition] = createSignal(0);
export const [playing, setPlaying] = createSignal(false);
export const [peaks, setPeaks] = createSignal<Readonly<Record<string, number>>>({});
export const [controls, setControls] = createSignal<Readonly<Record<string, StripControl>>>({});

export const [instrument, setInstrument] = createSignal("dombra");
/** Corrections, each step kept: `at` is the present one. */
const [history, setHistory] = createSignal<{ readonly steps: readonly Locks[]; readonly at: number }>({ steps: [noLocks], at: 0 });
export const locks = (): Locks => history().steps[history().at] as Locks;
export const canUndo = (): boolean => history().at > 0;
export const canRedo = (): boolean => history().at + 1 < history().steps.length;
/** Seconds of the stroke that is being looked at. */
export const [looking, setLooking] = createSignal<number>();

const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
let name = "";
let player: Player | undefined;
const ask = (message: Ask): void => worker.postMessage(message);

worker.onmessage = (event: MessageEvent<Tell>) => {
  const message = event.data;
  switch (message.type) {
    case "progress":
      setWork({ stage: message.stage, done: message.done });
      break;
    case "heard":
      setWork(undefined);
      setTune({ name, heard: message.heard, channels: message.channels });
      break;
    case "corrected":
      setWork(undefined);
      setMade(undefined);
      setVariations([]);
      setTune({ ...(tune() as Tune), heard: message.heard });
      break;
    case "blended":
      setWork(undefined);
      keepVariation({
        name: "",
        choices: message.choices,
        plan: message.plan,
        report: message.report,
        clips: message.clips,
        files: message.files,
      });
      break;
    case "failed":
      setWork(undefined);
      setFailure({ code: message.code, params: message.params });
  }
};
function keepVariation(next: Made): void {
  const same = variations().find((other) => JSON.stringify(other.choices) === JSON.stringify(next.choices));
  const used = new Set(variations().map((other) => other.name));
  const free = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZ"].find((letter) => !used.has(letter)) ?? "Z";
  const named: Made = { ...next, name: same?.name ?? free };
  const list = same ? variations().map((other) => (other === same ? named : other)) : [...variations(), named];
  const kept = list.slice(-KEPT).map((other, i, all) => (other === named || i >= all.length - WITH_FILES ? other : { ...other, files: [] }));
  setVariations(kept);
  setMade(named);
  setPosition(0);
}
/** Puts another variation in place of the one that plays, at the same moment. */
export async function pickVariation(variation: Made): Promise<void> {
  if (variation === made()) return;
  const [was, at] = [playing(), position()];
  await stopPlaying();
  setMade(variation);
  setControls({});
  setPosition(Math.min(at, variation.plan.frames - 1));
  if (was) await togglePlay();
}

worker.onerror = (event) => {
  setWork(undefined);
  setFailure({ code: "bug", params: { text: event.message } });
};

let source: Blob | undefined;
/** Hears a file. What was made before is put away. */
export async function openFile(file: Blob, fileName: string): Promise<void> {
  await stopPlaying();
  name = fileName;
  source = file;
  setHistory({ steps: [noLocks], at: 0 });
  setLooking(undefined);
  setFailure(undefined);
  setMade(undefined);
  setVariations([]);
  forgetTune();
  setVoice(undefined);
  setTune(undefined);
  setControls({});
  setWork({ stage: "decode", done: 0 });
  ask({ type: "hear", file, name: fileName, instrument: instrument() });
}
/** Hears the open file again, as another instrument. */
export async function openAgain(): Promise<void> {
  if (source) await openFile(source, name);
}
/** Corrects what was heard and hears again with it. */
export async function correct(next: Locks): Promise<void> {
  const { steps, at } = history();
  await hearWith([...steps.slice(0, at + 1), next], at + 1);
}
/** Takes back a correction (-1) or makes it again (+1). */
export async function step(by: -1 | 1): Promise<void> {
  const { steps, at } = history();
  if (steps[at + by]) await hearWith(steps, at + by);
}
async function hearWith(steps: readonly Locks[], at: number): Promise<void> {
  await stopPlaying();
  setFailure(undefined);
  setHistory({ steps, at });
  setWork({ stage: "structure", done: 0 });
  ask({ type: "correct", locks: steps[at] as Locks });
}
/** Takes the example that comes with the studio. */
export async function openExample(): Promise<void> {
  const response = await fetch(new URL("./example/balbyrauyn.flac", document.baseURI));
  if (response.ok) await openFile(await response.blob(), "balbyrauyn.flac");
}
/** Blends the open tune in the chosen style. */
export async function blend(): Promise<void> {
  await stopPlaying();
  setFailure(undefined);
  setMade(undefined);
  setWork({ stage: "arrange", done: 0 });
  const sung = voice();
  ask({
    type: "blend",
    choices: choices(),
    ownStyles: ownStyles(),
    language: language(),
    ...(sung ? { voice: { file: sung, name: sung.name, correct: voiceTuning() } } : {}),
  });
}
export const cancel = (): void => ask({ type: "cancel" });

/** Plays or pauses. */
export async function togglePlay(): Promise<void> {
  const [m, u] = [made(), tune()];
  if (!m || !u || !canPlay()) return;
  if (playing()) {
    player?.pause();
    setPlaying(false);
    return;
  }
  if (!player) {
    player = await Player.create(m.plan, new Map([["recording", u.channels], ...m.clips]), (report) => {
      setPosition(report.frame);
      setPeaks(report.peaks);
      if (report.ended) {
        setPlaying(false);
        player?.seek(0);
        setPosition(0);
      }
    });
    player.control(controls());
    player.seek(position());
  }
  await player.play();
  setPlaying(true);
}
/** Goes to a frame, playing or not. */
export function seek(frame: number): void {
  setPosition(frame);
  player?.seek(frame);
}
/** Changes one strip. */
export function control(id: string, change: StripControl): void {
  setControls({ ...controls(), [id]: { ...controls()[id], ...change } });
  player?.control(controls());
}
async function stopPlaying(): Promise<void> {
  setPlaying(false);
  setPosition(0);
  await player?.close();
  player = undefined;
}
