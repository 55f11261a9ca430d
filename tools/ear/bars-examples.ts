// Composes tunes, thinks of every way to bar them, and writes what tells for each beside how right it is: what bars-fit.py fits the weights to.
//   node tools/ear/bars-examples.ts FOLDER COUNT [SEED]
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Random, type Seconds, seeded } from "@kuishi/base";
import { centsAt, composeTune, drawLute, matched } from "@kuishi/lab/lute";
import { modes } from "@kuishi/tuning";
import { hypotheses } from "../../packages/listen/src/barring.ts";
import { barsOf } from "../../packages/listen/src/cycles.ts";
import { timeOfSlot } from "../../packages/listen/src/followed-pulses.ts";
import { marksOf } from "../../packages/listen/src/marks.ts";
import type { MeasuredStroke } from "../../packages/listen/src/notes.ts";
import { type Barred, composeKui, type HeardLike, misheard } from "./kui.ts";

const [folder, count = "60", seed = "9000"] = process.argv.slice(2);
if (!folder) throw new Error("usage: node tools/ear/bars-examples.ts FOLDER COUNT [SEED]");

const TURNS = ["2+2", "2+3", "3+2+2", "2+2 2+2+2", "2+2+2", "3+3", "2+2+3", "3+2", "2+2 2+2 2+2+2", "3+3+2", "2+3+2", "2+2+2+2", "2+3+3", "2+3 2+2"].map(
  (turn) => turn.split(" ").map((bar) => bar.split("+").map(Number)),
);

/** A tune whose bar lines are struck hardest, as the ear would hear it. */
function stressedTune(random: Random, index: number): Barred {
  const lute = drawLute(random, { stray: 12, interval: random.pick([498, 498, 702]) });
  const wish = { bars: TURNS[index % TURNS.length]!, mode: random.pick([...modes]), seconds: random.between(18, 32), pulse: random.between(0.16, 0.32) };
  const tune = composeTune(random, lute, { ...wish, rubato: random.between(0, 0.06) });
  const strokes = tune.strokes.map(({ at, direction }): HeardLike => {
    const own = tune.touches.filter((touch) => Math.abs(touch.at - at) < 0.025);
    return {
      at,
      strength: Math.max(0.1, ...own.map(({ velocity }) => velocity)),
      tap: false,
      leftHand: false,
      pitches: own.map(({ string, fret }) => ({ cents: centsAt(lute.strings[string]!, fret), string, pitch: string * 40 + Math.round(fret) })),
      direction,
    };
  });
  return { seconds: tune.seconds, strokes: misheard(random, strokes), bars: tune.bars, beats: tune.beats };
}

const f1 = (a: readonly Seconds[], b: readonly Seconds[]): number =>
  matched(
    a.map((at) => ({ at })),
    b.map((at) => ({ at })),
    0.07,
  ).f;

function write(name: string, { seconds, strokes, bars, beats }: Barred): void {
  const candidate = { at: 0 } as MeasuredStroke["candidate"];
  const measured = strokes.map(
    (stroke): MeasuredStroke => ({
      ...stroke,
      candidate,
      pitches: stroke.pitches.map((pitch) => ({ ...pitch, fret: pitch.pitch, sure: 1, stringSure: 1 })),
    }),
  );
  const all = hypotheses(marksOf(measured), seconds);
  const names = Object.keys(all[0]?.features ?? {});
  const right = all.map(({ grid, cycle, turn, shift }) => {
    const own = barsOf(grid, cycle, turn, shift).map((bar) => ({ at: timeOfSlot(grid, bar.slot), bar }));
    const found = own.flatMap(({ bar }) => {
      let slot = bar.slot;
      return bar.groups.map((group) => {
        const at = timeOfSlot(grid, slot);
        slot += group * grid.perPulse;
        return at;
      });
    });
    const groups = matched(
      bars,
      own.map(({ at, bar }) => ({ at, groups: bar.groups })),
      0.08,
      (a, b) => a.groups.join() === b.groups.join(),
    ).hits.length;
    return (
      (f1(
        bars.map(({ at }) => at),
        own.map(({ at }) => at),
      ) +
        groups / bars.length +
        f1(beats, found)) /
      3
    );
  });
  writeFileSync(
    join(folder!, `${name}.json`),
    JSON.stringify({ names, right, rows: all.map(({ features }) => names.map((one) => Number(features[one]!.toPrecision(6)))) }),
  );
}

mkdirSync(folder, { recursive: true });
for (let k = 0; k < Number(count); k++) {
  write(`kui-${k}`, composeKui(seeded(Number(seed) + k, "kui")));
  write(`stressed-${k}`, stressedTune(seeded(Number(seed) + k, "stressed"), k));
}
