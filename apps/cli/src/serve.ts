import { execFile } from "node:child_process";
import { existsSync, readFileSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize, sep } from "node:path";
import { Complaint } from "@kuishi/base";

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
  ".txt": "text/plain; charset=utf-8",
};
const PAGE = join(import.meta.dirname, "..", "..", "studio", "dist");

/** Serves the built studio on localhost until the signal. @param port 0 takes any free one. @throws Complaint. */
export async function serve(port: number, openPage: boolean, signal: AbortSignal, ready: (url: string) => void): Promise<void> {
  if (!existsSync(join(PAGE, "index.html"))) throw new Complaint("usage", "usage.nopage");
  const server = createServer((request, response) => {
    let path: string;
    try {
      path = normalize(decodeURIComponent((request.url ?? "/").split("?")[0] ?? "/"));
    } catch {
      response.writeHead(400).end();
      return;
    }
    const file = join(PAGE, path.endsWith(sep) ? `${path}index.html` : path);
    if (!file.startsWith(PAGE + sep) || !existsSync(file) || !statSync(file).isFile()) {
      response.writeHead(404, { "content-type": "text/plain" }).end("not found");
      return;
    }
    response.writeHead(200, {
      "content-type": TYPES[extname(file)] ?? "application/octet-stream",
      "x-content-type-options": "nosniff",
      "cache-control": "no-cache",
    });
    response.end(request.method === "HEAD" ? undefined : readFileSync(file));
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: { code?: string }) =>
      reject(error.code === "EADDRINUSE" || error.code === "EACCES" ? new Complaint("usage", "cli.port", { port }) : error),
    );
    server.listen(port, "127.0.0.1", resolve);
  });
  const address = server.address();
  const url = `http://localhost:${typeof address === "object" && address ? address.port : port}/`;
  ready(url);
  if (openPage) {
    const opener = process.platform === "darwin" ? "open" : process.platform === "win32" ? "explorer" : "xdg-open";
    execFile(opener, [url], () => {}); // where there is no browser, the address on the screen is enough
  }
  await new Promise<void>((resolve) => (signal.aborted ? resolve() : signal.addEventListener("abort", () => resolve(), { once: true })));
  server.closeAllConnections();
  server.close();
}
