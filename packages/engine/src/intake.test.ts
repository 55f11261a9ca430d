import { expect, test } from "vitest";
import { Capture, Recorder, type RecordReport } from "./intake.ts";

/** Copies what it is handed, as a port does. */
function sink(): { readonly to: (samples: Float32Array | null) => void; readonly sound: number[]; readonly sizes: number[]; ended: number } {
  const own = { sound: [] as number[], sizes: [] as number[], ended: 0, to: (_: Float32Array | null): void => {} };
  own.to = (samples) => {
    if (!samples) own.ended++;
    else {
      own.sizes.push(samples.length);
      own.sound.push(...samples);
    }
  };
  return own;
}
/** Samples that are whole numbers: their own frame. */
const block = (from: number, by = 1): Float32Array => Float32Array.from({ length: 128 }, (_, i) => by * (from + i));

test("a recorder hands on both sides interleaved, what was played beside them, and at the end what is left", () => {
  const told: RecordReport[] = [];
  const [take, played] = [sink(), sink()];
  const recorder = new Recorder({ channels: 2 }, (report) => told.push({ ...report }));
  recorder.begin(take.to, played.to);
  for (let at = 0; at < 2560; at += 128) recorder.process([block(at), block(at, 5)], [block(at), block(at, 3)], 1000 + at);
  recorder.end();
  expect(take.sizes).toEqual([1920, 1920, 1280]);
  expect(take.sound).toEqual(Array.from({ length: 2560 }, (_, i) => [i, 5 * i]).flat());
  expect(played.sound).toEqual(Array.from({ length: 2560 }, (_, i) => 2 * i));
  expect([take.ended, played.ended]).toEqual([1, 1]);
  expect(told).toEqual([
    { type: "began", context: 1000 },
    { type: "level", peak: 5 * 2047, frames: 2048 },
  ]);
});
test("what the thread missed is silence of its length, and told", () => {
  const told: RecordReport[] = [];
  const [take, played] = [sink(), sink()];
  const recorder = new Recorder({ channels: 1 }, (report) => told.push({ ...report }));
  recorder.begin(take.to, played.to);
  recorder.process([block(1)], [block(1)], 0);
  recorder.process([block(1)], [block(1)], 384);
  recorder.end();
  expect(take.sound).toEqual([...block(1), ...new Float32Array(256), ...block(1)]);
  expect(played.sound).toEqual(take.sound);
  expect(told).toContainEqual({ type: "gap", frames: 256 });
});
test("one channel of a microphone stands for both; without a take only its level is told", () => {
  const told: RecordReport[] = [];
  const take = sink();
  const recorder = new Recorder({ channels: 2 }, (report) => told.push({ ...report }));
  for (let at = 0; at < 2048; at += 128) recorder.process([block(at)], undefined, at);
  expect(told).toEqual([{ type: "level", peak: 2047, frames: 0 }]);
  recorder.begin(take.to, sink().to);
  recorder.process([block(5)], undefined, 4096);
  recorder.end();
  expect(take.sound.slice(0, 4)).toEqual([5, 5, 6, 6]);
  // ended, it hands on nothing more
  recorder.process([block(5)], undefined, 4224);
  recorder.end();
  expect([take.sound.length, take.ended]).toEqual([256, 1]);
});
test("a microphone's channels are captured as one, 256 frames at a time", () => {
  const to = sink();
  const capture = new Capture();
  for (let at = 0; at < 640; at += 128) capture.process([block(at), block(at, 3)], to.to);
  expect(to.sizes).toEqual([256, 256]);
  expect(to.sound).toEqual(Array.from({ length: 512 }, (_, i) => 2 * i));
});
