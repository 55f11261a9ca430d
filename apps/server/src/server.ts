import { createServer, type IncomingMessage } from "node:http";
import { join } from "node:path";
import { Complaint } from "@kuishi/base";
import { listen } from "@kuishi/base/page";
import { answering } from "./answer.ts";
import { SessionCookie } from "./cookie.ts";
import { Disk } from "./disk.ts";
import { lockFolder } from "./lock.ts";
import { Rooms } from "./rooms.ts";
import { Site, type SitePerson } from "./site.ts";
import { Sockets } from "./sockets.ts";
import { isHere, isOurs, originsOf, pageFiles, say } from "./web.ts";

export interface ServerOptions {
  /** The folder in which everything is. */
  readonly data: string;
  /** 0 takes any free one. */
  readonly port: number;
  readonly host: string;
  /** The address under which people reach it, where that is another one: a proxy with HTTPS. */
  readonly url?: string | undefined;
  /** The built studio. */
  readonly page: string;
}
export interface RunningServer {
  readonly url: string;
  /** A link that makes whoever opens it first the site's host; good for a day. */
  readonly owner: string;
  /** Takes nothing new, writes what it has taken, and lets go of the folder. */
  close(): Promise<void>;
}

const DAY_MS = 24 * 3600 * 1000;

/** Starts a server on a folder. @throws Complaint where the folder is taken, the port is, or there is no page. */
export async function startServer({ data, port, host, url, page }: ServerOptions): Promise<RunningServer> {
  const unlock = lockFolder(data);
  try {
    const disk = new Disk(join(data, "site"));
    const site = await Site.open(disk);
    const rooms = new Rooms(data);
    const sockets = new Sockets(site, rooms);
    const files = pageFiles(page);
    const server = createServer();
    const bound = await listen(server, port, host);
    const origins = originsOf(host, bound, url);
    const address = url ?? `http://${host === "0.0.0.0" || host === "127.0.0.1" ? "localhost" : host}:${bound}/`;
    const cookie = new SessionCookie(address, bound);
    const personOf = (request: IncomingMessage): SitePerson | undefined => {
      const token = cookie.tokenIn(request);
      return token === undefined ? undefined : site.personOf(token);
    };
    let isDraining = false;

    const answer = answering({ site, rooms, sockets, cookie, origins, files, personOf, isDraining: () => isDraining });
    server.on("request", (request, response) => {
      answer(request, response).catch((error: unknown) => {
        // what went wrong is for whoever runs it; neither tokens nor names are in it
        console.error(error instanceof Complaint ? error.message : error);
        if (response.headersSent) response.destroy();
        else say(response, 500);
      });
    });
    server.on("upgrade", (request, stream, head) => {
      const refused = isDraining ? 503 : isHere(request, origins) && isOurs(request, origins) ? sockets.upgrade(request, stream, head, personOf(request)) : 403;
      if (refused !== undefined) stream.end(`HTTP/1.1 ${refused} Refused\r\nConnection: close\r\n\r\n`);
    });

    await site.forgetHostLinks();
    const { token } = await site.invite(null, "owner", DAY_MS, 1);
    return {
      url: address,
      owner: `${address}#join=${token}`,
      close: async () => {
        isDraining = true;
        sockets.close();
        await rooms.close();
        await disk.close();
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
        unlock();
      },
    };
  } catch (error) {
    unlock();
    throw error;
  }
}
