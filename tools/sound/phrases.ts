// Renders an idiomatic phrase of each instrument at three dynamics, and pictures of their spectra for docs/instruments.
//   node tools/sound/phrases.ts OUT [NOTES_DIR]      (needs ffmpeg; NOTES_DIR: the real dombra notes, for a picture beside ours)
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Cents } from "@kuishi/base";
import { type Articulation, Engine, type Plan, type PlanEvent, type Source, type Strip, strumEvents, TOUCH, tanpuraCycle } from "@kuishi/engine";
import { spectrumAt } from "@kuishi/lab";
import { wavBytes, wavHeader } from "@kuishi/media";
import { Kernels } from "@kuishi/signal";
import { kernelModule } from "@kuishi/signal/node";
import { loadNotes, OPEN } from "./notes.ts";

const [out, notesFolder] = process.argv.slice(2) as [string, string?];
const frames = (seconds: number): number => Math.round(seconds * 48_000);
interface PhraseVoice {
  readonly source: Source;
  readonly events: readonly PlanEvent[];
  readonly gainDb?: number;
}
function render(voices: readonly PhraseVoice[], seconds: number): Float32Array[] {
  const strips = voices.map(
    ({ source, events, gainDb }, i): Strip => ({
      id: `s${i}`,
      source,
      events: [...events].sort((a, b) => a.frame - b.frame),
      inserts: [],
      gainDb: gainDb ?? 0,
      pan: 0,
      sends: { reverb: -16 },
    }),
  );
  const plan: Plan = {
    frames: Math.ceil(frames(seconds) / 128) * 128,
    seed: 2,
    strips,
    buses: [{ id: "reverb", effect: { kind: "reverb", decaySec: 1, preDelayMs: 10, damping: 0.5 }, gainDb: 0 }],
    master: { gainDb: 0, ceilingDbtp: -1.25 },
  };
  const engine = Engine.of(new Kernels(kernelModule()), plan, new Map());
  const channels = [new Float32Array(plan.frames), new Float32Array(plan.frames)];
  for (let at = 0; at < plan.frames; at += 128) {
    engine.render();
    channels[0]?.set(engine.mix.leftView, at);
    channels[1]?.set(engine.mix.rightView, at);
  }
  return channels;
}
function save(name: string, channels: readonly Float32Array[], picture: boolean): void {
  const wav = join(out, `${name}.wav`);
  const bytes = wavBytes("pcm24", channels);
  writeFileSync(wav, Buffer.concat([wavHeader("pcm24", 48_000, channels.length, channels[0]?.length ?? 0), bytes]));
  if (picture) draw(channels[0]!, name);
}
const [COLUMNS, ROWS, TOP_HERTZ, RANGE_DB] = [860, 240, 6000, 75];
/** A spectrogram, 85 ms windows, 0-6 kHz upwards, from 75 dB under the loudest. */
function draw(x: Float32Array, name: string): void {
  const size = 4096;
  const levels = Array.from({ length: COLUMNS }, (_, column) => {
    const power = spectrumAt(x, Math.round((column / COLUMNS) * x.length), size);
    return Array.from({ length: ROWS }, (_, row) => {
      const bin = Math.round(((row / ROWS) * TOP_HERTZ * size) / 48_000);
      return 10 * Math.log10(power[bin]! + 1e-20);
    });
  });
  const top = Math.max(...levels.map((column) => Math.max(...column)));
  const pixels = Buffer.alloc(COLUMNS * ROWS * 3);
  levels.forEach((column, i) => {
    column.forEach((level, row) => {
      const v = Math.max(0, Math.min(1, 1 + (level - top) / RANGE_DB));
      // night, felt red, ochre, paper
      const stops = [
        [12, 12, 24],
        [70, 24, 66],
        [170, 52, 44],
        [228, 160, 60],
        [255, 244, 214],
      ];
      const k = Math.min(stops.length - 2, Math.floor(v * (stops.length - 1)));
      const part = v * (stops.length - 1) - k;
      const at = ((ROWS - 1 - row) * COLUMNS + i) * 3;
      for (let c = 0; c < 3; c++) pixels[at + c] = Math.round((stops[k]?.[c] ?? 0) * (1 - part) + (stops[k + 1]?.[c] ?? 0) * part);
    });
  });
  const raw = ["-f", "rawvideo", "-pix_fmt", "rgb24", "-s", `${COLUMNS}x${ROWS}`, "-i", "-"];
  const few = "split[a][b];[a]palettegen=max_colors=48[p];[b][p]paletteuse=dither=none";
  execFileSync("ffmpeg", ["-y", "-v", "error", ...raw, "-lavfi", few, "-frames:v", "1", join(out, `${name}.png`)], { input: pixels });
}
const event = (at: number, seconds: number, cents: Cents, velocity: number, voice: string | number, more: Partial<PlanEvent> = {}): PlanEvent => ({
  frame: frames(at),
  length: frames(seconds),
  cents,
  velocity,
  voice,
  ...more,
});

