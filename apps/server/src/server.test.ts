import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Complaint } from "@kuishi/base";
import { ProjectDocument } from "@kuishi/project/document";
import { bring, CHUNK_BYTES, checksumOf, hashOf, type Manifest, manifestOf, type Role, roles, type Safety, SyncPeer } from "@kuishi/sync";
import { afterAll, beforeAll, expect, test } from "vitest";
import { WebSocket } from "ws";
import { routes } from "./routes.ts";
import { type RunningServer, startServer } from "./server.ts";

/** A browser of one person: it keeps a cookie and says where its page came from. */
class Person {
  readonly #server: RunningServer;
  cookie = "";
  constructor(server: RunningServer) {
    this.#server = server;
  }
  async call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Response> {
    const response = await fetch(new URL(path, this.#server.url), {
      method,
      headers: { origin: new URL(this.#server.url).origin, cookie: this.cookie, ...headers },
      ...(body === undefined ? {} : { body: body instanceof Uint8Array ? (body as Uint8Array<ArrayBuffer>) : JSON.stringify(body) }),
    });
    this.cookie = response.headers.get("set-cookie")?.split(";")[0] ?? this.cookie;
    return response;
  }
  async json<T>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await this.call(method, path, body);
    expect(response.status, `${method} ${path}`).toBe(200);
    return (await response.json()) as T;
  }
  /** Comes by a link. @returns the project it leads into. */
  async join(link: string, name = "Айгүл"): Promise<string> {
    return (await this.json<{ project: string }>("POST", "/api/join", { link, name })).project;
  }
  line(project: string, origin: string = new URL(this.#server.url).origin): WebSocket {
    const at = new URL(`/api/projects/${project}/sync`, this.#server.url);
    at.protocol = "ws:";
    return new WebSocket(at, { headers: { cookie: this.cookie }, origin });
  }
}
/** Resolves when a state is reached. */
class Seen<T> {
  #waiting: { readonly test: (value: T) => boolean; readonly resolve: () => void }[] = [];
  value: T;
  constructor(first: T) {
    this.value = first;
  }
  set(value: T): void {
    this.value = value;
    const met = this.#waiting.filter(({ test }) => test(value));
    this.#waiting = this.#waiting.filter(({ test }) => !test(value));
    for (const { resolve } of met) resolve();
  }
  until(test: (value: T) => boolean): Promise<void> {
    return test(this.value) ? Promise.resolve() : new Promise((resolve) => void this.#waiting.push({ test, resolve }));
  }
}
/** A document on a line. */
class Editor {
  readonly document = new ProjectDocument();
  readonly safety = new Seen<Safety>("offline");
  readonly people = new Seen<readonly string[]>([]);
  readonly closed = new Seen<number>(0);
  readonly refused: string[] = [];
  readonly titles = new Seen("");
  readonly peer: SyncPeer;
  socket: WebSocket | undefined;
  constructor() {
    this.document.subscribe(({ song }) => this.titles.set(song.provenance.title));
    this.peer = new SyncPeer(this.document, {
      told: {
        safety: (safety) => this.safety.set(safety),
        welcome: () => {},
        people: (people) => this.people.set(people.map(({ name }) => name)),
        refused: (why) => void this.refused.push(why),
        current: () => {},
        stale: () => {},
      },
    });
  }
  connect(socket: WebSocket): void {
    this.socket = socket;
    socket.binaryType = "arraybuffer";
    socket.on("open", () => this.peer.connected((frame) => socket.send(frame)));
    socket.on("message", (data: ArrayBuffer) => this.peer.receive(new Uint8Array(data)));
    socket.on("close", (code) => {
      this.peer.disconnected();
      this.closed.set(code);
    });
    socket.on("error", () => {});
  }
  title(title: string): void {
    this.document.edit("card", (draft) => draft.set("song", "song", { provenance: { ...draft.session.song.provenance, title } }));
  }
  close(): void {
    this.peer.close();
    this.socket?.terminate();
  }
}
const refusalOf = (socket: WebSocket): Promise<number> =>
  new Promise((resolve) => {
    socket.on("unexpected-response", (_request, response) => resolve(response.statusCode ?? 0));
    socket.on("open", () => resolve(101));
    socket.on("error", () => {});
  });

const folder = mkdtempSync(join(tmpdir(), "kuishi-server-"));
const page = join(folder, "page");
const data = join(folder, "data");
let server: RunningServer;
let host: Person;
const start = (): Promise<RunningServer> => startServer({ data, port: 0, host: "127.0.0.1", page });
const tokenOf = (link: string): string => link.slice(link.indexOf("#join=") + "#join=".length);

beforeAll(async () => {
  const { mkdirSync } = await import("node:fs");
  mkdirSync(page);
  writeFileSync(join(page, "index.html"), `<meta http-equiv="Content-Security-Policy" content="default-src 'self'">`);
  server = await start();
  host = new Person(server);
  await host.join(tokenOf(server.owner), "Динара");
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});
const begin = async (): Promise<string> => (await host.json<{ id: string }>("POST", "/api/projects")).id;
const invited = async (project: string, role: Role, name = "Ерлан"): Promise<{ readonly person: Person; readonly link: string }> => {
  const { id, token } = await host.json<{ id: string; token: string }>("POST", `/api/projects/${project}/links`, { role, hours: 1, uses: 2 });
  const person = new Person(server);
  expect(await person.join(token, name)).toBe(project);
  return { person, link: id };
};

test("two people make one song; what was acknowledged is there after a new start", async () => {
  const project = await begin();
  const { person } = await invited(project, "editor");
  const [one, two] = [new Editor(), new Editor()];
  one.title("Адай");
  one.connect(host.line(project));
  two.connect(person.line(project));
  await one.safety.until((safety) => safety === "safe");
  await two.titles.until((title) => title === "Адай");
  await one.people.until((people) => people.length === 2);
  expect([...one.people.value].sort()).toEqual(["Динара", "Ерлан"]);
  two.title("Адай, екінші түрі");
  await two.safety.until((safety) => safety === "safe");
  await one.titles.until((title) => title === "Адай, екінші түрі");
  expect(checksumOf(one.document)).toBe(checksumOf(two.document));
  // both work on while the server is away, and meet again
  await server.close();
  await one.closed.until((code) => code !== 0);
  await two.safety.until((safety) => safety === "offline");
  one.document.edit("marker", (draft) => draft.put({ id: "marker-1", kind: "marker", at: 1, name: "бір" }));
  two.document.edit("marker", (draft) => draft.put({ id: "marker-2", kind: "marker", at: 2, name: "екі" }));
  const cookies = [host.cookie, person.cookie].map((cookie) => cookie.split("=")[1]);
  server = await start();
  host = new Person(server);
  const guest = new Person(server);
  const port = new URL(server.url).port;
  [host.cookie, guest.cookie] = cookies.map((token) => `kuishi-${port}=${token}`) as [string, string];
  one.connect(host.line(project));
  two.connect(guest.line(project));
  for (const editor of [one, two]) await editor.safety.until((safety) => safety === "safe");
  const both = new Seen(0);
  for (const editor of [one, two]) editor.document.subscribe(() => both.set(Math.min(...[one, two].map(({ document }) => document.session.markers.length))));
  both.set(Math.min(...[one, two].map(({ document }) => document.session.markers.length)));
  await both.until((count) => count === 2);
  expect(checksumOf(one.document)).toBe(checksumOf(two.document));
  const late = new Editor();
  late.connect(guest.line(project));
  await late.safety.until((safety) => safety === "safe");
  expect(checksumOf(late.document)).toBe(checksumOf(one.document));
  for (const editor of [one, two, late]) editor.close();
});

test("a listener's changes stay with the listener; one whose access is taken back is cut off within a second", async () => {
  const project = await begin();
  const { person: listener } = await invited(project, "listener", "Сауле");
  const { person: editor, link } = await invited(project, "editor", "Марат");
  const [one, two, three] = [new Editor(), new Editor(), new Editor()];
  one.connect(host.line(project));
  two.connect(listener.line(project));
  three.connect(editor.line(project));
  for (const each of [one, two, three]) await each.safety.until((safety) => safety === "safe");
  two.title("бұзылған");
  one.title("Саржайлау");
  await two.safety.until((safety) => safety === "safe");
  await three.titles.until((title) => title === "Саржайлау");
  const before = performance.now();
  expect((await host.call("DELETE", `/api/projects/${project}/links/${link}`)).status).toBe(200);
  await three.closed.until((code) => code === 4403);
  expect(performance.now() - before).toBeLessThan(1000);
  expect(await refusalOf(editor.line(project))).toBe(403);
  // the others are still there
  const saule = (await host.json<{ id: string; name: string }[]>("GET", `/api/projects/${project}/people`)).find(({ name }) => name === "Сауле");
  one.title("Саржайлау, дауыспен");
  await one.safety.until((safety) => safety === "safe");
  expect((await host.call("DELETE", `/api/projects/${project}/people/${saule?.id}`)).status).toBe(200);
  await two.closed.until((code) => code === 4403);
  for (const each of [one, two, three]) each.close();
});

test("links end by uses and by time, are kept as hashes, and the host's own works once", async () => {
  const project = await begin();
  const { token } = await host.json<{ token: string }>("POST", `/api/projects/${project}/links`, { role: "listener", hours: 1, uses: 1 });
  await new Person(server).join(token);
  expect((await new Person(server).call("POST", "/api/join", { link: token, name: "x" })).status).toBe(404);
  // whoever began this server has used it
  await host.call("POST", "/api/join", { link: tokenOf(server.owner), name: "x" });
  expect((await new Person(server).call("POST", "/api/join", { link: tokenOf(server.owner), name: "x" })).status).toBe(404);
  const brief = await host.json<{ token: string }>("POST", `/api/projects/${project}/links`, { role: "listener", hours: 1e-7, uses: 1 });
  await expect.poll(async () => (await new Person(server).call("POST", "/api/join", { link: brief.token, name: "x" })).status).toBe(404);
  const { readdirSync, readFileSync } = await import("node:fs");
  const kept = readdirSync(join(data, "site")).map((name) => readFileSync(join(data, "site", name), "latin1"));
  expect(kept.join("")).not.toContain(token);
  expect(kept.join("")).not.toContain(host.cookie.split("=")[1]);
});

test("sounds travel in pieces, are checked on arrival, and come back whole", async () => {
  const project = await begin();
  const { person } = await invited(project, "listener");
  const bytes = new Uint8Array(CHUNK_BYTES + 99).map((_, i) => i % 251);
  const blob = new Blob([bytes]);
  const manifest = await manifestOf(hashOf(bytes), blob);
  const at = `/api/projects/${project}`;
  const door = {
    missing: (wanted: Manifest) => host.json<string[]>("POST", `${at}/sounds/missing`, wanted),
    put: async (hash: string, piece: Uint8Array<ArrayBuffer>) => void (await host.json("PUT", `${at}/chunks/${hash}`, piece)),
    commit: async (whole: Manifest) => void (await host.json("POST", `${at}/sounds`, whole)),
  };
  expect((await host.call("POST", `${at}/sounds`, manifest)).status).toBe(409);
  await bring(manifest, blob, door);
  expect(await door.missing(manifest)).toEqual([]);
  const back = await person.call("GET", `${at}/sounds/${manifest.sha256}`);
  expect(hashOf(new Uint8Array(await back.arrayBuffer()))).toBe(manifest.sha256);
  expect((await host.call("PUT", `${at}/chunks/${manifest.chunks[0]}`, Uint8Array.of(1))).status).toBe(400);
  expect((await host.call("PUT", `${at}/chunks/${manifest.chunks[0]}`, new Uint8Array(CHUNK_BYTES + 1))).status).toBe(413);
  expect((await host.call("POST", `${at}/sounds`, { ...manifest, sha256: hashOf(Uint8Array.of(1)) })).status).toBe(409);
  expect((await host.call("GET", `${at}/sounds/../../../site`)).status).toBe(404);
});

test("every door asks who comes: each route for each role, for strangers, and for pages of other sites", async () => {
  const project = await begin();
  const people: Record<string, Person> = { owner: host, stranger: new Person(server) };
  for (const role of roles.slice(1)) people[role] = (await invited(project, role, role)).person;
  const elsewhere = await begin();
  people["guest of another project"] = (await invited(elsewhere, "editor")).person;
  const allowed: Record<string, readonly string[]> = {
    anybody: Object.keys(people),
    read: roles,
    edit: ["owner", "editor"],
    invite: ["owner"],
    revoke: ["owner"],
    create: ["owner"],
  };
  const id = "0".repeat(20);
  for (const { method, path, needs } of routes) {
    const at = path.replace(":project", project).replace(":person", id).replace(":link", id).replace(":sha256", "0".repeat(64));
    for (const [name, person] of Object.entries(people)) {
      const { status } = await person.call(method, at, method === "GET" || method === "DELETE" ? undefined : {});
      const passes = allowed[needs]!.includes(name);
      expect([401, 403].includes(status), `${method} ${path} as ${name}: ${status}`).toBe(!passes);
    }
    if (method !== "GET") expect((await host.call(method, at, method === "DELETE" ? undefined : {}, { origin: "https://evil.example" })).status).toBe(403);
  }
  for (const [name, person] of Object.entries(people)) {
    const status = await refusalOf(person.line(project));
    expect(status === 101, `socket as ${name}: ${status}`).toBe((roles as readonly string[]).includes(name));
  }
  expect(await refusalOf(host.line(project, "https://evil.example"))).toBe(403);
});

test("answers name no other page's rights, and a name that leads here from elsewhere is turned away", async () => {
  const answer = await host.call("GET", "/");
  expect(answer.headers.get("content-security-policy")).toBe("default-src 'self'; frame-ancestors 'none'");
  expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
  expect((await host.call("GET", "/../data/site/journal-1")).status).toBe(404);
  expect((await host.call("GET", "/%2e%2e/data/server.lock")).status).toBe(404);
  const { request } = await import("node:http");
  const status = await new Promise((resolve) => {
    request(new URL("/api/me", server.url), { headers: { host: "evil.example" } }, (response) => resolve(response.statusCode)).end();
  });
  expect(status).toBe(403);
});

test("a folder has one server", async () => {
  await expect(start()).rejects.toThrow(Complaint);
});
