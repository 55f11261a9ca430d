import { appendFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { type Random, seeded } from "@kuishi/base";
import { Bot, Site, Visitor } from "./site.ts";

/** What came of killing a server again and again. */
interface Kills {
  readonly acknowledged: number;
  /** Acknowledged, and not there when the server was started again. */
  readonly lost: readonly string[];
  /** Bytes that were written and not synced when the server died, and were dropped, all or some. */
  readonly droppedBytes: number;
}
const EDITORS = 3;
/** Changes that heavy bring a log to where it is written anew within a second. */
const HEAVY_BYTES = 8000;

/**
 * Kills a server at random moments while people edit, takes from its files what it had not synced (all of it, or some, or
 * leaves the rest of a torn record), starts it again, and looks for everything that it had acknowledged.
 */
export async function kills(runs: number, seed: number): Promise<Kills> {
  const random = seeded(seed, "kills");
  const folder = mkdtempSync(join(tmpdir(), "kuishi-kills-"));
  const data = join(folder, "data");
  const synced = join(folder, "synced");
  const preload = pathToFileURL(join(import.meta.dirname, "unsynced.mjs")).href;
  const start = (port: number): Promise<Site> => Site.start(data, port, preload, { KUISHI_SYNCED: synced });
  writeFileSync(synced, "");
  let site = await start(0);
  const { port } = site;
  const host = new Visitor(site.url);
  await host.join(site.owner, "host");
  const lost: string[] = [];
  let [acknowledged, droppedBytes] = [0, 0];
  try {
    for (let run = 0; run < runs; run++) {
      const { id: project } = await host.ask<{ id: string }>("/api/projects");
      const acked = await editUntilKilled(site, host, project, random);
      droppedBytes += dropUnsynced(data, synced, random);
      site = await start(port);
      const there = await markersOf(host, project);
      lost.push(...[...acked].filter((id) => !there.has(id)));
      acknowledged += acked.size;
    }
  } finally {
    await site.end("SIGKILL");
    rmSync(folder, { recursive: true });
  }
  return { acknowledged, lost, droppedBytes };
}

/** @returns the edits that were acknowledged before the server died. */
async function editUntilKilled(site: Site, host: Visitor, project: string, random: Random): Promise<ReadonlySet<string>> {
  const acked = new Set<string>();
  const isHeavy = random.chance(0.3);
  const bots = Array.from({ length: EDITORS }, (_, k) => {
    let made: string[] = [];
    const bot = new Bot((safety) => {
      if (safety !== "safe") return;
      for (const id of made) acked.add(id);
      made = [];
    });
    const edit = (n: number): void => {
      const id = `marker-${project}-${k}-${n}`;
      made.push(id);
      bot.mark(id);
      if (isHeavy) bot.weigh(`x-${id}`, HEAVY_BYTES);
    };
    return { bot, edit };
  });
  // one account may have several lines: here they are one person's
  for (const { bot } of bots) bot.connect(host.line(project));
  for (const { bot } of bots) await bot.safe();
  const dies = performance.now() + random.between(0, 1200);
  for (let n = 0; performance.now() < dies; n++) {
    for (const { edit } of bots) edit(n);
    await sleep(random.int(0, 8));
  }
  await site.end("SIGKILL");
  for (const { bot } of bots) bot.close();
  return acked;
}
async function markersOf(host: Visitor, project: string): Promise<ReadonlySet<string>> {
  const bot = new Bot();
  bot.connect(host.line(project));
  await bot.safe();
  const there = new Set(bot.document.session.markers.map(({ id }) => id));
  bot.close();
  return there;
}

/** What a power cut may do to files that grow: whatever was not synced may be gone, or be there in part, or be zeros. @returns bytes taken. */
function dropUnsynced(data: string, synced: string, random: Random): number {
  const sizes = new Map<string, number>();
  for (const line of readFileSync(synced, "utf8").split("\n")) if (line) sizes.set(...(JSON.parse(line) as [string, number]));
  let taken = 0;
  for (const name of readdirSync(data, { recursive: true, encoding: "utf8" })) {
    const path = join(data, name);
    if (!/journal-\d+$/.test(name) || !existsSync(path)) continue;
    const { size } = statSync(path);
    const safe = sizes.get(path) ?? 0;
    if (size > safe) {
      const left = random.chance(0.5) ? safe : random.int(safe, size);
      truncateSync(path, left);
      taken += size - left;
    } else if (random.chance(0.3)) appendFileSync(path, tail(random));
  }
  return taken;
}
/** What a crash may leave behind the last record: zeros, or the beginning of one that was longer. */
function tail(random: Random): Uint8Array {
  const bytes = new Uint8Array(random.int(1, 40));
  if (random.chance(0.5)) for (let k = 0; k < bytes.length; k++) bytes[k] = k === 0 ? 200 : random.int(0, 255);
  return bytes;
}
