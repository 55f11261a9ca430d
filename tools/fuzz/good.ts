import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PI, sin } from "@kuishi/base";
import { choicesOf } from "@kuishi/blend";
import { encodeAudio, wavBytes, wavHeader } from "@kuishi/media";
import { codecs } from "@kuishi/media/node";
import { emptySong, Journal, MemoryStore, packBundle } from "@kuishi/project";
import { ProjectDocument } from "@kuishi/project/document";
import { readAbc, transcribe, writeAbc, writeMusicXml, writeMxl, writeScoreMidi } from "@kuishi/score";
import { strToU8 } from "fflate";
import { BasicSoundBank } from "spessasynth_core";
import { goodHeard, goodStyles } from "./readers.ts";

const ABC = `X:1
T:Test & <b>tune</b>
C:Folk
M:2/4
L:1/8
Q:1/4=100
K:Dm
V:1
|:"Dm"DEFA d2|A2 G>F E2:|[1 D4 z4|[2 (3DEF {g}A2 D4|] !trill!c2 ^/F _/B [DFA]2- [DFA]2 & x4|
w: қа-ра тау-дың ба-сы-нан
V:2
[M:7/8] Z2 | (D2 E)F G,A,B, |]
`;
const CHORDPRO = `{title: Көзімнің қарасы}
{artist: Абай}
{+config.x: 1}
{start_of_verse: 1}
[Am]Көзімнің қара[E7]сы,
{comment: баяу}
{end_of_verse}
{sot}
e|--0--2--
{eot}
{chorus}
`;
const SCL = "! x.scl\n!\nJust & tempered\n 5\n!\n 9/8 second\n 386.314 cents\n! a comment\n 3/2\n 2957/2048!Gb\n 2/1\n";
const KBM = "! map\n12\n0\n127\n60\n69\n440.0\n12\n0\n1\nx\n3\n4\n5\n6\n7\n8\n9\n10\n11\n";
const XML = `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE score-partwise PUBLIC "-//Recordare//DTD MusicXML 4.0 Partwise//EN" "http://www.musicxml.org/dtds/partwise.dtd">
<score-partwise version="4.0"><work><work-title>T</work-title></work><part-list><score-part id="P1"><part-name>Dombra</part-name></score-part></part-list>
<part id="P1"><measure number="1"><attributes><divisions>4</divisions><time><beats>2+3</beats><beat-type>8</beat-type></time><transpose><chromatic>-2</chromatic></transpose></attributes>
<direction><direction-type><metronome><beat-unit>quarter</beat-unit><per-minute>96</per-minute></metronome></direction-type><sound tempo="96"/></direction>
<barline location="left"><repeat direction="forward"/></barline>
<note><pitch><step>D</step><alter>-0.5</alter><octave>4</octave></pitch><duration>4</duration><tie type="start"/></note>
<note><chord/><pitch><step>A</step><octave>4</octave></pitch><duration>4</duration></note><backup><duration>2</duration></backup><forward><duration>2</duration></forward>
<note><pitch><step>D</step><alter>-0.5</alter><octave>4</octave></pitch><duration>6</duration><tie type="stop"/></note>
<barline location="right"><ending number="1" type="stop"/><repeat direction="backward" times="2"/></barline></measure></part></score-partwise>
`;

const heard = goodHeard();
const json = (value: unknown): Uint8Array => strToU8(JSON.stringify(value));
const bundle = (): Uint8Array =>
  packBundle({
    records: [
      { ...emptySong, recording: { asset: "a", fromSec: 0, toSec: null }, choices: { ...choicesOf("lo-fi", 1) } },
      { id: "a", kind: "asset", name: "x.wav", entry: "audio/x.wav", frames: null, origin: "file" },
      { id: "t", kind: "track", name: "x", order: 0 },
    ],
    heard,
    files: new Map([["audio/x.wav", strToU8("RIFF")]]),
  });

