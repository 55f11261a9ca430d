export { designLoop } from "./dombra.ts";
export * from "./drumkit.ts";
export * from "./engine.ts";
export * from "./plan.ts";
