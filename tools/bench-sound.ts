// Prints how near each instrument is to what was measured of it, and what the engine costs beside its peers.
//   npm run bench:sound [-- dombra bowed others lines voices song chromium]     (all, or those named; needs ffmpeg and the real notes beside the project; g++ and fluidsynth for the peers)
// Times are CPU time of alternating runs, medians; on shared machines only ratios mean anything.
import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { hertzToCents, median } from "@kuishi/base";
import { Engine, makeSourceProcessor, noteOf, type Plan, type PlanEvent, type Source, sourceOf } from "@kuishi/engine";
import { measureTone, serveFolder, spectrumAt, startChromium, toneDistance } from "@kuishi/lab";
import { Kernels } from "@kuishi/signal";
import { kernelModule } from "@kuishi/signal/node";
import { allMakes, fretsOf, makeNamed, openOf } from "@kuishi/tuning";
import { cpu, has } from "./cpu.ts";
import { heldNotes, measureHeld } from "./sound/held.ts";
import { loadNotes, OPEN, type RealNote } from "./sound/notes.ts";

const home = join(import.meta.dirname, "..");
const shared = join(home, "..", "shared");
const folder = mkdtempSync(join(tmpdir(), "kuishi-sound-"));
const mean = (list: readonly number[]): number => list.reduce((a, b) => a + b, 0) / list.length;
const row = (...cells: readonly (string | number)[]): void => console.log(cells.map((cell, i) => String(cell).padEnd(i === 0 ? 52 : 16)).join(""));

function render(source: Source, events: readonly PlanEvent[], seconds: number, seed = 3): Float32Array {
  const plan: Plan = {
    frames: Math.ceil((seconds * 48_000) / 128) * 128,
    seed,
    buses: [],
    master: { gainDb: 0, ceilingDbtp: -1 },
    strips: [{ id: "x", source, events, inserts: [], gainDb: 0, pan: 0, sends: {} }],
  };
  const engine = Engine.of(new Kernels(kernelModule()), plan, new Map());
  const out = new Float32Array(plan.frames);
  for (let at = 0; at < out.length; at += 128) {
    engine.render(false);
    out.set(engine.premaster.leftView, at);
  }
  return out;
}
const note = (at: number, cents: number, voice: string | number = "", velocity = 0.8, seconds = 20): PlanEvent => ({
  frame: Math.round(at * 48_000),
  length: Math.round(seconds * 48_000),
  cents,
  velocity,
  voice,
});

