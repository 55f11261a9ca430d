import { joinedBytes, type Random } from "@kuishi/base";
import { strToU8, unzipSync, zipSync } from "fflate";
import { oggOf, pagesOf } from "./ogg.ts";

/** How a file is built, which says how it can be damaged so that a reader still gets far into it. */
export type Structure = "bytes" | "text" | "json" | "zip" | "ogg";

/** A damaged file, at most this long: what is slow only because it is long proves nothing. */
const LONGEST = 400_000;
const NUMBERS = [0, 1, -1, 2, 7, 127, 128, 255, 256, 4095, 32767, 32768, 65535, 65536, 0x7fffffff, 0x80000000, 0xffffffff];
const WRITTEN = [
  "0",
  "-1",
  "1.5",
  "00",
  "64",
  "128",
  "9999",
  "65536",
  "2147483648",
  "4294967296",
  "999999999999999999999",
  "1e9",
  "1e308",
  "-0",
  "NaN",
  "null",
  "",
];
const PAIRS = [
  ["(", ")"],
  ["[", "]"],
  ["{", "}"],
  ["<a>", "</a>"],
  ["|:", ":|"],
  ['"', '"'],
] as const;

/**
 * One damaged file out of good ones: from one to four changes, drawn.
 * @param others good files of the same kind, to splice with.
 */
export function mutated(good: Uint8Array, others: readonly Uint8Array[], structure: Structure, random: Random): Uint8Array<ArrayBuffer> {
  if (structure === "zip" && random.chance(0.7)) return rezipped(good, random);
  if (structure === "ogg" && random.chance(0.8)) return repaged(good, random);
  let bytes = new Uint8Array(good);
  for (let round = random.int(1, 4); round > 0; round--) {
    if (structure === "json" && random.chance(0.7)) bytes = asJson(bytes, random);
    else if ((structure === "text" || structure === "json") && random.chance(0.85)) bytes = strToU8(asText(text(bytes), random)) as Uint8Array<ArrayBuffer>;
    else bytes = asBytes(bytes, others, random);
    if (bytes.length > LONGEST) bytes = bytes.slice(0, LONGEST);
  }
  return bytes;
}

