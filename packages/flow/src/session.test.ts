import type { Plan } from "@kuishi/engine";
import { type Clip, emptySong, type Note, type NoteClip, type ProjectRecord, type StripSetting, sessionOf } from "@kuishi/project";
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

const note = (id: string, clip: string, at: number, fields: Partial<Note> = {}): Note => ({
  id,
  kind: "note",
  clip,
  at,
  length: 4800,
  cents: 6000,
  velocity: 0.7,
  voice: "kick",
  ...fields,
});
const stretch = (id: string, on: string, fields: Partial<NoteClip> = {}): NoteClip => ({
  id,
  kind: "notes",
  track: on,
  at: 0,
  length: 48_000,
  name: "",
  mute: false,
  ...fields,
});
test("what a hand wrote takes the place of all that a part plays, whatever is blended, and goes back when it is let go", () => {
  const lead = 9600;
  const drums = {
    ...base.strips[1]!,
    source: { kind: "drums", kit: "house" } as const,
    events: [{ frame: 0, length: 1, cents: 6000, velocity: 1, voice: "kick" }],
  };
  const blended: Plan = { ...base, lead, strips: [base.strips[0]!, drums] };
  const clip = stretch("hand:kick", "kick");
  const records = [clip, note("n2", clip.id, 24_000), note("n1", clip.id, -4800, { velocity: 0.3 })];
  const events = (...more: ProjectRecord[]) => withSession(blended, sessionOf([...assets, ...more])).strips.find((one) => one.id === "kick")!.events;
  expect(events()).toBe(drums.events);
  expect(events(...records)).toEqual([
    { frame: lead - 4800, length: 4800, cents: 6000, velocity: 0.3, voice: "kick" },
    { frame: lead + 24_000, length: 4800, cents: 6000, velocity: 0.7, voice: "kick" },
  ]);
  // nothing is left of it: the part is silent, as the hand has it
  expect(events(clip)).toEqual([]);
  // notes of a stretch that is gone are not seen
  expect(events(...records.slice(1))).toBe(drums.events);
});
test("a track with an instrument plays its stretches; takes that are muted rest", () => {
  const own: ProjectRecord = { id: "t2", kind: "track", name: "Домбыра", order: 2, instrument: { kind: "drums", kit: "house" } };
  const records = [own, stretch("a", "t2", { at: 48_000 }), note("a1", "a", 100), stretch("b", "t2", { mute: true }), note("b1", "b", 0)];
  const strip = withSession(base, sessionOf([...assets, ...records])).strips.find((one) => one.id === "t2")!;
  expect(strip.source).toEqual({ kind: "drums", kit: "house" });
  expect(strip.events.map((event) => event.frame)).toEqual([48_100]);
});
