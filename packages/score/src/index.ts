export * from "./heard.ts";
export * from "./meter.ts";
