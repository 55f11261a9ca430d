import { Complaint } from "@kuishi/base";
import { type Heard, heardFromText } from "@kuishi/score";
import { classDistance } from "@kuishi/tuning";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Arrangement, blend as blendWith } from "./blend.ts";
import { choicesOf } from "./choices.ts";
import { readStyle, type Style } from "./style.ts";
import { styles } from "./styles.ts";

const all = [...styles.values()];
const blend = (heard: Heard, style: Style, seed: number): Arrangement => blendWith(heard, new Map([[style.name, style]]), choicesOf(style.name, seed));
const deep = styles.get("deep-house") as Style;

/** A tune of `bars` bars in a meter, with a walk over some frets that a seed chooses. */
function tune(meter: string, bars: number, seed: number, pulse = 0.22): Heard {
  const count =
    meter
      .split("/")[0]
      ?.split("+")
      .reduce((sum, group) => sum + Number(group), 0) ?? 4;
  const frets = [0, 2, 3, 5, 7];
  let state = seed;
  const next = (): number => (state = (state * 1103515245 + 12345) & 0x7fffffff);
  const bar = (): string =>
    Array.from({ length: count }, (_, p) => (p > 0 && next() % 5 === 0 ? "." : `d${frets[next() % 5]}${next() % 2 ? "+u0" : ""}`)).join(" ");
  return heardFromText(`${meter} pulse=${pulse} tonic=5500 | ${Array.from({ length: bars }, bar).join(" | ")}`);
}
const drumHits = (made: Arrangement) => made.parts.filter((part) => part.role === "drums").flatMap((part) => part.events);

describe.each(all.map((style) => [style.name, style] as const))("%s", (_, style) => {
  test.each(["2+2/8", "3+2/8", "2+2+3/8", "3+3/8", "2+3+2+2/8", "3/8", "2+2+2/8"])("makes no flam against the player in %s", (meter) => {
    fc.assert(
      fc.property(fc.nat(1e6), fc.nat(1000), (walk, seed) => {
        const heard = tune(meter, 16, walk);
        const hits = drumHits(blend(heard, style, seed));
        expect(hits.length).toBeGreaterThan(8);
        const distances = hits.map((hit) => Math.min(...heard.strokes.map((stroke) => Math.abs(stroke.at - hit.at)))).filter((d) => d <= 0.06);
        expect(distances.filter((d) => d > 0.02).length).toBeLessThanOrEqual(distances.length * 0.03);
      }),
      { numRuns: 12 },
    );
  });
  test("keeps to the tune's own cents", () => {
    const heard = tune("3+2/8", 16, 4);
    const shifted: Heard = {
      ...heard,
      mode: { ...heard.mode, tonicCents: 5537, degreesCents: [0, 193, 351, 498, 705] },
      notes: heard.notes.map((note) => ({ ...note, cents: (note.cents as number) + 37 })),
    };
    const allowed = shifted.mode.degreesCents.map((degree) => degree + 5537);
    for (const part of blend(shifted, style, 1).parts) {
      if (part.role === "drums" || part.source.kind === "recording") continue;
      // a tanpura's pair beats by two cents
      for (const event of part.events) expect(Math.min(...allowed.map((cents) => classDistance(cents, event.cents)))).toBeLessThan(2.1);
    }
  });
  test("gives every event a reason, and every section its own shape", () => {
    const made = blend(tune("2+2/8", 40, 9), style, 3);
    expect(made.parts.every((part) => part.events.every((event) => event.reason.code.startsWith("why.")))).toBe(true);
    expect(made.sections.length).toBeGreaterThanOrEqual(4);
    const density = made.sections.map(
      (section) =>
        made.parts.flatMap((part) => part.events).filter((event) => event.at >= section.from && event.at < section.to).length / (section.to - section.from),
    );
    expect(Math.max(...density)).toBeGreaterThan(Math.min(...density) * 1.5);
    expect(new Set(made.sections.map((section) => section.energy)).size).toBeGreaterThan(2);
  });
  test("events are sorted, finite and inside the tune", () => {
    const heard = tune("2+3/8", 30, 2);
    for (const part of blend(heard, style, 8).parts) {
      part.events.forEach((event, i) => {
        expect(Number.isFinite(event.at + event.length + event.cents + event.velocity)).toBe(true);
        expect(event.at).toBeGreaterThanOrEqual(0);
        expect(event.at).toBeLessThanOrEqual(heard.durationSec + 0.01);
        expect(event.velocity).toBeGreaterThan(0);
        expect(event.velocity).toBeLessThanOrEqual(1);
        if (i > 0) expect(event.at).toBeGreaterThanOrEqual((part.events[i - 1] as { at: number }).at - 1e-9);
      });
    }
  });
});

test("kicks of deep house fall on the tune's groups: bars of 3+2 get theirs at 0 and 3", () => {
  const heard = tune("3+2/8", 24, 5, 0.25);
  const made = blend(heard, deep, 1);
  const kick = made.parts.find((part) => part.id === "kick");
  const inBar = new Set(kick?.events.map((event) => Math.round((((event.at - 0.3) / 0.25) % 5) * 10) / 10));
  expect([...inBar].sort()).toEqual([0, 3]);
});
test("the same seed gives the same blend, another seed another; other parts hold", () => {
  const heard = tune("2+2/8", 24, 6);
  expect(blend(heard, deep, 1)).toEqual(blend(heard, deep, 1));
  expect(blend(heard, deep, 1)).not.toEqual(blend(heard, deep, 2));
  const { clap: _, ...rest } = deep.drums;
  const without = blend(heard, { ...deep, drums: rest }, 1);
  const withClap = blend(heard, deep, 1);
  for (const part of without.parts) expect(part).toEqual(withClap.parts.find((other) => other.id === part.id));
});
test("free rhythm gets no beat, but ground to stand on", () => {
  const heard: Heard = { ...tune("2+2/8", 12, 6), downbeats: [], meter: [{ fromSec: 0, toSec: 9, free: true }] };
  const made = blend(heard, deep, 1);
  expect(made.parts.map((part) => part.role)).not.toContain("drums");
  expect(made.parts.some((part) => part.role === "pad")).toBe(true);
});
test("nothing heard is a complaint", () => {
  expect(() => blend({ ...tune("2+2/8", 4, 1), notes: [] }, deep, 1)).toThrow(Complaint);
});
test("a style that is wrong is told where", () => {
  try {
    readStyle({ ...deep, swing: 90 });
    expect.unreachable();
  } catch (error) {
    expect(error).toBeInstanceOf(Complaint);
    expect((error as Complaint).params["at"]).toBe("swing");
  }
});
