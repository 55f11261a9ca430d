import { Complaint } from "@kuishi/base";
import { isAddress } from "@kuishi/project";
import type { ProjectDocument } from "@kuishi/project/document";
import { allows, bring, type Manifest, manifestOf, type Present, type Role, type Safety, SyncPeer } from "@kuishi/sync";
import { createEffect, createRoot, createSignal, on, untrack } from "solid-js";
import { api, apiAt } from "./api.ts";
import { Line } from "./line.ts";
import { getFile, isSong, led, lookElsewhere, placed, projectId, session, setListening } from "./project.ts";
import { room, setNotice } from "./ui.ts";

/** As what the server knows a project of this browser, and what this person might do in it when last heard of. */
interface Sharing {
  readonly project: string;
  readonly role: Role;
}
const SHARED = "kuishi.shared";
/** A guest's copy of a shared project, among the projects of this browser. */
const copyOf = (shared: string): string => `shared-${shared}`;
const sharings = (): Record<string, Sharing> => JSON.parse(localStorage.getItem(SHARED) ?? "{}");
const [sharedOf, setSharedOf] = createSignal(sharings());
function share(local: string, sharing: Sharing | undefined): void {
  const { [local]: _, ...others } = sharings();
  const next = sharing === undefined ? others : { ...others, [local]: sharing };
  localStorage.setItem(SHARED, JSON.stringify(next));
  setSharedOf(next);
}
/** As what the server knows the open project; undefined where it is nobody else's. */
export const shared = (): string | undefined => sharedOf()[projectId()]?.project;

/** Whether the last change is on the server, on its way, or here alone. */
export const [safety, setSafety] = createSignal<Safety>("offline");
/** Who is in the project now. */
export const [people, setPeople] = createSignal<readonly Present[]>([]);
/** What this person may do in it, as the server last said. */
export const [role, setRole] = createSignal<Role>();
export const [you, setYou] = createSignal("");

let current: (Sharing & { readonly document: ProjectDocument; readonly peer: SyncPeer; readonly line: Line }) | undefined;

function begin({ project, role: last }: Sharing, local: string, document: ProjectDocument): void {
  setListening(!allows(last, "edit"));
  const peer = new SyncPeer(document, {
    told: {
      safety: setSafety,
      people: setPeople,
      welcome: (own, as) => {
        setRole(as);
        setYou(own.id);
        if (as === last) setListening(!allows(as, "edit"));
        else share(local, { project, role: as });
      },
      current: () => void bringSounds(),
      refused: (why) => {
        if (why === "version") setNotice({ code: "together.version", params: {} });
      },
      stale: () => current?.line.renew(),
    },
  });
  const line = new Line(project, peer, (why) => {
    setNotice({ code: `together.${why}`, params: {} });
    if (why === "revoked") share(local, undefined);
  });
  // told at every meeting
  peer.moveTo({ room: room() });
  current = { project, role: last, document, peer, line };
}
function end(): void {
  current?.line.close();
  current?.peer.close();
  current = undefined;
  setSafety("offline");
  setPeople([]);
  setRole(undefined);
  setListening(false);
}
createRoot(() => {
  // the window that writes the project speaks for all windows of this browser
  createEffect(
    on([led, sharedOf], ([own, all]) => {
      const sharing = own && all[own.id];
      if (current?.project === sharing?.project && current?.role === sharing?.role && current?.document === own?.document) return;
      end();
      if (own && sharing) begin(sharing, own.id, own.document);
    }),
  );
  createEffect(on(room, (now) => current?.peer.moveTo({ room: now })));
  createEffect(on(session, () => void bringSounds()));
});

/** Sounds are brought one after the other; those that were are not asked about again. */
const brought = new Set<string>();
let bringing: Promise<void> | undefined;
function bringSounds(): Promise<void> {
  bringing ??= bringNext().finally(() => {
    bringing = undefined;
  });
  return bringing;
}
async function bringNext(): Promise<void> {
  for (const { entry } of untrack(session).assets.values()) {
    const own = current;
    const as = untrack(role);
    if (!own || !as || !allows(as, "edit") || untrack(safety) === "offline") return;
    if (!entry || !isAddress(entry) || brought.has(own.project + entry)) continue;
    brought.add(own.project + entry);
    try {
      const file = await getFile(entry);
      if (!file) continue;
      const at = `projects/${own.project}`;
      await bring(await manifestOf(hashIn(entry), file), file, {
        missing: (manifest: Manifest) => api("POST", `${at}/sounds/missing`, manifest),
        put: (hash, bytes) => api("PUT", `${at}/chunks/${hash}`, bytes),
        commit: (manifest) => api("POST", `${at}/sounds`, manifest),
      });
    } catch (error) {
      // with the line gone it is brought at the next meeting
      brought.delete(own.project + entry);
      if (error instanceof Complaint) setNotice({ code: error.code, params: error.params });
      return;
    }
  }
}
const hashIn = (address: string): string => /[0-9a-f]{64}/.exec(address)?.[0] ?? "";

/** A sound that is spoken of may still be on its way to the server: so often, and so many times, it is asked for. */
const [SOUND_RETRY_MS, SOUND_TRIES] = [1000, 120] as const;
lookElsewhere(async (entry) => {
  const own = current;
  for (let tries = 0; own && own === current && tries < SOUND_TRIES; tries++) {
    const response = await fetch(apiAt(`projects/${own.project}/sounds/${hashIn(entry)}`)).catch(() => undefined);
    if (response?.ok) return await response.blob();
    // without a line nothing comes: what is here sounds meanwhile
    if (!response) return undefined;
    await new Promise((resolve) => setTimeout(resolve, SOUND_RETRY_MS));
  }
  return undefined;
});
/** Resolves when the open project has something to show: at once, but for a guest who comes for the first time. */
export function arrived(): Promise<void> {
  if (!shared() || !current) return Promise.resolve();
  return new Promise((resolve) =>
    createRoot((dispose) =>
      createEffect(() => {
        const { song, assets } = session();
        const entry = song.recording && assets.get(song.recording.asset)?.entry;
        if (!(entry ? isAddress(entry) : isSong())) return;
        dispose();
        resolve();
      }),
    ),
  );
}

/** Begins to share the open project. @throws Complaint. */
export async function beginSharing(): Promise<void> {
  await placed();
  const { id } = await api<{ id: string }>("POST", "projects");
  share(projectId(), { project: id, role: "owner" });
}
/**
 * Comes by a link.
 * @returns the project it leads into; null for the host's own link. @throws Complaint where it leads nowhere.
 */
export async function comeIn(link: string, name: string): Promise<string | null> {
  const { project, role: as } = await api<{ project: string | null; role: Role }>("POST", "join", { link, name });
  if (project !== null) share(localOf(project), { project, role: as });
  return project;
}
/** The project of this browser that is a shared one. */
export const localOf = (project: string): string => Object.entries(sharings()).find(([, one]) => one.project === project)?.[0] ?? copyOf(project);
