import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { median, SAMPLE_RATE, seeded, silent, sin } from "@kuishi/base";
import { choicesOf, makeGrid, styles } from "@kuishi/blend";
import { followed, hearFile, mapped, openScore, prepareBlend, RECORDING, straightening, tunedVoice, VOICE, WIDTH } from "@kuishi/flow";
import { audible, energyCorrelation, floorsOf, sounding, withoutBus } from "@kuishi/lab/blending";
import { hear } from "@kuishi/listen";
import { loadRecording, memorySource } from "@kuishi/media";
import { addressOf } from "@kuishi/project";
import { heardFromText } from "@kuishi/score";
import { Kernels, LoudnessMeter } from "@kuishi/signal";
import { kernelModule } from "@kuishi/signal/node";
import { classDistance, instruments } from "@kuishi/tuning";
import { unzipSync } from "fflate";
import { describe, expect, test } from "vitest";
import { example, kuishi, scratch } from "./cli.ts";
import { wav } from "./wav.ts";

const host = { kernels: kernelModule(), clock: () => performance.now() / 1000 };
const file = hearFile(host, memorySource(readFileSync(example)), {}, silent);
const report = (folder: string) => JSON.parse(readFileSync(join(folder, "report.json"), "utf8"));

describe("what a blend sounds like", () => {
  test.each([...styles.values()].map((style) => [style.name, style] as const))(
    "%s: loudness follows the energy, the recording is heard, the company has its place",
    async (name, style) => {
      const prepared = await prepareBlend(host, await file, { choices: choicesOf(name, 1) }, silent);
      const { heard } = prepared.file;
      const sound = sounding(host.kernels, withoutBus(prepared.plan, WIDTH), prepared.clips, RECORDING);
      expect(energyCorrelation(prepared.arrangement, sound, heard)).toBeGreaterThan(0.85);
      expect(audible(host.kernels, sound, heard)).toBeGreaterThan(0.9);
      const floors = floorsOf(prepared.arrangement, sound, RECORDING, style.fill.drum, makeGrid(heard, 1));
      expect(floors.accompaniment).toBeGreaterThan(-6);
      expect(floors.accompaniment).toBeLessThan(0);
      expect(floors.climb).toBeGreaterThan(4);
      expect(floors.parts).toBeGreaterThanOrEqual(6);
      expect(floors.density).toBeGreaterThanOrEqual(style.density[0]);
      expect(floors.density).toBeLessThanOrEqual(style.density[1]);
      expect(floors.twins).toBe(0);
    },
  );
});

describe("--follow grid", () => {
  test("brings the beats to one length, no stretch beyond 4 %, and the strokes where the hearing now says", async () => {
    const original = await file;
    const choices = { ...choicesOf("techno", 1), follow: "grid" as const };
    const { file: straight } = await followed(original, choices, undefined, silent);
    const spread = (beats: readonly { at: number }[]): number => {
      const gaps = beats.slice(1).map((beat, i) => beat.at - (beats[i] as { at: number }).at);
      const middle = median(gaps);
      return median(gaps.map((gap) => Math.abs(gap - middle)));
    };
    expect(spread(straight.heard.beats)).toBeLessThan(spread(original.heard.beats) * 0.6 + 1e-4);
    const map = straightening(original.heard);
    map.points.slice(1).forEach((point, i) => {
      const before = map.points[i] as { from: number; to: number };
      const rate = (point.to - before.to) / Math.max(1e-9, point.from - before.from);
      if (point.from > before.from) expect(Math.abs(rate - 1)).toBeLessThan(0.0401);
    });
    expect(mapped(map, 0)).toBe(0);
    // heard anew, the straightened recording's strokes are where they were mapped to
    const again = await hear(new Kernels(host.kernels), straight.recording.channels, instruments.get("dombra") as never, silent, () => 0);
    const near = straight.heard.strokes.filter((stroke) => again.strokes.some((other) => Math.abs(other.at - stroke.at) < 0.02));
    expect(near.length / straight.heard.strokes.length).toBeGreaterThan(0.85);
  });
  test("and transposition moves sound and harmony together, the same bytes each time", async () => {
    using folder = scratch();
    for (const name of ["a", "b"])
      expect(
        kuishi(["blend", example, "--style", "lo-fi", "--follow", "grid", "--transpose", "-200", "--to", "12", "--out", join(folder.path, name)]).code,
      ).toBe(0);
    expect(readFileSync(join(folder.path, "a", "mix.wav")).equals(readFileSync(join(folder.path, "b", "mix.wav")))).toBe(true);
    expect(kuishi(["blend", example, "--style", "lo-fi", "--to", "12", "--out", join(folder.path, "plain")]).code).toBe(0);
    expect(report(join(folder.path, "a")).tuning.tonicCents).toBeCloseTo(report(join(folder.path, "plain")).tuning.tonicCents - 200, 3);
    // what was heard stays what was heard
    expect(kuishi(["render", join(folder.path, "a", "project.kuishi"), "--out", join(folder.path, "again")]).code).toBe(0);
    expect(readFileSync(join(folder.path, "again", "mix.wav")).equals(readFileSync(join(folder.path, "a", "mix.wav")))).toBe(true);
    const heard = await hearFile(host, memorySource(readFileSync(join(folder.path, "a", "stems", "01_recording.wav"))), {}, silent);
    const expected = report(join(folder.path, "a")).tuning;
    const notes = heard.heard.notes.filter((note) => note.cents !== null);
    const inTune = notes.filter((note) => expected.degreesCents.some((degree: number) => classDistance(note.cents!, expected.tonicCents + degree) < 35));
    expect(inTune.length / notes.length).toBeGreaterThan(0.8);
  });
});

