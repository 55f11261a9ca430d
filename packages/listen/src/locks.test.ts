import { silent } from "@kuishi/base";
import { type Locks, noLocks } from "@kuishi/score";
import { Kernels } from "@kuishi/signal";
import { kernelModule } from "@kuishi/signal/node";
import { dombra } from "@kuishi/tuning";
import { describe, expect, test } from "vitest";
import { AnalysisSignal } from "./analysis-signal.ts";
import { type Evidence, gatherEvidence, type StrokeEvidence } from "./evidence.ts";
import { placeOnStrings } from "./fretboard.ts";
import { correct } from "./locks.ts";
import { pitchesUsed } from "./pitches.ts";
import { candidatesFromText, plucks } from "./testing.ts";
import { transcribe } from "./transcribe.ts";

const kernels = new Kernels(kernelModule());
/** Two strings over a few seconds: a drone below and a line that walks up and down. */
const MELODY = [5500, 5700, 5900, 6000, 6200, 6000, 5900, 5700];
const sound = plucks(
  Array.from({ length: 24 }, (_, i) => [
    { at: 0.4 + i * 0.3, cents: MELODY[i % 8]!, seconds: 0.8 },
    { at: 0.408 + i * 0.3, cents: 5000, gain: 0.15, seconds: 0.8 },
  ]).flat(),
  8,
);
const signal = new AnalysisSignal(kernels, sound);
const evidence: Promise<Evidence> = gatherEvidence(kernels, signal, dombra, silent);
/** The same evidence with candidates from text: what was struck is known. */
async function fromText(text: string): Promise<StrokeEvidence> {
  const heard = await evidence;
  if (heard.kind !== "strokes") throw new Error("a dombra has strokes");
  const candidates = candidatesFromText(text);
  const pitches = pitchesUsed(candidates);
  return { ...heard, candidates, pitches, placement: placeOnStrings(candidates, pitches, dombra) };
}
const TEXT = "2+2/8 pulse=0.3 | u0+d0 d2 u0+d4 d5 | u0+d7 d5 u0+d4 d2 | u0+d9 d7 d10 u0+d7 | d5 u0+d4 d2 u0+d0";
const lock = (strokes: Locks["strokes"], rest: Partial<Locks> = {}): Locks => ({ ...noLocks, strokes, ...rest });

describe("what corrections mean for a second hearing", () => {
  test("a correction is of the stroke nearest to it", async () => {
    const text = await fromText(TEXT);
    const at = text.candidates[3]!.at;
    const { locked, candidates, given } = correct(lock([{ at: at + 0.03, notes: [] }]), text);
    expect(candidates).toHaveLength(text.candidates.length);
    expect([...locked]).toEqual([text.candidates[3]]);
    expect(given.strokes.get(3)).toEqual([]);
  });
  test("where none is near, a moment is added and looked at", async () => {
    const text = await fromText(TEXT);
    const { candidates, given, pitches } = correct(lock([{ at: 1.63, notes: [{ string: 0, cents: 5340 }] }]), text);
    expect(candidates).toHaveLength(text.candidates.length + 1);
    const i = candidates.findIndex((candidate) => candidate.at === 1.63);
    expect(candidates.map(({ at }) => at)).toEqual(candidates.map(({ at }) => at).sort((a, b) => a - b));
    expect(pitches[given.strokes.get(i)![0]!.pitch]).toBe(5340);
  });
  test("a pitch the recording has is that pitch, another is added", async () => {
    const text = await fromText(TEXT);
    const one = (cents: number) => correct(lock([{ at: text.candidates[1]!.at, notes: [{ string: 1, cents }] }]), text).pitches.length;
    expect(one(5720)).toBe(text.pitches.length);
    expect(one(5850)).toBe(text.pitches.length + 1);
  });
  test("a fret counted otherwise moves the nut of its string; the same fret does not", async () => {
    const text = await fromText(TEXT);
    const told = (fret: number) => correct(lock([{ at: text.candidates[1]!.at, notes: [{ string: 1, cents: 5700, fret }] }]), text);
    expect(told(4).given.open[1]).toBeCloseTo(5300, -1);
    expect(told(4).frets[1]!.size).toBe(1);
    expect(told(2).given.open[1]).toBeUndefined();
  });
  test("senseless open strings are slips of the pen", async () => {
    const text = await fromText(TEXT);
    expect(correct(lock([], { open: [4990, 90_000] }), text).given.open).toEqual([4990, undefined]);
    expect(correct(lock([{ at: text.candidates[1]!.at, notes: [{ string: 1, cents: 5700, fret: 100 }] }]), text).given.open[1]).toBeUndefined();
  });
});

describe("transcribe", () => {
  test("is a function of evidence and corrections: twice the same, and the first again after another", async () => {
    const heard = await evidence;
    const first = transcribe(heard, noLocks);
    const other = transcribe(heard, lock([{ at: 1, notes: [] }]));
    expect(transcribe(heard, noLocks)).toEqual(first);
    expect(other).not.toEqual(first);
    expect(first.notes.length).toBeGreaterThan(40);
    expect(first.strings).toHaveLength(2);
  });
  test("a note the listener gave is sure, and sounds where it sounds", async () => {
    const heard = await evidence;
    const at = transcribe(heard, noLocks).strokes[4]!.at;
    const { notes } = transcribe(heard, lock([{ at, notes: [{ string: 0, cents: 6200, fret: 12 }] }]));
    const note = notes.find((one) => Math.abs(one.onset - at) < 0.02)!;
    expect(note).toMatchObject({ string: 0, fret: 12, confidence: { pitch: 1, string: 1 } });
    expect(note.cents).toBeCloseTo(6200, -1);
  });
  test("when nothing is left it says so", async () => {
    const heard = await evidence;
    const { strokes } = transcribe(heard, noLocks);
    expect(() => transcribe(heard, lock(strokes.map(({ at }) => ({ at, notes: [] }))))).toThrow("listen.few");
  });
  test("corrections take no kernel memory, however many", async () => {
    const heard = await evidence;
    const room = (): number => kernels.floats(1);
    const step = -room() + room();
    const before = room();
    for (let k = 0; k < 5; k++) transcribe(heard, lock([{ at: 1 + k * 0.3, notes: [{ string: 1, cents: 5900 }] }]));
    expect(room() - before).toBe(step);
  });
});
