import { Queue } from "@kuishi/base";
import { Journal, type Store } from "@kuishi/project";
import { Role, roles } from "@kuishi/sync";
import { z } from "zod";
import { hashOfToken, newId, newToken } from "./tokens.ts";

/** What happened on the site, one after the other: nothing else is kept of people, links and rights. */
type SiteEvent =
  | { readonly did: "person"; readonly id: string; readonly name: string; readonly colour: number; readonly isHost: boolean }
  | { readonly did: "session"; readonly hash: string; readonly person: string; readonly expires: number }
  | { readonly did: "project"; readonly id: string; readonly by: string }
  /** A link into a project, or, with `project` null, for whoever runs the site. Times in milliseconds since 1970. */
  | {
      readonly did: "link";
      readonly id: string;
      readonly hash: string;
      readonly project: string | null;
      readonly role: Role;
      readonly expires: number;
      readonly uses: number;
    }
  | { readonly did: "used"; readonly link: string; readonly person: string }
  | { readonly did: "linkRevoked"; readonly link: string }
  | { readonly did: "personRevoked"; readonly project: string; readonly person: string };
const text = z.string().max(200);
const SiteEvent: z.ZodType<SiteEvent> = z.discriminatedUnion("did", [
  z.object({ did: z.literal("person"), id: text, name: text, colour: z.int(), isHost: z.boolean() }),
  z.object({ did: z.literal("session"), hash: text, person: text, expires: z.number() }),
  z.object({ did: z.literal("project"), id: text, by: text }),
  z.object({ did: z.literal("link"), id: text, hash: text, project: text.nullable(), role: Role, expires: z.number(), uses: z.int() }),
  z.object({ did: z.literal("used"), link: text, person: text }),
  z.object({ did: z.literal("linkRevoked"), link: text }),
  z.object({ did: z.literal("personRevoked"), project: text, person: text }),
]);

type Of<D extends SiteEvent["did"]> = Omit<Extract<SiteEvent, { readonly did: D }>, "did">;
export type SitePerson = Of<"person">;
type Link = Of<"link">;
interface Grant {
  readonly role: Role;
  /** The link it came by; null for whoever began the project. */
  readonly link: string | null;
}

/** A session is good for so long. */
export const SESSION_MS: number = 90 * 24 * 3600 * 1000;
const COLOURS = 8;

/** The people of a site, its projects, the links into them, and who may what. Every change is on the disk before it counts. */
export class Site {
  readonly #journal: Journal;
  readonly #persons = new Map<string, SitePerson>();
  readonly #sessions = new Map<string, Of<"session">>();
  readonly #links = new Map<string, Link>();
  readonly #grants = new Map<string, Map<string, Grant>>();
  readonly #now: () => number;
  readonly #queue = new Queue();

