import type { Kernels } from "@kuishi/signal";
import { Balaban } from "./balaban.ts";
import { ClipPlayer } from "./clip.ts";
import { dialsOf } from "./devices.ts";
import { Dials } from "./dials.ts";
import { DrumKit } from "./drumkit.ts";
import type { Clips, Source } from "./plan.ts";
import { Plucked, plucked } from "./plucked/index.ts";
import { Qobyz } from "./qobyz.ts";
import { Sampler } from "./sampler.ts";
import type { SourceProcessor } from "./source-processor.ts";
import { Sybyzgy } from "./sybyzgy.ts";
import { PolySynth } from "./synth.ts";
import { Tanpura } from "./tanpura.ts";

type Kind = Source["kind"];
type Of<K extends Kind> = Extract<Source, { kind: K }>;
/** Makes what sounds a source. @param dials its numbers, which may move. */
export type Model<K extends Kind = Kind> = (kernels: Kernels, source: Of<K>, seed: number, clips: Clips, dials: Dials) => SourceProcessor;

/** Models by kind of source: a kind without one does not compile. */
const models: { [K in Kind]: Model<K> } = {
  clips: (kernels, { pieces }, _seed, clips) => new ClipPlayer(kernels, pieces, clips),
  sampler: (kernels, { zones }, _seed, clips, dials) => new Sampler(kernels, zones, dials, clips),
  drums: (kernels, { kit }, seed) => new DrumKit(kernels, kit, seed),
  synth: (kernels, { patch }, seed, _clips, dials) => new PolySynth(kernels, patch, dials, seed),
  plucked: (kernels, { model, open }, seed, _clips, dials) => new Plucked(kernels, plucked[model], open ?? [], dials, seed),
  tanpura: (kernels, _source, seed) => new Tanpura(kernels, seed),
  balaban: (kernels, { steady }, seed) => new Balaban(kernels, steady, seed),
  qobyz: (kernels, source, seed, _clips, dials) => new Qobyz(kernels, source, dials, seed),
  sybyzgy: (kernels, _source, seed, _clips, dials) => new Sybyzgy(kernels, dials, seed),
};

/** Adds the model of a kind of source; what it is made of is declared in `Sources`. @throws RangeError where the kind has one. */
export function registerModel<K extends Kind>(kind: K, model: Model<K>): void {
  if (Object.hasOwn(models, kind)) throw new RangeError(`model ${kind} is there already`);
  (models as Record<Kind, unknown>)[kind] = model;
}

/** What sounds a source. @throws RangeError for a kind that has no model. */
export function makeSourceProcessor(kernels: Kernels, source: Source, clips: Clips, seed: number): SourceProcessor {
  if (!Object.hasOwn(models, source.kind)) throw new RangeError(`no model ${source.kind}`);
  return (models[source.kind] as Model)(kernels, source as never, seed, clips, new Dials(kernels, dialsOf(source)));
}
