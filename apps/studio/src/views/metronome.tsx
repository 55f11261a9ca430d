import { FASTEST, SLOWEST, writeBars } from "@kuishi/practice";
import { createSignal, For, type JSX, onCleanup, onMount, Show } from "solid-js";
import { t, told } from "../state/language.ts";
import {
  asTheTune,
  barsFault,
  metronomeBeat,
  metronomeRuns,
  metronomeSettings,
  setMetronome,
  startMetronome,
  stopMetronome,
  tapMetronome,
  typeBars,
} from "../state/metronome.ts";
import { canPlay } from "../state/transport.ts";
import { tune } from "../state/tune.ts";
import { takePart } from "../state/ui.ts";
import { Icon } from "./icon.tsx";

/** How a pulse may be divided. */
const DIVISIONS: readonly (readonly number[])[] = [[1], [1, 1], [1, 1, 1], [2, 1], [1, 2], [3, 1], [1, 1, 1, 1]];

/** Clicks of any meter, with or without a tune. */
export function MetronomeCard(): JSX.Element {
  let own: HTMLElement | undefined;
  onMount(() => takePart("metronome") && own?.scrollIntoView());
  onCleanup(() => void stopMetronome());
  return (
    <section aria-labelledby="metronome-title" id="metronome-card" ref={own}>
      <h2 id="metronome-title">{t("ui.metronome")}</h2>
      <PulseLights />
      <div class="segments">
        <button
          type="button"
          class="primary"
          id="metronome-run"
          disabled={!canPlay()}
          aria-pressed={metronomeRuns()}
          onClick={() => void (metronomeRuns() ? stopMetronome() : startMetronome())}
        >
          <Icon name="metronome" size={16} /> {metronomeRuns() ? t("learn.stop") : t("metronome.start")}
        </button>
        <button
          type="button"
          id="metronome-tap"
          onPointerDown={tapMetronome}
          onKeyDown={(event) => !event.repeat && [" ", "Enter"].includes(event.key) && tapMetronome()}
        >
          {t("metronome.tap")}
        </button>
      </div>
      <Bars />
      <Tempo />
      <Show when={tune()}>
        <div class="segments">
          <button type="button" id="metronome-tune" onClick={() => asTheTune(false)}>
            {t("metronome.asTune")}
          </button>
          <button type="button" id="metronome-hand" aria-pressed={metronomeSettings().strokes !== null} onClick={() => asTheTune(true)}>
            {t("metronome.asHand")}
          </button>
        </div>
      </Show>
      <details>
        <summary>{t("metronome.more")}</summary>
        <Training />
      </details>
    </section>
  );
}

/** The bar as lights: groups apart, the pulse that sounds lit; dark where the bar is silent. */
function PulseLights(): JSX.Element {
  const groups = (): readonly number[] => metronomeBeat()?.bar.groups ?? metronomeSettings().bars[0]!;
  const offset = (g: number): number =>
    groups()
      .slice(0, g)
      .reduce((a, b) => a + b, 0);
  return (
    <div
      class="pulse-lights"
      role="img"
      aria-label={groups().join("+")}
      data-silent={metronomeBeat()?.silent ?? false}
      data-counting={(metronomeBeat()?.bar.bar ?? 0) < 0}
    >
      <For each={groups()}>
        {(pulses, g) => (
          <span>
            <For each={Array.from({ length: pulses }, (_, p) => p)}>
              {(p) => <i data-on={metronomeBeat()?.pulse === offset(g()) + p} data-first={p === 0} />}
            </For>
          </span>
        )}
      </For>
    </div>
  );
}

function Bars(): JSX.Element {
  const [typed, setTyped] = createSignal<string>();
  return (
    <>
      <label class="row-of">
        {t("metronome.bars")}
        <input
          type="text"
          id="metronome-bars"
          inputmode="text"
          autocomplete="off"
          spellcheck={false}
          maxLength={200}
          aria-invalid={barsFault() !== undefined}
          aria-describedby="metronome-bars-fault"
          value={typed() ?? writeBars(metronomeSettings().bars)}
          onInput={(event) => {
            setTyped(event.currentTarget.value);
            typeBars(event.currentTarget.value);
          }}
          onBlur={() => !barsFault() && setTyped(undefined)}
        />
      </label>
      <p class="notice" id="metronome-bars-fault" role="status" hidden={!barsFault()}>
        {barsFault() ? told(barsFault()!.code, barsFault()!.params) : ""}
      </p>
    </>
  );
}

