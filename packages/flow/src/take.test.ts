import { MASTER_LATENCY } from "@kuishi/engine";
import { addTrack, newClip } from "@kuishi/project";
import { ProjectDocument } from "@kuishi/project/document";
import { describe, expect, test } from "vitest";
import type { Alignment } from "./align.ts";
import { finishTake, type LaidTake, laidTake, layTake, passesOf, type RecordedTake, shiftTake, takeName } from "./take.ts";

describe("passes of a take", () => {
  const common = { began: 1000, start: 48_000, stretches: [{ from: 0, late: 500 }] };
  test("after a count-in, from where it was started", () => {
    const { passes, heard } = passesOf({ ...common, frames: 200_000, anchors: [{ context: 5000, frame: 38_000 }] });
    // 10,000 frames of counting, then the tune; heard 500 late
    expect(passes).toEqual([{ at: 48_000, from: 14_500, length: 185_500, pieces: [{ at: 48_000, from: 14_500, length: 185_500 }] }]);
    expect(heard).toBe(0);
  });
  test("in a loop each turn is one; of the last, broken off before its half, the one before is heard", () => {
    const anchors = [0, 96_000, 192_000].map((context) => ({ context: 1000 + context, frame: 48_000 }));
    const told = passesOf({ ...common, frames: 220_000, anchors });
    expect(told.passes.map((pass) => [pass.at, pass.from, pass.length])).toEqual([
      [48_000, 500, 96_000],
      [48_000, 96_500, 96_000],
      [48_000, 192_500, 27_500],
    ]);
    expect(told.heard).toBe(1);
    expect(passesOf({ ...common, frames: 280_000, anchors }).heard).toBe(2);
  });
  test("where the delay jumps the pass is cut, and what follows is moved by as much", () => {
    const { passes } = passesOf({
      ...common,
      stretches: [
        { from: 0, late: 500 },
        { from: 60_000, late: 1500 },
      ],
      frames: 100_000,
      anchors: [{ context: 1000, frame: 48_000 }],
    });
    expect(passes[0]?.pieces).toEqual([
      { at: 48_000, from: 500, length: 60_000 },
      // the take ends before what was played last came back
      { at: 108_000, from: 61_500, length: 38_500 },
    ]);
  });
  test("what is too short, or never ran, gives nothing", () => {
    expect(passesOf({ ...common, frames: 1000, anchors: [{ context: 1000, frame: 48_000 }] }).passes).toEqual([]);
    expect(passesOf({ ...common, frames: 100_000, anchors: [] }).passes).toEqual([]);
  });
});

describe("what a take is laid by, and what is said of it", () => {
  const take: RecordedTake = {
    anchors: [{ context: 1000, frame: 0 }],
    began: 1000,
    frames: 480_000,
    start: 0,
    told: undefined,
    measured: null,
    guessed: 960,
    gaps: 0,
  };
  const told = (fields: Partial<Alignment>): Alignment => ({ stretches: [{ from: 0, late: 4800 }], driftPerMinute: 0, told: 5, ...fields });
  const jumped = [
    { from: 0, late: 4800 },
    { from: 240_000, late: 5312 },
  ];
  test.each([
    ["its own sound", { told: told({}) }, 4800, { code: "record.checked", params: { ms: 100 } }],
    ["clocks that run apart", { told: told({ driftPerMinute: -240 }) }, 4800, { code: "record.drifts", params: { ms: -5 } }],
    ["a device that fell behind", { told: told({}), gaps: 10 }, 4800, { code: "record.gaps", params: { ms: 1 } }],
    ["the way that was measured", { told: told({ stretches: [] }), measured: 2400 }, 2400, { code: "record.unchecked", params: { ms: 50 } }],
    ["what the system says", {}, 960, { code: "record.guessed", params: { ms: 20 } }],
  ] as const)("%s", (_, fields, late, notice) => {
    const laid = laidTake({ ...take, ...fields }, true);
    expect(laid.notice).toEqual(notice);
    expect(laid.passes[0]).toMatchObject({ at: 0, from: late + MASTER_LATENCY });
  });
  test("nothing is cut without asking: a take whose delay jumped stays whole where most of it fits, and is cut on a yes", () => {
    const recorded = { ...take, told: told({ stretches: jumped.with(1, { from: 200_000, late: 5312 }) }) };
    const whole = laidTake(recorded, false);
    expect(whole).toMatchObject({ asks: true, sure: false, way: null, notice: { code: "record.jumped", params: { count: 1 } } });
    expect(whole.passes[0]?.pieces).toEqual([{ at: 0, from: 5312 + MASTER_LATENCY, length: 480_000 - 5312 - MASTER_LATENCY }]);
    const cut = laidTake(recorded, true);
    expect(cut).toMatchObject({ asks: false, sure: true, notice: { code: "record.mended", params: { count: 1 } } });
    expect(cut.passes[0]?.pieces).toMatchObject([{ from: 4800 + MASTER_LATENCY, length: 200_000 }, { from: 205_312 + MASTER_LATENCY }]);
  });
  test("a take is said to lie surely only where its own sound says it", () => {
    expect(laidTake({ ...take, told: told({}) }, false)).toMatchObject({ asks: false, sure: true });
    expect(laidTake({ ...take, told: told({ stretches: [] }), measured: 2400 }, false)).toMatchObject({ asks: false, sure: false });
  });
  test("a way is kept for next time only where all of a take told the same one, and more than once", () => {
    expect(laidTake({ ...take, told: told({}) }, false).way).toBe(4800);
    expect(laidTake({ ...take, told: told({ told: 1 }) }, false).way).toBeNull();
    expect(laidTake({ ...take, told: told({ stretches: jumped }) }, true).way).toBeNull();
    expect(laidTake(take, false).way).toBeNull();
  });
  test("takes are called by letters, and then by letters with a number", () => {
    expect([0, 1, 25, 26, 53].map(takeName)).toEqual(["A", "B", "Z", "A1", "B2"]);
  });
});

