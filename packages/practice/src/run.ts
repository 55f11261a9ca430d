import type { Seconds } from "@kuishi/base";
import type { Practice } from "./contract.ts";
import type { PassageRun } from "./memory.ts";

/** A run and what it went through of the master. */
export interface PlayedRun extends Omit<PassageRun, "at"> {
  readonly masterFromSec: Seconds;
  readonly masterToSec: Seconds;
}
/**
 * What is kept of a take that was compared: how much of it could be told, how much was right, how fast it was beside the master.
 * @returns null where nothing of the master was played.
 */
export function runOf({ pairs, passages }: Practice): PlayedRun | null {
  if (passages.length === 0) return null;
  const told = pairs.filter(({ master, verdict }) => master !== null && verdict !== "unsure");
  const mine = passages.reduce((sum, { takeFromSec, takeToSec }) => sum + takeToSec - takeFromSec, 0);
  const his = passages.reduce((sum, { masterFromSec, masterToSec }) => sum + masterToSec - masterFromSec, 0);
  return {
    tempo: mine > 0 ? his / mine : 1,
    told: told.length,
    right: told.filter(({ verdict }) => verdict === "right").length,
    masterFromSec: Math.min(...passages.map(({ masterFromSec }) => masterFromSec)),
    masterToSec: Math.max(...passages.map(({ masterToSec }) => masterToSec)),
  };
}

/** A stretch of the master, seconds or frames. */
interface Stretch {
  readonly from: number;
  readonly to: number;
}
/** What is played and what it is compared with share at least this, of both together. */
const SHARED = 0.6;
/** The passage that was played: the one that covers most of what was played and little else; undefined where none does. */
export function passagePlayed<P extends Stretch>(passages: readonly P[], played: Stretch): P | undefined {
  const share = ({ from, to }: Stretch): number =>
    Math.max(0, Math.min(to, played.to) - Math.max(from, played.from)) / Math.max(1e-9, Math.max(to, played.to) - Math.min(from, played.from));
  const [best] = [...passages].sort((a, b) => share(b) - share(a));
  return best && share(best) >= SHARED ? best : undefined;
}
