import { Complaint } from "@kuishi/base";
import { readKbm, readScl, scaleText, writeKbm, writeScl } from "@kuishi/tuning";

const ending = (name: string): string => (/\.([a-z0-9]+)$/i.exec(name)?.[1] ?? "").toLowerCase();

/** Turns a file of text or notes into another format, by their names. @throws Complaint `unreadable` that says where, `usage` for a pair that is none. */
export async function convertText(name: string, bytes: Uint8Array, to: string): Promise<Uint8Array<ArrayBuffer>> {
  const [a, b] = [ending(name), ending(to)];
  const written = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);
  if (a === "scl" && b === "scl") return written(writeScl(readScl(scaleText(bytes))));
  if (a === "kbm" && b === "kbm") return written(writeKbm(readKbm(scaleText(bytes))));
  throw new Complaint("usage", "usage.convert", { from: name, to });
}
