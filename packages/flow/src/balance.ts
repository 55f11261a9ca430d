import { BLOCK, breathe, clamp, type Frames, fromDb, log10, type Progress, SAMPLE_RATE } from "@kuishi/base";
import { type Arrangement, curveAt, type Style } from "@kuishi/blend";
import type { Clips, Envelope, Plan } from "@kuishi/engine";
import { integrated, Kernels, LoudnessMeter } from "@kuishi/signal";
import { type Faders, RECORDING, VOICE, WIDTH, withFaders } from "./compile.ts";
import type { Host } from "./hear.ts";
import type { Span } from "./threads/messages.ts";
import { OfflineEngine } from "./threads/offline.ts";
import { plainTone, sumOfThirds, type Thirds, ThirdsMeter, type Tone, toneOf } from "./tone.ts";

/** Loudness the recording is brought to before the mix, LUFS; a singer stands a little before it. */
const RECORDING_LUFS = -18;
const VOICE_LU = 2.5;
/** Where all that accompanies it should lie against it outside the intro, LU: in sum, and the bounds for any one section. */
const ACCOMPANIMENT_LU = -2.8;
const SECTION_LU = [-5, -1.2] as const;

/** Of each section its beginning is measured: so many seconds, or so much of it. */
const [LEAST_SEC, PART] = [3, 0.22];
const TICK = SAMPLE_RATE / 10;

/** Energies of each strip per 100 ms over the next stretch, up to a frame; their third octaves go to meters of their own. */
async function measure(
  run: OfflineEngine,
  kernels: Kernels,
  thirds: Map<string, ThirdsMeter>,
  to: Frames,
  told: (at: Frames) => Promise<void>,
): Promise<Map<string, readonly number[]>> {
  const { engine } = run;
  run.next();
  const meters = engine.stems.map((stem) => {
    let own = thirds.get(stem.id);
    if (!own) thirds.set(stem.id, (own = new ThirdsMeter(kernels)));
    return { stem, meter: new LoudnessMeter(kernels, false), own };
  });
  for (let at = engine.frame, k = 0; at < to; at += BLOCK, k++) {
    const wait = run.ready();
    if (wait) await wait;
    engine.render(false);
    for (const { stem, meter, own } of meters) {
      meter.push(stem.leftView, stem.rightView);
      own.push(stem.leftView, stem.rightView);
    }
    if (k % 1500 === 0) await told(at);
  }
  return new Map(meters.map(({ stem, meter }) => [stem.id, meter.energies]));
}

/**
 * Energies of every strip per 100 ms: of what was recorded all, of what is added the beginning of each section, whose mean stands for
 * the rest of it: its company is the same to its end.
 */
async function energiesOf(host: Host, plan: Plan, arrangement: Arrangement, clips: Clips, progress: Progress): Promise<Measured> {
  const recorded = new Set([RECORDING, VOICE]);
  const kernels = new Kernels(host.kernels);
  const alone = { ...plan, strips: plan.strips.filter((strip) => recorded.has(strip.id)), buses: [] };
  const thirds = new Map<string, ThirdsMeter>();
  const company = new Map<string, ThirdsMeter>();
  const whole = await measure(new OfflineEngine(host, alone, clips, [[0, plan.frames]], progress), kernels, thirds, plan.frames, () => breathe(progress));
  const found = new Map<string, number[]>([...whole].map(([id, list]) => [id, [...list]]));
  const stretches = stretchesOf(arrangement);
  const looked = representative(stretches);
  const spans = looked.map(({ from, to, rising }): Span => {
    const seconds = Math.min(to - from, Math.max(LEAST_SEC, PART * (to - from)));
    const first = Math.round((arrangement.edges.lead + (rising ? (from + to - seconds) / 2 : from)) * SAMPLE_RATE);
    return [first, first + seconds * SAMPLE_RATE];
  });
  const run = new OfflineEngine(host, plan, clips, spans, progress);
  const measured = new Map<Stretch, ReadonlyMap<string, readonly number[]>>();
  try {
    for (const [k, stretch] of looked.entries())
      measured.set(
        stretch,
        await measure(run, kernels, company, spans[k]![1], async (at) => {
          progress.report("balance", at / plan.frames);
          await breathe(progress);
        }),
      );
  } finally {
    run.close();
  }
  const ids = plan.strips.map((strip) => strip.id).filter((id) => !whole.has(id));
  for (const id of [...ids, ...plan.buses.map((bus) => bus.id)]) {
    const own = new Array<number>(Math.ceil(plan.frames / TICK)).fill(0);
    found.set(id, own);
    const bus = !ids.includes(id);
    const means = new Map(
      looked.flatMap((stretch) => {
        const list = measured.get(stretch)?.get(id) ?? [];
        return bus || stretch.parts?.includes(id) !== false ? [[stretch, list.reduce((a, b) => a + b, 0) / Math.max(1, list.length)] as const] : [];
      }),
    );
    const usual = [...means.values()].reduce((a, b) => a + b, 0) / Math.max(1, means.size);
    for (const stretch of stretches) {
      if (!bus && stretch.parts?.includes(id) === false) continue;
      const list = measured.get(stretch)?.get(id);
      // what was not looked at is as its section was, or as the part usually is
      const near = looked.find((other) => other.section === stretch.section && means.has(other));
      const mean = means.get(stretch) ?? (near ? means.get(near)! : usual);
      const [first, last] = [tickOf(arrangement, stretch.from), tickOf(arrangement, stretch.to)];
      for (let i = first; i < last; i++) own[i] = stretch.rising ? mean : (list?.[i - first] ?? mean);
    }
  }
  // what was recorded was heard whole
  return { energies: found, thirds: new Map([...company, ...thirds].map(([id, meter]) => [id, meter.read()])) };
}
interface Measured {
  readonly energies: Map<string, number[]>;
  readonly thirds: ReadonlyMap<string, Thirds>;
}

