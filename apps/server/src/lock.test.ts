import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Complaint } from "@kuishi/base";
import { expect, test } from "vitest";
import { lockFolder } from "./lock.ts";

test("a folder is taken by one, given back, and where it cannot be made that is a complaint, at once", () => {
  const home = mkdtempSync(join(tmpdir(), "kuishi-"));
  try {
    const folder = join(home, "new", "data");
    const unlock = lockFolder(folder);
    expect(() => lockFolder(folder)).toThrow(Complaint);
    unlock();
    expect(readdirSync(folder)).toEqual([]);
    // a number that belongs to no process, and words that are torn
    for (const left of [JSON.stringify({ pid: 2 ** 30, start: "1" }), '{"pid":']) {
      writeFileSync(join(folder, "server.lock"), left);
      lockFolder(folder)();
      expect(existsSync(join(folder, "server.lock"))).toBe(false);
    }
    writeFileSync(join(home, "file"), "");
    expect(() => lockFolder(join(home, "file"))).toThrow(Complaint);
    if (process.platform === "linux") expect(() => lockFolder("/proc/kuishi/data")).toThrow(Complaint);
  } finally {
    rmSync(home, { recursive: true });
  }
});