/** A made-up singer: a tone with partials and vibrato over the tune's degrees, each note `off` cents beside it. */
function sing(seconds: number, cents: readonly number[], off: number): Float32Array {
  const out = new Float32Array(seconds * SAMPLE_RATE);
  const random = seeded(5, "singer");
  let phase = 0;
  for (let i = 0; i < out.length; i++) {
    const t = i / SAMPLE_RATE;
    const at = t % 1;
    const pitch = cents[Math.floor(t) % cents.length]! + off + 12 * sin(2 * Math.PI * 5.2 * t);
    phase += (440 * 2 ** ((pitch - 6900) / 1200)) / SAMPLE_RATE;
    const envelope = at < 0.85 && t > 3 && t < seconds - 4 ? Math.min(1, at / 0.05, (0.85 - at) / 0.05) : 0;
    let sum = 0;
    for (let k = 1; k < 9; k++) sum += sin(2 * Math.PI * ((phase * k) % 1)) / k;
    out[i] = 0.25 * envelope * sum + 0.0003 * random.gauss();
  }
  return out;
}

describe("a singer", () => {
  test("has a strip of her own before all others, and the rest makes room", async () => {
    using folder = scratch();
    const { heard } = await file;
    const tones = heard.mode.degreesCents.map((degree) => heard.mode.tonicCents + degree + 1200);
    writeFileSync(join(folder.path, "voice.wav"), wav([sing(Math.floor(heard.durationSec), tones, 0)]));
    const args = ["blend", example, "--style", "folktronica", "--out"];
    expect(kuishi([...args, join(folder.path, "alone")]).code).toBe(0);
    expect(kuishi([...args, join(folder.path, "sung"), "--voice", join(folder.path, "voice.wav")])).toMatchObject({ code: 0, err: "" });
    const [alone, sung] = [report(join(folder.path, "alone")), report(join(folder.path, "sung"))];
    // a little before the player while she sings: from 3 s on, to 4 s before the end
    const level = async (id: string): Promise<number> => {
      const stem = join(folder.path, "sung", "stems", readdirSync(join(folder.path, "sung", "stems")).find((name) => name.endsWith(`_${id}.wav`))!);
      const passage = { fromSec: 3, toSec: Math.floor(heard.durationSec) - 4 };
      const { channels } = await loadRecording(new Kernels(host.kernels), memorySource(readFileSync(stem)), passage, silent);
      const meter = new LoudnessMeter(new Kernels(host.kernels), false);
      meter.push(channels[0]!, channels.at(-1)!);
      return meter.read().integrated;
    };
    expect((await level("voice")) - (await level("recording"))).toBeGreaterThan(0.5);
    const events = (one: typeof sung, id: string): number => one.parts.find((part: { id: string }) => part.id === id)?.events ?? 0;
    expect(events(sung, "balaban")).toBeLessThan(events(alone, "balaban"));
    expect(events(sung, "bells")).toBeLessThan(events(alone, "bells"));
    const entries = Object.keys(unzipSync(readFileSync(join(folder.path, "sung", "project.kuishi"))));
    expect(entries).toContain(addressOf("voice.wav", readFileSync(join(folder.path, "voice.wav"))));
    expect(kuishi(["render", join(folder.path, "sung", "project.kuishi"), "--out", join(folder.path, "again")]).code).toBe(0);
    expect(readFileSync(join(folder.path, "again", "mix.wav")).equals(readFileSync(join(folder.path, "sung", "mix.wav")))).toBe(true);
  });
  test("is drawn to the tune's own cents as far as wished, note by note", async () => {
    const { heard } = await file;
    const tones = heard.mode.degreesCents.map((degree) => heard.mode.tonicCents + degree + 1200);
    const x = sing(14, tones, 45);
    const voice = instruments.get("voice") as never;
    const offs = async (channels: readonly Float32Array[]): Promise<number> => {
      const sung = await hear(new Kernels(host.kernels), channels, voice, silent, () => 0);
      const long = sung.notes.filter((note) => note.cents !== null && note.offset - note.onset > 0.4);
      expect(long.length).toBeGreaterThan(3);
      return median(long.map((note) => Math.min(...tones.map((tone) => classDistance(note.cents!, tone)))));
    };
    expect(await offs([x])).toBeGreaterThan(35);
    expect(await offs(await tunedVoice(host, [x], 1, heard, 1, silent))).toBeLessThan(12);
    expect(await tunedVoice(host, [x], 0, heard, 1, silent)).toEqual([x]);
    const { clips } = await prepareBlend(
      host,
      await file,
      { choices: choicesOf("lo-fi", 1), voice: { name: "v", channels: [x], bytes: null, correct: 0 } },
      silent,
    );
    expect(clips.get(VOICE)?.[0]).toBe(x);
  });
});

