import type { Plan } from "@kuishi/engine";
import { type Clip, emptySong, type ProjectRecord, type StripSetting, sessionOf } from "@kuishi/project";
import { expect, test } from "vitest";
import { plainPlan, RECORDING, wantedClips, withSession } from "./index.ts";

const base: Plan = { ...plainPlan(480_000), strips: [...plainPlan(480_000).strips, { ...plainPlan(1).strips[0], id: "kick" } as Plan["strips"][number]] };
const track: ProjectRecord = { id: "t1", kind: "track", name: "Ән", order: 1 };
const assets: ProjectRecord[] = [
  { ...emptySong, recording: { asset: "rec", fromSec: 0, toSec: null } },
  { id: "rec", kind: "asset", name: "rec", entry: "audio/rec", frames: null, origin: "file" },
  { id: "take", kind: "asset", name: "take", entry: "audio/take", frames: 96_000, origin: "take" },
  track,
];
const clip = (fields: Partial<Clip>): Clip => ({
  id: "c",
  kind: "clip",
  track: "t1",
  asset: "take",
  at: 0,
  from: 0,
  length: 48_000,
  gainDb: 0,
  fadeIn: 0,
  fadeOut: 0,
  rate: 1,
  cents: 0,
  mute: false,
  ...fields,
});
const strip = (fields: Partial<StripSetting>): StripSetting => ({
  id: `strip:${fields.strip}`,
  kind: "strip",
  strip: "kick",
  gainDb: 0,
  mute: false,
  solo: false,
  pan: null,
  sends: null,
  inserts: null,
  source: null,
  ...fields,
});
const laid = (...records: ProjectRecord[]): Plan => withSession(base, sessionOf([...assets, ...records]));

test("a session with nothing set gives the blend's plan, but for the tracks that are there", () => {
  const plan = withSession(base, sessionOf(assets.filter((record) => record.kind !== "track")));
  expect(plan).toEqual(base);
  expect(laid().strips.map((one) => one.id)).toEqual([RECORDING, "t1", "kick"]);
});
test("clips are laid where they are; what is stretched is another sound; the plan is as long as the last of them", () => {
  const plan = laid(clip({ at: 1000, from: 200 }), clip({ id: "d", at: 900_000, rate: 0.5, from: 100, cents: 50 }), clip({ id: "e", mute: true, at: 100_000 }));
  const { source } = plan.strips[1]!;
  expect(source.kind === "clips" && source.pieces.map((piece) => [piece.clip, piece.at, piece.from])).toEqual([
    ["take", 1000, 200],
    ["take@0.5,50", 900_000, 200],
  ]);
  expect(plan.frames).toBe(948_000 + 144_000);
  expect(wantedClips(sessionOf([...assets, clip({}), clip({ id: "d", at: 60_000, rate: 0.5 })])).map((one) => one.name)).toEqual(["take", "take@0.5,0"]);
});
test("the recording plays what is left of it once it was cut", () => {
  const plan = laid({ id: "recording", kind: "track", name: "", order: 0 }, clip({ track: "recording", asset: "rec", at: 5000, from: 5000 }));
  const { source } = plan.strips[0]!;
  expect(source.kind === "clips" && source.pieces.map((piece) => [piece.clip, piece.at])).toEqual([[RECORDING, 5000]]);
});
test("mutes and solos, faders, places and sends are the person's", () => {
  const plan = laid(strip({ solo: true, gainDb: -6, pan: 0.5, sends: { reverb: -9 } }));
  expect(plan.strips.map((one) => one.mute ?? false)).toEqual([true, true, false]);
  expect(plan.strips[2]).toMatchObject({ gainDb: -6, pan: 0.5, sends: { reverb: -9 } });
});
test("a key stands before what it presses; a circle of keys, and a key that is not there, are let go", () => {
  const press = (key: string): StripSetting["inserts"] => [{ kind: "compressor", key }];
  const plan = laid(strip({ strip: RECORDING, inserts: press("kick") }));
  expect(plan.strips.map((one) => one.id)).toEqual(["t1", "kick", RECORDING]);
  const circle = laid(
    strip({ strip: RECORDING, inserts: press("kick") }),
    strip({ strip: "kick", inserts: press(RECORDING) }),
    strip({ strip: "t1", inserts: press("nobody") }),
  );
  const placed = new Set<string>();
  for (const one of circle.strips) {
    for (const insert of one.inserts) if (insert.kind === "compressor" && insert.key) expect(placed.has(insert.key)).toBe(true);
    placed.add(one.id);
  }
  expect(circle.strips).toHaveLength(3);
});
test("inserts of no kind, sends to nowhere and broken buses of a hostile project do no harm", () => {
  const plan = laid(strip({ inserts: [{ kind: "nothing" }, { kind: "gate", thresholdDb: "loud" }], sends: { nowhere: -3 } }), {
    id: "bus:x",
    kind: "bus",
    bus: "x",
    name: "",
    effect: { kind: "nothing" },
    gainDb: 0,
  });
  expect(plan.strips[2]?.inserts.map((insert) => insert.kind)).toEqual(["gate"]);
  expect(plan.buses.map((bus) => bus.id)).toEqual(["reverb", "delay"]);
});
