/** What went wrong, as far as it is the caller's or the world's doing. Decides the exit code. */
export type ComplaintKind = "usage" | "unreadable" | "notEnough" | "cannotWrite" | "cancelled" | "unsupported" | "doesNotHold";

/**
 * An error a person can act on: a code (its sentences, in every language, live in `words`), what
 * to fill in, and where in the input it happened. Anything else that is thrown is our own bug.
 */
export class Complaint extends Error {
  readonly kind: ComplaintKind;
  readonly code: string;
  readonly params: Readonly<Record<string, string | number>>;

  constructor(kind: ComplaintKind, code: string, params: Readonly<Record<string, string | number>> = {}) {
    super(`${code} ${JSON.stringify(params)}`);
    this.name = "Complaint";
    this.kind = kind;
    this.code = code;
    this.params = params;
  }
}

/** Exit code of the command line for each kind; 1 is our own bug. */
export const EXIT_CODES: Readonly<Record<ComplaintKind, number>> = {
  usage: 2,
  unreadable: 3,
  unsupported: 3,
  notEnough: 4,
  cannotWrite: 5,
  doesNotHold: 6,
  cancelled: 130,
};

/** Something the result is still right without, but that the user should know. */
export interface Warning {
  readonly code: string;
  readonly params?: Readonly<Record<string, string | number>>;
  readonly fromSec?: number;
  readonly toSec?: number;
}
