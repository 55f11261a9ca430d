import type { IncomingMessage, ServerResponse } from "node:http";
import { SESSION_MS } from "./site.ts";

/** The cookie in which a browser keeps its session's token. */
export class SessionCookie {
  readonly #name: string;
  readonly #isSecure: boolean;
  readonly #token: RegExp;

  /** @param address under which people reach the server. @param port that it has. */
  constructor(address: string, port: number) {
    this.#isSecure = address.startsWith("https:");
    // cookies do not know ports: two servers of one machine keep theirs apart by name
    this.#name = this.#isSecure ? "__Host-kuishi" : `kuishi-${port}`;
    this.#token = new RegExp(`(?:^|; )${this.#name}=([\\w-]{32})(?:;|$)`);
  }
  /** The token that a request brings; undefined where it brings none. */
  tokenIn(request: IncomingMessage): string | undefined {
    return this.#token.exec(request.headers.cookie ?? "")?.[1];
  }
  /** Gives whoever asked a session. */
  give(response: ServerResponse, token: string): void {
    response.setHeader(
      "set-cookie",
      `${this.#name}=${token}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${SESSION_MS / 1000}${this.#isSecure ? "; Secure" : ""}`,
    );
  }
}
