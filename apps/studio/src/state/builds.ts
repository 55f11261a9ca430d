/** Held by every page of the studio, so that one can tell whether it is alone. */
const PAGE = "kuishi.page";

/**
 * Keeps the studio for use without a network. A newer build that came during an earlier visit takes
 * over now, where this page is the only one: nothing has been begun in it yet. Pages that are open
 * keep the build they came with.
 */
export async function keepOffline(): Promise<void> {
  void navigator.locks.request(PAGE, { mode: "shared" }, () => new Promise(() => {}));
  const { waiting } = await navigator.serviceWorker.register("./sw.js");
  if (!waiting) return;
  const { held = [] } = await navigator.locks.query();
  if (held.filter(({ name }) => name === PAGE).length > 1) return;
  navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true });
  waiting.postMessage("take over");
}

const unfetched = new WeakSet<object>();
// A part of the page that is fetched when it is needed could not be: most often the host has a newer build by now.
window.addEventListener("vite:preloadError", (event) => unfetched.add(event.payload));
/** Whether an error means that a part of the page could not be fetched. */
export const isUnfetched = (error: unknown): boolean => typeof error === "object" && error !== null && unfetched.has(error);
