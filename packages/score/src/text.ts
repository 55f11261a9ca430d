import { Heard } from "./heard.ts";
import { meterOf, pulses } from "./meter.ts";

const OPEN: Readonly<Record<string, number>> = { u: 5000, d: 5500 };

/**
 * A hearing from a line of text, for tests and examples: `3+2+2/8 pulse=0.2 tonic=5500 | d0 d2 . d5+u0 ...`.
 * Each word is a pulse: strings u (lower, D3) and d (higher, G3) with frets, `+` together, `.` a rest.
 * @throws RangeError where a bar does not fit its meter.
 * @example
 * const heard = heardFromText("3+2/8 pulse=0.2 tonic=5500 | d0 . d2 u0+d4 . ");
 * heard.strokes.length; // => 3
 * heard.meter[0].groups; // => [3, 2]
 * heard.notes.map((note) => note.fret); // => [0, 2, 0, 4]
 */
export function heardFromText(text: string): Heard {
  const [head = "", ...bars] = text.split("|").map((part) => part.trim());
  const meter = meterOf(head.split(/\s+/)[0] ?? "");
  if (!meter) throw new RangeError(`no meter in “${head}”`);
  const setting = (name: string, fallback: number): number => Number(new RegExp(`${name}=([\\d.]+)`).exec(head)?.[1] ?? fallback);
  const pulse = setting("pulse", 0.25);
  const tonic = setting("tonic", 5500);
  const start = 0.3;
  const barLength = pulses(meter) * pulse;
  const notes: Heard["notes"] = [];
  const strokes: Heard["strokes"] = [];
  bars.forEach((bar, b) => {
    const words = bar.split(/\s+/);
    if (words.length !== pulses(meter)) throw new RangeError(`bar ${b + 1} has ${words.length} pulses`);
    words.forEach((word, p) => {
      if (word === ".") return;
      const at = start + b * barLength + p * pulse;
      const ids = word.split("+").map((place) => {
        const string = place[0] === "u" ? 0 : 1;
        const fret = Number(place.slice(1));
        const id = `n${notes.length + 1}`;
        notes.push({
          id,
          onset: at,
          offset: at + pulse * 0.95,
          cents: (OPEN[place[0] ?? ""] ?? 5500) + fret * 100,
          string,
          fret,
          articulation: "plucked",
          confidence: { onset: 1, pitch: 1, string: 1, fret: 1 },
        });
        return id;
      });
      strokes.push({ at, direction: p % 2 === 0 ? "down" : "up", noteIds: ids, accent: p === 0 ? 1 : 0.6, confidence: 1 });
    });
  });
  const beats: Heard["beats"] = [];
  bars.forEach((_, b) => {
    let at = 0;
    for (const group of meter.groups) {
      beats.push({ at: start + b * barLength + at * pulse, confidence: 1 });
      at += group;
    }
  });
  const degrees = [...new Set(notes.map((note) => (((note.cents! - tonic) % 1200) + 1200) % 1200))].sort((a, b) => a - b);
  const end = start + bars.length * barLength + 0.5;
  const string = (open: number): Heard["tuning"]["strings"][number] => ({
    openCents: open,
    fretCents: Array.from({ length: 20 }, (_, fret) => open + fret * 100),
    fretConfidence: Array(20).fill(1),
    confidence: 1,
  });
  return Heard.parse({
    kuishi: "listen/1",
    durationSec: end,
    elapsedSec: 0,
    instrument: "dombra",
    tuning: { strings: [string(5000), string(5500)] },
    notes,
    strokes,
    beats,
    downbeats: bars.map((_, b) => start + b * barLength),
    tempoBpm: 60 / (pulse * (meter.groups[0] ?? 2)),
    meter: [{ fromBar: 1, ...meter, groups: [...meter.groups], confidence: 1 }],
    mode: { tonicCents: tonic, name: "ionian", degreesCents: degrees.includes(0) ? degrees : [0, ...degrees], confidence: 1 },
    form: [{ fromSec: 0, toSec: end, label: "A", confidence: 1 }],
    warnings: [],
  });
}
