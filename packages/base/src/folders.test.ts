import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { makeFolders } from "./folders.ts";

test("what is missing of a path is made and told; where that fails nothing is left", () => {
  const home = mkdtempSync(join(tmpdir(), "kuishi-"));
  try {
    const [a, b] = [join(home, "a"), join(home, "a", "b")];
    expect(makeFolders(b)).toEqual([a, b]);
    expect(makeFolders(b)).toEqual([]);
    writeFileSync(join(home, "file"), "");
    expect(() => makeFolders(join(home, "file", "x"))).toThrow();
    mkdirSync(join(home, "c"));
    expect(() => makeFolders(join(home, "c", "n".repeat(20), "n".repeat(400)))).toThrow();
    expect(existsSync(join(home, "c", "n".repeat(20)))).toBe(false);
  } finally {
    rmSync(home, { recursive: true });
  }
});
test.skipIf(process.platform !== "linux")("a folder that takes no children is refused, not waited for", () => {
  expect(() => makeFolders("/proc/kuishi/x")).toThrow();
});
