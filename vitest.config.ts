import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    projects: [
      { test: { name: "unit", include: ["packages/*/src/**/*.test.ts"], testTimeout: 60_000 } },
      // whole runs of the command line and the page; one at a time, they want both cores
      { test: { name: "whole", include: ["tests/**/*.test.ts"], testTimeout: 600_000, hookTimeout: 600_000, fileParallelism: false } },
    ],
  },
});
