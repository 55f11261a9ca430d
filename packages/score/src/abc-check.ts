import { Complaint, MOST_TUNE, MOST_TUNE_LINE, MOST_TUNE_LINES, MOST_TUNE_NOTES } from "@kuishi/base";

/** One tune of a file of ABC. */
export interface BookTune {
  readonly title: string;
  /** The tune alone, with what the file says before its first tune. */
  readonly text: string;
}

/**
 * The tunes of a file of ABC (2.1, section 2.2): each begins at `X:` and ends at an empty line; a file of one tune may begin without.
 */
export function abcBook(text: string): readonly BookTune[] {
  const lines = text
    .replace(/^\uFEFF/, "")
    .replace(/\r\n?/g, "\n")
    .split("\n");
  const starts = lines.flatMap((line, i) => (/^X:/.test(line) ? [i] : []));
  if (starts.length === 0) return [tuneOf(lines)];
  // a header of the file holds directives and fields for all tunes: it ends at an empty line
  const blank = lines.findIndex((line) => line.trim() === "");
  const head = lines.slice(0, blank >= 0 && blank < starts[0]! ? blank : starts[0]).filter((line) => /^(%%|[A-Za-z]:)/.test(line));
  return starts.map((from, k) => {
    const own = lines.slice(from, starts[k + 1]);
    const end = own.findIndex((line) => line.trim() === "");
    const tune = end < 0 ? own : own.slice(0, end);
    // `X:` stays first
    return tuneOf([tune[0]!, ...head, ...tune.slice(1)]);
  });
}
const tuneOf = (lines: readonly string[]): BookTune => ({
  title:
    lines
      .find((line) => /^T:/.test(line))
      ?.slice(2)
      .trim() ?? "",
  text: lines.join("\n"),
});

/** Fields that say something about notes and time; all others are passed over. */
const FIELDS = new Set(["X", "T", "C", "M", "L", "Q", "K", "V", "P", "I"]);
/** Greatest number in music: a length, a rest of so many bars. */
const MOST_NUMBER = 9999;
/** Dotting and halving beyond these is no rhythm anybody could play. */
const MOST_BROKEN = 4;
const MOST_SLASHES = 8;
const MOST_OVERLAYS = 32;
const MOST_ENDING = 99;

/**
 * Makes a tune safe for the library that reads it: numbers and nesting that would keep it busy for hours are refused with their line,
 * and what says nothing about notes (directives, words, ornaments, slurs) becomes white space, so that every character keeps its place.
 * @throws Complaint `unreadable` with the line.
 */
export function checkedAbc(tune: string): string {
  if (tune.length > MOST_TUNE) throw new Complaint("unreadable", "abc.long", { most: MOST_TUNE });
  let notes = 0;
  let rounds = 1;
  let inside = false;
  let staves = 0;
  const lines = tune.split("\n").map((line, i): string => {
    const fault = (what: string): Complaint => new Complaint("unreadable", "abc.line", { line: i + 1, text: what.slice(0, 40) });
    if (line.length > MOST_TUNE_LINE) throw fault(line);
    const blank = (): string => `%${" ".repeat(Math.max(0, line.length - 1))}`.slice(0, line.length);
    const directive = /^(?:%%|I:)\s*(\w*)/.exec(line)?.[1];
    if (directive !== undefined) {
      // text and pictures may look like music
      if (/^begin/.test(directive)) inside = true;
      if (/^end/.test(directive)) inside = false;
      return blank();
    }
    if (inside || line.startsWith("%")) return blank();
    const field = /^([A-Za-z+]):/.exec(line)?.[1];
    if (field !== undefined) {
      if (!FIELDS.has(field)) return blank();
      checkField(field, line.slice(2), fault);
      // abcjs makes objects of texts that choose a font
      return field === "T" || field === "C" ? line.replace(/\$/g, " ") : line;
    }
    const music = checkedMusic(line, fault);
    notes += music.notes;
    if (line.trim() !== "" && ++staves > MOST_TUNE_LINES) throw fault(line);
    rounds = Math.max(rounds, music.rounds);
    if (notes * rounds > MOST_TUNE_NOTES) throw new Complaint("unreadable", "abc.notes", { most: MOST_TUNE_NOTES });
    return music.text;
  });
  return lines.join("\n");
}

