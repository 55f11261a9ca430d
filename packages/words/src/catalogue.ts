import type { en } from "./en.ts";

/** Keys of everything a user reads. */
export type Key = keyof typeof en;
/** One language, complete. */
export type Catalogue = Readonly<Record<Key, string>>;