/** No stroke is like another, in a player's hand or here: ours is struck so often, and the middle one counts. */
const STROKES = 5;
/** The dombra on the odd frets, fitted on the even ones. How hard each note was struck is not known: hardness is fitted to each. */
function dombra(notes: readonly RealNote[]): void {
  const found: Record<"f0" | "b" | "t60" | "levels" | "levels1" | "attack" | "glide" | "distance" | "neighbour", number[]> = {
    f0: [],
    b: [],
    t60: [],
    levels: [],
    levels1: [],
    attack: [],
    glide: [],
    distance: [],
    neighbour: [],
  };
  const centroids: number[][] = [[], [], [], []];
  let left = 0;
  for (const real of notes) {
    if (real.fret % 2 === 0) continue;
    if (real.clipped > 0.2) {
      left++;
      continue;
    }
    const cents = hertzToCents(real.tone.hertz);
    const struck = (nail: number, seed?: number) => {
      const source: Source = { kind: "plucked", model: "dombra-western", open: [...OPEN], nail };
      const sound = render(source, [note(0.1, cents, real.string)], 2.4, seed);
      const tone = measureTone(sound, cents);
      return { nail, tone, distance: toneDistance(real.sound, real.tone.release, sound, tone.release, 1) };
    };
    const best = [-0.3, 0.1, 0.5, 0.9, 1.2].map((nail) => struck(nail)).reduce((a, b) => (b.distance < a.distance ? b : a));
    const strokes = [best, ...Array.from({ length: STROKES - 1 }, (_, k) => struck(best.nail, 4 + k))];
    const { tone } = best;
    found.f0.push(Math.abs(hertzToCents(tone.hertz) - cents));
    found.b.push(tone.inharmonicity / real.tone.inharmonicity);
    const pairs = tone.partials.slice(0, 8).map((partial, k) => [partial, real.tone.partials[k]] as const);
    found.t60.push(median(pairs.flatMap(([ours, theirs]) => (ours.t60 && theirs?.t60 ? [ours.t60 / theirs.t60] : []))));
    const off = pairs.map(([ours, theirs]) => ours.level - (theirs?.level ?? ours.level));
    const about = mean(off);
    found.levels.push(Math.sqrt(mean(off.map((d) => (d - about) * (d - about)))));
    found.levels1.push(Math.sqrt(mean(off.slice(1).map((d) => d * d))));
    found.attack.push(Math.abs(tone.attack - real.tone.attack) * 1000);
    found.glide.push(Math.abs(tone.glide - real.tone.glide));
    real.tone.centroids.forEach((hertz, k) => {
      centroids[k]!.push(median(strokes.map((stroke) => stroke.tone.centroids[k]! / hertz)));
    });
    found.distance.push(median(strokes.map(({ distance }) => distance)));
    const beside = notes.filter((other) => other.string === real.string && Math.abs(other.fret - real.fret) === 1);
    found.neighbour.push(
      mean(beside.map((other) => toneDistance(real.sound, real.tone.release, other.sound, other.tone.release, real.tone.hertz / other.tone.hertz))),
    );
  }
  const line = (what: string, asked: string, list: readonly number[], digits: number): void =>
    row(
      what,
      `asked ${asked}`,
      `median ${median(list).toFixed(digits)}`,
      `mean ${mean(list).toFixed(digits)}`,
      `${Math.min(...list).toFixed(digits)}..${Math.max(...list).toFixed(digits)}`,
    );
  console.log(`\ndombra beside ${found.f0.length} real notes of odd frets (fitted on the even ones; ${left} left out, clipped for over a fifth of 1.2 s)`);
  line("pitch, cents off", "3", found.f0, 2);
  line("inharmonicity, ratio", "1/1.3-1.3", found.b, 2);
  line("T60 of partials 1-8, median ratio", "0.8-1.25", found.t60, 2);
  line("levels of partials 1-8, dB rms, aligned", "5", found.levels, 1);
  line("  against partial 1", "-", found.levels1, 1);
  for (const [k, t] of [0, 0.1, 0.3, 0.6].entries()) line(`centroid at ${t} s, ratio`, "0.85-1.15", centroids[k]!, 2);
  line("attack, ms off", "8", found.attack, 1);
  line("glide, cents off", "6", found.glide, 1);
  line("log-spectral distance to the real note, dB", "next row", found.distance, 2);
  line("  of neighbouring real frets to it", "-", found.neighbour, 2);
}

/** The qobyz beside a recording of one: what our ear hears in it, ours plays as long and as high; both are measured alike. */
async function bowed(): Promise<void> {
  const file = join(shared, "data", "kobyz-excerpt.flac");
  if (!existsSync(file)) {
    console.log("\nqobyz: skipped (needs the recording beside the project)");
    return;
  }
  const raw = execFileSync("ffmpeg", ["-v", "error", "-i", file, "-ar", "48000", "-ac", "1", "-f", "f32le", "-"], { maxBuffer: 1 << 28 });
  const real = new Float32Array(raw.buffer.slice(raw.byteOffset, raw.byteOffset + raw.byteLength));
  const notes = await heldNotes(real, "qobyz");
  const events = notes.map((one, k): PlanEvent => note(one.onset, one.cents!, "", 0.5 + 0.08 * (k % 5), one.offset - one.onset));
  const ours = render({ kind: "qobyz", drone: 0, harmonics: true }, events, real.length / 48_000);
  const [theirs, own] = [measureHeld(real, notes), measureHeld(ours, await heldNotes(ours, "qobyz"))];
  console.log(`\nqobyz beside 30 s of a real one (${notes.length} held notes; room and microphone are in it)`);
  row("", "real", "ours");
  for (const n of theirs.levels.keys()) row(`  partial ${n + 1}, dB under the strongest`, theirs.levels[n]!.toFixed(1), own.levels[n]!.toFixed(1));
  row("  between partials, dB under the strongest", theirs.noise.toFixed(1), own.noise.toFixed(1));
  row("  centroid, Hz", theirs.centroid.toFixed(0), own.centroid.toFixed(0));
  row("  pitch strays within a note, cents", theirs.pitchStray.toFixed(0), own.pitchStray.toFixed(0));
  row("  level strays within a note, dB", theirs.levelStray.toFixed(1), own.levelStray.toFixed(1));
  row("  vibrato, Hz", theirs.vibrato.toFixed(1), own.vibrato.toFixed(1));
  row("  attack out of silence, ms", theirs.attack.toFixed(0), own.attack.toFixed(0));
}

