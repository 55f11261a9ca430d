import { Complaint, seeded, silent } from "@kuishi/base";
import { Heard } from "@kuishi/score";
import { Kernels, resampled } from "@kuishi/signal";
import { kernelModule } from "@kuishi/signal/node";
import { dombra, instruments } from "@kuishi/tuning";
import { describe, expect, test } from "vitest";
import { ANALYSIS_RATE } from "./analysis-signal.ts";
import { hear } from "./hear.ts";
import { plucks, tone } from "./testing.ts";

const listen = (channels: Float32Array[]) => hear(new Kernels(kernelModule()), channels, dombra, silent, () => 0);

/** Plain decaying harmonic tones, so that the ear is not tested on its own instrument. */
function plucked(notes: readonly { at: number; cents: number; gain?: number }[], seconds: number): Float32Array {
  const out = new Float32Array(seconds * 48_000);
  for (const { at, cents, gain = 0.2 } of notes) {
    const hertz = 440 * 2 ** ((cents - 6900) / 1200);
    const from = Math.round(at * 48_000);
    for (let i = 0; i < 40_000 && from + i < out.length; i++) {
      let v = 0;
      for (let h = 1; h <= 8; h++) v += (Math.sin((2 * Math.PI * hertz * h * i) / 48_000) / h) * Math.exp((-i / 48_000) * (2 + h));
      out[from + i] = out[from + i]! + gain * v * Math.min(1, i / 100);
    }
  }
  return out;
}

test("a melody over a drone: times, cents, strings, tonic", async () => {
  const melody = [5523, 5723, 5873, 6023, 6223, 6023, 5873, 5723];
  const notes = Array.from({ length: 48 }, (_, i) => i).flatMap((i) => [
    { at: 0.5 + i * 0.3, cents: melody[i % 8]! },
    { at: 0.508 + i * 0.3, cents: 5023, gain: 0.15 },
  ]);
  const heard = await listen([plucked(notes, 16)]);
  expect(Heard.safeParse(heard).success).toBe(true);
  const found = notes.filter((note) => heard.notes.some((other) => Math.abs(other.onset - note.at) < 0.05 && Math.abs((other.cents ?? 0) - note.cents) < 25));
  expect(found.length / notes.length).toBeGreaterThan(0.85);
  expect(heard.notes.length).toBeLessThan(notes.length * 1.15);
  expect(heard.tuning.strings[0]?.openCents).toBeCloseTo(5023, -1.2);
  expect(heard.beats.length).toBeGreaterThan(15);
  expect(heard.notes.every((note) => note.cents === null || (note.confidence.pitch > 0 && note.confidence.pitch <= 1))).toBe(true);
});
test("silence, a click and a second of nothing are complaints", async () => {
  const codeOf = async (channel: Float32Array): Promise<string> => {
    try {
      await listen([channel]);
    } catch (error) {
      if (error instanceof Complaint) return `${error.kind}/${error.code}`;
      throw error;
    }
    return "heard";
  };
  expect(await codeOf(new Float32Array(96_000))).toBe("notEnough/listen.silence");
  expect(await codeOf(new Float32Array(9600).fill(0.5))).toBe("notEnough/listen.short");
  const click = new Float32Array(96_000);
  click[30_000] = 1;
  expect(await codeOf(click)).toBe("notEnough/listen.few");
});
test("noise is not taken for music", async () => {
  const random = seeded(9);
  const noise = Float32Array.from({ length: 480_000 }, () => 0.1 * random.gauss());
  const heard = await listen([noise]).catch((error: unknown) => error);
  if (isComplaint(heard)) expect(heard.code).toBe("listen.few");
  else expect((heard as Heard).notes.filter((note) => note.cents !== null).length).toBeLessThan(5);
});
const isComplaint = (value: unknown): value is Complaint => value instanceof Complaint;
test("level does not matter, nor a second channel that is the same", async () => {
  const loud = plucked(
    Array.from({ length: 20 }, (_, i) => ({ at: 0.4 + i * 0.4, cents: 5500 + ((i * 200) % 700) })),
    9,
  );
  const quiet = loud.map((v) => v * 0.02);
  const [a, b] = [await listen([loud]), await listen([quiet, quiet])];
  expect(b.notes.length).toBe(a.notes.length);
  a.notes.forEach((note, i) => {
    expect(b.notes[i]?.onset).toBeCloseTo(note.onset, 3);
    if (note.cents !== null) expect(b.notes[i]?.cents).toBeCloseTo(note.cents, 0);
  });
});

describe("one who sings", () => {
  const kernels = new Kernels(kernelModule());
  const up = (x: Float32Array): Float32Array[] => [resampled(kernels, x, ANALYSIS_RATE, 48_000)];
  const steps = (t: number): number => [5500, 5700, 6000, 5700, 5500, 6200][Math.floor(t / 0.7) % 6]!;
  test("alone: a line of sustained notes, each with its curve", async () => {
    const heard = await hear(kernels, up(tone(steps, 8)), instruments.get("voice")!, silent, () => 0);
    expect(heard.strokes).toEqual([]);
    expect(heard.notes.slice(0, 6).map(({ cents }) => Math.round(cents! / 100) * 100)).toEqual([5500, 5700, 6000, 5700, 5500, 6200]);
    expect(heard.notes.every(({ articulation, string }) => articulation === "sustained" && string === null)).toBe(true);
    for (const [at, cents] of heard.notes[2]!.curve!.slice(8, -8)) expect(Math.abs(cents - steps(at))).toBeLessThan(40);
  });
  test("to a dombra: strings' notes have strings, the voice's a curve, each its own number", async () => {
    const sung = tone((t) => steps(t) + 650, 8, 0.15);
    const lute = plucks(
      Array.from({ length: 24 }, (_, i) => ({ at: 0.3 + i * 0.3, cents: [5000, 5500][i % 2]!, seconds: 0.6 })),
      8,
    );
    const both = lute.map((v, i) => v + sung[i]!);
    const heard = await hear(kernels, up(both), instruments.get("dombra-voice")!, silent, () => 0);
    const [strings, voice] = [heard.notes.filter(({ string }) => string !== null), heard.notes.filter(({ articulation }) => articulation === "sustained")];
    expect(strings.length).toBeGreaterThan(15);
    expect(voice.length).toBeGreaterThan(4);
    const points = voice.flatMap(({ curve }) => curve ?? []);
    const right = points.filter(([at, cents]) => Math.abs(cents - steps(at) - 650) < 50).length;
    expect(right / points.length).toBeGreaterThan(0.7);
    expect(new Set(heard.notes.map(({ id }) => id)).size).toBe(heard.notes.length);
  });
});