const text = (bytes: Uint8Array): string => new TextDecoder("utf-8").decode(bytes);
const joined = (...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> => joinedBytes(parts);
/** A stretch [from, to): short ones more often, early ones too, since heads lie there. */
function stretch(length: number, random: Random): readonly [number, number] {
  const from = Math.floor(length * (random.chance(0.3) ? random.next() * 0.05 : random.next()));
  return [from, Math.min(length, from + random.int(1, random.chance(0.7) ? 16 : 2000))];
}

function asBytes(bytes: Uint8Array<ArrayBuffer>, others: readonly Uint8Array[], random: Random): Uint8Array<ArrayBuffer> {
  if (bytes.length === 0) return Uint8Array.of(random.int(0, 255));
  const [from, to] = stretch(bytes.length, random);
  const view = new DataView(bytes.buffer);
  switch (random.int(0, 8)) {
    case 0:
      for (let k = random.int(1, 40); k > 0; k--) bytes[random.int(0, bytes.length - 1)] = random.int(0, 255);
      return bytes;
    case 1:
      bytes[from] = bytes[from]! ^ (1 << random.int(0, 7));
      return bytes;
    case 2:
      return bytes.slice(0, random.int(0, bytes.length));
    case 3:
      if (from + 4 <= bytes.length) view.setUint32(from, random.pick(NUMBERS) >>> 0, random.chance(0.5));
      return bytes;
    case 4:
      if (from + 2 <= bytes.length) view.setUint16(from, random.pick(NUMBERS) & 0xffff, random.chance(0.5));
      return bytes;
    case 5:
      return joined(bytes.subarray(0, from), bytes.subarray(to));
    case 6:
      return joined(
        bytes.subarray(0, from),
        ...Array<Uint8Array>(random.int(1, random.chance(0.9) ? 8 : 200)).fill(bytes.slice(from, to)),
        bytes.subarray(from),
      );
    case 7: {
      const other = random.pick(others);
      return joined(bytes.subarray(0, from), other.subarray(...stretch(other.length, random)), bytes.subarray(random.chance(0.5) ? from : to));
    }
    default:
      bytes.fill(random.pick([0, 0xff, 0x80, 0x7f]), from, to);
      return bytes;
  }
}

function asText(whole: string, random: Random): string {
  const lines = whole.split("\n");
  const line = random.int(0, lines.length - 1);
  const [from, to] = stretch(whole.length, random);
  const times = random.int(2, random.chance(0.8) ? 20 : 3000);
  switch (random.int(0, 7)) {
    case 0: {
      // a number where a number stood
      const found = [...whole.matchAll(/-?\d+(?:\.\d+)?/g)];
      if (found.length === 0) return whole + random.pick(WRITTEN);
      const one = random.pick(found);
      return whole.slice(0, one.index) + random.pick(WRITTEN) + whole.slice(one.index + one[0].length);
    }
    case 1:
      return lines.toSpliced(line, 1).join("\n");
    case 2:
      return lines.toSpliced(line, 0, ...Array<string>(times).fill(lines[random.int(0, lines.length - 1)]!)).join("\n");
    case 3:
      return whole.slice(0, to) + whole.slice(from, to).repeat(times) + whole.slice(to);
    case 4: {
      const [open, close] = random.pick(PAIRS);
      return whole.slice(0, from) + open.repeat(times) + whole.slice(from, to) + (random.chance(0.5) ? close.repeat(times) : "") + whole.slice(to);
    }
    case 5:
      return (
        whole.slice(0, from) +
        random.pick(["\u0000", "\ufeff", "\r", "\t", "&", "<", "!", "%%", "/", ">", "-", "\u{1f3b5}", "қ"]).repeat(times) +
        whole.slice(from)
      );
    case 6:
      return whole.slice(0, from) + whole.slice(to);
    default:
      return whole.slice(0, from);
  }
}

const STRANGE = (random: Random): unknown =>
  random.pick<() => unknown>([
    () => null,
    () => -1,
    () => 1.5,
    () => 1e308,
    () => 4294967296,
    () => "",
    () => "x".repeat(random.int(1, 20_000)),
    () => [],
    () => ({}),
    () => true,
    () => "../../x",
    () => nested(random.int(1, 9000)),
  ])();
function nested(depth: number): unknown {
  let value: unknown = 0;
  for (let k = 0; k < depth; k++) value = k % 2 === 0 ? [value] : { a: value };
  return value;
}

/** One value of the data put in another's place, left out, doubled or made strange. */
function asJson(bytes: Uint8Array<ArrayBuffer>, random: Random): Uint8Array<ArrayBuffer> {
  let data: unknown;
  try {
    data = JSON.parse(text(bytes));
  } catch {
    return bytes;
  }
  let holder = data;
  for (let depth = random.int(0, 6); depth > 0; depth--) {
    const inner = typeof holder === "object" && holder !== null ? Object.values(holder).filter((value) => typeof value === "object" && value !== null) : [];
    if (inner.length === 0) break;
    holder = random.pick(inner);
  }
  if (Array.isArray(holder)) {
    const at = random.int(0, Math.max(0, holder.length - 1));
    if (random.chance(0.3)) holder.push(...Array(random.int(1, 200)).fill(holder[at]));
    else if (random.chance(0.4)) holder.splice(at, 1);
    else holder[at] = STRANGE(random);
  } else if (typeof holder === "object" && holder !== null) {
    const own = holder as Record<string, unknown>;
    const key = random.pick([...Object.keys(own), "extra"]);
    if (random.chance(0.25)) delete own[key];
    else if (random.chance(0.1)) Object.defineProperty(own, "__proto__", { value: { a: 1 }, enumerable: true, configurable: true, writable: true });
    else own[key] = STRANGE(random);
  } else data = STRANGE(random);
  try {
    return strToU8(JSON.stringify(data)) as Uint8Array<ArrayBuffer>;
  } catch {
    // too deep to be written
    return bytes;
  }
}

/** A zip whose entries are damaged inside, so that the zip itself is whole. */
function rezipped(good: Uint8Array, random: Random): Uint8Array<ArrayBuffer> {
  const files = unzipSync(good);
  const name = random.pick(Object.keys(files));
  const structure = name.endsWith(".json") ? "json" : /\.(xml|musicxml)$/.test(name) ? "text" : "bytes";
  files[name] = mutated(files[name]!, Object.values(files), structure, random);
  if (random.chance(0.1)) files[random.pick(["../out", "/etc/x", "C:\\x", "a\\..\\b", "__proto__", ""])] = Uint8Array.of(1);
  return zipSync(files, { level: random.chance(0.5) ? 0 : 6 });
}

/** An Ogg some of whose pages are damaged inside, or in another order, with checksums set anew. */
function repaged(good: Uint8Array, random: Random): Uint8Array<ArrayBuffer> {
  const pages = pagesOf(good);
  for (let round = random.int(1, 3); round > 0; round--) {
    // mostly sound: the heads are soon refused
    const at = random.chance(0.2) ? random.int(0, pages.length - 1) : pages.length - 1 - random.int(0, pages.length >> 2);
    const page = pages[at]!;
    switch (random.int(0, 11)) {
      case 0:
        pages[at] = { ...page, head: damagedHead(page.head, random) };
        break;
      case 1:
        pages.splice(at, random.int(0, 1), random.pick(pages));
        break;
      case 2:
        pages[at] = { ...page, lacing: page.lacing.map((length) => (random.chance(0.1) ? random.int(0, 255) : length)) };
        break;
      default:
        pages[at] = { ...page, body: mutated(page.body, [page.body], "bytes", random) };
    }
  }
  return oggOf(pages).slice(0, LONGEST);
}
/** A page's head with another flag, clock, stream or number. */
function damagedHead(head: Uint8Array, random: Random): Uint8Array {
  const out = new Uint8Array(head);
  out[random.int(5, 21)] = random.int(0, 255);
  return out;
}
