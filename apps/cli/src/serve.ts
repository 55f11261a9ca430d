import { execFile } from "node:child_process";
import { createReadStream, existsSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { join } from "node:path";
import { Complaint } from "@kuishi/base";
import { listen, type PageFile, PageFolder } from "@kuishi/base/page";

const PAGE = join(import.meta.dirname, "..", "..", "studio", "dist");
/** Names of this machine for itself. Any other was made to lead here by somebody else's name server. */
const OURSELVES = /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?$/;

/** What every answer says: types are as told, nobody frames the page, and it asks before it takes from a cache. */
const HEADERS = { "x-content-type-options": "nosniff", "x-frame-options": "DENY", "referrer-policy": "no-referrer", "cache-control": "no-cache" } as const;

/** The part of a file that is asked for; undefined for the whole, null for one that the file does not have (RFC 9110, 14.1). */
function rangeOf(header: string | undefined, size: number): { from: number; to: number } | null | undefined {
  const [, first = "", last = ""] = /^bytes=(\d*)-(\d*)$/.exec(header ?? "") ?? [];
  if (first === "" && last === "") return undefined;
  const from = first === "" ? Math.max(0, size - Number(last)) : Number(first);
  const to = first === "" || last === "" ? size - 1 : Math.min(size - 1, Number(last));
  return from <= to ? { from, to } : null;
}

/** Answers with files of a folder: reading only, to this machine only. */
export function pageServer(folder: string): Server {
  const page = new PageFolder(folder);
  // as a header the page's own policy also keeps others from framing it, which a page cannot tell
  const headers = { ...HEADERS, "content-security-policy": `${page.policy ? `${page.policy}; ` : ""}frame-ancestors 'none'` };
  const say = (response: ServerResponse, status: number, text: string, more: Readonly<Record<string, string>> = {}): void =>
    void response.writeHead(status, { ...headers, "content-type": "text/plain", ...more }).end(text);
  return createServer((request: IncomingMessage, response: ServerResponse) => {
    if (!OURSELVES.test(request.headers.host ?? "")) return say(response, 403, "not here");
    if (request.method !== "GET" && request.method !== "HEAD") return say(response, 405, "only GET and HEAD", { allow: "GET, HEAD" });
    let file: PageFile | undefined;
    try {
      file = page.find(request.url ?? "/");
    } catch {
      return say(response, 400, "not an address");
    }
    if (!file) return say(response, 404, "not found");
    const { path, type, size } = file;
    const range = rangeOf(request.headers.range, size);
    if (range === null) return say(response, 416, "not that long", { "content-range": `bytes */${size}` });
    const { from, to } = range ?? { from: 0, to: size - 1 };
    response.writeHead(range ? 206 : 200, {
      ...headers,
      "content-type": type,
      "content-length": to - from + 1,
      "accept-ranges": "bytes",
      ...(range ? { "content-range": `bytes ${from}-${to}/${size}` } : {}),
    });
    if (request.method === "HEAD" || size === 0) response.end();
    else
      createReadStream(path, { start: from, end: to })
        .on("error", () => response.destroy())
        .pipe(response);
  });
}

/** Serves the built studio on localhost until the signal. @param port 0 takes any free one. @throws Complaint. */
export async function serve(port: number, openPage: boolean, signal: AbortSignal, ready: (url: string) => void): Promise<void> {
  if (!existsSync(join(PAGE, "index.html"))) throw new Complaint("usage", "usage.nopage");
  const server = pageServer(PAGE);
  const url = `http://localhost:${await listen(server, port, "127.0.0.1")}/`;
  ready(url);
  if (openPage) {
    const opener = process.platform === "darwin" ? "open" : process.platform === "win32" ? "explorer" : "xdg-open";
    execFile(opener, [url], () => {}); // where there is no browser, the address on the screen is enough
  }
  await new Promise<void>((resolve) => (signal.aborted ? resolve() : signal.addEventListener("abort", () => resolve(), { once: true })));
  server.closeAllConnections();
  server.close();
}
