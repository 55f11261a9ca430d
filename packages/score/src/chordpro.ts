import { Complaint } from "@kuishi/base";

/** Words with chords over them. */
export interface ChordLine {
  /** Each chord stands over the text that follows it; the first may have none. */
  readonly chunks: readonly { readonly chord: string; readonly text: string }[];
}
export interface ChordSection {
  readonly kind: "verse" | "chorus" | "bridge" | "tab" | "grid" | "part";
  readonly label: string;
  readonly lines: readonly (ChordLine | { readonly comment: string })[];
}
/** A song as ChordPro tells it. */
export interface ChordSong {
  /** `title`, `artist`, `key`, `tempo` and whatever else was told, in order. */
  readonly meta: readonly (readonly [string, string])[];
  readonly sections: readonly ChordSection[];
}

/** Short names of the directives, after the ChordPro reference. */
const SHORT: Readonly<Record<string, string>> = {
  t: "title",
  st: "subtitle",
  su: "subtitle",
  c: "comment",
  ci: "comment_italic",
  cb: "comment_box",
  soc: "start_of_chorus",
  eoc: "end_of_chorus",
  sov: "start_of_verse",
  eov: "end_of_verse",
  sob: "start_of_bridge",
  eob: "end_of_bridge",
  sot: "start_of_tab",
  eot: "end_of_tab",
  sog: "start_of_grid",
  eog: "end_of_grid",
};
const META = new Set([
  "title",
  "sorttitle",
  "subtitle",
  "artist",
  "composer",
  "lyricist",
  "copyright",
  "album",
  "year",
  "key",
  "time",
  "tempo",
  "duration",
  "capo",
  "arranger",
]);
const KINDS = ["verse", "chorus", "bridge", "tab", "grid"] as const;
const MOST_LINES = 20_000;

/** Reads ChordPro. Directives that are none of ours (fonts, colours, definitions) are passed over. @throws Complaint with the line. */
export function readChordPro(text: string): ChordSong {
  const meta: [string, string][] = [];
  const sections: { kind: ChordSection["kind"]; label: string; lines: (ChordLine | { comment: string })[] }[] = [];
  let open: (typeof sections)[number] | undefined;
  let inside: ChordSection["kind"] | undefined;
  const lines = text.replace(/^\uFEFF/, "").split(/\r\n|\r|\n/);
  if (lines.length > MOST_LINES) throw new Complaint("unreadable", "chordpro.long", { lines: lines.length });
  const section = (kind: ChordSection["kind"], label = ""): (typeof sections)[number] => {
    open = { kind, label, lines: [] };
    sections.push(open);
    return open;
  };
  lines.forEach((raw, i) => {
    const line = raw.trimEnd();
    if (line.startsWith("#")) return;
    const directive = /^\s*\{\s*([a-zA-Z_]+)(?:-[\w!]+)?\s*(?:[:\s]\s*(.*?))?\s*\}\s*$/.exec(line);
    if (directive) {
      const name = SHORT[(directive[1] ?? "").toLowerCase()] ?? (directive[1] ?? "").toLowerCase();
      const value = directive[2] ?? "";
      const begun = KINDS.find((kind) => name === `start_of_${kind}`);
      if (name === "meta") {
        const [key = "", ...rest] = value.split(/\s+/);
        if (key) meta.push([key, rest.join(" ")]);
      } else if (META.has(name)) meta.push([name, value]);
      else if (begun) {
        inside = begun;
        section(begun, value.replace(/^label\s*=\s*"(.*)"$/, "$1"));
      } else if (name.startsWith("start_of_")) {
        inside = "part";
        section("part", value || name.slice(9));
      } else if (name.startsWith("end_of_")) {
        inside = undefined;
        open = undefined;
      } else if (name === "chorus") section("chorus", value).lines.push({ comment: value });
      else if (name.startsWith("comment") || name === "highlight") (open ?? section("part")).lines.push({ comment: value });
      if (name === "chorus") open = undefined;
      return;
    }
    if (/^\s*\{/.test(line)) throw new Complaint("unreadable", "chordpro.directive", { line: i + 1, text: line.trim().slice(0, 60) });
    const verbatim = inside === "tab" || inside === "grid";
    const parsed = verbatim ? { chunks: line.trim() === "" ? [] : [{ chord: "", text: line }] } : chunksOf(line, i + 1);
    if (parsed.chunks.length === 0) {
      // a blank line ends a verse that nobody named
      if (inside === undefined) open = undefined;
      else if (open) open.lines.push({ chunks: [] });
      return;
    }
    const own = open ?? section("verse");
    own.lines.push(parsed);
  });
  if (sections.length === 0 && meta.length === 0) throw new Complaint("unreadable", "chordpro.empty");
  return { meta, sections };
}

function chunksOf(line: string, number: number): ChordLine {
  const chunks: { chord: string; text: string }[] = [];
  let rest = line;
  const lead = rest.indexOf("[");
  if (lead !== 0) {
    chunks.push({ chord: "", text: lead < 0 ? rest : rest.slice(0, lead) });
    rest = lead < 0 ? "" : rest.slice(lead);
  }
  while (rest !== "") {
    const end = rest.indexOf("]");
    if (end < 0) throw new Complaint("unreadable", "chordpro.bracket", { line: number, text: rest.slice(0, 40) });
    const next = rest.indexOf("[", end);
    const chunk = { chord: rest.slice(1, end).trim(), text: next < 0 ? rest.slice(end + 1) : rest.slice(end + 1, next) };
    if (chunk.chord !== "" || chunk.text !== "") chunks.push(chunk);
    rest = next < 0 ? "" : rest.slice(next);
  }
  // what stands at a line's end and is only white goes, as it does when it is read
  while (chunks.length > 0 && chunks.at(-1)?.chord === "" && chunks.at(-1)?.text.trim() === "") chunks.pop();
  return { chunks: chunks.map((chunk, i) => (i === chunks.length - 1 ? { ...chunk, text: chunk.text.trimEnd() } : chunk)) };
}

/** Writes ChordPro: what was read comes out in one way of writing it. */
export function writeChordPro(song: ChordSong): string {
  const out = song.meta.map(([name, value]) => (META.has(name) ? `{${name}: ${value}}` : `{meta: ${name} ${value}}`));
  for (const { kind, label, lines } of song.sections) {
    if (out.length > 0) out.push("");
    const recalled = kind === "chorus" && lines.length === 1 && "comment" in (lines[0] as object) && (lines[0] as { comment: string }).comment === label;
    if (recalled) {
      out.push(label ? `{chorus: ${label}}` : "{chorus}");
      continue;
    }
    const named = kind !== "part" && (kind !== "verse" || label !== "");
    if (named) out.push(label ? `{start_of_${kind}: ${label}}` : `{start_of_${kind}}`);
    for (const line of lines) {
      if ("comment" in line) out.push(`{comment: ${line.comment}}`);
      else out.push(line.chunks.map(({ chord, text }) => (chord ? `[${chord}]` : "") + text).join(""));
    }
    if (named) out.push(`{end_of_${kind}}`);
  }
  return `${out.join("\n")}\n`;
}
