import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { ProjectDocument } from "@kuishi/project/document";
import { type Role, type Safety, SyncPeer } from "@kuishi/sync";

const COMMAND = join(import.meta.dirname, "../../apps/server/src/command.ts");

/** A server in a process of its own. */
export class Site {
  readonly url: string;
  readonly owner: string;
  readonly #child: ChildProcess;
  private constructor(child: ChildProcess, url: string, owner: string) {
    this.#child = child;
    this.url = url;
    this.owner = owner;
  }
  /** @param preload a module that is loaded before it. */
  static async start(data: string, port: number, preload?: string, env: Readonly<Record<string, string>> = {}): Promise<Site> {
    const args = [...(preload ? ["--import", preload] : []), COMMAND, "--data", data, "--port", String(port), "--json"];
    const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"], env: { ...process.env, ...env } });
    const line = await new Promise<string>((resolve, reject) => {
      createInterface({ input: child.stdout! }).once("line", resolve);
      child.once("exit", (code) => reject(new Error(`the server ended with ${code}`)));
    });
    const { url, owner } = JSON.parse(line) as { url: string; owner: string };
    return new Site(child, url, owner);
  }
  /** Ends it as a crash does, or as it is asked to. */
  async end(signal: "SIGKILL" | "SIGTERM"): Promise<void> {
    const gone = new Promise((resolve) => this.#child.once("exit", resolve));
    this.#child.kill(signal);
    await gone;
  }
  get port(): number {
    return Number(new URL(this.url).port);
  }
}

/** A person of a site. */
export class Visitor {
  readonly #url: string;
  #cookie = "";
  constructor(url: string) {
    this.#url = url;
  }
  get #origin(): string {
    return new URL(this.#url).origin;
  }
  /** @throws Error where the server refuses. */
  async ask<T>(path: string, body?: unknown): Promise<T> {
    const response = await fetch(new URL(path, this.#url), {
      method: "POST",
      headers: { origin: this.#origin, cookie: this.#cookie },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${path}: ${response.status}`);
    this.#cookie = response.headers.get("set-cookie")?.split(";")[0] ?? this.#cookie;
    return (await response.json()) as T;
  }
  /** Comes by a link's token, or by a whole link. */
  async join(link: string, name: string): Promise<void> {
    await this.ask("/api/join", { link: link.replace(/^.*#join=/, ""), name });
  }
  /** Somebody whom this person has invited. */
  async invited(project: string, role: Role, name: string): Promise<Visitor> {
    const { token } = await this.ask<{ token: string }>(`/api/projects/${project}/links`, { role, hours: 1, uses: 1 });
    const guest = new Visitor(this.#url);
    await guest.join(token, name);
    return guest;
  }
  line(project: string): WebSocket {
    // Node's own takes headers, which the types of a browser's do not know
    const Socket = WebSocket as unknown as new (url: string, options: { headers: Record<string, string> }) => WebSocket;
    const at = new URL(`/api/projects/${project}/sync`, this.#url);
    return new Socket(at.href.replace(/^http/, "ws"), { headers: { cookie: this.#cookie, origin: this.#origin } });
  }
}

/** An editor whose document is not kept anywhere but on the server. */
export class Bot {
  readonly document = new ProjectDocument();
  readonly peer: SyncPeer;
  safety: Safety = "offline";
  #socket: WebSocket | undefined;
  readonly #onSafety: (safety: Safety) => void;
  #waiting: (() => void)[] = [];

  /** @param onSafety told whenever it changes, and with every frame. */
  constructor(onSafety: (safety: Safety) => void = () => {}) {
    this.#onSafety = onSafety;
    this.peer = new SyncPeer(this.document, {
      told: {
        safety: (safety) => {
          this.safety = safety;
          this.#onSafety(safety);
          if (safety !== "safe") return;
          for (const resolve of this.#waiting.splice(0)) resolve();
        },
        welcome: () => {},
        people: () => {},
        refused: (why) => console.error(`refused: ${why}`),
        current: () => {},
        stale: () => this.#socket?.close(),
      },
    });
  }
  connect(socket: WebSocket): void {
    this.#socket = socket;
    socket.binaryType = "arraybuffer";
    socket.onopen = () => this.peer.connected((frame) => socket.readyState === WebSocket.OPEN && socket.send(frame));
    socket.onmessage = ({ data }: MessageEvent<ArrayBuffer>) => this.peer.receive(new Uint8Array(data));
    socket.onclose = () => {
      if (this.#socket === socket) this.peer.disconnected();
    };
    socket.onerror = () => {};
  }
  /** Resolves when all that was done here is on the server. */
  safe(): Promise<void> {
    return this.safety === "safe" ? Promise.resolve() : new Promise((resolve) => void this.#waiting.push(resolve));
  }
  mark(id: string, name = ""): void {
    this.document.edit("marker", (draft) => draft.put({ id, kind: "marker", at: 1, name }));
  }
  /** A record that weighs so many bytes. */
  weigh(id: string, bytes: number): void {
    this.document.load([{ id, kind: "xweight", text: "x".repeat(bytes) }]);
  }
  cut(): void {
    const socket = this.#socket;
    this.#socket = undefined;
    this.peer.disconnected();
    socket?.close();
  }
  close(): void {
    this.cut();
    this.peer.close();
    this.document.destroy();
  }
}
