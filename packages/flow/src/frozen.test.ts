import { silent } from "@kuishi/base";
import { choicesOf, styles } from "@kuishi/blend";
import { runSeed } from "@kuishi/lab/seed";
import { memorySource } from "@kuishi/media";
import { kernelModule } from "@kuishi/signal/node";
import { expect, test } from "vitest";
import { type Frozen, frozen, ownSounds, thawed } from "./frozen.ts";
import { type Host, hearAny, prepareBlend } from "./index.ts";
import { copyForTransfer } from "./session.ts";

const ABC = `X:1\nT:a\nM:2/4\nL:1/8\nQ:1/4=110\nK:Ddor\n${"DFAc d2cA | GAFG D2D2 | FGAc dcAG | FDEC D4 |\n"}`;
const host: Host = { kernels: kernelModule(), clock: () => 0 };

test("a blend is the same after it was kept as text, moved or not", async () => {
  const file = await hearAny(host, "a.abc", memorySource(new TextEncoder().encode(ABC)), { seed: 3 }, silent);
  const names = [...styles.keys()];
  const style = names[runSeed % names.length]!;
  for (const change of [{ clean: false }, { clean: false, transpose: 150, follow: "grid" as const }]) {
    const prepared = await prepareBlend(host, file, { choices: { ...choicesOf(style, 7), ...change } }, silent);
    const text = JSON.stringify(frozen(prepared));
    expect(thawed(JSON.parse(text) as Frozen, file, copyForTransfer(ownSounds(prepared))), style).toEqual(prepared);
    expect(ownSounds(prepared).has("recording")).toBe("transpose" in change);
  }
});
