/** What an equaliser band may be, in the order in which its kernel numbers them. */
export const bandTypes = ["highPass", "lowShelf", "peak", "highShelf", "lowPass"] as const;

/** What an equaliser band does. `gainDb` counts for shelves and peaks only. */
export interface Band {
  readonly type: (typeof bandTypes)[number];
  readonly hertz: number;
  readonly gainDb?: number;
  readonly q?: number;
}
