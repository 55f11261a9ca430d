// Measures the page in Chromium: how large it is at first, how soon it sounds, what it costs the main thread, what it keeps.
//   npm run bench:studio [-- MINUTES]     (needs Chromium; PulseAudio for a true sound device; minutes of simulated use, 60)
// Floors stand beside the figures. Times are of this machine.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { median, seeded } from "@kuishi/base";
import { chromiumPath, hasPulse, keepMeasures, serveFolder, startChromium, startLoop } from "@kuishi/lab";
import { wavBytes, wavHeader } from "@kuishi/media";
import { emptySong, packBundle } from "@kuishi/project";
import { type Heard, heardFromText } from "@kuishi/score";
import type { Browser, Page } from "playwright-core";

const dist = join(import.meta.dirname, "..", "apps", "studio", "dist");
const folder = mkdtempSync(join(tmpdir(), "kuishi-bench-"));
const minutes = Number(process.argv[2] ?? 60);
const row = (name: string, value: string, floor: string): void => console.log(`${name.padEnd(58)} ${value.padStart(22)}   ${floor}`);
if (!chromiumPath()) {
  console.log("bench:studio: skipped (needs Chromium)");
  process.exit(0);
}

/** Ten minutes with ten thousand notes, as a bundle. */
function large(): Buffer {
  const seconds = 600;
  const random = seeded(3, "large");
  const sound = Float32Array.from({ length: seconds * 48_000 }, (_, i) => 0.3 * Math.sin(i / 30) * Math.exp(-((i % 2880) / 900)));
  const plain = heardFromText("2+2/8 pulse=0.2 | d0 d2 d3 d5");
  const notes: Heard["notes"] = Array.from({ length: 10_000 }, (_, k) => {
    const [string, fret] = [random.int(0, 1), random.int(0, 12)];
    const confidence = random.next();
    return {
      id: `n${k}`,
      onset: k * 0.06,
      offset: k * 0.06 + 0.2,
      cents: 5000 + string * 500 + fret * 100 + random.int(-20, 20),
      string,
      fret,
      articulation: "plucked",
      confidence: { onset: 1, pitch: confidence, string: 1, fret: 1 },
    };
  });
  const beats = Array.from({ length: 1500 }, (_, k) => ({ at: k * 0.4, confidence: 0.8 }));
  const heard: Heard = {
    ...plain,
    durationSec: seconds,
    notes,
    strokes: notes.map((note, k) => ({ at: note.onset, direction: k % 2 ? "up" : "down", noteIds: [note.id], accent: 0.5, confidence: 0.7 })),
    beats,
    downbeats: beats.filter((_, k) => k % 2 === 0).map((beat) => beat.at),
    form: [{ fromSec: 0, toSec: seconds, label: "A", confidence: 1 }],
  };
  const wav = Buffer.concat([wavHeader("pcm16", 48_000, 1, sound.length), wavBytes("pcm16", [sound])]);
  return Buffer.from(
    packBundle({
      records: [
        { ...emptySong, recording: { asset: "asset-recording", fromSec: 0, toSec: null } },
        { id: "asset-recording", kind: "asset", name: "large.wav", entry: "audio/large.wav", frames: null, origin: "file" },
        { id: "recording", kind: "track", name: "large.wav", order: 0 },
      ],
      heard,
      files: new Map([["audio/large.wav", wav]]),
    }),
  );
}

interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts: number;
  readonly dur?: number;
  readonly args?: { readonly name?: string; readonly data?: { readonly message?: string } };
}
/** What a stretch of work cost: main-thread milliseconds in each frame of 60 Hz, and the longest task of the audio thread. */
async function traced(
  browser: Browser,
  page: Page,
  work: () => Promise<void>,
): Promise<{ readonly p95: number; readonly worst: number; readonly audioMs: number }> {
  await browser.startTracing(page, { categories: ["toplevel", "disabled-by-default-devtools.timeline", "devtools.timeline"] });
  await page.evaluate(() => console.timeStamp("kuishi-bench"));
  await work();
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString()) as { traceEvents: TraceEvent[] };
  const named = (pattern: RegExp): Set<string> =>
    new Set(traceEvents.filter((event) => event.name === "thread_name" && pattern.test(event.args?.name ?? "")).map((event) => `${event.pid}/${event.tid}`));
  const tasks = (threads: Set<string>): TraceEvent[] =>
    traceEvents.filter(
      (event) => event.ph === "X" && event.name === "ThreadControllerImpl::RunTask" && (event.dur ?? 0) > 0 && threads.has(`${event.pid}/${event.tid}`),
    );
  // the page's own thread is the one that made the mark
  const mark = traceEvents.find((event) => event.name === "TimeStamp" && event.args?.data?.message === "kuishi-bench");
  if (!mark) throw new Error("the page's thread was not found in the trace");
  const mine = tasks(new Set([`${mark.pid}/${mark.tid}`]));
  const start = Math.min(...mine.map((task) => task.ts));
  const end = Math.max(...mine.map((task) => task.ts));
  const frames = new Float64Array(Math.max(1, Math.ceil((end - start) / 16_667)));
  for (const task of mine) {
    // a task that lasts over a frame's edge costs both
    let [at, left] = [task.ts - start, task.dur ?? 0];
    while (left > 0) {
      const k = Math.min(frames.length - 1, Math.floor(at / 16_667));
      const part = Math.min(left, (k + 1) * 16_667 - at);
      frames[k] = frames[k]! + Math.max(part, 1);
      at += Math.max(part, 1);
      left -= Math.max(part, 1);
    }
  }
  const sorted = [...frames].sort((a, b) => a - b);
  const audio = tasks(named(/AudioWorklet/)).map((task) => task.dur ?? 0);
  return { p95: (sorted[Math.floor(sorted.length * 0.95)] ?? 0) / 1000, worst: (sorted.at(-1) ?? 0) / 1000, audioMs: Math.max(0, ...audio) / 1000 };
}

