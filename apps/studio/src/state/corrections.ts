import { type Locks, noLocks } from "@kuishi/score";
import { createEffect, createMemo, createRoot, on, untrack } from "solid-js";
import { ask } from "./ear.ts";
import { session } from "./project.ts";
import { isOpening, keepHeard, showTune, tune } from "./tune.ts";

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
/** Corrections of the open project, as the ear takes them. */
export const locks = createRoot(() =>
  createMemo<Locks>(
    () => {
      const { strokes, bars, song } = session();
      return {
        ...noLocks,
        strokes: strokes.map(({ at, notes }) => ({ at, notes: notes.map((one) => ({ ...one })) })),
        bars: bars.map(({ at, groups }) => ({ at, ...(groups.length > 0 ? { groups: [...groups] } : {}) })),
        open: [...song.open],
        ...(song.tonicCents === null ? {} : { tonicCents: song.tonicCents }),
      };
    },
    noLocks,
    { equals: same },
  ),
);
/** Lines drawn by hand. */
export const lines = createRoot(() => createMemo(() => session().lines, [], { equals: same }));

// What the listener corrected is heard at once, also when a correction is taken back.
createRoot(() =>
  createEffect(
    on(
      [locks, lines],
      async ([now, drawn]) => {
        if (isOpening() || !untrack(tune)) return;
        const heard = await ask("structure", { do: "correct", locks: now, lines: drawn });
        const own = untrack(tune);
        if (!heard || !own) return;
        showTune({ ...own, heard });
        await keepHeard(heard);
      },
      { defer: true },
    ),
  ),
);
