import { createSignal, type JSX } from "solid-js";
import { follow, lastName } from "../state/invited.ts";
import { t } from "../state/language.ts";
import { Sheet } from "./sheet.tsx";

/** Whoever comes by a link for the first time says a name, and is inside. */
export function JoinSheet(): JSX.Element {
  const [name, setName] = createSignal(lastName());
  const [busy, setBusy] = createSignal(false);
  const enter = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    await follow(name().trim());
    setBusy(false);
  };
  return (
    <Sheet title={t("together.invited")} id="join-sheet">
      <form class="join" onSubmit={(event) => void enter(event)}>
        <label>
          {t("together.name")}
          <input
            type="text"
            id="join-name"
            autocomplete="nickname"
            required
            maxlength="40"
            value={name()}
            aria-describedby="join-why"
            onInput={(event) => setName(event.currentTarget.value)}
          />
        </label>
        <p class="fine" id="join-why">
          {t("together.nameWhy")}
        </p>
        <button type="submit" class="primary" id="come-in" disabled={busy() || name().trim() === ""}>
          {t("together.comeIn")}
        </button>
      </form>
    </Sheet>
  );
}