const html = readFileSync(join(dist, "index.html"), "utf8");
const scripts = [...new Set([...html.matchAll(/\.\/(assets\/[^"]+\.js)/g)].map((found) => found[1]!))];
row(
  "initial script, gzipped",
  `${Math.round(scripts.reduce((sum, file) => sum + gzipSync(readFileSync(join(dist, file))).length, 0) / 1000)} kB`,
  "at most 250 kB",
);

const loop = hasPulse() ? await startLoop() : undefined;
const browser = await startChromium(["--use-fake-ui-for-media-stream"], loop?.env);
const site = await serveFolder(dist, "/k");
const open = async (): Promise<Page> => {
  const page = await (await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: "en-GB" })).newPage();
  page.on("pageerror", (error) => console.error(error));
  await keepMeasures(page);
  await page.goto(site.url, { waitUntil: "commit" });
  return page;
};
const frameOf = (page: Page): Promise<number> => page.evaluate(() => Number(document.querySelector<HTMLInputElement>(".transport input")!.value));
try {
  const [interactive, sound]: [number[], number[]] = [[], []];
  for (let k = 0; k < 7; k++) {
    const page = await open();
    await page.waitForFunction(() => document.querySelector<HTMLButtonElement>("#play")?.disabled === false);
    interactive.push(await page.evaluate(() => performance.now()));
    await page.evaluate(() => document.querySelector<HTMLButtonElement>("#play")?.click());
    await page.waitForFunction(() => Number(document.querySelector<HTMLInputElement>(".transport input")!.value) > 0, undefined, { polling: 10 });
    sound.push(await page.evaluate(() => performance.now()));
    await page.context().close();
  }
  // of the example that comes with the page: it was heard and blended when the page was built
  row("the example, interactive, ms (median of 7, worst)", `${Math.round(median(interactive))}, ${Math.round(Math.max(...interactive))}`, "under 1000");
  row("the example, first sound, ms (median of 7, worst)", `${Math.round(median(sound))}, ${Math.round(Math.max(...sound))}`, "under 1000");

  // a recording of one's own: nothing of it is known beforehand
  const fresh = await open();
  await fresh.waitForSelector("#heard");
  const since = async (act: () => Promise<unknown>): Promise<number> => {
    const started = await fresh.evaluate(() => performance.now());
    await act();
    return (await fresh.evaluate(() => performance.now())) - started;
  };
  const buffer = readFileSync(join(import.meta.dirname, "../examples/balbyrauyn.flac"));
  const heardMs = await since(async () => {
    await fresh.setInputFiles("#file", { name: "own.flac", mimeType: "audio/flac", buffer });
    await fresh.waitForFunction(() => document.querySelector("#tune-title")?.textContent === "own.flac" && !document.querySelector(".work"), undefined, {
      timeout: 120_000,
    });
  });
  await fresh.click(".rooms [data-room=blend]");
  const blendMs = await since(async () => {
    await fresh.click("#blend");
    await fresh.waitForSelector(".work", { state: "attached" });
    await fresh.waitForSelector(".work", { state: "detached", timeout: 120_000 });
  });
  row("a fresh recording of 23 s: heard; blended and ready to play, ms", `${Math.round(heardMs)}; ${Math.round(blendMs)}`, "told, no floor");
  await fresh.context().close();

  // styles tried by ear: each is made once, ahead; from then on it sounds when it is rested on, the tune standing still or playing
  const trying = await open();
  await trying.waitForSelector("#heard");
  await trying.click(".rooms [data-room=blend]");
  await trying.click("#blend-title");
  const card = (style: string): string => `.style-card:has([value="${style}"])`;
  const all = await trying.locator("[name=style]").evaluateAll((list) => list.map((one) => (one as HTMLInputElement).value));
  const rest = async (style: string): Promise<void> => {
    await trying.hover(card(style));
    await trying.waitForSelector(`${card(style)}.heard`, { timeout: 120_000 });
    await trying.waitForTimeout(400);
  };
  await rest(all[0]!);
  await trying.waitForFunction((count) => document.querySelectorAll(".style-card[data-ready]").length === count, all.length, { timeout: 300_000 });
  for (let k = 0; k < 24; k++) {
    if (k === 12) await trying.click("#play");
    await rest(all[(5 * k + 1) % all.length]!);
  }
  const previews = await trying.evaluate(() =>
    (globalThis as unknown as { kuishiMeasures: { preview: { ms: number }[] } }).kuishiMeasures.preview.map(({ ms }) => ms),
  );
  const later = previews.slice(1).sort((a, b) => a - b);
  row(
    "a style rested on until it sounds, ms (p95, median of 24)",
    `${Math.round(later[Math.ceil(later.length * 0.95) - 1]!)}, ${Math.round(median(later))}`,
    "p95 at most 300",
  );
  row("  the first, made while one waits, ms", `${Math.round(previews[0]!)}`, "told, no floor");
  await trying.context().close();

  // ten thousand notes
  const page = await open();
  await page.waitForSelector("#heard");
  const path = join(folder, "large.kuishi");
  writeFileSync(path, large());
  await page.setInputFiles("#file", path);
  await page.waitForFunction(() => document.querySelector("#tune-title")?.textContent === "large.wav" && !document.querySelector(".work"), undefined, {
    timeout: 120_000,
  });
  for (let k = 0; k < 8; k++) await page.locator('.axis button[aria-label="Closer"]').click();
  const lanes = await page.locator(".lanes").boundingBox();
  await page.mouse.move((lanes?.x ?? 0) + 300, (lanes?.y ?? 0) + 120);
  const scrolling = await traced(browser, page, async () => {
    for (let k = 0; k < 240; k++) {
      await page.mouse.wheel(0, 140);
      await page.waitForTimeout(12);
    }
  });
  row("scrolling 10,000 notes: main thread a frame, ms (p95, worst)", `${scrolling.p95.toFixed(1)}, ${scrolling.worst.toFixed(1)}`, "at most 6");
  await page.click(".rooms [data-room=tracks]");
  await page.waitForSelector(".clip");
  const tracks = await traced(browser, page, async () => {
    for (let k = 0; k < 160; k++) {
      await page.evaluate((x) => document.querySelector(".scroller")?.scrollTo(x, 0), k * 40);
      await page.waitForTimeout(12);
    }
  });
  row("scrolling its tracks: main thread a frame, ms (p95, worst)", `${tracks.p95.toFixed(1)}, ${tracks.worst.toFixed(1)}`, "at most 6");
  await page.context().close();

  // playing, and editing while it plays
  const player = await open();
  await player.waitForSelector("#heard");
  await player.click(".rooms [data-room=tracks]");
  await player.waitForSelector(".clip");
  await player.click("#play");
  await player.waitForTimeout(1500);
  const playing = await traced(browser, player, () => player.waitForTimeout(5000));
  row("playing: main thread a frame, ms (p95, worst)", `${playing.p95.toFixed(1)}, ${playing.worst.toFixed(1)}`, "at most 6");
  await player.click("#to-start");
  const before = await frameOf(player);
  const from = Date.now();
  const editing = await traced(browser, player, async () => {
    for (let k = 0; k < 12; k++) {
      await player.click("#add-track");
      await player
        .locator('.heads [aria-label^="Mute"]')
        .nth(2 + (k % 4))
        .click();
      await player.locator(".clip").first().focus();
      await player.keyboard.press(k % 2 ? "Minus" : "Equal");
      await player.waitForTimeout(250);
    }
  });
  const [lasted, went] = [(Date.now() - from) / 1000, ((await frameOf(player)) - before) / 48_000];
  const underruns = await player.evaluate(() => {
    const [stats] = ((globalThis as unknown as { kuishiMeasures?: { context?: unknown[] } }).kuishiMeasures?.context ?? []) as {
      playoutStats?: { fallbackFramesEvents?: number };
      playbackStats?: { underrunEvents?: number };
    }[];
    return stats?.playbackStats?.underrunEvents ?? stats?.playoutStats?.fallbackFramesEvents ?? null;
  });
  row("editing while it plays: clock of the music against the wall", `${went.toFixed(2)} s in ${lasted.toFixed(2)} s`, "no second lost");
  row("  underruns that Chromium counted", String(underruns ?? "not told by this version"), "none");
  row("  longest task of the audio thread, ms", editing.audioMs.toFixed(1), "shorter than its buffer");
  await player.context().close();

  // an hour of use, a minute a round; machine code that V8 makes as long as it finds something to make faster is not what a page keeps,
  // so this browser makes none
  const plain = await startChromium(["--js-flags=--no-opt --no-sparkplug --no-maglev"], loop?.env);
  const user = await (await plain.newContext({ viewport: { width: 1440, height: 900 }, locale: "en-GB" })).newPage();
  await user.goto(site.url);
  await user.locator("#heard").waitFor();
  const devtools = await user.context().newCDPSession(user);
  const heap = async (): Promise<number> => {
    await devtools.send("HeapProfiler.collectGarbage");
    await devtools.send("HeapProfiler.collectGarbage");
    return ((await devtools.send("Runtime.getHeapUsage")) as { usedSize: number }).usedSize / 1e6;
  };
  let atTen = 0;
  const random = seeded(9, "use");
  for (let minute = 1; minute <= minutes; minute++) {
    for (const room of ["tracks", "mix", "learn", "hear", "blend"]) {
      await user.click(`.rooms [data-room=${room}]`);
      await user.waitForTimeout(60);
    }
    await user.click(".rooms [data-room=tracks]");
    await user.locator(".clip").first().waitFor();
    for (let k = 0; k < 6; k++) {
      await user.click("#add-marker");
      await user.locator(".clip").first().focus();
      await user.keyboard.press(random.chance(0.5) ? "Minus" : "Equal");
    }
    // as many steps back: the project is as large as before
    await user.locator("main").focus();
    for (let k = 0; k < 12; k++) await user.keyboard.press("Control+KeyZ");
    await user.click("#play");
    await user.waitForTimeout(350);
    await user.click("#play");
    if (minute % 6 === 0) {
      await user.click(".rooms [data-room=blend]");
      await user.click("#blend");
      await user.waitForTimeout(60);
      await user.waitForFunction(() => document.querySelector(".work") === null, undefined, { timeout: 60_000 });
    }
    if (minute === Math.min(10, Math.ceil(minutes / 6))) atTen = await heap();
  }
  const last = await heap();
  row(
    `heap after ${minutes} rounds of use against ${Math.min(10, Math.ceil(minutes / 6))}, MB`,
    `${last.toFixed(1)} / ${atTen.toFixed(1)} = ${(last / atTen).toFixed(3)}`,
    "within 5 %",
  );
  await plain.close();
} finally {
  await browser.close();
  site.close();
  await loop?.close();
  rmSync(folder, { recursive: true, force: true });
}