  private constructor(journal: Journal, events: readonly SiteEvent[], now: () => number) {
    this.#journal = journal;
    this.#now = now;
    for (const event of events) this.#apply(event);
  }
  static async open(store: Store, now: () => number = Date.now): Promise<Site> {
    const { journal, updates } = await Journal.open(store);
    return new Site(journal, updates.flatMap(eventOf), now);
  }
  #apply(event: SiteEvent): void {
    switch (event.did) {
      case "person":
        this.#persons.set(event.id, event);
        break;
      case "session":
        this.#sessions.set(event.hash, event);
        break;
      case "project":
        this.#grants.set(event.id, new Map([[event.by, { role: "owner", link: null }]]));
        break;
      case "link":
        this.#links.set(event.id, event);
        break;
      case "used":
        this.#use(event);
        break;
      case "linkRevoked":
        this.#links.delete(event.link);
        for (const grants of this.#grants.values()) for (const [person, { link }] of grants) if (link === event.link) grants.delete(person);
        break;
      case "personRevoked":
        this.#grants.get(event.project)?.delete(event.person);
    }
  }
  #use({ link: id, person }: Of<"used">): void {
    const link = this.#links.get(id);
    if (!link) return;
    this.#links.set(id, { ...link, uses: link.uses - 1 });
    const grants = link.project === null ? undefined : this.#grants.get(link.project);
    const had = grants?.get(person);
    // a second link never takes away what the first one gave
    if (!had || roles.indexOf(link.role) < roles.indexOf(had.role)) grants?.set(person, { role: link.role, link: id });
  }

  /** Who has a session by this token. */
  personOf(token: string): SitePerson | undefined {
    const session = this.#sessions.get(hashOfToken(token));
    return session && session.expires > this.#now() ? this.#persons.get(session.person) : undefined;
  }
  roleIn(project: string, person: string): Role | undefined {
    return this.#grants.get(project)?.get(person)?.role;
  }
  isHost(person: string): boolean {
    return this.#persons.get(person)?.isHost ?? false;
  }
  projectsOf(person: string): readonly { readonly id: string; readonly role: Role }[] {
    return [...this.#grants].flatMap(([id, grants]) => {
      const role = grants.get(person)?.role;
      return role ? [{ id, role }] : [];
    });
  }
  membersOf(project: string): readonly (Pick<SitePerson, "id" | "name" | "colour"> & { readonly role: Role })[] {
    return [...(this.#grants.get(project) ?? [])].flatMap(([id, { role }]) => {
      const person = this.#persons.get(id);
      return person ? [{ id, name: person.name, colour: person.colour, role }] : [];
    });
  }
  /** Links into a project that still lead there; what is secret of them is not known here either. */
  linksOf(project: string): readonly Pick<Link, "id" | "role" | "expires" | "uses">[] {
    return [...this.#links.values()].flatMap((link) =>
      link.project === project && this.#leads(link) ? [{ id: link.id, role: link.role, expires: link.expires, uses: link.uses }] : [],
    );
  }
  #leads(link: Link): boolean {
    return link.uses > 0 && link.expires > this.#now();
  }

  /** Makes a link. @param project null for the site's host. @returns its token, which is said once. */
  async invite(project: string | null, role: Role, forMs: number, uses: number): Promise<{ readonly id: string; readonly token: string }> {
    const [id, token] = [newId(), newToken()];
    await this.#queue.run(() => this.#keep({ did: "link", id, hash: hashOfToken(token), project, role, expires: this.#now() + forMs, uses }));
    return { id, token };
  }
  /** The host's links that nobody used lead nowhere any more. */
  async forgetHostLinks(): Promise<void> {
    await this.#queue.run(async () => {
      for (const { id, project } of [...this.#links.values()]) if (project === null) await this.#keep({ did: "linkRevoked", link: id });
    });
  }
  /**
   * Somebody comes by a link: as who they are already, as the site's host, or as somebody new.
   * @returns undefined where the link leads nowhere. `session`: a token for whoever had none.
   */
  join(
    token: string,
    name: string,
    known: SitePerson | undefined,
  ): Promise<{ readonly person: SitePerson; readonly project: string | null; readonly session: string | undefined } | undefined> {
    return this.#queue.run(async () => {
      const hash = hashOfToken(token);
      const link = [...this.#links.values()].find((one) => one.hash === hash);
      if (!link || !this.#leads(link)) return undefined;
      const host = link.project === null ? [...this.#persons.values()].find((one) => one.isHost) : undefined;
      const person = host ?? (link.project === null ? undefined : known) ?? (await this.#welcome(name, link.project === null));
      await this.#keep({ did: "used", link: link.id, person: person.id });
      return { person, project: link.project, session: person.id === known?.id ? undefined : await this.#begin(person.id) };
    });
  }
  async #welcome(name: string, isHost: boolean): Promise<SitePerson> {
    const person = { id: newId(), name, colour: this.#persons.size % COLOURS, isHost };
    await this.#keep({ did: "person", ...person });
    return person;
  }
  async #begin(person: string): Promise<string> {
    const token = newToken();
    await this.#keep({ did: "session", hash: hashOfToken(token), person, expires: this.#now() + SESSION_MS });
    return token;
  }
  async beginProject(by: string): Promise<string> {
    const id = newId();
    await this.#queue.run(() => this.#keep({ did: "project", id, by }));
    return id;
  }
  async revokeLink(link: string): Promise<void> {
    await this.#queue.run(() => this.#keep({ did: "linkRevoked", link }));
  }
  async revokePerson(project: string, person: string): Promise<void> {
    await this.#queue.run(() => this.#keep({ did: "personRevoked", project, person }));
  }
  hasLink(project: string, link: string): boolean {
    return this.#links.get(link)?.project === project;
  }

  async #keep(event: SiteEvent): Promise<void> {
    await this.#journal.append(new TextEncoder().encode(JSON.stringify(event)));
    this.#apply(event);
  }
}

function eventOf(bytes: Uint8Array): SiteEvent[] {
  try {
    return [SiteEvent.parse(JSON.parse(new TextDecoder().decode(bytes)))];
  } catch {
    return [];
  }
}
