import { type Arrangement, blend, type Choices, ChoicesSchema, choicesOf, styles } from "@kuishi/blend";
import type { Plan, SampleZone } from "@kuishi/engine";
import { heardFromText } from "@kuishi/score";
import { describe, expect, test } from "vitest";
import { CEILING_DBTP, compilePlan, pressedTo, RECORDING, slicesOf, TAIL_SEC, VOICE, withFaders } from "./compile.ts";
import { plainTone } from "./tone.ts";

const BARS = ["d0 d2 . d5+u0", "d7 d5 d3 d2", "d0+u0 . d3 d5", "d7 . d5 d0"];
const heard = heardFromText(`2+2/8 pulse=0.22 tonic=5500 | ${Array.from({ length: 40 }, (_, k) => BARS[k % 4]).join(" | ")}`);
const arranged = (style: string, change: Partial<Choices> = {}): Arrangement =>
  blend(heard, styles, ChoicesSchema.parse({ ...choicesOf(style, 1), ...change }));
/** The tune alone: nothing before it, nothing after. */
const BARE = { head: 0, tail: 0 };
const FRAMES = Math.round(heard.durationSec * 48_000);
const still = { gainDb: {}, recorded: [], added: [], tone: plainTone };
const compiled = (made: Arrangement, sung = false): Plan => withFaders(compilePlan(made, styles.get(made.choices.style)!, FRAMES, sung), still);
const keysOf = (plan: Plan, id: string) =>
  plan.strips.find((strip) => strip.id === id)?.inserts.flatMap((insert) => (insert.kind === "compressor" && insert.key ? [insert.key] : []));

