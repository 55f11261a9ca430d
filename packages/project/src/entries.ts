import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";

/**
 * Files of sound stand at their content's address: the same sound is there once, two sounds never
 * fall on one name, whoever brought them, and what is damaged can be told.
 */
const ADDRESS = /^audio\/[0-9a-f]{64}(\.[a-z0-9]{1,8})?$/;

/** Whether an entry is a content's address, rather than a name that a file had before it was whole. */
export const isAddress = (entry: string): boolean => ADDRESS.test(entry);

/** SHA-256 of bytes that come in pieces. */
export class ContentHash {
  readonly #hash = sha256.create();
  update(bytes: Uint8Array): void {
    this.#hash.update(bytes);
  }
  /** The address of all that came. @param name as a file would be called: its ending is kept, for those who unpack a bundle. */
  address(name: string): string {
    const ending = /\.[a-z0-9]{1,8}$/.exec(name.toLowerCase())?.[0] ?? "";
    return `audio/${bytesToHex(this.#hash.digest())}${ending}`;
  }
}
/** The address of a whole sound. */
export function addressOf(name: string, bytes: Uint8Array): string {
  const hash = new ContentHash();
  hash.update(bytes);
  return hash.address(name);
}
