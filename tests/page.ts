import type { Page } from "playwright-core";

/** Goes to a room of the studio. */
export const room = (page: Page, name: string): Promise<void> => page.click(`.rooms [data-room=${name}]`);
/** Waits until no long work is shown; what was asked for a moment ago has begun by then. */
export async function idle(page: Page): Promise<void> {
  await page.waitForTimeout(60);
  await page.waitForFunction(() => document.querySelector(".work") === null, undefined, { timeout: 120_000 });
}
/** SHA-256 of every output, by name. */
export const digests = (page: Page): Promise<Record<string, string>> =>
  page.evaluate(async () => {
    const out: Record<string, string> = {};
    for (const link of document.querySelectorAll<HTMLAnchorElement>("a[data-file]")) {
      const digest = await crypto.subtle.digest("SHA-256", await (await fetch(link.href)).arrayBuffer());
      out[link.dataset["file"] as string] = [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    }
    return out;
  });
