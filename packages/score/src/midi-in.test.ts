import { Complaint } from "@kuishi/base";
import fc from "fast-check";
import { expect, test } from "vitest";
import { readMidiFile, retune, tuningMessage } from "./midi-in.ts";

const quantity = (value: number): number[] => {
  const bytes = [value & 127];
  for (let rest = value >>> 7; rest > 0; rest >>>= 7) bytes.unshift((rest & 127) | 128);
  return bytes;
};
/** A one-track file at 480 ticks a quarter. */
function file(...events: readonly (readonly [delta: number, bytes: readonly number[]])[]): Uint8Array {
  const track = [...events, [0, [0xff, 0x2f, 0]] as const].flatMap(([delta, bytes]) => [...quantity(delta), ...bytes]);
  const size = track.length;
  return Uint8Array.from([
    0x4d,
    0x54,
    0x68,
    0x64,
    0,
    0,
    0,
    6,
    0,
    0,
    0,
    1,
    1,
    0xe0,
    0x4d,
    0x54,
    0x72,
    0x6b,
    size >>> 24,
    (size >> 16) & 255,
    (size >> 8) & 255,
    size & 255,
    ...track,
  ]);
}

test("tempo changes and the pedal say when a note ends", () => {
  const { tracks } = readMidiFile(
    file([0, [0x90, 60, 127]], [480, [0xff, 0x51, 3, 0x07, 0xa1, 0x20]], [0, [0xb0, 64, 127]], [480, [0x80, 60, 0]], [480, [0xb0, 64, 0]]),
  );
  expect(tracks[0]?.notes[0]).toMatchObject({ at: 0, cents: 6000, velocity: 1, bend: [] });
  expect(tracks[0]?.notes[0]?.length).toBeCloseTo(1.5, 9);
});
test("a bend moves the sounding note by the range the file has set", () => {
  const range: [number, number[]][] = [
    [0, [0xb0, 101, 0]],
    [0, [0xb0, 100, 0]],
    [0, [0xb0, 6, 12]],
  ];
  const { tracks } = readMidiFile(file(...range, [0, [0x90, 60, 100]], [240, [0xe0, 0, 96]], [240, [0x80, 60, 0]]));
  const note = tracks[0]?.notes[0];
  expect(note?.bend.at(-1)?.[1]).toBeCloseTo(600, 6);
  expect(note?.bend.at(-1)?.[0]).toBeCloseTo(0.25, 6);
});
test("the channels of an MPE zone are one track", () => {
  const { tracks } = readMidiFile(
    file([0, [0xb0, 101, 0]], [0, [0xb0, 100, 6]], [0, [0xb0, 6, 15]], [0, [0x91, 60, 100]], [0, [0x92, 64, 100]], [480, [0x81, 60, 0]], [0, [0x82, 64, 0]]),
  );
  expect(tracks.length).toBe(1);
  expect(tracks[0]?.notes.map((note) => note.cents).sort()).toEqual([6000, 6400]);
});
test("tuning messages of every kind move the keys, and our own is understood", () => {
  const table = (): Float64Array => Float64Array.from({ length: 128 }, (_, key) => key * 100);
  const one = table();
  retune(one, [0x7f, 0x7f, 0x08, 0x02, 0, 1, 60, 60, 0x40, 0]);
  expect(one[60]).toBeCloseTo(6050, 6);
  const octave = table();
  retune(octave, [0x7e, 0x7f, 0x08, 0x08, 0x03, 0x7f, 0x7f, ...Array.from({ length: 12 }, (_, k) => 64 + k)]);
  expect([octave[60], octave[62], octave[71]]).toEqual([6000, 6202, 7111]);
  const fine = table();
  retune(fine, [0x7e, 0x7f, 0x08, 0x09, 0x03, 0x7f, 0x7f, ...Array.from({ length: 12 }, (_, k) => (k === 4 ? [0x20, 0] : [0x40, 0])).flat()]);
  expect(fine[64]).toBeCloseTo(6350, 6);
  const told = table();
  retune(told, tuningMessage(Array.from({ length: 100 }, (_, key) => [key, key * 100 + 33.3] as const)).subarray(1));
  for (let key = 0; key < 100; key++) expect(told[key]).toBeCloseTo(key * 100 + 33.3, 1);
  const untouched = table();
  for (const strange of [[], [0x7e], [0x7e, 0x7f, 0x06, 0x02], [0x7f, 0x7f, 0x08, 0x02, 0, 9, 60]]) retune(untouched, strange);
  expect(untouched).toEqual(table());
});
test("a file without a note, and any bytes whatever, give complaints and nothing else", () => {
  const complaint = (bytes: Uint8Array): Complaint | undefined => {
    try {
      readMidiFile(bytes);
    } catch (error) {
      expect(error).toBeInstanceOf(Complaint);
      return error as Complaint;
    }
    return undefined;
  };
  expect(complaint(file())?.code).toBe("midi.empty");
  expect(complaint(new Uint8Array(3))?.code).toBe("midi.broken");
  const good = file([0, [0x90, 60, 100]], [480, [0x80, 60, 0]]);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), fc.nat(good.length - 1), (noise, at) => {
      const broken = good.slice();
      broken.set(noise.subarray(0, good.length - at), at);
      complaint(broken);
      complaint(noise);
    }),
  );
});
