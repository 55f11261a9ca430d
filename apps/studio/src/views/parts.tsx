import { SAMPLE_RATE } from "@kuishi/base";
import type { ArrangementReport } from "@kuishi/flow";
import { createMemo, createSignal, For, type JSX, Show } from "solid-js";
import { from, perPixel, width } from "../state/axis.ts";
import { choices, reroll, toggle } from "../state/choices.ts";
import { language, t, told } from "../state/language.ts";
import { edited, isByHand, openNotes } from "../state/notes.ts";
import { session } from "../state/project.ts";
import { plan } from "../state/sound.ts";
import { beats, loop, position } from "../state/transport.ts";
import { currentVariation, partKind, partName } from "../state/variations.ts";
import { Canvas, type Colours } from "./canvas.tsx";
import { familyOf } from "./family.ts";
import { Icon } from "./icon.tsx";
import { MuteSolo } from "./mutesolo.tsx";
import { Playhead } from "./playhead.tsx";
import { clockIn } from "./say.ts";
import { barText } from "./transport.tsx";
import { drawBehind } from "./tune/drawlanes.ts";
import { drawPart } from "./tune/drawpart.ts";
import { onWheel } from "./tune/lanes.tsx";

type Part = ArrangementReport["parts"][number];
/** The part whose reasons are told. */
export const [lookedAt, lookAt] = createSignal<string>();
const parts = (): readonly Part[] => currentVariation()?.report.parts ?? [];
/** The part that is looked at: one that was chosen, else the first. */
const thePart = (): Part | undefined => parts().find((part) => part.id === lookedAt()) ?? parts()[0];

/** What was added to the tune, a row for each part, in the colour of its family. */
export function PartLanes(): JSX.Element {
  return (
    <div class="part-lanes">
      <For each={parts().map((part) => part.id)}>
        {(id) => {
          const family = (): ReturnType<typeof familyOf> => familyOf(partKind(id));
          const settings = () => session().strips.get(id);
          const draw = (context: CanvasRenderingContext2D, w: number, h: number, colours: Colours): void => {
            drawBehind(context, w, h, colours);
            drawPart(context, id, family(), 0, h, w, colours);
          };
          return (
            <div class="part-lane" classList={{ looked: thePart()?.id === id, muted: settings()?.mute ?? false }}>
              <div class="lane-head">
                <i class={family()} />
                <button type="button" class="part-name" aria-pressed={thePart()?.id === id} onClick={() => lookAt(id)}>
                  {partName(id)}
                </button>
                <Show when={isByHand(id)}>
                  <span class="hand-mark" role="img" title={t("notes.byHand")} aria-label={t("notes.byHand")}>
                    <Icon name="write" size={13} />
                  </span>
                </Show>
                <MuteSolo id={id} name={partName(id)} />
              </div>
              {/* biome-ignore lint/a11y/noStaticElementInteractions: a double click is an extra; the part's own button opens its notes too */}
              <div class="part-picture" onPointerDown={() => lookAt(id)} onDblClick={() => openNotes(id)} onWheel={onWheel}>
                <Canvas class="picture" on={() => [plan(), beats(), from(), perPixel(), width(), loop(), currentVariation(), session()]} draw={draw} />
                <Playhead />
              </div>
            </div>
          );
        }}
      </For>
    </div>
  );
}

/** Why the part that is looked at plays what it plays, about the playhead: one sentence, and when it enters. */
export function Why(): JSX.Element {
  const event = createMemo(() => {
    const why = thePart()?.why ?? [];
    const at = position() / SAMPLE_RATE;
    return why.findLast((one) => one.at <= at + 0.05) ?? why[0];
  });
  const enters = (): string => {
    const first = thePart()?.why[0];
    return first ? t("ui.enters", { bar: barText(first.at * SAMPLE_RATE), at: clockIn(language(), first.at) }) : "";
  };
  return (
    <Show when={thePart()}>
      {(part) => (
        <section aria-labelledby="why-title">
          <div class="row-of">
            <h2 id="why-title">{t("ui.why")}</h2>
            <span class="fine">{partName(part().id)}</span>
          </div>
          <div class="why-card">
            <p>{event() ? told(event()!.code, event()!.params) : told(part().reason.code, part().reason.params)}</p>
            <p class="fine">
              {told(part().reason.code, part().reason.params)} {enters()}
            </p>
          </div>
          <Show when={isByHand(part().id)}>
            <p class="notice">{t("notes.byHand")}</p>
          </Show>
          <div class="segments">
            <button
              type="button"
              id="edit-notes"
              aria-pressed={edited() === part().id}
              onClick={() => openNotes(edited() === part().id ? undefined : part().id)}
            >
              {t("notes.edit")}
            </button>
            <button type="button" aria-pressed={choices().seeds[part().id] !== undefined} onClick={() => reroll({ part: part().id })}>
              {t("ui.part.again")}
            </button>
            <button type="button" aria-pressed={choices().without.includes(part().id)} onClick={() => toggle(part().id)}>
              {t(choices().without.includes(part().id) ? "ui.part.back" : "ui.part.without")}
            </button>
          </div>
        </section>
      )}
    </Show>
  );
}