describe("a take in the document", () => {
  /** A track with a clip of its own from 0 to 48,000, and a take that was noted as it began. */
  function recording() {
    const document = new ProjectDocument();
    let track = "";
    document.edit("begin", (draft) => {
      track = addTrack(draft);
      draft.put({ id: "asset-old", kind: "asset", name: "old.wav", entry: "audio/old.wav", frames: 48_000, origin: "file" });
      draft.put({ ...newClip, id: "clip-old", track, asset: "asset-old", at: 0, from: 0, length: 48_000 });
      draft.put({ id: "asset-take", kind: "asset", name: "take.wav", entry: "audio/take.wav", frames: null, origin: "take" });
      draft.put({ id: "take-noted", kind: "take", track, asset: "asset-take", at: 24_000, from: 100, length: 1, name: "A" });
    });
    return { document, track };
  }
  const piece = { at: 24_000, from: 500, length: 96_000 };
  const laid: LaidTake = {
    passes: [{ ...piece, pieces: [piece] }],
    heard: 0,
    way: null,
    asks: false,
    sure: true,
    notice: { code: "record.checked", params: {} },
  };
  test("what was noted gives way to what is known, and what lay there is cut off", () => {
    const { document, track } = recording();
    document.edit("record", (draft) => layTake(draft, "asset-take", track, 100_000, laid));
    const { takes, clips, assets } = document.session;
    expect(takes).toMatchObject([{ ...piece, name: "A", asset: "asset-take" }]);
    expect(assets.get("asset-take")?.frames).toBe(100_000);
    expect(clips.map(({ asset, at, length }) => [asset, at, length]).sort()).toEqual([
      ["asset-old", 0, 24_000],
      ["asset-take", 24_000, 96_000],
    ]);
    expect(document.undo()).toBe(true);
    expect(document.session.clips).toHaveLength(1);
  });
  test("a take moved by ear sounds earlier or later where it lies, and never reaches beyond its own sound", () => {
    const { document, track } = recording();
    document.edit("record", (draft) => layTake(draft, "asset-take", track, 100_000, laid));
    const clip = () => document.session.clips.find((one) => one.asset === "asset-take");
    document.edit("slip", (draft) => shiftTake(draft, "asset-take", 480));
    expect(clip()).toMatchObject({ at: 24_000, from: 980, length: 96_000 });
    expect(document.session.takes).toMatchObject([{ at: 24_000, from: 980 }]);
    document.edit("slip", (draft) => shiftTake(draft, "asset-take", -9600));
    expect(clip()).toMatchObject({ at: 24_000, from: 0, length: 96_000 });
    document.edit("slip", (draft) => shiftTake(draft, "asset-take", 9600));
    expect(clip()).toMatchObject({ at: 24_000, from: 9600, length: 90_400 });
    expect(document.session.clips.find((one) => one.asset === "asset-old")).toMatchObject({ from: 0 });
  });
  test("of a take too short for any pass nothing is left", () => {
    const { document, track } = recording();
    document.edit("record", (draft) => layTake(draft, "asset-take", track, 1000, { ...laid, passes: [], heard: -1 }));
    expect(document.session.takes).toEqual([]);
    expect(document.session.assets.has("asset-take")).toBe(false);
    expect(document.session.clips).toHaveLength(1);
  });
  test("a take that was cut off gets its length, and sounds only where its track is free", () => {
    const { document } = recording();
    document.note((draft) => finishTake(draft, "asset-take", 72_100));
    expect(document.session.takes).toMatchObject([{ at: 24_000, from: 100, length: 72_000 }]);
    expect(document.session.clips).toHaveLength(1);
    const free = recording().document;
    free.edit("clear", (draft) => draft.remove("clip-old"));
    free.note((draft) => finishTake(draft, "asset-take", 72_100));
    expect(free.session.clips).toMatchObject([{ at: 24_000, from: 100, length: 72_000 }]);
  });
});
