import type { Cents } from "@kuishi/base";
import { DOMBRA_TIMBRE, offeredChords } from "@kuishi/blend";
import { songMeta, withSongMeta } from "@kuishi/flow";
import { type Block, type Lyric, renameChords, songSheetOf, writeLine } from "@kuishi/project";
import { modes, readChordName, type Scale, soundedChord, steppedChord, transposedChord } from "@kuishi/tuning";
import { footRanges, languageOfText, type VerseLine, verseOf } from "@kuishi/verse";
import { createMemo, createRoot, createSignal } from "solid-js";
import { strumChord } from "../audio/chord-player.ts";
import { language } from "./language.ts";
import { edit, session } from "./project.ts";
import { loop, looping } from "./transport.ts";
import { tune } from "./tune.ts";
import { fail } from "./ui.ts";

/** The song's sheet as it stands. */
export const songSheet = createRoot(() => createMemo(() => songSheetOf(session())));
const lyricsById = createRoot(() => createMemo(() => new Map(session().lyrics.map((line) => [line.id, line]))));
export const lyric = (id: string): Lyric | undefined => lyricsById().get(id);
const blocksById = createRoot(() => createMemo(() => new Map(songSheet().blocks.map((block) => [block.place.id, block]))));
export const block = (place: string): Block | undefined => blocksById().get(place);
/** Whether a block's section stood above already: its words are written there. */
export const comesAgain = (own: Block): boolean => songSheet().blocks.find((other) => other.section.id === own.section.id)?.place.id !== own.place.id;

/** What is being typed; it becomes a step a moment after the last letter. */
const [typing, setTyping] = createSignal<{ readonly id: string; readonly text: string }>();
/** Milliseconds after the last letter. */
const PAUSE = 900;
let pause: ReturnType<typeof setTimeout> | undefined;
export function type(id: string, text: string): void {
  if (typing() && typing()?.id !== id) settle();
  setTyping({ id, text });
  clearTimeout(pause);
  pause = setTimeout(settle, PAUSE);
}
/** Makes a step of what was typed. */
export function settle(): void {
  clearTimeout(pause);
  const now = typing();
  setTyping(undefined);
  if (now && lyric(now.id) && lyric(now.id)?.text !== now.text) edit("words", (draft) => writeLine(draft, now.id, now.text));
}
window.addEventListener("pagehide", settle);
document.addEventListener("visibilitychange", () => document.hidden && settle());
/** A line's words as they stand on the screen. */
export const textOf = (id: string): string => (typing()?.id === id ? typing()!.text : (lyric(id)?.text ?? ""));

/** Language of the words. */
export const verseLanguage = createRoot(() =>
  createMemo(() =>
    languageOfText(
      session()
        .lyrics.map((line) => line.text)
        .join(" "),
      undefined,
      language(),
    ),
  ),
);
/** What is counted of a line. */
export interface Marks extends VerseLine {
  /** Where each bunaq stands. */
  readonly feet: readonly (readonly [from: number, to: number])[];
}
const none: ReadonlyMap<string, Marks> = new Map();
/** Syllables, measure, bunaq and rhyme of every line, each section a stanza. */
export const marks = createRoot(() =>
  createMemo(() => {
    const { blocks, aside } = songSheet();
    const sections = [...new Set([...blocks.map((own) => own.section.id), ...aside.map((section) => section.id)])];
    const ids: (string | undefined)[] = [];
    for (const section of sections) {
      for (const line of session().lyrics) if (line.section === section && line.form === "words") ids.push(line.id);
      ids.push(undefined);
    }
    try {
      const { lines } = verseOf(ids.map((id) => (id === undefined ? "" : textOf(id).replaceAll("\n", " ") || " ")).join("\n"), verseLanguage());
      return new Map(
        lines.flatMap((line, i): [string, Marks][] => {
          const id = ids[i];
          return id === undefined ? [] : [[id, { ...line, feet: line.bunaq[0] ? footRanges(line.text, line.bunaq[0]) : [] }]];
        }),
      );
    } catch {
      // longer than any song: nothing to be counted
      return none;
    }
  }),
);

