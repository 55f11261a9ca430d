/**
 * The format of projects, in documents and in bundles: its major version is in its name, its minor
 * version counts what was added. A later minor version is read and edited, what it added is kept; of
 * a later major version nobody here knows what an edit would break, so it is only read.
 */
export const FORMAT = "project/2";
const MAJOR = 2;

/** Names under which a document and a bundle say their format; beside them stands whatever later versions say of the whole. */
export const FORMAT_KEY = "kuishi";

/** The version's name where it is a later one than this program writes. */
export function newerFormat(format: unknown): string | undefined {
  const major = typeof format === "string" ? /^project\/(\d{1,6})$/.exec(format)?.[1] : undefined;
  return major !== undefined && Number(major) > MAJOR ? `project/${Number(major)}` : undefined;
}
