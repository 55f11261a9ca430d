import { downloadZip } from "client-zip";

/** Files in one zip, dated 1980-01-01. */
export async function zipFiles(files: readonly { readonly name: string; readonly blob: Blob }[]): Promise<Blob> {
  return await downloadZip(files.map((file) => ({ name: file.name, input: file.blob, lastModified: new Date(1980, 0, 1) }))).blob();
}