/** A stretch with one company. */
interface Stretch {
  readonly from: number;
  readonly to: number;
  /** Its middle stands for it. */
  readonly rising: boolean;
  /** Number of its section, and who plays; before and after the tune there is none. */
  readonly section: number;
  readonly parts?: readonly string[];
}
/** Stretches with one company: the head, whose middle stands for it, since it rises; the phrases; the tail. */
function stretchesOf({ sections, phrases, edges: { head, tail } }: Arrangement): Stretch[] {
  const [first, last] = [head?.to ?? 0, tail?.from ?? Number.POSITIVE_INFINITY];
  return [
    ...(head ? [{ from: head.from, to: head.to, rising: true, section: -1 }] : []),
    ...phrases
      .map(({ from, to, section, parts }) => ({ from: Math.max(from, first), to: Math.min(to, last), rising: false, section, parts }))
      .filter(({ from, to }) => to - from > 0.1),
    ...(tail ? [{ from: tail.from, to: tail.to, rising: false, section: sections.length }] : []),
  ];
}
/** Of each section the phrase with most parts, and what else it takes until every part has been heard. */
function representative(stretches: readonly Stretch[]): readonly Stretch[] {
  const size = ({ parts }: Stretch): number => parts?.length ?? 0;
  const sections = [...new Set(stretches.map((stretch) => stretch.section))];
  const out = new Set(sections.map((section) => stretches.filter((stretch) => stretch.section === section).reduce((a, b) => (size(b) > size(a) ? b : a))));
  const heard = new Set([...out].flatMap(({ parts }) => parts ?? []));
  for (const stretch of stretches) {
    if (!stretch.parts?.some((part) => !heard.has(part))) continue;
    out.add(stretch);
    for (const part of stretch.parts) heard.add(part);
  }
  return stretches.filter((stretch) => out.has(stretch));
}
/** Which tenth of a second of the plan a time of the tune is. */
const tickOf = ({ edges }: Arrangement, at: number): number => Math.max(0, Math.round((at + edges.lead) * 10));

/**
 * Faders by measuring: a compiled plan is rendered with open faders, each strip then stands where the style wants it against the
 * recording, the accompaniment is brought to its place in every section, and both ride so that the loudness follows the energy.
 */
