import { readFileSync } from "node:fs";
import { silent } from "@kuishi/base";
import { choicesOf } from "@kuishi/blend";
import { arrangementReport, atLoudness, frozen, hearFile, ownSounds, prepareBlend } from "@kuishi/flow";
import { memorySource } from "@kuishi/media";
import { kernelModule } from "@kuishi/signal/node";

/** Style of the example as the studio opens on it: one that plays nothing but the recording itself beside our instruments. */
const STYLE = "orchestral-quart-quint";

/** The example heard and blended, so that a page that opens has something to play at once. */
export async function opening(path: string): Promise<{ readonly opening: string; readonly frozen: string }> {
  const host = { kernels: kernelModule(), clock: () => 0 };
  const file = await hearFile(host, memorySource(new Uint8Array(readFileSync(path))), {}, silent);
  // hiss is left in: without it the recording would be another sound
  const choices = { ...choicesOf(STYLE, 1), clean: false };
  const blend = await prepareBlend(host, file, { choices }, silent);
  const strange = ownSounds(blend);
  if (strange.size > 0) throw new Error(`the opening would need sounds of its own: ${[...strange.keys()].join(", ")}`);
  const plan = await atLoudness(host, blend.plan, blend.clips, -14, silent);
  const heard = { ...file.heard, elapsedSec: 0 };
  return {
    opening: JSON.stringify({ heard, choices, plan, report: arrangementReport(file.heard, blend) }),
    frozen: JSON.stringify({ ...frozen(blend), original: heard }),
  };
}
