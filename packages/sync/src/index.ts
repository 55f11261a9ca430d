export { type BlobDoor, bring, CHUNK_BYTES, chunksOf, Manifest, manifestOf } from "./blobs.ts";
export { checksumOf } from "./checksum.ts";
export { packed, unpacked } from "./frame.ts";
export { hashOf, Sha256 } from "./hash.ts";
export {
  encoded,
  fromPeer,
  MAX_UPDATE_BYTES,
  type Person,
  type Place,
  PROTOCOL,
  type Present,
  type Refusal,
  type ToPeer,
  type ToServer,
} from "./messages.ts";
export { type Safety, SyncPeer } from "./peer.ts";
export { allows, Role, roles, type Verb } from "./roles.ts";
