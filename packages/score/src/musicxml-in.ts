import { Complaint } from "@kuishi/base";
import { DOMParser, type Document, type Element, type Node } from "@xmldom/xmldom";
import { unzipSync } from "fflate";
import { groupsOf, MOST_BARS, MOST_NOTES, type Sheet, type SheetBar, type SheetNote } from "./sheet.ts";

const STEPS: Readonly<Record<string, number>> = { C: 0, D: 2, E: 4, F: 5, G: 7, A: 9, B: 11 };
/** A compressed score may unpack to so much. */
const MOST_BYTES = 64 * 1024 * 1024;

const broken = (reason: string): Complaint => new Complaint("unreadable", "score.musicxml", { reason: reason.replace(/\s+/g, " ").slice(0, 120) });
const children = (node: Node, name: string): Element[] => {
  const out: Element[] = [];
  for (let child = node.firstChild; child; child = child.nextSibling) if (child.nodeType === 1 && child.nodeName === name) out.push(child as Element);
  return out;
};
const child = (node: Node, name: string): Element | undefined => children(node, name)[0];
const text = (node: Node, ...path: string[]): string | undefined => {
  let at: Node | undefined = node;
  for (const name of path) at = at && child(at, name);
  return at?.textContent?.trim();
};
const number = (value: string | null | undefined, fallback: number): number => {
  const parsed = value === null || value === undefined || value.trim() === "" ? Number.NaN : Number(value);
  return Number.isFinite(parsed) ? parsed : fallback;
};

/** The score inside a compressed `.mxl`, or the text itself. @throws Complaint. */
function xmlOf(bytes: Uint8Array): string {
  if (bytes[0] !== 0x50 || bytes[1] !== 0x4b) return decode(bytes);
  let total = 0;
  let files: Record<string, Uint8Array>;
  try {
    files = unzipSync(bytes, {
      filter: (file) => {
        total += file.originalSize;
        if (total > MOST_BYTES) throw broken("too large");
        return /\.(xml|musicxml)$/i.test(file.name);
      },
    });
  } catch (error) {
    throw error instanceof Complaint ? error : broken("zip");
  }
  const container = files["META-INF/container.xml"];
  const named = container ? /full-path="([^"]+)"/.exec(decode(container))?.[1] : undefined;
  const inner = named ? files[named] : Object.entries(files).find(([name]) => !name.startsWith("META-INF"))?.[1];
  if (!inner) throw broken("no score in the archive");
  return decode(inner);
}
function decode(bytes: Uint8Array): string {
  const wide = bytes[0] === 0xff && bytes[1] === 0xfe ? "utf-16le" : bytes[0] === 0xfe && bytes[1] === 0xff ? "utf-16be" : "utf-8";
  return new TextDecoder(wide).decode(bytes);
}

/** A measure of one part: what it holds, by quarters from its start. */
interface Measure {
  readonly quarters: number;
  readonly notes: {
    readonly at: number;
    readonly length: number;
    readonly cents: number;
    readonly velocity: number;
    readonly tied: boolean;
    readonly ties: boolean;
  }[];
  readonly meter: ReturnType<typeof groupsOf>;
  readonly tempos: { readonly at: number; readonly bpm: number }[];
  readonly forward: boolean;
  readonly backward: number;
  readonly endings: readonly number[];
}

/**
 * Reads MusicXML, plain or compressed: every part's notes with microtonal alterations, ties, chords, voices, transposition, tempo, additive
 * meters, repeats and endings. Grace notes and unpitched ones are left out. @throws Complaint `unreadable` that says where.
 */
