import { Complaint } from "@kuishi/base";
import { createSignal } from "solid-js";

const [inputsSignal, setInputs] = createSignal<readonly { readonly id: string; readonly name: string }[]>([]);
/** Microphones there are, known once one was opened. */
export const inputs = inputsSignal;
const [inputSignal, setInput] = createSignal(localStorage.getItem("kuishi.input") ?? "");
/** The one that is wanted; the system's own choice where it is empty. */
export const input = inputSignal;
export function chooseInput(id: string): void {
  localStorage.setItem("kuishi.input", id);
  setInput(id);
}

/** Opens the microphone. What a telephone call wants spoils an instrument: everything of it is off. @throws Complaint where it may not be had. */
export async function openMicrophone(): Promise<MediaStream> {
  const plain = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
  try {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: { ...plain, ...(input() ? { deviceId: { ideal: input() } } : {}) } });
    const devices = await navigator.mediaDevices.enumerateDevices();
    setInputs(devices.filter((one) => one.kind === "audioinput").map((one) => ({ id: one.deviceId, name: one.label })));
    return stream;
  } catch (error) {
    throw new Complaint("usage", "live.denied", { reason: error instanceof Error ? error.message : String(error) });
  }
}
export function closeMicrophone(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}
