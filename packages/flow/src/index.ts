export * from "./blend.ts";
export { compilePlan, RECORDING, TAIL_SEC } from "./compile.ts";
export * from "./convert.ts";
export * from "./hear.ts";
export * from "./outputs.ts";
export { planOfScore, playScore } from "./play.ts";
export { type MasterReport, type RenderReport, stemNames } from "./render.ts";
export type { BlendReport } from "./report.ts";
