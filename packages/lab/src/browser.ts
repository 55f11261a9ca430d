import { existsSync } from "node:fs";
import { type Browser, chromium, type Page } from "playwright-core";

/** Where Debian and other systems keep Chromium. */
const PLACES = [
  process.env["KUISHI_CHROMIUM"] ?? "",
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

/** Path of a Chromium, or undefined. */
export const chromiumPath = (): string | undefined => PLACES.find((path) => path !== "" && existsSync(path));

/** Starts Chromium headless. @param more further switches. @param env with an audio system of its own: then it is heard. @throws Error when there is none. */
export async function startChromium(more: readonly string[] = [], env?: Record<string, string>): Promise<Browser> {
  const executablePath = chromiumPath();
  if (!executablePath) throw new Error("no Chromium found; install it or set KUISHI_CHROMIUM");
  return await chromium.launch({
    executablePath,
    headless: true,
    ...(env ? { env: { ...process.env, ...env }, ignoreDefaultArgs: ["--mute-audio"] } : {}),
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--autoplay-policy=no-user-gesture-required",
      ...more,
    ],
  });
}

/** Keeps what a page tells those who measure it; before `goto`. */
export async function keepMeasures(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const kept: Record<string, unknown[]> = {};
    Object.assign(globalThis, { kuishiMeasures: kept });
    addEventListener("kuishi-measure", (event) => {
      const { name, value } = (event as CustomEvent<{ name: string; value: unknown }>).detail;
      kept[name] = [...(kept[name] ?? []), value];
    });
  });
}
/** What was told by a name so far. */
export const measured = (page: Page, name: string): Promise<unknown[]> =>
  page.evaluate((key) => (globalThis as unknown as { kuishiMeasures: Record<string, unknown[]> }).kuishiMeasures[key] ?? [], name);
