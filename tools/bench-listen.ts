// Measures the ear on sets made here, with truth, from modelled lutes and singers; seeds drawn at run time unless given.
//   npm run bench:listen [-- SEED]
// Each line: what was asked, the mean, the worst piece.
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { median, pow, type Random, SAMPLE_RATE, seeded, silent } from "@kuishi/base";
import {
  agreement,
  centsAt,
  composeForm,
  composeTune,
  drawLine,
  drawLute,
  drawPractice,
  drawRoom,
  LUTE_RATE,
  type Lute,
  matched,
  type Practice,
  place,
  rawPitch,
  renderTouches,
  type SingerKind,
  strumChords,
  type Touch,
  type Tune,
} from "@kuishi/lab/lute";
import { hear, liveEar } from "@kuishi/listen";
import { loadRecording, memorySource } from "@kuishi/media";
import type { Heard } from "@kuishi/score";
import { Kernels, resampled } from "@kuishi/signal";
import { kernelModule } from "@kuishi/signal/node";
import { classDistance, type Instrument, instruments, modes } from "@kuishi/tuning";

const seed = Number(process.argv[2] ?? Math.floor(performance.timeOrigin % 1_000_000));
const bench = join(import.meta.dirname, "..", "..", "shared", "bench", "listening");
const clock = (): number => performance.now() / 1000;
const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / Math.max(1, values.length);
const show = (value: number): string => (Number.isFinite(value) ? value.toFixed(3) : "-");

function line(name: string, asked: string, values: readonly number[], worst: "least" | "most" = "least"): void {
  const edge = worst === "least" ? Math.min(...values) : Math.max(...values);
  console.log(`${name.padEnd(52)} asked ${asked.padEnd(6)} mean ${show(mean(values))}  worst ${show(edge)}  (${values.length})`);
}

/** Hears samples at 24 kHz. */
async function listen(samples: Float32Array, instrument = "dombra"): Promise<Heard> {
  const chosen = instruments.get(instrument);
  if (!chosen) throw new Error(`no instrument ${instrument}`);
  const whole = resampled(new Kernels(kernelModule()), samples, LUTE_RATE, SAMPLE_RATE);
  return await hear(new Kernels(kernelModule()), [whole], chosen, silent, clock);
}

/** Everything that sounded in practice, with its pitch. */
const sounded = (lute: Lute, { touches }: Practice): (Touch & { cents: number })[] =>
  touches
    .filter((touch) => touch.kind !== "damp")
    .map((touch) => ({ ...touch, cents: centsAt(lute.strings[touch.string] as Lute["strings"][number], touch.fret) }));
/** Everything that was heard with a pitch. */
const pitched = (heard: Heard) => heard.notes.flatMap((note) => (note.cents === null ? [] : [{ ...note, cents: note.cents, at: note.onset }]));
const samePitch = (a: { readonly cents: number }, b: { readonly cents: number }): boolean => Math.abs(a.cents - b.cents) < 50;