/** Tökpe: both strings down and up, an accent on every third pulse, a rake, then shertpe with the left hand, a slide, a tap. */
function dombra(loud: number): PlanEvent[] {
  const [low, high] = [5000, 5500];
  const melody = [700, 700, 900, 700, 500, 400, 500, 700, 900, 1000, 900, 700, 500, 400, 200, 0];
  const events: PlanEvent[] = [];
  for (let k = 0; k < 64; k++) {
    const above = melody[(k >> 2) % melody.length]!;
    events.push(
      ...strumEvents(
        {
          frame: frames(0.2 + 0.16 * k),
          length: frames(2),
          notes: [
            { string: 0, cents: low },
            { string: 1, cents: high + above },
          ],
          direction: k % 2 === 0 ? "down" : "up",
          velocity: loud * (k % 3 === 0 ? 1 : 0.7),
          fingers: k % 16 === 15 ? 4 : 1,
          spreadMs: 9,
        },
        k,
      ),
    );
  }
  let at = 11;
  const left: [number, Articulation | undefined][] = [
    [500, undefined],
    [700, "hammerOn"],
    [500, "pullOff"],
    [400, "pullOff"],
    [500, undefined],
    [900, "slide"],
    [700, "pullOff"],
    [0, undefined],
  ];
  for (let turn = 0; turn < 4; turn++) {
    for (const [above, articulation] of left) {
      events.push(event(at, 1.5, high + above, loud * 0.85, 1, articulation ? { articulation } : { touch: turn % 2 ? TOUCH.fingertip : TOUCH.nail }));
      at += articulation ? 0.15 : 0.3;
    }
    events.push(event(at, 1, 5000, loud * 0.8, 0, { touch: TOUCH.thumb }), event(at + 0.25, 0.1, 5000, loud * 0.7, 0, { articulation: "tap" }));
    at += 0.55;
  }
  return events;
}
/** Strokes of the mizrab, a tremolo that swells, the shake of the neck. */
function tar(loud: number): PlanEvent[] {
  const scale = [0, 149, 249, 498, 702, 851, 951, 1200];
  const events: PlanEvent[] = [];
  for (let k = 0; k < 24; k++)
    events.push(event(0.2 + 0.3 * k, 1.2, 6000 + scale[[0, 1, 2, 1, 3, 2, 1, 0, 3, 4, 5, 4][k % 12]!]!, loud * (k % 4 ? 0.75 : 1), 2));
  for (let k = 0; k < 60; k++) events.push(event(7.6 + 0.07 * k, 0.4, 6702, loud * (0.35 + 0.6 * Math.sin((Math.PI * k) / 60)), 2));
  for (let n = 0; n < 4; n++) {
    const bend = Array.from({ length: 40 }, (_, k): [number, number] => [frames(0.15 + 0.03 * k), k % 2 ? 16 : -16]);
    events.push(event(12.2 + 1.9 * n, 1.9, 5500 + [702, 498, 249, 0][n]!, loud, 1, { bend }), event(12.2 + 1.9 * n, 1.9, 4800, loud * 0.6, 0));
  }
  return events;
}
/** A slow air: bound notes, a held one that swells into vibrato, half-hole glides. */
function balaban(loud: number): PlanEvent[] {
  const line: [number, number, number][] = [
    [0, 5700, 1.2],
    [1.2, 5900, 0.6],
    [1.8, 6050, 1.8],
    [3.6, 5900, 0.6],
    [4.2, 5700, 2.4],
    [7, 6200, 1.2],
    [8.2, 6050, 0.4],
    [8.6, 6200, 0.4],
    [9, 6400, 3],
    [12, 6200, 0.8],
    [12.8, 6050, 0.8],
    [13.6, 5900, 0.8],
    [14.4, 5700, 3.4],
  ];
  return line.map(([at, cents, length]) => event(0.3 + at, length, cents, loud, 0));
}
/** A slow tune on the upper string, slurred and bowed, the lower one sounding along; then harmonics, and the tune on the lower string. */
function qobyz(loud: number): PlanEvent[] {
  const line: [number, number, number][] = [
    [0, 5700, 1.6],
    [1.6, 5900, 0.8],
    [2.4, 6050, 2],
    [4.4, 5900, 0.5],
    [4.9, 5700, 0.5],
    [5.4, 6200, 2.2],
    [8, 6900, 1],
    [9, 7602, 1],
    [10, 8100, 1.4],
    [11.4, 7602, 0.8],
    [12.2, 6900, 1.2],
    [13.8, 5300, 0.8],
    [14.6, 5500, 0.8],
    [15.4, 5000, 3],
  ];
  return line.map(([at, cents, length]) => event(0.3 + at, length, cents, loud, "", at >= 8 && at < 13 ? { articulation: "harmonic" } : {}));
}
/** From register to register; the second half hummed under. */
function sybyzgy(loud: number): PlanEvent[] {
  const line: [number, number, number][] = [
    [0, 7400, 1.4],
    [1.4, 7600, 0.5],
    [1.9, 7800, 0.5],
    [2.4, 8102, 1.8],
    [4.2, 7900, 0.4],
    [4.6, 7600, 0.4],
    [5, 7400, 2],
    [7.4, 6900, 0.6],
    [8, 6700, 1.6],
    [10, 8600, 0.4],
    [10.4, 8800, 0.4],
    [10.8, 9000, 2.4],
    [13.6, 7400, 0.8],
    [14.4, 7600, 0.6],
    [15, 7400, 3],
  ];
  return line.map(([at, cents, length]) => event(0.3 + at, length, cents, loud, ""));
}
/** Picked, then strummed: four chords of a ballad. */
function guitar(loud: number): PlanEvent[] {
  const chords = [
    [4500, 5200, 5700, 6000, 6400],
    [4100, 4800, 5300, 5700, 6500],
    [4800, 5200, 5500, 6000, 6400],
    [4300, 4700, 5000, 5500, 5900, 6700],
  ];
  const events: PlanEvent[] = [];
  chords.forEach((chord, bar) => {
    const from = 6 - chord.length;
    [0, 2, 3, 4, 3, 2, 4, 3].forEach((string, k) => {
      const cents = chord[Math.min(string, chord.length - 1)]!;
      events.push(event(0.2 + 2.4 * bar + 0.3 * k, 2.2, cents, loud * (k === 0 ? 0.95 : 0.7), from + Math.min(string, chord.length - 1)));
    });
    for (let k = 0; k < 6; k++) {
      events.push(
        ...strumEvents(
          {
            frame: frames(10 + 2.4 * bar + [0, 0.6, 0.9, 1.2, 1.5, 2.1][k]!),
            length: frames(2),
            notes: chord.map((cents, string) => ({ string: from + string, cents })),
            direction: k % 2 ? "up" : "down",
            velocity: loud * (k % 2 ? 0.6 : 0.85),
            spreadMs: 11,
          },
          bar * 10 + k,
        ),
      );
    }
  });
  return events;
}

