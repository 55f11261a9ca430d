import { defineConfig } from "vitest/config";

// One seed for every test of a run that draws anything: set it to repeat a red run.
process.env["KUISHI_SEED"] ??= String(Math.floor(Math.random() * 1e6));
console.log(`KUISHI_SEED=${process.env["KUISHI_SEED"]}`);

/** What would be disturbed by a neighbour: sound devices and the clock are one for all. */
const ALONE = ["tests/live.test.ts", "tests/recording.test.ts"];
// A whole run that fails is tried once more: `tools/test.mjs` names what only the second try passed, as something to mend.
const long = { testTimeout: 600_000, hookTimeout: 600_000, setupFiles: ["tests/setup.ts"], retry: 1 };
const setupFiles = ["tests/setup.ts"];
export default defineConfig({
  test: {
    coverage: {
      provider: "v8",
      include: ["packages/*/src/**/*.ts"],
      exclude: ["**/*.test.ts", "**/index.ts", "**/testing.ts"],
      reporter: ["text-summary", "json-summary"],
      reportsDirectory: "out/coverage",
      // lines that the unit tests reach may not fall below these, in percent
      thresholds: Object.fromEntries(
        Object.entries({ base: 82, draw: 64, score: 94, tuning: 85, words: 99 }).map(([name, lines]) => [`packages/${name}/src/**`, { lines }]),
      ),
    },
    projects: [
      { test: { name: "unit", include: ["{packages,apps}/*/src/**/*.test.ts"], testTimeout: 60_000, setupFiles } },
      // whole runs of the command line and the page: two at a time, each mostly keeps one core
      { test: { name: "whole", include: ["tests/**/*.test.ts"], exclude: ALONE, ...long, maxWorkers: 2, sequence: { groupOrder: 1 } } },
      // those that listen in real time or hold all of a disk, one after the other
      { test: { name: "alone", include: ALONE, ...long, fileParallelism: false, sequence: { groupOrder: 2 } } },
    ],
  },
});
