import { createEffect, type JSX, onCleanup, onMount } from "solid-js";

/** Colours of the page's theme, as a canvas can use them. */
export type Colours = Readonly<Record<"ink" | "paper" | "felt" | "line" | "sky" | "ochre" | "red", string>>;
const NAMES = ["ink", "paper", "felt", "line", "sky", "ochre", "red"] as const;
let known: { readonly key: string; readonly colours: Colours } | undefined;
function colours(): Colours {
  const style = getComputedStyle(document.documentElement);
  const key = style.getPropertyValue("--paper");
  if (known?.key !== key) known = { key, colours: Object.fromEntries(NAMES.map((name) => [name, style.getPropertyValue(`--${name}`).trim()])) as Colours };
  return known.colours;
}

export type Draw = (context: CanvasRenderingContext2D, width: number, height: number, colours: Colours) => void;

/**
 * A picture drawn at most once a frame, whenever what it depends on changes.
 * @param props.on reads everything that `draw` depends on.
 */
export function Canvas(props: { readonly class: string; readonly on: () => unknown; readonly draw: Draw; readonly label?: string }): JSX.Element {
  let canvas!: HTMLCanvasElement;
  let asked = 0;
  const ask = (): void => {
    asked ||= requestAnimationFrame(() => {
      asked = 0;
      const scale = window.devicePixelRatio || 1;
      const { clientWidth, clientHeight } = canvas;
      const [width, height] = [Math.round(clientWidth * scale), Math.round(clientHeight * scale)];
      if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
      const context = canvas.getContext("2d");
      if (!context || width === 0) return;
      context.setTransform(scale, 0, 0, scale, 0, 0);
      context.clearRect(0, 0, clientWidth, clientHeight);
      props.draw(context, clientWidth, clientHeight, colours());
    });
  };
  onMount(() => {
    const watch = new ResizeObserver(ask);
    watch.observe(canvas);
    const dark = window.matchMedia("(prefers-color-scheme: dark)");
    dark.addEventListener("change", ask);
    const theme = new MutationObserver(ask);
    theme.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
    onCleanup(() => {
      watch.disconnect();
      theme.disconnect();
      dark.removeEventListener("change", ask);
      cancelAnimationFrame(asked);
    });
  });
  createEffect(() => {
    props.on();
    ask();
  });
  return (
    <canvas ref={canvas} class={props.class} role={props.label ? "img" : undefined} aria-label={props.label} aria-hidden={props.label ? undefined : "true"} />
  );
}
