// Measures every style on recordings and on composed tunes whose truth is known, beside a plain 12-tone 4/4 arranger:
// a straw man of our own making (no product of anyone's), which shows only what happens where a tune's meter and tuning are not listened to.
//   npm run bench:blend [-- STYLE ...]     (the development recordings beside the project; ffmpeg and fluidsynth for the speed)
// BLEND_PIECES=4 takes only so many pieces, BLEND_ONLY="kenes,7/8" only those so named, BLEND_SECONDS=36 only so much of each, BLEND_SEED=7 the tunes of
// another run: for a table before and after. Figures come with their worst case; floors stand beside them.
import { fork } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { median, type Random, SAMPLE_RATE, seeded, silent } from "@kuishi/base";
import { blend, choicesOf, type Grid, groupsTogether, makeGrid, type Style, styles } from "@kuishi/blend";
import { type HeardFile, type Host, hearFile, playHeard, prepareBlend, RECORDING, WIDTH } from "@kuishi/flow";
import {
  audible,
  beatAlignment,
  energyCorrelation,
  features,
  flams,
  floorsOf,
  groupAgreement,
  inScale,
  namedRight,
  sounding,
  unplayable,
  voiceLeading,
  withoutBus,
} from "@kuishi/lab/blending";
import { composeTune, drawLute, type Tune } from "@kuishi/lab/lute";
import { envelopeCorrelation, mastered, partShares, recordFigures, spectraDistance, stillestBars } from "@kuishi/lab/record";
import { hear, understandTune } from "@kuishi/listen";
import { memorySource } from "@kuishi/media";
import type { Heard, HeardNote, HeardStroke } from "@kuishi/score";
import { Kernels } from "@kuishi/signal";
import { kernelModule } from "@kuishi/signal/node";
import { dombra, type Mode, modes } from "@kuishi/tuning";
import { cpu, has } from "./cpu.ts";

const home = join(import.meta.dirname, "..");
const shared = join(home, "..", "shared");
const host: Host = { kernels: kernelModule(), clock: () => performance.now() / 1000 };

/** How much of each piece is taken. */
const SECONDS = Number(process.env.BLEND_SECONDS ?? 0);

interface Piece {
  readonly name: string;
  readonly file: HeardFile;
  /** Known beats and bars; null of recordings. */
  readonly truth: Pick<Tune, "beats" | "bars"> | null;
}

const mode = (name: string): Mode => modes.find((one) => one.name === name)!;
/** What is composed: meters from plain to changing, a neutral and a pentatonic mode, free rhythm. */
const COMPOSED: readonly { readonly name: string; readonly bars: readonly (readonly number[])[]; readonly mode: string; readonly pulse: number }[] = [
  { name: "5/8 dorian", bars: [[2, 3]], mode: "dorian", pulse: 0.21 },
  { name: "7/8 mixolydian", bars: [[2, 2, 3]], mode: "mixolydian", pulse: 0.19 },
  {
    name: "2/4+3/4 aeolian",
    bars: [
      [2, 2],
      [2, 2, 2],
    ],
    mode: "aeolian",
    pulse: 0.24,
  },
  { name: "4/4 neutral third", bars: [[2, 2, 2, 2]], mode: "neutral third", pulse: 0.2 },
  { name: "3/4 pentatonic", bars: [[2, 2, 2]], mode: "major pentatonic", pulse: 0.26 },
  { name: "free phrygian", bars: [[2, 2]], mode: "phrygian", pulse: 0.33 },
];

