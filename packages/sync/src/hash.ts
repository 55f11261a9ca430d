import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import { z } from "zod";

/** SHA-256 as 64 hexadecimal digits. */
export const Sha256: z.ZodString = z.string().regex(/^[0-9a-f]{64}$/);

/** SHA-256 of bytes. */
export const hashOf = (bytes: Uint8Array): string => bytesToHex(sha256(bytes));
