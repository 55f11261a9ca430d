import { createEffect, type JSX, onCleanup, onMount } from "solid-js";

/** Colours of the page's theme, as a canvas can use them. */
const NAMES = ["ink", "dim", "bg", "deep", "s1", "s2", "s3", "line", "edge", "sky", "gold", "felt", "leaf", "lilac", "on-family"] as const;
export type Colours = Readonly<Record<(typeof NAMES)[number], string>>;
/** What canvases write with. */
export const FACE = '"Onest Variable", system-ui, sans-serif';
let known: { readonly key: string; readonly colours: Colours } | undefined;
function colours(): Colours {
  const style = getComputedStyle(document.documentElement);
  const key = style.getPropertyValue("--bg");
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
    // words are drawn anew when their face has come
    void document.fonts.ready.then(ask);
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