/** A composed tune as an exact hearing, played by our dombra. */
async function composed(index: number, seed: number): Promise<Piece> {
  const wish = COMPOSED[index]!;
  const random: Random = seeded(seed + index, "bench blend");
  const lute = drawLute(random, { stray: 6, interval: 498, low: [4900, 5300] });
  const free = wish.name.startsWith("free");
  const tune = composeTune(random, lute, { bars: wish.bars, mode: mode(wish.mode), seconds: SECONDS || 46, pulse: wish.pulse, rubato: free ? 0.35 : 0.03 });
  const notes: HeardNote[] = [];
  const strokes: HeardStroke[] = [];
  for (const stroke of tune.strokes) {
    const touches = tune.touches.filter((touch) => touch.at >= stroke.at - 0.001 && touch.at < stroke.at + 0.03);
    const ids = touches.map((touch) => {
      const id = `n${notes.length + 1}`;
      const frets = lute.strings[touch.string]?.frets ?? [];
      const at = Math.floor(touch.fret);
      const cents = frets[at]! + (touch.fret - at) * ((frets[at + 1] ?? frets[at])! - frets[at]!);
      notes.push({
        id,
        onset: touch.at,
        offset: touch.at + 1.2,
        cents,
        string: touch.string,
        fret: Math.round(touch.fret * 2) / 2,
        articulation: "plucked",
        confidence: { onset: 1, pitch: 1, string: 1, fret: 1 },
      });
      return id;
    });
    strokes.push({ at: stroke.at, direction: stroke.direction, noteIds: ids, accent: Math.max(...touches.map((touch) => touch.velocity)), confidence: 1 });
  }
  // a note lasts until its string is struck again
  notes.forEach((note, i) => {
    const next = notes.slice(i + 1).find((other) => other.string === note.string);
    if (next) notes[i] = { ...note, offset: Math.min(note.offset, next.onset) };
  });
  const strings = lute.strings.map((string) => ({
    openCents: string.frets[0]!,
    fretCents: [...string.frets],
    fretConfidence: string.frets.map(() => 1),
    confidence: 1,
  }));
  const bars = free ? [] : tune.bars.map((bar) => ({ at: bar.at, groups: bar.groups }));
  const understood = await understandTune({ notes, strokes, strings, bars, beats: free ? [] : tune.beats, seconds: tune.seconds }, dombra, silent);
  const heard: Heard = {
    ...understood,
    mode: { ...understood.mode, tonicCents: tune.tonicCents, name: wish.mode, degreesCents: [...mode(wish.mode).degrees] },
  };
  return { name: wish.name, file: { heard, recording: await playHeard(host, heard, dombra, tune.seconds, seed, silent) }, truth: free ? null : tune };
}

const RECORDED = ["balbyrauyn-opening.flac", "adai.mp3", "kenes.mp3", "kozimnin-qarasy.mp3"];
async function recorded(name: string): Promise<Piece> {
  const file = await hearFile(host, memorySource(readFileSync(join(shared, "data", name))), { passage: { toSec: SECONDS || 55 } }, silent);
  return { name, file, truth: null };
}

/** The comparison: the tune's notes on a steady 4/4 grid of its mean tempo, in twelve equal notes, no ear for the right hand. */
function plain(heard: Heard): Heard {
  const beat = 60 / (heard.tempoBpm ?? 110);
  const from = heard.beats[0]?.at ?? 0.3;
  const count = Math.floor((heard.durationSec - from) / beat);
  const tonic = Math.round(heard.mode.tonicCents / 100) * 100;
  const third = heard.mode.degreesCents.some((degree) => Math.abs(degree - 400) < 60);
  return {
    ...heard,
    beats: Array.from({ length: count }, (_, k) => ({ at: from + k * beat, confidence: 1 })),
    downbeats: Array.from({ length: Math.ceil(count / 4) }, (_, k) => from + 4 * k * beat),
    meter: [{ fromBar: 1, groups: [2, 2, 2, 2], unit: 8, confidence: 1 }],
    strokes: [],
    mode: { ...heard.mode, tonicCents: tonic, degreesCents: third ? [0, 200, 400, 500, 700, 900, 1100] : [0, 200, 300, 500, 700, 800, 1000] },
  };
}

interface Row {
  readonly style: string;
  readonly piece: string;
  readonly figures: Readonly<Record<string, number>>;
  readonly floors: Readonly<Record<string, number>>;
  readonly failed: readonly string[];
  /** As a record: after the master chain. */
  readonly record: Readonly<Record<string, number>>;
  readonly thirds: readonly number[];
  readonly company: readonly number[];
  readonly colour: readonly number[];
  readonly tune: readonly number[];
}

