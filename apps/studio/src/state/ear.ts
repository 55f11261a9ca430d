import { Complaint } from "@kuishi/base";
import { ReadingDeadline } from "../workers/deadline.ts";
import type { WorkAnswers, WorkAsk, WorkTold } from "../workers/messages.ts";
import { Revivable } from "../workers/revivable.ts";
import type { Asker } from "../workers/rpc.ts";
import { busily, fail, setFailure, showWork, work } from "./ui.ts";

type Opening = Extract<WorkAsk, { do: "hear" }>;
/** How the worker was brought to the tune that it has open. */
let opened: Opening | undefined;

/** What waits in vain for a file is told so. */
const deadline = new ReadingDeadline(({ name }, seconds) => worker.revive(new Complaint("unreadable", "read.slow", { path: name, seconds })));
function onTold(told: WorkTold): void {
  if (told.told === "reading") deadline.began(told);
  else if (told.told === "read") deadline.ended();
  else {
    deadline.progressed(told.stage, told.done);
    if (work()) showWork({ stage: told.stage, done: told.done });
  }
}
const worker = new Revivable<WorkAsk, WorkAnswers>(
  () => new Worker(new URL("../workers/ear.worker.ts", import.meta.url), { type: "module" }),
  onTold,
  () => opened,
  fail,
);

/** Whether what is being worked at is nobody's wish yet. */
let isAhead = false;
/** Makes ahead what may be wanted; gives way to whatever is asked. @throws what was thrown there, `cancelled` where it gave way. */
export const ahead: Asker<WorkAsk, WorkAnswers> = async (question) => {
  if (worker.current) throw new Complaint("cancelled", "cancelled");
  isAhead = true;
  try {
    return await worker.ask(question);
  } finally {
    isAhead = false;
  }
};
/** Ends what is being made ahead. */
export function giveWay(): void {
  if (!isAhead) return;
  // told once: a second word would stop what was asked meanwhile
  isAhead = false;
  worker.say({ do: "cancel" });
}
/** Asks the worker that hears, blends and writes, without a word to the user. @throws what was thrown there. */
export const quietly: Asker<WorkAsk, WorkAnswers> = async (question) => {
  giveWay();
  const answer = await worker.ask(question);
  if (question.do === "hear") opened = { ...question, heard: (answer as WorkAnswers["hear"]).heard };
  else if (question.do === "correct" && opened) opened = { ...opened, heard: answer as WorkAnswers["correct"] };
  return answer;
};
/** What the user asked for and waits for. */
let awaited: object | undefined;
/** Asks it, shows its progress, and tells what goes wrong. @returns undefined where it was told. */
export async function ask<A extends WorkAsk>(stage: string, question: A): Promise<WorkAnswers[A["do"]] | undefined> {
  setFailure(undefined);
  showWork({ stage, done: 0 });
  awaited = question;
  try {
    return await busily(() => quietly(question));
  } catch (error) {
    fail(error);
    return undefined;
  } finally {
    if (awaited === question) awaited = undefined;
    showWork(undefined);
  }
}

/** Work looks every now and then whether it is to stop; what has not looked for so long, milliseconds, is stuck. */
const STUCK_MS = 5000;
/** Stops what was asked for, also where it has not begun yet. */
export function cancel(): void {
  const own = awaited;
  worker.say({ do: "cancel" });
  setTimeout(() => {
    if (own && awaited === own) worker.revive(new Complaint("cancelled", "cancelled"));
  }, STUCK_MS);
}
