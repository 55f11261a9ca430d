import { Complaint } from "./complaint.ts";

/** What a schema says of one fault, as far as it is told to a person. The shape is zod's; nothing here depends on it. */
export interface Issue {
  readonly code?: string | undefined;
  readonly path: readonly PropertyKey[];
  readonly expected?: unknown;
  readonly origin?: unknown;
  readonly minimum?: unknown;
  readonly maximum?: unknown;
  readonly divisor?: unknown;
  readonly values?: readonly unknown[];
  readonly keys?: readonly string[];
}

/** What is wrong, as a code whose sentence is in `words`, and what to fill in. */
function problemOf(issue: Issue): Readonly<Record<string, string | number>> {
  const told = (value: unknown): string | number => (typeof value === "number" ? value : String(value));
  const ofNumber = issue.origin === "number" || issue.origin === "int";
  switch (issue.code) {
    case "invalid_type":
      return { problem: "type", expected: told(issue.expected) };
    case "too_small":
      return { problem: ofNumber ? "least" : "short", least: told(issue.minimum) };
    case "too_big":
      return { problem: ofNumber ? "most" : "long", most: told(issue.maximum) };
    case "not_multiple_of":
      return { problem: "step", step: told(issue.divisor) };
    case "invalid_value":
      return { problem: "value", values: (issue.values ?? []).map(told).join(", ") };
    case "unrecognized_keys":
      return { problem: "keys", keys: (issue.keys ?? []).join(", ").slice(0, 80) };
    default:
      return { problem: "form" };
  }
}

/** A schema, as far as it is asked here. */
export interface Schema<T> {
  safeParse(data: unknown): { success: true; data: T } | { success: false; error: { issues: readonly Issue[] } };
}

/**
 * Data from outside, as a schema has it.
 * @param code what is told otherwise: a sentence with `{{at}}` and `{{text}}`.
 * @throws Complaint `unreadable` with the place of the first fault.
 */
export function checked<T>(schema: Schema<T>, code: string, data: unknown): T {
  const result = schema.safeParse(data);
  if (result.success) return result.data;
  const first: Issue = result.error.issues[0] ?? { path: [] };
  throw new Complaint("unreadable", code, { at: first.path.map(String).join(".").slice(0, 120), ...problemOf(first) });
}