/** CPU time of one line that never rests, against real time. */
function lines(): void {
  console.log("\none line, held: of real time, CPU (a dombra string beside)");
  for (const name of ["qobyz", "sybyzgy", "balaban", "dombra-western"]) {
    const source = sourceOf(makeNamed(name)!);
    const events = Array.from({ length: 40 }, (_, k) => note(k, 5700 + 100 * (k % 12), "", 0.7, 1));
    const times = [1, 2, 3].map(() => {
      const from = process.cpuUsage();
      render(source, events, 40);
      const { user, system } = process.cpuUsage(from);
      return (user + system) / 4e7;
    });
    row(`  ${name}`, `${(100 * median(times)).toFixed(2)} %`);
  }
}

/** Pitch over the range, and what the sound is known by. */
function others(): void {
  console.log("\npitch over the range, cents off (asked 3): median, worst");
  const models = allMakes().map((known) => {
    const open = openOf(known);
    const reach = known.make.source.kind === "tanpura" ? 300 : 100 * Math.min(15, fretsOf(known));
    const low = known.make.source.kind === "balaban" ? 5600 : Math.min(...open);
    return [known.make.name, sourceOf(known), [low, known.instrument.partials ? known.instrument.highest : Math.max(...open) + reach]] as const;
  });
  for (const [name, source, [low, high]] of models) {
    const off: number[] = [];
    for (let cents = low; cents <= high; cents += 217) {
      // a line without its vibrato
      const x = render(source, [{ ...note(0, cents, source.kind === "tanpura" ? 1 : "", 0.7, 1.5), bend: [[0, 0]] }], 1.6);
      off.push(Math.abs(hertzToCents(measureTone(x, cents).hertz) - cents));
    }
    row(`  ${name}`, median(off).toFixed(2), Math.max(...off).toFixed(2));
  }
  const blown = [0.3, 0.6, 0.95].map((velocity) =>
    measureTone(render({ kind: "balaban", steady: true }, [note(0, 6000, 0, velocity, 2)], 2).subarray(19_200), 6000),
  );
  const power = (numbers: readonly number[], tone: (typeof blown)[number]): number =>
    numbers.reduce((sum, n) => sum + 10 ** ((tone.partials[n - 1]?.level ?? -99) / 10), 0);
  console.log("\nbalaban (no measurement of one: what is believed is Dalmont 2024 on the duduk's heavy reed, and a cylinder's odd partials)");
  row(
    "  odd over even, partials 1-8, dB (above 6)",
    ...blown.map((tone) => (10 * Math.log10(power([1, 3, 5, 7], tone) / power([2, 4, 6, 8], tone))).toFixed(1)),
  );
  row("  pitch at three pressures, cents off (10)", ...blown.map((tone) => (hertzToCents(tone.hertz) - 6000).toFixed(2)));
  const drone = render({ kind: "tanpura" }, [note(0, 5500, 1)], 5);
  console.log("\ntanpura (no measurement of one: what is believed is the contact itself, and the falling band it is known by)");
  const at = (t: number): { centroid: number; band: number } => {
    const power = spectrumAt(drone, Math.round(t * 48_000), 4096);
    let [sum, weighted, best, band] = [1e-30, 0, 0, 0];
    for (let k = 5; k < 1024; k++) {
      sum += power[k]!;
      weighted += (power[k]! * k * 48_000) / 4096;
    }
    for (let hertz = 800; hertz < 9000; hertz *= 1.12) {
      let inside = 0;
      for (let k = Math.round((hertz * 4096) / 48_000); k < (hertz * 1.26 * 4096) / 48_000; k++) inside += power[k]!;
      if (inside > best) {
        best = inside;
        band = hertz * 1.12;
      }
    }
    return { centroid: weighted / sum, band };
  };
  const times = [0.2, 0.5, 1, 1.5, 2, 3, 4];
  row("  seconds after the stroke", ...times);
  row("  band peak above 800 Hz, Hz (falls)", ...times.map((t) => at(t).band.toFixed(0)));
  row("  centroid, Hz (holds or rises within .5-2 s)", ...times.map((t) => at(t).centroid.toFixed(0)));
}

