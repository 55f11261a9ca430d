import { Complaint } from "@kuishi/base";
import { openBundle, packBundle } from "@kuishi/project";
import { readChordPro, type Sheet, sheetToAbc, sheetToMidi, sheetToMusicXml, transcribe, writeChordPro, writeMusicXml, writeMxl } from "@kuishi/score";
import { readKbm, readScl, type Scale, scaleText, writeKbm, writeScl } from "@kuishi/tuning";
import { isScore, readSheet } from "./scores.ts";

const ending = (name: string): string => (/\.([a-z0-9]+)$/i.exec(name)?.[1] ?? "").toLowerCase();
const written = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);
const CHORDPRO = new Set(["cho", "crd", "chopro", "chordpro", "pro"]);

/** Formats that a file of this name can be turned into, by their endings. */
export function convertible(name: string): readonly string[] {
  const own = ending(name);
  if (own === "scl" || own === "kbm") return [own];
  if (CHORDPRO.has(own)) return ["cho", "txt"];
  if (own === "kuishi") return ["musicxml", "mxl", "mid", "abc", "scl", "cho", "kuishi"];
  return isScore(name) ? ["musicxml", "xml", "mxl", "mid", "midi", "abc"] : [];
}

/**
 * Turns a file of notes, words or tuning into another format, by their names.
 * @throws Complaint `unreadable` that says where, `usage` for two that do not go together.
 */
export async function convertText(name: string, bytes: Uint8Array, to: string): Promise<Uint8Array<ArrayBuffer>> {
  const [a, b] = [ending(name), CHORDPRO.has(ending(to)) ? "cho" : ending(to)];
  if (!convertible(name).includes(b)) throw new Complaint("usage", "usage.convert", { from: name, to });
  if (a === "scl") return written(writeScl(readScl(scaleText(bytes))));
  if (a === "kbm") return written(writeKbm(readKbm(scaleText(bytes))));
  if (CHORDPRO.has(a)) {
    const song = readChordPro(scaleText(bytes));
    return written(b === "cho" ? writeChordPro(song) : plainWords(song));
  }
  if (a === "kuishi") return ofBundle(bytes, b, name);
  return ofSheet(await readSheet(name, bytes), b);
}

function ofSheet(sheet: Sheet, to: string): Uint8Array<ArrayBuffer> {
  if (to === "abc") return written(sheetToAbc(sheet));
  if (to === "mid" || to === "midi") return sheetToMidi(sheet) as Uint8Array<ArrayBuffer>;
  const xml = sheetToMusicXml(sheet);
  return to === "mxl" ? writeMxl(xml) : written(xml);
}

/** What was heard in a project, as notes or as its tuning; its words; or the project in the newest format. */
function ofBundle(bytes: Uint8Array, to: string, name: string): Uint8Array<ArrayBuffer> {
  const bundle = openBundle(bytes);
  if (to === "kuishi") return packBundle(bundle);
  const song = bundle.records.find((record) => record.kind === "song");
  if (to === "cho") return written(writeChordPro(readChordPro(song?.lyrics ?? "")));
  const { heard } = bundle;
  if (!heard) throw new Complaint("notEnough", "project.unheard", { name });
  const title = song?.provenance.title ?? "";
  if (to === "scl") {
    const scale: Scale = { name: `${title}: ${heard.mode.name}`, degrees: heard.mode.degreesCents, period: 1200 };
    return written(writeScl(scale, `${title}.scl\nheard by Kuishi; 1/1 at ${heard.mode.tonicCents} absolute cents (6900 = 440 Hz)`));
  }
  if (to === "musicxml" || to === "mxl") {
    const xml = writeMusicXml(transcribe(heard), title, heard.instrument);
    return to === "mxl" ? writeMxl(xml) : written(xml);
  }
  const accents = new Map(heard.strokes.flatMap((stroke) => stroke.noteIds.map((id) => [id, stroke.accent] as const)));
  const { bars, tempo } = transcribe(heard);
  const sheet: Sheet = {
    title,
    composer: song?.provenance.composer ?? "",
    notes: heard.notes.flatMap((note) =>
      note.cents === null
        ? []
        : [
            {
              at: note.onset,
              length: note.offset - note.onset,
              cents: note.cents,
              velocity: 0.4 + 0.6 * (accents.get(note.id) ?? 0.5),
              part: heard.instrument,
            },
          ],
    ),
    bars: bars.map((bar) => ({ at: tempo.seconds(bar.start), ...bar.meter })),
    seconds: heard.durationSec,
  };
  return ofSheet(sheet, to);
}

/** Words with their chords in a line above. */
function plainWords(song: ReturnType<typeof readChordPro>): string {
  const lines: string[] = song.meta.map(([name, value]) => `${name}: ${value}`);
  for (const section of song.sections) {
    lines.push("", ...(section.label ? [`${section.label}:`] : []));
    for (const line of section.lines) {
      if ("comment" in line) {
        lines.push(`(${line.comment})`);
        continue;
      }
      let [above, words] = ["", ""];
      for (const { chord, text } of line.chunks) {
        above = chord ? above.padEnd(Math.max(words.length, above.length > 0 ? above.length + 1 : 0)) + chord : above;
        words = words.padEnd(chord ? above.length - chord.length : 0) + text;
      }
      if (above.trim()) lines.push(above.trimEnd());
      lines.push(words.trimEnd());
    }
  }
  return `${lines.join("\n").trim()}\n`;
}