/** None, common and cut time, beats over a note value; a remark may follow. Over nothing, the library adds up bars for ever. */
const METER = /^(?:$|none\b|C\|?|\(?\d[\d+() ]*\/(?:1|2|4|8|16|32|64)(?!\d))/i;

type Fault = (what: string) => Complaint;

function checkField(field: string, raw: string, fault: Fault): void {
  const value = raw.replace(/%.*$/, "").trim();
  const numbers = value.match(/\d+/g) ?? [];
  if (field === "M" && (!METER.test(value) || numbers.some((number) => !(Number(number) >= 1 && Number(number) <= 64)))) throw fault(`M:${value}`);
  if (field === "L" && value !== "") {
    const [, top, bottom] = /^(\d{1,2})(?:\/(\d{1,4}))?$/.exec(value) ?? [];
    if (!(Number(top) > 0 && Number(bottom ?? 1) > 0 && Number(top) / Number(bottom ?? 1) <= 4)) throw fault(`L:${value}`);
  }
  if (field === "Q") {
    const beat = [...value.matchAll(/(\d+)\/(\d+)/g)].reduce((sum, [, top, bottom]) => sum + Number(top) / Number(bottom), 0) || 0.25;
    const plain = value.replace(/"[^"]*"/g, "");
    const told = /\d*\.?\d+/.exec(plain.slice(plain.indexOf("=") + 1))?.[0];
    const quarters = 4 * beat * Number(told ?? 100);
    if (told !== undefined && !(quarters >= 4 && quarters <= 4000)) throw fault(`Q:${value}`);
  }
  if (field === "V" && /\b(?:stafflines|octave)\s*=\s*-?\d{3,}/.test(value)) throw fault(`V:${value}`);
  if (field === "K" && numbers.some((number) => Number(number) > MOST_NUMBER)) throw fault(`K:${value}`);
}

/** A line of music without what is no note, bar, rest or chord. */
function checkedMusic(line: string, fault: Fault): { text: string; notes: number; rounds: number } {
  const out = [...line.split("")];
  const wipe = (from: number, to: number): void => {
    for (let k = from; k < to; k++) out[k] = " ";
  };
  let [notes, rounds, overlays] = [0, 1, 0];
  let [graceEnd, kept] = [-1, ""];
  for (let at = 0; at < line.length; ) {
    const char = line[at]!;
    let to = at + 1;
    if (char === "%") {
      wipe(at, line.length);
      break;
    }
    if (char === '"' || char === "!" || char === "+") {
      // a chord's name, a remark, an ornament; what does not end is not one, for the library either
      const end = line.indexOf(char, to);
      if (end > 0) to = end + 1;
      wipe(at, to);
    } else if (char === "[" && /[A-Za-z]/.test(line[to] ?? "") && line[to + 1] === ":") {
      const end = line.indexOf("]", to);
      const field = line[to]!;
      if (end > 0) to = end + 1;
      if (end > 0 && FIELDS.has(field) && field !== "I") checkField(field, line.slice(at + 3, end), fault);
      else wipe(at, to);
    } else if (/[A-Ga-gxyzXZ]/.test(char)) notes++;
    else if (/[H-WY~.h-w]/.test(char)) wipe(at, to);
    else if (char === "(" && !/\d/.test(line[to] ?? "")) wipe(at, to);
    else if (char === ")") wipe(at, to);
    // what leads to no note the library tries again from each of its characters, and notes down the whole line each time
    else if (char === "{") {
      const [end, next] = [line.indexOf("}", to), line.indexOf("{", to)];
      if (end > 0 && (next < 0 || next > end)) graceEnd = end;
      else wipe(at, to);
    } else if (char === "}" ? at !== graceEnd : char === "-" && kept === "-") wipe(at, to);
    else if ("^_=".includes(char)) {
      const [accidental = ""] = /^[\^_=]{1,2}[\d/]*(?=[A-Ga-g])/.exec(line.slice(at, at + 12)) ?? [];
      if (accidental === "") wipe(at, to);
      else to = at + accidental.length;
    } else if (/[^\s\dA-Za-z|:[\](){}^_=,'/<>&\\-]/.test(char)) wipe(at, to);
    else if (char === "&" && ++overlays > MOST_OVERLAYS) throw fault("&");
    else if (char === "<" || char === ">" || char === "/") {
      while (line[to] === char) to++;
      if (to - at > (char === "/" ? MOST_SLASHES : MOST_BROKEN)) throw fault(line.slice(at, to));
    } else if (/\d/.test(char)) {
      while (/\d/.test(line[to] ?? "")) to++;
      const value = Number(line.slice(at, to));
      const before = line[at - 1] ?? "";
      const tuplet = before === "(" || /\([\d:]*:$/.test(line.slice(Math.max(0, at - 8), at));
      const ending = before === "[" || before === "|" || /[[|][\d,-]*[,-]$/.test(line.slice(Math.max(0, at - 24), at));
      if (ending) rounds = Math.max(rounds, value);
      if (value > (tuplet || ending ? MOST_ENDING : MOST_NUMBER)) throw fault(line.slice(at, to));
    }
    // a space ends no run of ties
    if (out[at] !== " ") kept = out[at]!;
    at = to;
  }
  return { text: out.join(""), notes, rounds };
}
