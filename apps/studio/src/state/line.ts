import type { SyncPeer } from "@kuishi/sync";
import { apiAt, me } from "./api.ts";

/** A line that broke is opened again after so long, and each time later. */
const [FIRST_RETRY_MS, LAST_RETRY_MS] = [500, 15_000];
/** The server has closed the line for good: access was taken back, or it is of another version. */
const [REVOKED, VERSION] = [4403, 4409];

/** Keeps a line to a shared project open as long as it can. */
export class Line {
  readonly #project: string;
  readonly #peer: SyncPeer;
  readonly #ended: (why: "revoked" | "version") => void;
  #socket: WebSocket | undefined;
  #retryMs = FIRST_RETRY_MS;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #closed = false;
  readonly #online = (): void => this.#open();
  readonly #offline = (): void => this.#socket?.close();

  constructor(project: string, peer: SyncPeer, ended: (why: "revoked" | "version") => void) {
    this.#project = project;
    this.#peer = peer;
    this.#ended = ended;
    window.addEventListener("online", this.#online);
    window.addEventListener("offline", this.#offline);
    this.#open();
  }
  #open(): void {
    clearTimeout(this.#retry);
    if (this.#closed || this.#socket) return;
    const at = apiAt(`projects/${this.#project}/sync`);
    at.protocol = at.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(at);
    this.#socket = socket;
    socket.binaryType = "arraybuffer";
    socket.onopen = () => {
      this.#retryMs = FIRST_RETRY_MS;
      this.#peer.connected((frame) => {
        if (socket.readyState === WebSocket.OPEN) socket.send(frame);
      });
    };
    socket.onmessage = ({ data }: MessageEvent<ArrayBuffer>) => this.#peer.receive(new Uint8Array(data));
    socket.onclose = ({ code }) => {
      this.#socket = undefined;
      if (this.#closed) return;
      this.#peer.disconnected();
      void this.#again(code);
    };
  }
  async #again(code: number): Promise<void> {
    if (code === VERSION) return this.#end("version");
    // a line that is refused at the door does not say why; who asks does
    const known = code === REVOKED ? null : await me();
    if (known === null || (known && !known.projects.some(({ id }) => id === this.#project))) return this.#end("revoked");
    if (this.#closed) return;
    this.#retry = setTimeout(() => this.#open(), this.#retryMs * (0.5 + Math.random() / 2));
    this.#retryMs = Math.min(LAST_RETRY_MS, this.#retryMs * 2);
  }
  #end(why: "revoked" | "version"): void {
    this.close();
    this.#ended(why);
  }
  /** Nothing comes over it: a new one is opened. */
  renew(): void {
    this.#socket?.close();
  }
  close(): void {
    this.#closed = true;
    clearTimeout(this.#retry);
    window.removeEventListener("online", this.#online);
    window.removeEventListener("offline", this.#offline);
    this.#socket?.close();
  }
}
