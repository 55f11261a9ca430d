// What sources are made of stands with each model: whoever uses `Source` needs all of them.
export { BLOCK_FLOATS, canBeAhead, Feed, type Feeds } from "./ahead.ts";
export type { BalabanSource } from "./balaban.ts";
export {
  busTable,
  type Device,
  defaultEffect,
  defaultInsert,
  effectKinds,
  everyDevice,
  type Field,
  fieldsOf,
  insertKinds,
  masterTable,
  plainPatch,
  type Range,
  sanitizeEffect,
  sanitizeInsert,
  sanitizeSource,
  send,
  sourceFrom,
  sourceOf,
  stripTable,
  withField,
} from "./devices.ts";
export { clipsOf, differenceOf, isSomething } from "./difference.ts";
export { kits } from "./drumkit.ts";
export { Engine, MASTER_LATENCY, type PlanSet } from "./engine.ts";
export { Capture, Recorder, type RecordReport, type RecordSetup } from "./intake.ts";
export { type Model, makeSourceProcessor, registerModel } from "./models.ts";
export { type Note, noteOf } from "./note.ts";
export type { Articulation, Automation, Bend, Bus, Clips, Envelope, Insert, Piece, Plan, PlanEvent, SampleZone, Source, Strip, SynthPatch } from "./plan.ts";
export { type PluckedModel, plucked } from "./plucked/index.ts";
export type { QobyzSource } from "./qobyz.ts";
export type { SourceProcessor } from "./source-processor.ts";
export type { StripSet } from "./strip.ts";
export { StripsAhead } from "./strips-ahead.ts";
export { strumEvents, TOUCH } from "./strum.ts";
export type { SybyzgySource } from "./sybyzgy.ts";
export { tanpuraCycle } from "./tanpura.ts";
export {
  COUNT_IN_FRAMES,
  Transport,
  type TransportCommand,
  type TransportLead,
  type TransportMessage,
  type TransportReport,
  type TransportSetup,
} from "./transport.ts";
