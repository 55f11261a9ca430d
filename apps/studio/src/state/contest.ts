import { Complaint } from "@kuishi/base";
import { createSignal } from "solid-js";
import type { WorkAnswers } from "../workers/messages.ts";
import { ask } from "./ear.ts";
import { fail } from "./ui.ts";

/** A contest's file that was opened, and what its ballots give. */
const [contestSignal, setContest] = createSignal<WorkAnswers["contest"] & { readonly name: string }>();
export const contest = contestSignal;

/** Ranks the ballots of a contest's file anew; where the file claims a result, says whether it holds. */
export async function openContest(file: File): Promise<void> {
  setContest(undefined);
  let data: unknown;
  try {
    data = JSON.parse(await file.text());
  } catch {
    fail(new Complaint("unreadable", "contest.json", { path: file.name }));
    return;
  }
  const answer = await ask("simulate", { do: "contest", data });
  if (answer) setContest({ ...answer, name: file.name });
}
