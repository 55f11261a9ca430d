import { createEffect, type JSX, onCleanup } from "solid-js";
import { from, perPixel } from "../state/axis.ts";
import { playing, position } from "../state/transport.ts";

/** The playhead over a view of the shared axis: it glides between the engine's reports, and costs nothing while it stands. */
export function Playhead(): JSX.Element {
  let line!: HTMLDivElement;
  let [told, at] = [-1, 0];
  let asked = 0;
  const place = (frame: number): void => {
    line.style.transform = `translateX(${((frame - from()) / perPixel()).toFixed(1)}px)`;
  };
  const glide = (now: number): void => {
    place(told + Math.min(4800, (now - at) * 48));
    asked = requestAnimationFrame(glide);
  };
  createEffect(() => {
    const frame = position();
    if (frame !== told) [told, at] = [frame, performance.now()];
    cancelAnimationFrame(asked);
    if (playing()) asked = requestAnimationFrame(glide);
    else place(frame);
  });
  onCleanup(() => cancelAnimationFrame(asked));
  return <div ref={line} class="playhead" aria-hidden="true" />;
}
