import { kernelModule } from "@kuishi/signal/node";
import { expect, test } from "vitest";
import { differenceOf } from "./difference.ts";
import type { Plan, Strip } from "./plan.ts";
import { COUNT_IN_FRAMES, Transport, type TransportMessage, type TransportSetup } from "./transport.ts";

const ramp = Float32Array.from({ length: 48_000 }, (_, i) => i / 96_000);
const track = (id: string, more: Partial<Strip> = {}): Strip => ({
  id,
  source: { kind: "clips", pieces: [{ clip: "ramp", at: 0, from: 0, length: 48_000, fadeIn: 0, fadeOut: 0, gainDb: 0 }] },
  events: [],
  inserts: [],
  gainDb: 0,
  pan: 0,
  sends: {},
  ...more,
});
const plan = (strips: readonly Strip[], frames = 48_000): Plan => ({ frames, seed: 1, strips, buses: [], master: { gainDb: 0, ceilingDbtp: -0.1 } });
const LATE = 107;

/** A transport and what it told; `take` asks for frames in quanta. */
function start(of: Plan, running = true): { transport: Transport; told: TransportMessage[]; take: (frames: number, quantum?: number) => Float32Array } {
  const told: TransportMessage[] = [];
  const setup: TransportSetup = { plan: of, clips: [["ramp", [ramp, ramp]]], running };
  // reports are one object: what is kept is a copy, as a port makes one
  const transport = new Transport(kernelModule(), setup, (message) => told.push(structuredClone(message)));
  let context = 0;
  const take = (frames: number, quantum = 128): Float32Array => {
    const out = new Float32Array(frames);
    for (let at = 0; at < frames; at += quantum) {
      const part = out.subarray(at, Math.min(frames, at + quantum));
      transport.process(part, part, context);
      context += part.length;
    }
    return out;
  };
  return { transport, told, take };
}
const told = <T extends TransportMessage["type"]>(all: readonly TransportMessage[], type: T) =>
  all.filter((one): one is Extract<TransportMessage, { type: T }> => one.type === type);