describe("a score", () => {
  const abc =
    "X:1\nT:Test\nM:7/8\nL:1/8\nQ:1/8=260\nK:Dmix\n|: D2 EF GAF | G2 AB cAG | d2 cB AGF | A2 GE FED :|\n|: d2 ed cBA | d2 cA BGA | F2 GA BAG | F2 ED D3 :|\n";
  test("in ABC is played by our dombra and blended in its own bars; its MusicXML and MIDI come in again", () => {
    using folder = scratch();
    const path = join(folder.path, "tune.abc");
    writeFileSync(path, abc);
    expect(kuishi(["blend", path, "--style", "acoustic-band", "--out", join(folder.path, "a")])).toMatchObject({ code: 0, err: "" });
    const made = report(join(folder.path, "a"));
    expect(made.tempoBpm).toBeGreaterThan(80);
    expect(made.stems.map((stem: { id: string }) => stem.id)).toContain("recording");
    for (const score of ["score.musicxml", "score.mid"]) {
      const out = join(folder.path, score);
      expect(kuishi(["blend", join(folder.path, "a", score), "--style", "lo-fi", "--out", out]), score).toMatchObject({ code: 0 });
      expect(report(out).tuning.degreesCents.length).toBeGreaterThan(4);
    }
    // and are simply played
    for (const score of [path, join(folder.path, "a", "score.musicxml")]) {
      expect(kuishi(["render", score, "--out", join(folder.path, "played"), "--force"])).toMatchObject({ code: 0 });
      expect(readFileSync(join(folder.path, "played", "mix.wav")).length).toBeGreaterThan(48_000 * 6 * 10);
    }
    expect(kuishi(["blend", join(folder.path, "a", "project.kuishi"), "--style", "acoustic-band", "--out", join(folder.path, "b")]).code).toBe(0);
    expect(readFileSync(join(folder.path, "a", "mix.wav")).equals(readFileSync(join(folder.path, "b", "mix.wav")))).toBe(true);
    writeFileSync(
      join(folder.path, "x.musicxml"),
      "<score-partwise><part><measure number='3'><note><pitch><step>H</step></pitch><duration>1</duration></note></measure></part></score-partwise>",
    );
    const broken = kuishi(["blend", join(folder.path, "x.musicxml"), "--style", "lo-fi", "--out", join(folder.path, "x")]);
    expect(broken.code).toBe(3);
    expect(broken.err).toContain("measure 3");
  });
  test("keeps its bars of seven, and any instrument may play it", async () => {
    for (const instrument of ["dombra", "tar", "guitar", "balaban"]) {
      const { heard, recording } = await openScore(host, "t.abc", new TextEncoder().encode(abc), { instrument, seed: 1 }, silent);
      expect(heard.meter[0]).toMatchObject({ groups: [2, 2, 3] });
      expect(heard.downbeats.length).toBe(16);
      expect(recording.channels[0]?.some((value) => Math.abs(value) > 0.02)).toBe(true);
      expect(heard.instrument).toBe(instrument);
    }
  });
});

