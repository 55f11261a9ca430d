/** Whether a file is Guitar Pro's, by its name. */
export const isGuitarPro = (name: string): boolean => /\.(gp|gpx|gp[3-8])$/i.test(name);

/**
 * A Guitar Pro file as the score that it holds, in MusicXML, as everything here that opens scores takes it; its reader is fetched when one is opened.
 * @throws Complaint `unreadable`.
 */
export async function guitarProScore(name: string, bytes: Uint8Array): Promise<{ readonly name: string; readonly bytes: Uint8Array<ArrayBuffer> }> {
  const { guitarProAsXml } = await import("@kuishi/engrave");
  return { name: name.replace(/\.[^.]*$/, ".musicxml"), bytes: new TextEncoder().encode(guitarProAsXml(bytes)) };
}
