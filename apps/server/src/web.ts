import { createReadStream } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { networkInterfaces } from "node:os";
import { type PageFile, PageFolder } from "@kuishi/base/page";

/** What every answer says: types are as told, nobody frames it, no address travels on. */
const HEADERS = {
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "cache-control": "no-cache",
} as const;
/** Of what is no page: nothing in it may run or load. */
const NOTHING_RUNS = "default-src 'none'; frame-ancestors 'none'";

export function say(response: ServerResponse, status: number, value?: unknown, more: Readonly<Record<string, string>> = {}): void {
  response.writeHead(status, { ...HEADERS, "content-security-policy": NOTHING_RUNS, "content-type": "application/json", ...more });
  response.end(value === undefined ? undefined : JSON.stringify(value));
}
/** Begins an answer of bytes that are nobody's page. */
export function sayBytes(response: ServerResponse, size: number): void {
  response.writeHead(200, {
    ...HEADERS,
    "content-security-policy": NOTHING_RUNS,
    "content-type": "application/octet-stream",
    "content-disposition": "attachment",
    "content-length": size,
    "cache-control": "private, max-age=31536000, immutable",
  });
}

/** Answers with the studio's files, reading only; with its own policy, as a header too. */
export function pageFiles(folder: string): (request: IncomingMessage, response: ServerResponse) => void {
  const page = new PageFolder(folder);
  const headers = { ...HEADERS, "content-security-policy": `${page.policy ?? "default-src 'self'"}; frame-ancestors 'none'` };
  return (request, response) => {
    if (request.method !== "GET" && request.method !== "HEAD") return say(response, 405, undefined, { allow: "GET, HEAD" });
    let file: PageFile | undefined;
    try {
      file = page.find(request.url ?? "/");
    } catch {
      return say(response, 400);
    }
    if (!file) return say(response, 404);
    response.writeHead(200, { ...headers, "content-type": file.type, "content-length": file.size });
    if (request.method === "HEAD") response.end();
    else
      createReadStream(file.path)
        .on("error", () => response.destroy())
        .pipe(response);
  };
}

/**
 * The addresses by which people reach this server. Whatever else a request names was made to lead here by somebody
 * else's name server, or was sent by somebody else's page.
 * @param url the public address, where a proxy stands before it.
 */
export function originsOf(host: string, port: number, url: string | undefined): ReadonlySet<string> {
  const names = ["localhost", "127.0.0.1", "[::1]"];
  const isWide = host === "0.0.0.0" || host === "::";
  if (isWide) for (const one of Object.values(networkInterfaces()).flat()) if (one) names.push(one.family === "IPv6" ? `[${one.address}]` : one.address);
  if (!isWide) names.push(host.includes(":") ? `[${host}]` : host);
  return new Set([...names.map((name) => new URL(`http://${name}:${port}`).origin), ...(url ? [new URL(url).origin] : [])]);
}
/** Whether a request names one of these addresses as the one it was sent to. */
export const isHere = ({ headers: { host } }: IncomingMessage, origins: ReadonlySet<string>): boolean =>
  host !== undefined && (origins.has(`http://${host}`) || origins.has(`https://${host}`));
/** Whether a page of one of these addresses sent it. */
export const isOurs = (request: IncomingMessage, origins: ReadonlySet<string>): boolean => origins.has(request.headers.origin ?? "");

/** A request's body. @returns undefined where it is longer than it may be. */
export async function bodyOf(request: IncomingMessage, maxBytes: number): Promise<Buffer | undefined> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request) {
    size += (part as Buffer).length;
    if (size > maxBytes) return undefined;
    parts.push(part as Buffer);
  }
  return Buffer.concat(parts);
}