test("the recording comes first, then every part, as long as the tune and its ring", () => {
  const made = arranged("ethno-house", BARE);
  const plan = compiled(made);
  expect(plan.strips.map((strip) => strip.id)).toEqual([RECORDING, ...made.parts.map((part) => part.id)]);
  expect(plan.frames).toBe(FRAMES + TAIL_SEC * 48_000);
  expect(plan.master.ceilingDbtp).toBe(CEILING_DBTP);
  expect(plan.strips[0]?.source).toMatchObject({ kind: "clips", pieces: [{ clip: RECORDING, at: 0, from: 0, length: FRAMES }] });
});
test("events keep their order, place, length and strength", () => {
  const made = arranged("ethno-house", BARE);
  const kick = made.parts.find((part) => part.id === "kick")!;
  const { events } = compiled(made).strips.find((strip) => strip.id === "kick")!;
  expect(events.map((event) => [event.frame, event.velocity])).toEqual(kick.events.map((event) => [Math.round(event.at * 48_000), event.velocity]));
});
test("a record begins before the recording, which moves as a whole, and all of it fades at the end", () => {
  const [bare, made] = [arranged("ethno-house", BARE), arranged("ethno-house")];
  const plan = compiled(made);
  const lead = plan.lead ?? 0;
  expect(lead).toBeGreaterThan(48_000);
  expect(lead % 9600).toBe(0);
  expect(plan.strips[0]?.source).toMatchObject({ pieces: [{ at: lead, from: 0, length: FRAMES }] });
  const kick = (of: Plan, from: number, to: number) =>
    of.strips.find((strip) => strip.id === "kick")!.events.filter((event) => event.frame >= from && event.frame < to);
  const { from, to } = made.sections[2]!;
  const moved = kick(plan, lead + (from + 0.3) * 48_000, lead + (to - 0.3) * 48_000).map((event) => event.frame - lead);
  expect(moved).toEqual(kick(compiled(bare), (from + 0.3) * 48_000, (to - 0.3) * 48_000).map((event) => event.frame));
  for (const strip of plan.strips) expect(strip.envelope?.at(-1)?.[1]).toBeLessThanOrEqual(-80);
  for (const bus of plan.buses) expect(bus.automation?.[0]?.envelope.at(-1)?.[1]).toBeLessThanOrEqual(-80);
});
test("a master is as dense as records of its style, never above the ceiling, and left alone where no loudness is asked", () => {
  const plan = compiled(arranged("techno"));
  expect(pressedTo(plan, null)).toBe(plan);
  expect(pressedTo(plan, -14).master.ceilingDbtp).toBeCloseTo(-14 + styles.get("techno")!.peakToLoudness, 9);
  expect(pressedTo(plan, -7).master.ceilingDbtp).toBe(CEILING_DBTP);
  expect(pressedTo(compiled(arranged("orchestral-quart-quint")), -14).master.ceilingDbtp).toBe(CEILING_DBTP);
});
test("a singer gets a strip of her own before all, and presses what could cover her", () => {
  const plan = compiled(arranged("ethno-house"), true);
  expect(plan.strips[0]?.id).toBe(VOICE);
  expect(keysOf(plan, "pad")).toContain(VOICE);
  expect(keysOf(compiled(arranged("ethno-house")), "pad")).not.toContain(VOICE);
});
test("kicks press the parts of their own style, in a section of another style too", () => {
  const plan = compiled(arranged("ethno-house", { sections: { "2": { style: "techno" } } }));
  expect(keysOf(plan, "bass")).toContain("kick");
  expect(keysOf(plan, "bass-techno")).toContain("kick-techno");
  expect(keysOf(plan, "bass-techno")).not.toContain("kick");
  expect(keysOf(plan, "kick-techno")).toEqual([]);
  // whoever presses stands before what it presses
  const ids = plan.strips.map((strip) => strip.id);
  for (const strip of plan.strips) for (const key of keysOf(plan, strip.id) ?? []) expect(ids.indexOf(key)).toBeLessThan(ids.indexOf(strip.id));
});
describe("pieces of the recording", () => {
  const made = arranged("folktronica");
  const zoneAt = (plan: Plan, id: string, cents: number): SampleZone | undefined => {
    const source = plan.strips.find((strip) => strip.id === id)?.source;
    return source?.kind === "sampler" ? source.zones.find((zone) => cents >= zone.fromCents && cents < zone.toCents) : undefined;
  };
  test.each([
    ["chop", 0],
    ["texture", -1200],
  ] as const)("a %s plays the slice it names, %d cents from how it was recorded", (role, shift) => {
    const plan = compiled(made);
    const part = made.parts.find((one) => one.role === role)!;
    const strip = plan.strips.find((one) => one.id === part.id)!;
    expect(strip.events.length).toBe(part.events.length);
    strip.events.forEach((event, i) => {
      const zone = zoneAt(plan, part.id, event.cents);
      expect(zone?.clip).toBe(`${part.id}:${part.events[i]?.slice}`);
      expect(event.cents - (zone?.rootCents ?? 0)).toBe(shift);
    });
  });
  test("are cut out of it without copying, one for each slice", () => {
    const recording = [new Float32Array(FRAMES)];
    const slices = slicesOf(made, recording);
    const part = made.parts.find((one) => one.role === "chop")!;
    part.slices?.forEach((slice, k) => {
      const [sound] = slices.get(`${part.id}:${k}`)!;
      expect(sound?.buffer).toBe(recording[0]?.buffer);
      expect(sound?.length).toBe(Math.round(slice.to * 48_000) - Math.round(slice.from * 48_000));
    });
  });
});
test("faders and rides go where balance found them", () => {
  const made = arranged("ethno-house", BARE);
  const ride = [[0, 0] as const, [48_000, -3] as const];
  const faders = { gainDb: { kick: -7, [RECORDING]: 2 }, recorded: [], added: ride, tone: plainTone };
  const open = compilePlan(made, styles.get("ethno-house")!, FRAMES, false);
  const plan = withFaders(open, faders);
  const strip = (id: string) => plan.strips.find((one) => one.id === id);
  expect(strip("kick")).toMatchObject({ gainDb: -7, envelope: ride });
  expect(strip(RECORDING)?.gainDb).toBe(2);
  expect(strip(RECORDING)?.envelope).toBeUndefined();
  // once compiled, other faders find it as it was
  expect(open.strips.every(({ gainDb, envelope }) => gainDb === 0 && envelope === undefined)).toBe(true);
});