export async function balance(host: Host, arrangement: Arrangement, style: Style, open: Plan, clips: Clips, progress: Progress): Promise<Faders> {
  const sung = clips.has(VOICE);
  const { parts, sections, edges } = arrangement;
  const start: Record<string, number> = { [RECORDING]: faderFor(host.kernels, clips.get(RECORDING), RECORDING_LUFS) };
  if (sung) start[VOICE] = faderFor(host.kernels, clips.get(VOICE), RECORDING_LUFS + VOICE_LU);
  for (const part of parts) start[part.id] = part.role === "drums" ? -18 : -12;
  const plan = withFaders(open, { gainDb: start, recorded: [], added: [], tone: { ...plainTone, widenDb: 0 } });
  const { energies, thirds } = await energiesOf(host, plan, arrangement, clips, progress);
  // the singer a little before the player while she sings, as both came out of their strips
  const voice = energies.get(VOICE) ?? [];
  const sings = Math.max(0, ...voice) / 250; // 24 dB under her loudest
  const under = (energies.get(RECORDING) ?? []).filter((_, i) => (voice[i] ?? 0) > sings);
  const voiceDb = sung ? clamp(integrated(under) + VOICE_LU - integrated(voice), -12, 12) : 0;
  if (Number.isFinite(voiceDb) && sung) {
    start[VOICE] = start[VOICE]! + voiceDb;
    energies.set(
      VOICE,
      (energies.get(VOICE) ?? []).map((energy) => energy * fromDb(2 * voiceDb)),
    );
  }
  const recorded = sumOf([RECORDING, ...(sung ? [VOICE] : [])].map((id) => [energies.get(id) ?? [], 1]));
  const lead = integrated(recorded);
  const wanted = new Map(
    parts.map((part) => {
      const now = integrated(energies.get(part.id) ?? []);
      return [part.id, Number.isFinite(now) ? lead + part.mix.balance - now : -60] as const;
    }),
  );
  // energies of unlike sounds add: the sum of all parts can be foretold without rendering it
  const added = sumOf(parts.map((part) => [energies.get(part.id) ?? [], fromDb(2 * wanted.get(part.id)!)]));
  const intro = sections[0]?.role === "intro" ? sections[0].to : (edges.head?.to ?? 0);
  const tune: [number, number] = [tickOf(arrangement, intro), tickOf(arrangement, edges.tail?.from ?? sections.at(-1)!.to)];
  const difference = integrated(recorded.slice(...tune)) - integrated(added.slice(...tune));
  const trim = Number.isFinite(difference) ? difference + ACCOMPANIMENT_LU : 0;
  const gainDb: Record<string, number> = { ...start };
  for (const part of parts) gainDb[part.id] = start[part.id]! + wanted.get(part.id)! + trim;
  // each section's accompaniment within its bounds
  const trims = sections.map((section, i) => {
    const [from, to] = [
      tickOf(arrangement, Math.max(section.from, edges.head?.to ?? 0)),
      tickOf(arrangement, Math.min(section.to, edges.tail?.from ?? section.to)),
    ];
    const there = integrated(added.slice(from, to)) + trim - integrated(recorded.slice(from, to));
    if (!Number.isFinite(there) || (i === 0 && section.role === "intro")) return 0;
    return clamp(clamp(there, ...SECTION_LU) - there, -9, 6);
  });
  const trimmed = added.map((energy, k) => energy * fromDb(2 * (trim + (trims[sectionAt(arrangement, k / 10 - edges.lead)] ?? 0))));
  const ride = rideFor(
    arrangement,
    style,
    sumOf([
      [recorded, 1],
      [trimmed, 1],
    ]),
  );
  return {
    gainDb,
    recorded: ride.map(([at, db]) => [Math.round((at + edges.lead) * SAMPLE_RATE), db] as const),
    added: envelopeOf(ride, arrangement, trims),
    tone: foreseen(plan, style, arrangement, energies, thirds, (id) => gainDb[id]! - plan.strips.find((strip) => strip.id === id)!.gainDb),
  };
}

/** Tone and width for the mix as it will be: every strip's third octaves as far louder or softer as its fader has gone, rooms and echoes with what is sent to them. */
function foreseen(
  plan: Plan,
  style: Style,
  { choices }: Arrangement,
  energies: ReadonlyMap<string, readonly number[]>,
  thirds: ReadonlyMap<string, Thirds>,
  goneDb: (id: string) => number,
): Tone {
  const sounding = plan.strips.map((strip) => ({
    strip,
    energy: (energies.get(strip.id) ?? []).reduce((a, b) => a + b, 0),
    gone: fromDb(2 * goneDb(strip.id)),
  }));
  const returned = (bus: string): number => {
    let [before, after] = [1e-12, 1e-12];
    for (const { strip, energy, gone } of sounding) {
      const sent = strip.sends[bus];
      if (sent === undefined) continue;
      before += energy * fromDb(2 * sent);
      after += energy * gone * fromDb(2 * sent);
    }
    return after / before;
  };
  const weighed = [
    ...sounding.map(({ strip, gone }) => [strip.id, gone] as const),
    ...plan.buses.filter((bus) => bus.id !== WIDTH).map((bus) => [bus.id, returned(bus.id)] as const),
  ].flatMap(([id, weight]) => {
    const own = thirds.get(id);
    return own ? [[own, weight] as const] : [];
  });
  return toneOf(sumOfThirds(weighed), thirds.get(WIDTH) ?? sumOfThirds([]), style, choices.reference);
}

