import fc from "fast-check";
import { strToU8, type Zippable, zipSync } from "fflate";
import { expect, test } from "vitest";
import { unzipWithin, ZipFault } from "./zip.ts";

const MAX_BYTES = 1 << 20;
const kindOf = (bytes: Uint8Array, most = MAX_BYTES): string => {
  try {
    unzipWithin(bytes, most);
    return "opened";
  } catch (error) {
    if (error instanceof ZipFault) return error.kind;
    throw error;
  }
};
/** The directory says that the first entry has so many bytes. */
function promising(bytes: Uint8Array<ArrayBuffer>, size: number): Uint8Array<ArrayBuffer> {
  const patched = bytes.slice();
  const view = new DataView(patched.buffer);
  for (let at = 0; at + 4 <= patched.length; at++) if (view.getUint32(at, true) === 0x02014b50) view.setUint32(at + 24, size, true);
  return patched;
}

test("every zip comes out as it went in", () => {
  const name = fc.stringMatching(/^[a-zқұө]{1,8}(\/[a-z]{1,5})?$/u);
  fc.assert(
    fc.property(fc.dictionary(name, fc.tuple(fc.uint8Array({ maxLength: 3000 }), fc.constantFrom(0, 6))), (files) => {
      const zipped = zipSync(Object.fromEntries(Object.entries(files).map(([key, [bytes, level]]) => [key, [bytes, { level }]])) as Zippable);
      const opened = unzipWithin(zipped, MAX_BYTES);
      expect([...opened.keys()].sort()).toEqual(Object.keys(files).sort());
      for (const [key, [bytes]] of Object.entries(files)) expect(opened.get(key)).toEqual(new Uint8Array(bytes));
    }),
  );
});
test("a directory that promises little is not believed", () => {
  const swelling = zipSync({ a: new Uint8Array(40 * MAX_BYTES) });
  expect(kindOf(swelling)).toBe("huge");
  expect(kindOf(promising(swelling, 100))).toBe("broken");
  const stored = zipSync({ a: [new Uint8Array(5000), { level: 0 }] });
  expect(kindOf(promising(stored, 100))).toBe("broken");
});
test("a directory that promises much makes nothing of it", () => {
  expect(kindOf(promising(zipSync({ a: strToU8("little") }), 0x3fffffff), 0x7fffffff)).toBe("broken");
  expect(kindOf(promising(zipSync({ a: strToU8("little, but a little more than it is") }), 60))).toBe("broken");
});
test("what would lie outside stays out", () => {
  const outside = ["../up", "/root", "a/../../b", "C:\\x", "c:x", "..\\evil", "a\\b", "./a"];
  const zipped = zipSync(Object.fromEntries(["in/side", ...outside].map((name) => [name, strToU8("x")])));
  expect([...unzipWithin(zipped, MAX_BYTES).keys()]).toEqual(["in/side"]);
});
test("cut anywhere, or with any byte changed, it is opened or refused, never anything else", () => {
  const zipped = zipSync({ "a.json": strToU8(JSON.stringify({ a: [..."буын".repeat(40)] })), b: [strToU8("stored"), { level: 0 }] });
  for (let at = 0; at < zipped.length; at++) expect(kindOf(zipped.subarray(0, at))).toBe("broken");
  for (let at = 0; at < zipped.length; at++) {
    const changed = zipped.slice();
    changed[at] = (changed[at] ?? 0) ^ 0xff;
    expect(["opened", "broken", "huge"]).toContain(kindOf(changed));
  }
});