/** Pulses a minute, by hand or by a slider whose steps are felt alike when slow and when fast. */
function Tempo(): JSX.Element {
  const tempo = (): number => Math.round(metronomeBeat()?.bar.tempo ?? metronomeSettings().tempo);
  return (
    <div class="tempo-row">
      <label class="row-of">
        {t("metronome.tempo")}
        <input
          type="number"
          id="metronome-tempo"
          min={SLOWEST}
          max={FASTEST}
          value={Math.round(metronomeSettings().tempo)}
          onChange={(event) => {
            const value = event.currentTarget.valueAsNumber;
            if (value >= SLOWEST && value <= FASTEST) setMetronome({ tempo: value });
            else event.currentTarget.value = String(Math.round(metronomeSettings().tempo));
          }}
        />
      </label>
      <input
        type="range"
        aria-label={t("metronome.tempo")}
        aria-valuetext={t("ui.tempo", { bpm: Math.round(metronomeSettings().tempo) })}
        min="0"
        max="1"
        step="0.005"
        value={Math.log(metronomeSettings().tempo / SLOWEST) / Math.log(FASTEST / SLOWEST)}
        onInput={(event) => setMetronome({ tempo: Math.round(SLOWEST * (FASTEST / SLOWEST) ** event.currentTarget.valueAsNumber) })}
      />
      <Show when={metronomeRuns() && tempo() !== Math.round(metronomeSettings().tempo)}>
        <p class="fine">{t("metronome.now", { tempo: tempo() })}</p>
      </Show>
    </div>
  );
}

type Whole = "sounding" | "silent" | "countIn" | "ladderStep" | "ladderBars" | "ladderTo" | "leftAfter";
/** A whole number of the settings. */
function Count(props: { readonly name: Whole; readonly min: number; readonly max: number }): JSX.Element {
  return (
    <label class="row-of">
      {t(`metronome.${props.name}`)}
      <input
        type="number"
        id={`metronome-${props.name}`}
        min={props.min}
        max={props.max}
        value={metronomeSettings()[props.name]}
        onChange={(event) => {
          const value = Math.round(event.currentTarget.valueAsNumber);
          if (value >= props.min && value <= props.max) setMetronome({ [props.name]: value });
          else event.currentTarget.value = String(metronomeSettings()[props.name]);
        }}
      />
    </label>
  );
}

/** What makes it hard: division, silence, chance, a ladder of tempi. */
function Training(): JSX.Element {
  const same = (a: readonly number[], b: readonly number[]): boolean => a.join() === b.join();
  return (
    <>
      <label class="row-of">
        {t("metronome.division")}
        <select id="metronome-division" onChange={(event) => setMetronome({ division: DIVISIONS[event.currentTarget.selectedIndex]!, strokes: null })}>
          <For each={DIVISIONS}>
            {(one) => <option selected={same(one, metronomeSettings().division)}>{one.length === 1 ? t("metronome.undivided") : one.join(" : ")}</option>}
          </For>
        </select>
      </label>
      <Count name="countIn" min={0} max={8} />
      <Count name="sounding" min={1} max={64} />
      <Count name="silent" min={0} max={64} />
      <label class="row-of">
        {t("metronome.left")}
        <select id="metronome-left" onChange={(event) => setMetronome({ left: Number(event.currentTarget.value) })}>
          <For each={[0, 0.1, 0.25, 0.5, 0.75, 0.9]}>
            {(share) => (
              <option value={share} selected={share === metronomeSettings().left}>
                {t("ui.percent", { value: Math.round(share * 100) })}
              </option>
            )}
          </For>
        </select>
      </label>
      <Count name="leftAfter" min={0} max={500} />
      <Count name="ladderStep" min={0} max={100} />
      <Count name="ladderBars" min={1} max={100} />
      <Count name="ladderTo" min={SLOWEST} max={FASTEST} />
    </>
  );
}
