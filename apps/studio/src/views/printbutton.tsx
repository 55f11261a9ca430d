import type { Score } from "@kuishi/score";
import { createSignal, type JSX } from "solid-js";
import { language, t } from "../state/language.ts";
import { fail } from "../state/ui.ts";
import { save } from "./save.ts";

/** Prints a score as pages of A4. */
export function PrintButton(props: { readonly score: () => Score; readonly name: string; readonly parts?: readonly string[] }): JSX.Element {
  const [busy, setBusy] = createSignal(false);
  const print = async (): Promise<void> => {
    setBusy(true);
    try {
      const { faces, printScore } = await import("../state/score-files.ts");
      const bytes = await printScore(props.score(), ".pdf", { language: language(), faces, ...(props.parts ? { parts: props.parts } : {}) });
      save(new Blob([bytes], { type: "application/pdf" }), `${props.name}.pdf`);
    } catch (error) {
      fail(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <button type="button" class="print" disabled={busy()} aria-busy={busy()} onClick={() => void print()}>
      {t("written.print")}
    </button>
  );
}
