import { createEffect, createMemo, type JSX, on, onCleanup, onMount } from "solid-js";
import { fit, follow, from, perPixel, setFrom, setWidth, width, xOf, zoom } from "../../state/axis.ts";
import { t } from "../../state/language.ts";
import { ending } from "../../state/sound.ts";
import { position } from "../../state/transport.ts";
import { tune } from "../../state/tune.ts";
import { IconButton } from "../iconbutton.tsx";
import { frame } from "./geometry.ts";
import { Overview } from "./overview.tsx";
import { Ruler } from "./ruler.tsx";

/** As much of a tune as is shown when it opens, pixels a second: frets can be read. */
const FIRST_PX = 96;

/** One picture of the tune above every mode: the whole, and bars as groups, tempo and harmony of what is in view. Zoom, scroll and playhead are the studio's, not the mode's. */
export function TunePicture(): JSX.Element {
  let scale!: HTMLDivElement;
  const total = (): number => Math.max(1, ending());
  onMount(() => {
    const watch = new ResizeObserver(() => setWidth(scale.clientWidth));
    watch.observe(scale);
    onCleanup(() => watch.disconnect());
    setWidth(scale.clientWidth);
  });
  // only another sound is looked at anew: a correction leaves the view where it is
  const sound = createMemo(() => tune()?.channels);
  createEffect(on(sound, (own) => own && fit(Math.min(total(), frame(width() / FIRST_PX)))));
  createEffect(on(position, follow));
  const about = (): number | undefined => (xOf(position()) > 0 && xOf(position()) < width() ? xOf(position()) : undefined);
  return (
    <div class="picture-of-tune">
      <div class="lane-head zooms">
        <IconButton sign="further" label={t("axis.out")} onClick={() => zoom(1.5, about())} />
        <IconButton sign="closer" label={t("axis.in")} onClick={() => zoom(1 / 1.5, about())} />
        <IconButton sign="whole" label={t("axis.fit")} onClick={() => fit(total())} />
        <input
          type="range"
          class="sr-range"
          min="0"
          max={Math.max(1, total() - width() * perPixel())}
          step={Math.max(1, Math.round(perPixel() * 20))}
          value={from()}
          aria-label={t("axis.scroll")}
          onInput={(event) => setFrom(event.currentTarget.valueAsNumber)}
        />
      </div>
      <Overview />
      <div class="lane-head scale-names" aria-hidden="true">
        <span>{t("lane.ruler")}</span>
        <span>{t("lane.meter")}</span>
        <span>{t("ui.colour")}</span>
      </div>
      <div ref={scale}>
        <Ruler />
      </div>
    </div>
  );
}
