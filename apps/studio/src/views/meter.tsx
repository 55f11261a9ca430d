import { createEffect, type JSX } from "solid-js";
import { Canvas, type Colours } from "./canvas.tsx";

/** Lowest level shown, dB; where it turns gold, and red. */
const [FLOOR, LOUD, HOT] = [-48, -12, -3];
const HOLD_MS = 1500;
const dbOf = (peak: number): number => 20 * Math.log10(Math.max(1e-4, peak));
const part = (db: number): number => Math.min(1, Math.max(0, (db - FLOOR) / -FLOOR));

/** A level in small steps, lying or standing, that holds its peak for a moment. */
export function LevelMeter(props: { readonly value: number; readonly class: string; readonly upright?: boolean }): JSX.Element {
  let [held, since] = [FLOOR, 0];
  createEffect(() => {
    const db = dbOf(props.value);
    const now = performance.now();
    if (db >= held || now - since > HOLD_MS) [held, since] = [db, now];
  });
  const draw = (context: CanvasRenderingContext2D, w: number, h: number, colours: Colours): void => {
    const long = props.upright ? h : w;
    const steps = Math.floor(long / 3.2);
    const [lit, peak] = [part(dbOf(props.value)) * steps, Math.round(part(held) * steps)];
    for (let k = 0; k < steps; k++) {
      const db = FLOOR - (FLOOR * k) / steps;
      const on = k < lit || (k === peak - 1 && held > FLOOR + 1);
      context.fillStyle = on ? (db >= HOT ? colours.felt : db >= LOUD ? colours.gold : colours.leaf) : colours.s3;
      if (props.upright) context.fillRect(0, h - 3.2 * (k + 1), w, 2.2);
      else context.fillRect(3.2 * k, 0, 2.2, h);
    }
  };
  return <Canvas class={`steps ${props.class}`} on={() => props.value} draw={draw} />;
}
