import { type Cents, exp2, log2 } from "@kuishi/base";
import { strumEvents } from "@kuishi/engine";
import { degreeCents, readScl, scaleText } from "@kuishi/tuning";
import { createEffect, createMemo, createSignal, For, type JSX, onCleanup, Show } from "solid-js";
import {
  chosenInstrument,
  connectMidi,
  delay,
  droning,
  font,
  instrumentName,
  lift,
  midi,
  bend as moveTo,
  openOwn,
  own,
  press,
  ready,
  scale,
  setDroning,
  setInstrumentName,
  setScale,
  silenceInstrument,
  sounding,
  takePreset,
  tellTuning,
} from "../audio/play-instrument.ts";
import { DRUMS, playInstruments } from "../audio/playable.ts";
import { canPlay } from "../audio/player.ts";
import { t, told } from "../state/language.ts";
import { tune } from "../state/tune.ts";
import { setFailure } from "../state/ui.ts";
import { fretTable } from "./neckfrets.ts";
import { NoteEditor } from "./notes/editor.tsx";
import { PlayIn } from "./playin.tsx";
import { noteName } from "./say.ts";

/** A phone's neck is cut to an octave, so that a finger finds its fret. */
const narrow = window.matchMedia("(max-width: 640px)");
const [isNarrow, setNarrow] = createSignal(narrow.matches);
narrow.addEventListener("change", () => setNarrow(narrow.matches));
const width = (): number => (isNarrow() ? 560 : 1000);
const nutX = (): number => (isNarrow() ? 48 : 70);
const strumX = (): number => (isNarrow() ? 450 : 850);
/** Keys of a computer keyboard, a row a string, whatever letters are printed on them. */
const ROWS = [
  ["KeyZ", "KeyX", "KeyC", "KeyV", "KeyB", "KeyN", "KeyM", "Comma", "Period", "Slash"],
  ["KeyA", "KeyS", "KeyD", "KeyF", "KeyG", "KeyH", "KeyJ", "KeyK", "KeyL", "Semicolon", "Quote"],
  ["KeyQ", "KeyW", "KeyE", "KeyR", "KeyT", "KeyY", "KeyU", "KeyI", "KeyO", "KeyP", "BracketLeft", "BracketRight"],
  ["Digit1", "Digit2", "Digit3", "Digit4", "Digit5", "Digit6", "Digit7", "Digit8", "Digit9", "Digit0", "Minus", "Equal"],
];

const PRINTED: Readonly<Record<string, string>> = {
  Comma: ",",
  Period: ".",
  Slash: "/",
  Semicolon: ";",
  Quote: "'",
  BracketLeft: "[",
  BracketRight: "]",
  Minus: "−",
  Equal: "=",
};

