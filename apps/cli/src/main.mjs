// Keeps what Node makes of the sources between runs, then starts the command line. Not TypeScript itself: nothing can be kept for
// the first file, and stripping its types would load the whole stripper each time.
import { enableCompileCache } from "node:module";

enableCompileCache();
await import("./cli.ts");
