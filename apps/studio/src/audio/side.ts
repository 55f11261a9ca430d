/** Frames by which the side plan begins before the plan: room for a count-in. */
export const SIDE: number = 128 * 375 * 20;
