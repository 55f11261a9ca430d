import { basename, dirname, extname, isAbsolute, join } from "node:path";
import { Complaint } from "@kuishi/base";
import { type Host, makeRelease, type Outputs, readPicture } from "@kuishi/flow";
import { codecs } from "@kuishi/media/node";
import { type Release, readRelease } from "@kuishi/stage";
import type { Console } from "./console.ts";
import { fileSource, readJson, readWhole } from "./files.ts";

export interface ReleaseCommand {
  readonly out: string;
  readonly force: boolean;
  readonly title?: string;
  readonly artist?: string;
  readonly address?: string;
  readonly cover?: string;
  readonly loudness: number;
  readonly zips: boolean;
}
/** A release that was read, and where its files lie. */
export interface OpenedRelease {
  readonly release: Release;
  readonly paths: readonly string[];
  readonly cover: string | undefined;
}

/** What is to be published: a file that describes it, or finished pieces in their order. @throws Complaint. */
export function openRelease(files: readonly string[], options: ReleaseCommand): OpenedRelease {
  const [first] = files;
  const told = {
    ...(options.title ? { title: options.title } : {}),
    ...(options.artist ? { artist: options.artist } : {}),
    ...(options.address ? { address: options.address } : {}),
  };
  if (files.length === 1 && extname(first!).toLowerCase() === ".json") {
    const release = readRelease({ ...readJson(first!, "release.json"), ...told });
    const beside = (path: string): string => (isAbsolute(path) ? path : join(dirname(first!), path));
    const paths = release.tracks.map(({ file, title }, index) => {
      if (file === "") throw new Complaint("unreadable", "release.file", { number: index + 1, title });
      return beside(file);
    });
    return { release, paths, cover: options.cover ?? (release.cover === "" ? undefined : beside(release.cover)) };
  }
  if (!options.artist) throw new Complaint("usage", "release.unnamed");
  const titles = files.map((path) =>
    basename(path)
      .replace(/\.[^.]*$/, "")
      .replace(/^\d+[ _.-]+/, ""),
  );
  const type = files.length === 1 ? "single" : "album";
  const release = readRelease({
    kuishi: "release/1",
    title: titles[0],
    type,
    date: new Date().toISOString().slice(0, 10),
    ...told,
    tracks: titles.map((title) => ({ title })),
  });
  return { release, paths: files, cover: options.cover };
}

/** Publishes what was opened. @throws Complaint. */
export async function publish(
  host: Host,
  { release, paths, cover }: OpenedRelease,
  options: ReleaseCommand,
  outputs: Outputs,
  console: Console,
): Promise<void> {
  if (release.address === "") console.note("release.nofeeds");
  await makeRelease(
    host,
    {
      release,
      cover: cover === undefined ? undefined : readPicture(readWhole(cover) as Uint8Array<ArrayBuffer>, cover),
      withSound: async (index, work) => {
        const source = await fileSource(paths[index]!);
        try {
          return await work(source);
        } finally {
          await source.close();
        }
      },
      codecs,
      language: console.language,
      loudness: options.loudness,
      zips: options.zips,
    },
    outputs,
    console.progress,
  );
}