/** The shared benchmark: recorded notes of one dombra. */
async function shared(): Promise<void> {
  if (!existsSync(bench)) {
    console.log("the shared listening benchmark is not beside the project: skipped");
    return;
  }
  const metrics = await import(pathToFileURL(join(bench, "metrics.mjs")).href);
  const folder = mkdtempSync(join(tmpdir(), "kuishi-ear-"));
  for (const hard of [false, true]) {
    const set = join(folder, hard ? "hard" : "clean");
    execFileSync("node", [join(bench, "gen.mjs"), set, String(seed)], { stdio: "ignore", env: { ...process.env, ...(hard ? { HARD: "1" } : {}) } });
    const rows: Record<"op" | "sp" | "sf" | "opo" | "beat" | "cents" | "speed", number[]> = { op: [], sp: [], sf: [], opo: [], beat: [], cents: [], speed: [] };
    const types = new Map<string, number[]>();
    for (const name of readdirSync(set).filter((file) => file.endsWith(".wav"))) {
      const heard = await hearPath(join(set, name));
      const truth = JSON.parse(readFileSync(join(set, name.replace("wav", "json")), "utf8"));
      const notes = heard.notes
        .filter((note) => note.cents !== null)
        .map((note) => ({ onset: note.onset, offset: note.offset, midi: (note.cents as number) / 100, string: note.string, fret: note.fret }));
      const score = metrics.score(truth.notes, notes);
      rows.op.push(score.onsetPitch.f);
      rows.sp.push(score.stringPitch?.f ?? 0);
      rows.sf.push(score.stringFret?.f ?? 0);
      rows.opo.push(score.onsetPitchOffset.f);
      rows.beat.push(
        metrics.beatVariants(
          truth.beats,
          heard.beats.map((beat) => beat.at),
        ).f,
      );
      rows.speed.push(truth.dur / heard.elapsedSec);
      const off = truth.notes.flatMap((note: { onset: number; midi: number }) =>
        notes
          .filter((other) => Math.abs(other.onset - note.onset) < 0.05 && Math.abs(other.midi - note.midi) < 0.5)
          .map((other) => Math.abs(other.midi - note.midi) * 100)
          .slice(0, 1),
      );
      rows.cents.push(median(off));
      const type = name[0] as string;
      types.set(type, [...(types.get(type) ?? []), score.onsetPitch.f]);
    }
    console.log(`\nshared benchmark, ${hard ? "HARD" : "clean"}, seed ${seed}   (peers: basic-pitch .58 / .56, probe .88 / .72)`);
    line("onset+pitch F1", hard ? ".90" : ".96", rows.op);
    for (const [type, values] of types) line(`  type ${type}`, hard ? (type === "c" ? ".80" : "-") : type === "c" ? ".90" : ".88", values);
    line("onset+pitch+string F1", hard ? ".84" : ".93", rows.sp);
    line("onset+string+fret F1", hard ? ".82" : ".92", rows.sf);
    line("onset+pitch+offset F1", hard ? ".75" : ".88", rows.opo);
    line("beat F1 (best peer .64)", hard ? ".80" : ".85", rows.beat);
    line("median pitch error, cents", "5", rows.cents, "most");
    line("times real time", "40", rows.speed);
  }
  rmSync(folder, { recursive: true, force: true });
}

