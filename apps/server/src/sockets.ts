import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { encoded, fromPeer, MAX_UPDATE_BYTES, type Refusal, type Role } from "@kuishi/sync";
import { type RawData, type WebSocket, WebSocketServer } from "ws";
import { Bucket } from "./limits.ts";
import { can } from "./rights.ts";
import type { Member } from "./room.ts";
import type { Rooms } from "./rooms.ts";
import { match } from "./routes.ts";
import type { Site, SitePerson } from "./site.ts";

const PATH = "/api/projects/:project/sync";
/** Why a line is closed (4000-4999 are a program's own). */
const CLOSED = { revoked: 4403, version: 4409, tooFast: 4429, restart: 1012, behind: 1013 } as const;
/** What one line may send: changes and where somebody is; and in bytes. */
const MESSAGES = { burst: 400, perSecond: 60 } as const;
const BYTES = { burst: 4 * MAX_UPDATE_BYTES, perSecond: 1 << 20 } as const;
/** Lines at once: of one person, into one project, of all. */
const MAX_LINES = { person: 12, project: 100, site: 2000 } as const;
/** So often each line is asked whether it lives. */
const PULSE_MS = 20_000;
/** A line that lags behind so far is cut: it comes back and gets the whole at once. */
const MAX_BEHIND_BYTES = 32 << 20;

interface Line {
  readonly socket: WebSocket;
  readonly project: string;
  readonly person: SitePerson;
  readonly role: Role;
  isAlive: boolean;
}

/** The lines of people into projects. */
export class Sockets {
  readonly #site: Site;
  readonly #rooms: Rooms;
  readonly #server = new WebSocketServer({ noServer: true, maxPayload: MAX_UPDATE_BYTES + (1 << 20), perMessageDeflate: false });
  readonly #lines = new Set<Line>();
  readonly #pulse: ReturnType<typeof setInterval>;

  constructor(site: Site, rooms: Rooms) {
    this.#site = site;
    this.#rooms = rooms;
    this.#pulse = setInterval(() => this.#askAll(), PULSE_MS);
    this.#pulse.unref();
  }
  get count(): number {
    return this.#lines.size;
  }
  /** Somebody wants a line. @returns the HTTP status with which it is refused; undefined where it is given. */
  upgrade(request: IncomingMessage, stream: Duplex, head: Buffer, person: SitePerson | undefined): number | undefined {
    const project = match(PATH, (request.url ?? "").split("?")[0]!)?.["project"];
    if (project === undefined) return 404;
    if (!person) return 401;
    const role = this.#site.roleIn(project, person.id);
    if (!role || !can(this.#site, person, "read", { project })) return 403;
    const count = (test: (line: Line) => boolean): number => [...this.#lines].filter(test).length;
    if (
      this.count >= MAX_LINES.site ||
      count((line) => line.person.id === person.id) >= MAX_LINES.person ||
      count((line) => line.project === project) >= MAX_LINES.project
    )
      return 429;
    this.#server.handleUpgrade(request, stream, head, (socket) => {
      this.#open({ socket, project, person, role, isAlive: true }).catch(() => socket.close(CLOSED.restart));
    });
    return undefined;
  }
  async #open(line: Line): Promise<void> {
    const { socket, project, person, role } = line;
    this.#lines.add(line);
    socket.binaryType = "nodebuffer";
    const [messages, bytes] = [new Bucket(MESSAGES), new Bucket(BYTES)];
    const member: Member = {
      person: { id: person.id, name: person.name, colour: person.colour },
      role,
      send: (frame) => {
        if (socket.bufferedAmount > MAX_BEHIND_BYTES) socket.close(CLOSED.behind);
        else socket.send(frame);
      },
    };
    // whoever speaks at once is heard when the project is open
    const entered = this.#rooms.enter(project, member);
    socket.on("error", () => socket.terminate());
    socket.on("pong", () => {
      line.isAlive = true;
    });
    socket.on("close", () => {
      this.#lines.delete(line);
      void entered.then((room) => room.leave(member)).catch(() => {});
    });
    socket.on("message", (data: RawData) => {
      const frame = data as Buffer;
      if (!messages.take() || !bytes.take(frame.length)) return refuse(socket, "rate", CLOSED.tooFast);
      const message = fromPeer(frame);
      if (!message) return refuse(socket, "damaged", CLOSED.version);
      void entered.then((room) => room.hear(member, message)).catch(() => {});
    });
    await entered;
    // rights may have gone while the project was opened
    this.checkRights();
  }
  /** Cuts the lines of all who may not be there any more, or may do something else now. */
  checkRights(): void {
    for (const { socket, project, person, role } of this.#lines) if (this.#site.roleIn(project, person.id) !== role) socket.close(CLOSED.revoked);
  }
  #askAll(): void {
    for (const line of this.#lines) {
      if (!line.isAlive) line.socket.terminate();
      line.isAlive = false;
      line.socket.ping();
    }
  }
  close(): void {
    clearInterval(this.#pulse);
    for (const { socket } of this.#lines) socket.close(CLOSED.restart);
    this.#server.close();
  }
}

function refuse(socket: WebSocket, why: Refusal, code: number): void {
  socket.send(encoded({ say: "refuse", id: null, why }));
  socket.close(code);
}
