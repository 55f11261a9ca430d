import { joinedBytes, seeded } from "@kuishi/base";
import { runSeed } from "@kuishi/lab/seed";
import fc from "fast-check";
import { expect, test } from "vitest";
import { bring, CHUNK_BYTES, type Manifest, manifestOf } from "./blobs.ts";
import { packed, unpacked } from "./frame.ts";
import { hashOf } from "./hash.ts";
import { encoded, fromPeer, fromServer, PROTOCOL, type ToServer } from "./messages.ts";
import { allows, roles } from "./roles.ts";

test("what is packed comes out as it was, and no other bytes stop the reader", () => {
  const field = fc.oneof(fc.string(), fc.integer(), fc.uint8Array(), fc.constant(null));
  const fields = fc.dictionary(
    fc.string().filter((name) => name !== "bytes" && name !== "__proto__"),
    field,
  );
  fc.assert(fc.property(fields, (value) => void expect(unpacked(packed(value))).toEqual({ ...value })));
  fc.assert(
    fc.property(fields, fc.integer({ min: 0, max: 1 << 20 }), fc.integer({ min: 1, max: 255 }), (value, at, flip) => {
      const frame = packed(value);
      frame[at % frame.length]! ^= flip;
      unpacked(frame);
      unpacked(frame.subarray(0, at % frame.length));
      return true;
    }),
  );
  fc.assert(fc.property(fc.uint8Array(), (bytes) => unpacked(bytes) === undefined || bytes.length > 4));
});

test("messages of one side are none of the other's; strange fields and wrong hashes are none at all", () => {
  const hello: ToServer = { say: "hello", protocol: PROTOCOL, format: "project/2", vector: Uint8Array.of(0) };
  expect(fromPeer(encoded(hello))).toEqual(hello);
  expect(fromServer(encoded(hello))).toBeUndefined();
  expect(fromPeer(packed({ say: "update", id: 1, sha256: "x", update: Uint8Array.of(1) }))).toBeUndefined();
  expect(fromPeer(packed({ say: "update", id: -1, sha256: hashOf(Uint8Array.of(1)), update: Uint8Array.of(1) }))).toBeUndefined();
  expect(fromPeer(packed({ say: "shout" }))).toBeUndefined();
});

test("each role may do what the one below it may, and no listener changes anything", () => {
  for (const verb of ["read", "comment", "edit", "invite", "revoke"] as const) {
    const may = roles.map((role) => allows(role, verb));
    expect(may).toEqual([...may].sort((a, b) => Number(b) - Number(a)));
  }
  expect(roles.filter((role) => allows(role, "edit"))).toEqual(["owner", "editor"]);
});

test("a sound arrives whole over a line that breaks again and again; pieces that arrived are not sent twice", async () => {
  const random = seeded(runSeed, "blob");
  const bytes = new Uint8Array(CHUNK_BYTES + 777);
  for (let i = 0; i < bytes.length; i += 97) bytes[i] = random.int(0, 255);
  const blob = new Blob([bytes]);
  const manifest = await manifestOf(hashOf(bytes), blob);
  const kept = new Map<string, Uint8Array>();
  let whole = "";
  let sent = 0;
  const shaky = {
    missing: async ({ chunks }: Manifest) => chunks.filter((hash) => !kept.has(hash)),
    put: async (hash: string, piece: Uint8Array<ArrayBuffer>) => {
      if (random.chance(0.5)) throw new Error("the line broke");
      expect(hashOf(piece)).toBe(hash);
      sent += piece.length;
      kept.set(hash, piece);
    },
    commit: async ({ chunks, sha256 }: Manifest) => {
      if (random.chance(0.5)) throw new Error("the line broke");
      whole = hashOf(joinedBytes(chunks.map((hash) => kept.get(hash)!)));
      expect(whole).toBe(sha256);
    },
  };
  for (let tries = 0; !whole && tries < 200; tries++) await bring(manifest, blob, shaky).catch(() => {});
  expect(whole).toBe(hashOf(bytes));
  expect(sent).toBe(bytes.length);
});
