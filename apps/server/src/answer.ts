import type { IncomingMessage, ServerResponse } from "node:http";
import type { SessionCookie } from "./cookie.ts";
import { Buckets } from "./limits.ts";
import { can } from "./rights.ts";
import type { Rooms } from "./rooms.ts";
import { type Door, doorOf } from "./routes.ts";
import type { Site, SitePerson } from "./site.ts";
import type { Sockets } from "./sockets.ts";
import { bodyOf, isHere, isOurs, say } from "./web.ts";

/** What requests are answered from. */
interface House {
  readonly site: Site;
  readonly rooms: Rooms;
  readonly sockets: Sockets;
  readonly cookie: SessionCookie;
  readonly origins: ReadonlySet<string>;
  /** Answers with the page. */
  files(request: IncomingMessage, response: ServerResponse): void;
  personOf(request: IncomingMessage): SitePerson | undefined;
  isDraining(): boolean;
}

/** Requests of one address: a burst of a project's sounds, and then steadily; and links that it tries. */
const REQUESTS = { burst: 600, perSecond: 20 } as const;
const JOINS = { burst: 20, perSecond: 0.2 } as const;

/** Answers requests: who comes, from where, how often, and with what, is asked before a door opens. */
export function answering(house: House): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const { rooms, sockets, origins } = house;
  const [requests, joins] = [new Buckets(REQUESTS), new Buckets(JOINS)];
  return async (request, response) => {
    const from = request.socket.remoteAddress ?? "";
    const path = (request.url ?? "/").split("?")[0]!;
    if (path === "/api/health") {
      const isDraining = house.isDraining();
      return say(response, isDraining ? 503 : 200, { ok: !isDraining, projects: rooms.count, lines: sockets.count, lost: rooms.lost });
    }
    if (!isHere(request, origins)) return say(response, 403);
    if (!path.startsWith("/api/")) return house.files(request, response);
    if (!requests.take(from) || (path === "/api/join" && !joins.take(from))) return say(response, 429, { code: "together.slowly" });
    const door = doorOf(request.method, path);
    if (!door) return say(response, 404);
    // a page of another site may not act in a person's name
    if (door.route.method !== "GET" && !isOurs(request, origins)) return say(response, 403);
    await enter(house, door, request, response);
  };
}

/** Goes through a door with whatever it asks for. */
async function enter(house: House, { route, at }: Door, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { site, rooms, sockets, cookie } = house;
  const person = house.personOf(request);
  const thing = at["project"] === undefined ? "site" : ({ project: at["project"] } as const);
  if (route.needs !== "anybody" && !can(site, person, route.needs, thing)) return say(response, person ? 403 : 401, { code: "together.rights" });
  const raw = await bodyOf(request, route.maxBytes);
  if (!raw) return say(response, 413, undefined, { connection: "close" });
  const body = route.schema ? parsed(raw, route.schema) : { data: raw };
  if (!body) return say(response, 400, { code: "together.form" });
  const begin = (token: string): void => cookie.give(response, token);
  await route.run({ site, rooms, person, at, body: body.data, request, response, begin, rightsChanged: () => sockets.checkRights() });
}

/** A body as its schema has it; undefined for anything else. */
function parsed(raw: Buffer, schema: NonNullable<Door["route"]["schema"]>): { readonly data: unknown } | undefined {
  try {
    const result = schema.safeParse(raw.length === 0 ? undefined : JSON.parse(raw.toString("utf8")));
    return result.success ? { data: result.data } : undefined;
  } catch {
    return undefined;
  }
}
