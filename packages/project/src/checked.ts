import { checked as accepted, type Schema } from "@kuishi/base";

/** @throws Complaint that names the first field which is not as it must be. */
export const checked = <T>(schema: Schema<T>, data: unknown): T => accepted(schema, "project.invalid", data);
