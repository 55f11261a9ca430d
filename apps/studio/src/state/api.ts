import { Complaint } from "@kuishi/base";
import type { Role } from "@kuishi/sync";

/** Who this browser is to the server that the studio came from. */
export interface Me {
  readonly id: string;
  readonly name: string;
  readonly isHost: boolean;
  readonly projects: readonly { readonly id: string; readonly role: Role }[];
}

export const apiAt = (path: string): URL => new URL(`./api/${path}`, document.baseURI);

/** Asks the server that the studio came from. @throws Complaint; TypeError where there is no line. */
export async function api<T>(method: string, path: string, body?: unknown): Promise<T> {
  const response = await fetch(apiAt(path), {
    method,
    ...(body === undefined ? {} : { body: body instanceof Uint8Array ? (body as Uint8Array<ArrayBuffer>) : JSON.stringify(body) }),
  });
  const isJson = response.headers.get("content-type")?.startsWith("application/json") ?? false;
  const answer: unknown = isJson ? await response.json().catch(() => undefined) : undefined;
  if (response.ok && isJson) return answer as T;
  const code = answer !== null && typeof answer === "object" && "code" in answer ? String(answer.code) : "together.form";
  throw new Complaint("usage", code);
}
/** Who this browser is; null where the server does not know it, undefined where there is no server or no line. */
export const me = (): Promise<Me | null | undefined> => api<Me | null>("GET", "me").catch(() => undefined);
