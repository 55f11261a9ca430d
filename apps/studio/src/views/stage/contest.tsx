import { For, type JSX, Show } from "solid-js";
import { contest, openContest } from "../../state/contest.ts";
import { t, told } from "../../state/language.ts";
import { FileButton } from "../filebutton.tsx";

/** A contest's result, reckoned again from its ballots by whoever wants to. */
export function ContestPanel(): JSX.Element {
  return (
    <section class="panel contest" aria-labelledby="contest-head">
      <h2 id="contest-head">{t("contest.head")}</h2>
      <p class="fine">{t("contest.hint")}</p>
      <FileButton id="contest-file" accept=".json,application/json" onFile={(file) => void openContest(file)}>
        {t("contest.open")}
      </FileButton>
      <Show when={contest()}>
        {(result) => (
          <div id="contest-result" role="status">
            <p classList={{ good: result().claim === "holds", failure: result().claim === "differs" }}>
              {result().claim === "differs"
                ? told(result().fault!.code, result().fault!.params)
                : t(result().claim === "holds" ? "contest.holds" : "contest.unclaimed")}
            </p>
            <p>
              {result().winners.length === 1
                ? t("contest.winner", { entries: String(result().winners[0]) })
                : t("contest.shared", { entries: result().winners.map(String).join(", ") })}
            </p>
            <Ranking />
          </div>
        )}
      </Show>
    </section>
  );
}

/** Places as ranges, and the chance of being the first as a bar. */
function Ranking(): JSX.Element {
  return (
    <table class="ranking">
      <thead>
        <tr>
          <th scope="col">{t("contest.place")}</th>
          <th scope="col">{t("contest.entry")}</th>
          <th scope="col">{t("contest.first")}</th>
        </tr>
      </thead>
      <tbody>
        <For each={contest()?.ranking ?? []}>
          {({ entry, rank, first }) => (
            <tr>
              <td>{rank[0] === rank[1] ? rank[0] : rank.join("–")}</td>
              <th scope="row">{String(entry)}</th>
              <td>
                <meter min="0" max="1" value={first} aria-label={t("contest.first")} /> {t("ui.percent", { value: Math.round(100 * first) })}
              </td>
            </tr>
          )}
        </For>
      </tbody>
    </table>
  );
}