/** Random lutes of our own model: strings, left hand, direction, knocks, calibration. */
async function lutes(count: number): Promise<void> {
  const rows: Record<"op" | "sp" | "plucked" | "left" | "knock" | "way" | "said", number[]> = {
    op: [],
    sp: [],
    plucked: [],
    left: [],
    knock: [],
    way: [],
    said: [],
  };
  const calibration = { sure: new Float64Array(10), right: new Float64Array(10), count: new Float64Array(10) };
  for (let piece = 0; piece < count; piece++) {
    const random = seeded(seed + piece, "bench lute");
    const lute = drawLute(random);
    const practice = drawPractice(random, lute, 20);
    const x = renderTouches(random, lute, practice.touches, practice.knocks, 20);
    place(random, drawRoom(random), x);
    const heard = await listen(x);
    const truth = sounded(lute, practice);
    const found = pitched(heard);
    const all = matched(truth, found, 0.05, samePitch);
    rows.op.push(all.f);
    rows.sp.push(matched(truth, found, 0.05, (a, b) => samePitch(a, b) && a.string === b.string).f);
    const plucked = truth.filter((touch) => touch.kind === "plucked");
    rows.plucked.push(matched(plucked, found, 0.05, samePitch).hits.length / Math.max(1, plucked.length));
    const left = truth.filter((touch) => touch.kind !== "plucked");
    if (left.length > 4) rows.left.push(matched(left, found, 0.05, samePitch).hits.length / left.length);
    const taps = heard.notes.filter((note) => note.articulation === "tap").map((note) => ({ at: note.onset }));
    const alone = practice.knocks.filter((knock) => knock.level > 0.1 && !practice.strokes.some((stroke) => Math.abs(stroke.at - knock.at) < 0.08));
    if (alone.length > 4) rows.knock.push(matched(alone, taps, 0.05).hits.length / alone.length);
    const ways = practice.strokes.filter((stroke) => stroke.direction !== 0 && stroke.touches.length === 2);
    const told = matched(ways, heard.strokes, 0.05).hits.filter(([, stroke]) => stroke.direction !== null);
    if (told.length > 4) {
      rows.way.push(told.filter(([truly, stroke]) => truly.direction > 0 === (stroke.direction === "down")).length / told.length);
      rows.said.push(told.length / ways.length);
    }
    const right = new Set(all.hits.map(([, note]) => note));
    for (const note of found) {
      const bin = Math.min(9, Math.floor(note.confidence.pitch * 10));
      calibration.sure[bin] = (calibration.sure[bin] as number) + note.confidence.pitch;
      calibration.count[bin] = (calibration.count[bin] as number) + 1;
      if (right.has(note)) calibration.right[bin] = (calibration.right[bin] as number) + 1;
    }
  }
  console.log(`\nmodelled lutes never met, with taps, nails, left hand (seed ${seed})`);
  line("onset+pitch F1, all", "-", rows.op);
  line("onset+pitch+string F1, all", "-", rows.sp);
  line("plucked notes found", "-", rows.plucked);
  line("hammered, pulled and slid notes found", "-", rows.left);
  line("taps of their own found", "-", rows.knock);
  line("direction of two-string strokes, where told", "-", rows.way);
  line("  told", "-", rows.said);
  console.log(
    "says -> is right:",
    Array.from(calibration.count, (n, bin) =>
      n < 30 ? undefined : `${show((calibration.sure[bin] as number) / n)} -> ${show((calibration.right[bin] as number) / n)} (${n})`,
    )
      .filter((text) => text !== undefined)
      .join(", "),
  );
}

const PATTERNS: readonly (readonly (readonly number[])[])[] = [
  [[2, 2]],
  [[2, 3]],
  [[3, 2, 2]],
  [
    [2, 2],
    [2, 2, 2],
  ],
  [[2, 2, 2]],
  [[3, 3]],
  [[2, 2, 3]],
  [[3, 2]],
  [
    [2, 2],
    [2, 2],
    [2, 2, 2],
  ],
  [[3, 3, 2]],
];

/** Composed tunes: bars and groups, tonic, mode, direction. */
async function tunes(count: number): Promise<void> {
  const rows: Record<"beat" | "bars" | "tonic" | "mode" | "way", number[]> = { beat: [], bars: [], tonic: [], mode: [], way: [] };
  for (let piece = 0; piece < count; piece++) {
    const random = seeded(seed + piece, "bench tune");
    const { heard, tune } = await playTune(random, PATTERNS[piece % PATTERNS.length] as readonly (readonly number[])[]);
    rows.beat.push(
      matched(
        tune.beats.map((at) => ({ at })),
        heard.beats,
        0.07,
      ).f,
    );
    const groups = heard.downbeats.map((at, i) => ({ at, groups: groupsOf(heard, i + 1) }));
    rows.bars.push(matched(tune.bars, groups, 0.08, (a, b) => a.groups.join() === b.groups).hits.length / tune.bars.length);
    const off = (((heard.mode.tonicCents - tune.tonicCents + 600) % 1200) + 1200) % 1200;
    rows.tonic.push(Math.abs(off - 600) < 50 ? 1 : 0);
    rows.mode.push(Math.abs(off - 600) < 50 && heard.mode.name === tune.mode ? 1 : 0);
    const told = matched(tune.strokes, heard.strokes, 0.05).hits.filter(([, stroke]) => stroke.direction !== null);
    rows.way.push(told.filter(([truly, stroke]) => truly.direction === stroke.direction).length / Math.max(1, told.length));
    if (process.env["VERBOSE"])
      console.log(
        piece,
        tune.bars[0]?.groups.join("+"),
        "bars",
        show(rows.bars.at(-1) as number),
        "beat",
        show(rows.beat.at(-1) as number),
        "mode",
        tune.mode,
        "/",
        heard.mode.name,
        "tonic",
        rows.tonic.at(-1),
        JSON.stringify(heard.meter.slice(0, 3)),
      );
  }
  console.log(`\ncomposed tunes on modelled lutes (seed ${seed})`);
  line("beat F1", "-", rows.beat);
  line("bars with the right groups", ".90", rows.bars);
  line("tonic within 50 cents", ".90", rows.tonic);
  line("mode", ".80", rows.mode);
  line("stroke direction, where told", "-", rows.way);
}

