import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { silent } from "@kuishi/base";
import { hearFile } from "@kuishi/flow";
import { memorySource } from "@kuishi/media";
import { kernelModule } from "@kuishi/signal/node";
import { describe, expect, test } from "vitest";
import { example, scratch } from "./cli.ts";
import { lacks, shared } from "./needs.ts";

const host = { kernels: kernelModule(), clock: () => performance.now() / 1000 };
const hear = async (path: string) => (await hearFile(host, memorySource(readFileSync(path)), {}, silent)).heard;

describe.skipIf(lacks("shared", "ffmpeg"))("the listening benchmark", () => {
  test("onset and pitch F1 at least .88 on seeds drawn now, told neither strings nor frets, 20 times faster than it sounds", async () => {
    using folder = scratch();
    const metrics = await import(pathToFileURL(shared("bench", "listening", "metrics.mjs")).href);
    const scores: number[] = [];
    const speeds: number[] = [];
    let worst = { name: "", score: 1 };
    for (let set = 0; set < 2; set++) {
      const seed = 1000 + Math.floor(Math.random() * 1e6);
      const out = join(folder.path, String(seed));
      execFileSync(process.execPath, [shared("bench", "listening", "gen.mjs"), out, String(seed)], { stdio: "ignore" });
      for (const wav of readdirSync(out).filter((name) => name.endsWith(".wav"))) {
        const truth = JSON.parse(readFileSync(join(out, wav.replace(".wav", ".json")), "utf8"));
        const heard = await hear(join(out, wav));
        const notes = heard.notes.map((note) => ({ onset: note.onset, offset: note.offset, midi: (note.cents as number) / 100 }));
        const score = metrics.score(truth.notes, notes).onsetPitch.f;
        scores.push(score);
        speeds.push(truth.dur / heard.elapsedSec);
        if (score < worst.score) worst = { name: `${seed}/${wav}`, score };
      }
    }
    const mean = scores.reduce((a, b) => a + b) / scores.length;
    const speed = speeds.sort((a, b) => a - b)[speeds.length >> 1] as number;
    console.log(`onset+pitch F1 mean ${mean.toFixed(3)}, worst ${worst.score.toFixed(3)} (${worst.name}), median speed ${speed.toFixed(0)} x real time`);
    expect(mean).toBeGreaterThanOrEqual(0.88);
    expect(speed).toBeGreaterThanOrEqual(20);
  });
  test("the real Balbyrauyn: tonic G, beats on its bars", async () => {
    const heard = await hear(shared("data", "balbyrauyn-opening.flac"));
    const truth = JSON.parse(readFileSync(shared("data", "balbyrauyn-opening.json"), "utf8"));
    expect(Math.abs((heard.mode.tonicCents - 5490) % 1200)).toBeLessThan(30);
    const bars: number[] = truth.events
      .filter((event: { beat: number; t: number | null }) => event.beat === 0 && event.t !== null)
      .map((event: { t: number }) => event.t);
    const hit = bars.filter((bar) => heard.beats.some((beat) => Math.abs(beat.at - bar) < 0.07));
    expect(hit.length / bars.length).toBeGreaterThan(0.85);
  });
});

test("the example is heard in its own tuning", async () => {
  const heard = await hear(example);
  expect(heard.notes.length).toBeGreaterThan(250);
  // both strings, as measured on the real notes it is made of: 47.70 and 52.67 semitones
  expect(Math.abs((heard.tuning.strings[1]?.openCents ?? 0) - 5267)).toBeLessThan(40);
  expect(heard.downbeats.length).toBeGreaterThan(6);
});
