// Together in figures: nothing acknowledged is lost, how soon a change is safe and seen, fifty editors, hostile changes.
// npm run bench:together -- [kills] [hostile changes]
import { mkdtempSync, rmSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { seeded } from "@kuishi/base";
import { ProjectDocument } from "@kuishi/project/document";
import { checksumOf, hashOf } from "@kuishi/sync";
import type { LogRecord } from "../apps/server/src/log.ts";
import { Reader } from "../apps/server/src/reader.ts";
import { kills } from "./together/kills.ts";
import { Bot, Site, Visitor } from "./together/site.ts";

const seed = Number(process.env["KUISHI_SEED"] ?? Math.floor(Math.random() * 1e6));
const [runs, changes] = [Number(process.argv[2] ?? 100), Number(process.argv[3] ?? 20_000)];
const row = (figure: string, value: string | number, asked: string): void => console.log(`${figure.padEnd(58)} ${String(value).padEnd(26)} ${asked}`);
const ms = (values: readonly number[]): string => {
  const inOrder = [...values].sort((a, b) => a - b);
  const at = (share: number): string => `${Math.round(inOrder[Math.floor((inOrder.length - 1) * share)] ?? 0)} ms`;
  return `${at(0.5)}, 95 % ${at(0.95)}`;
};

/** How soon a change is on the server's disk, and how soon a partner sees it, over the loopback. */
async function latency(host: Visitor): Promise<void> {
  const { id: project } = await host.ask<{ id: string }>("/api/projects");
  const partner = await host.invited(project, "editor", "partner");
  const [one, two] = [new Bot(), new Bot()];
  one.connect(host.line(project));
  two.connect(partner.line(project));
  await Promise.all([one.safe(), two.safe()]);
  const safe: number[] = [];
  const seen: number[] = [];
  for (let k = 0; k < 300; k++) {
    const from = performance.now();
    const id = `marker-${k}`;
    const there = new Promise<void>((resolve) => {
      const off = two.document.subscribe(({ markers }) => {
        if (!markers.some((marker) => marker.id === id)) return;
        seen.push(performance.now() - from);
        off();
        resolve();
      });
    });
    one.mark(id);
    await one.safe();
    safe.push(performance.now() - from);
    await there;
    await sleep(10);
  }
  row("a change is on the server's disk, half of them", ms(safe), "95 % within 150 ms");
  row("a partner sees it, half of them", ms(seen), "95 % within 60 ms");
  for (const bot of [one, two]) bot.close();
}

/** Fifty editors, each cut off now and then. */
async function fifty(site: Site, host: Visitor): Promise<void> {
  const random = seeded(seed, "fifty");
  const { id: project } = await host.ask<{ id: string }>("/api/projects");
  const people = await Promise.all(
    Array.from({ length: 5 }, async (_, k) => {
      const { token } = await host.ask<{ token: string }>(`/api/projects/${project}/links`, { role: "editor", hours: 1, uses: 10 });
      const visitor = new Visitor(site.url);
      await visitor.join(token, `player ${k}`);
      return visitor;
    }),
  );
  const bots = Array.from({ length: 50 }, (_, k) => ({ bot: new Bot(), visitor: people[k % people.length]! }));
  const from = performance.now();
  for (const { bot, visitor } of bots) bot.connect(visitor.line(project));
  for (let step = 0; step < 600; step++) {
    const { bot, visitor } = random.pick(bots);
    if (random.chance(0.05)) {
      bot.cut();
      bot.connect(visitor.line(project));
    }
    bot.mark(`marker-${random.int(0, 60)}`, `${step}`);
    if (step % 10 === 0) await sleep(5);
  }
  // those that were refused at the door for coming too often come again
  for (const { bot, visitor } of bots)
    if (bot.safety === "offline") {
      bot.cut();
      bot.connect(visitor.line(project));
    }
  await Promise.all(bots.map(({ bot }) => bot.safe()));
  const sums = (): Set<string> => new Set(bots.map(({ bot }) => checksumOf(bot.document)));
  for (let tries = 0; sums().size > 1 && tries < 100; tries++) await sleep(100);
  row("editors at once, ending with as many checksums", `50: ${sums().size}`, "50: 1");
  row("600 changes by 50, seen by all", `${((performance.now() - from) / 1000).toFixed(1)} s`, "");
  for (const { bot } of bots) bot.close();
}

/** Changes that are damaged or forged, and sent by somebody with a right to edit. */
async function hostile(count: number): Promise<void> {
  const random = seeded(seed, "hostile");
  const records: LogRecord[] = [];
  const reader = new Reader(async () => records);
  const honest = new ProjectDocument();
  for (let k = 0; k < 40; k++) honest.edit("marker", (draft) => draft.put({ id: `marker-${k}`, kind: "marker", at: k, name: `${k}` }));
  const state = honest.state();
  await reader.take("p", state, "a");
  records.push({ seq: 1, by: "a", sha256: hashOf(state), update: state });
  const { writers } = await reader.snapshot("p");
  let [stopped, taken, slowest] = [0, 0, 0];
  for (let k = 0; k < count; k++) {
    const bytes = Uint8Array.from(state);
    for (let flips = random.int(1, 4); flips > 0; flips--) bytes[random.int(0, bytes.length - 1)] = random.int(0, 255);
    const from = performance.now();
    const verdict = await reader.take("p", bytes, "hostile").catch(() => "stopped" as const);
    slowest = Math.max(slowest, performance.now() - from);
    if (verdict === "stopped") stopped++;
    if (verdict !== "new") continue;
    taken++;
    records.push({ seq: records.length + 1, by: "hostile", sha256: hashOf(bytes), update: bytes });
  }
  const after = (await reader.snapshot("p")).writers;
  const wrong = Object.keys(writers).filter((writer) => after[writer] !== "a").length;
  row(`hostile changes: thread ended, taken under another's name`, `${stopped}, ${wrong} of ${count}`, "0, 0");
  row("hostile changes: taken as their sender's own; slowest", `${taken}; ${Math.round(slowest)} ms`, "250 ms");
  await reader.close();
}

console.log(`KUISHI_SEED=${seed}, ${cpus().length} cores, load ${loadavg()[0]?.toFixed(1)}\n`);
const folder = mkdtempSync(join(tmpdir(), "kuishi-together-"));
try {
  let from = performance.now();
  let site = await Site.start(folder, 0);
  row("server start, empty folder", `${((performance.now() - from) / 1000).toFixed(1)} s`, "8 s");
  const host = new Visitor(site.url);
  await host.join(site.owner, "host");
  await latency(host);
  await fifty(site, host);
  const { port } = site;
  await site.end("SIGTERM");
  from = performance.now();
  site = await Site.start(folder, port);
  row("server start, again", `${((performance.now() - from) / 1000).toFixed(1)} s`, "3 s");
  await site.end("SIGTERM");
} finally {
  rmSync(folder, { recursive: true });
}
await hostile(changes);
const { acknowledged, lost, droppedBytes } = await kills(runs, seed);
row(`acknowledged edits lost in ${runs} kills`, `${lost.length} of ${acknowledged}`, "0");
row("bytes that were not synced and were dropped", droppedBytes, "");
if (lost.length > 0) process.exitCode = 1;
