import { describe, expect, test } from "vitest";
import { LiveKeyboard } from "./midi-live.ts";

/** Plays messages written in hexadecimal, and tells what became of them. */
function play(...messages: string[]): string[] {
  const out: string[] = [];
  const keyboard = new LiveKeyboard({
    press: (key, note, velocity) => out.push(`press ${key} ${note} ${velocity.toFixed(2)}`),
    lift: (key) => out.push(`lift ${key}`),
    bend: (key, cents) => out.push(`bend ${key} ${cents.toFixed(1)}`),
  });
  for (const message of messages) keyboard.take(Uint8Array.from(message.split(" "), (byte) => Number.parseInt(byte, 16)));
  return out;
}
/** A registered parameter set to a value. */
const rpn = (channel: string, parameter: string, value: string): string[] => [`b${channel} 65 00`, `b${channel} 64 ${parameter}`, `b${channel} 06 ${value}`];

test("notes begin and end, also where they end by no velocity", () => {
  expect(play("90 3c 7f", "80 3c 00", "90 3e 40", "90 3e 00")).toEqual([
    "press midi/0/60 60 1.00",
    "lift midi/0/60",
    "press midi/0/62 62 0.50",
    "lift midi/0/62",
  ]);
});
test("what was never begun is not let go", () => expect(play("80 3c 00")).toEqual([]));
test("a plain keyboard bends by two semitones; a note under a bent wheel begins bent", () => {
  expect(play("90 3c 7f", "e0 7f 7f")).toContain("bend midi/0/60 200.0");
  expect(play("e0 00 00", "90 3c 7f")).toEqual(["press midi/0/60 60 1.00", "bend midi/0/60 -200.0"]);
});
test("the range of a bend is told in semitones and cents", () => {
  expect(play(...rpn("0", "00", "0c"), "90 3c 7f", "e0 00 60").at(-1)).toBe("bend midi/0/60 600.0");
  expect(play(...rpn("0", "00", "01"), "b0 26 32", "90 3c 7f", "e0 00 00").at(-1)).toBe("bend midi/0/60 -150.0");
});
test("data for a parameter of the maker's own, or for none, sets no range", () => {
  expect(play("b0 65 00", "b0 64 00", "b0 63 01", "b0 06 0c", "90 3c 7f", "e0 00 00").at(-1)).toBe("bend midi/0/60 -200.0");
  expect(play("b0 65 7f", "b0 64 7f", "b0 06 0c", "90 3c 7f", "e0 00 00").at(-1)).toBe("bend midi/0/60 -200.0");
});
describe("MPE", () => {
  test("each note is bent on its own channel, by 48 semitones where nothing was said", () => {
    expect(play("91 3c 7f", "92 40 7f", "e2 00 60")).toEqual(["press midi/1/60 60 1.00", "press midi/2/64 64 1.00", "bend midi/2/64 2400.0"]);
  });
  test("the master channel bends its whole zone, each note beside its own bend", () => {
    const told = play(...rpn("0", "06", "05"), "91 3c 7f", "92 40 7f", "97 43 7f", "e1 00 60", "e0 00 60");
    expect(told.slice(-2)).toEqual(["bend midi/1/60 2500.0", "bend midi/2/64 100.0"]);
    expect(told.some((line) => line.startsWith("bend midi/7"))).toBe(false);
  });
  test("a range told to one member holds for all; a zone without members is a plain keyboard", () => {
    expect(play(...rpn("0", "06", "05"), ...rpn("2", "00", "18"), "91 3c 7f", "e1 00 00").at(-1)).toBe("bend midi/1/60 -2400.0");
    expect(play(...rpn("0", "06", "00"), "91 3c 7f", "e1 00 00").at(-1)).toBe("bend midi/1/60 -200.0");
  });
  test("two zones share the channels between them", () => {
    const told = play(...rpn("0", "06", "0e"), ...rpn("f", "06", "07"), "9e 3c 7f", "97 40 7f", "ef 00 60");
    expect(told.filter((line) => line.startsWith("bend"))).toEqual(["bend midi/14/60 100.0"]);
  });
});
test("all notes off lets go of what one channel holds", () => {
  expect(play("90 3c 7f", "90 40 7f", "91 43 7f", "b0 7b 00").slice(3)).toEqual(["lift midi/0/60", "lift midi/0/64"]);
});
test("a tuning message moves one key: MIDI Tuning Standard, single note change", () => {
  const keyboard = new LiveKeyboard({ press: () => {}, lift: () => {}, bend: () => {} });
  keyboard.take(Uint8Array.from([0xf0, 0x7f, 0x00, 0x08, 0x02, 0x00, 0x01, 60, 60, 64, 0, 0xf7]));
  expect(keyboard.tuning[60]).toBeCloseTo(6050, 1);
  expect(keyboard.tuning[61]).toBe(6100);
});
