import { Complaint } from "@kuishi/base";

/** A question says by `do` what is wanted; `Answers` says by the same name what comes back. */
interface Question {
  readonly do: string;
}
type AnswerTo<Ask extends Question, Answers> = Ask["do"] extends keyof Answers ? Answers[Ask["do"]] : never;

/** One question to a worker, and what it answers. */
interface Asked<Ask> {
  readonly call: number;
  readonly ask: Ask;
}
type Wrong =
  | { readonly complaint: Pick<Complaint, "kind" | "code" | "params"> }
  /** Our own fault, with the place where it happened. */
  | { readonly bug: { readonly message: string; readonly stack: string } };
type Answer = { readonly call: number; readonly ok: unknown } | { readonly call: number; readonly wrong: Wrong };

/** What was thrown, in a form that crosses to another thread. */
function wrongOf(error: unknown): Wrong {
  if (error instanceof Complaint) return { complaint: { kind: error.kind, code: error.code, params: error.params } };
  const bug = error instanceof Error ? error : new Error(String(error));
  return { bug: { message: bug.message, stack: bug.stack ?? bug.message } };
}
/** What crossed, as what was thrown: a `Complaint`, or an error whose stack begins where it was thrown. */
function thrownOf(wrong: Wrong): Error {
  if ("complaint" in wrong) return new Complaint(wrong.complaint.kind, wrong.complaint.code, wrong.complaint.params);
  const error = new Error(wrong.bug.message);
  error.stack = `${wrong.bug.stack}\nasked by\n${error.stack ?? ""}`;
  return error;
}

/** Asks a worker; the promise is settled by its answer, rejected with what was thrown there. */
export type Asker<Ask extends Question, Answers> = <A extends Ask>(ask: A, transfer?: Transferable[]) => Promise<AnswerTo<A, Answers>>;

/** @param onTold told whatever else the worker says. @param stopped ends the worker, and what was asked of it with the signal's reason. */
export function asker<Ask extends Question, Answers, Told>(worker: Worker, onTold: (told: Told) => void, stopped?: AbortSignal): Asker<Ask, Answers> {
  const waiting = new Map<number, { resolve: (value: never) => void; reject: (error: unknown) => void }>();
  let calls = 0;
  worker.onmessage = ({ data }: MessageEvent<Answer | Told>) => {
    if (!isAnswer(data)) {
      onTold(data);
      return;
    }
    const own = waiting.get(data.call);
    waiting.delete(data.call);
    if ("ok" in data) own?.resolve(data.ok as never);
    else own?.reject(thrownOf(data.wrong));
  };
  const broken = (error: unknown): void => {
    for (const own of waiting.values()) own.reject(error);
    waiting.clear();
  };
  worker.onerror = (event) => broken(event.error instanceof Error ? event.error : new Error(event.message));
  stopped?.addEventListener("abort", () => {
    worker.terminate();
    broken(stopped.reason);
  });
  return (ask, transfer = []) =>
    new Promise((resolve, reject) => {
      waiting.set(++calls, { resolve, reject });
      const asked: Asked<Ask> = { call: calls, ask };
      worker.postMessage(asked, transfer);
    });
}
const isAnswer = (data: unknown): data is Answer => data !== null && typeof data === "object" && "call" in data;

/** Answers questions inside a worker. */
export function answer<Ask extends Question, Answers>(run: (ask: Ask) => Promise<AnswerTo<Ask, Answers>>): void {
  self.onmessage = async ({ data }: MessageEvent<Asked<Ask>>) => {
    let told: Answer;
    try {
      told = { call: data.call, ok: await run(data.ask) };
    } catch (error) {
      told = { call: data.call, wrong: wrongOf(error) };
    }
    self.postMessage(told);
  };
}
/** What answers each question, by its name. */
export type Answering<Ask extends Question, Answers> = {
  readonly [D in Ask["do"]]: (ask: Extract<Ask, { readonly do: D }>) => Promise<AnswerTo<Extract<Ask, { readonly do: D }>, Answers>>;
};
/** Answers each question by its own function. */
export function answerEach<Ask extends Question, Answers>(each: Answering<Ask, Answers>): void {
  answer<Ask, Answers>((ask) => each[ask.do as Ask["do"]](ask as never));
}