const cpuMs = (work: () => void): number => {
  const before = process.cpuUsage();
  work();
  const used = process.cpuUsage(before);
  return (used.user + used.system) / 1000;
};
const SECONDS = 60;
const BLOCKS = (SECONDS * 48_000) / 128;
/** The C++ reference, its port, and as many full voices. */
async function voices(): Promise<void> {
  const native = join(shared, "bench/render/native");
  if (existsSync(native) && has("g++", "--version")) {
    for (const file of ["engine.cpp", "scalar.h", "simd.h", "autovec.h", "params.mjs"]) copyFileSync(join(native, file), join(folder, file));
    const { makeParams } = (await import(pathToFileURL(join(folder, "params.mjs")).href)) as { makeParams: () => Float32Array };
    const parameters = makeParams();
    writeFileSync(join(folder, "params.bin"), new Uint8Array(parameters.buffer));
    execFileSync("g++", ["-O3", "-march=native", "-DMODE=0", "engine.cpp", "-o", "scalar"], { cwd: folder });
    const asc = join(dirname(createRequire(import.meta.url).resolve("assemblyscript/package.json")), "bin", "asc.js");
    const flags = ["-O3", "--noAssert", "--runtime", "stub", "--enable", "simd", "--enable", "bulk-memory", "--use", "abort="];
    execFileSync(process.execPath, [asc, "kernels/reference.ts", ...flags, "--outFile", join(folder, "port.wasm")], { cwd: join(home, "tools/sound") });
    const port = new WebAssembly.Instance(new WebAssembly.Module(readFileSync(join(folder, "port.wasm"))), {}).exports as unknown as {
      memory: WebAssembly.Memory;
      params(): number;
      left(): number;
      init(): void;
      process(): void;
    };
    new Float32Array(port.memory.buffer).set(parameters, port.params() / 4);
    const strings = dombraVoices();
    const rounds = [0, 1, 2, 3, 4].map(() => {
      const scalar = JSON.parse(execFileSync("./scalar", ["scalar", String(SECONDS)], { cwd: folder, encoding: "utf8" })) as { ms: number; rms: number };
      port.init();
      const ported = cpuMs(() => {
        for (let block = 0; block < BLOCKS; block++) port.process();
      });
      return { scalar: scalar.ms, ported, full: cpuMs(() => strings(BLOCKS)), rms: scalar.rms };
    });
    port.init();
    let power = 0;
    const left = new Float32Array(port.memory.buffer, port.left(), 128);
    for (let block = 0; block < BLOCKS; block++) {
      port.process();
      for (const v of left) power += v * v;
    }
    console.log("\n32 plucked voices, 60 s (medians of five alternating runs)");
    row("  C++ reference, scalar, g++ -O3", `${median(rounds.map((r) => r.scalar)).toFixed(0)} ms`, `rms ${rounds[0]?.rms.toFixed(6)}`);
    row("  the same here, four voices a vector", `${median(rounds.map((r) => r.ported)).toFixed(0)} ms`, `rms ${Math.sqrt(power / (BLOCKS * 128)).toFixed(6)}`);
    row("    ratio", `asked 0.50`, median(rounds.map((r) => r.ported / r.scalar)).toFixed(3));
    row("  the full dombra voice", `${median(rounds.map((r) => r.full)).toFixed(0)} ms`);
    row("    against the port", `asked 2.50`, median(rounds.map((r) => r.full / r.ported)).toFixed(2));
  } else console.log("\nC++ reference: skipped (needs g++ and the render benchmark beside the project)");
}
/** The whole command on a song, beside FluidSynth. */
function wholeSong(): void {
  const song = join(shared, "bench/render/song.mid");
  const font = ["/usr/share/sounds/sf2/FluidR3_GM.sf2", "/usr/share/soundfonts/FluidR3_GM.sf2"].find(existsSync);
  if (!existsSync(song)) return;
  const peer = has("fluidsynth", "--version") && font !== undefined;
  const own: number[] = [];
  const theirs: number[] = [];
  for (let round = 0; round < 3; round++) {
    own.push(cpu(process.execPath, [join(home, "apps/cli/src/main.mjs"), "render", song, "--out", join(folder, `s${round}`)]));
    if (peer) theirs.push(cpu("fluidsynth", ["-ni", "-F", join(folder, "f.wav"), "-r", "48000", font, song]));
  }
  console.log("\nsong.mid, 62 s, 16 channels, reverb and chorus, whole process, mixed and limited");
  row("  here", `${median(own).toFixed(2)} CPU s`, `${(62 / median(own)).toFixed(0)} x real time`, "asked 30");
  if (peer)
    row(
      "  FluidSynth",
      `${median(theirs).toFixed(2)} CPU s`,
      `${(62 / median(theirs)).toFixed(1)} x`,
      `ratio ${median(own.map((s, i) => s / theirs[i]!)).toFixed(2)}, asked 0.33`,
    );
  else console.log("  FluidSynth: skipped (needs fluidsynth and its GM sound font)");
}
/** 32 dombra strings in 16 dombras, struck as often as the reference strikes its own. */
function dombraVoices(): (blocks: number) => void {
  const kernels = new Kernels(kernelModule());
  const players = Array.from({ length: 16 }, (_, i) =>
    makeSourceProcessor(kernels, { kind: "plucked", model: "dombra-western", open: [], nail: 0.5 }, new Map(), i),
  );
  const [left, right] = [kernels.floats(128), kernels.floats(128)];
  const counters = Array.from({ length: 32 }, (_, voice) => 3 * voice);
  let block = 0;
  return (blocks) => {
    for (const end = block + blocks; block < end; block++) {
      counters.forEach((count, voice) => {
        if (count > 1) {
          counters[voice] = count - 1;
          return;
        }
        counters[voice] = 150 + 7 * (voice % 11);
        const cents = (voice % 2 === 0 ? 5000 : 5500) + 100 * ((block * 7 + voice) % 12);
        players[voice >> 1]?.start(noteOf({ frame: block * 128, length: 1e6, cents, velocity: 0.8, voice: voice % 2 })!);
      });
      kernels.call.clear(left, 512);
      kernels.call.clear(right, 512);
      for (const player of players) player.process(left, right, block * 128, 128);
    }
  };
}