const gridOf = (heard: Heard, style: Style): Grid => makeGrid(heard, groupsTogether(heard, style));

async function measured(piece: Piece, style: Style): Promise<Row> {
  const { heard } = piece.file;
  const prepared = await prepareBlend(host, piece.file, { choices: choicesOf(style.name, 1) }, silent);
  const { arrangement, plan, clips } = prepared;
  const sound = sounding(host.kernels, withoutBus(plan, WIDTH), clips, RECORDING);
  const grid = gridOf(heard, style);
  const strokes = heard.strokes.map(({ at, accent }) => ({ at, accent }));
  const flam = flams(arrangement, strokes);
  const floors = floorsOf(arrangement, sound, RECORDING, style.fill.drum, grid);
  const unmerged = makeGrid(heard, 1);
  const truth = piece.truth;
  const alignment = truth ? beatAlignment(unmerged, truth.beats) : undefined;
  const { tune: t, blend: b } = arrangement.intervals;
  const figures = {
    flams: flam.share,
    flamMs: flam.medianMs,
    scale: inScale(arrangement, heard),
    unplayable: unplayable(arrangement),
    audible: audible(host.kernels, sound, heard),
    energy: energyCorrelation(arrangement, sound, heard),
    voices: voiceLeading(arrangement),
    fourths: b.fourth,
    tuneFourths: t.fourth,
    fifths: b.fifth,
    tuneFifths: t.fifth,
    thirds: b.third,
    tuneThirds: t.third,
    ...(truth && alignment ? { beatF: alignment.f, beatMs: alignment.medianMs, groups: groupAgreement(unmerged, truth.bars) } : {}),
  };
  const failed: string[] = [];
  const must = (name: string, fine: boolean): void => {
    if (!fine) failed.push(name);
  };
  must("accompaniment", floors.accompaniment >= -6 && floors.accompaniment <= 0);
  must("climb", floors.climb >= 4);
  must("parts", floors.parts >= 6);
  must("roots", floors.roots >= 3 || heard.mode.degreesCents.length < 3);
  must("density", (floors.density >= style.density[0] && floors.density <= style.density[1]) || grid.free);
  must("fills", floors.fills === 1 || grid.free);
  must("twins", floors.twins === 0);
  const mix = mastered(host.kernels, plan, clips, -14);
  const onsets = heard.notes.map((note) => note.onset);
  const bars = grid.bars.map((bar) => bar.to - bar.from);
  const { thirds, ...record } = recordFigures(host.kernels, mix, arrangement, onsets, bars.length > 0 ? median(bars) : 2);
  const shares = [...partShares(arrangement, grid.bars).values()];
  const climax = arrangement.sections.find((section) => section.role === "climax");
  const [from, to] = [climax?.from ?? 0, Math.min(heard.durationSec, Math.max((climax?.from ?? 0) + 8, climax?.to ?? 0))];
  const start = Math.max(0, Math.min(from, heard.durationSec - 10));
  return {
    style: style.name,
    piece: piece.name,
    figures,
    floors: { ...floors },
    failed,
    record: {
      ...record,
      ...(grid.free
        ? {}
        : { leastShare: Math.min(...shares), partsBelow35: shares.filter((share) => share < 0.35).length, stillBars: stillestBars(arrangement, grid.bars) }),
    },
    thirds,
    company: companyOf(sound.energies),
    colour: features(host.kernels, sound.added, start, Math.max(to, start + 8)).colour,
    tune: features(host.kernels, sound.added, 0, Math.min(heard.durationSec, sound.added.length / SAMPLE_RATE)).tune,
  };
}

/** Energies of all that was added, per 100 ms. */
function companyOf(energies: ReadonlyMap<string, readonly number[]>): number[] {
  const out: number[] = [];
  for (const [id, list] of energies)
    if (id !== RECORDING)
      list.forEach((energy, i) => {
        out[i] = (out[i] ?? 0) + energy;
      });
  return out;
}

