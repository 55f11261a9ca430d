import { createSignal } from "solid-js";

/** What a foot asks for. */
export type Step = "go" | "end";
/** Keys that page-turning pedals send. */
const KEYS: Readonly<Record<string, Step>> = { PageDown: "go", PageUp: "end" };
/** MIDI controllers of pedals: damper, portamento, sostenuto; soft ends. Pressed from this value on. */
const [PEDALS, SOFT, PRESSED] = [[64, 65, 66], 67, 64];
const CONTROL_CHANGE = 0xb0;

const [namesSignal, setNames] = createSignal<string>();
/** MIDI devices whose pedals are heard. */
export const pedals = namesSignal;

/** What a MIDI message asks for. */
export function stepOfMidi([status = 0, controller = 0, value = 0]: Uint8Array): Step | undefined {
  if ((status & 0xf0) !== CONTROL_CHANGE || value < PRESSED) return undefined;
  return PEDALS.includes(controller) ? "go" : controller === SOFT ? "end" : undefined;
}

/** Listens to the foot: keys at once, MIDI pedals where the browser lets us. @returns ends it. */
export function onStep(step: (step: Step) => void): () => void {
  const key = (event: KeyboardEvent): void => {
    const own = KEYS[event.code];
    if (!own || event.repeat) return;
    event.preventDefault();
    step(own);
  };
  window.addEventListener("keydown", key, true);
  const midi = ({ data }: MIDIMessageEvent): void => {
    const own = data ? stepOfMidi(data) : undefined;
    if (own) step(own);
  };
  let access: MIDIAccess | undefined;
  let ended = false;
  const listen = (): void => {
    const inputs = [...(access?.inputs.values() ?? [])];
    for (const input of inputs) input.addEventListener("midimessage", midi);
    setNames(inputs.map((input) => input.name ?? "MIDI").join(", ") || undefined);
  };
  void navigator
    .requestMIDIAccess?.()
    .then((own) => {
      if (ended) return;
      access = own;
      own.addEventListener("statechange", listen);
      listen();
    })
    .catch(() => undefined);
  return () => {
    ended = true;
    window.removeEventListener("keydown", key, true);
    access?.removeEventListener("statechange", listen);
    for (const input of access?.inputs.values() ?? []) input.removeEventListener("midimessage", midi);
  };
}
