import { createHash, randomBytes } from "node:crypto";

/** A secret that is shown once, 192 bits; what is kept of it is its hash alone. */
export const newToken = (): string => randomBytes(24).toString("base64url");
export const hashOfToken = (token: string): string => createHash("sha256").update(token).digest("hex");
/** An id that nobody else has; it is no secret. */
export const newId = (): string => randomBytes(10).toString("hex");
