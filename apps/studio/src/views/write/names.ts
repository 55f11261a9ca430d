import { createMemo, createRoot } from "solid-js";
import { t, told } from "../../state/language.ts";
import { session } from "../../state/project.ts";
import { songSheet } from "../../state/song.ts";
import type { Family } from "../family.ts";

/** What a section can be; files may bring others. */
export const ROLES = ["verse", "prechorus", "chorus", "bridge", "intro", "solo", "outro", "part"] as const;
const FAMILIES: Readonly<Record<string, Family>> = {
  verse: "sky",
  prechorus: "leaf",
  chorus: "gold",
  bridge: "lilac",
  intro: "leaf",
  solo: "felt",
  outro: "lilac",
};
export const roleFamily = (role: string): Family => FAMILIES[role] ?? "sky";
export const roleName = (role: string): string => (ROLES.some((one) => one === role) ? told(`role.${role}`) : role);

/** What each section is called: by its own name, else by its role, counted where there are several. */
const names = createRoot(() =>
  createMemo(() => {
    const order = [...new Set([...songSheet().blocks.map((block) => block.section.id), ...session().sections.keys()])];
    const own = order.map((id) => session().sections.get(id)!);
    return new Map(
      own.map((section) => {
        if (section.name) return [section.id, section.name];
        const alike = own.filter((other) => other.role === section.role && !other.name);
        return [section.id, alike.length > 1 ? t("write.nth", { role: roleName(section.role), n: alike.indexOf(section) + 1 }) : roleName(section.role)];
      }),
    );
  }),
);
export const sectionName = (id: string): string => names().get(id) ?? "";
