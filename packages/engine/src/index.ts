export * from "./drumkit.ts";
export * from "./engine.ts";
export * from "./plan.ts";
export { designLoop } from "./dombra.ts";