export function readMusicXml(bytes: Uint8Array): Sheet {
  let document: Document;
  try {
    // entities of its own making are not needed by any score, and can be a bomb
    const xml = xmlOf(bytes).replace(/<!DOCTYPE[^[>]*(\[[\s\S]*?\])?\s*>/, "");
    document = new DOMParser({
      onError: (level, message) => {
        if (level !== "warning") throw broken(message);
      },
    }).parseFromString(xml, "text/xml");
  } catch (error) {
    throw error instanceof Complaint ? error : broken(error instanceof Error ? error.message : String(error));
  }
  const root = document.documentElement;
  if (root?.nodeName === "score-timewise") throw broken("score-timewise");
  if (root?.nodeName !== "score-partwise") throw broken(`<${root?.nodeName ?? ""}>`);
  const names = new Map(
    children(child(root, "part-list") ?? root, "score-part").map((part) => [part.getAttribute("id") ?? "", text(part, "part-name") ?? ""] as const),
  );
  const parts = children(root, "part").map((part) => ({ name: names.get(part.getAttribute("id") ?? "") ?? "", measures: measuresOf(part) }));
  const first = parts[0];
  if (!first || first.measures.length === 0) throw new Complaint("notEnough", "score.empty");
  return played(parts, text(root, "work", "work-title") ?? text(root, "movement-title") ?? "", composer(root));
}

const composer = (root: Element): string =>
  children(child(root, "identification") ?? root, "creator")
    .find((one) => one.getAttribute("type") === "composer")
    ?.textContent?.trim() ?? "";

function measuresOf(part: Element): Measure[] {
  let divisions = 1;
  let meter = groupsOf([4], 4);
  let transpose = 0;
  let loud = 0.75;
  return children(part, "measure").map((measure, index) => {
    const where = measure.getAttribute("number") ?? String(index + 1);
    const notes: Measure["notes"] = [];
    const tempos: { at: number; bpm: number }[] = [];
    let [at, last, most, backward] = [0, 0, 0, 0];
    let forward = false;
    let endings: number[] = [];
    for (let node = measure.firstChild; node; node = node.nextSibling) {
      if (node.nodeType !== 1) continue;
      const element = node as Element;
      switch (element.nodeName) {
        case "attributes": {
          divisions = Math.max(1e-3, number(text(element, "divisions"), divisions));
          const time = child(element, "time");
          const beats = time && text(time, "beats");
          if (time && beats) {
            try {
              meter = groupsOf(beats.split("+").map(Number), number(text(time, "beat-type"), 4));
            } catch (error) {
              throw error instanceof Complaint ? broken(`measure ${where}: ${beats}/${text(time, "beat-type") ?? ""}`) : error;
            }
          }
          const moved = child(element, "transpose");
          if (moved) transpose = number(text(moved, "chromatic"), 0) * 100 + number(text(moved, "octave-change"), 0) * 1200;
          break;
        }
        case "direction":
        case "sound": {
          const sound = element.nodeName === "sound" ? element : child(element, "sound");
          const bpm = number(sound?.getAttribute("tempo"), 0);
          const marked = child(element, "direction-type") && metronome(child(element, "direction-type") as Element);
          if (bpm > 0) tempos.push({ at, bpm });
          else if (marked) tempos.push({ at, bpm: marked });
          loud = Math.min(1, Math.max(0.2, number(sound?.getAttribute("dynamics"), (loud / 0.75) * 100) / 100) * 0.75);
          break;
        }
        case "backup":
          at = Math.max(0, at - number(text(element, "duration"), 0) / divisions);
          break;
        case "forward":
          at += number(text(element, "duration"), 0) / divisions;
          break;
        case "note": {
          if (child(element, "grace")) break;
          const length = number(text(element, "duration"), 0) / divisions;
          if (!(length >= 0) || length > 1000) throw broken(`measure ${where}: duration`);
          const start = child(element, "chord") ? last : at;
          if (!child(element, "chord")) {
            last = at;
            at += length;
          }
          const pitch = child(element, "pitch");
          if (pitch && length > 0) {
            const step = STEPS[text(pitch, "step") ?? ""];
            if (step === undefined) throw broken(`measure ${where}: pitch`);
            const cents = (12 * (number(text(pitch, "octave"), 4) + 1) + step + number(text(pitch, "alter"), 0)) * 100 + transpose;
            const ties = children(element, "tie").map((tie) => tie.getAttribute("type"));
            notes.push({ at: start, length, cents, velocity: loud, tied: ties.includes("stop"), ties: ties.includes("start") });
          }
          break;
        }
        case "barline": {
          const repeat = child(element, "repeat");
          if (repeat?.getAttribute("direction") === "forward") forward = true;
          if (repeat?.getAttribute("direction") === "backward") backward = Math.min(8, Math.max(2, number(repeat.getAttribute("times"), 2)));
          const ending = child(element, "ending");
          if (ending?.getAttribute("type") === "start")
            endings = (ending.getAttribute("number") ?? "1")
              .split(/[,\s]+/)
              .map(Number)
              .filter((value) => value > 0);
        }
      }
      most = Math.max(most, at);
    }
    const full = (meter.groups.reduce((sum, group) => sum + group, 0) * 4) / meter.unit;
    return { quarters: most > 0 ? most : full, notes, meter, tempos, forward, backward, endings };
  });
}
/** Quarters a minute of a metronome mark. */
function metronome(type: Element): number | undefined {
  const mark = child(type, "metronome");
  if (!mark) return undefined;
  const unit = { whole: 4, half: 2, quarter: 1, eighth: 0.5, "16th": 0.25 }[text(mark, "beat-unit") ?? ""] ?? 1;
  const bpm = number(text(mark, "per-minute")?.replace(/[^\d.]/g, ""), 0) * unit * (child(mark, "beat-unit-dot") ? 1.5 : 1);
  return bpm > 0 ? bpm : undefined;
}

/** The order in which measures are played: repeats and endings of the first part. */
function orderOf(measures: readonly Measure[]): number[] {
  const order: number[] = [];
  let start = 0;
  let round = 1;
  let endings: readonly number[] = [];
  for (let i = 0; i < measures.length && order.length < MOST_BARS; ) {
    const measure = measures[i] as Measure;
    if (measure.forward && i !== start) [start, round] = [i, 1];
    if (measure.endings.length > 0) endings = measure.endings;
    const skipped = endings.length > 0 && !endings.includes(round);
    if (!skipped) order.push(i);
    if (measure.backward > 0) {
      const again = round < measure.backward && !skipped;
      endings = [];
      if (again) {
        round++;
        i = start;
        continue;
      }
      if (!skipped) [start, round] = [i + 1, 1];
    }
    i++;
    if (endings.length > 0 && (measures[i]?.endings.length ?? 0) === 0 && round > Math.max(...endings)) endings = [];
  }
  return order;
}

function played(parts: readonly { name: string; measures: readonly Measure[] }[], title: string, by: string): Sheet {
  const first = (parts[0] as (typeof parts)[number]).measures;
  const notes: SheetNote[] = [];
  const bars: SheetBar[] = [];
  let at = 0;
  let bpm = 100;
  const open = new Map<string, number>();
  for (const index of orderOf(first)) {
    const quarters = Math.max(...parts.map(({ measures }) => measures[index]?.quarters ?? 0));
    const tempos = parts.flatMap(({ measures }) => measures[index]?.tempos ?? []).sort((a, b) => a.at - b.at);
    // seconds from the bar's start to so many quarters in it
    const points: { quarter: number; second: number; bpm: number }[] = [{ quarter: 0, second: 0, bpm }];
    for (const tempo of tempos) {
      const before = points.at(-1) as (typeof points)[number];
      points.push({ quarter: tempo.at, second: before.second + ((tempo.at - before.quarter) * 60) / before.bpm, bpm: Math.min(1000, Math.max(5, tempo.bpm)) });
    }
    bpm = (points.at(-1) as (typeof points)[number]).bpm;
    const second = (quarter: number): number => {
      const point = points.findLast((one) => one.quarter <= quarter + 1e-9) ?? (points[0] as (typeof points)[number]);
      return point.second + ((quarter - point.quarter) * 60) / point.bpm;
    };
    bars.push({ at, ...(first[index] as Measure).meter });
    parts.forEach(({ name, measures }, p) => {
      for (const note of measures[index]?.notes ?? []) {
        const start = at + second(note.at);
        const end = at + second(note.at + note.length);
        const key = `${p} ${note.cents}`;
        const before = open.get(key);
        if (note.tied && before !== undefined) {
          const held = notes[before] as SheetNote;
          notes[before] = { ...held, length: end - held.at };
        } else notes.push({ at: start, length: end - start, cents: note.cents, velocity: note.velocity, part: name || `part ${p + 1}` });
        if (note.ties) {
          if (!note.tied || before === undefined) open.set(key, notes.length - 1);
        } else open.delete(key);
        if (notes.length > MOST_NOTES) throw broken("too many notes");
      }
    });
    at += second(quarters);
  }
  if (notes.length === 0) throw new Complaint("notEnough", "score.empty");
  return { title, composer: by, notes: notes.sort((a, b) => a.at - b.at || a.cents - b.cents), bars, seconds: at };
}