/** Of every style how it stands as a record, and the two that are most alike. */
function tellRecords(rows: readonly Row[], names: readonly string[]): void {
  const keys = [...new Set(rows.flatMap((row) => Object.keys(row.record)))];
  console.log("\nas records, mastered to -14 LUFS: mean (least..most)");
  for (const name of names) {
    const own = rows.filter((row) => row.style === name);
    const cells = keys.map((key) => {
      const list = own.flatMap((row) => row.record[key] ?? []);
      return list.length === 0 ? "" : `${key} ${fixed(mean(list))} (${fixed(Math.min(...list))}..${fixed(Math.max(...list))})`;
    });
    console.log(`${name.padEnd(22)}${cells.join("  ")}`);
  }
  const pairs = names.flatMap((a, i) => names.slice(i + 1).map((b) => [a, b] as const));
  const told = pairs.map(([a, b]) => {
    const both = rows
      .filter((row) => row.style === a)
      .flatMap((row) => rows.filter((other) => other.style === b && other.piece === row.piece).map((other) => [row, other] as const));
    return {
      pair: `${a} and ${b}`,
      distance: mean(both.map(([x, y]) => spectraDistance(x.thirds, y.thirds))),
      alike: mean(both.map(([x, y]) => envelopeCorrelation(x.company, y.company))),
    };
  });
  if (told.length === 0) return;
  const [near, alike] = [told.reduce((a, b) => (b.distance < a.distance ? b : a)), told.reduce((a, b) => (b.alike > a.alike ? b : a))];
  console.log(`least distance of two styles: ${fixed(near.distance)} dB (${near.pair}); companies most alike: ${fixed(alike.alike)} (${alike.pair})`);
}

const fixed = (value: number): string => (Math.abs(value) >= 10 ? value.toFixed(1) : value.toFixed(3));
const mean = (list: readonly number[]): number => list.reduce((a, b) => a + b, 0) / Math.max(1, list.length);
/** Which end is the worse one. */
const LOW_IS_WORSE = new Set(["scale", "audible", "energy", "beatF", "groups"]);

