import { Complaint, type Progress } from "@kuishi/base";
import type { Heard } from "@kuishi/score";
import type { HeardFile, Host } from "./hear.ts";

export const isScore = (name: string): boolean => /\.(mid|midi|musicxml|xml|mxl|abc)$/i.test(name);
export async function hearScore(
  _host: Host,
  _name: string,
  _bytes: Uint8Array,
  _options: { instrument?: string | undefined; seed: number; analysis?: Heard },
  _progress: Progress,
): Promise<HeardFile> {
  throw new Complaint("usage", "usage.score");
}
