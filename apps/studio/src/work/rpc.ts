import { Complaint } from "@kuishi/base";

/** One question to a worker, and what it answers. */
interface Asked<Ask> {
  readonly call: number;
  readonly ask: Ask;
}
type Answer = { readonly call: number; readonly ok: unknown } | { readonly call: number; readonly wrong: ReturnType<typeof wrongOf> };

/** What was thrown, in a form that crosses to another thread. */
const wrongOf = (error: unknown) =>
  error instanceof Complaint
    ? { kind: error.kind, code: error.code, params: error.params }
    : { kind: "usage" as const, code: "bug", params: { text: error instanceof Error ? error.message : String(error) } };

/** Asks a worker; the promise is settled by its answer, a `Complaint` where it complained. */
export function asker<Ask>(worker: Worker, onTold: (told: unknown) => void): (ask: Ask, transfer?: Transferable[]) => Promise<unknown> {
  const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: unknown) => void }>();
  let calls = 0;
  worker.onmessage = ({ data }: MessageEvent<Answer>) => {
    const own = data && typeof data === "object" && "call" in data ? waiting.get(data.call) : undefined;
    if (!own) {
      onTold(data);
      return;
    }
    waiting.delete(data.call);
    if ("ok" in data) own.resolve(data.ok);
    else own.reject(new Complaint(data.wrong.kind, data.wrong.code, data.wrong.params));
  };
  worker.onerror = (event) => {
    for (const own of waiting.values()) own.reject(new Error(event.message));
    waiting.clear();
  };
  return (ask, transfer = []) =>
    new Promise((resolve, reject) => {
      waiting.set(++calls, { resolve, reject });
      const asked: Asked<Ask> = { call: calls, ask };
      worker.postMessage(asked, transfer);
    });
}

/** Answers questions inside a worker. @param transferOf what of an answer is handed over rather than copied. */
export function answer<Ask>(run: (ask: Ask) => Promise<unknown>): void {
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
