import { type Person, type Role, roles } from "@kuishi/sync";
import { createResource, createSignal, For, type JSX, Match, Show, Switch } from "solid-js";
import { api, me } from "../state/api.ts";
import { t } from "../state/language.ts";
import { beginSharing, people, role, safety, shared, you } from "../state/together.ts";
import { fail, rooms, setSheet } from "../state/ui.ts";
import { Face } from "./face.tsx";
import { Icon } from "./icon.tsx";
import { Sheet } from "./sheet.tsx";

/** A link that is made here is good for a week, and for a band. */
const [LINK_HOURS, LINK_USES] = [24 * 7, 20] as const;
const GIVEN: readonly Role[] = roles.filter((one) => one !== "owner");

/** Together: who is here, who may come, and where the last change is. */
export function TogetherSheet(): JSX.Element {
  const [own] = createResource(me);
  return (
    <Sheet title={t("together.title")} id="together-sheet">
      <Show when={shared()} fallback={<Beginning isServer={own() !== undefined} isHost={own()?.isHost ?? false} isKnown={!own.loading} />} keyed>
        {(project) => (
          <>
            <p class="safety" id="safety" role="status" data-safety={safety()}>
              <span class="dot" aria-hidden="true" /> {t(`together.${safety()}Now`)}
            </p>
            <Here />
            <Show when={role() === "owner"}>
              <Invitations project={project} />
            </Show>
          </>
        )}
      </Show>
    </Sheet>
  );
}

/** Before a project is shared: how to. */
function Beginning(props: { readonly isServer: boolean; readonly isHost: boolean; readonly isKnown: boolean }): JSX.Element {
  const [address, setAddress] = createSignal("");
  const isAddress = (): boolean => /^https?:\/\/\S+$/.test(address().trim());
  return (
    <Switch>
      <Match when={props.isHost}>
        <section>
          <button type="button" class="primary" id="share" onClick={() => void beginSharing().catch(fail)}>
            {t("together.begin")}
          </button>
        </section>
      </Match>
      <Match when={props.isServer}>
        <p>{t("together.noHost")}</p>
      </Match>
      <Match when={props.isKnown}>
        <section>
          <p>{t("together.noServer")}</p>
          <label class="server">
            {t("together.serverAddress")}
            <input type="url" id="server-address" placeholder="http://localhost:8740/" onInput={(event) => setAddress(event.currentTarget.value)} />
          </label>
          <div class="bar">
            <a class="button" classList={{ off: !isAddress() }} href={isAddress() ? address().trim() : undefined} target="_blank" rel="noopener noreferrer">
              {t("together.goTo")}
            </a>
            <button type="button" onClick={() => setSheet("projects")}>
              {t("projects.save")}
            </button>
          </div>
        </section>
      </Match>
    </Switch>
  );
}

/** A face and a name, and whether it is this person's own. */
function Named(props: { readonly person: Person }): JSX.Element {
  return (
    <>
      <Face person={props.person} />
      <span>
        {props.person.name} {props.person.id === you() ? `(${t("together.you")})` : ""}
      </span>
    </>
  );
}

function Here(): JSX.Element {
  const at = (name: string | undefined): string => {
    const known = rooms.find((one) => one === name);
    return known ? t(`room.${known}`) : "";
  };
  return (
    <section>
      <h3>{t("together.here")}</h3>
      <ul class="people" id="here">
        <For each={people()}>
          {(person) => (
            <li>
              <Named person={person} />
              <small>{at(person.place?.room)}</small>
            </li>
          )}
        </For>
      </ul>
    </section>
  );
}

interface OpenLink {
  readonly id: string;
  readonly role: Role;
}
/** For the owner: links, and who has come by them. */
function Invitations(props: { readonly project: string }): JSX.Element {
  const at = `projects/${props.project}`;
  const [given, setGiven] = createSignal<Role>("editor");
  const [made, setMade] = createSignal<string>();
  const [copied, setCopied] = createSignal(false);
  const [links, { refetch: askLinks }] = createResource(() => api<readonly OpenLink[]>("GET", `${at}/links`).catch(() => []));
  const [members, { refetch: askMembers }] = createResource(people, () =>
    api<readonly (Person & { readonly role: Role })[]>("GET", `${at}/people`).catch(() => []),
  );
  const invite = async (): Promise<void> => {
    const { token } = await api<{ token: string }>("POST", `${at}/links`, { role: given(), hours: LINK_HOURS, uses: LINK_USES });
    setMade(new URL(`./#join=${token}`, document.baseURI).href);
    setCopied(false);
    await askLinks();
  };
  const takeBack = async (what: string): Promise<void> => {
    await api("DELETE", `${at}/${what}`);
    await Promise.all([askLinks(), askMembers()]);
  };
  return (
    <>
      <section>
        <h3>{t("together.invite")}</h3>
        <div class="bar">
          <label>
            {t("together.role")}
            <select id="role" value={given()} onChange={(event) => setGiven(event.currentTarget.value as Role)}>
              <For each={GIVEN}>{(one) => <option value={one}>{t(`together.role.${one}`)}</option>}</For>
            </select>
          </label>
          <button type="button" class="primary" id="make-link" onClick={() => void invite().catch(fail)}>
            {t("together.makeLink")}
          </button>
        </div>
        <Show when={made()}>
          {(link) => (
            <div class="bar">
              <input type="text" readonly id="link" aria-label={t("together.link", { role: t(`together.role.${given()}`) })} value={link()} />
              <button type="button" onClick={() => void navigator.clipboard.writeText(link()).then(() => setCopied(true), fail)}>
                {t(copied() ? "together.copied" : "together.copy")}
              </button>
            </div>
          )}
        </Show>
        <ul class="people">
          <For each={links()}>
            {(link) => (
              <li>
                <span>{t("together.linkOpen", { role: t(`together.role.${link.role}`) })}</span>
                <button type="button" data-revoke={link.id} onClick={() => void takeBack(`links/${link.id}`).catch(fail)}>
                  {t("together.takeBack")}
                </button>
              </li>
            )}
          </For>
        </ul>
      </section>
      <section>
        <h3>{t("together.people")}</h3>
        <ul class="people" id="members">
          <For each={members()}>
            {(person) => (
              <li>
                <Named person={person} />
                <small>{t(`together.role.${person.role}`)}</small>
                <Show when={person.id !== you()}>
                  <button
                    type="button"
                    class="icon"
                    data-remove={person.name}
                    aria-label={t("together.remove", { name: person.name })}
                    onClick={() => void takeBack(`people/${person.id}`).catch(fail)}
                  >
                    <Icon name="close" />
                  </button>
                </Show>
              </li>
            )}
          </For>
        </ul>
      </section>
    </>
  );
}