async function journal(): Promise<Uint8Array> {
  const store = new MemoryStore();
  const { journal } = await Journal.open(store);
  for (let k = 0; k < 3; k++) await journal.append(new ProjectDocument().state());
  return (await store.read("journal-1"))!;
}

/** Half a second of two tones. */
const tones = [220, 331].map((hertz) => Float32Array.from({ length: 24_000 }, (_, i) => 0.4 * sin((2 * PI * hertz * i) / 48_000)));

/** Our own examples of songs. */
function songs(): Uint8Array[] {
  const folder = join(import.meta.dirname, "..", "formats", "chordpro");
  return readdirSync(folder).map((name) => new Uint8Array(readFileSync(join(folder, name))));
}

/** Good files of every kind that can be made here; what needs ffmpeg is left out where there is none. */
export async function goodFiles(): Promise<Readonly<Record<string, readonly Uint8Array[]>>> {
  const { score } = transcribe(heard);
  const wavs = (["pcm24", "float32"] as const).map((format) => {
    const head = wavHeader(format, 48_000, 2, 24_000);
    const data = wavBytes(format, tones);
    const whole = new Uint8Array(head.length + data.length);
    whole.set(head);
    whole.set(data, head.length);
    return whole;
  });
  return {
    abc: [strToU8(ABC), strToU8(writeAbc(score).text)],
    midi: [Uint8Array.from(writeScoreMidi(score)), Uint8Array.from(writeScoreMidi(readAbc(ABC)))],
    musicxml: [strToU8(XML), strToU8(writeMusicXml(score)), strToU8(writeMusicXml(readAbc(ABC)))],
    mxl: [writeMxl(XML)],
    chordpro: [strToU8(CHORDPRO), ...songs()],
    scl: [strToU8(SCL)],
    kbm: [strToU8(KBM)],
    kuishi: [bundle()],
    style: goodStyles().map(json),
    choices: [json(choicesOf("lo-fi", 1)), json({ ...choicesOf("techno", 2), energy: [[0, 0.3]], without: ["kick"] })],
    analysis: [json(heard)],
    locks: [
      json({ strokes: [{ at: 1, notes: [{ string: 1, cents: 5500, fret: 0 }] }], bars: [{ at: 1, groups: [2, 3] }], open: [5000, null], tonicCents: 5500 }),
    ],
    journal: [await journal()],
    soundfont: [new Uint8Array(await BasicSoundBank.getSampleSoundBankFile())],
    wav: wavs,
    ...Object.fromEntries(await Promise.all((["flac", "mp3", "opus"] as const).map(async (format) => [format, [await encodeAudio(format, tones, codecs)]]))),
    ...foreign(wavs[0]!),
  };
}

/** Containers that only ffmpeg writes here. */
const FOREIGN: Readonly<Record<string, readonly string[]>> = {
  "vorbis.ogg": ["-c:a", "libvorbis"],
  "webm.webm": ["-c:a", "libopus"],
  "mkv.mka": ["-c:a", "libvorbis"],
  "mp4.mp4": ["-c:a", "libopus", "-strict", "-2"],
  "mov.mov": ["-c:a", "pcm_s16le"],
  "m4a.m4a": ["-c:a", "aac"],
  "aiff.aiff": ["-c:a", "pcm_s24be"],
  "caf.caf": ["-c:a", "pcm_s16le"],
};
function foreign(wav: Uint8Array): Record<string, Uint8Array[]> {
  const folder = mkdtempSync(join(tmpdir(), "kuishi-fuzz-"));
  const out: Record<string, Uint8Array[]> = {};
  try {
    for (const [name, options] of Object.entries(FOREIGN)) {
      const path = join(folder, name);
      execFileSync("ffmpeg", ["-y", "-v", "error", "-f", "wav", "-i", "pipe:0", ...options, path], { input: wav, stdio: ["pipe", "ignore", "ignore"] });
      out[name.split(".")[0]!] = [new Uint8Array(readFileSync(path))];
    }
  } catch {
    console.warn("without ffmpeg some containers are left out");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return out;
}
