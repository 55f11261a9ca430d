import { RECORDING_TRACK, type Take, type Track } from "@kuishi/project";
import { expect, test } from "vitest";
import { type RowsFrom, rowsOf, topsOf } from "./rows.ts";

const track = (id: string, order: number): Track => ({ id, kind: "track", name: `name of ${id}`, order });
const take = (id: string, of: string): Take => ({ id, kind: "take", track: of, asset: "a", at: 0, from: 0, length: 1, name: id });
const from = (fields: Partial<RowsFrom> & { tracks?: readonly Track[]; takes?: readonly Take[] }): RowsFrom => ({
  session: { tracks: [...(fields.tracks ?? [])], takes: [...(fields.takes ?? [])] },
  strips: [],
  open: new Set(),
  recording: "Recording",
  ...fields,
});
const ids = (rows: ReturnType<typeof rowsOf>): string[] => rows.map((row) => `${row.kind} ${row.id}`);

test("the recording has its row before anything was done to it, and keeps it where it stands afterwards", () => {
  expect(ids(rowsOf(from({ tracks: [track("t1", 1)] })))).toEqual(["form form", `clips ${RECORDING_TRACK}`, "clips t1"]);
  expect(ids(rowsOf(from({ tracks: [track("t1", 1), track(RECORDING_TRACK, 2)] })))).toEqual(["form form", "clips t1", `clips ${RECORDING_TRACK}`]);
});
test("tracks are called by their names, the recording's by its word", () => {
  const rows = rowsOf(from({ tracks: [track("t1", 1), track(RECORDING_TRACK, 2)] }));
  expect(rows.flatMap((row) => (row.kind === "clips" ? [row.name] : []))).toEqual(["name of t1", "Recording"]);
});
test("takes stand under their own track, where they are shown", () => {
  const made = { tracks: [track("t1", 1), track("t2", 2)], takes: [take("A", "t1"), take("B", "t2"), take("C", "t1")] };
  expect(ids(rowsOf(from({ ...made, open: new Set(["t1"]) })))).toEqual(["form form", `clips ${RECORDING_TRACK}`, "clips t1", "take A", "take C", "clips t2"]);
});
test("a strip of the plan is a part, unless it is a track's", () => {
  const strips = [{ id: RECORDING_TRACK }, { id: "t1" }, { id: "kick" }];
  expect(ids(rowsOf(from({ tracks: [track("t1", 1)], strips })))).toEqual(["form form", `clips ${RECORDING_TRACK}`, "clips t1", "part kick"]);
});
test("rows lie below each other without a gap", () => {
  const rows = rowsOf(from({ tracks: [track("t1", 1)], takes: [take("A", "t1")], open: new Set(["t1"]), strips: [{ id: "kick" }] }));
  const tops = topsOf(rows);
  expect(tops).toHaveLength(rows.length + 1);
  rows.forEach((row, k) => expect(tops[k + 1]! - tops[k]!).toBe(row.height));
});
