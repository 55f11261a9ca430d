import { z } from "zod";
import { type Fields, packed, unpacked } from "./frame.ts";
import { Sha256 } from "./hash.ts";
import { Role } from "./roles.ts";

/** The version of these messages. A peer of another version is told so, and stays on its own. */
export const PROTOCOL = 1;
/** The largest change that is taken: a whole project that is shared, or comes back after weeks. */
export const MAX_UPDATE_BYTES: number = 8 << 20;

/** Where somebody is: a room of the page, and a place of the tune in frames. */
export interface Place {
  readonly room: string;
  readonly frame?: number | undefined;
}
/** A person as others see them; the colour is one of eight. */
export interface Person {
  readonly id: string;
  readonly name: string;
  readonly colour: number;
}
/** Somebody who is here. */
export interface Present extends Person {
  readonly role: Role;
  readonly place: Place | null;
}

/** Why something was not taken. `gap`: it builds on what the server does not have. */
const refusals = ["version", "rights", "size", "rate", "hash", "author", "damaged", "slow", "gap", "disk"] as const;
export type Refusal = (typeof refusals)[number];

export type ToServer =
  /** I am here: my version of these messages, the project's format, and what I have of it (a Yjs state vector). */
  | { readonly say: "hello"; readonly protocol: number; readonly format: string; readonly vector: Uint8Array }
  /** A change made here. It is safe once its number has been acknowledged. */
  | { readonly say: "update"; readonly id: number; readonly sha256: string; readonly update: Uint8Array }
  /** Something is missing here: what is beyond this state vector? */
  | { readonly say: "resync"; readonly vector: Uint8Array }
  /** I have everything up to this number, and it comes to this. */
  | { readonly say: "sum"; readonly seq: number; readonly sum: string }
  | { readonly say: "presence"; readonly place: Place };

export type ToPeer =
  | { readonly say: "welcome"; readonly protocol: number; readonly you: Person; readonly role: Role }
  /** All that the peer lacks of the changes up to a number, and what the server has (a state vector). */
  | { readonly say: "state"; readonly seq: number; readonly sha256: string; readonly update: Uint8Array; readonly vector: Uint8Array }
  /** The change is on the disk, as this number. */
  | { readonly say: "ack"; readonly id: number; readonly seq: number }
  /** Somebody's change, which is on the disk. */
  | { readonly say: "update"; readonly seq: number; readonly by: string; readonly sha256: string; readonly update: Uint8Array }
  /** Whether a peer that had everything up to a number came to the same. */
  | { readonly say: "agree"; readonly seq: number; readonly same: boolean }
  | { readonly say: "people"; readonly people: readonly Present[] }
  | { readonly say: "refuse"; readonly id: number | null; readonly why: Refusal };

const bytes = z.instanceof(Uint8Array);
const count = z.int().nonnegative();
const id = z.string().regex(/^[a-z0-9-]{1,40}$/);
const place = z.object({ room: z.string().max(20), frame: z.number().nonnegative().optional() });
const person = z.object({ id, name: z.string().max(60), colour: z.int().min(0).max(7) });

const toServer: z.ZodType<ToServer> = z.discriminatedUnion("say", [
  z.object({ say: z.literal("hello"), protocol: z.int(), format: z.string().max(40), vector: bytes }),
  z.object({ say: z.literal("update"), id: count, sha256: Sha256, update: bytes }),
  z.object({ say: z.literal("resync"), vector: bytes }),
  z.object({ say: z.literal("sum"), seq: count, sum: Sha256 }),
  z.object({ say: z.literal("presence"), place }),
]);
const toPeer: z.ZodType<ToPeer> = z.discriminatedUnion("say", [
  z.object({ say: z.literal("welcome"), protocol: z.int(), you: person, role: Role }),
  z.object({ say: z.literal("state"), seq: count, sha256: Sha256, update: bytes, vector: bytes }),
  z.object({ say: z.literal("ack"), id: count, seq: count }),
  z.object({ say: z.literal("update"), seq: count, by: id, sha256: Sha256, update: bytes }),
  z.object({ say: z.literal("agree"), seq: count, same: z.boolean() }),
  z.object({ say: z.literal("people"), people: z.array(person.extend({ role: Role, place: place.nullable() })).max(1000) }),
  z.object({ say: z.literal("refuse"), id: count.nullable(), why: z.enum(refusals) }),
]);

export const encoded = (message: ToServer | ToPeer): Uint8Array<ArrayBuffer> => packed(message as unknown as Fields);
/** What a peer says; undefined for anything else. */
export const fromPeer = (frame: Uint8Array): ToServer | undefined => toServer.safeParse(unpacked(frame)).data;
/** What the server says; undefined for anything else. */
export const fromServer = (frame: Uint8Array): ToPeer | undefined => toPeer.safeParse(unpacked(frame)).data;
