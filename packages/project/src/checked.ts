import { Complaint } from "@kuishi/base";
import type { z } from "zod";

/** @throws Complaint that names the first field which is not as it must be. */
export function checked<T>(schema: z.ZodType<T>, data: unknown): T {
  const result = schema.safeParse(data);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw new Complaint("unreadable", "project.invalid", { at: issue?.path.join(".") ?? "", text: issue?.message ?? "" });
}