test("quanta of any size give the same frames", () => {
  const whole = start(plan([track("a")])).take(12_800);
  expect(whole[6400]).toBeCloseTo(ramp[6400 - LATE]!, 5);
  for (const quantum of [1, 100, 441, 1024]) expect(start(plan([track("a")])).take(12_800, quantum)).toEqual(whole);
});
test("it waits, plays, pauses, jumps, ends, and tells where it stands", () => {
  const { transport, told: all, take } = start(plan([track("a")], 9600), false);
  expect(take(1280).every((v) => v === 0)).toBe(true);
  transport.obey({ type: "play" });
  take(4096);
  expect(told(all, "anchor")).toEqual([{ type: "anchor", context: 1280, frame: 0 }]);
  expect(told(all, "stems")).toEqual([{ type: "stems", ids: ["a"] }]);
  expect(told(all, "report").at(-1)).toMatchObject({ frame: 4096, count: 0, ended: false });
  expect(told(all, "report").at(-1)!.peaks[0]).toBeCloseTo(4095 / 96_000, 4);
  transport.obey({ type: "pause" });
  expect(take(512).every((v) => v === 0)).toBe(true);
  transport.obey({ type: "seek", frame: 8000, count: 7 });
  expect(told(all, "report").at(-1)).toMatchObject({ frame: 7936, count: 7 });
  transport.obey({ type: "play" });
  take(12_800);
  expect(told(all, "report").at(-1)).toMatchObject({ ended: true });
});
test("it goes round a passage to the frame, and tells each time it begins", () => {
  const { transport, told: all, take } = start(plan([track("a")]), false);
  transport.obey({ type: "loop", loop: { from: 1280, to: 3840 } });
  transport.obey({ type: "seek", frame: 1280, count: 1 });
  transport.obey({ type: "play" });
  const out = take(2560 * 3);
  expect(told(all, "anchor").map((anchor) => anchor.frame)).toEqual([1280, 1280, 1280]);
  expect(told(all, "anchor").map((anchor) => anchor.context)).toEqual([0, 2560, 5120]);
  expect(out.subarray(2560 + LATE, 5120)).toEqual(out.subarray(5120 + LATE, 7680));
});
test("a count-in runs before the plan, the side plan along with both", () => {
  const { transport, told: all, take } = start(plan([track("a")]), false);
  const clicks: Plan = {
    ...plan([
      track("click", {
        source: { kind: "clips", pieces: [{ clip: "ramp", at: COUNT_IN_FRAMES - 2560, from: 20_000, length: 128, fadeIn: 0, fadeOut: 0, gainDb: 0 }] },
      }),
    ]),
    frames: 1e9,
  };
  transport.obey({ type: "side", plan: clicks });
  take(512);
  transport.obey({ type: "play", lead: 2560 });
  const out = take(5120);
  expect(told(all, "anchor")[0]).toMatchObject({ context: 512, frame: -2560 });
  expect(out.findIndex((v) => v > 0.1)).toBe(LATE);
  expect(out.subarray(256 + LATE, 2560).every((v) => Math.abs(v) < 1e-6)).toBe(true);
  expect(out[2560 + 1000]).toBeCloseTo(ramp[1000 - LATE]!, 5);
});
test("another plan takes over at the same frame, faded over, without a step", () => {
  const { transport, told: all, take } = start(plan([track("a")]));
  take(6400);
  transport.obey({ type: "plan", plan: plan([track("a", { gainDb: -6.0206 }), track("b", { gainDb: -6.0206 })]), clips: [], keep: ["ramp"] });
  const out = take(6400);
  expect(told(all, "built").length).toBe(1);
  // both plans sound alike here: only the limiter's look-ahead is empty at first, and faded over
  for (let i = 2048; i < 6400; i++) expect(out[i]).toBeCloseTo(ramp[6400 + i - LATE]!, 4);
  for (let i = 1; i < 6400; i++) expect(Math.abs(out[i]! - out[i - 1]!)).toBeLessThan(0.002);
});
test("a plan that is to wait takes over at its bar, at the same moment of the tune, and at once where the playhead goes elsewhere", () => {
  const ahead = 2560;
  // the same ramp behind a head of its own: at the same moment of the tune it sounds the same
  const piece = { clip: "ramp", at: ahead, from: 0, length: 48_000, fadeIn: 0, fadeOut: 0, gainDb: 0 };
  const headed: Plan = { ...plan([track("a", { source: { kind: "clips", pieces: [piece] }, gainDb: -20 }), track("b")], 48_000 + ahead), lead: ahead };
  for (const jumps of [false, true]) {
    const { transport, told: all, take } = start(plan([track("a")]));
    take(1280);
    transport.obey({ type: "loop", loop: { from: 0, to: 24_000 } });
    transport.obey({ type: "plan", plan: headed, clips: [], keep: ["ramp"], at: 6400 });
    const before = take(4000);
    expect(told(all, "built").length).toBe(0);
    for (let i = 0; i < 4000; i++) expect(before[i]).toBeCloseTo(i + 1280 < LATE ? 0 : ramp[1280 + i - LATE]!, 4);
    if (jumps) transport.obey({ type: "seek", frame: 1280, count: 1 });
    take(2560);
    expect(told(all, "built")).toEqual([{ type: "built", lead: ahead }]);
    take(24_000);
    // the loop went along with the tune
    const anchors = told(all, "anchor").map((anchor) => anchor.frame);
    expect(anchors.at(-1)).toBe(ahead);
  }
});
test("a note by hand sounds until it is lifted; one for a strip that is not there is refused, not lost", () => {
  const { transport, told: all, take } = start({ ...plan([track("hand", { source: { kind: "balaban", steady: false } })]), frames: 1e9 });
  transport.obey({ type: "press", strip: "hand", key: "k", note: { cents: 6000, velocity: 0.8, voice: 0 } });
  const loud = (x: Float32Array): number => x.reduce((top, v) => Math.max(top, Math.abs(v)), 0);
  take(12_800);
  expect(loud(take(2560))).toBeGreaterThan(0.02);
  transport.obey({ type: "lift", strip: "hand", key: "k" });
  take(24_000);
  expect(loud(take(2560))).toBeLessThan(0.001);
  transport.obey({ type: "press", strip: "none", key: "k", note: { cents: 6000, velocity: 0.8, voice: 0 } });
  expect(told(all, "refused")).toMatchObject([{ command: "press" }]);
});
test("an edit it cannot take is told", () => {
  const { transport, told: all, take } = start(plan([track("a")]));
  transport.obey({ type: "set", to: { strips: [track("nobody")] }, clips: [] });
  transport.obey({
    type: "plan",
    plan: plan([track("z", { inserts: [{ kind: "compressor", thresholdDb: -20, ratio: 2, attackMs: 1, releaseMs: 50, makeupDb: 0, key: "late" }] })]),
    clips: [],
    keep: [],
  });
  take(1280);
  expect(told(all, "refused").map((one) => one.command)).toEqual(["set", "plan"]);
  expect(take(1280).some((v) => v > 0)).toBe(true);
});
test("loudness is told as a meter reads it", () => {
  const loud = { clip: "loud", at: 0, from: 0, length: 240_000, fadeIn: 0, fadeOut: 0, gainDb: 0 };
  const sine = Float32Array.from({ length: 240_000 }, (_, i) => 0.1 * Math.sin((2 * Math.PI * 997 * i) / 48_000));
  const { transport, told: all, take } = start(plan([track("a", { source: { kind: "clips", pieces: [] } })], 1e9));
  transport.obey({ type: "set", to: { strips: [{ ...track("a"), source: { kind: "clips", pieces: [loud] } }] }, clips: [["loud", [sine, sine]]] });
  take(192_000);
  const { loudness } = told(all, "report").at(-1)!;
  // both sides of a sine of -20 dBFS at 997 Hz: -20.0 LUFS (BS.1770-4)
  for (const value of [loudness.momentary, loudness.shortTerm, loudness.integrated]) expect(value).toBeCloseTo(-20, 1);
  expect(loudness.truePeak).toBeCloseTo(-20, 1);
});

