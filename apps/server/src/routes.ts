import type { IncomingMessage, ServerResponse } from "node:http";
import { CHUNK_BYTES, Manifest, Role, Sha256, type Verb } from "@kuishi/sync";
import { z } from "zod";
import type { Rooms } from "./rooms.ts";
import type { Site, SitePerson } from "./site.ts";
import { say, sayBytes } from "./web.ts";

/** What a route has to work with. */
export interface Call<Body = unknown> {
  readonly site: Site;
  readonly rooms: Rooms;
  readonly person: SitePerson | undefined;
  /** What stands in the path where the route has names. */
  readonly at: Readonly<Record<string, string>>;
  readonly body: Body;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Gives whoever asked a session. */
  begin(token: string): void;
  /** Lines of people who may not be where they are any more are cut. */
  rightsChanged(): void;
}
/** A door: who may pass, what must be brought, and what is behind it. */
interface Route {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  /** `:name` stands for one part of the path. */
  readonly path: string;
  /** What the person must be allowed in `:project`; or that it is the host, or anybody. */
  readonly needs: Verb | "create" | "anybody";
  /** Most bytes of the body. */
  readonly maxBytes: number;
  /** What the body must be, as JSON; null: bytes. */
  readonly schema: z.ZodType | null;
  run(call: Call): Promise<void>;
}
function route<Body>(
  method: Route["method"],
  path: string,
  needs: Route["needs"],
  schema: z.ZodType<Body> | null,
  run: (call: Call<Body>) => Promise<void>,
  maxBytes = 64 << 10,
): Route {
  return { method, path, needs, schema, maxBytes, run: (call) => run(call as Call<Body>) };
}
const nothing: z.ZodType<undefined> = z.undefined();
/** A name as people write it: no signs that cannot be seen, and no more than fits. */
const Name: z.ZodType<string> = z
  .string()
  .trim()
  .min(1)
  .max(40)
  .regex(/^[^\p{C}\p{Zl}\p{Zp}]+$/u);
const Join: z.ZodType<{ readonly link: string; readonly name: string }> = z.object({ link: z.string().max(100), name: Name });
const Invite: z.ZodType<{ readonly role: Role; readonly hours: number; readonly uses: number }> = z.object({
  role: Role,
  hours: z
    .number()
    .positive()
    .max(24 * 365),
  uses: z.int().positive().max(1000),
});
const HOUR_MS = 3600 * 1000;
/** What the sounds of one project may come to. */
const MAX_PROJECT_BYTES = 4096 * 1024 * 1024;
const tooMuch = async ({ rooms, at }: Call, more: number): Promise<boolean> => (await rooms.blobs(at["project"]!).used()) + more > MAX_PROJECT_BYTES;

export const routes: readonly Route[] = [
  route("POST", "/api/join", "anybody", Join, async ({ site, person, body, response, begin }) => {
    const joined = await site.join(body.link, body.name, person);
    if (!joined) return say(response, 404, { code: "together.deadLink" });
    if (joined.session !== undefined) begin(joined.session);
    const { project } = joined;
    say(response, 200, { project, role: project === null ? "owner" : site.roleIn(project, joined.person.id) });
  }),
  route("GET", "/api/me", "anybody", nothing, async ({ site, person, response }) =>
    say(response, 200, person ? { id: person.id, name: person.name, isHost: person.isHost, projects: site.projectsOf(person.id) } : null),
  ),
  route("POST", "/api/projects", "create", nothing, async ({ site, person, response }) => say(response, 200, { id: await site.beginProject(person!.id) })),
  route("GET", "/api/projects/:project/people", "read", nothing, async ({ site, at, response }) => say(response, 200, site.membersOf(at["project"]!))),
  route("DELETE", "/api/projects/:project/people/:person", "revoke", nothing, async ({ site, at, person, response, rightsChanged }) => {
    // a project is never left without an owner
    if (at["person"] === person!.id) return say(response, 409);
    await site.revokePerson(at["project"]!, at["person"]!);
    rightsChanged();
    say(response, 200, {});
  }),
  route("GET", "/api/projects/:project/links", "invite", nothing, async ({ site, at, response }) => say(response, 200, site.linksOf(at["project"]!))),
  route("POST", "/api/projects/:project/links", "invite", Invite, async ({ site, at, body, response }) =>
    say(response, 200, await site.invite(at["project"]!, body.role, body.hours * HOUR_MS, body.uses)),
  ),
  route("DELETE", "/api/projects/:project/links/:link", "revoke", nothing, async ({ site, at, response, rightsChanged }) => {
    if (!site.hasLink(at["project"]!, at["link"]!)) return say(response, 404);
    await site.revokeLink(at["link"]!);
    rightsChanged();
    say(response, 200, {});
  }),
  route("POST", "/api/projects/:project/sounds/missing", "edit", Manifest, async ({ rooms, at, body, response }) =>
    say(response, 200, await rooms.blobs(at["project"]!).missing(body)),
  ),
  route(
    "PUT",
    "/api/projects/:project/chunks/:sha256",
    "edit",
    null,
    async (call: Call<Buffer>) => {
      const { rooms, at, body, response } = call;
      if (await tooMuch(call, body.length)) return say(response, 507, { code: "together.noRoom" });
      say(response, (await rooms.blobs(at["project"]!).put(at["sha256"]!, body)) ? 200 : 400, {});
    },
    CHUNK_BYTES,
  ),
  route("POST", "/api/projects/:project/sounds", "edit", Manifest, async ({ rooms, at, body, response }) =>
    say(response, (await rooms.blobs(at["project"]!).commit(body)) ? 200 : 409, {}),
  ),
  route("GET", "/api/projects/:project/sounds/:sha256", "read", nothing, async ({ rooms, at, response }) => {
    const blobs = rooms.blobs(at["project"]!);
    const manifest = await blobs.manifest(at["sha256"]!);
    if (!manifest) return say(response, 404, {});
    sayBytes(response, manifest.size);
    for await (const part of blobs.bytes(manifest)) {
      if (response.destroyed) return;
      if (!response.write(part)) await new Promise((resolve) => response.once("drain", resolve).once("close", resolve));
    }
    response.end();
  }),
];

/** What may stand in a path where a route has a name. */
const PARTS: Readonly<Record<string, z.ZodType<string>>> = {
  project: z.string().regex(/^[0-9a-f]{20}$/),
  person: z.string().regex(/^[0-9a-f]{20}$/),
  link: z.string().regex(/^[0-9a-f]{20}$/),
  sha256: Sha256,
};
/** What a path says where a route has names; undefined where it is not this route's. */
export function match(pattern: string, path: string): Readonly<Record<string, string>> | undefined {
  const [names, parts] = [pattern.split("/"), path.split("/")];
  if (names.length !== parts.length) return undefined;
  const at: Record<string, string> = {};
  for (const [k, name] of names.entries()) {
    const part = parts[k]!;
    if (!name.startsWith(":")) {
      if (name !== part) return undefined;
    } else if (PARTS[name.slice(1)]?.safeParse(part).success) at[name.slice(1)] = part;
    else return undefined;
  }
  return at;
}
/** A route that a request has come to, and what stands in its path where the route has names. */
export interface Door {
  readonly route: Route;
  readonly at: Call["at"];
}
/** The door that a request comes to; undefined where there is none. */
export function doorOf(method: string | undefined, path: string): Door | undefined {
  for (const route of routes) {
    const at = route.method === method ? match(route.path, path) : undefined;
    if (at) return { route, at };
  }
  return undefined;
}
