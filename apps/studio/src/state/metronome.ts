import { Complaint, SAMPLE_RATE, type Seconds } from "@kuishi/base";
import { clicksPlan } from "@kuishi/flow";
import {
  type MetronomeBar,
  type MetronomeSettings,
  metronomeChanged,
  metronomeOf,
  metronomeUntil,
  plainMetronome,
  readBars,
  tappedTempo,
  writeBars,
} from "@kuishi/practice";
import { createSignal } from "solid-js";
import { Aside } from "../audio/aside.ts";
import { pause } from "./transport.ts";
import { tune } from "./tune.ts";
import { fail } from "./ui.ts";

const KEPT = "kuishi.metronome";
/** What was set last, as far as it can still be read. */
function kept(): MetronomeSettings {
  try {
    const own: unknown = JSON.parse(localStorage.getItem(KEPT) ?? "{}");
    const known = own !== null && typeof own === "object" ? own : {};
    const fits = (key: keyof MetronomeSettings, value: unknown): boolean => typeof value === typeof plainMetronome[key] && !Number.isNaN(value);
    const plain = Object.fromEntries(
      Object.entries(known).filter(
        ([key, value]) => key in plainMetronome && key !== "bars" && key !== "strokes" && fits(key as keyof MetronomeSettings, value),
      ),
    );
    const division = (plain as Partial<MetronomeSettings>).division;
    return {
      ...plainMetronome,
      ...plain,
      division: Array.isArray(division) && division.length > 0 && division.every((part) => part > 0) ? division : plainMetronome.division,
      bars: "bars" in known ? readBars(String(known.bars)) : plainMetronome.bars,
    };
  } catch {
    return plainMetronome;
  }
}
const [settingsSignal, setSettings] = createSignal<MetronomeSettings>(kept());
export const metronomeSettings = settingsSignal;
/** What is wrong with the bars as they are typed. */
export const [barsFault, setBarsFault] = createSignal<Complaint>();
/** The bar that sounds now, and where in it, in pulses; nothing while it stands. */
const [beatSignal, setBeat] = createSignal<{ readonly bar: MetronomeBar; readonly pulse: number; readonly silent: boolean }>();
export const metronomeBeat = beatSignal;
const metronome = new Aside();
export const metronomeRuns = (): boolean => metronome.runs;

/** So far ahead the bars are made, and when so much is left, more. */
const [AHEAD, LEFT]: readonly [Seconds, Seconds] = [900, 120];
/** A change is heard from the next bar line on that is further away than this: the plan takes so long to get there. */
const REACH: Seconds = 0.35;
/** Longer than anyone practises. */
const FRAMES = 24 * 3600 * SAMPLE_RATE;

let bars: readonly MetronomeBar[] = [];
let now: Seconds = 0;

const end = (): Seconds => (bars.at(-1)?.from ?? 0) + (bars.at(-1)?.length ?? 0);
function goOn(): void {
  const recent = bars.filter((bar) => bar.from + bar.length > now - 1);
  bars = metronomeChanged(recent, settingsSignal(), now + REACH, now + AHEAD);
  metronome.update(clicksPlan(bars, FRAMES));
}
function show(frame: number): void {
  now = frame / SAMPLE_RATE;
  const bar = bars.findLast(({ from }) => from <= now + 1e-6);
  if (bar) {
    const pulse = Math.floor(((now - bar.from) / bar.length) * bar.groups.reduce((a, b) => a + b, 0) + 1e-6);
    const before = beatSignal();
    if (before?.bar !== bar || before.pulse !== pulse) setBeat({ bar, pulse, silent: bar.clicks.every(({ muted }) => muted) });
  }
  if (end() - now < LEFT) goOn();
}

/** Starts it; what else sounds stands still. */
export async function startMetronome(): Promise<void> {
  if (metronome.runs) return;
  pause();
  now = 0;
  bars = metronomeUntil(settingsSignal(), AHEAD);
  await metronome.start(clicksPlan(bars, FRAMES), { report: ({ frame }) => show(frame), refused: fail }).catch(fail);
}
export async function stopMetronome(): Promise<void> {
  setBeat(undefined);
  await metronome.stop();
}

/** Sets something; what sounds goes over to it at a bar line. */
export function setMetronome(some: Partial<MetronomeSettings>): void {
  const next = { ...settingsSignal(), ...some };
  setSettings(next);
  localStorage.setItem(KEPT, JSON.stringify({ ...next, bars: writeBars(next.bars), strokes: null }));
  if (metronome.runs) goOn();
}
/** Bars as they are typed; what cannot be read is told beside them, and what was set stays. */
export function typeBars(text: string): void {
  try {
    const own = readBars(text);
    setBarsFault(undefined);
    setMetronome({ bars: own, strokes: null });
  } catch (error) {
    if (!(error instanceof Complaint)) throw error;
    setBarsFault(error);
  }
}

let taps: readonly Seconds[] = [];
/** One tap of the foot or finger: from the third on, it is the tempo. */
export function tapMetronome(): void {
  taps = [...taps, performance.now() / 1000].slice(-9);
  const tempo = tappedTempo(taps);
  if (tempo !== null) setMetronome({ tempo });
}

/** As the open tune has it. @param hand click the strokes of its hand. */
export function asTheTune(hand: boolean): void {
  const own = tune();
  if (!own) return;
  const { strokes, ...rest } = metronomeOf(own.heard);
  setBarsFault(undefined);
  setMetronome({ ...rest, strokes: hand ? strokes : null });
}
