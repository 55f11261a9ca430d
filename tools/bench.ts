// Prints what hearing scores, what rendering costs beside FluidSynth, and CPU time per stage.
//   npm run bench            (needs ffmpeg; the listening benchmark and song.mid beside the project; fluidsynth for the peer)
// Times are CPU time of alternating runs, medians; on shared machines only ratios mean anything.
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { median, silent } from "@kuishi/base";
import { hearFile } from "@kuishi/flow";
import { memorySource } from "@kuishi/media";
import { kernelModule } from "@kuishi/signal/node";
import { cpu, has } from "./cpu.ts";

const home = join(import.meta.dirname, "..");
const shared = join(home, "..", "shared");
const folder = mkdtempSync(join(tmpdir(), "kuishi-bench-"));

async function listening(): Promise<void> {
  const bench = join(shared, "bench", "listening");
  if (!existsSync(bench) || !has("ffmpeg", "-version")) {
    console.log("listening: skipped (needs the listening benchmark beside the project, and ffmpeg)");
    return;
  }
  const metrics = await import(pathToFileURL(join(bench, "metrics.mjs")).href);
  const host = { kernels: kernelModule(), clock: () => performance.now() / 1000 };
  for (const hard of [false, true]) {
    const byType = new Map<string, number[]>();
    const offsets: number[] = [];
    const beats: number[] = [];
    const speeds: number[] = [];
    let worst = { name: "", score: 1 };
    const seed = 1000 + Math.floor(Math.random() * 1e6);
    const out = join(folder, `set${seed}`);
    execFileSync(process.execPath, [join(bench, "gen.mjs"), out, String(seed)], { stdio: "ignore", env: { ...process.env, ...(hard ? { HARD: "1" } : {}) } });
    for (const wav of readdirSync(out).filter((name) => name.endsWith(".wav"))) {
      const truth = JSON.parse(readFileSync(join(out, wav.replace(".wav", ".json")), "utf8"));
      const { heard } = await hearFile(host, memorySource(readFileSync(join(out, wav))), {}, silent);
      const notes = heard.notes.map((note) => ({
        onset: note.onset,
        offset: note.offset,
        midi: note.cents! / 100,
        string: note.string,
        fret: note.fret,
      }));
      const score = metrics.score(truth.notes, notes);
      const type = wav[0]!;
      byType.set(type, [...(byType.get(type) ?? []), score.onsetPitch.f]);
      offsets.push(score.onsetPitchOffset.f);
      beats.push(
        metrics.beatVariants(
          truth.beats,
          heard.beats.map((beat) => beat.at),
        ).f,
      );
      speeds.push(truth.dur / heard.elapsedSec);
      if (score.onsetPitch.f < worst.score) worst = { name: wav, score: score.onsetPitch.f };
    }
    const mean = (list: readonly number[]): string => (list.reduce((a, b) => a + b, 0) / list.length).toFixed(3);
    console.log(
      `listening, seed ${seed}${hard ? ", HARD" : ""}: onset+pitch F1 ${mean([...byType.values()].flat())} (worst ${worst.name} ${worst.score.toFixed(3)}); ${[...byType].map(([type, list]) => `${type} ${mean(list)}`).join("  ")}`,
    );
    console.log(`  with offset ${mean(offsets)}; beats ${mean(beats)}; ${median(speeds).toFixed(0)} x real time`);
  }
}

const song = join(shared, "bench/render/song.mid");
const font = ["/usr/share/sounds/sf2/FluidR3_GM.sf2", "/usr/share/soundfonts/FluidR3_GM.sf2"].find(existsSync);
const kuishi = (...args: string[]): number => cpu(process.execPath, [join(home, "apps/cli/src/main.mjs"), ...args]);

/** A song by MIDI and three minutes of recording to a master, each run back to back with FluidSynth on the same song. */
function rendering(): void {
  process.env["KUISHI_THREADS"] = "0";
  const source = join(folder, "three-minutes.wav");
  execFileSync("ffmpeg", ["-y", "-v", "error", "-stream_loop", "-1", "-i", join(home, "examples/balbyrauyn.flac"), "-t", "180", source]);
  const peer = has("fluidsynth", "--version") && existsSync(song) && font !== undefined;
  const blended = (follow: string, round: number): number =>
    kuishi("blend", source, "--style", "deep-house", "--follow", follow, "--out", join(folder, `${follow}${round}`));
  const jobs: readonly (readonly [string, string, (round: number) => number])[] = [
    ...(existsSync(song) ? [["song.mid, 62 s", "", (round: number) => kuishi("render", song, "--out", join(folder, `s${round}`))] as const] : []),
    ["three minutes to a master (hearing, balance, stems, master, papers)", "at most 1.6 asked", (round) => blended("performance", round)],
    ["  straightened to the grid", "at most 2.2 asked", (round) => blended("grid", round)],
  ];
  for (const [what, asked, job] of jobs) {
    const pairs = [0, 1, 2].map(
      (round) => [job(round), peer ? cpu("fluidsynth", ["-ni", "-F", join(folder, "f.wav"), "-r", "48000", font, song]) : NaN] as const,
    );
    const own = median(pairs.map(([seconds]) => seconds));
    const speed = asked === "" ? `, ${(62 / own).toFixed(0)} x real time (45 asked)` : "";
    const beside = peer ? `; of FluidSynth's on song.mid ${median(pairs.map(([ours, theirs]) => ours / theirs)).toFixed(2)}${asked && ` (${asked})`}` : "";
    console.log(`${what}: ${own.toFixed(2)} CPU s on one thread${speed}${beside}`);
  }
  if (!peer) console.log("  beside FluidSynth: skipped (needs fluidsynth, its GM sound font and song.mid)");
  const timing = JSON.parse(readFileSync(join(folder, "performance0", "timing.json"), "utf8"));
  console.log(
    `  stages, wall s: ${Object.entries(timing)
      .map(([stage, value]) => `${stage} ${value}`)
      .join(", ")}`,
  );
}

try {
  await listening();
  if (has("ffmpeg", "-version")) rendering();
  else console.log("rendering: skipped (needs ffmpeg)");
} finally {
  rmSync(folder, { recursive: true, force: true });
}