test("what can be set is set; what cannot needs another engine", () => {
  const from = plan([track("a"), track("b", { source: { kind: "plucked", model: "tar", open: [], nail: 0.5 } })]);
  const b = from.strips[1]!;
  const change = (more: Partial<Strip>): Plan => ({ ...from, strips: [from.strips[0]!, { ...b, ...more }] });
  expect(differenceOf(from, { ...from })).toEqual({ add: [], remove: [], strips: [], buses: [] });
  expect(differenceOf(from, change({ gainDb: -3 }))?.strips).toMatchObject([{ id: "b", gainDb: -3 }]);
  expect(differenceOf(from, change({ envelope: [[0, -3]] }))?.strips).toMatchObject([{ envelope: [[0, -3]] }]);
  expect(differenceOf(from, change({ automation: [{ path: ["pan"], envelope: [[0, 1]] }] }))?.strips?.length).toBe(1);
  expect(differenceOf(from, change({ source: { kind: "plucked", model: "tar", open: [], nail: 0.9 } }))?.strips).toMatchObject([{ source: { nail: 0.9 } }]);
  expect(differenceOf(from, change({ source: { kind: "plucked", model: "guitar-steel", open: [], nail: 0.5 } }))).toBeUndefined();
  // other notes need another engine, the same ones written anew do not
  expect(differenceOf(from, change({ events: [{ frame: 0, length: 100, cents: 6000, velocity: 1, voice: "" }] }))).toBeUndefined();
  expect(differenceOf(from, change({ events: [] }))).toEqual({ add: [], remove: [], strips: [], buses: [] });
  expect(differenceOf(from, { ...from, seed: 2 })).toBeUndefined();
  expect(differenceOf(from, { ...from, strips: [b] })).toMatchObject({ remove: ["a"] });
  expect(differenceOf(from, { ...from, strips: [...from.strips, track("c")] })?.add?.length).toBe(1);
  expect(differenceOf(from, { ...from, strips: [...from.strips, { ...b, id: "d" }] })).toBeUndefined();
});

/** A drum each 100 ms. */
const beats = (): Strip =>
  track("drums", {
    source: { kind: "drums", kit: "house" },
    events: Array.from({ length: 20 }, (_, k) => ({ frame: 2400 + 4800 * k, length: 100, cents: 6000, velocity: 1, voice: "rim" })),
  });
/** Frames at which something begins after a silence or much louder than what rang. */
function onsetsIn(out: Float32Array): number[] {
  const loud = (from: number): number => out.subarray(Math.max(0, from), Math.max(0, from) + 128).reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  const onsets: number[] = [];
  for (let at = 0; at < out.length; at += 128) if (loud(at) > 3 * loud(at - 128) + 0.01 && at - (onsets.at(-1) ?? -1e9) > 2000) onsets.push(at);
  return onsets;
}
test("led, it goes as fast as it is led, waits, and leaps; nothing sounds twice", () => {
  const { transport, take } = start(plan([beats()], 96_000), false);
  transport.obey({ type: "lead", lead: { context: 0, frame: 0, rate: 0.8, until: 96_000 } });
  transport.obey({ type: "play" });
  const slow = onsetsIn(take(24_064));
  expect(slow).toHaveLength(4);
  slow.forEach((at, k) => expect(Math.abs(at - 3000 - 6000 * k - LATE)).toBeLessThan(400));
  // it is at 19 251, and waits short of the next
  transport.obey({ type: "lead", lead: { context: 24_064, frame: 19_251, rate: 1, until: 21_500 } });
  expect(onsetsIn(take(24_064)).filter((at) => at > 1000)).toEqual([]);
  // a small step back plays nothing again, a long one all of it
  transport.obey({ type: "lead", lead: { context: 48_128, frame: 16_000, rate: 1, until: 21_500 } });
  expect(onsetsIn(take(24_064)).filter((at) => at > 1000)).toEqual([]);
  transport.obey({ type: "lead", lead: { context: 72_192, frame: 1300, rate: 1.25, until: 96_000 } });
  const fast = onsetsIn(take(12_032));
  expect(fast).toHaveLength(3);
  fast.forEach((at, k) => expect(Math.abs(at - 880 - 3840 * k - LATE)).toBeLessThan(400));
});