function groupsOf(heard: Heard, bar: number): string {
  let groups = "";
  for (const meter of heard.meter) if ("fromBar" in meter && meter.fromBar <= bar) groups = meter.groups.join();
  return groups;
}

/** Passages cut out of tunes: they neither begin nor end where the tune does. */
async function excerpts(count: number): Promise<void> {
  const rows: Record<"tonic" | "mode", number[]> = { tonic: [], mode: [] };
  for (let index = 0; index < count; index++) {
    const random = seeded(seed + index, "bench excerpt");
    const { heard, tune } = await playTune(random, PATTERNS[index % PATTERNS.length] as readonly (readonly number[])[], 15);
    const off = classDistance(heard.mode.tonicCents, tune.tonicCents);
    rows.tonic.push(off < 50 ? 1 : 0);
    rows.mode.push(off < 50 && heard.mode.name === tune.mode ? 1 : 0);
    if (process.env["VERBOSE"]) console.log(index, tune.mode, "/", heard.mode.name, off);
  }
  console.log(`\n15 s cut out of composed tunes (seed ${seed})`);
  line("tonic within 50 cents", ".90", rows.tonic);
  line("mode", ".80", rows.mode);
}

/** @param cut seconds of a passage from the middle; the whole when left out. */
async function playTune(random: Random, bars: readonly (readonly number[])[], cut?: number): Promise<{ heard: Heard; tune: Tune }> {
  const lute = drawLute(random, { stray: 12, interval: random.pick([498, 498, 702]) });
  const tune = composeTune(random, lute, { bars, mode: random.pick(modes), seconds: 30, pulse: random.between(0.17, 0.3), rubato: random.between(0, 0.06) });
  const x = renderTouches(random, lute, tune.touches, [], tune.seconds);
  place(random, drawRoom(random), x);
  const from = cut === undefined ? 0 : Math.floor(random.between(0.1, 0.4) * x.length);
  return { heard: await listen(cut === undefined ? x : x.slice(from, from + cut * LUTE_RATE)), tune };
}

/** Lines with a curve of pitch, alone and with a dombra. */
async function singers(count: number): Promise<void> {
  const kinds: [SingerKind, string][] = [
    ["voice", "voice"],
    ["reed", "balaban"],
    ["bowed", "qobyz"],
    ["flute", "sybyzgy"],
  ];
  console.log(`\nlines of continuous pitch (seed ${seed})`);
  for (const [kind, instrument] of kinds) {
    if (!instruments.has(instrument)) continue;
    const accuracy: number[] = [];
    const notes: number[] = [];
    for (let piece = 0; piece < count; piece++) {
      const random = seeded(seed + piece, `bench ${kind}`);
      const base = random.between(5000, 6000) + (kind === "flute" ? 900 : 0);
      const sung = drawLine(
        random,
        kind,
        15,
        [0, 200, 300, 500, 700, 900, 1000, 1200].map((step) => base + step),
      );
      const x = sung.samples.slice();
      place(random, drawRoom(random), x);
      const heard = await listen(x, instrument);
      accuracy.push(rawPitch(pointsOf(heard), sung));
      notes.push(
        matched(
          sung.notes.map((note) => ({ at: note.onset, cents: note.cents })),
          heard.notes.map((note) => ({ at: note.onset, cents: note.cents as number })),
          0.1,
          (a, b) => Math.abs(a.cents - b.cents) < 60,
        ).f,
      );
    }
    line(`${instrument}: raw pitch accuracy (50 cents)`, kind === "voice" ? ".85" : "-", accuracy);
    line(`${instrument}: note F1 (100 ms, 60 cents)`, "-", notes);
  }
}