/** An instrument to play with the pointer, fingers, the computer's keys and MIDI, its frets where the tuning puts them. */
export function PlayPanel(): JSX.Element {
  const [tuned, setTuned] = createSignal<"equal" | "recording">("equal");
  const [position, setPosition] = createSignal({ string: 0, fret: 0 });
  const [glow, setGlow] = createSignal<ReadonlySet<string>>(new Set());
  const chosen = createMemo(() => {
    const whole = chosenInstrument();
    return isNarrow() ? { ...whole, frets: Math.min(12, whole.frets) } : whole;
  });
  const heard = createMemo(() => {
    const own = tune()?.heard.tuning.strings ?? [];
    return own.length === chosen().open.length && chosen().played === "fretboard" ? own : undefined;
  });
  const frets = createMemo(() => fretTable(heard() ?? [], chosen().frets));
  /** Each row's places, nut first, in cents. */
  const rows = createMemo((): readonly (readonly Cents[])[] =>
    chosen().open.map((open, string) => {
      const measured = tuned() === "recording" ? heard()?.[string] : undefined;
      const nut = measured?.openCents ?? open;
      const own = scale();
      if (own) {
        const places = [nut];
        for (let k = -60; k < 120; k++) {
          const cents = degreeCents(own.scale, own.tonic, k);
          if (cents > nut + 15 && cents <= nut + 100 * chosen().frets) places.push(cents);
        }
        return places;
      }
      const octave = chosen().octave;
      const plain = (fret: number): Cents => (octave ? 1200 * Math.floor(fret / octave.length) + octave[fret % octave.length]! : 100 * fret);
      // one set of frets crosses all strings of a neck
      if (measured) return frets().map((above) => nut + above);
      return Array.from({ length: chosen().frets + 1 }, (_, fret) => nut + plain(fret));
    }),
  );
  const reach = createMemo(() => Math.max(1200, ...rows().map((row) => row.at(-1)! - row[0]!)) + 60);
  const x = (row: readonly Cents[], cents: Cents): number =>
    chosen().played === "fretboard"
      ? nutX() + (strumX() - nutX() - 20) * ((1 - exp2(-(cents - row[0]!) / 1200)) / (1 - exp2(-reach() / 1200)))
      : nutX() + ((strumX() - nutX() - 20) * (cents - row[0]!)) / reach();
  /** Between strings: as far as fingers like it while few strings leave room. */
  const gap = createMemo(() => (rows().length <= 4 ? (isNarrow() ? 92 : 72) : isNarrow() ? 64 : 44));
  const height = createMemo(() => 40 + gap() * rows().length);
  const y = (string: number): number => height() - 20 - gap() * (string + 0.5);

  /** Where natural harmonics of a string are touched, or a pipe's registers begin. */
  const marks = createMemo(() =>
    rows().flatMap((row, string) =>
      (chosen().partials ?? []).flatMap((partial) => {
        const cents = row[0]! + 1200 * log2(partial);
        return cents - row[0]! < reach() ? [{ partial, x: x(row, cents), y: y(string) }] : [];
      }),
    ),
  );

  const drone = (): Cents | null => (droning() ? ((tune()?.heard.mode.tonicCents ?? 5500) % 1200) + 4800 : null);
  createEffect(() => {
    // another instrument, another drone: made at the next touch
    instrumentName();
    droning();
    void silenceInstrument();
  });
  onCleanup(() => void silenceInstrument());

  /** Frets that stay held for strumming. */
  const latched: number[] = [];
  const flash = (key: string, on: boolean): void => {
    const next = new Set(glow());
    if (on) next.add(key);
    else next.delete(key);
    setGlow(next);
  };
  const sustained = (): boolean => chosen().played !== "fretboard";
  const pluck = (string: number, fret: number, velocity: number, articulation?: "slide" | "hammerOn" | "pullOff"): void => {
    const row = rows()[string];
    const cents = row?.[Math.max(0, Math.min(fret, row.length - 1))];
    if (cents === undefined) return;
    latched[string] = fret;
    press(`s${string}`, cents, velocity, chosen().played === "keys" || rows().length === 1 ? "" : string, articulation);
    flash(`${string}/${fret}`, true);
    window.setTimeout(() => flash(`${string}/${fret}`, false), 250);
  };

  // pointers
  interface Finger {
    string: number;
    fret: number;
    cents: Cents;
    x: number;
    y: number;
    at: number;
  }
  const fingers = new Map<number, Finger>();
  let board: SVGSVGElement | undefined;
  const placeOf = (event: PointerEvent): { px: number; py: number; string: number; fret: number; cents: Cents } => {
    const box = board!.getBoundingClientRect();
    const px = ((event.clientX - box.left) / box.width) * width();
    const py = ((event.clientY - box.top) / box.height) * height();
    const string = Math.max(0, Math.min(rows().length - 1, Math.round((y(0) - py) / gap())));
    const row = rows()[string]!;
    let fret = 0;
    while (fret + 1 < row.length && px > (chosen().played === "fretboard" ? x(row, row[fret]!) + 2 : (x(row, row[fret]!) + x(row, row[fret + 1]!)) / 2)) fret++;
    const cents = row[0]! + ((px - nutX()) / (strumX() - nutX() - 20)) * reach();
    return { px, py, string, fret, cents };
  };
  const down = async (event: PointerEvent): Promise<void> => {
    if (chosen().played === "drums") return;
    board?.setPointerCapture(event.pointerId);
    const place = placeOf(event);
    await ready(drone());
    fingers.set(event.pointerId, { ...place, x: place.px, y: place.py, at: event.timeStamp });
    if (chosen().played === "fretboard" && place.px > strumX()) return;
    pluck(place.string, place.fret, event.pointerType === "pen" && event.pressure > 0 ? 0.3 + 0.7 * event.pressure : 0.75);
  };
  const move = (event: PointerEvent): void => {
    const finger = fingers.get(event.pointerId);
    if (!finger) return;
    const place = placeOf(event);
    const speed = Math.hypot(place.px - finger.x, place.py - finger.y) / Math.max(1, event.timeStamp - finger.at);
    if (chosen().played === "line") {
      // one finger glides over every cent
      moveTo(`s${finger.string}`, place.cents - (rows()[finger.string]?.[finger.fret] ?? place.cents));
    } else if (chosen().played === "fretboard" && finger.x > strumX()) {
      // strings crossed on the way, in their order
      const [from, to] = [finger.y, place.py];
      const crossed = rows()
        .map((_, string) => string)
        .filter((string) => (from - y(string)) * (to - y(string)) < 0)
        .sort((a, b) => (to > from ? y(a) - y(b) : y(b) - y(a)));
      for (const string of crossed) pluck(string, latched[string] ?? 0, Math.min(1, 0.4 + 0.35 * speed));
    } else if (place.string !== finger.string) pluck(place.string, place.fret, Math.min(1, 0.5 + 0.3 * speed));
    else if (place.fret !== finger.fret && place.px <= strumX()) {
      if (chosen().played === "keys") lift(`s${finger.string}`);
      pluck(place.string, place.fret, 0.7, chosen().played === "fretboard" ? "slide" : undefined);
    } else {
      finger.x = place.px;
      finger.y = place.py;
      finger.at = event.timeStamp;
      return;
    }
    fingers.set(event.pointerId, {
      string: chosen().played === "line" ? finger.string : place.string,
      fret: chosen().played === "line" ? finger.fret : place.fret,
      cents: place.cents,
      x: place.px,
      y: place.py,
      at: event.timeStamp,
    });
  };
  const up = (event: PointerEvent): void => {
    const finger = fingers.get(event.pointerId);
    fingers.delete(event.pointerId);
    if (finger && sustained()) lift(`s${finger.string}`);
  };

  // the computer's keys
  const keyPlace = (code: string): { string: number; fret: number } | undefined => {
    for (const [row, codes] of ROWS.entries()) {
      const column = codes.indexOf(code);
      const string = row + position().string;
      if (column >= 0 && string < rows().length) return { string, fret: column + position().fret };
    }
    return undefined;
  };
  const onKey = async (event: KeyboardEvent): Promise<void> => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    const drum = ROWS[1]?.indexOf(event.code) ?? -1;
    const place = keyPlace(event.code);
    const arrow = ({ ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [1, 0], ArrowDown: [-1, 0] } as Record<string, readonly [number, number]>)[event.code];
    if (arrow) {
      event.preventDefault();
      setPosition({
        string: Math.max(0, Math.min(rows().length - 1, position().string + arrow[0])),
        fret: Math.max(0, Math.min(chosen().frets, position().fret + arrow[1])),
      });
    } else if (event.code === "Space" && chosen().played === "fretboard") {
      event.preventDefault();
      await ready(drone());
      const direction = event.shiftKey ? "up" : "down";
      const notes = rows().map((_, string) => ({ string, cents: 0 }));
      for (const { frame, velocity, voice } of strumEvents({ frame: 0, length: 1, notes, direction, velocity: 0.8 }, Math.round(event.timeStamp))) {
        const string = voice as number;
        window.setTimeout(() => pluck(string, latched[string] ?? 0, velocity), frame / 48);
      }
    } else if (chosen().played === "drums" && drum >= 0 && DRUMS[drum]) {
      event.preventDefault();
      await ready(drone());
      press(`d${drum}`, 6000, event.shiftKey ? 1 : 0.8, DRUMS[drum] as string);
    } else if (place) {
      event.preventDefault();
      await ready(drone());
      pluck(place.string, place.fret, event.shiftKey ? 0.95 : 0.75);
    }
  };
  const onKeyUp = (event: KeyboardEvent): void => {
    const place = keyPlace(event.code);
    if (place && sustained()) lift(`s${place.string}`);
  };

  const readScale = async (files: FileList | null): Promise<void> => {
    const file = files?.[0];
    if (!file) return;
    try {
      setScale({ scale: readScl(scaleText(new Uint8Array(await file.arrayBuffer()))), tonic: tune()?.heard.mode.tonicCents ?? 6000 });
      setFailure(undefined);
    } catch (error) {
      const complaint = error as { code?: string; params?: Record<string, string | number> };
      setFailure({ code: complaint.code ?? "bug", params: complaint.params ?? { text: String(error) } });
    }
  };
  const takeOwn = async (files: FileList | null): Promise<void> => {
    const file = files?.[0];
    if (!file) return;
    try {
      await openOwn(file);
      setFailure(undefined);
    } catch (error) {
      const complaint = error as { code?: string; params?: Record<string, string | number> };
      setFailure({ code: complaint.code ?? "bug", params: complaint.params ?? { text: String(error) } });
    }
  };
  const askMidi = async (): Promise<void> => {
    try {
      await connectMidi(drone());
    } catch (error) {
      setFailure({ code: "play.midi", params: { reason: error instanceof Error ? error.message : String(error) } });
    }
  };
  return (
    <>
      <section class="stage play" aria-labelledby="play-title">
        <h2 id="play-title" class="sr">
          {t("ui.play.title")}
        </h2>
        <p class="fine" id="play-help">
          {t(chosen().played === "drums" ? "ui.play.helpDrums" : "ui.play.help")}
        </p>
        <Show
          when={chosen().played !== "drums"}
          fallback={
            <div class="pads">
              <For each={DRUMS}>
                {(drum) => (
                  <button
                    type="button"
                    disabled={!canPlay()}
                    onPointerDown={() => void ready(drone()).then(() => press(drum, 6000, 0.85, drum))}
                    onKeyDown={(event) => {
                      if (event.code === "Enter" || event.code === "Space") void ready(drone()).then(() => press(drum, 6000, 0.85, drum));
                      else void onKey(event);
                    }}
                  >
                    {t(`drum.${drum}`)}
                  </button>
                )}
              </For>
            </div>
          }
        >
          <div
            class="board"
            role="application"
            tabindex="0"
            aria-labelledby="play-title"
            aria-describedby="play-help"
            onKeyDown={(event) => void onKey(event)}
            onKeyUp={onKeyUp}
          >
            <svg
              ref={board}
              id="board"
              viewBox={`0 0 ${width()} ${height()}`}
              aria-hidden="true"
              onPointerDown={(event) => void down(event)}
              onPointerMove={move}
              onPointerUp={up}
              onPointerCancel={up}
            >
              <Show when={chosen().played === "fretboard"}>
                <rect x={strumX()} y="6" width={width() - strumX() - 6} height={height() - 12} rx="14" class="strum" />
                <text x={(strumX() + width()) / 2} y="24" text-anchor="middle">
                  {t("ui.play.strum")}
                </text>
              </Show>
              <rect x={nutX()} y={y(rows().length - 1) - gap() / 2} width={strumX() - nutX()} height={gap() * rows().length} class="field" />
              <For each={rows()}>
                {(row, string) => (
                  <>
                    <text class="number" x="6" y={y(string()) - 8}>
                      {noteName(row[0]!)}
                    </text>
                    <For each={isNarrow() ? [] : (ROWS[string() - position().string] ?? []).slice(0, Math.max(0, row.length - position().fret))}>
                      {(code, k) => {
                        const fret = (): number => k() + position().fret;
                        const at = (): number => (fret() === 0 ? nutX() - 20 : (x(row, row[fret() - 1]!) + x(row, row[fret()]!)) / 2);
                        return (
                          <text class="letter" classList={{ open: fret() === 0 }} x={at()} y={y(string()) + 18} text-anchor="middle">
                            {PRINTED[code] ?? code.replace(/^(Key|Digit)/, "")}
                          </text>
                        );
                      }}
                    </For>
                    <For each={row}>
                      {(cents, fret) => (
                        <line
                          x1={x(row, cents)}
                          x2={x(row, cents)}
                          y1={y(string()) - gap() / 2}
                          y2={y(string()) + gap() / 2}
                          class={fret() === 0 ? "nut" : chosen().played === "line" ? "tick" : "fret"}
                        />
                      )}
                    </For>
                    <line x1={nutX() - 60} x2={width() - 10} y1={y(string())} y2={y(string())} class="string" />
                    <For each={row}>
                      {(cents, fret) => (
                        <Show when={glow().has(`${string()}/${fret()}`)}>
                          <circle cx={fret() === 0 ? nutX() - 20 : x(row, cents) - 9} cy={y(string())} r="12" class={string() === 0 ? "s0" : "s1"} />
                        </Show>
                      )}
                    </For>
                  </>
                )}
              </For>
              <For each={marks()}>
                {(mark) => (
                  <>
                    <line x1={mark.x} x2={mark.x} y1={mark.y - gap() / 2 + 3} y2={mark.y + gap() / 2 - 3} class="partial" />
                    <text class="number" x={mark.x + 3} y={mark.y - gap() / 2 + 14}>
                      {mark.partial}
                    </text>
                  </>
                )}
              </For>
              <Show when={chosen().played === "fretboard"}>
                <For each={rows()[0]?.slice(1)}>
                  {(cents, fret) => (
                    <text class="number" x={x(rows()[0] ?? [0], cents) - 4} y={height() - 5} text-anchor="end">
                      {fret() + 1}
                    </text>
                  )}
                </For>
              </Show>
              <Show when={chosen().played !== "drums"}>
                <rect
                  x={
                    x(
                      rows()[position().string] ?? [0],
                      (rows()[position().string] ?? [0])[Math.min(position().fret, (rows()[position().string]?.length ?? 1) - 1)]!,
                    ) - 4
                  }
                  y={y(position().string) - gap() / 2}
                  width="8"
                  height={gap()}
                  class="hand"
                />
              </Show>
            </svg>
          </div>
        </Show>
      </section>
      <section class="inspector" aria-label={t("ui.inspector")}>
        <PlayIn />
        <div class="play-controls">
          <label>
            {t("ui.instrument")}{" "}
            <select id="hand" value={instrumentName()} onChange={(event) => setInstrumentName(event.currentTarget.value)}>
              <Show when={own()}>
                <option value="own" selected={instrumentName() === "own"}>
                  {own()?.name}
                </option>
              </Show>
              <For each={Object.keys(playInstruments())}>
                {(name) => (
                  <option value={name} selected={name === instrumentName()}>
                    {told(`hand.${name}`)}
                  </option>
                )}
              </For>
            </select>
          </label>
          <Show when={heard()}>
            <label>
              <input
                type="checkbox"
                id="tuned"
                checked={tuned() === "recording"}
                onChange={(event) => setTuned(event.currentTarget.checked ? "recording" : "equal")}
              />{" "}
              {t("ui.play.recording")}
            </label>
          </Show>
          <label>
            <input type="checkbox" id="drone" checked={droning()} onChange={(event) => setDroning(event.currentTarget.checked)} /> {t("ui.play.drone")}
          </label>
          <label class="button file">
            {scale() ? scale()?.scale.name || ".scl" : t("ui.play.scale")}
            <input type="file" id="scale" accept=".scl" onChange={(event) => void readScale(event.currentTarget.files)} />
          </label>
          <Show when={scale()}>
            <button type="button" onClick={() => setScale(undefined)}>
              {t("ui.play.noScale")}
            </button>
          </Show>
          <label class="button file">
            {t("ui.play.own")}
            <input type="file" id="own" accept="audio/*,.sf2,.wav,.flac,.ogg,.mp3" onChange={(event) => void takeOwn(event.currentTarget.files)} />
          </label>
          <Show when={instrumentName() === "own" && font()}>
            {(open) => (
              <label>
                {t("ui.play.preset")}{" "}
                <select id="preset" onChange={(event) => takePreset(Number(event.currentTarget.value))}>
                  <For each={open().presets}>{(name, index) => <option value={index()}>{name}</option>}</For>
                </select>
              </label>
            )}
          </Show>
          <Show when={"requestMIDIAccess" in navigator}>
            <button type="button" id="midi" aria-pressed={midi() !== undefined} onClick={() => void askMidi()}>
              {midi() === undefined ? t("ui.play.midi") : midi() || t("ui.play.noMidi")}
            </button>
            <Show when={midi() !== undefined}>
              <button type="button" id="tell-tuning" onClick={() => tellTuning()}>
                {t("ui.play.tell")}
              </button>
            </Show>
          </Show>
          <meter id="hand-level" min="0" max="1" value={Math.min(1, Math.sqrt(sounding()))} aria-label={t("ui.play.level")} />
          <Show when={delay()}>{(ms) => <span class="fine">{t("ui.play.delay", { ms: Math.round(ms()) })}</span>}</Show>
        </div>
      </section>
      <NoteEditor />
    </>
  );
}