/** Where the next chord goes: a line, and a place of its text. */
export const [caret, setCaret] = createSignal<{ readonly line: string; readonly at: number }>();
/** The chord that is being looked at. */
export const [picked, setPicked] = createSignal<{ readonly line: string; readonly at: number }>();
/** Puts the cursor into a line once it is drawn. */
export function focusLine(id: string, at = 0): void {
  requestAnimationFrame(() => {
    const area = document.querySelector<HTMLTextAreaElement>(`[data-line="${id}"] textarea`);
    area?.focus();
    area?.setSelectionRange(at, at);
  });
}

/** What a song's chords say of its scale while nobody has said it: the first one rests, minor or not. */
function guessed(): { readonly mode: string; readonly tonic: Cents } {
  const first = songSheet()
    .blocks.flatMap((own) => own.lines.flatMap((line) => line.chords))
    .map((chord) => readChordName(chord.name))
    .find((chord) => chord !== undefined);
  if (!first) return { mode: "aeolian", tonic: 5700 };
  return { mode: first.tones[1] === 400 ? "ionian" : "aeolian", tonic: 4800 + first.root };
}
/** The scale the song is in: the tune's own where one was heard, else the one that was chosen. */
export const home = createRoot(() =>
  createMemo((): { readonly scale: Scale; readonly tonic: Cents; readonly heard: boolean } => {
    const heard = tune()?.heard.mode;
    if (heard) return { scale: { name: heard.name, degrees: heard.degreesCents, period: 1200 }, tonic: heard.tonicCents, heard: true };
    const { song } = session();
    const guess = guessed();
    const scale = modes.find((mode) => mode.name === (song.mode ?? guess.mode)) ?? modes[0]!;
    return { scale, tonic: song.tonicCents ?? guess.tonic, heard: false };
  }),
);
/** Where chords are voiced. */
const LOW: Cents = 4600;
/** Sounds a chord as the tune has its tones; what is no chord is silent. */
export function hearChord(name: string): void {
  const chord = readChordName(name);
  const { scale, tonic } = home();
  if (chord) void strumChord(soundedChord(chord, scale, tonic, LOW).cents).catch(fail);
}
/** The chord in force before a place of the song. */
function chordBefore(line: string, at: number): string | undefined {
  let last: string | undefined;
  for (const own of songSheet().blocks)
    for (const { id, chords } of own.lines) {
      for (const chord of chords) if (id !== line || chord.at < at) last = chord.name;
      if (id === line) return last;
    }
  return last;
}
/** Chords for the place at hand, with their reasons: by the marked passage's melody, where there is one. */
export const offers = createRoot(() =>
  createMemo(() => {
    const { scale, tonic } = home();
    const place = picked() ?? caret();
    const before = place ? chordBefore(place.line, place.at) : undefined;
    const passage = looping() ? loop() : null;
    const notes = passage ? (tune()?.heard.notes ?? []).filter((note) => note.onset * 48_000 >= passage.from && note.onset * 48_000 < passage.to) : [];
    const melody = notes.flatMap((note): [Cents, number][] => (note.cents === null ? [] : [[note.cents, note.offset - note.onset]]));
    return offeredChords({ scale, tonic, timbre: DOMBRA_TIMBRE, melody, ...(before === undefined ? {} : { before }) });
  }),
);

/** Moves every chord, and the key where it is ours to move. */
export function transpose(semitones: number): void {
  settle();
  edit("transpose", (draft) => {
    renameChords(draft, (name) => transposedChord(name, semitones));
    const { song } = draft.session;
    const key = songMeta(song, "key");
    if (key) draft.set("song", "song", { head: withSongMeta(song, "key", transposedChord(key, semitones)) });
    if (!home().heard) draft.set("song", "song", { tonicCents: 4800 + ((((home().tonic + 100 * semitones) % 1200) + 1200) % 1200) });
  });
}
/** Moves every chord along the scale. */
export function transposeSteps(steps: number): void {
  settle();
  const { scale, tonic } = home();
  edit("transpose", (draft) => renameChords(draft, (name) => steppedChord(name, steps, scale, tonic)));
}