function tell(rows: readonly Row[]): void {
  const names = [...new Set(rows.map((row) => row.style))];
  const keys = ["beatMs", "beatF", "groups", "flams", "flamMs", "scale", "unplayable", "audible", "energy", "voices"];
  console.log("figures: mean (worst)");
  console.log(["style".padEnd(22), ...keys.map((key) => key.padEnd(15))].join(""));
  const line = (label: string, own: readonly Row[]): void => {
    const cells = keys.map((key) => {
      const all = own.flatMap((row) => row.figures[key] ?? []);
      const list = all.filter(Number.isFinite);
      // where there was nothing to measure, that is told and met by nothing
      const none = all.length > list.length ? `, ${all.length - list.length} none` : "";
      if (list.length === 0) return `-${none}`.padEnd(15);
      const worst = LOW_IS_WORSE.has(key) ? Math.min(...list) : Math.max(...list);
      return `${fixed(mean(list))} (${fixed(worst)})${none}`.padEnd(15);
    });
    console.log([label.padEnd(22), ...cells].join(""));
  };
  for (const name of names)
    line(
      name,
      rows.filter((row) => row.style === name),
    );
  line("all", rows);
  console.log(
    `worst at: ${keys
      .map((key) => {
        const own = rows.filter((row) => Number.isFinite(row.figures[key]));
        const worth = (row: Row): number => row.figures[key]! * (LOW_IS_WORSE.has(key) ? -1 : 1);
        const worst = own.reduce((a, b) => (worth(b) > worth(a) ? b : a), own[0]!);
        return `${key} ${worst?.style} on ${worst?.piece}`;
      })
      .join("; ")}`,
  );
  console.log("\nintervals that sound together, blend / tune: means");
  for (const key of ["fourths", "fifths", "thirds"])
    console.log(
      `  ${key.padEnd(8)} ${fixed(mean(rows.map((row) => row.figures[key]!)))} / ${fixed(mean(rows.map((row) => row.figures[`tune${key[0]?.toUpperCase()}${key.slice(1)}`]!)))}`,
    );
  console.log("\nfloors: mean (least..most); a floor that fails is named with its piece");
  const floors = Object.keys(rows[0]?.floors ?? {});
  for (const name of names) {
    const own = rows.filter((row) => row.style === name);
    console.log(
      `${name.padEnd(22)}${floors.map((key) => `${key} ${fixed(mean(own.map((row) => row.floors[key]!)))} (${fixed(Math.min(...own.map((row) => row.floors[key]!)))}..${fixed(Math.max(...own.map((row) => row.floors[key]!)))})`).join("  ")}`,
    );
    for (const row of own) for (const floor of row.failed) console.log(`${"".padEnd(22)}  FAILS ${floor} on ${row.piece}: ${fixed(row.floors[floor]!)}`);
  }
  tellRecords(rows, names);
  if (names.length > 3) {
    const style = namedRight(
      rows.map((row) => ({ label: row.style, group: row.piece, features: row.colour })),
      true,
    );
    console.log(
      `\nthe style named from the sound of what was added, one tune left out: ${(12 * style.right).toFixed(2)} in 12${style.wrong.length > 0 ? `\n  ${style.wrong.join("\n  ")}` : ""}`,
    );
    const tune = namedRight(
      rows.map((row) => ({ label: row.piece, group: row.style, features: row.tune })),
      false,
    );
    console.log(
      `the tune named from its blend with the recording muted, one style left out: ${(10 * tune.right).toFixed(2)} in 10${tune.wrong.length > 0 ? `\n  ${tune.wrong.join("\n  ")}` : ""}`,
    );
  }
}

/** The same tunes known from their sound alone: what the blend's beats are worth when the ear found them. */
async function byEar(pieces: readonly Piece[]): Promise<void> {
  console.log("\nthe same tunes heard by the ear instead of known: beats F, median error in ms, groups");
  const heardRows: { readonly f: number; readonly medianMs: number; readonly groups: number }[] = [];
  for (const { name, file, truth } of pieces) {
    if (!truth) continue;
    const heard = await hear(new Kernels(host.kernels), file.recording.channels, dombra, silent, () => 0);
    const grid = makeGrid(heard, 1);
    const { f, medianMs } = beatAlignment(grid, truth.beats);
    const groups = groupAgreement(grid, truth.bars);
    heardRows.push({ f, medianMs, groups });
    console.log(`  ${name.padEnd(26)} ${fixed(f)}  ${fixed(medianMs)}  ${fixed(groups)}`);
  }
  const all = (key: "f" | "medianMs" | "groups"): string => fixed(mean(heardRows.map((one) => one[key])));
  console.log(`  ${"mean, heard by the ear".padEnd(26)} ${all("f")}  ${all("medianMs")}  ${all("groups")}`);
}

async function peers(pieces: readonly Piece[]): Promise<void> {
  console.log("\na straw man of our own, a plain 12-tone 4/4 arranger, on the same tunes: flams, tones within 8 cents of the tune's scale, groups");
  for (const piece of pieces) {
    const flat = plain(piece.file.heard);
    const style = styles.get("synth-pop")!;
    const made = blend(flat, styles, choicesOf(style.name, 1));
    const strokes = piece.file.heard.strokes.map(({ at, accent }) => ({ at, accent }));
    console.log(
      `  ${piece.name.padEnd(26)} ${fixed(flams(made, strokes).share)}  ${fixed(inScale(made, piece.file.heard))}  ${piece.truth ? fixed(groupAgreement(makeGrid(flat, 1), piece.truth.bars)) : "-"}`,
    );
  }
}

