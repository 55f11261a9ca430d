import { parentPort } from "node:worker_threads";
import type { ReaderAnswer, ReaderAsk } from "./reader.ts";
import { Reading, Spoiled } from "./reading.ts";

/** Reads documents for the server, so that whatever strangers send stops this thread at the most. */
const readings = new Map<string, Reading>();

function answer(ask: ReaderAsk): ReaderAnswer {
  if (ask.do === "open") {
    readings.set(ask.project, new Reading(ask.records));
    return { done: true };
  }
  if (ask.do === "close") {
    readings.delete(ask.project);
    return { done: true };
  }
  const reading = readings.get(ask.project);
  if (!reading) return { closed: true };
  switch (ask.do) {
    case "take":
      try {
        return { verdict: reading.take(ask.update, ask.by) };
      } catch (error) {
        if (!(error instanceof Spoiled)) throw error;
        readings.delete(ask.project);
        return { verdict: { refused: error.why } };
      }
    case "since":
      return { update: reading.since(ask.vector), vector: reading.vector };
    case "snapshot":
      return { state: reading.state, writers: reading.writers };
    case "sum":
      return { sum: reading.checksum };
  }
}
parentPort?.on("message", (ask: ReaderAsk) => {
  let told: ReaderAnswer;
  try {
    told = answer(ask);
  } catch (error) {
    told = { failed: error instanceof Error ? error.message : String(error) };
  }
  parentPort?.postMessage(told);
});
const ready: ReaderAnswer = { done: true };
parentPort?.postMessage(ready);
