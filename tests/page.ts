import type { Page } from "playwright-core";

/** Goes to a room of the studio. */
export const room = (page: Page, name: string): Promise<void> => page.click(`.rooms [data-room=${name}]`);
/** Waits until nothing that was asked for is still going on. */
export const idle = async (page: Page): Promise<void> =>
  void (await page.waitForFunction(() => document.documentElement.dataset["busy"] === undefined && document.querySelector(".work") === null, undefined, {
    timeout: 240_000,
  }));
/** Waits until the playhead stands behind so many seconds. */
export const playedTo = async (page: Page, seconds: number): Promise<void> =>
  void (await page.waitForFunction((s) => Number(document.querySelector<HTMLInputElement>(".transport input")!.value) > s * 48_000, seconds, {
    timeout: 60_000,
  }));
/** Waits until what plays has gone round so often. @returns where the playhead was seen meanwhile: milliseconds, frames. */
export const turned = (page: Page, times: number): Promise<{ readonly at: number; readonly frame: number }[]> =>
  page.evaluate(
    (wanted) =>
      new Promise((resolve) => {
        const seen: { at: number; frame: number }[] = [];
        let turns = 0;
        const look = (): void => {
          const frame = Number(document.querySelector<HTMLInputElement>(".transport input")!.value);
          if (frame < (seen.at(-1)?.frame ?? 0) - 24_000) turns++;
          seen.push({ at: performance.now(), frame });
          if (turns < wanted) requestAnimationFrame(look);
          else resolve(seen);
        };
        look();
      }),
    times,
  );
/** Waits until the live ear has heard so many seconds, on a page that keeps its measures. */
export const listened = async (page: Page, seconds: number): Promise<void> =>
  void (await page.waitForFunction(
    (s) => Number(((globalThis as { kuishiMeasures?: Record<string, unknown[]> }).kuishiMeasures?.["heard"] ?? []).at(-1) ?? 0) > s,
    seconds,
    {
      timeout: 120_000,
    },
  ));
/** Waits until a room is drawn and nothing moves in it. */
export const settled = async (page: Page, name: string): Promise<void> => {
  await page.waitForSelector(`main[data-room="${name}"] .stage`);
  await idle(page);
  await page.waitForFunction(() =>
    document.getAnimations().every((one) => one.playState !== "running" || one.effect?.getComputedTiming().endTime === Number.POSITIVE_INFINITY),
  );
};
/** SHA-256 of every output, by name. */
export const digests = (page: Page): Promise<Record<string, string>> =>
  page.evaluate(async () => {
    const out: Record<string, string> = {};
    for (const link of document.querySelectorAll<HTMLAnchorElement>("a[data-file]")) {
      const digest = await crypto.subtle.digest("SHA-256", await (await fetch(link.href)).arrayBuffer());
      out[link.dataset["file"]!] = [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    }
    return out;
  });
