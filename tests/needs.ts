import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { chromiumPath, hasPulse } from "@kuishi/lab";

const home = join(import.meta.dirname, "..");
/** Recordings and benchmark that lie beside the project on developers' machines. */
export const shared = (...path: string[]): string => join(home, "..", "shared", ...path);

const has = (command: string): boolean => {
  try {
    execFileSync(command, ["-version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
};
/** What a test needs; under CI a lack is a failure, elsewhere the test is skipped with a message. */
const present = { shared: existsSync(shared("data")), chromium: chromiumPath() !== undefined, ffmpeg: has("ffmpeg"), pulse: hasPulse() };
export function lacks(...needs: (keyof typeof present)[]): boolean {
  const missing = needs.filter((need) => !present[need]);
  if (missing.length === 0) return false;
  if (process.env["CI"]) throw new Error(`under CI these must be there: ${missing.join(", ")}`);
  console.warn(`skipped for want of ${missing.join(", ")}`);
  return true;
}
