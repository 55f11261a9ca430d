import { For, type JSX } from "solid-js";
import { globalKeys, roomKeys } from "../state/keys.ts";
import { t, told } from "../state/language.ts";
import { Sheet } from "./sheet.tsx";

const NAMES: Readonly<Record<string, string>> = { Space: "␣", Comma: ",", Period: ".", Slash: "/" };
const named = (code: string): string => NAMES[code] ?? code.replace(/^(Key|Digit)/, "");

/** Every key of the studio. */
export function KeySheet(): JSX.Element {
  return (
    <Sheet title={t("ui.keys")} id="key-sheet">
      <div class="keys">
        <section>
          <h3>{t("keys.everywhere")}</h3>
          <dl>
            <For each={globalKeys}>
              {(key) => (
                <div>
                  <dt>
                    <kbd>{[key.control && "Ctrl", key.alt && "Alt", key.shift && "Shift", named(key.code)].filter(Boolean).join(" ")}</kbd>
                  </dt>
                  <dd>{key.name.startsWith("room.") ? t("keys.room", { room: told(key.name) }) : told(`key.${key.name}`)}</dd>
                </div>
              )}
            </For>
          </dl>
        </section>
        <For each={roomKeys}>
          {(group) => (
            <section>
              <h3>{told(`keys.${group.of}`)}</h3>
              <dl>
                <For each={group.keys}>
                  {([label, name]) => (
                    <div>
                      <dt>
                        <kbd>{label}</kbd>
                      </dt>
                      <dd>{told(`key.${name}`)}</dd>
                    </div>
                  )}
                </For>
              </dl>
            </section>
          )}
        </For>
      </div>
    </Sheet>
  );
}
