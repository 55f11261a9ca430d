import { Complaint } from "@kuishi/base";
import type { BookTune } from "@kuishi/score";
import { createSignal } from "solid-js";

/** The rooms of the studio, in the order of the road through it. */
export const rooms = ["hear", "learn", "write", "tracks", "blend", "mix", "play", "stage", "export"] as const;
export type Room = (typeof rooms)[number];
const named = (hash: string): Room => rooms.find((room) => `#${room}` === hash) ?? "hear";
const [roomSignal, setRoomSignal] = createSignal<Room>(named(location.hash));
export const room = roomSignal;
let part: string | undefined;
/** The part of a room that was asked for, once. */
export function takePart(name: string): boolean {
  const wanted = part === name;
  if (wanted) part = undefined;
  return wanted;
}
/** Goes to a room, and there to a part of it; the address remembers the room. */
export function goTo(next: Room, to?: string): void {
  part = to;
  history.replaceState(null, "", `#${next}`);
  setRoomSignal(next);
}
window.addEventListener("hashchange", () => setRoomSignal(named(location.hash)));

export interface Failure {
  readonly code: string;
  readonly params: Readonly<Record<string, string | number>>;
}
/** What went wrong last, until it is put away. */
export const [failure, setFailure] = createSignal<Failure>();
/** Something the user should know that is no failure, and what may be done about it. */
export interface Notice extends Failure {
  /** Each a button, named by its code. */
  readonly acts?: readonly { readonly code: string; run(): void }[];
}
export const [notice, setNotice] = createSignal<Notice>();
/** Tells whatever was thrown. */
export function fail(error: unknown): void {
  if (error instanceof Complaint) setFailure({ code: error.code, params: error.params });
  else {
    // the sentence is for the user, the stack for whoever mends it
    console.error(error);
    setFailure({ code: "bug", params: { text: error instanceof Error ? error.message : String(error) } });
  }
}

export interface Work {
  readonly stage: string;
  readonly done: number;
}
const [workSignal, setWork] = createSignal<Work>();
/** Long work that is going on. */
export const work = workSignal;
export const showWork = (now: Work | undefined): void => void setWork(now);

let errands = 0;
/**
 * Does what a user asked for. While it lasts the document says `data-busy`, also before there is progress to be shown.
 * @throws what it throws.
 */
export async function busily<T>(run: () => Promise<T>): Promise<T> {
  document.documentElement.dataset["busy"] = String(++errands);
  try {
    return await run();
  } finally {
    if (--errands === 0) delete document.documentElement.dataset["busy"];
  }
}

/** Which sheets lie over the room. */
export const [sheet, setSheet] = createSignal<"keys" | "projects" | "tour" | "calibrate" | "together" | "join" | "book" | "stage">();
/** A book of tunes from which one is to be chosen. */
const [bookSignal, setBook] = createSignal<{ readonly name: string; readonly tunes: readonly BookTune[] }>();
export const book = bookSignal;
export function showBook(next: ReturnType<typeof book>): void {
  setBook(next);
  setSheet(next ? "book" : undefined);
}

type Theme = "auto" | "light" | "dark";
const themes: readonly Theme[] = ["auto", "light", "dark"];
const [themeSignal, setThemeSignal] = createSignal<Theme>(themes.find((one) => one === localStorage.getItem("kuishi.theme")) ?? "auto");
export const theme = themeSignal;
export function nextTheme(): void {
  const next = themes[(themes.indexOf(theme()) + 1) % themes.length]!;
  localStorage.setItem("kuishi.theme", next);
  setThemeSignal(next);
}
