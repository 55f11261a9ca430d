import { openFirst, openShared } from "./open.ts";
import { comeIn } from "./together.ts";
import { fail, setSheet } from "./ui.ts";

const NAME = "kuishi.name";
/** What this person was called last. */
export const lastName = (): string => localStorage.getItem(NAME) ?? "";
/** The link that this page was opened by, until it has been followed. */
let link: string | undefined;
/** What was open last: a link is followed when that stands, so that neither opens over the other. */
let first: Promise<void> = Promise.resolve();

/** Opens what was open last, and then what a link leads to: at once for those whose name is known. */
export async function openPage(): Promise<void> {
  link = /^#join=([\w-]{10,100})$/.exec(location.hash)?.[1];
  // it is a secret: neither the address nor the history keeps it
  if (link !== undefined) history.replaceState(null, "", "#hear");
  first = openFirst();
  if (link !== undefined && lastName() === "") setSheet("join");
  else await follow(lastName());
}
/** Follows the link, if there is one, under a name. */
export async function follow(name: string): Promise<void> {
  const token = link;
  if (token === undefined) return;
  await first;
  try {
    const project = await comeIn(token, name);
    localStorage.setItem(NAME, name);
    link = undefined;
    if (project === null) setSheet("together");
    else {
      setSheet(undefined);
      await openShared(project);
    }
  } catch (error) {
    fail(error);
  }
}