/** Someone sings and plays. */
async function songs(count: number): Promise<void> {
  const rows: Record<"voice" | "strokes", number[]> = { voice: [], strokes: [] };
  for (let piece = 0; piece < count; piece++) {
    const random = seeded(seed + piece, "bench song");
    const lute = drawLute(random, { stray: 12, interval: 498 });
    const mode = random.pick(modes);
    const tune = composeTune(random, lute, { bars: [[2, 2]], mode, seconds: 20, pulse: random.between(0.2, 0.3), rubato: 0.03 });
    const x = renderTouches(random, lute, tune.touches, [], tune.seconds);
    const scale = [-1200, 0, 1200, 2400]
      .flatMap((octave) => mode.degrees.map((degree) => tune.tonicCents + octave + degree))
      .filter((cents) => cents > 5200 && cents < 6900);
    const sung = drawLine(random, "voice", tune.seconds - 0.5, scale);
    mix(x, sung.samples, random.between(0, 6));
    place(random, drawRoom(random), x);
    const heard = await listen(x, "dombra-voice");
    const found = heard.strokes.filter((stroke) => heard.notes.some((note) => note.cents !== null && stroke.noteIds.includes(note.id)));
    rows.strokes.push(matched(tune.strokes, found, 0.05).f);
    rows.voice.push(rawPitch(pointsOf({ ...heard, notes: heard.notes.filter((note) => note.articulation === "sustained") }), sung));
  }
  console.log(`\na singer 0-6 dB over a dombra (seed ${seed})`);
  line("voice: raw pitch accuracy (50 cents)", ".85", rows.voice);
  line("dombra: stroke onset F1", ".80", rows.strokes);
}

const pointsOf = (heard: Heard): (readonly [number, number])[] => heard.notes.flatMap((note) => note.curve ?? []);

/** A published performance, as it stands and as our audit corrects it (docs/audit). */
async function realPerformance(): Promise<void> {
  const data = join(bench, "..", "..", "data");
  if (!existsSync(data)) return;
  interface Event {
    readonly bar: number;
    readonly beat: number;
    readonly t: number | null;
    readonly lower_string: string | null;
    readonly upper_string: string | null;
  }
  const published: { events: Event[]; tuning_offset_cents: number } = JSON.parse(readFileSync(join(data, "balbyrauyn-opening.json"), "utf8"));
  const audit: { shiftSec: number; changes: { bar: number; beat: number; t: number }[] } = JSON.parse(
    readFileSync(join(import.meta.dirname, "../docs/audit/balbyrauyn-opening.json"), "utf8"),
  );
  const corrected = published.events.map((event) => {
    const change = audit.changes.find((other) => other.bar === event.bar && other.beat === event.beat);
    return { ...event, t: change ? change.t : event.t === null ? null : event.t + audit.shiftSec };
  });
  const heard = await hearPath(join(data, "balbyrauyn-opening.flac"));
  console.log("\na performance (Balbyrauyn, bars 1-18)");
  for (const [name, events] of [
    ["as published", published.events],
    ["as audited", corrected],
  ] as const) {
    const truth = events.flatMap((event) => {
      // a unison of both strings is one sound
      const names = new Set([event.lower_string, event.upper_string].filter((pitch) => pitch !== null));
      return event.t === null
        ? []
        : [...names].map((pitch) => ({ at: event.t as number, cents: centsOfName(pitch as string) + published.tuning_offset_cents }));
    });
    const last = Math.max(...truth.map((note) => note.at)) + 0.1;
    const found = heard.notes.filter((note) => note.cents !== null && note.onset < last).map((note) => ({ at: note.onset, cents: note.cents as number }));
    const merged = found.filter(
      (note, i) => !found.slice(0, i).some((other) => Math.abs(other.at - note.at) < 0.02 && Math.abs(other.cents - note.cents) < 50),
    );
    line(`onset+pitch F1, ${name}`, ".85", [matched(truth, merged, 0.05, samePitch).f]);
  }
}

