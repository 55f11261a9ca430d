import { z } from "zod";

/** What a person may be in a project, the most first. */
export const roles = ["owner", "editor", "commenter", "listener"] as const;
export type Role = (typeof roles)[number];
export const Role: z.ZodType<Role> = z.enum(roles);

/** What can be done in a project. */
export type Verb = "read" | "comment" | "edit" | "invite" | "revoke";

const VERBS: Readonly<Record<Role, readonly Verb[]>> = {
  owner: ["read", "comment", "edit", "invite", "revoke"],
  editor: ["read", "comment", "edit"],
  commenter: ["read", "comment"],
  listener: ["read"],
};
/** Whether a role allows it. */
export const allows = (role: Role, verb: Verb): boolean => VERBS[role].includes(verb);