/** A plan of so many dombra strings on bodies of twelve, each struck about twice a second, with reverb, chorus and limiter. */
function crowd(voices: number, seconds: number): Plan {
  const each = 12;
  const bodies = Math.ceil(voices / each);
  return {
    frames: Math.ceil((seconds * 48_000) / 128) * 128,
    seed: 1,
    buses: [
      { id: "reverb", effect: { kind: "reverb", decaySec: 1.4, preDelayMs: 12, damping: 0.4 }, gainDb: -6 },
      { id: "chorus", effect: { kind: "chorus", rateHz: 0.4, depthMs: 3, delayMs: 14 }, gainDb: -6 },
    ],
    master: { gainDb: -18, ceilingDbtp: -1.25 },
    strips: Array.from({ length: bodies }, (_, body) => {
      const strings = Math.min(each, voices - body * each);
      const events = Array.from({ length: strings }, (_, string) => {
        const own: PlanEvent[] = [];
        const every = (150 + 7 * ((body + string) % 11)) * 128;
        for (let at = ((body * each + string) * 397) % 26_000; at < seconds * 48_000; at += every)
          own.push({ frame: at, length: 1e6, cents: (string % 2 ? 5500 : 5000) + 100 * (((at >> 9) * 7 + string) % 12), velocity: 0.8, voice: string });
        return own;
      });
      return {
        id: `d${body}`,
        source: {
          kind: "plucked",
          model: body % 2 ? "dombra-western" : "dombra-arqa",
          open: Array.from({ length: strings }, (_, k) => (k % 2 ? 5500 : 5000)),
          nail: 0.5,
        },
        inserts: [],
        gainDb: -20,
        pan: (2 * body) / bodies - 1,
        sends: { reverb: -12, chorus: -12 },
        events: events.flat().sort((a, b) => a.frame - b.frame),
      };
    }),
  };
}
/** 1,024 voices against the clock, and 512 live for a minute without a dropout, in Chromium. */
async function browser(): Promise<void> {
  const dist = join(home, "apps/studio/dist");
  if (!existsSync(join(dist, "index.html"))) {
    console.log("\nChromium: skipped (needs npm run build)");
    return;
  }
  const site = await serveFolder(dist, "/k");
  const chromium = await startChromium(["--autoplay-policy=no-user-gesture-required"]).catch(() => undefined);
  if (!chromium) {
    console.log("\nChromium: skipped (none found)");
    site.close();
    return;
  }
  try {
    const page = await chromium.newPage();
    await page.goto(site.url);
    const asset = (part: string): string => `assets/${readdirSync(join(dist, "assets")).find((name) => name.includes(part))}`;
    const made = { worklet: asset("engine.worklet"), wasm: asset("kernels") };
    const shares: number[] = [];
    for (let round = 0; round < 3; round++) {
      shares.push(
        await page.evaluate(
          async ({ worklet, wasm, plan }) => {
            const context = new OfflineAudioContext(2, plan.frames, 48_000);
            await context.audioWorklet.addModule(worklet);
            const kernels = await (await fetch(wasm)).arrayBuffer();
            const node = new AudioWorkletNode(context, "kuishi-engine", {
              numberOfInputs: 0,
              outputChannelCount: [2],
              processorOptions: { kernels, plan, clips: [], running: true },
            });
            node.connect(context.destination);
            const from = performance.now();
            await context.startRendering();
            return (performance.now() - from) / 1000 / (plan.frames / 48_000);
          },
          { ...made, plan: crowd(1024, 12) },
        ),
      );
    }
    console.log("\nChromium");
    row("  1,024 dombra voices, part of the time budget", "asked 0.50", median(shares).toFixed(2));
    const live = await page.evaluate(
      async ({ worklet, wasm, plan, seconds }) => {
        const context = new AudioContext({ sampleRate: 48_000, latencyHint: "playback" });
        await context.audioWorklet.addModule(worklet);
        const kernels = await (await fetch(wasm)).arrayBuffer();
        const node = new AudioWorkletNode(context, "kuishi-engine", {
          numberOfInputs: 0,
          outputChannelCount: [2],
          processorOptions: { kernels, plan, clips: [], running: true },
        });
        node.connect(context.destination);
        await context.resume();
        await new Promise((done) => setTimeout(done, 3000));
        const stats = (context as unknown as { playbackStats?: { underrunEvents: number; underrunDuration: number } }).playbackStats;
        const before = stats ? { events: stats.underrunEvents, seconds: stats.underrunDuration } : undefined;
        await new Promise((done) => setTimeout(done, seconds * 1000));
        const after = stats ? { events: stats.underrunEvents - (before?.events ?? 0), seconds: stats.underrunDuration - (before?.seconds ?? 0) } : undefined;
        await context.close();
        return after;
      },
      { ...made, plan: crowd(512, 70), seconds: 60 },
    );
    row("  512 voices live for 60 s, dropouts", "asked 0", live ? String(live.events) : "not told", live ? `${live.seconds.toFixed(3)} s` : "");
  } finally {
    await chromium.close();
    site.close();
  }
}

try {
  const named = process.argv.slice(2);
  const wanted = (part: string): boolean => named.length === 0 || named.includes(part);
  const samples = join(shared, "bench/listening/samples");
  if (wanted("dombra")) {
    if (existsSync(samples) && has("ffmpeg", "-version")) dombra(loadNotes(samples));
    else console.log("dombra: skipped (needs ffmpeg and the real notes beside the project)");
  }
  if (wanted("bowed")) await bowed();
  if (wanted("others")) others();
  if (wanted("lines")) lines();
  if (wanted("voices")) await voices();
  if (wanted("song")) wholeSong();
  if (wanted("chromium")) await browser();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
