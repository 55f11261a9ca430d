#!/usr/bin/env node
// Starts the server on the project's own Node; the page is built where it is missing.
import { buildPage } from "../../cli/src/build.mjs";
import { handOver, suits } from "../../cli/src/node.mjs";

if (suits()) {
  await buildPage();
  await import("./command.ts");
} else handOver();