/** CPU time from file to master for three minutes, beside FluidSynth playing song.mid. */
function speed(): void {
  const song = join(shared, "bench", "render", "song.mid");
  const font = ["/usr/share/sounds/sf2/FluidR3_GM.sf2", "/usr/share/soundfonts/FluidR3_GM.sf2"].find(existsSync);
  if (!existsSync(song) || font === undefined || !has("fluidsynth", "--version") || !has("ffmpeg", "-version")) {
    console.log("\nspeed: skipped (needs song.mid beside the project, ffmpeg, fluidsynth and its GM sound font)");
    return;
  }
  const folder = mkdtempSync(join(tmpdir(), "kuishi-bench-"));
  try {
    const three = join(folder, "three.wav");
    cpu("ffmpeg", ["-v", "error", "-stream_loop", "9", "-i", join(home, "examples", "balbyrauyn.flac"), "-t", "180", "-y", three]);
    const run = (follow: string): number =>
      cpu(process.execPath, [
        join(home, "apps/cli/src/main.mjs"),
        "blend",
        three,
        "--style",
        "ethno-house",
        "--follow",
        follow,
        "--force",
        "--out",
        join(folder, "b"),
      ]);
    const theirs = [0, 1, 2].map(() => cpu("fluidsynth", ["-ni", "-F", join(folder, "f.wav"), "-r", "48000", font, song])).sort((a, b) => a - b)[1]!;
    for (const follow of ["performance", "grid"]) {
      const ours = [0, 1, 2].map(() => run(follow)).sort((a, b) => a - b)[1]!;
      console.log(
        `\nthree minutes of recording, file to master, ${follow}: ${ours.toFixed(2)} s CPU, ${(ours / theirs).toFixed(2)} of FluidSynth's ${theirs.toFixed(2)} s on song.mid`,
      );
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const load = async (index: number, seed: number): Promise<Piece> =>
  index < COMPOSED.length ? await composed(index, seed) : await recorded(RECORDED[index - COMPOSED.length]!);

if (process.env.BLEND_CHILD) {
  process.on("message", async ({ index, seed, names }: { index: number; seed: number; names: string[] }) => {
    const piece = await load(index, seed);
    for (const name of names) process.send?.({ row: await measured(piece, styles.get(name)!) });
    process.send?.({ ready: true });
  });
  process.send?.({ ready: true });
} else {
  const wanted = process.argv.slice(2).filter((name) => styles.has(name));
  const names = wanted.length > 0 ? wanted : [...styles.keys()];
  const seed = Number(process.env.BLEND_SEED ?? Math.floor(Math.random() * 1e6));
  const recordings = existsSync(join(shared, "data")) && has("ffmpeg", "-version") ? RECORDED.length : 0;
  const count = Math.min(COMPOSED.length + recordings, Number(process.env.BLEND_PIECES ?? 99));
  console.log(`composed tunes from seed ${seed}${recordings === 0 ? "; the development recordings are not here" : ""}`);
  const rows: Row[] = [];
  const only = process.env.BLEND_ONLY?.split(",");
  const pieceNames = [...COMPOSED.map((piece) => piece.name), ...RECORDED];
  const jobs = Array.from({ length: count }, (_, index) => index).filter((index) => only?.some((part) => pieceNames[index]!.includes(part)) ?? true);
  await Promise.all(
    [0, 1].map(
      () =>
        new Promise<void>((done) => {
          const child = fork(import.meta.filename, { env: { ...process.env, BLEND_CHILD: "1" } });
          child.on("message", (message: { ready?: boolean; row?: Row }) => {
            if (message.row) rows.push(message.row);
            if (!message.ready) return;
            const index = jobs.shift();
            if (index === undefined) child.kill();
            else child.send({ index, seed, names });
          });
          child.on("exit", () => done());
        }),
    ),
  );
  rows.sort((a, b) => names.indexOf(a.style) - names.indexOf(b.style));
  tell(rows);
  if (only) process.exit();
  const known = await Promise.all(Array.from({ length: Math.min(count, COMPOSED.length) }, (_, index) => load(index, seed)));
  await byEar(known);
  await peers(known);
  if (wanted.length === 0) speed();
}
