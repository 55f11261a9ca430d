// Loaded into a child process: writes its greatest resident memory, MiB, when it ends.
import { writeFileSync } from "node:fs";

process.on("exit", () => writeFileSync(process.env.KUISHI_MEMORY_FILE, String(process.resourceUsage().maxRSS / 1024)));
