import { existsSync, readFileSync, statSync } from "node:fs";
import type { Server } from "node:http";
import { extname, join, normalize, sep } from "node:path";
import { Complaint } from "./complaint.ts";

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".wasm": "application/wasm",
  ".svg": "image/svg+xml",
  ".json": "application/json",
  ".webmanifest": "application/manifest+json",
  ".png": "image/png",
  ".flac": "audio/flac",
  ".mp3": "audio/mpeg",
  ".opus": "audio/ogg",
  ".woff2": "font/woff2",
  ".txt": "text/plain; charset=utf-8",
};

/** A file of a page. */
export interface PageFile {
  readonly path: string;
  /** Its media type. */
  readonly type: string;
  /** Bytes. */
  readonly size: number;
}

/** A built page in a folder, for those who serve it: on Node only. */
export class PageFolder {
  /** The policy that the page tells of itself; undefined where it tells none. */
  readonly policy: string | undefined;
  readonly #folder: string;

  /** @throws Error where there is no page. */
  constructor(folder: string) {
    this.#folder = folder;
    this.policy = /http-equiv="Content-Security-Policy"\s+content="([^"]+)"/.exec(readFileSync(join(folder, "index.html"), "utf8"))?.[1];
  }
  /** The file that a request's address means; undefined where the folder has none by it. @throws URIError for what is no address. */
  find(url: string): PageFile | undefined {
    const inside = normalize(decodeURIComponent(url.split("?")[0] ?? "/"));
    const path = join(this.#folder, inside.endsWith(sep) ? `${inside}index.html` : inside);
    if (!path.startsWith(this.#folder + sep) || !existsSync(path)) return undefined;
    const told = statSync(path);
    return told.isFile() ? { path, type: TYPES[extname(path)] ?? "application/octet-stream", size: told.size } : undefined;
  }
}

/** Has a server listen. @param port 0 takes any free one. @returns the port it has. @throws Complaint where that is not to be had. */
export async function listen(server: Server, port: number, host: string): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: { code?: string }) =>
      reject(error.code === "EADDRINUSE" || error.code === "EACCES" ? new Complaint("usage", "cli.port", { port }) : error),
    );
    server.listen(port, host, resolve);
  });
  const address = server.address();
  return typeof address === "object" && address ? address.port : port;
}
