import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { extname, join, normalize } from "node:path";

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
  ".wasm": "application/wasm",
  ".svg": "image/svg+xml",
};

/** A plain static host, the folder mounted under a sub-path. @param headers of every answer; a plain host has none of its own. */
export async function serveFolder(folder: string, mount: string, headers: Readonly<Record<string, string>> = {}): Promise<{ url: string; close(): void }> {
  const server: Server = createServer((request, response) => {
    const path = normalize(decodeURIComponent((request.url ?? "/").split("?")[0] ?? "/"));
    const file = join(folder, path.slice(mount.length), path.endsWith("/") ? "index.html" : "");
    try {
      if (!path.startsWith(mount)) throw new RangeError("outside");
      // at once: a test may put another build in its place at any moment
      const bytes = readFileSync(file);
      response.writeHead(200, { ...headers, "content-type": TYPES[extname(file)] ?? "application/octet-stream" }).end(bytes);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  return {
    url: `http://localhost:${port}${mount}/`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
