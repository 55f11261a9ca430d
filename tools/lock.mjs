// Takes the registry's address out of package-lock.json: every machine uses its own registry.
// Run after `npm install --omit-lockfile-registry-resolved=false`, which lists every platform's packages.
import { readFileSync, writeFileSync } from "node:fs";

const lock = JSON.parse(readFileSync("package-lock.json", "utf8"));
for (const entry of Object.values(lock.packages)) if (String(entry.resolved ?? "").startsWith("http")) delete entry.resolved;
writeFileSync("package-lock.json", `${JSON.stringify(lock, null, 2)}\n`);
