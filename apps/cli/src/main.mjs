#!/usr/bin/env node
// Keeps what Node makes of the sources between runs, then starts the command line. Not TypeScript itself: nothing can be kept for
// the first file, and stripping its types would load the whole stripper each time.
import * as module from "node:module";
import { handOver, suits } from "./node.mjs";

if (suits()) {
  module.enableCompileCache();
  const { buildKernels } = await import("./build.mjs");
  await buildKernels();
  await import("./cli.ts");
} else handOver();
