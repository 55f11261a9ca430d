import { allows, type Verb } from "@kuishi/sync";
import type { Site, SitePerson } from "./site.ts";

/** What something is done to: a project, or the site itself. */
export type Thing = { readonly project: string } | "site";

/** Whether somebody may do something: asked at every door, and nowhere else answered. */
export function can(site: Site, person: SitePerson | undefined, verb: Verb | "create", thing: Thing): boolean {
  if (!person) return false;
  if (thing === "site") return verb === "create" && site.isHost(person.id);
  const role = site.roleIn(thing.project, person.id);
  return role !== undefined && verb !== "create" && allows(role, verb);
}
