/**
 * Seed of this run of tests: `KUISHI_SEED` where it is set (Vitest's configuration draws and prints one for the whole run), else drawn now.
 * Tests that draw take it, and say it in their names: `KUISHI_SEED=… npx vitest run …` repeats a red run.
 */
export const runSeed: number = Number(process.env["KUISHI_SEED"] ?? Math.floor(performance.timeOrigin % 1e6));
/** How to repeat this run, for a test's name or a message. */
export const seedNote: string = `KUISHI_SEED=${runSeed}`;
