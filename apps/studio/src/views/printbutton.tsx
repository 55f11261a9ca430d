import type { ChordBook, Score } from "@kuishi/score";
import { createSignal, type JSX } from "solid-js";
import { language, t } from "../state/language.ts";
import { fail } from "../state/ui.ts";
import { save } from "./save.ts";

interface PrintProps {
  readonly score?: () => Score;
  readonly song?: () => ChordBook;
  readonly name: string;
  readonly parts?: readonly string[];
}
/** Prints a score, or a song with its chords, as pages of A4. */
export function PrintButton(props: PrintProps): JSX.Element {
  const [busy, setBusy] = createSignal(false);
  const print = async (): Promise<void> => {
    setBusy(true);
    try {
      const { faces, printScore, printSong } = await import("../state/score-files.ts");
      const [score, song] = [props.score?.(), props.song?.()];
      const bytes = score
        ? await printScore(score, ".pdf", { language: language(), faces, ...(props.parts ? { parts: props.parts } : {}) })
        : song && (await printSong(song, ".pdf", { language: language(), faces }));
      if (bytes) save(new Blob([bytes], { type: "application/pdf" }), `${props.name}.pdf`);
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