/** Cents of a name as F#3. */
function centsOfName(name: string): number {
  const [, letter, sharp, octave] = /^([A-G])(#?)(\d)$/.exec(name) as unknown as [string, keyof typeof STEPS, string, string];
  return 100 * (STEPS[letter] + (sharp ? 1 : 0) + 12 * (Number(octave) + 1));
}
const STEPS = { C: 0, D: 2, E: 4, F: 5, G: 7, A: 9, B: 11 } as const;

async function hearPath(path: string, instrument = "dombra"): Promise<Heard> {
  const recording = await loadRecording(new Kernels(kernelModule()), memorySource(new Uint8Array(readFileSync(path))), {}, silent);
  return await hear(new Kernels(kernelModule()), recording.channels, instruments.get(instrument) as never, silent, clock);
}

/** Pieces in known forms: their kind, registers, sections. */
async function forms(count: number): Promise<void> {
  const rows: Record<"kind" | "zones" | "zoneEdges" | "edges" | "pairs", number[]> = { kind: [], zones: [], zoneEdges: [], edges: [], pairs: [] };
  for (let index = 0; index < count; index++) {
    const random = seeded(seed + index, "bench form");
    const kind = (["tokpe", "shertpe", "song"] as const)[index % 3] as "tokpe" | "shertpe" | "song";
    const lute = drawLute(random, { stray: 12, interval: random.pick([498, 498, 702]) });
    const piece = composeForm(random, lute, kind);
    const x = renderTouches(random, lute, piece.touches, [], piece.seconds);
    const sings = kind === "song" && random.chance(0.5);
    if (sings) addVoice(random, x, piece.seconds - 1);
    place(random, drawRoom(random), x);
    const heard = await listen(x, sings ? "dombra-voice" : "dombra");
    rows.kind.push(heard.kind?.name === kind ? 1 : 0);
    const found = heard.form.map((section) => ({ from: section.fromSec, to: section.toSec, label: section.zone ?? section.label }));
    const agrees = agreement(piece.sections, found);
    if (kind === "tokpe") {
      rows.zones.push(agrees.labels);
      rows.zoneEdges.push(agrees.boundaries);
    } else {
      rows.edges.push(agrees.boundaries);
      rows.pairs.push(agrees.pairs);
    }
  }
  console.log(`\npieces composed in a form (seed ${seed})`);
  line("tokpe, shertpe or song", "-", rows.kind);
  line("register of the kui at each moment", "-", rows.zones);
  line("  where it changes, 3 s", "-", rows.zoneEdges);
  line("sections of the others, edges within 3 s", "-", rows.edges);
  line("  same letter for the same music", "-", rows.pairs);
}

/** Adds a singer 0-5 dB over what is there. */
function addVoice(random: Random, x: Float32Array, seconds: number): void {
  const sung = drawLine(
    random,
    "voice",
    seconds,
    [0, 200, 400, 500, 700, 900, 1000, 1200].map((step) => 5300 + step),
  );
  mix(x, sung.samples, random.between(0, 5));
}

/** Adds a sound so many decibels over what is there. */
function mix(x: Float32Array, other: Float32Array, decibels: number): void {
  const power = (y: Float32Array): number => y.reduce((sum, v) => sum + v * v, 1e-9);
  const gain = Math.sqrt(power(x) / power(other)) * pow(10, decibels / 20);
  for (let i = 0; i < other.length; i++) x[i] = (x[i] as number) + gain * (other[i] as number);
}

/** Tar and guitar: notes, courses, chords. */
async function courses(count: number): Promise<void> {
  console.log(`\nmore than two strings (seed ${seed})`);
  for (const kind of ["tar", "guitar"] as const) {
    const rows: Record<"op" | "sp", number[]> = { op: [], sp: [] };
    for (let index = 0; index < count; index++) {
      const random = seeded(seed + index, `bench ${kind}`);
      const lute = drawLute(random, { kind, stray: 12, low: kind === "tar" ? [4750, 4850] : [3960, 4040] });
      const practice = drawPractice(random, lute, 18);
      const x = renderTouches(random, lute, practice.touches, practice.knocks, 18);
      place(random, drawRoom(random), x);
      const heard = await listen(x, kind);
      const truth = sounded(lute, practice);
      const found = pitched(heard);
      rows.op.push(matched(truth, found, 0.05, samePitch).f);
      rows.sp.push(matched(truth, found, 0.05, (a, b) => samePitch(a, b) && a.string === b.string).f);
    }
    line(`${kind}: onset+pitch F1`, "-", rows.op);
    line(`${kind}: onset+pitch+course F1`, "-", rows.sp);
  }
  const named: number[] = [];
  for (let index = 0; index < count; index++) {
    const random = seeded(seed + index, "bench chords");
    const lute = drawLute(random, { kind: "guitar", stray: 8, low: [3980, 4020] });
    const strummed = strumChords(random, 8);
    const x = renderTouches(random, lute, strummed.touches, [], strummed.seconds);
    place(random, drawRoom(random), x);
    const { chords = [] } = await listen(x, "guitar");
    const base = lute.strings[0]?.frets[0] ?? 4000;
    const right = strummed.chords.filter(({ from, to, root, quality }) => {
      const found = chords.filter((chord) => chord.at < (from + to) / 2).at(-1);
      return found?.quality === quality && classDistance(found.rootCents, base + root) < 50;
    });
    named.push(right.length / strummed.chords.length);
  }
  line("guitar: chords by root and quality", "-", named);
}

/** The live ear, fed in blocks of 5 ms. */
async function streaming(count: number): Promise<void> {
  const rows: Record<"op" | "delay" | "late", number[]> = { op: [], delay: [], late: [] };
  for (let index = 0; index < count; index++) {
    const random = seeded(seed + index, "bench live");
    const lute = drawLute(random);
    const practice = drawPractice(random, lute, 20);
    const x = renderTouches(random, lute, practice.touches, practice.knocks, 20);
    place(random, drawRoom(random), x);
    const ear = liveEar(new Kernels(kernelModule()), instruments.get("dombra") as Instrument);
    const told = new Map<number, { at: number; notes: readonly { cents: number }[]; after: number }>();
    for (let at = 0; at < x.length; at += 128) {
      const began = performance.now();
      for (const one of ear.push(x.subarray(at, at + 128)))
        if (one.type === "stroke" && !told.has(one.id)) told.set(one.id, { ...one, after: ear.seconds - one.at + (performance.now() - began) / 1000 });
    }
    const truth = sounded(lute, practice);
    const found = [...told.values()].flatMap((stroke) => stroke.notes.map((note) => ({ at: stroke.at, cents: note.cents })));
    rows.op.push(matched(truth, found, 0.05, samePitch).f);
    const delays = [...told.values()].map((stroke) => stroke.after * 1000);
    rows.delay.push(median(delays));
    rows.late.push(delays.filter((delay) => delay <= 100).length / delays.length);
  }
  console.log(`\nthe live ear on modelled lutes, first word (seed ${seed})`);
  line("onset+pitch F1", "-", rows.op);
  line("median delay with the time of thinking, ms", "100", rows.delay, "most");
  line("told within 100 ms", "-", rows.late);
}

console.log(`seed ${seed}`);
const only = process.env["ONLY"];
if (!only || only.includes("shared")) await shared();
if (!only || only.includes("performance")) await realPerformance();
if (!only || only.includes("lutes")) await lutes(24);
if (!only || only.includes("tunes")) await tunes(30);
if (!only || only.includes("excerpts")) await excerpts(30);
if (!only || only.includes("forms")) await forms(24);
if (!only || only.includes("courses")) await courses(10);
if (!only || only.includes("live")) await streaming(12);
if (!only || only.includes("singers")) await singers(10);
if (!only || only.includes("songs")) await songs(12);
