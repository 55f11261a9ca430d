import { readFileSync } from "node:fs";
import { join } from "node:path";
import { seeded } from "@kuishi/base";
import { runSeed, seedNote } from "@kuishi/lab/seed";
import type { Heard } from "@kuishi/score";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, test } from "vitest";
import { compare } from "./compare.ts";
import { type Practice, practiceSchemas } from "./contract.ts";
import { master, type Take, takeOf } from "./testing.ts";

const random = () => seeded(runSeed, "takes");
const against = ({ heard, sound }: Take, to: Heard = master(), score = false): Practice => compare(to, heard, sound, { score });
const verdicts = (result: Practice): Record<string, number> =>
  Object.fromEntries(Object.entries(Object.groupBy(result.pairs, ({ verdict }) => verdict)).map(([verdict, own]) => [verdict, own!.length]));
const of = (result: Practice, id: string): Practice["pairs"] => result.pairs.filter((pair) => pair.master === id);
/** A note of the melody in the middle of the tune, of string 1. */
const melody = (k: number): string => master().notes.filter((note) => note.string === 1)[k]!.id;

describe(`a take beside its master, ${seedNote}`, () => {
  test("played as the master plays, in another tempo, room and tuning, every note is right", () => {
    const notes = master().notes.length;
    for (const shift of [0, -500, 37]) {
      const take = takeOf(master(), { time: (at) => [0.4 + 1.3 * at], shift, random: random() });
      const result = against(take);
      expect(verdicts(result), String(shift)).toEqual({ right: notes });
      expect(result.three).toEqual([]);
      expect(result.warnings).toEqual([]);
      expect(result.passages).toHaveLength(1);
    }
  });
  test("a tempo that ramps, sways or waits is no fault", () => {
    for (const time of [
      (at: number) => at * (1 + 0.03 * at),
      (at: number) => at * 1.5 - 0.02 * at * at,
      (at: number) => at + 0.15 * Math.sin(at),
      (at: number) => at + (at > 3.2 ? 2.1 : 0),
    ]) {
      const result = against(takeOf(master(), { time: (at) => [time(at)], random: random() }));
      expect(verdicts(result)).toEqual({ right: master().notes.length });
    }
  });
  test.each([
    [0.03, "late"],
    [-0.03, "early"],
  ] as const)("a stroke %d s off is told, and only that one", (late, verdict) => {
    for (const k of [5, 9, 14]) {
      const result = against(takeOf(master(), { change: { [melody(k)]: { late } }, random: random() }));
      const [pair] = of(result, melody(k));
      expect(pair).toMatchObject({ verdict });
      expect(Math.abs(pair!.offsetMs! - 1000 * late)).toBeLessThan(12);
      // the strings of one stroke are late together
      expect(verdicts(result)[verdict]).toBeLessThanOrEqual(2);
      expect(result.three.map(({ code }) => code)).toEqual([verdict]);
    }
  });
  test("a wrong fret is told by the ear, or by the sound where the ear takes it for the right one", () => {
    for (const [cents, heard] of [
      [100, true],
      [-100, true],
      [35, false],
      [-35, false],
      [35, true],
    ] as const) {
      const result = against(takeOf(master(), { change: { [melody(8)]: { cents, heard } }, random: random() }));
      expect(of(result, melody(8))[0], `${cents} ${heard}`).toMatchObject({ verdict: "wrongPitch" });
      expect(Math.abs(of(result, melody(8))[0]!.centsOff! - cents), `${cents} ${heard}`).toBeLessThan(8);
      expect(verdicts(result)["wrongPitch"]).toBe(1);
      expect(result.three[0]).toMatchObject({ code: "wrongPitch", params: { notes: 1 } });
    }
  });
  test("a note that does not sound is missed; one the ear overlooked and the sound holds is not", () => {
    expect(of(against(takeOf(master(), { change: { [melody(8)]: { gone: "both" } }, random: random() })), melody(8))[0]).toMatchObject({
      verdict: "missed",
      take: null,
      takeOnset: null,
    });
    const overlooked = of(against(takeOf(master(), { change: { [melody(8)]: { gone: "ear" } }, random: random() })), melody(8))[0];
    expect(overlooked).toMatchObject({ verdict: "right", take: null });
    expect(overlooked!.takeOnset).not.toBeNull();
  });
  test("a note more is extra, an open string that rings along is not", () => {
    const plain = master();
    const stroke = plain.strokes[9]!;
    const [at, note] = [stroke.at + 0.1, plain.notes.find(({ id }) => id === stroke.noteIds[0])!];
    const more: Heard = {
      ...plain,
      notes: [...plain.notes, { ...note, id: "more", onset: at, offset: at + 0.09, cents: 6700, string: 1, fret: 12 }],
      strokes: [...plain.strokes, { ...stroke, at, noteIds: ["more"] }].sort((a, b) => a.at - b.at),
    };
    const result = against(takeOf(more, { random: random() }));
    expect(verdicts(result)).toEqual({ right: plain.notes.length, extra: 1 });
    // the ear hears a string that nobody struck
    const quiet = plain.strokes.find(({ noteIds }) => noteIds.length === 1)!;
    const ringing: Heard = {
      ...plain,
      notes: [...plain.notes, { ...note, id: "rings", onset: quiet.at, offset: quiet.at + 0.2, cents: 5000, string: 0, fret: 0 }],
      strokes: plain.strokes.map((one) => (one === quiet ? { ...one, noteIds: [...one.noteIds, "rings"] } : one)),
    };
    expect(verdicts(against(takeOf(ringing, { random: random() })))["extra"]).toBeUndefined();
  });
  test("repeats, jumps, stops, restarts and another order are passages, never errors", () => {
    // bars last a second from 0.3 on: bars 1-4, stop, 3-8, back to 5-6
    const legs = [
      [0, 4.25, 0.2],
      [2, 8.25, 3.6],
      [4, 6.25, 9.2],
    ] as const;
    const time = (at: number): number[] => legs.flatMap(([from, to, shift]) => (at >= from + 0.25 && at < to ? [at + shift] : []));
    const result = against(takeOf(master(), { time, random: random() }));
    expect(Object.keys(verdicts(result))).toEqual(["right"]);
    expect(result.passages.map(({ masterFromSec, masterToSec }) => [Math.round(masterFromSec - 0.3), Math.round(masterToSec - 0.3)])).toEqual([
      [0, 4],
      [2, 8],
      [4, 6],
    ]);
    expect(result.three).toEqual([]);
  });
  test("in free rhythm time is no fault", () => {
    const free: Heard = { ...master(), downbeats: [], meter: [{ fromSec: 0, toSec: 20, free: true }] };
    const chance = random();
    const jitter = new Map(free.strokes.map(({ at }) => [at, 0.012 * chance.gauss()]));
    const result = against(takeOf(free, { time: (at) => [at + (jitter.get(at) ?? 0)] }), free);
    expect(verdicts(result)).toEqual({ right: free.notes.length });
  });
  test("another tune is said to be one", () => {
    const other: Heard = { ...master(), notes: master().notes.map((note, k) => ({ ...note, cents: note.string === 0 ? 5300 : 5500 + ((k * 7) % 11) * 110 })) };
    expect(against(takeOf(other, { time: (at) => [at * (1 + 0.5 * Math.sin(7 * at))], random: random() })).warnings).toContainEqual({ code: "otherTune" });
  });
  test("the same take gets the same answer; another room the same three things and a grade within 2; no grade unless asked", () => {
    const change = { [melody(6)]: { cents: 100, heard: true }, [melody(10)]: { late: 0.03 }, [melody(13)]: { gone: "both" } } as const;
    const one = against(takeOf(master(), { change, random: random() }), master(), true);
    expect(against(takeOf(master(), { change, random: random() }), master(), true)).toEqual(one);
    const other = against(takeOf(master(), { change, random: seeded(runSeed, "another room") }), master(), true);
    expect(other.three.map(({ code }) => code)).toEqual(one.three.map(({ code }) => code));
    expect(one.three).toHaveLength(3);
    expect(Math.abs(other.score! - one.score!)).toBeLessThanOrEqual(2);
    expect(against(takeOf(master())).score).toBeNull();
  });
  test("a place that always comes late is steady, a hand that strays is noise", () => {
    const chance = random();
    const notes = master().notes;
    const steady = Object.fromEntries(
      notes.filter((note) => Math.abs(((((note.onset - 0.3) % 1) + 1) % 1) - 0.6) < 0.05).map(({ id }) => [id, { late: 0.02 }]),
    );
    const fixed = against(takeOf(master(), { change: steady })).spread;
    expect(fixed.steadyMs).toBeGreaterThan(3 * fixed.noiseMs);
    // chance decides which stroke strays how far, not how far all of them do
    const drawn = master().strokes.map(({ at }) => [at, chance.gauss()] as const);
    const rms = Math.sqrt(drawn.reduce((sum, [, by]) => sum + by * by, 0) / drawn.length);
    const jitter = new Map(drawn.map(([at, by]) => [at, (0.015 * by) / rms]));
    const loose = against(takeOf(master(), { time: (at) => [at + (jitter.get(at) ?? 0)] })).spread;
    expect(loose.noiseMs).toBeGreaterThan(8);
    expect(loose.noiseMs).toBeGreaterThan(2 * fixed.noiseMs);
  });
  test("silence and nothing heard come to an empty answer with a warning, not to a fault", () => {
    const silent: Heard = { ...master(), notes: [], strokes: [], beats: [], downbeats: [] };
    const result = compare(master(), silent, { samples: new Float32Array(24_000), sampleRate: 24_000 });
    expect(result).toMatchObject({ pairs: [], passages: [], three: [], warnings: [{ code: "otherTune" }] });
    expect(compare(silent, master(), { samples: new Float32Array(0), sampleRate: 24_000 }).pairs).toEqual([]);
  });
  test("what comes out is practice/1", () => {
    const schema = practiceSchemas()["practice-1"];
    expect(
      new Ajv2020({ strictTypes: false }).validate(schema, against(takeOf(master(), { change: { [melody(6)]: { cents: 100, heard: true } } }), master(), true)),
    ).toBe(true);
  });
});
test("the schemas in the repository are those the types give", () => {
  for (const [name, schema] of Object.entries(practiceSchemas()))
    expect(JSON.parse(readFileSync(join(import.meta.dirname, `../../../schemas/${name}.schema.json`), "utf8")), name).toEqual(
      JSON.parse(JSON.stringify(schema)),
    );
});
