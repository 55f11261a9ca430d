import { basename } from "node:path";
import { centsToHertz } from "@kuishi/base";
import { compareTake, followTake, type Host, hearAny, readAnalysis, tuneFile, tunerTarget } from "@kuishi/flow";
import type { Heard } from "@kuishi/score";
import { textOf } from "@kuishi/words";
import type { Console } from "./console.ts";
import { fileSource, readWhole } from "./files.ts";
import { jsonOutput } from "./outputs.ts";

const tenth = (value: number): number => Math.round(value * 10) / 10;

/** Options of `kuishi compare`. */
export interface CompareCommand {
  readonly master: string;
  readonly instrument?: string;
  readonly score: boolean;
  readonly json?: string;
  readonly force: boolean;
}

/** A hearing read from JSON, or made of a recording or a written tune. @throws Complaint. */
async function hearingOf(host: Host, path: string, instrument: string | undefined, out: Console): Promise<Heard> {
  const source = await fileSource(path);
  try {
    const start = new TextDecoder().decode(await source.read(0, Math.min(64, source.size)));
    if (/^\s*\{/.test(start)) return readAnalysis(new TextDecoder().decode(await source.read(0, source.size)));
    return (await hearAny(host, basename(path), source, { instrument, seed: 1 }, out.progress)).heard;
  } finally {
    await source.close();
  }
}

/** Says what a take was beside a master: `practice/1` as JSON, or the three things in words. */
export async function compare(host: Host, path: string, options: CompareCommand, out: Console): Promise<void> {
  const json = jsonOutput(options, [path, options.master]);
  const source = await fileSource(path);
  try {
    const master = await hearingOf(host, options.master, options.instrument, out);
    const { practice: result } = await compareTake(host, source, master, options, out.progress);
    json.write(result, out.progress);
    if (!json.isStream) tell(result, out);
    for (const { code, fromSec = 0, toSec = 0 } of result.warnings) out.note(`warning.${code}`, { fromSec, toSec, minutes: 20 });
  } finally {
    await source.close();
  }
}

function tell({ pairs, three, score }: Awaited<ReturnType<typeof compareTake>>["practice"], out: Console): void {
  const notes = pairs.filter(({ master }) => master !== null);
  const many = (verdict: string): number => notes.filter((pair) => pair.verdict === verdict).length;
  const [right, unsure] = [many("right"), many("unsure")];
  out.say("cli.compared", { notes: notes.length, right, wrong: notes.length - right - unsure, unsure });
  if (score !== null) out.say("cli.grade", { score });
  if (three.length === 0) out.say("practice.nothing");
  three.forEach((thing, k) => {
    const text = textOf(out.language, `practice.${thing.code}`, thing.params);
    const [takeFrom, takeTo, masterFrom, masterTo] = [thing.takeFromSec, thing.takeToSec, thing.masterFromSec, thing.masterToSec].map(tenth) as [
      number,
      number,
      number,
      number,
    ];
    out.say("cli.thing", { number: k + 1, text, takeFrom, takeTo, masterFrom, masterTo });
  });
}

/** Options of `kuishi follow`. */
export interface FollowCommand {
  readonly master: string;
  readonly instrument?: string;
  readonly json?: string;
  readonly force: boolean;
}

/** Follows a take through a master as if it were live: `follow/1` as JSON, or how much of it was found. */
export async function follow(host: Host, path: string, options: FollowCommand, out: Console): Promise<void> {
  const json = jsonOutput(options, [path, options.master]);
  const source = await fileSource(path);
  try {
    const master = await hearingOf(host, options.master, options.instrument, out);
    const followed = await followTake(host, source, master, options, out.progress);
    json.write(followed, out.progress);
    const found = followed.at.flatMap(([at, place]) => (place === null ? [] : [{ at, place }]));
    if (json.isStream) return;
    if (found.length === 0) out.say("cli.notFollowed");
    else
      out.say("cli.followed", {
        percent: Math.round((100 * found.length) / Math.max(1, followed.at.length)),
        masterFrom: tenth(found[0]?.place ?? 0),
        masterTo: tenth(found.at(-1)?.place ?? 0),
      });
  } finally {
    await source.close();
  }
}

/** Options of `kuishi tuner`. */
export interface TunerCommand {
  readonly to?: string;
  readonly scaleLength?: number;
  readonly json?: string;
  readonly force: boolean;
}

/** Reads strings and frets: `tuner/1` as JSON, or in words. */
export async function tuner(host: Host, path: string, options: TunerCommand, out: Console): Promise<void> {
  const json = jsonOutput(options, [path, ...(options.to === undefined ? [] : [options.to])]);
  const target = options.to === undefined ? undefined : tunerTarget(readWhole(options.to), options.scaleLength ?? null);
  const source = await fileSource(path);
  try {
    const tuned = await tuneFile(host, source, target, out.progress);
    json.write(tuned, out.progress);
    if (json.isStream) return;
    if (!tuned.frets)
      tuned.strings.forEach(({ cents, confidence }, k) => {
        out.say("cli.string", { string: k + 1, cents: tenth(cents), hertz: tenth(centsToHertz(cents)), sure: Math.round(100 * confidence) });
      });
    for (const { string, fret, cents, offCents, moveMm } of tuned.frets ?? []) {
      const params = { string: string + 1, fret, cents: tenth(cents), off: tenth(offCents) };
      if (moveMm === null) out.say("cli.fret", params);
      else out.say("cli.move", { ...params, mm: tenth(moveMm) });
    }
  } finally {
    await source.close();
  }
}
