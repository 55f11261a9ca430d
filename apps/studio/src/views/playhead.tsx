import { type JSX, onCleanup, onMount } from "solid-js";
import { from, perPixel } from "../state/axis.ts";
import { playing, position } from "../state/transport.ts";

/** The playhead over a view of the shared axis: it glides between the engine's reports. */
export function Playhead(): JSX.Element {
  let line!: HTMLDivElement;
  let [told, at] = [-1, 0];
  let asked = 0;
  const move = (now: number): void => {
    const frame = position();
    if (frame !== told) [told, at] = [frame, now];
    const glide = playing() ? Math.min(4800, (now - at) * 48) : 0;
    line.style.transform = `translateX(${((frame + glide - from()) / perPixel()).toFixed(1)}px)`;
    asked = requestAnimationFrame(move);
  };
  onMount(() => {
    asked = requestAnimationFrame(move);
  });
  onCleanup(() => cancelAnimationFrame(asked));
  return <div ref={line} class="playhead" aria-hidden="true" />;
}