mkdirSync(out, { recursive: true });
const dynamics = { soft: 0.35, middle: 0.65, loud: 0.95 } as const;
for (const [name, loud] of Object.entries(dynamics)) {
  const picture = name === "middle";
  save(`dombra-${name}`, render([{ source: { kind: "plucked", model: "dombra-western", open: [], nail: 0.5 }, events: dombra(loud) }], 20), picture);
  save(`dombra-arqa-${name}`, render([{ source: { kind: "plucked", model: "dombra-arqa", open: [], nail: 0.4 }, events: dombra(loud) }], 20), picture);
  save(`tar-${name}`, render([{ source: { kind: "plucked", model: "tar", open: [], nail: 0.6 }, events: tar(loud) }], 21), picture);
  const dem = [event(0, 19, 5700, 0.5 * loud, 0)];
  save(
    `balaban-${name}`,
    render(
      [
        { source: { kind: "balaban", steady: false }, events: balaban(loud) },
        { source: { kind: "balaban", steady: true }, events: dem, gainDb: -9 },
      ],
      20,
    ),
    picture,
  );
  save(`qobyz-${name}`, render([{ source: { kind: "qobyz", drone: 0.35, harmonics: true }, events: qobyz(loud) }], 20), picture);
  const hummed = { kind: "sybyzgy", hum: 0.5, humCents: 5000 } as const;
  const [plain, later] = [sybyzgy(loud).filter((one) => one.frame < frames(13.5)), sybyzgy(loud).filter((one) => one.frame >= frames(13.5))];
  save(
    `sybyzgy-${name}`,
    render(
      [
        { source: { ...hummed, hum: 0 }, events: plain },
        { source: hummed, events: later },
      ],
      20,
    ),
    picture,
  );
  const cycle = tanpuraCycle(0, frames(18), 6000, 702, 4.6, 1).map((note) => ({ ...note, velocity: note.velocity * (loud / 0.65) }));
  save(`tanpura-${name}`, render([{ source: { kind: "tanpura" }, events: cycle }], 20), picture);
  save(`guitar-nylon-${name}`, render([{ source: { kind: "plucked", model: "guitar-nylon", open: [], nail: 0.5 }, events: guitar(loud) }], 20), picture);
  save(`guitar-steel-${name}`, render([{ source: { kind: "plucked", model: "guitar-steel", open: [], nail: 0.6 }, events: guitar(loud) }], 20), picture);
}
if (notesFolder) {
  // one real note of an odd fret, and ours at its pitch
  const real = loadNotes(notesFolder).find((note) => note.string === 1 && note.fret === 9);
  if (!real) throw new Error("no such note");
  const from = real.tone.onset - 4800;
  const sound = real.sound.subarray(Math.max(0, from), Math.max(0, from) + frames(1.5));
  save("note-real", [sound], true);
  const ours = render(
    [
      {
        source: { kind: "plucked", model: "dombra-western", open: [...OPEN], nail: 0.5 },
        events: [event(0.1, 9, 6900 + 1200 * Math.log2(real.tone.hertz / 440), 0.8, 1)],
      },
    ],
    1.5,
  );
  save("note-ours", [ours[0]!], true);
}
