import { Complaint } from "./complaint.ts";

/** How a long job reports and is told to stop. */
export interface Progress {
  /** @param stage code of what is being done; @param done part of the stage finished, 0..1. */
  report(stage: string, done: number): void;
  readonly signal?: AbortSignal | undefined;
}

/** For callers that neither watch nor cancel. */
export const silent: Progress = { report: () => {} };

/** Throws the `cancelled` complaint once the user has asked to stop. */
export function stopIfCancelled(progress: Progress): void {
  if (progress.signal?.aborted) throw new Complaint("cancelled", "cancelled");
}

/** Lets the host breathe (timers, messages), then stops if the user asked for it. */
export async function breathe(progress: Progress): Promise<void> {
  await new Promise<void>((resolve) => setTimeout(resolve, 0));
  stopIfCancelled(progress);
}
