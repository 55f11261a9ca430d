import { Complaint } from "@kuishi/base";
import { heardFromText } from "@kuishi/score";
import { strToU8, zipSync } from "fflate";
import { expect, test } from "vitest";
import { canonicalJson, openBundle, Project, packBundle } from "./project.ts";

const project = Project.parse({
  kuishi: "project/1",
  provenance: { title: "Балбырауын", composer: "Құрманғазы" },
  recording: { entry: "audio/a.flac", name: "a.flac", fromSec: 0, toSec: null },
  heard: heardFromText("2+2/8 | d0 d2 d3 d5"),
  style: "lo-fi",
  seed: 4,
  loudness: -14,
});
const bundle = { project, files: new Map([["audio/a.flac", Uint8Array.of(1, 2, 3)]]) };
const codeOf = (bytes: Uint8Array): string => {
  try {
    openBundle(bytes);
  } catch (error) {
    if (error instanceof Complaint) return error.code;
    throw error;
  }
  return "opened";
};

test("a bundle comes back as it was, byte for byte the same each time", () => {
  const bytes = packBundle(bundle);
  expect(packBundle(bundle)).toEqual(bytes);
  expect(openBundle(bytes)).toEqual(bundle);
});
test("canonical JSON does not depend on the order of making", () => {
  expect(canonicalJson({ b: 1, a: [{ d: 2, c: null }] })).toBe('{"a":[{"c":null,"d":2}],"b":1}');
});
test("hostile and broken bundles are told apart", () => {
  expect(codeOf(Uint8Array.of(0x50, 0x4b, 3, 4, 9, 9))).toBe("project.zip");
  expect(codeOf(strToU8("hello"))).toBe("project.zip");
  expect(codeOf(zipSync({ "x.txt": strToU8("x") }))).toBe("project.missing");
  expect(codeOf(zipSync({ "project.json": strToU8("{") }))).toBe("project.json");
  expect(codeOf(zipSync({ "project.json": strToU8('{"kuishi":"project/9"}') }))).toBe("project.newer");
  expect(codeOf(zipSync({ "project.json": strToU8(canonicalJson({ ...project, seed: "x" })) }))).toBe("project.invalid");
  expect(codeOf(zipSync({ "project.json": strToU8(canonicalJson(project)), "../../evil": strToU8("x") }))).toBe("opened");
  const cut = packBundle(bundle);
  for (let at = 0; at < cut.length; at += 37) expect(["project.zip", "project.missing", "project.json", "opened"]).toContain(codeOf(cut.subarray(0, at)));
});
test("a zip that would swell beyond a gigabyte is not opened", () => {
  // The size that the directory promises is what counts: patch it to 2 GiB.
  const bytes = zipSync({ "project.json": strToU8("{}") });
  const at = bytes.findIndex((_, i) => bytes[i] === 0x50 && bytes[i + 1] === 0x4b && bytes[i + 2] === 1 && bytes[i + 3] === 2);
  new DataView(bytes.buffer).setUint32(at + 24, 0x7fffffff, true);
  expect(codeOf(bytes)).toBe("project.huge");
});