const sectionAt = ({ sections }: Arrangement, at: number): number =>
  Math.max(
    0,
    sections.findLastIndex((section) => section.from <= at),
  );

function sumOf(list: readonly (readonly [readonly number[], number])[]): number[] {
  const out: number[] = [];
  for (const [energies, weight] of list)
    energies.forEach((energy, i) => {
      out[i] = (out[i] ?? 0) + energy * weight;
    });
  return out;
}

/** The ride with each section's own trim, which changes over a fifth of a second at the section's start. */
function envelopeOf(ride: readonly (readonly [number, number])[], arrangement: Arrangement, trims: readonly number[]): Envelope {
  const at = (time: number): number => curveAt(ride, time);
  const times = [
    ...new Set([
      ...ride.map(([time]) => time),
      ...arrangement.sections.flatMap((section) => [Math.max(-arrangement.edges.lead, section.from - 0.2), section.from]),
    ]),
  ].sort((a, b) => a - b);
  return times.map((time) => [Math.round((time + arrangement.edges.lead) * SAMPLE_RATE), at(time) + (trims[sectionAt(arrangement, time)] ?? 0)] as const);
}

const RIDE_STEP_SEC = 0.25;
/** Half of the window over which loudness is looked at. */
const RIDE_HALF_SEC = 1.5;

/**
 * The fader ride that makes loudness follow the energy: between silence and climax the style's crescendo. What is measured about a moment
 * stays within its section, so that a short one is not drawn to its neighbours. Rests of the music stay rests: where it falls far
 * below itself, it is not pulled up.
 */
function rideFor(arrangement: Arrangement, style: Style, total: readonly number[]): [number, number][] {
  const { lead, tail } = arrangement.edges;
  const stretches = stretchesOf(arrangement);
  // what dies away after the tail is left to itself
  const end = Math.min(total.length / 10 - lead, tail?.to ?? Number.POSITIVE_INFINITY);
  const times = Array.from({ length: Math.ceil((end + lead) / RIDE_STEP_SEC) + 1 }, (_, i) => i * RIDE_STEP_SEC - lead);
  const loudness = times.map((at) => {
    const own = stretches.findLast((stretch) => stretch.from <= at);
    const from = tickOf(arrangement, Math.min(at, Math.max(own?.from ?? -lead, at - RIDE_HALF_SEC)));
    const to = tickOf(arrangement, Math.max(at + 0.1, Math.min(own && at < own.to ? own.to : end, at + RIDE_HALF_SEC)));
    let sum = 0;
    for (let k = from; k < to; k++) sum += total[k] ?? 0;
    return 10 * log10(Math.max(sum / Math.max(1, to - from), 1e-12));
  });
  const sounding = [...loudness].sort((a, b) => a - b);
  const floor = (sounding[Math.floor(sounding.length * 0.6)] ?? -120) - 14;
  const offs = loudness.map((level, i) => style.crescendo * curveAt(arrangement.energy, times[i]!) - Math.max(level, floor));
  const heard = offs.filter((_, i) => loudness[i]! > floor);
  const mean = heard.length > 0 ? heard.reduce((a, b) => a + b, 0) / heard.length : 0;
  return offs.map((off, i) => [times[i]!, clamp(off - mean, -12, 9)]);
}

/** Gain that brings a raw recording to a loudness; at most 40 dB, so that noise is not music. */
function faderFor(module: WebAssembly.Module, clip: readonly Float32Array[] | undefined, lufs: number): number {
  const left = clip?.[0] ?? new Float32Array(0);
  const right = clip?.[1] ?? left;
  const meter = new LoudnessMeter(new Kernels(module), false);
  for (let at = 0; at < left.length; at += SAMPLE_RATE) meter.push(left.subarray(at, at + SAMPLE_RATE), right.subarray(at, at + SAMPLE_RATE));
  const now = meter.read().integrated;
  return Number.isFinite(now) ? Math.min(40, lufs - now) : 0;
}
