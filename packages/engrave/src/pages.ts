import type { Block } from "./engrave.ts";

/** A4 in points. */
export const A4 = { width: 595.28, height: 841.89 } as const;
/** Points of a unit: a staff is 18 points high, 6.4 mm, as printed parts have it. */
export const UNIT = 0.5;
const MARGIN = { side: 42, top: 42, bottom: 48 } as const;
/** How wide lines of music are that fill a page. */
export const PAGE_WIDTH: number = (A4.width - 2 * MARGIN.side) / UNIT;
const ROOM = (A4.height - MARGIN.top - MARGIN.bottom) / UNIT;

/** A block with its place on a page, in points from the upper left corner; what is higher than a page is made smaller. */
export interface Laid {
  readonly block: Block;
  readonly x: number;
  readonly y: number;
  readonly unit: number;
}

/** Lays blocks on pages, none divided. */
export function paged(blocks: readonly Block[]): readonly (readonly Laid[])[] {
  const pages: Laid[][] = [[]];
  let y = 0;
  for (const block of blocks) {
    const shrink = Math.min(1, ROOM / block.height);
    const height = block.height * shrink;
    if (y > 0 && (block.newPage || y + height > ROOM)) {
      pages.push([]);
      y = 0;
    }
    pages.at(-1)!.push({ block, x: MARGIN.side + block.x * UNIT, y: MARGIN.top + y * UNIT, unit: UNIT * shrink });
    y += height;
  }
  return pages;
}
