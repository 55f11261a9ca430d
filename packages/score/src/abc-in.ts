import { Complaint } from "@kuishi/base";
import { groupsOf, MOST_BARS, MOST_NOTES, type Sheet, type SheetBar, type SheetNote } from "./sheet.ts";

/** What abcjs says of a tune, as far as it is read here. */
interface AbcTune {
  readonly metaText?: {
    readonly title?: string;
    readonly composer?: string;
    readonly tempo?: { readonly bpm?: number; readonly duration?: readonly number[] };
  };
  readonly warnings?: readonly string[];
  readonly lines: readonly { readonly staff?: readonly { readonly meter?: AbcMeter; readonly voices: readonly (readonly AbcElement[])[] }[] }[];
  /** A beat as a part of a whole note. */
  getBeatLength(): number;
  setUpAudio(options: object): {
    readonly tempo: number;
    readonly tracks: readonly (readonly {
      cmd: string;
      pitch?: number;
      volume?: number;
      start?: number;
      duration?: number;
      startChar?: number;
      cents?: number;
    }[])[];
  };
}
interface AbcMeter {
  readonly type: string;
  readonly value?: readonly { readonly num: string; readonly den: string }[];
}
interface AbcElement {
  readonly el_type: string;
  readonly startChar?: number;
  readonly duration?: number;
  readonly type?: string;
  readonly value?: AbcMeter["value"];
}

const meterOf = (meter: AbcMeter | AbcElement | undefined): ReturnType<typeof groupsOf> | undefined => {
  if (!meter) return undefined;
  if (meter.type === "common_time") return groupsOf([4], 4);
  if (meter.type === "cut_time") return groupsOf([2], 2);
  const value = meter.value?.[0];
  return value ? groupsOf(value.num.split("+").map(Number), Number(value.den)) : undefined;
};

/**
 * Reads the first tune of an ABC file: repeats played out by abcjs, bars where the text has them.
 * @throws Complaint `unreadable` that says where.
 */
export async function readAbc(text: string): Promise<Sheet> {
  const { default: abcjs } = await import("abcjs");
  let tune: AbcTune | undefined;
  let audio: ReturnType<AbcTune["setUpAudio"]>;
  try {
    tune = (abcjs as unknown as { parseOnly(text: string): AbcTune[] }).parseOnly(text)[0];
    if (!tune) throw new Error("no tune");
    audio = tune.setUpAudio({});
  } catch (error) {
    throw new Complaint("unreadable", "score.abc", { reason: String(error instanceof Error ? error.message : error).slice(0, 120) });
  }
  // one bar of text: where its first element stands, what it lasts, its meter
  const bars: { from: number; starts: Map<number, number>; length: number; meter: ReturnType<typeof groupsOf> }[] = [];
  let meter = groupsOf([4], 4);
  for (const line of tune.lines) {
    const staff = line.staff?.[0];
    meter = meterOf(staff?.meter) ?? meter;
    let bar: (typeof bars)[number] | undefined;
    for (const element of staff?.voices[0] ?? []) {
      if (element.el_type === "meter") meter = meterOf(element) ?? meter;
      if (element.el_type === "bar") bar = undefined;
      if (element.el_type !== "note" || element.startChar === undefined) continue;
      if (!bar) bars.push((bar = { from: element.startChar, starts: new Map(), length: 0, meter }));
      bar.starts.set(element.startChar, bar.length);
      bar.length += element.duration ?? 0;
    }
  }
  const ofChar = new Map(bars.flatMap((bar) => [...bar.starts].map(([char, offset]) => [char, { bar, offset }] as const)));
  // abcjs counts in whole notes; its tempo is in beats of the first meter: dotted quarters in 6/8, eighths in 4/8
  const beat = tune.getBeatLength() || 0.25;
  // its own tempo is rounded to whole beats: what the text says is exact
  const told = tune.metaText?.tempo;
  const written = Number(/^Q:[^=\n]*=\s*([\d.]+)/m.exec(text)?.[1] ?? Number.NaN);
  const bpm = told?.bpm && Math.floor(written) === told.bpm ? written : told?.bpm;
  const exact = bpm && told?.duration?.length ? (bpm * told.duration.reduce((sum, part) => sum + part, 0)) / beat : 0;
  const tempo = exact > 0 && Math.abs(exact / audio.tempo - 1) < 0.05 ? exact : audio.tempo || 100;
  const seconds = 60 / beat / Math.min(1000, Math.max(5, tempo));
  const notes: SheetNote[] = [];
  const found = new Map<number, SheetBar>();
  let end = 0;
  audio.tracks.forEach((track, t) => {
    for (const event of track) {
      if (event.cmd !== "note" || event.pitch === undefined || event.start === undefined || event.duration === undefined) continue;
      if (notes.length >= MOST_NOTES) throw new Complaint("unreadable", "score.abc", { reason: "too many notes" });
      notes.push({
        at: event.start * seconds,
        length: event.duration * seconds,
        cents: event.pitch * 100 + (event.cents ?? 0),
        velocity: Math.min(1, (event.volume ?? 95) / 127),
        part: `voice ${t + 1}`,
      });
      end = Math.max(end, (event.start + event.duration) * seconds);
      const place = event.startChar === undefined ? undefined : ofChar.get(event.startChar);
      if (t === 0 && place) {
        const at = (event.start - place.offset) * seconds;
        const key = Math.round(at * 1000);
        if (at > -0.001 && !found.has(key) && found.size < MOST_BARS) found.set(key, { at: Math.max(0, at), ...place.bar.meter });
      }
    }
  });
  if (notes.length === 0) throw new Complaint("notEnough", "score.empty");
  return {
    title: tune.metaText?.title ?? "",
    composer: tune.metaText?.composer ?? "",
    notes: notes.sort((a, b) => a.at - b.at || a.cents - b.cents),
    bars: [...found.values()].sort((a, b) => a.at - b.at),
    seconds: end,
  };
}