describe("choices", () => {
  test("a style file, choices and a drawn energy from the command line; variations at one loudness", () => {
    using folder = scratch();
    const own = { ...structuredClone(styles.get("lo-fi")), name: "my-own", title: { kk: "Өзім", ru: "Моё", en: "Mine" } };
    writeFileSync(join(folder.path, "mine.json"), JSON.stringify(own));
    writeFileSync(join(folder.path, "c.json"), JSON.stringify({ without: ["rim"], sections: { "1": { style: "techno", seed: 9 } } }));
    const run = kuishi([
      "blend",
      example,
      "--style",
      join(folder.path, "mine.json"),
      "--choices",
      join(folder.path, "c.json"),
      "--energy",
      "0:0.2,12:0.9,24:0.4",
      "--colour",
      "western",
      "--variations",
      "2",
      "--out",
      join(folder.path, "o"),
    ]);
    expect(run).toMatchObject({ code: 0, err: "" });
    const made = report(join(folder.path, "o"));
    expect(made.choices).toMatchObject({ style: "my-own", without: ["rim"], colour: "western" });
    expect(made.parts.map((part: { id: string }) => part.id)).toContain("kick-techno");
    expect(made.parts.map((part: { id: string }) => part.id)).not.toContain("rim");
    expect(made.reasons.map((reason: { code: string }) => reason.code)).toContain("why.western");
    expect(made.sections.some((section: { energy: number }) => section.energy > 0.7)).toBe(true);
    expect(readFileSync(join(folder.path, "o", "variation-2.wav")).length).toBe(readFileSync(join(folder.path, "o", "mix.wav")).length);
    // a project carries the style it was made with
    expect(kuishi(["render", join(folder.path, "o", "project.kuishi"), "--out", join(folder.path, "p")]).code).toBe(0);
    expect(readFileSync(join(folder.path, "p", "mix.wav")).equals(readFileSync(join(folder.path, "o", "mix.wav")))).toBe(true);
  });
  test("what is wrong in them is told where", () => {
    using folder = scratch();
    const blend = (...more: string[]) => kuishi(["blend", example, "--out", join(folder.path, "x"), ...more]);
    writeFileSync(join(folder.path, "c.json"), JSON.stringify({ sections: { "1": { energy: 7 } } }));
    const choices = blend("--style", "lo-fi", "--choices", join(folder.path, "c.json"));
    expect(choices.code).toBe(3);
    expect(choices.err).toContain("sections.1.energy");
    const style = { ...structuredClone(styles.get("lo-fi")), swing: 99 };
    writeFileSync(join(folder.path, "s.json"), JSON.stringify(style));
    const broken = blend("--style", join(folder.path, "s.json"));
    expect(broken.code).toBe(3);
    expect(broken.err).toContain("swing");
    expect(blend("--style", "lo-fi", "--energy", "0:2").code).toBe(2);
    expect(blend("--style", "lo-fi", "--energy", "hello").code).toBe(2);
    expect(blend("--style", "lo-fi", "--colour", "pink").code).toBe(2);
    expect(blend("--style", "lo-fi", "--voice", join(folder.path, "none.wav")).code).toBe(3);
    writeFileSync(join(folder.path, "u.json"), JSON.stringify({ sections: { "0": { style: "polka" } } }));
    expect(blend("--style", "lo-fi", "--choices", join(folder.path, "u.json")).code).toBe(2);
  });
});
test("a hearing of one bar, or of nothing but a drone, is blended too", async () => {
  const heard = heardFromText("2+2/8 pulse=0.4 tonic=5500 | d0 . d0 .");
  const channels = [new Float32Array(Math.round(heard.durationSec * SAMPLE_RATE)).map((_, i) => 0.1 * sin(i / 40))];
  const recording = { ...(await file).recording, channels };
  for (const name of styles.keys()) {
    const { plan } = await prepareBlend(host, { heard, recording }, { choices: choicesOf(name, 1) }, silent);
    expect(plan.strips.length).toBeGreaterThan(1);
  }
});
