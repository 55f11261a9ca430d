import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { pageServer } from "../apps/cli/src/serve.ts";
import { scratch } from "./cli.ts";

const folder = scratch();
const page = join(folder.path, "dist");
let port = 0;
let server: ReturnType<typeof pageServer>;
beforeAll(async () => {
  mkdirSync(page);
  writeFileSync(join(page, "index.html"), `<meta http-equiv="Content-Security-Policy" content="default-src 'self'">`);
  writeFileSync(join(page, "a.flac"), "0123456789");
  writeFileSync(join(page, "a.woff2"), "font");
  writeFileSync(join(folder.path, "secret.txt"), "no");
  server = pageServer(page);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  port = (server.address() as AddressInfo).port;
});
afterAll(() => {
  server.close();
  folder[Symbol.dispose]();
});
const ask = (path: string, options: { method?: string; headers?: Record<string, string> } = {}) =>
  new Promise<{ status: number; headers: NodeJS.Dict<string | string[]>; body: string }>((resolve, reject) =>
    request({ host: "127.0.0.1", port, path, ...options }, (response) => {
      let body = "";
      response.on("data", (part) => (body += part));
      response.on("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }));
    })
      .on("error", reject)
      .end(),
  );

describe("the server of the studio", () => {
  test("answers to this machine's own names only", async () => {
    expect((await ask("/", { headers: { host: `localhost:${port}` } })).status).toBe(200);
    for (const host of ["evil.example", `localhost.evil.example:${port}`, "127.0.0.1.evil.example"])
      expect((await ask("/", { headers: { host } })).status, host).toBe(403);
  });
  test("reads, and does nothing else", async () => {
    for (const method of ["POST", "PUT", "DELETE", "OPTIONS", "TRACE"])
      expect(await ask("/", { method })).toMatchObject({ status: 405, headers: { allow: "GET, HEAD" } });
    expect(await ask("/a.flac", { method: "HEAD" })).toMatchObject({ status: 200, body: "", headers: { "content-length": "10" } });
  });
  test("says of every answer that its type is as told, and whom the page trusts", async () => {
    for (const path of ["/", "/a.flac", "/none", "/%", "/../secret.txt", "/%2e%2e/secret.txt"]) {
      const { status, headers, body } = await ask(path);
      expect(headers["x-content-type-options"], path).toBe("nosniff");
      expect(headers["content-security-policy"], path).toBe("default-src 'self'; frame-ancestors 'none'");
      expect(body).not.toBe("no");
      expect(status).toBe(path === "/" || path === "/a.flac" ? 200 : path === "/%" ? 400 : 404);
    }
  });
  test("says what a file is", async () => {
    for (const [path, type] of [
      ["/", "text/html; charset=utf-8"],
      ["/a.flac", "audio/flac"],
      ["/a.woff2", "font/woff2"],
    ] as const)
      expect((await ask(path)).headers["content-type"], path).toBe(type);
  });
  test("gives the part of a file that is asked for", async () => {
    for (const [range, body] of [
      ["bytes=2-4", "234"],
      ["bytes=7-", "789"],
      ["bytes=-2", "89"],
      ["bytes=0-99", "0123456789"],
    ] as const)
      expect(await ask("/a.flac", { headers: { range } })).toMatchObject({ status: 206, body, headers: { "content-length": String(body.length) } });
    expect(await ask("/a.flac", { headers: { range: "bytes=10-" } })).toMatchObject({ status: 416, headers: { "content-range": "bytes */10" } });
    expect((await ask("/a.flac", { headers: { range: "pages=1-2" } })).status).toBe(200);
  });
  test("the studio's page trusts its own files, their WebAssembly and what it makes itself, and nothing else", () => {
    const policy = /Content-Security-Policy"\s+content="([^"]+)"/.exec(readFileSync(join(import.meta.dirname, "../apps/studio/index.html"), "utf8"))?.[1] ?? "";
    const rules = new Map(policy.split(";").map((rule) => [rule.trim().split(" ")[0]!, rule.trim().split(" ").slice(1)]));
    expect(rules.get("default-src")).toEqual(["'self'"]);
    expect(rules.get("script-src")).not.toContain("'unsafe-inline'");
    expect(rules.get("script-src")).not.toContain("'unsafe-eval'");
    expect(rules.get("object-src")).toEqual(["'none'"]);
    expect(policy).not.toMatch(/https?:|\*/);
  });
});
