/** Held by every page of the studio, so that one can tell whether it is alone. */
const PAGE = "kuishi.page";
/** How long a page that was closed may take to let go of its lock, in ms. */
const LET_GO = 1500;

/**
 * Keeps the studio for use without a network. A newer build that came during an earlier visit takes
 * over now, where this page is the only one: nothing has been begun in it yet. Pages that are open
 * keep the build they came with.
 */
export async function keepOffline(): Promise<void> {
  void navigator.locks.request(PAGE, { mode: "shared" }, () => new Promise(() => {}));
  const { waiting } = await navigator.serviceWorker.register("./sw.js");
  if (!waiting) return;
  if (!(await alone())) return;
  navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true });
  waiting.postMessage("take over");
}

/** Whether no other page of the studio is open. One that was closed a moment ago holds its lock a little longer: it is waited for. */
async function alone(): Promise<boolean> {
  for (const until = performance.now() + LET_GO; ; await new Promise((resolve) => setTimeout(resolve, 50))) {
    const { held = [] } = await navigator.locks.query();
    if (held.filter(({ name }) => name === PAGE).length < 2) return true;
    if (performance.now() > until) return false;
  }
}

const unfetched = new WeakSet<object>();
// A part of the page that is fetched when it is needed could not be: most often the host has a newer build by now.
window.addEventListener("vite:preloadError", (event) => unfetched.add(event.payload));
/** Whether an error means that a part of the page could not be fetched. */
export const isUnfetched = (error: unknown): boolean => typeof error === "object" && error !== null && unfetched.has(error);
