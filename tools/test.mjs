// Runs every test and closes with one plain line: N passed, N failed, N skipped.
import { spawnSync } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";

// every test that draws, draws from this seed
process.env.KUISHI_SEED ??= String(Math.floor(Math.random() * 1e6));
const report = join("out", "tests.json");
rmSync(report, { force: true });
const vitest = join("node_modules", "vitest", "vitest.mjs");
const run = spawnSync(process.execPath, [vitest, "run", "--reporter=default", "--reporter=json", `--outputFile.json=${report}`, ...process.argv.slice(2)], {
  stdio: "inherit",
});
let code = run.status ?? 1;
try {
  const result = JSON.parse(readFileSync(report, "utf8"));
  const skipped = result.numPendingTests + (result.numTodoTests ?? 0);
  const failedSuites = result.testResults.filter((suite) => suite.status === "failed" && suite.assertionResults.length === 0).length;
  if (process.env.CI && skipped > 0) {
    console.error("Under CI nothing may be skipped.");
    code = 1;
  }
  for (const suite of result.testResults)
    for (const one of suite.assertionResults)
      if (one.status === "passed" && one.failureMessages.length > 0)
        console.log(`FLAKY, passed only at the second try, to be mended: ${one.fullName}\n${one.failureMessages.join("\n")}`);
  console.log(`${result.numPassedTests} passed, ${result.numFailedTests + failedSuites} failed, ${skipped} skipped`);
} catch {
  console.log("0 passed, 1 failed, 0 skipped");
  code = code || 1;
}
if (code !== 0) console.log(`KUISHI_SEED=${process.env.KUISHI_SEED} repeats this run`);
process.exit(code);
