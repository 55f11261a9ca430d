import { Complaint } from "@kuishi/base";
import { createSignal } from "solid-js";

/** The rooms of the studio, in the order of the road through it. */
export const rooms = ["hear", "learn", "tracks", "blend", "mix", "play", "export"] as const;
export type Room = (typeof rooms)[number];
const named = (hash: string): Room => rooms.find((room) => `#${room}` === hash) ?? "hear";
const [roomSignal, setRoomSignal] = createSignal<Room>(named(location.hash));
export const room = roomSignal;
/** Goes to a room; the address remembers it. */
export function goTo(next: Room): void {
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
/** Something the user should know that is no failure. */
export const [notice, setNotice] = createSignal<Failure>();
/** Tells whatever was thrown. */
export function fail(error: unknown): void {
  if (error instanceof Complaint) setFailure({ code: error.code, params: error.params });
  else setFailure({ code: "bug", params: { text: error instanceof Error ? error.message : String(error) } });
}

export interface Work {
  readonly stage: string;
  readonly done: number;
}
/** Long work that is going on. */
export const [work, setWork] = createSignal<Work>();

/** Which sheets lie over the room. */
export const [sheet, setSheet] = createSignal<"keys" | "projects" | "tour" | "calibrate">();

type Theme = "auto" | "light" | "dark";
const themes: readonly Theme[] = ["auto", "light", "dark"];
const [themeSignal, setThemeSignal] = createSignal<Theme>(themes.find((one) => one === localStorage.getItem("kuishi.theme")) ?? "auto");
export const theme = themeSignal;
export function nextTheme(): void {
  const next = themes[(themes.indexOf(theme()) + 1) % themes.length] as Theme;
  localStorage.setItem("kuishi.theme", next);
  setThemeSignal(next);
}
