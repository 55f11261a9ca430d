import { writeFileSync } from "node:fs";
import { extname } from "node:path";
import { Complaint, type Progress } from "@kuishi/base";
import { convertAudio, convertible, convertText } from "@kuishi/flow";
import { encoderWasm } from "./codecs.ts";
import { fileSource, fromHere, readWhole, writeComplaint } from "./files.ts";

/** Turns one file into another. @throws Complaint. */
export async function convert(kernels: WebAssembly.Module, from: string, to: string, progress: Progress): Promise<void> {
  const b = extname(to).toLowerCase();
  const write = (content: string | Uint8Array): void => {
    try {
      writeFileSync(fromHere(to), content);
    } catch (error) {
      throw writeComplaint(error, to);
    }
  };
  if (convertible(from).length > 0) return write(await convertText(from, readWhole(from), to));
  const format = ({ ".wav": "wav", ".flac": "flac", ".mp3": "mp3", ".opus": "opus" } as const)[b];
  if (!format) throw new Complaint("usage", "usage.convert", { from, to });
  const source = await fileSource(from);
  try {
    write(await convertAudio(kernels, source, format, encoderWasm, progress));
  } finally {
    await source.close();
  }
}
