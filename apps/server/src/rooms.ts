import { join } from "node:path";
import { BlobFolder } from "./blobs.ts";
import { Disk } from "./disk.ts";
import { ProjectLog } from "./log.ts";
import { Reader } from "./reader.ts";
import { type Member, Room } from "./room.ts";

interface Open {
  readonly room: Room;
  readonly log: ProjectLog;
  readonly disk: Disk;
}
/** A project that nobody is in is closed so often. */
const SWEEP_MS = 30_000;

/** The projects of a folder: those that people are in are open, each once. */
export class Rooms {
  readonly #folder: string;
  readonly #open = new Map<string, Promise<Open>>();
  readonly #closing = new Map<string, Promise<void>>();
  readonly #reader: Reader;
  readonly #sweep: ReturnType<typeof setInterval>;
  /** Changes that a disk has forgotten, of all projects that were opened. */
  lost = 0;

  constructor(folder: string) {
    this.#folder = folder;
    this.#reader = new Reader(async (project) => {
      const open = await this.#open.get(project);
      await open?.room.written();
      return (await open?.log.records()) ?? [];
    });
    this.#sweep = setInterval(() => void this.#closeEmpty(), SWEEP_MS);
    this.#sweep.unref();
  }
  /** Lets a member in; the project is opened where it is not. */
  async enter(project: string, member: Member): Promise<Room> {
    for (;;) {
      const { room } = await this.#entry(project);
      // it may have begun to close in this very moment
      if (this.#closing.has(project)) continue;
      room.enter(member);
      return room;
    }
  }
  blobs(project: string): BlobFolder {
    return new BlobFolder(this.#folderOf(project));
  }
  get count(): number {
    return this.#open.size;
  }
  #folderOf(project: string): string {
    return join(this.#folder, "projects", project);
  }
  async #entry(project: string): Promise<Open> {
    await this.#closing.get(project);
    let opened = this.#open.get(project);
    if (!opened) {
      opened = this.#begin(project);
      this.#open.set(project, opened);
      opened.catch(() => this.#open.delete(project));
    }
    return await opened;
  }
  async #begin(project: string): Promise<Open> {
    const disk = new Disk(join(this.#folderOf(project), "log"));
    const { log, lost } = await ProjectLog.open(disk);
    this.lost += lost;
    return { room: new Room(project, log, this.#reader), log, disk };
  }
  async #closeEmpty(all = false): Promise<void> {
    for (const [project, opened] of [...this.#open]) {
      const { room, disk } = await opened;
      if (!(room.isEmpty || all) || this.#closing.has(project)) continue;
      const closing = (async () => {
        await room.settled();
        await this.#reader.forget(project);
        await disk.close();
        this.#open.delete(project);
      })();
      this.#closing.set(project, closing);
      await closing.finally(() => this.#closing.delete(project));
    }
  }
  async close(): Promise<void> {
    clearInterval(this.#sweep);
    await this.#closeEmpty(true);
    await this.#reader.close();
  }
}
