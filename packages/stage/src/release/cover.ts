import { clamp, hash, rounded, seeded } from "@kuishi/base";
import { type Html, html } from "./html.ts";

type Colour = readonly [red: number, green: number, blue: number];
const colour = (hex: string): Colour => [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16)) as unknown as Colour;
/** Sky above and at the horizon, sun, earth at the horizon and in front, contour. */
const PALETTES = [
  ["#0f3a46", "#1c7285", "#f4d699", "#c98a2b", "#7a3b1c", "#fbe9c4"],
  ["#1d1b3a", "#5a4a8c", "#f0b7a0", "#7b5a8f", "#2d2145", "#f3d9ea"],
  ["#4b1f1a", "#c7553b", "#f7dfa0", "#8e4b2a", "#3b1f16", "#f6cfa2"],
  ["#14342b", "#3f7d5a", "#f2e2a4", "#6d8a3c", "#273d1b", "#e6efc4"],
  ["#173a5e", "#6fa6c9", "#fff3d0", "#b8a274", "#5d4a2c", "#fdf4dc"],
] as const;
const [HORIZON, ROWS, COLUMNS] = [0.58, 12, 50];

/** What is on a cover; lengths are shares of its side. */
interface Cover {
  readonly palette: readonly string[];
  readonly sun: { readonly x: number; readonly y: number; readonly radius: number };
  /** From the horizon to the front: heights of a contour at evenly spaced columns, how thick it is and how much it covers. */
  readonly rows: readonly { readonly heights: readonly number[]; readonly stroke: number; readonly ink: number; readonly fill: number }[];
}

/**
 * A cover drawn from the sound: a steppe whose contours are the loudness of the tracks in turn, the first at the horizon. No letters:
 * shops want none.
 * @param peaks of the tracks' sound, 0..1.
 */
function coverOf(title: string, peaks: readonly (readonly number[])[]): Cover {
  const random = seeded(hash(title), "cover");
  const palette = random.pick(PALETTES);
  const sun = { x: random.between(0.22, 0.78), y: random.between(0.2, 0.46), radius: random.between(0.09, 0.15) };
  const all = peaks.flat();
  const loud = (row: number, column: number): number => {
    const at = ((row + clamp(column, 0, COLUMNS - 1) / COLUMNS) / ROWS) * all.length;
    return all[Math.floor(at)] ?? 0;
  };
  const rows = Array.from({ length: ROWS }, (_, row) => {
    const depth = (row + 1) / ROWS;
    const base = HORIZON + (1 - HORIZON) * depth * depth;
    const heights = Array.from({ length: COLUMNS + 1 }, (_, x) => {
      const mean = [-2, -1, 0, 1, 2].reduce((sum, d) => sum + loud(row, x + d) / 5, 0);
      return base - clamp(mean, 0, 1) * (0.02 + 0.09 * depth);
    });
    return { heights, stroke: 0.0012 + 0.003 * depth, ink: 0.35 + 0.5 * depth, fill: 0.25 + 0.5 * depth };
  });
  return { palette, sun, rows };
}

const SIDE = 1000;
const n = (share: number): string => String(rounded(share * SIDE, 1));
/** The cover as SVG, square: what a page shows. */
export function coverSvg(title: string, peaks: readonly (readonly number[])[]): string {
  const { palette, sun, rows } = coverOf(title, peaks);
  const [top, low, light, far, near, contour] = palette;
  const path = ({ heights, stroke, ink, fill }: Cover["rows"][number]): Html =>
    html`<path d="M-9 1010L${heights.map((y, x) => `${n(x / COLUMNS)} ${n(y)}`).join("L")}L1009 1010Z" fill="url(#e)" fill-opacity="${rounded(fill, 2)}" stroke="${contour}" stroke-opacity="${rounded(ink, 2)}" stroke-width="${n(stroke)}"/>`;
  return html`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${SIDE} ${SIDE}"><defs><linearGradient id="s" x1="0" y1="0" x2="0" y2="1"><stop stop-color="${top}"/><stop offset="1" stop-color="${low}"/></linearGradient><linearGradient id="e" gradientUnits="userSpaceOnUse" x1="0" y1="${n(HORIZON)}" x2="0" y2="${SIDE}"><stop stop-color="${far}"/><stop offset="1" stop-color="${near}"/></linearGradient></defs><rect width="${SIDE}" height="${SIDE}" fill="url(#s)"/><circle cx="${n(sun.x)}" cy="${n(sun.y)}" r="${n(sun.radius)}" fill="${light}"/><rect y="${n(HORIZON)}" width="${SIDE}" height="${n(1 - HORIZON)}" fill="url(#e)"/>${rows.map(path)}</svg>`
    .text;
}

/** The cover as pixels, `side` x `side` x RGB: what shops, players and cards want. */
export function coverPixels(title: string, peaks: readonly (readonly number[])[], side: number): Uint8Array<ArrayBuffer> {
  const { palette, sun, rows } = coverOf(title, peaks);
  const [top, low, light, far, near, contour] = palette.map(colour) as [Colour, Colour, Colour, Colour, Colour, Colour];
  const pixels = new Uint8Array(side * side * 3);
  const pixel = 1 / side;
  for (let column = 0; column < side; column++) {
    const x = (column + 0.5) * pixel;
    const left = Math.min(COLUMNS - 1, Math.floor(x * COLUMNS));
    const between = x * COLUMNS - left;
    const contours = rows.map(({ heights }) => heights[left]! + (heights[left + 1]! - heights[left]!) * between);
    for (let row = 0; row < side; row++) {
      const y = (row + 0.5) * pixel;
      const earth = mixed(far, near, clamp((y - HORIZON) / (1 - HORIZON), 0, 1));
      let shown = mixed(top, low, y);
      shown = mixed(shown, light, covered(sun.radius - Math.sqrt((x - sun.x) * (x - sun.x) + (y - sun.y) * (y - sun.y)), pixel));
      shown = mixed(shown, earth, covered(y - HORIZON, pixel));
      for (let k = 0; k < ROWS; k++) {
        shown = mixed(shown, earth, rows[k]!.fill * covered(y - contours[k]!, pixel));
        shown = mixed(shown, contour, rows[k]!.ink * covered(rows[k]!.stroke / 2 - Math.abs(y - contours[k]!), pixel));
      }
      for (let c = 0; c < 3; c++) pixels[(row * side + column) * 3 + c] = Math.round(shown[c]!);
    }
  }
  return pixels;
}
/** How much of a pixel lies inside, by how deep its middle lies there. */
const covered = (depth: number, pixel: number): number => clamp(depth / pixel + 0.5, 0, 1);
const mixed = (a: Colour, b: Colour, share: number): Colour =>
  share <= 0 ? a : share >= 1 ? b : [a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share, a[2] + (b[2] - a[2]) * share];
