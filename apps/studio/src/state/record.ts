import { playingIn, togglePlayIn } from "./play-in.ts";
import { recording, toggleRecord } from "./recorder.ts";
import { room } from "./ui.ts";

/** Whether anything is being recorded. */
export const isRecording = (): boolean => recording() || playingIn();
/** Begins or ends a recording: of what is played by hand where that is done, elsewhere of the microphone. */
export const toggleAnyRecord = (): Promise<void> => (playingIn() || (room() === "play" && !recording()) ? togglePlayIn() : toggleRecord());
