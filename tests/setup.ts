import { runSeed } from "@kuishi/lab/seed";
import fc from "fast-check";

// Properties are drawn from the run's seed as all else is; fast-check itself says seed and path of a failure.
fc.configureGlobal({ seed: runSeed });
