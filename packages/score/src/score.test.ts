import fc from "fast-check";
import { parseMidi } from "midi-file";
import { expect, test } from "vitest";
import { Heard, heardSchema } from "./heard.ts";
import { barTicks, meterOf, meterText, pulses, TempoMap } from "./meter.ts";
import { writeMidiFile } from "./midi.ts";
import { midiTimeOf } from "./midi-score.ts";
import { writeMusicXml } from "./musicxml/write.ts";
import { heardFromText } from "./text.ts";
import { transcribe } from "./transcription/transcribe.ts";

test("meters are groups", () => {
  expect(meterOf("3+2+2/8")).toEqual({ groups: [3, 2, 2], unit: 8 });
  expect(meterText({ groups: [2, 3], unit: 8 })).toBe("2+3/8");
  expect(barTicks({ groups: [3, 2, 2], unit: 8 })).toBe(3360);
  expect(pulses({ groups: [2, 2, 3], unit: 16 })).toBe(7);
  for (const wrong of ["", "4", "0+2/8", "2+2/0", "2+2/7"]) expect(meterOf(wrong)).toBeNull();
});

test("a tempo map is exact at its points and inverse between them", () => {
  const steps = fc.array(fc.record({ t: fc.integer({ min: 1, max: 5000 }), s: fc.double({ min: 0.01, max: 3, noNaN: true }) }), {
    minLength: 2,
    maxLength: 30,
  });
  fc.assert(
    fc.property(steps, fc.double({ min: -5, max: 60, noNaN: true }), (list, at) => {
      let [ticks, seconds] = [0, 0];
      const points = list.map(({ t, s }) => ({ ticks: (ticks += t), seconds: (seconds += s) }));
      const map = new TempoMap(points);
      for (const point of points) {
        expect(map.seconds(point.ticks)).toBe(point.seconds);
        expect(map.ticks(point.seconds)).toBe(point.ticks);
      }
      expect(map.seconds(map.ticks(at))).toBeCloseTo(at, 6);
    }),
  );
  expect(() => new TempoMap([{ ticks: 0, seconds: 0 }])).toThrow(RangeError);
  expect(
    () =>
      new TempoMap([
        { ticks: 0, seconds: 1 },
        { ticks: 5, seconds: 1 },
      ]),
  ).toThrow(RangeError);
  expect(TempoMap.steady(120).seconds(960)).toBe(0.5);
});

const seven = heardFromText("3+2+2/8 pulse=0.2 tonic=5500 | d0 d2 d3 d5+u0 d3 d2 d0 | d7+u0 . d5 d3 . d2 d0+u5");

test("a hearing written as text is a valid hearing", () => {
  expect(Heard.safeParse(seven).success).toBe(true);
  expect(seven.downbeats).toHaveLength(2);
  expect(heardSchema()).toMatchObject({ type: "object" });
});
test("it is written down in its own bars", () => {
  const { score, starts } = transcribe(seven);
  expect(score.bars.flatMap((bar) => bar.time ?? []).map((time) => time.meters[0]?.groups)).toEqual([[3, 2, 2]]);
  const chords = score.parts[0]!.bars[0]!.items.filter((item) => item.kind === "chord");
  expect(chords.map((chord) => (chord.at[0] / chord.at[1]) * 3840)).toEqual([0, 480, 960, 1440, 1920, 2400, 2880]);
  expect(midiTimeOf({ score, starts }).tempo.seconds(3360)).toBeCloseTo(seven.downbeats[1]!, 6);
});
test("MusicXML holds bars that are full, cents, strings and frets", () => {
  const xml = writeMusicXml(transcribe(seven, { title: "A & B" }).score);
  expect(xml).toContain("A &amp; B");
  expect(xml).toMatch(/<beats>3\+2\+2<\/beats>\s*<beat-type>8<\/beat-type>/);
  expect(xml).toMatch(/<string>1<\/string>\s*<fret>5<\/fret>/);
  for (const measure of xml.split("<measure ").slice(1)) {
    const notes = measure
      .split("<note ")
      .slice(1)
      .filter((note) => !note.includes("<chord/>"));
    const sum = notes.reduce((total, note) => total + Number(/<duration>(\d+)</.exec(note)?.[1] ?? 0), 0);
    expect(sum / Number(/<divisions>(\d+)</.exec(xml)![1])).toBe(3.5);
  }
});
test("MIDI plays each note at its time and within a cent of its pitch", () => {
  const notes = seven.notes.map((note) => ({ at: note.onset, length: 0.15, cents: note.cents! + 37, velocity: 0.8 }));
  const midi = parseMidi(writeMidiFile(midiTimeOf(transcribe(seven)), [{ name: "dombra", drums: false, notes }]));
  const tempo: { tick: number; us: number }[] = [];
  let tick = 0;
  for (const event of midi.tracks[0] ?? []) {
    tick += event.deltaTime;
    if (event.type === "setTempo") tempo.push({ tick, us: event.microsecondsPerBeat });
  }
  const seconds = (at: number): number =>
    tempo.reduce((sum, change, i) => sum + Math.max(0, Math.min(at, tempo[i + 1]?.tick ?? at) - change.tick) * (change.us / 960e6), 0);
  const bend = new Map<number, number>();
  const found: { at: number; cents: number }[] = [];
  tick = 0;
  for (const event of midi.tracks[1] ?? []) {
    tick += event.deltaTime;
    if (event.type === "pitchBend") bend.set(event.channel, event.value);
    if (event.type === "noteOn") found.push({ at: seconds(tick), cents: event.noteNumber * 100 + ((bend.get(event.channel) ?? 0) / 8192) * 4800 });
  }
  expect(found).toHaveLength(notes.length);
  for (const note of notes) expect(found.some((other) => Math.abs(other.at - note.at) < 0.002 && Math.abs(other.cents - note.cents) < 1)).toBe(true);
});
